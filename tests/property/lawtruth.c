/* SPDX-License-Identifier: MIT
 *
 * Findings against the truth: the same questions that check/score.py asks,
 * with the truth in memory instead of in files.
 */
#include <string.h>

#include "law.h"

#define KINDS_MAX 6

/* Kinds of findings (prefixes) that name a kind of fault. */
static const struct acceptance {
	const char *fault;
	const char *kinds[KINDS_MAX];
} acceptances[] = {
	{"ack-corrupted", {"ack-"}},
	{"seq-corrupted", {"seq-"}},
	{"offset-changed", {"translation-changed-midflow"}},
	{"offset-not-undone", {"delta-not-inverse"}},
	{"sack-not-translated", {"sack-"}},
	{"ack-set-back", {"ack-regression", "ack-tsecr"}},
	{"acks-early", {"ack-early-by-device"}},
	{"acks-thinned", {"ack-thinned"}},
	{"sack-stripped", {"sack-blocks-stripped"}},
	{"sack-agreed-by-one", {"sack-perm-split"}},
	{"payload-corrupted", {"payload-modified"}},
	{"packet-dropped",
	 {"path-drop", "path-control-swallowed", "path-blackhole", "path-pmtu",
	  "stream-gap", "path-unanswered"}},
	{"packet-duplicated", {"path-dup"}},
	{"packet-reordered", {"path-reorder"}},
	{"mapping-changed", {"nat-mapping-changed"}},
	{"backend-changed", {"lb-backend-changed"}},
	/* Where nobody saw it behind the device it is missing. */
	{"packet-untranslated", {"nat-untranslated", "path-drop"}},
	{"rst-both-ways", {"path-device-reset"}},
	{"rst-injected", {"path-inject-rst", "path-device-reset"}},
};

static bool begins(const char *text, const char *with)
{
	return strncmp(text, with, strlen(with)) == 0;
}

static bool kind_fits(const char *kind, const char *fault)
{
	size_t count = sizeof(acceptances) / sizeof(acceptances[0]);

	for (size_t i = 0; i < count; i++) {
		if (strcmp(acceptances[i].fault, fault) != 0)
			continue;
		for (size_t k = 0; k < KINDS_MAX; k++) {
			const char *with = acceptances[i].kinds[k];

			if (with != NULL && begins(kind, with))
				return true;
		}
	}
	return false;
}

static bool same_end(const struct nw_endpoint *a, const struct nw_endpoint *b)
{
	return a->family == b->family && a->port == b->port &&
	       memcmp(a->address, b->address, a->family == 4 ? 4 : 16) == 0;
}

static bool same_flow(const struct nw_flow *flow, const struct sim_seen *seen)
{
	bool swapped = same_end(&flow->client, &seen->server) &&
		       same_end(&flow->server, &seen->client);

	if (seen->packets == 0)
		return false;
	if (swapped) /* roles guessed without a SYN */
		return flow->roles_guessed;
	if (!same_end(&flow->client, &seen->client) ||
	    !same_end(&flow->server, &seen->server))
		return false;
	if (flow->has_isn_client && seen->has_isn[0])
		return flow->isn_client == seen->isn[0];
	if (flow->has_isn_server && seen->has_isn[1])
		return flow->isn_server == seen->isn[1];
	return true;
}

/* Index of a kept point in the configuration. */
static uint32_t point_of(const struct law_case *c, uint32_t kept)
{
	for (uint32_t i = 0; i < c->config->point_count; i++)
		if (!(c->left_out >> i & 1) && kept-- == 0)
			return i;
	return SIM_NONE;
}

static uint32_t connection_of_flow(const struct law_case *c,
				   const struct nw_flow *flow)
{
	uint32_t points = c->truth->point_count;
	uint32_t point = point_of(c, flow->point);

	for (uint32_t i = 0; i < c->truth->connection_count; i++)
		if (same_flow(flow,
			      &c->truth->seen[(size_t)i * points + point]))
			return i;
	return SIM_NONE;
}

