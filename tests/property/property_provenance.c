/* SPDX-License-Identifier: MIT
 *
 * Law of provenance (FINDINGS B.3): wrong numbers that mean nothing confirm
 * no cause, however many there are; and each bug of the simulator on one
 * connection among many is the first cause of what it did.
 *
 * --connections N: of the case with random numbers, instead of the default;
 * the cases with one bug have a tenth of it.
 */
#include <stdlib.h>
#include <string.h>

#include "law.h"

#define MOST 10000 /* findings that an audit explains */

static uint32_t connections = 3000;

/* A calm case: two to four points, translations of all sorts, connections
 * that can be told apart. */
static void prepare(const struct law_try *try, uint32_t count,
		    struct sim_config *config)
{
	sim_random_case(try->seed, 2 + (uint32_t)(try->seed % 3), 1, config);
	sim_config_calm(config);
	config->connection_count = 0;
	sim_workload_add(config, SIM_UNIQUE, count);
}

/* As law_audit, but every finding is listed and no clean path is. */
static struct nw_audit *audit_all(const struct law_try *try,
				  const struct sim_config *config)
{
	const struct nw_options options = {.max_findings = UINT32_MAX};
	struct nw_error err = {0};
	struct nw_audit *audit = nw_audit_new(&options, &err);
	char path[4096];

	for (uint32_t i = 0; audit != NULL && i < config->point_count; i++) {
		snprintf(path, sizeof(path), "%s/%s.pcap", try->directory,
			 config->points[i].name);
		nw_audit_add_input(audit, config->points[i].name,
				   &(struct nw_input){.file = path}, &err);
	}
	if (audit == NULL || nw_audit_run(audit, &err) != NW_OK) {
		law_broken(try, "the audit failed: %s", err.text);
		nw_audit_free(audit);
		return NULL;
	}
	return audit;
}

/* ---- numbers that mean nothing ---- */

static bool claims_nothing(struct law_try *try, const struct nw_results *r)
{
	bool good = true;
	uint32_t random = 0;

	for (size_t i = 0; i < r->finding_count; i++) {
		const struct nw_finding *f = &r->findings[i];

		if (f->class_ != NW_FAULT || strncmp(f->kind, "ack-", 4) != 0)
			continue;
		for (size_t k = 0; k < f->cause_count; k++) {
			const struct nw_cause *cause = &f->causes[k];

			random += strcmp(cause->hypothesis, "random") == 0;
			if (cause->claim == NW_CONFIRMED)
				good = law_broken(
					try, "random, yet %s by p %g of %s",
					cause->hypothesis, cause->p, f->kind);
		}
	}
	/* If hardly any was found and explained, silence proves nothing. */
	if (random < (connections < MOST ? connections : MOST) / 2)
		return law_broken(try, "%u of %u random numbers explained",
				  random, connections);
	try->applied++;
	return good;
}

static bool random_numbers_confirm_nothing(struct law_try *try)
{
	struct sim_config config;
	struct nw_audit *audit;
	bool good;

	prepare(try, connections, &config);
	config.faults[config.fault_count++] = (struct sim_fault){
		.name = "ack-random",
		.direction = (enum nw_direction)(try->seed % 2),
		.connection = SIM_NONE,
		.select = SIM_ACKS,
		.skip = 1,
		.limit = 1,
	};
	sim_truth_free(sim_run(&config, try->directory));
	audit = audit_all(try, &config);
	good = audit != NULL && claims_nothing(try, nw_audit_results(audit));
	nw_audit_free(audit);
	sim_config_fini(&config);
	return good;
}

/* ---- one bug among many connections ---- */

/* What the simulator's bug has to be called; NULL: nothing can tell. A
 * constant shows only where it is found on two connections. */
static const char *cause_of(const struct law_case *c,
			    const struct sim_culprit *culprit)
{
	uint32_t found = 0;

	if (strcmp(c->config->faults[0].name, "ack-constant") != 0)
		return culprit->cause;
	for (size_t i = 0; i < c->results->finding_count; i++)
		found += law_is_fault(&c->results->findings[i], NW_WARNING) &&
			 c->results->findings[i].between.before ==
				 c->config->faults[0].hop &&
			 (uint32_t)c->results->findings[i].observed.number ==
				 culprit->hits[0].got;
	return found > 1 ? "constant" : NULL;
}

