/* SPDX-License-Identifier: MIT
 *
 * A device that acknowledges data itself, before the receiver does (FINDINGS
 * A.1): split TCP, performance-enhancing proxies (RFC 3135).
 */
#ifndef NW_EARLYACK_H
#define NW_EARLYACK_H

#include "align.h"

/* Do the direction's ACKs leave the hop long before the receiver's own could
 * be there, most of them? */
bool acks_are_early(const struct hop *hop, const struct alignment *alignment,
		    enum direction d);

#endif
