/* SPDX-License-Identifier: MIT
 *
 * Law 1, silence: whatever legal translations, losses, disorder and capture
 * conditions there are, no fault is found where there is none, and no warning
 * is given that is not true.
 */
#include <string.h>

#include "law.h"

static bool innocent(struct law_try *try, const struct law_case *c)
{
	const struct nw_results *results = c->results;
	bool good = true;

	for (size_t i = 0; i < results->finding_count; i++) {
		const struct nw_finding *f = &results->findings[i];

		if (!law_is_fault(f, NW_WARNING))
			continue;
		if (f->severity == NW_WARNING && law_warning_true(c, f))
			continue;
		good = law_broken(
			try,
			"false %s %s between points %d and %d, path %u, "
			"connection c%u: %s",
			law_severity(f->severity), f->kind,
			(int)f->between.before, (int)f->between.behind, f->path,
			law_connection(c, f->path),
			f->text != NULL ? f->text : "");
	}
	if (results->verdict == NW_DISCREPANT)
		good = law_broken(try, "the verdict is discrepant");
	return good;
}

/* Ports are said to be kept where they are: never by a NAT that draws them. */
static bool ports_right(struct law_try *try, const struct law_case *c)
{
	bool good = true;

	for (size_t i = 0; i < c->results->finding_count; i++) {
		const struct nw_finding *f = &c->results->findings[i];
		const struct sim_hop *hop = &c->config->hops[f->between.before];

		if (strcmp(f->kind, "nat-port-preserved") == 0 &&
		    hop->snat != SIM_SNAT_STATIC)
			good = law_broken(
				try, "ports are kept between points %d and %d",
				(int)f->between.before, (int)f->between.behind);
	}
	return good;
}

static bool check(struct law_try *try)
{
	struct sim_config config;
	struct sim_truth *truth;
	struct nw_audit *audit;
	bool good = false;

	sim_random_clean(try->seed, &config);
	truth = sim_run(&config, try->directory);
	audit = law_audit(try, &config, 0, 0);
	if (audit != NULL) {
		struct law_case c = {&config, truth, nw_audit_results(audit),
				     0};

		good = innocent(try, &c);
		good = ports_right(try, &c) && good;
		try->applied = 1;
	}
	nw_audit_free(audit);
	sim_truth_free(truth);
	sim_config_fini(&config);
	return good;
}

int main(int argc, char **argv)
{
	return law_main(argc, argv, check);
}
