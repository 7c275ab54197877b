/* SPDX-License-Identifier: MIT
 *
 * Packets that one side of a hop has and the other lacks: did the device drop
 * or invent them, or did a capture miss them? Ordered rules (FINDINGS D.4);
 * what they do not settle stays open, and nobody is blamed for it.
 */
#ifndef NW_LOSS_H
#define NW_LOSS_H

#include "stray.h"
#include "tally.h"

/* The hops of one path that both sides saw, in order, aligned. */
struct loss_path {
	const struct point *points;
	const struct hop *hops;
	const uint32_t *indexes; /* which hop of the audit each one is */
	const struct alignment *alignments;
	const struct strays *strays; /* by the audit's hops, or NULL */
	uint32_t count;
	uint32_t path;
	const uint8_t *match_classes; /* per hop */
};

/* Adds drops and injected resets; counts in the tallies (by the audit's hops)
 * what captures missed and what stays open. */
void loss_judge(const struct loss_path *path, struct findings *findings,
		struct tally *tallies);

/* Of all paths together: drops so few that they may be packets which the
 * capture missed and which were lost farther on become facts without a culprit
 * (is_open), and are counted in the tallies. */
void loss_weigh(struct findings *findings, struct tally *tallies,
		uint32_t hop_count);

#endif
