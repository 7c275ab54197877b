/* SPDX-License-Identifier: MIT
 *
 * The parts of matching share this: flows before a hop, for each its best
 * few candidates behind, and who has been paired. Private to match.c, edge.c
 * and knot.c.
 */
#ifndef NW_MATCHER_H
#define NW_MATCHER_H

#include "match.h"

#define EDGES         8 /* best candidates kept per flow */
#define SURE_BITS     20.0
#define CLEAR_BITS    10.0
#define POSSIBLE_BITS 3.2 /* posterior 0.9 */

struct edge {
	uint32_t behind;
	float bits;
};

struct best {
	uint32_t flow;
	float first, second;
};

struct matcher {
	struct scorer scorer;
	struct edge *edges; /* EDGES per flow before, best first */
	uint8_t *edge_count;
	struct best *best_behind;
	uint32_t *partner_before, *partner_behind; /* FLOW_NONE: free */
	uint32_t *by_start; /* flows behind by first time, or NULL */
	bool *ambiguous_behind;
	uint32_t before_count, behind_count;
	double floor; /* edges of fewer bits are not kept */
	double need;  /* bits below which a flow rather has no counterpart */
	struct match *match;
};

static inline const struct edge *edges_of(const struct matcher *m,
					  uint32_t before)
{
	return m->edges + (size_t)before * EDGES;
}

/* Finds and scores candidates of every flow, by strong features. */
void edges_find_strong(struct matcher *m);

/* Looks again for flows that have no partner, by all features and by time;
 * needs scorer_widen(). */
void edges_find_weak(struct matcher *m);

/* Scores existing edges again, with what has been learned. */
void edges_rescore(struct matcher *m);

/* Links two flows by that margin. false: no memory. */
bool matcher_take(struct matcher *m, uint32_t before, uint32_t behind,
		  double margin);

/* Groups flows without partner that carry the same payload on both sides:
 * what tells them apart did not pass the hop. false: no memory. */
bool knots_note_clones(struct matcher *m);

/* Assigns what is knotted together as a whole; what stays open is ambiguous.
 * false: no memory. */
bool knots_solve(struct matcher *m);

#endif
