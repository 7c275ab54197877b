/* SPDX-License-Identifier: MIT
 *
 * A NAT that draws ports hits the client's own one by chance, one time in as
 * many as it has ports. One that takes them in turn may run beside a client
 * that does so, too, for a whole row of ports. So a row of neighbouring ports
 * is one case, three cases are needed, and more than half of the connections:
 * with a thousand ports to draw from that is less than one chance in ten
 * millions.
 *
 * Ports are themselves evidence for a match. What convinces nobody without
 * them does not count.
 */
#include "rules/ports.h"

#include <stdlib.h>

#define PORTS       65536u
#define FEWEST_ROWS 3

/* Evidence that no port is part of. */
#define BYTES_OR_ISN                                                           \
	(1u << FEATURE_PAYLOAD | 1u << FEATURE_ISN_CLIENT |                    \
	 1u << FEATURE_ISN_SERVER | 1u << FEATURE_TIMESTAMP |                  \
	 1u << FEATURE_TS_PATTERN | 1u << FEATURE_DATA_CLIENT |                \
	 1u << FEATURE_DATA_SERVER | 1u << FEATURE_HEAD_CLIENT |               \
	 1u << FEATURE_HEAD_SERVER)

/* Both sides of a connection whose client's address is replaced; false: it is
 * none, or that is not sure. */
static bool is_translated(const struct hop_flows *h, const struct link *link,
			  const struct endpoint *ends[2])
{
	const struct flow *a = point_flow(h->before, link->before);
	const struct flow *b = point_flow(h->behind, link->behind);

	if (link->extra || link->match_class > NW_MATCH_STRONG ||
	    (link->evidence & BYTES_OR_ISN) == 0 || a->roles_guessed ||
	    b->roles_guessed)
		return false;
	ends[0] = &a->tuple.ends[FROM_CLIENT];
	ends[1] = &b->tuple.ends[FROM_CLIENT];
	return !address_equal(ends[0], ends[1]);
}

/* Rows of ports in the set, one port left out at most: some clients count by
 * twos. */
static uint32_t count_rows(const bool *kept)
{
	uint32_t rows = 0;

	for (uint32_t p = 2; p < PORTS; p++)
		rows += kept[p] && !kept[p - 1] && !kept[p - 2];
	return rows;
}

static bool is_purpose(const struct hop_flows *h, bool *kept)
{
	const struct endpoint *ends[2];
	uint64_t translated = 0, same = 0;

	vec_foreach (link, &h->match->links) {
		if (!is_translated(h, link, ends))
			continue;
		translated++;
		if (ends[0]->port != ends[1]->port)
			continue;
		same++;
		kept[ends[0]->port] = true;
	}
	return same * 2 > translated && count_rows(kept) >= FEWEST_ROWS;
}

bool translate_ports(const struct hop_flows *h, struct habits_seen *seen)
{
	bool *kept = calloc(PORTS, sizeof(*kept));
	const struct endpoint *ends[2];
	const bool purpose = kept != NULL && is_purpose(h, kept);

	free(kept);
	if (kept == NULL)
		return false;
	if (!purpose)
		return true;
	vec_foreach (link, &h->match->links)
		if (is_translated(h, link, ends) &&
		    ends[0]->port == ends[1]->port)
			translate_note(seen, KIND_NAT_PORT_PRESERVED,
				       FROM_CLIENT, h->path_of[link->before]);
	return true;
}
