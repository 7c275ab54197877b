/* SPDX-License-Identifier: MIT
 *
 * A connection that one device sends out on two tuples (FINDINGS A.8): a NAT
 * that maps it anew, a balancer that gives it to another server.
 */
#ifndef NW_MOVE_H
#define NW_MOVE_H

#include "rules/translate.h"
#include "stray.h"

struct crossing_flows {
	const struct hop *hop;
	const struct alignment *alignment;
	const struct strays *strays; /* of the hop */
	const struct point *point;   /* behind it */
	/* the path's flows at that point, in the order of the trace's members,
	 * and which of them is the first one's counterpart */
	const struct path_flow *members;
	uint32_t main;
	uint32_t path, hop_index;
	uint8_t match_class;
};

/* Adds what is a fault, counts what is not. */
void check_move(const struct crossing_flows *c, struct findings *findings,
		struct habits_seen *seen);

#endif
