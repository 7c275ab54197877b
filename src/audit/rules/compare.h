/* SPDX-License-Identifier: MIT
 *
 * Compares the two sides of a hop, pair by pair: is the number on the far
 * side what the hop's translation makes of the one on the near side?
 */
#ifndef NW_COMPARE_H
#define NW_COMPARE_H

#include "tally.h"

struct comparison {
	const struct hop *hop;
	const struct alignment *alignment;
	const struct steps *steps;
	struct lookups *lookups;
	uint32_t path, hop_index;
	uint8_t match_class;
	/* by stream: the match holds without the evidence of its ISN */
	bool sure_without_isn[2];
};

/* The finding of that kind and direction on this path and hop, made when it
 * is new (then its count is 0); those of the hop begin at `from`. NULL: no
 * memory. */
struct finding *comparison_finding(const struct comparison *comparison,
				   enum finding_kind kind,
				   enum direction direction,
				   struct findings *findings, size_t from);

/* Adds what differs to `findings` and counts all comparisons in `tally`. */
void compare_hop(const struct comparison *comparison, struct findings *findings,
		 struct tally *tally);

#endif
