/* SPDX-License-Identifier: MIT
 *
 * A device that resets both ends at about the same time (FINDINGS A.7), as on
 * a timeout of its own: neither end sent a RST.
 */
#ifndef NW_RESET_H
#define NW_RESET_H

#include "align.h"
#include "point.h"

struct double_reset {
	const struct trace_item *behind; /* RST to the server, seen there */
	const struct trace_item *before; /* RST to the client, seen there */
	int64_t idle_ns;                 /* without any packet before */
};

/* Did the hop's device reset both ends of this connection? `points` are all
 * points, by number. */
bool reset_both(const struct hop *hop, const struct alignment *alignment,
		const struct point *points, struct double_reset *found);

#endif
