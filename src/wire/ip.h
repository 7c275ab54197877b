/* SPDX-License-Identifier: MIT
 *
 * IPv4 and IPv6 headers, with options and extension headers.
 */
#ifndef NW_IP_H
#define NW_IP_H

#include "layer.h"

enum ip_protocol {
	IP_HOP_BY_HOP = 0,
	IP_ICMP = 1,
	IP_TCP = 6,
	IP_ROUTING = 43,
	IP_FRAGMENT = 44,
	IP_AUTHENTICATION = 51,
	IP_ICMPV6 = 58,
	IP_DESTINATION = 60,
};

#define IPV4_BYTES 20u
#define IPV6_BYTES 40u

/* What tuple and segment keep of an IPv4 header without options. */
static inline void ipv4_fill(const uint8_t *header, struct packet *packet)
{
	struct segment *segment = &packet->segment;

	packet->tuple = (struct tuple){0};
	memcpy(packet->tuple.ends[0].address, header + 12, 4);
	memcpy(packet->tuple.ends[1].address, header + 16, 4);
	packet->tuple.ends[0].family = packet->tuple.ends[1].family = 4;
	segment->tos = header[1];
	segment->ip_id = u16be(header + 4);
	segment->dont_fragment = (header[6] & 0x40) != 0;
	segment->ttl = header[8];
}

/* More fragments to follow, or an offset. */
static inline bool ipv4_is_fragment(const uint8_t *header)
{
	return (u16be(header + 6) & 0x3fff) != 0;
}

/* TCP behind 20 bytes of header, in one piece? */
static inline bool ipv4_is_plain_tcp(const uint8_t *header)
{
	return header[0] == 0x45 && header[9] == IP_TCP &&
	       !ipv4_is_fragment(header);
}

/* From the IP header to a TCP header: fills the tuple's addresses and what
 * the segment keeps of IP, leaves `layer` at the TCP header, limited to the
 * IP payload. SKIP_FRAGMENT is a fragment of a TCP packet, also the first;
 * fragments of others are SKIP_NOT_TCP or SKIP_ICMP. */
enum skip ip_decode(struct layer *layer, struct packet *packet);

#endif
