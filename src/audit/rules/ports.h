/* SPDX-License-Identifier: MIT
 *
 * What a NAT does to the client's ports (RFC 4787 4.2), which only many
 * connections together can tell: one port may be the same by chance.
 */
#ifndef NW_PORTS_H
#define NW_PORTS_H

#include "rules/translate.h"

/* All that crossed one hop. */
struct hop_flows {
	const struct point *before, *behind;
	const struct match *match;
	const uint32_t *path_of; /* by flow before the hop */
};

/* Counts the paths on which the hop keeps the client's port although it
 * replaces the address, if it does so on purpose. false: no memory. */
bool translate_ports(const struct hop_flows *flows, struct habits_seen *seen);

#endif
