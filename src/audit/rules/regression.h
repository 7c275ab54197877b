/* SPDX-License-Identifier: MIT
 *
 * ACK numbers that go backwards behind a hop and not before it (FINDINGS A.1).
 */
#ifndef NW_REGRESSION_H
#define NW_REGRESSION_H

#include "rules/compare.h"

/* Adds what goes backwards in that direction, unless ACKs that are wrong by
 * themselves were found there already: those findings begin at `from`. What
 * looks like more of it, and cannot be proved, is undecided in the tally. */
void check_regression(const struct comparison *comparison, enum direction d,
		      struct findings *findings, size_t from,
		      struct tally *tally);

#endif
