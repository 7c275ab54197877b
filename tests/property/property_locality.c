/* SPDX-License-Identifier: MIT
 *
 * Law 4, locality: without one of the inner points the accused hop becomes
 * wider where that point was its border, and stays what it was elsewhere. It
 * never moves to another place.
 */
#include <string.h>

#include "law.h"

static const struct sim_culprit *guilty(const struct sim_truth *truth)
{
	for (size_t i = 0; i < truth->culprit_count; i++)
		if (strcmp(truth->culprits[i].severity, "error") == 0)
			return &truth->culprits[i];
	return NULL;
}

static bool is_named(const struct law_case *c,
		     const struct sim_culprit *culprit, enum nw_severity least)
{
	for (size_t i = 0; i < c->results->finding_count; i++)
		if (law_is_fault(&c->results->findings[i], least) &&
		    law_names(c, &c->results->findings[i], culprit))
			return true;
	return false;
}

/* An error that neither lies in the widened hop nor follows from it. */
static const struct nw_finding *elsewhere(const struct law_case *c,
					  const struct sim_culprit *culprit)
{
	struct nw_hop hop = law_hop(c->config, c->left_out, culprit->hop);

	for (size_t i = 0; i < c->results->finding_count; i++) {
		const struct nw_finding *f = &c->results->findings[i];

		if (law_is_fault(f, NW_ERROR) && !law_follows(c, f) &&
		    (f->between.before != hop.before ||
		     f->between.behind != hop.behind))
			return f;
	}
	return NULL;
}

static bool has_flow_at(const struct nw_path *path, uint32_t point)
{
	for (size_t i = 0; i < path->flow_count; i++)
		if (path->flows[i].point == point)
			return true;
	return false;
}

/* Does the report show the connection at both sides of the widened hop? */
static bool is_compared(const struct law_case *c,
			const struct sim_culprit *culprit)
{
	struct nw_hop hop = law_hop(c->config, c->left_out, culprit->hop);

	for (size_t i = 0; i < c->results->path_count; i++) {
		const struct nw_path *path = &c->results->paths[i];

		if (has_flow_at(path, hop.before) &&
		    has_flow_at(path, hop.behind) &&
		    law_connection(c, path->id) == culprit->connection)
			return true;
	}
	return false;
}

static bool stays(struct law_try *try, const struct law_case *c,
		  const struct sim_culprit *culprit, uint32_t without)
{
	const struct nw_finding *stray = elsewhere(c, culprit);

	if (stray != NULL)
		return law_broken(try,
				  "without point %u %s (%s) moves: %s "
				  "between %d and %d",
				  without, culprit->kind,
				  c->config->faults[0].name, stray->kind,
				  (int)stray->between.before,
				  (int)stray->between.behind);
	/* With less to go by it may stay open, but then the report says so:
	 * that the match is only possible (a warning), that the connection was
	 * not found at both points, or what is undecided. */
	if (!is_named(c, culprit, NW_WARNING) && is_compared(c, culprit) &&
	    law_is_visible(c, culprit) && c->results->undecided_count == 0)
		return law_broken(try, "without point %u %s (%s) is lost",
				  without, culprit->kind,
				  c->config->faults[0].name);
	return true;
}

/* Audits without each inner point in turn. */
static bool try_points(struct law_try *try, const struct sim_config *config,
		       const struct sim_truth *truth,
		       const struct sim_culprit *culprit)
{
	bool good = true;

	for (uint32_t p = 1; p + 1 < config->point_count; p++) {
		struct nw_audit *audit =
			law_audit(try, config, UINT32_C(1) << p, 0);
		struct law_case c = {config, truth, NULL, UINT32_C(1) << p};

		if (audit == NULL)
			return false;
		c.results = nw_audit_results(audit);
		good = stays(try, &c, culprit, p) && good;
		try->applied++;
		nw_audit_free(audit);
	}
	return good;
}

static bool check(struct law_try *try)
{
	struct sim_config config;
	struct sim_truth *truth;
	const struct sim_culprit *culprit;
	bool good = true;

	sim_random_fault(try->seed, &config);
	truth = sim_run(&config, try->directory);
	culprit = guilty(truth);
	if (culprit != NULL) {
		struct nw_audit *audit = law_audit(try, &config, 0, 0);
		struct law_case c = {&config, truth, NULL, 0};

		good = audit != NULL;
		if (good)
			c.results = nw_audit_results(audit);
		/* What is not found at all is for the law of detection. */
		if (good && is_named(&c, culprit, NW_ERROR))
			good = try_points(try, &config, truth, culprit);
		nw_audit_free(audit);
	}
	sim_truth_free(truth);
	sim_config_fini(&config);
	return good;
}

int main(int argc, char **argv)
{
	return law_main(argc, argv, check);
}