uint32_t law_connection(const struct law_case *c, uint32_t path_id)
{
	for (size_t i = 0; i < c->results->path_count; i++) {
		const struct nw_path *path = &c->results->paths[i];

		if (path->id != path_id)
			continue;
		for (size_t k = 0; k < path->flow_count; k++) {
			uint32_t found = connection_of_flow(c, &path->flows[k]);

			if (found != SIM_NONE)
				return found;
		}
	}
	return SIM_NONE;
}

static bool connection_fits(const struct law_case *c,
			    const struct nw_finding *finding,
			    uint32_t connection)
{
	if (finding->path != 0)
		return law_connection(c, finding->path) == connection;
	for (size_t i = 0; i < finding->path_count; i++)
		if (law_connection(c, finding->paths[i]) == connection)
			return true;
	return false;
}

static bool same_hop(struct nw_hop a, struct nw_hop b)
{
	return a.before == b.before && a.behind == b.behind;
}

/* Less than three packets on another offset: nobody can tell them from numbers
 * that are wrong one by one, and such they are called. */
static bool is_brief(const struct sim_culprit *culprit)
{
	return begins(culprit->kind, "offset-") && culprit->hit_count < 3;
}

bool law_names(const struct law_case *c, const struct nw_finding *finding,
	       const struct sim_culprit *culprit)
{
	struct nw_hop hop = law_hop(c->config, c->left_out, culprit->hop);
	bool both = finding->direction == NW_BOTH &&
		    begins(finding->kind, "path-device-reset");

	return (kind_fits(finding->kind, culprit->kind) ||
		(is_brief(culprit) && begins(finding->kind, "seq-"))) &&
	       same_hop(finding->between, hop) &&
	       (both || finding->direction == culprit->direction) &&
	       connection_fits(c, finding, culprit->connection);
}

static bool shows_isns_at(const struct nw_path *path, uint32_t point)
{
	for (size_t i = 0; i < path->flow_count; i++)
		if (path->flows[i].point == point &&
		    path->flows[i].has_isn_client &&
		    path->flows[i].has_isn_server)
			return true;
	return false;
}

bool law_is_visible(const struct law_case *c, const struct sim_culprit *culprit)
{
	struct nw_hop hop = law_hop(c->config, c->left_out, culprit->hop);
	bool leaked = strcmp(culprit->class_, "leaked") == 0;
	uint32_t sides = 3u << culprit->hop;

	if (leaked && (c->left_out & sides) != 0)
		return false;
	if (!leaked && strcmp(culprit->class_, "moved") != 0)
		return true;
	for (size_t i = 0; i < c->results->path_count; i++) {
		const struct nw_path *path = &c->results->paths[i];

		if (shows_isns_at(path, hop.before) &&
		    shows_isns_at(path, hop.behind) &&
		    law_connection(c, path->id) == culprit->connection)
			return true;
	}
	return false;
}

bool law_is_fault(const struct nw_finding *finding, enum nw_severity least)
{
	return finding->class_ == NW_FAULT && finding->severity <= least;
}

bool law_follows(const struct law_case *c, const struct nw_finding *finding)
{
	for (size_t i = 0; i < c->results->finding_count; i++)
		if (c->results->findings[i].id == finding->consequence_of)
			return true;
	return false;
}

static bool tuples_reused(const struct sim_config *config)
{
	for (uint32_t i = 0; i < config->connection_count; i++)
		if (config->connections[i].previous != SIM_NONE)
			return true;
	return false;
}

bool law_warning_true(const struct law_case *c,
		      const struct nw_finding *finding)
{
	/* The simulator does not keep a book of delays. */
	if (begins(finding->kind, "path-delay"))
		return true;
	if (begins(finding->kind, "nat-port-reuse"))
		return tuples_reused(c->config);
	for (size_t i = 0; i < c->truth->culprit_count; i++) {
		const struct sim_culprit *culprit = &c->truth->culprits[i];
		struct nw_hop hop =
			law_hop(c->config, c->left_out, culprit->hop);

		if (kind_fits(finding->kind, culprit->kind) &&
		    same_hop(finding->between, hop))
			return true;
	}
	return false;
}

const char *law_severity(enum nw_severity severity)
{
	static const char *const names[NW_SEVERITIES] = {"critical", "error",
							 "warning", "info"};

	return names[severity];
}
