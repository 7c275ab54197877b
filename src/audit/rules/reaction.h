/* SPDX-License-Identifier: MIT
 *
 * How the two ends behave, as the point nearest to the server shows it
 * (FINDINGS A.9, F): facts that explain a fault or follow from it, never
 * accusations.
 */
#ifndef NW_REACTION_H
#define NW_REACTION_H

#include "rules/outermost.h"

/* Does a repeated SYN/ACK go with a late request? Of one connection, bits;
 * 0: its handshake was not completed, or it tells nothing. */
enum conduct {
	CONDUCT_QUICK = 1,  /* data before the first SYN/ACK timeout */
	CONDUCT_LATE = 2,   /* silent beyond it */
	CONDUCT_STRUCK = 4, /* SYN/ACK repeated although it was complete */
};

/* Looks at the path at the last point; adds behaviour. Returns its conduct. */
uint8_t check_reaction(const struct outermost *check,
		       struct findings *findings);

#endif
