/* SPDX-License-Identifier: MIT
 *
 * A packet of genpair as it is seen at one side of the device: Ethernet, IPv4,
 * TCP, and a payload whose bytes come from a pool. Checksums are those of the
 * whole packet; prefix sums of the pool give them without reading the payload.
 */
#ifndef NW_GENFRAME_H
#define NW_GENFRAME_H

#include "pairfile.h"

#define GENFRAME_POOL 262144u /* payloads begin below that offset */
#define GENFRAME_HEAD 64u     /* bytes of an HTTP header; even, for sums */

enum side { BEFORE, BEHIND };
enum end { CLIENT, SERVER };
enum tcp_flag { FIN = 1, SYN = 2, PSH = 8, ACK = 16 };

/* What a packet of one connection looks like, by side and end. */
struct genframe_flow {
	uint32_t address[2][2];
	uint16_t port[2][2];
	uint32_t shift[2]; /* what the device adds to an end's numbers */
	uint32_t window;
};

/* One packet as its sender meant it. */
struct genframe_packet {
	enum end sender;
	uint32_t flags;
	uint32_t seq, ack;
	uint32_t payload_len, pool_off;
	const char *head; /* GENFRAME_HEAD bytes in front, or NULL */
	uint32_t ts_value, ts_echo;
	uint16_t ip_id;
};

void genframe_init(uint64_t (*random)(void));
/* Fills in frame and lengths; a snap length of 0 cuts nothing. */
void genframe_write(struct pairfile_slot *slot,
		    const struct genframe_flow *flow, enum side side,
		    const struct genframe_packet *packet, uint32_t snaplen);

#endif
