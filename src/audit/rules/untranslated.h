/* SPDX-License-Identifier: MIT
 *
 * Packets that pass a NAT as they came although their connection has a mapping
 * there (FINDINGS A.8): with the tuple of the near side, or half of it, as
 * when a real server's address comes to the client.
 */
#ifndef NW_UNTRANSLATED_H
#define NW_UNTRANSLATED_H

#include "rules/move.h"

/* One connection on both sides of a hop. */
struct mapped {
	const struct crossing_flows *crossing;
	const struct point *points[2]; /* before the hop, behind it */
	const struct tuple *tuples[2];
	uint32_t main; /* which member behind the hop is on the mapping */
};

/* Adds a finding for each direction. Is there one from the client? */
bool check_untranslated(const struct mapped *mapped, struct findings *findings);

#endif
