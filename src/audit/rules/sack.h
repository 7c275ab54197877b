/* SPDX-License-Identifier: MIT
 *
 * SACK blocks across a hop (FINDINGS A.3): their edges are sequence numbers
 * of the peer and must be translated like the ACK number.
 */
#ifndef NW_SACK_H
#define NW_SACK_H

#include "rules/compare.h"

/* Compares the blocks of one pair, counts, and adds what is wrong. */
void compare_sack(const struct comparison *comparison, const struct pair *pair,
		  struct findings *findings, size_t from, struct tally *tally);

/* How the blocks of a pair stand, counting nothing. */
enum standing sack_stand(const struct comparison *comparison,
			 const struct pair *pair);
/* Are the blocks on both sides the same, apart from the translation? */
bool sack_same_blocks(const struct hop *hop, const struct pair *pair);

/* Did blocks come in, and none go out? */
bool sack_is_stripped(const struct hop *hop, const struct pair *pair);

#endif
