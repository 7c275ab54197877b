/* SPDX-License-Identifier: MIT
 *
 * Link headers: from a frame to its IP packet. (Not "link.h": that is a
 * header of libc.)
 */
#ifndef NW_DATALINK_H
#define NW_DATALINK_H

#include "layer.h"

enum ethertype {
	ETHERTYPE_IPV4 = 0x0800,
	ETHERTYPE_IPV6 = 0x86dd,
	ETHERTYPE_VLAN = 0x8100,
	ETHERTYPE_QINQ = 0x88a8,
	ETHERTYPE_QINQ_OLD1 = 0x9100, /* stacked tags before 802.1ad */
	ETHERTYPE_QINQ_OLD2 = 0x9200,
	ETHERTYPE_FIRST = 0x0600, /* below: an 802.3 length */
};

/* Fills `layer` with what follows the link header and any VLAN tags. */
enum skip datalink_decode(const struct frame *frame, struct layer *layer);

#endif
