/* SPDX-License-Identifier: MIT
 *
 * Audits of simulated cases, with some points left out where a law asks what
 * is still known without them.
 */
#include <stdlib.h>

#include "law.h"

static bool is_left_out(uint32_t left_out, uint32_t point)
{
	return left_out >> point & 1;
}

static void add_points(struct nw_audit *audit, const struct law_try *try,
		       const struct sim_config *config, uint32_t left_out,
		       struct nw_error *err)
{
	char path[4096];

	for (uint32_t i = 0; i < config->point_count; i++) {
		const char *name = config->points[i].name;

		if (is_left_out(left_out, i))
			continue;
		snprintf(path, sizeof(path), "%s/%s.pcap", try->directory,
			 name);
		nw_audit_add_input(audit, name,
				   &(struct nw_input){.file = path}, err);
	}
}

/* The kept points around a hop, as indexes into the configuration. */
static struct nw_hop around(const struct sim_config *config, uint32_t left_out,
			    uint32_t hop)
{
	struct nw_hop found = {hop, hop + 1};

	while (found.before != UINT32_MAX &&
	       is_left_out(left_out, found.before))
		found.before--; /* ends as UINT32_MAX, upstream */
	while (found.behind < config->point_count &&
	       is_left_out(left_out, found.behind))
		found.behind++;
	if (found.behind == config->point_count)
		found.behind = NW_NO_POINT;
	return found;
}

static void add_devices(struct nw_audit *audit, const struct sim_config *config,
			uint32_t left_out, struct nw_error *err)
{
	for (uint32_t h = 0; h + 1 < config->point_count; h++) {
		const struct sim_hop *hop = &config->hops[h];
		struct nw_hop hull = around(config, left_out, h);

		if (hull.before == NW_NO_POINT || hull.behind == NW_NO_POINT)
			continue;
		for (uint32_t i = 0; i < hop->device_count; i++)
			nw_audit_add_device(audit, hop->devices[i],
					    config->points[hull.before].name,
					    config->points[hull.behind].name,
					    err);
	}
}

struct nw_audit *law_audit(const struct law_try *try,
			   const struct sim_config *config, uint32_t left_out,
			   uint32_t threads)
{
	struct nw_error err = {0};
	struct nw_options options = {.all_paths = true, .threads = threads};
	struct nw_audit *audit = nw_audit_new(&options, &err);

	if (audit == NULL) {
		law_broken(try, "no audit: %s", err.text);
		return NULL;
	}
	add_points(audit, try, config, left_out, &err);
	add_devices(audit, config, left_out, &err);
	if (nw_audit_run(audit, &err) != NW_OK || err.status != NW_OK) {
		law_broken(try, "the audit failed: %s", err.text);
		nw_audit_free(audit);
		return NULL;
	}
	return audit;
}

char *law_json(const struct nw_audit *audit, size_t *len)
{
	struct nw_error err = {0};
	char *text = NULL;
	FILE *out = open_memstream(&text, len);

	if (out == NULL)
		return NULL;
	nw_report_json(nw_audit_results(audit), out, &err);
	if (fclose(out) != 0 || err.status != NW_OK) {
		free(text);
		return NULL;
	}
	return text;
}

static uint32_t index_among_kept(uint32_t left_out, uint32_t point)
{
	uint32_t index = point;

	if (point == NW_NO_POINT)
		return NW_NO_POINT;
	for (uint32_t i = 0; i < point; i++)
		index -= is_left_out(left_out, i);
	return index;
}

struct nw_hop law_hop(const struct sim_config *config, uint32_t left_out,
		      uint32_t hop)
{
	struct nw_hop hull = around(config, left_out, hop);

	hull.before = index_among_kept(left_out, hull.before);
	hull.behind = index_among_kept(left_out, hull.behind);
	return hull;
}
