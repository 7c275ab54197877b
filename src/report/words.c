/* SPDX-License-Identifier: MIT
 *
 * Words of the report. The switches have no default, so that the compiler
 * finds an enumerator without a word; what lies outside of an enum is a bug
 * of ours and reads "?".
 */
#include "words.h"

#include <stddef.h>
#include <stdio.h>
#include <string.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

const char *word_verdict(enum nw_verdict verdict)
{
	switch (verdict) {
	case NW_CONSISTENT:
		return "consistent";
	case NW_DISCREPANT:
		return "discrepant";
	case NW_INCONCLUSIVE:
		return "inconclusive";
	}
	return "?";
}

const char *word_class(enum nw_class class_)
{
	switch (class_) {
	case NW_FAULT:
		return "fault";
	case NW_TRANSLATION:
		return "translation";
	case NW_BEHAVIOUR:
		return "behaviour";
	case NW_ARTIFACT:
		return "artifact";
	}
	return "?";
}

const char *word_severity(enum nw_severity severity)
{
	switch (severity) {
	case NW_CRITICAL:
		return "critical";
	case NW_ERROR:
		return "error";
	case NW_WARNING:
		return "warning";
	case NW_INFO:
		return "info";
	}
	return "?";
}

const char *word_direction(enum nw_direction direction)
{
	switch (direction) {
	case NW_FROM_CLIENT:
		return "from-client";
	case NW_FROM_SERVER:
		return "from-server";
	case NW_BOTH:
		return "both";
	}
	return "?";
}

const char *word_match(enum nw_match_class class_)
{
	switch (class_) {
	case NW_MATCH_CERTAIN:
		return "certain";
	case NW_MATCH_STRONG:
		return "strong";
	case NW_MATCH_POSSIBLE:
		return "possible";
	case NW_MATCH_AMBIGUOUS:
		return "ambiguous";
	}
	return "?";
}

const char *word_device(enum nw_device_verdict verdict)
{
	switch (verdict) {
	case NW_DEVICE_CORRUPTS:
		return "corrupts";
	case NW_DEVICE_SUSPECT:
		return "suspect";
	case NW_DEVICE_MASKS:
		return "masks";
	case NW_DEVICE_TRANSLATES:
		return "translates";
	case NW_DEVICE_TRANSPARENT:
		return "transparent";
	case NW_DEVICE_NOT_EXERCISED:
		return "not-exercised";
	case NW_DEVICE_NOT_OBSERVABLE:
		return "not-observable";
	}
	return "?";
}

const char *word_claim(enum nw_claim claim)
{
	switch (claim) {
	case NW_CONFIRMED:
		return "confirmed";
	case NW_LIKELY:
		return "likely";
	case NW_COMPATIBLE:
		return "consistent";
	}
	return "?";
}

static const struct {
	const char *kind, *phrase;
} translations[] = {
	{"nat-snat", "source NAT"},
	{"nat-dnat", "destination NAT"},
	{"nat-full", "source and destination NAT"},
	{"nat-hairpin", "hairpin NAT"},
	{"nat64", "NAT64"},
	{"nat-port-preserved", "keeps ports"},
	{"nat-port-parity", "keeps the parity of ports"},
	{"nat-rebound-after-close", "maps anew after a close"},
	{"seq-isn-shift", "shifts sequence numbers"},
	{"seq-delta-step-explained", "resizes payload"},
	{"opt-mss-clamped", "clamps the MSS"},
	{"opt-mss-added", "adds an MSS"},
	{"opt-added-syn", "adds options to SYNs"},
	{"opt-removed-syn", "removes options from SYNs"},
	{"opt-ts-offset", "shifts timestamps"},
	{"opt-injected", "injects options"},
	{"opt-wscale-changed", "changes the window scale"},
	{"hdr-ttl-decrement", "decrements the TTL"},
	{"hdr-dscp-remarked", "remarks DSCP"},
	{"hdr-ipid-rewritten", "rewrites IP IDs"},
	{"hdr-window-altered", "alters windows"},
	{"payload-resegmented", "resegments"},
	{"payload-alg-rewrite", "rewrites payload (ALG)"},
	{"payload-proxy-header", "adds a PROXY header"},
	{"payload-http-insert", "inserts HTTP headers"},
	{"path-syn-answered-by-device", "answers SYNs itself"},
	{"proxy-terminated", "terminates connections (proxy)"},
	{"ack-early-by-device", "acknowledges early"},
	{"ack-thinned", "thins pure ACKs"},
};

const char *word_translation(const char *kind)
{
	for (size_t i = 0; i < COUNT(translations); i++)
		if (strcmp(kind, translations[i].kind) == 0)
			return translations[i].phrase;
	return kind;
}

char *word_flags(uint8_t flags, char text[FLAGS_TEXT])
{
	static const char *const names[] = {"FIN", "SYN", "RST",
					    "PSH", "ACK", "URG"};
	size_t used = 0;

	text[0] = '\0';
	for (size_t i = 0; i < COUNT(names); i++) {
		if ((flags >> i & 1) == 0)
			continue;
		used += (size_t)snprintf(text + used, FLAGS_TEXT - used, "%s%s",
					 used > 0 ? "," : "", names[i]);
	}
	return text;
}
