/* SPDX-License-Identifier: MIT
 *
 * Law 2, detection: one fault at hop h gives a finding of its kind at h, in
 * its direction, on its connection, with the right numbers, count and cause;
 * and nobody else is accused.
 */
#include <inttypes.h>
#include <string.h>

#include "law.h"

/* Kinds of the truth that there are rules for. */
static bool has_rule(const char *kind)
{
	static const char *const kinds[] = {"ack-corrupted",
					    "seq-corrupted",
					    "offset-changed",
					    "offset-not-undone",
					    "isn-translation-forgotten",
					    "isn-delta-of-other-flow",
					    "rst-both-ways",
					    "mapping-changed",
					    "backend-changed",
					    "packet-untranslated",
					    "ack-set-back",
					    "acks-early",
					    "acks-thinned",
					    "sack-stripped",
					    "sack-agreed-by-one"};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (strcmp(kinds[i], kind) == 0)
			return true;
	return false;
}

static const struct sim_culprit *guilty(const struct sim_truth *truth)
{
	for (size_t i = 0; i < truth->culprit_count; i++)
		if (has_rule(truth->culprits[i].kind))
			return &truth->culprits[i];
	return NULL;
}

static bool has_number(const struct nw_value *value, uint32_t number)
{
	if (value->type == NW_NUMBER)
		return (uint32_t)value->number == number;
	for (size_t i = 0; value->type == NW_NUMBERS && i < value->number_count;
	     i++)
		if ((uint32_t)value->numbers[i] == number)
			return true;
	return false;
}

static bool numbers_right(const struct nw_finding *f,
			  const struct sim_culprit *culprit)
{
	if (strcmp(culprit->class_, "ack") != 0 &&
	    strcmp(culprit->class_, "seq") != 0)
		return true;
	for (size_t i = 0; i < culprit->hit_count; i++)
		if (has_number(&f->expected, culprit->hits[i].want) &&
		    has_number(&f->observed, culprit->hits[i].got))
			return true;
	return false;
}

static bool is_cause(const struct nw_finding *f, const char *hypothesis)
{
	for (size_t i = 0; i < f->cause_count; i++)
		if (strcmp(f->causes[i].hypothesis, hypothesis) == 0)
			return true;
	return false;
}

/* The bug that made the number is among those that are named. Numbers that are
 * off by thousands are off by a little for the simulator alone. */
static bool cause_right(struct law_try *try, const struct law_case *c,
			const struct sim_culprit *culprit)
{
	if (culprit->cause == NULL || strcmp(culprit->cause, "off-by-n") == 0)
		return true;
	for (size_t i = 0; i < c->results->finding_count; i++)
		if (law_names(c, &c->results->findings[i], culprit) &&
		    is_cause(&c->results->findings[i], culprit->cause))
			return true;
	return law_broken(try, "%s on c%u: %s is not among the causes",
			  c->config->faults[0].name, culprit->connection,
			  culprit->cause);
}

/* What is legitimate is to be told of, and nobody accused. */
static bool is_told(struct law_try *try, const struct law_case *c,
		    const struct sim_culprit *culprit)
{
	for (size_t i = 0; i < c->results->finding_count; i++)
		if (c->results->findings[i].class_ == NW_TRANSLATION &&
		    law_names(c, &c->results->findings[i], culprit))
			return true;
	return law_broken(try, "%s by %s on c%u is not told", culprit->kind,
			  c->config->faults[0].name, culprit->connection);
}

static bool found(struct law_try *try, const struct law_case *c,
		  const struct sim_culprit *culprit)
{
	const struct nw_results *results = c->results;
	bool error = strcmp(culprit->severity, "error") == 0;
	bool named = false;
	uint64_t count = 0;

	if (strcmp(culprit->severity, "info") == 0)
		return is_told(try, c, culprit);
	for (size_t i = 0; i < results->finding_count; i++) {
		const struct nw_finding *f = &results->findings[i];

		if (!law_is_fault(f, error ? NW_ERROR : NW_WARNING) ||
		    !law_names(c, f, culprit))
			continue;
		count += f->count;
		named = named || numbers_right(f, culprit);
	}
	/* What captures with losses leave open is to be said, not guessed. */
	if (count == 0 &&
	    (results->undecided_count > 0 || !law_is_visible(c, culprit)))
		return true;
	if (count == 0)
		return law_broken(try, "%s by %s on c%u was not found",
				  culprit->kind, c->config->faults[0].name,
				  culprit->connection);
	if (!named)
		return law_broken(try, "%s by %s on c%u: wrong numbers",
				  culprit->kind, c->config->faults[0].name,
				  culprit->connection);
	/* Copies that look alike and that the captures lack may stay open, but
	 * then the report says so. */
	if (count != culprit->hit_count &&
	    (count > culprit->hit_count || results->undecided_count == 0))
		return law_broken(try,
				  "%s by %s on c%u: %" PRIu64
				  " segments counted, it was %zu",
				  culprit->kind, c->config->faults[0].name,
				  culprit->connection, count,
				  culprit->hit_count);
	return cause_right(try, c, culprit);
}

/* Another name for the fault at the guilty hop on the same connection is no
 * false accusation; everything else is. */
static bool accuses_only(struct law_try *try, const struct law_case *c,
			 const struct sim_culprit *culprit)
{
	const struct nw_results *results = c->results;
	struct nw_hop hop = law_hop(c->config, 0, culprit->hop);
	bool good = true;

	for (size_t i = 0; i < results->finding_count; i++) {
		const struct nw_finding *f = &results->findings[i];
		bool there = f->between.before == hop.before &&
			     f->between.behind == hop.behind &&
			     law_connection(c, f->path) == culprit->connection;

		if (!law_is_fault(f, NW_WARNING) || there ||
		    law_names(c, f, culprit) || law_follows(c, f))
			continue;
		if (f->severity == NW_WARNING && law_warning_true(c, f))
			continue;
		good = law_broken(
			try,
			"%s on c%u, but also %s %s between "
			"points %d and %d on c%u",
			c->config->faults[0].name, culprit->connection,
			law_severity(f->severity), f->kind,
			(int)f->between.before, (int)f->between.behind,
			law_connection(c, f->path));
	}
	return good;
}

static bool check(struct law_try *try)
{
	struct sim_config config;
	struct sim_truth *truth;
	const struct sim_culprit *culprit;
	struct nw_audit *audit = NULL;
	bool good = true;

	sim_random_fault(try->seed, &config);
	truth = sim_run(&config, try->directory);
	culprit = guilty(truth);
	if (culprit != NULL)
		audit = law_audit(try, &config, 0, 0);
	if (audit != NULL) {
		struct law_case c = {&config, truth, nw_audit_results(audit),
				     0};

		good = found(try, &c, culprit);
		good = accuses_only(try, &c, culprit) && good;
		try->applied = 1;
	} else if (culprit != NULL) {
		good = false;
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
