/* SPDX-License-Identifier: MIT
 *
 * One TCP packet on its way, and its bytes. The payload is not carried along:
 * it is a function of the connection and of the offset in the stream.
 */
#ifndef NW_SIM_SIMPACKET_H
#define NW_SIM_SIMPACKET_H

#include <string.h>

#include "sim.h"

enum sim_flags {
	SIM_FIN = 0x01,
	SIM_SYN = 0x02,
	SIM_RST = 0x04,
	SIM_PSH = 0x08,
	SIM_ACK = 0x10,
};

#define SIM_SACK_MAX 4

struct sim_sack {
	uint32_t left, right; /* half-open */
};

struct sim_packet {
	struct nw_endpoint source, target;
	uint32_t seq, ack;
	uint32_t tsval, tsecr;
	uint64_t offset; /* of the payload in its stream, from 0 */
	uint32_t len;    /* of the payload */
	uint32_t connection;
	enum nw_direction direction;
	struct sim_sack sack[SIM_SACK_MAX];
	uint8_t sack_count;
	uint8_t flags;
	uint16_t window, mss, ip_id;
	uint8_t wscale;
	bool has_mss, has_wscale, has_sack_permitted, has_timestamps;
	uint8_t ttl, tos;
	uint8_t flip;     /* XORed to the first payload byte */
	bool moved;       /* has passed a device that moved the connection */
	bool astray;      /* nobody behind the next point knows its tuple */
	uint32_t frame;   /* its number at the last point, 0: not captured */
	uint32_t culprit; /* whose hit waits for the frame behind, and */
	uint32_t hit;     /* which; culprit SIM_NONE: none waits */
	struct sim_packet *next; /* when it is in the pool */
};

/* Largest frame: Ethernet, IPv6, TCP with options, a merged payload. */
#define SIM_FRAME_MAX (14 + 40 + 60 + 65536)

static inline bool sim_endpoint_equal(const struct nw_endpoint *a,
				      const struct nw_endpoint *b)
{
	return a->family == b->family && a->port == b->port &&
	       memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

/* The sequence space that it takes up. */
static inline uint32_t sim_packet_span(const struct sim_packet *packet)
{
	return packet->len + ((packet->flags & SIM_SYN) != 0) +
	       ((packet->flags & SIM_FIN) != 0);
}

/* Writes the frame with valid checksums; returns its length. */
size_t sim_packet_encode(const struct sim_packet *packet,
			 const struct sim_connection *connection,
			 uint8_t frame[SIM_FRAME_MAX]);

/* Payload bytes [offset, offset + len) of a stream. */
void sim_payload(const struct sim_connection *connection,
		 enum nw_direction direction, uint64_t offset, size_t len,
		 uint8_t *out);

#endif
