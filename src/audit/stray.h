/* SPDX-License-Identifier: MIT
 *
 * Strays: flows behind a hop that are no flow's counterpart before it, or only
 * a further one. Some are connections that the device moved to another tuple:
 * they are found again by the numbers of their first packet.
 */
#ifndef NW_STRAY_H
#define NW_STRAY_H

#include "match.h"

/* The first packet, as it was captured; ack is 0 without ACK flag. */
struct stray {
	uint32_t seq, ack, len;
	uint32_t flow; /* at the point behind */
};

struct strays {
	VEC(struct stray) list; /* sorted */
};

/* Of one hop. false: no memory. */
bool strays_find(struct strays *strays, const struct point *behind,
		 const struct match *match);
void strays_fini(struct strays *strays);

/* Does any begin with these numbers? */
bool strays_have(const struct strays *strays, uint32_t seq, uint32_t ack,
		 uint32_t len);

/* The only stray that begins with these numbers, or NULL. */
const struct stray *strays_only(const struct strays *strays, uint32_t seq,
				uint32_t ack, uint32_t len);

#endif
