/* SPDX-License-Identifier: MIT
 *
 * ACKs that only one side of a hop has: a device may spare the network every
 * other pure ACK, or invent one (FINDINGS A.1).
 */
#ifndef NW_LONEACK_H
#define NW_LONEACK_H

#include "rules/compare.h"

/* Does the hop pass only some of the direction's pure ACKs, again and again,
 * while later ones say the same and more, and other packets pass? */
bool lone_acks_are_thinned(const struct hop *hop,
			   const struct alignment *alignment, enum direction d);

/* ACKs on the far side alone that acknowledge what the peer cannot have sent:
 * altered by the hop, or by somebody before it and then missed there. */
uint64_t lone_acks_impossible(const struct comparison *comparison,
			      enum direction d);

#endif
