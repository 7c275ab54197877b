/* SPDX-License-Identifier: MIT
 *
 * Packets as bytes: Ethernet, IPv4 or IPv6, TCP with the options that Linux
 * sends, in its order. Checksums are computed last and over everything, so
 * that they are right whatever a device rewrote.
 */
#include "simpacket.h"

static uint8_t *put16(uint8_t *out, uint32_t value)
{
	out[0] = (uint8_t)(value >> 8);
	out[1] = (uint8_t)value;
	return out + 2;
}

static uint8_t *put32(uint8_t *out, uint32_t value)
{
	return put16(put16(out, value >> 16), value);
}

/* RFC 1071, on top of `sum`; not yet folded or inverted. */
static uint64_t add_words(uint64_t sum, const uint8_t *bytes, size_t len)
{
	size_t i = 0;

	for (; i + 4 <= len; i += 4)
		sum += (uint32_t)bytes[i] << 24 | (uint32_t)bytes[i + 1] << 16 |
		       (uint32_t)bytes[i + 2] << 8 | bytes[i + 3];
	if (i + 2 <= len) {
		sum += (uint32_t)bytes[i] << 8 | bytes[i + 1];
		i += 2;
	}
	if (i < len)
		sum += (uint32_t)bytes[i] << 8;
	return sum;
}

static uint16_t checksum(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static uint8_t *put_sack(uint8_t *out, const struct sim_packet *packet)
{
	*out++ = 1;
	*out++ = 1;
	*out++ = 5;
	*out++ = (uint8_t)(2 + 8 * packet->sack_count);
	for (unsigned i = 0; i < packet->sack_count; i++) {
		out = put32(out, packet->sack[i].left);
		out = put32(out, packet->sack[i].right);
	}
	return out;
}

static uint8_t *put_options(uint8_t *out, const struct sim_packet *packet)
{
	static const uint8_t sack_permitted[] = {4, 2}, nops[] = {1, 1};

	if (packet->has_mss) {
		*out++ = 2;
		*out++ = 4;
		out = put16(out, packet->mss);
	}
	if (packet->has_sack_permitted || packet->has_timestamps) {
		/* Linux saves two NOPs when it sends both. */
		memcpy(out, packet->has_sack_permitted ? sack_permitted : nops,
		       2);
		out += 2;
	}
	if (packet->has_timestamps) {
		*out++ = 8;
		*out++ = 10;
		out = put32(out, packet->tsval);
		out = put32(out, packet->tsecr);
	} else if (packet->has_sack_permitted) {
		memcpy(out, nops, 2);
		out += 2;
	}
	if (packet->has_wscale) {
		*out++ = 1;
		*out++ = 3;
		*out++ = 3;
		*out++ = packet->wscale;
	}
	return packet->sack_count > 0 ? put_sack(out, packet) : out;
}

static uint8_t *put_ip4(uint8_t *out, const struct sim_packet *packet,
			size_t tcp_len)
{
	uint8_t *start = out;

	*out++ = 0x45;
	*out++ = packet->tos;
	out = put16(out, (uint32_t)(20 + tcp_len));
	out = put16(out, packet->ip_id);
	out = put16(out, 0x4000); /* do not fragment */
	*out++ = packet->ttl;
	*out++ = 6;
	out = put16(out, 0);
	memcpy(out, packet->source.address, 4);
	memcpy(out + 4, packet->target.address, 4);
	put16(start + 10, checksum(add_words(0, start, 20)));
	return out + 8;
}

static uint8_t *put_ip6(uint8_t *out, const struct sim_packet *packet,
			size_t tcp_len)
{
	out = put32(out, 0x60000000u | (uint32_t)packet->tos << 20);
	out = put16(out, (uint32_t)tcp_len);
	*out++ = 6;
	*out++ = packet->ttl;
	memcpy(out, packet->source.address, 16);
	memcpy(out + 16, packet->target.address, 16);
	return out + 32;
}

static void put_tcp_checksum(uint8_t *tcp, const struct sim_packet *packet,
			     size_t tcp_len)
{
	size_t address = packet->source.family == 4 ? 4 : 16;
	uint64_t sum = 6 + tcp_len;

	sum = add_words(sum, packet->source.address, address);
	sum = add_words(sum, packet->target.address, address);
	put16(tcp + 16, checksum(add_words(sum, tcp, tcp_len)));
}

static uint8_t *put_tcp(uint8_t *out, const struct sim_packet *packet)
{
	uint8_t *start = out;

	out = put16(out, packet->source.port);
	out = put16(out, packet->target.port);
	out = put32(out, packet->seq);
	out = put32(out, packet->ack);
	*out++ = 0;
	*out++ = packet->flags;
	out = put16(out, packet->window);
	out = put32(out, 0);
	out = put_options(out, packet);
	start[12] = (uint8_t)((out - start) / 4 << 4);
	return out;
}

size_t sim_packet_encode(const struct sim_packet *packet,
			 const struct sim_connection *connection,
			 uint8_t frame[SIM_FRAME_MAX])
{
	uint8_t header[60];
	size_t header_len = (size_t)(put_tcp(header, packet) - header);
	size_t tcp_len = header_len + packet->len;
	bool client = packet->direction == NW_FROM_CLIENT;
	bool four = packet->source.family == 4;
	uint8_t *out = frame;

	memcpy(out, "\2\0\0\0\0\0\2\0\0\0\0", 12);
	out[5] = client ? 2 : 1;
	out[11] = client ? 1 : 2;
	out = put16(out + 12, four ? 0x0800 : 0x86dd);
	out = four ? put_ip4(out, packet, tcp_len)
		   : put_ip6(out, packet, tcp_len);
	memcpy(out, header, header_len);
	if (packet->len > 0) {
		sim_payload(connection, packet->direction, packet->offset,
			    packet->len, out + header_len);
		out[header_len] ^= packet->flip;
	}
	put_tcp_checksum(out, packet, tcp_len);
	return (size_t)(out - frame) + tcp_len;
}
