/* SPDX-License-Identifier: MIT
 *
 * A part of the stream that never passes a hop, although what follows it does
 * (FINDINGS A.2).
 */
#ifndef NW_GAP_H
#define NW_GAP_H

#include "rules/compare.h"

/* Adds the gap of the direction's stream, if there is one. Segments that were
 * sent three times alike are left to path-drop. */
void check_gap(const struct comparison *comparison, enum direction d,
	       struct findings *findings, size_t from);

#endif
