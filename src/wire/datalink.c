/* SPDX-License-Identifier: MIT
 *
 * Link headers. Each kind reduces to the question "IPv4, IPv6 or neither";
 * padding and FCS behind the packet are left alone, because the IP length
 * rules. Only where IP has no usable length (TSO super-segments with a total
 * length of 0) does the frame's length count, and then the FCS must go.
 */
#include "datalink.h"

#define FCS_BYTES 4u

/* An 802.3 frame with LLC and SNAP headers carries its ethertype there. */
static enum skip snap_decode(struct layer *layer, uint16_t *type)
{
	static const uint8_t snap[6] = {0xaa, 0xaa, 0x03, 0, 0, 0};
	uint8_t header[8];

	if (!cursor_copy(&layer->bytes, header, sizeof(header)))
		return SKIP_NOT_IP;
	if (memcmp(header, snap, sizeof(snap)) != 0)
		return SKIP_NOT_IP;
	*type = u16be(header + 6);
	return SKIP_NONE;
}

/* From an ethertype to the IP version, through VLAN tags of any depth. */
static enum skip ethertype_decode(struct layer *layer, uint16_t type)
{
	while (type == ETHERTYPE_VLAN || type == ETHERTYPE_QINQ ||
	       type == ETHERTYPE_QINQ_OLD1 || type == ETHERTYPE_QINQ_OLD2) {
		if (!cursor_skip(&layer->bytes, 2) ||
		    !cursor_u16be(&layer->bytes, &type))
			return SKIP_CUT;
	}
	if (type < ETHERTYPE_FIRST && snap_decode(layer, &type) != SKIP_NONE)
		return SKIP_NOT_IP;
	if (type == ETHERTYPE_IPV4)
		layer->next = VERSION_4;
	else if (type == ETHERTYPE_IPV6)
		layer->next = VERSION_6;
	else
		return SKIP_NOT_IP;
	return SKIP_NONE;
}

/* A header of `header_len` bytes with the ethertype at `type_off`. */
static enum skip typed_decode(struct layer *layer, size_t header_len,
			      size_t type_off)
{
	const uint8_t *header;

	if (!cursor_bytes(&layer->bytes, &header, header_len))
		return SKIP_CUT;
	return ethertype_decode(layer, u16be(header + type_off));
}

/* The four bytes of BSD loopback: an address family, in the byte order of
 * the capturing host (NULL) or of the network (LOOP). AF_INET6 differs from
 * system to system. Families are small, so the byte order shows. */
static enum skip family_decode(struct layer *layer)
{
	uint32_t family;

	if (!cursor_u32be(&layer->bytes, &family))
		return SKIP_CUT;
	if (family > 0xffff)
		family = __builtin_bswap32(family);
	switch (family) {
	case 2:
		layer->next = VERSION_4;
		return SKIP_NONE;
	case 10: /* Linux */
	case 23: /* Windows */
	case 24: /* NetBSD, OpenBSD */
	case 28: /* FreeBSD */
	case 30: /* macOS */
		layer->next = VERSION_6;
		return SKIP_NONE;
	default:
		return SKIP_NOT_IP;
	}
}

static enum skip header_decode(uint16_t link_type, struct layer *layer)
{
	switch (link_type) {
	case LINK_ETHERNET:
		return typed_decode(layer, 14, 12);
	case LINK_LINUX_SLL:
		return typed_decode(layer, 16, 14);
	case LINK_LINUX_SLL2:
		return typed_decode(layer, 20, 0);
	case LINK_NULL:
	case LINK_LOOP:
		return family_decode(layer);
	case LINK_RAW_BSD:
	case LINK_RAW_OPENBSD:
	case LINK_RAW:
		layer->next = VERSION_BY_NIBBLE;
		return SKIP_NONE;
	case LINK_IPV4:
		layer->next = VERSION_4;
		return SKIP_NONE;
	case LINK_IPV6:
		layer->next = VERSION_6;
		return SKIP_NONE;
	default:
		return SKIP_LINK_TYPE;
	}
}

enum skip datalink_decode(const struct frame *frame, struct layer *layer)
{
	/* A wire length below the captured one is a writer's mistake. */
	uint32_t wire_len = frame->wire_len > frame->cap_len ? frame->wire_len
							     : frame->cap_len;
	enum skip skip;
	uint32_t header_len;

	layer->bytes = (struct cursor){frame->bytes, frame->cap_len};
	skip = header_decode(frame->link_type, layer);
	if (skip != SKIP_NONE)
		return skip;
	header_len = frame->cap_len - (uint32_t)layer->bytes.left;
	layer->len = wire_len - header_len;
	if (frame->fcs && layer->len >= FCS_BYTES)
		layer->len -= FCS_BYTES;
	return SKIP_NONE;
}
