/* SPDX-License-Identifier: MIT
 *
 * The decoder's spine: frame, link header, IP header, TCP header, segment.
 * Each step is a total function of the bytes that the step before left.
 */
#include "segment.h"

#include "checksum.h"
#include "datalink.h"
#include "fingerprint.h"
#include "ip.h"
#include "tcp.h"

const char *skip_name(enum skip skip)
{
	switch (skip) {
	case SKIP_NONE:
		return "none";
	case SKIP_NOT_IP:
		return "not-ip";
	case SKIP_NOT_TCP:
		return "not-tcp";
	case SKIP_LINK_TYPE:
		return "link-type";
	case SKIP_FRAGMENT:
		return "fragment";
	case SKIP_CUT:
		return "cut-header";
	case SKIP_MALFORMED:
		return "malformed";
	case SKIP_ICMP:
		return "icmp";
	case SKIP_COUNT:
		break;
	}
	return "unknown";
}

/* Nearly every packet is TCP in IPv4 without options in untagged Ethernet.
 * The same result as by the layers, at half the cost; false: go by them. */
#define PLAIN_LINK_BYTES 14u
#define PLAIN_BYTES      (PLAIN_LINK_BYTES + IPV4_BYTES + TCP_BASE_BYTES)

static bool plain_decode(const struct frame *frame, struct packet *packet,
			 struct layer *layer)
{
	struct cursor c = {frame->bytes, frame->cap_len};
	const uint8_t *header;
	uint32_t total_len;

	if (frame->link_type != LINK_ETHERNET || c.left < PLAIN_BYTES ||
	    !cursor_bytes(&c, &header, PLAIN_LINK_BYTES + IPV4_BYTES))
		return false;
	if (u16be(header + 12) != ETHERTYPE_IPV4)
		return false;
	header += PLAIN_LINK_BYTES;
	total_len = u16be(header + 2);
	if (total_len < IPV4_BYTES || !ipv4_is_plain_tcp(header))
		return false;
	ipv4_fill(header, packet);
	packet->source_routed = false;
	layer->bytes = c;
	layer_set_len(layer, total_len - IPV4_BYTES);
	return true;
}

enum skip packet_decode(const struct frame *frame, struct packet *packet)
{
	struct layer layer = {0};
	enum skip skip;

	packet->segment = (struct segment){0};
	if (plain_decode(frame, packet, &layer))
		return tcp_decode(&layer, packet);
	skip = datalink_decode(frame, &layer);
	if (skip != SKIP_NONE)
		return skip;
	skip = ip_decode(&layer, packet);
	if (skip != SKIP_NONE)
		return skip;
	return tcp_decode(&layer, packet);
}

void packet_measure(const struct frame *frame, struct packet *packet)
{
	struct segment *segment = &packet->segment;

	(void)frame;
	checksum_measure(packet);
	if (segment->cap_len == segment->len)
		segment->fingerprint =
			fingerprint(segment->payload, segment->len);
}
