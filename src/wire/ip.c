/* SPDX-License-Identifier: MIT
 *
 * IPv4 (RFC 791) and IPv6 (RFC 8200) headers. The length field decides where
 * the packet ends: fewer captured bytes are a cut capture, more are padding,
 * and less than the headers need is malformed. A length of 0 is a packet
 * larger than the field can say, or one whose length the adapter shall fill
 * in (TSO, BIG TCP, jumbograms): then the frame's length counts.
 */
#include "ip.h"

/* The TCP pseudo-header holds the final destination (RFC 791, RFC 8200
 * section 8.1), which a source-routed packet does not show in its header. */
static bool ipv4_is_source_routed(struct cursor options)
{
	uint8_t kind, len;

	while (cursor_u8(&options, &kind) && kind != 0) {
		if (kind == 131 || kind == 137) /* LSRR, SSRR */
			return true;
		if (kind == 1)
			continue;
		if (!cursor_u8(&options, &len) || len < 2 ||
		    !cursor_skip(&options, len - 2u))
			return false;
	}
	return false;
}

/* What a protocol number means for us, when nothing more can be read. */
static enum skip protocol_skip(uint8_t protocol)
{
	if (protocol == IP_ICMP || protocol == IP_ICMPV6)
		return SKIP_ICMP;
	return protocol == IP_TCP ? SKIP_NONE : SKIP_NOT_TCP;
}

/* A fragment: of TCP (or of extension headers that may lead there)? */
static enum skip fragment_skip(uint8_t protocol)
{
	enum skip skip = protocol_skip(protocol);

	switch (protocol) {
	case IP_ROUTING:
	case IP_DESTINATION:
	case IP_AUTHENTICATION:
		return SKIP_FRAGMENT;
	default:
		return skip == SKIP_NONE ? SKIP_FRAGMENT : skip;
	}
}

/* One extension header; `layer->next` becomes the one behind it. */
static enum skip extension_decode(struct layer *layer, struct packet *packet)
{
	struct layer peek = *layer;
	uint8_t header[8];
	uint32_t len;
	enum skip skip = layer_copy(&peek, header, sizeof(header));

	if (skip != SKIP_NONE)
		return skip;
	switch (layer->next) {
	case IP_FRAGMENT:
		/* Offset and M both 0: an atomic fragment (RFC 6946). */
		if ((u16be(header + 2) & 0xfff9) != 0)
			return fragment_skip(header[0]);
		len = sizeof(header);
		break;
	case IP_AUTHENTICATION:
		len = (header[1] + 2u) * 4;
		break;
	case IP_ROUTING:
		if (header[3] != 0) /* segments left */
			packet->source_routed = true;
		len = (header[1] + 1u) * 8;
		break;
	default:
		len = (header[1] + 1u) * 8;
		break;
	}
	layer->next = header[0];
	return layer_skip(layer, len);
}

static enum skip extensions_decode(struct layer *layer, struct packet *packet)
{
	enum skip skip = SKIP_NONE;

	while (skip == SKIP_NONE) {
		switch (layer->next) {
		case IP_HOP_BY_HOP:
		case IP_ROUTING:
		case IP_FRAGMENT:
		case IP_AUTHENTICATION:
		case IP_DESTINATION:
			skip = extension_decode(layer, packet);
			break;
		default:
			return protocol_skip(layer->next);
		}
	}
	return skip;
}

static enum skip ipv4_decode(struct layer *layer, struct packet *packet)
{
	uint8_t header[IPV4_BYTES];
	uint32_t whole = layer->len, header_len, total_len;
	struct cursor options;
	enum skip skip = layer_copy(layer, header, sizeof(header));

	if (skip != SKIP_NONE)
		return skip;
	header_len = (header[0] & 0x0fu) * 4;
	total_len = u16be(header + 2);
	if (total_len == 0)
		total_len = whole;
	if (header[0] >> 4 != 4 || header_len < IPV4_BYTES ||
	    total_len < header_len)
		return SKIP_MALFORMED;
	ipv4_fill(header, packet);
	layer->next = header[9];
	if (ipv4_is_fragment(header))
		return fragment_skip(layer->next);
	layer_set_len(layer, total_len - IPV4_BYTES);
	if (header_len > IPV4_BYTES) {
		options = layer->bytes;
		cursor_limit(&options, header_len - IPV4_BYTES);
		packet->source_routed = ipv4_is_source_routed(options);
		skip = layer_skip(layer, header_len - IPV4_BYTES);
		if (skip != SKIP_NONE)
			return skip;
	}
	if (layer->next == IP_AUTHENTICATION)
		return extensions_decode(layer, packet);
	return protocol_skip(layer->next);
}

static enum skip ipv6_decode(struct layer *layer, struct packet *packet)
{
	struct segment *segment = &packet->segment;
	uint8_t header[IPV6_BYTES];
	uint32_t payload_len;
	enum skip skip = layer_copy(layer, header, sizeof(header));

	if (skip != SKIP_NONE)
		return skip;
	if (header[0] >> 4 != 6)
		return SKIP_MALFORMED;
	packet->tuple = (struct tuple){0};
	memcpy(packet->tuple.ends[0].address, header + 8, 16);
	memcpy(packet->tuple.ends[1].address, header + 24, 16);
	packet->tuple.ends[0].family = packet->tuple.ends[1].family = 6;
	segment->tos = (uint8_t)(u16be(header) >> 4);
	segment->ip_id = 0;
	segment->dont_fragment = false;
	segment->ttl = header[7];
	layer->next = header[6];
	payload_len = u16be(header + 4);
	if (payload_len != 0)
		layer_set_len(layer, payload_len);
	return extensions_decode(layer, packet);
}

enum skip ip_decode(struct layer *layer, struct packet *packet)
{
	struct cursor peek = layer->bytes;
	uint8_t first;

	packet->source_routed = false;
	switch (layer->next) {
	case VERSION_4:
		return ipv4_decode(layer, packet);
	case VERSION_6:
		return ipv6_decode(layer, packet);
	default:
		if (!cursor_u8(&peek, &first))
			return SKIP_CUT;
		if (first >> 4 == 4)
			return ipv4_decode(layer, packet);
		if (first >> 4 == 6)
			return ipv6_decode(layer, packet);
		return SKIP_NOT_IP;
	}
}
