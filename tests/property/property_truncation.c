/* SPDX-License-Identifier: MIT
 *
 * Law 5, truncation: captures with a shorter snap length may leave open what
 * whole packets show, and never accuse anybody else.
 */
#include <stdlib.h>
#include <string.h>

#include "law.h"
#include "rng.h"

#define TRIES 3

/* An accusation: of what hop, on what connection. By what name may depend on
 * what the captures still show: an offset that changed, or the wrong numbers
 * and the lost segments that follow from it. */
struct charge {
	struct nw_hop between;
	uint32_t connection;
};

struct charges {
	struct charge *items;
	size_t count;
};

static struct charge charge_of(const struct law_case *c,
			       const struct nw_finding *f)
{
	return (struct charge){
		.between = f->between,
		.connection = f->path ? law_connection(c, f->path) : SIM_NONE,
	};
}

static bool accuses(const struct law_case *c, const struct nw_finding *f)
{
	return law_is_fault(f, NW_WARNING) && !law_follows(c, f) &&
	       (f->severity != NW_WARNING || !law_warning_true(c, f));
}

static void collect(const struct law_case *c, struct charges *charges)
{
	const struct nw_results *results = c->results;

	charges->items =
		calloc(results->finding_count + 1, sizeof(*charges->items));
	if (charges->items == NULL)
		exit(2);
	for (size_t i = 0; i < results->finding_count; i++)
		if (accuses(c, &results->findings[i]))
			charges->items[charges->count++] =
				charge_of(c, &results->findings[i]);
}

static bool is_known(const struct charges *known, const struct charge *charge)
{
	for (size_t i = 0; i < known->count; i++) {
		const struct charge *k = &known->items[i];

		if (k->between.before == charge->between.before &&
		    k->between.behind == charge->between.behind &&
		    k->connection == charge->connection)
			return true;
	}
	return false;
}

/* Some of the points, or all of them. */
static void cut(struct sim_config *config, struct sim_rng *rng)
{
	static const uint32_t lengths[] = {54, 60, 66, 74, 80, 96, 118, 142};
	const uint32_t count = sizeof(lengths) / sizeof(lengths[0]);
	bool all = sim_rng_chance(rng, 0.3);
	uint32_t at = sim_rng_below(rng, config->point_count);

	for (uint32_t i = 0; i < config->point_count; i++) {
		uint32_t *snaplen = &config->points[i].snaplen;
		uint32_t len = lengths[sim_rng_below(rng, count)];

		if (!all && i != at && !sim_rng_chance(rng, 0.2))
			continue;
		if (*snaplen == 0 || *snaplen > len)
			*snaplen = len;
	}
}

/* What is true may be seen only now: a moved connection, when the other pair of
 * its tuples is matched. */
static bool is_true(const struct law_case *c, const struct nw_finding *f)
{
	for (size_t i = 0; i < c->truth->culprit_count; i++)
		if (strcmp(c->truth->culprits[i].severity, "error") == 0 &&
		    law_names(c, f, &c->truth->culprits[i]))
			return true;
	return false;
}

static bool accuses_no_other(struct law_try *try, const struct law_case *c,
			     const struct charges *known)
{
	bool good = true;

	for (size_t i = 0; i < c->results->finding_count; i++) {
		const struct nw_finding *f = &c->results->findings[i];
		struct charge charge = charge_of(c, f);

		if (!accuses(c, f) || is_known(known, &charge) || is_true(c, f))
			continue;
		good = law_broken(try,
				  "cut short: new %s %s between points %d and "
				  "%d, connection c%u: %s",
				  law_severity(f->severity), f->kind,
				  (int)f->between.before,
				  (int)f->between.behind, charge.connection,
				  f->text != NULL ? f->text : "");
	}
	return good;
}

/* Audits the case; with `known` it must accuse nobody else, without it what it
 * says becomes known. */
static bool audit(struct law_try *try, const struct sim_config *config,
		  const struct charges *known, struct charges *found)
{
	struct sim_truth *truth = sim_run(config, try->directory);
	struct nw_audit *audit = law_audit(try, config, 0, 0);
	struct law_case c = {config, truth, NULL, 0};
	bool good = audit != NULL;

	if (good) {
		c.results = nw_audit_results(audit);
		if (known != NULL)
			good = accuses_no_other(try, &c, known);
		else
			collect(&c, found);
	}
	nw_audit_free(audit);
	sim_truth_free(truth);
	return good;
}

static bool check(struct law_try *try)
{
	struct sim_rng rng = sim_rng_of(try->seed, 41);
	struct sim_config config;
	struct charges known = {0};
	bool good;

	if (try->seed % 3 == 0)
		sim_random_clean(try->seed, &config);
	else
		sim_random_fault(try->seed, &config);
	good = audit(try, &config, NULL, &known);
	for (int i = 0; good && i < TRIES; i++) {
		struct sim_config shorter;

		sim_config_copy(&shorter, &config);
		cut(&shorter, &rng);
		good = audit(try, &shorter, &known, NULL);
		sim_config_fini(&shorter);
		try->applied++;
	}
	free(known.items);
	sim_config_fini(&config);
	return good;
}

int main(int argc, char **argv)
{
	return law_main(argc, argv, check);
}
