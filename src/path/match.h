/* SPDX-License-Identifier: MIT
 *
 * Finds the flows of one point again at the next one. Sure pairs first, from
 * them what the hop keeps and the clocks, then the rest; what cannot be told
 * apart is grouped and called ambiguous, never paired by luck.
 */
#ifndef NW_MATCH_H
#define NW_MATCH_H

#include "natwitness.h"
#include "score.h"

/* A flow before the hop and its counterpart behind. */
struct link {
	uint32_t before, behind; /* flows of the two points */
	float bits, margin;
	float isn_bits[2];   /* of `bits`, from the ISN of that stream */
	uint32_t evidence;   /* mask: evidence_name() */
	uint8_t match_class; /* enum nw_match_class, never ambiguous */
	bool extra; /* one side has a link already: the device moved the
		       connection to another tuple */
};

/* Flows that could each be several others'. */
struct ambiguity {
	VEC(uint32_t) before, behind;
};

struct match {
	VEC(struct link) links; /* by `before`, extras last */
	VEC(struct ambiguity) ambiguities;
	struct clock clock;
	double keep[FEATURE_COUNT];
};

struct match_side {
	const struct point *point;
	const struct feature *features;
};

/* Matches two neighbouring points. false: no memory; `match` is to be given
 * back either way. */
bool match_hop(const struct match_side *before, const struct match_side *behind,
	       struct match *match);
void match_fini(struct match *match);

#endif
