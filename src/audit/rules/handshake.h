/* SPDX-License-Identifier: MIT
 *
 * What the handshake agreed on, at both sides of a hop (FINDINGS A.4): so far
 * the window scale.
 */
#ifndef NW_HANDSHAKE_H
#define NW_HANDSHAKE_H

#include "rules/compare.h"

/* Adds a finding where one end reads the other's windows by another scale
 * than they are written by. */
void compare_handshake(const struct comparison *comparison,
		       struct findings *findings, size_t from);

#endif
