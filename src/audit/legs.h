/* SPDX-License-Identifier: MIT
 *
 * Legs: flows of one point that carry the same SYN to several servers, as a
 * balancer makes them that chooses twice.
 */
#ifndef NW_LEGS_H
#define NW_LEGS_H

#include "hypothesis.h"
#include "point.h"

struct leg {
	uint32_t isn, flow; /* of the client */
};

/* Flows of one point by their client's initial number; made when it is first
 * asked. All zero at the start. */
struct legs {
	VEC(struct leg) list;
	bool built;
};

/* Adds to the clue what the other servers of this flow's SYN sent. false: no
 * memory. */
bool legs_find(struct legs *legs, const struct point *point,
	       const struct flow *flow, struct clue *clue);
void legs_fini(struct legs *legs);

#endif
