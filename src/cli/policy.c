/* SPDX-License-Identifier: MIT
 *
 * The words of policy.allow: the kinds of class translation of FINDINGS.md.
 */
#include "policy.h"

#include "nearest.h"

#include <stddef.h>
#include <string.h>

/* `skip` bytes of category go before the short word. */
static const struct {
	const char *kind;
	size_t skip;
} kinds[] = {
	{"ack-early-by-device", 4},
	{"ack-thinned", 4},
	{"hdr-dscp-remarked", 4},
	{"hdr-ipid-rewritten", 4},
	{"hdr-ttl-decrement", 4},
	{"hdr-window-altered", 4},
	{"nat-dnat", 4},
	{"nat-full", 4},
	{"nat-hairpin", 4},
	{"nat-port-parity", 4},
	{"nat-port-preserved", 4},
	{"nat-rebound-after-close", 4},
	{"nat-snat", 4},
	{"nat64", 0},
	{"opt-added-syn", 4},
	{"opt-injected", 4},
	{"opt-mss-added", 4},
	{"opt-mss-clamped", 4},
	{"opt-removed-syn", 4},
	{"opt-ts-offset", 4},
	{"opt-wscale-changed", 4},
	{"path-inject-data", 5},
	{"path-syn-answered-by-device", 5},
	{"payload-alg-rewrite", 8},
	{"payload-http-insert", 8},
	{"payload-proxy-header", 8},
	{"payload-resegmented", 8},
	{"proxy-terminated", 0},
	{"seq-delta-step-explained", 4},
	{"seq-isn-shift", 4},
};

bool policy_knows(const char *word, const char **suggestion)
{
	struct nearest nearest = nearest_to(word);

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const char *brief = kinds[i].kind + kinds[i].skip;

		if (strcmp(word, kinds[i].kind) == 0 ||
		    strcmp(word, brief) == 0)
			return true;
		nearest_offer(&nearest, brief);
	}
	*suggestion = nearest.best;
	return false;
}
