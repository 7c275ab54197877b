/* SPDX-License-Identifier: MIT
 *
 * SACK that a hop half takes away (FINDINGS A.3): one end agreed to it and the
 * other one did not, or both agreed and the blocks do not come through.
 */
#ifndef NW_SACKLOSS_H
#define NW_SACKLOSS_H

#include "rules/compare.h"

/* Judges the whole connection; to be called where blocks were seen, with what
 * was counted for this path. */
void compare_sack_loss(const struct comparison *comparison,
		       struct findings *findings, size_t from,
		       const struct tally *tally);

#endif
