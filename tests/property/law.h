/* SPDX-License-Identifier: MIT
 *
 * What the property tests share: the loop over seeds, an audit of a simulated
 * case through the public API, and how its findings stand to the truth.
 */
#ifndef NW_PROPERTY_LAW_H
#define NW_PROPERTY_LAW_H

#include "sim.h"

/* One try of a law. */
struct law_try {
	uint64_t seed;
	const char *directory; /* empty, for the captures */
	uint32_t applied;      /* how often the law could be held against
				  something; 0: the seed gave nothing */
};

/* False: violated, and the reason has been printed. */
typedef bool law_check(struct law_try *try);

/* --seeds N, --seed S, --keep DIRECTORY; returns what main returns. */
int law_main(int argc, char **argv, law_check *check);

/* Says what is wrong with this seed; returns false. */
bool law_broken(const struct law_try *try, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* ---- audits ---- */

/* Audits the points whose bit is not set in `left_out`. NULL: it failed, and
 * that has been printed. Free with nw_audit_free. */
struct nw_audit *law_audit(const struct law_try *try,
			   const struct sim_config *config, uint32_t left_out,
			   uint32_t threads);
/* The report as JSON; NULL on failure. Free with free. */
char *law_json(const struct nw_audit *audit, size_t *len);
/* The hop that the points around hop `hop` make when some are left out, as
 * indexes of the points that are left; SIM_NONE: beyond the outermost. */
struct nw_hop law_hop(const struct sim_config *config, uint32_t left_out,
		      uint32_t hop);

/* ---- findings against the truth ---- */

struct law_case {
	const struct sim_config *config;
	const struct sim_truth *truth;
	const struct nw_results *results;
	uint32_t left_out;
};

/* The connection that a path shows, SIM_NONE: none of them. */
uint32_t law_connection(const struct law_case *c, uint32_t path_id);
/* Is the finding about this culprit, in kind, direction, connection, and in a
 * hop that holds the guilty one? */
bool law_names(const struct law_case *c, const struct nw_finding *finding,
	       const struct sim_culprit *culprit);
/* Can it be seen at all? A connection that moved to another tuple may be found
 * again behind the device by its second half or not at all; then its numbers
 * are not known on both sides. One that leaked gets no farther than the next
 * point, and its tuple tells something beside the one before only. */
bool law_is_visible(const struct law_case *c,
		    const struct sim_culprit *culprit);
bool law_is_fault(const struct nw_finding *finding, enum nw_severity least);
/* Is it said to follow from something else that was found? */
bool law_follows(const struct law_case *c, const struct nw_finding *finding);
/* Is there something in the truth that this warning is right about? */
bool law_warning_true(const struct law_case *c,
		      const struct nw_finding *finding);
const char *law_severity(enum nw_severity severity);

#endif
