/* SPDX-License-Identifier: MIT
 *
 * How the two ends behave, as the point nearest to the server shows it
 * (FINDINGS A.9, F): facts that explain a fault or follow from it, never
 * accusations.
 */
#ifndef NW_REACTION_H
#define NW_REACTION_H

#include "rules/outermost.h"

/* Does a repeated SYN/ACK go with a late request? Over all connections. */
struct population {
	uint64_t quick, quick_repeated; /* data before the first timeout */
	uint64_t late, late_repeated;   /* data after it, or none */
};

void population_add(struct population *sum, const struct population *more);

/* Looks at the path at the last point; adds behaviour and counts it. */
void check_reaction(const struct outermost *check, struct findings *findings,
		    struct population *population);

#endif