static bool shows_hit(const struct nw_finding *f,
		      const struct sim_culprit *culprit)
{
	for (size_t i = 0; i < culprit->hit_count; i++)
		if ((uint32_t)f->expected.number == culprit->hits[i].want &&
		    (uint32_t)f->observed.number == culprit->hits[i].got)
			return true;
	return false;
}

/* By chance the bug's number may be the one that came in, too: with initial
 * numbers that both are about to wrap, say. Then nothing can tell the two
 * apart, the likelier one comes first, and the other is listed. */
static bool is_tie(const struct nw_finding *f, const char *cause)
{
	if (f->cause_count == 0 || f->evidence_count == 0 ||
	    strcmp(f->causes[0].hypothesis, "untranslated") != 0 ||
	    f->evidence[0].value.number != f->observed.number)
		return false;
	for (size_t i = 1; i < f->cause_count; i++)
		if (strcmp(f->causes[i].hypothesis, cause) == 0)
			return true;
	return false;
}

/* All findings about the culprit name its bug first. */
static bool is_explained(struct law_try *try, const struct law_case *c,
			 const struct sim_culprit *culprit)
{
	const char *cause = cause_of(c, culprit);
	bool good = true;

	for (size_t i = 0; i < c->results->finding_count; i++) {
		const struct nw_finding *f = &c->results->findings[i];

		if (cause == NULL || !law_is_fault(f, NW_WARNING) ||
		    !law_names(c, f, culprit) || !shows_hit(f, culprit))
			continue;
		try->applied++;
		if ((f->cause_count > 0 &&
		     strcmp(f->causes[0].hypothesis, cause) == 0) ||
		    is_tie(f, cause))
			continue;
		good = law_broken(try, "%s on c%u is first explained as %s",
				  c->config->faults[0].name,
				  culprit->connection,
				  f->cause_count > 0 ? f->causes[0].hypothesis
						     : "nothing");
	}
	return good;
}

/* Off by what hosts do not count; a constant stands on two connections. */
static void adapt(const struct law_try *try, struct sim_config *config)
{
	struct sim_fault *fault = &config->faults[0];

	fault->skip %= 2;
	if (strcmp(fault->name, "ack-off-by-n") == 0)
		fault->value = (int64_t[]){1, -1, 2, -2}[try->seed % 4];
	if (strcmp(fault->name, "ack-constant") == 0) {
		config->faults[1] = *fault;
		config->faults[1].connection =
			(fault->connection + 1) % config->connection_count;
		config->fault_count = 2;
	}
}

static bool bug_is_first_cause(struct law_try *try, const char *name)
{
	struct sim_config config;
	struct sim_truth *truth;
	struct nw_audit *audit;
	bool good = false;

	prepare(try, connections / 10, &config);
	sim_random_spoil(try->seed, name, &config);
	adapt(try, &config);
	truth = sim_run(&config, try->directory);
	audit = audit_all(try, &config);
	if (audit != NULL) {
		struct law_case c = {&config, truth, nw_audit_results(audit),
				     0};

		good = true;
		for (size_t i = 0; i < truth->culprit_count; i++)
			good &= is_explained(try, &c, &truth->culprits[i]);
	}
	nw_audit_free(audit);
	sim_truth_free(truth);
	sim_config_fini(&config);
	return good;
}

/* ---- the law ---- */

/* Every fault of ACK numbers that the simulator knows; random numbers, which
 * take many connections, with each fourth seed. */
static bool check(struct law_try *try)
{
	bool good = true;

	for (const char *const *n = sim_fault_names(); *n != NULL; n++)
		if (strncmp(*n, "ack-", 4) == 0 &&
		    strcmp(*n, "ack-random") != 0)
			good &= bug_is_first_cause(try, *n);
	if (try->seed % 4 == 1)
		good &= random_numbers_confirm_nothing(try);
	return good;
}

/* Takes our own option out of the arguments. */
static int take_option(int argc, char **argv)
{
	int kept = 0;

	for (int i = 0; i < argc; i++) {
		if (strcmp(argv[i], "--connections") == 0 && i + 1 < argc)
			connections = (uint32_t)strtoul(argv[++i], NULL, 0);
		else
			argv[kept++] = argv[i];
	}
	argv[kept] = NULL;
	return kept;
}

int main(int argc, char **argv)
{
	return law_main(take_option(argc, argv), argv, check);
}
