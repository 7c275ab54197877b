/* SPDX-License-Identifier: MIT
 *
 * The segments of a path that a report shows: handshake, close, and the
 * neighbourhood of each finding, at every point, bounded.
 */
#ifndef NW_LADDER_H
#define NW_LADDER_H

#include "job.h"

/* Findings of the path: `shown` of them, ids from 1 by position in `ids`. */
struct ladder_marks {
	const struct finding *const *findings;
	const uint32_t *ids;
	size_t count;
};

/* Fills `to`'s segments from the arena. false: no memory. */
bool ladder_fill(struct nw_audit *audit, uint32_t path,
		 const struct ladder_marks *marks, struct nw_path *to);

#endif
