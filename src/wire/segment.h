/* SPDX-License-Identifier: MIT
 *
 * One TCP packet, decoded: the tuple it carries and the segment. Everything
 * is in host byte order. Decoding is a total function from bytes: a segment,
 * or the reason why there is none.
 */
#ifndef NW_SEGMENT_H
#define NW_SEGMENT_H

#include "endpoint.h"
#include "frame.h"
#include "seq.h"

enum tcp_flags {
	TCP_FIN = 0x01,
	TCP_SYN = 0x02,
	TCP_RST = 0x04,
	TCP_PSH = 0x08,
	TCP_ACK = 0x10,
	TCP_URG = 0x20,
	TCP_ECE = 0x40,
	TCP_CWR = 0x80,
};

/* What the TCP checksum field turned out to be (FINDINGS X12). */
enum checksum_state {
	CHECKSUM_UNKNOWN, /* the capture lacks bytes that it covers, or the
			     packet is source-routed */
	CHECKSUM_GOOD,
	CHECKSUM_PARTIAL, /* the folded pseudo-header sum: left to hardware */
	CHECKSUM_BAD,
};

enum segment_options {
	OPTION_MSS = 0x01,
	OPTION_WSCALE = 0x02,
	OPTION_SACK_PERMITTED = 0x04,
	OPTION_SACK = 0x08,
	OPTION_TIMESTAMPS = 0x10,
	OPTION_OTHER = 0x20,     /* a kind without a field of its own, or
				    with a length that hosts ignore it for */
	OPTION_MALFORMED = 0x40, /* a length below 2 or past the header */
	OPTION_CUT = 0x80,       /* the capture ends inside the options */
};

struct segment {
	struct seq seq, ack;
	uint32_t len;           /* payload bytes on the wire */
	uint32_t cap_len;       /* payload bytes in the capture */
	const uint8_t *payload; /* cap_len bytes, borrowed from the frame */
	uint32_t tsval, tsecr;
	uint32_t option_hash; /* of kinds, lengths and order of all options,
				 and of the bytes of kinds that are OTHER */
	uint32_t fingerprint; /* of the payload, when cap_len == len */
	uint16_t sum;         /* sum16 of the whole payload, see has_sum */
	uint16_t window;      /* as in the header, not scaled */
	uint16_t urgent;
	uint16_t ip_id; /* 0 in IPv6 */
	uint16_t mss;
	uint8_t wscale;
	uint8_t flags;      /* enum tcp_flags */
	uint8_t reserved;   /* reserved bits and AE, in the low 4 bits */
	uint8_t ttl;        /* or hop limit */
	uint8_t tos;        /* DSCP and ECN */
	uint8_t options;    /* enum segment_options */
	uint8_t checksum;   /* enum checksum_state */
	uint8_t sack_count; /* blocks: sack[0..sack_count) of the packet */
	bool has_sum;       /* summed when cap_len == len; else taken from
			       the checksum field, which covers bytes that
			       the snap length cut off */
	bool dont_fragment;
};

_Static_assert(sizeof(struct segment) <= 96, "segments stay on the stack");

struct sack_block {
	struct seq left, right; /* half-open */
};
#define SACK_MAX 4

struct packet {
	struct tuple tuple; /* ends[0] sent it */
	struct segment segment;
	struct sack_block sack[SACK_MAX];
	const uint8_t *tcp; /* the TCP header, borrowed from the frame; all of
			       it unless OPTION_CUT */
	uint8_t tcp_len;    /* its bytes on the wire, options included */
	bool source_routed; /* the IP header does not show the final address,
			       which the TCP checksum covers */
};

/* Why a frame is not a segment: counted per point, shown under health. */
enum skip {
	SKIP_NONE, /* it is one */
	SKIP_NOT_IP,
	SKIP_NOT_TCP,
	SKIP_LINK_TYPE, /* no decoder for the link type */
	SKIP_FRAGMENT,  /* of a TCP packet, also the first one */
	SKIP_CUT,       /* the capture ends inside a header */
	SKIP_MALFORMED, /* a length field contradicts another */
	SKIP_ICMP,
	SKIP_COUNT,
};

/* Kebab-case name of a reason ("not-tcp"). */
const char *skip_name(enum skip skip);

/* Decodes link, IP and TCP headers. Any bytes give one of the outcomes. The
 * payload is what the IP length says: link padding and FCS are cut off. Does
 * not touch the payload: fingerprint, sum and checksum stay unset. */
enum skip packet_decode(const struct frame *frame, struct packet *packet);

/* Fills fingerprint, sum and checksum from the payload and the headers. */
void packet_measure(const struct frame *frame, struct packet *packet);

#endif
