/* SPDX-License-Identifier: MIT
 *
 * Bytes of a packet. Everything that the device changes is decided here, from
 * the side: addresses, ports, sequence numbers, TTL.
 */
#include "genframe.h"

#include <stdbool.h>
#include <string.h>

static uint8_t pool[GENFRAME_POOL + 4096];
static uint64_t pool_sum[sizeof(pool) / 2 + 1]; /* of the 16-bit words before */

static void put16(uint8_t *at, uint32_t value)
{
	at[0] = (uint8_t)(value >> 8);
	at[1] = (uint8_t)value;
}

static void put32(uint8_t *at, uint32_t value)
{
	put16(at, value >> 16);
	put16(at + 2, value & 0xffff);
}

static uint64_t add_words(uint64_t sum, const void *bytes, size_t size)
{
	const uint8_t *at = bytes;

	for (; size > 1; size -= 2, at += 2)
		sum += (uint32_t)at[0] << 8 | at[1];
	return size ? sum + ((uint32_t)at[0] << 8) : sum;
}

static uint16_t fold(uint64_t sum)
{
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return (uint16_t)~sum;
}

static uint64_t payload_sum(const struct genframe_packet *packet,
			    uint32_t head_len)
{
	uint32_t body_len = packet->payload_len - head_len;
	uint32_t end = packet->pool_off + body_len;
	uint64_t sum = add_words(0, packet->head, head_len);

	sum += pool_sum[end / 2] - pool_sum[packet->pool_off / 2];
	if (body_len & 1)
		sum += (uint32_t)pool[end - 1] << 8;
	return sum;
}

static uint32_t put_options(uint8_t *at, const struct genframe_packet *packet)
{
	if (packet->flags & SYN) {
		memcpy(at, "\x02\x04\x05\xb4\x04\x02\x08\x0a", 8);
		put32(at + 8, packet->ts_value);
		put32(at + 12, packet->ts_echo);
		memcpy(at + 16, "\x01\x03\x03\x07", 4);
		return 20;
	}
	memcpy(at, "\x01\x01\x08\x0a", 4);
	put32(at + 4, packet->ts_value);
	put32(at + 8, packet->ts_echo);
	return 12;
}

static void put_ethernet(uint8_t *at, enum side side, enum end sender)
{
	const uint8_t other = sender == CLIENT ? 0 : 3;
	const uint8_t network = side == BEFORE ? 1 : 2;
	const uint8_t header[14] = {
		2, 0, 0, 0,       network,   1 ^ other, 2,
		0, 0, 0, network, 2 ^ other, 8,         0,
	};

	memcpy(at, header, sizeof(header));
}

static void put_ip(uint8_t *at, const struct genframe_flow *flow,
		   enum side side, const struct genframe_packet *packet,
		   uint32_t length)
{
	bool near = (packet->sender == CLIENT) == (side == BEFORE);

	put16(at, 0x4500);
	put16(at + 2, length);
	put16(at + 4, packet->ip_id);
	put16(at + 6, 0x4000);
	put16(at + 8, near ? 0x3c06 : 0x3b06);
	put16(at + 10, 0);
	put32(at + 12, flow->address[side][packet->sender]);
	put32(at + 16, flow->address[side][!packet->sender]);
	put16(at + 10, fold(add_words(0, at, 20)));
}

/* Returns the length of the header with its options. */
static uint32_t put_tcp(uint8_t *at, const struct genframe_flow *flow,
			enum side side, const struct genframe_packet *packet)
{
	uint32_t seq = packet->seq;
	uint32_t ack = packet->flags & ACK ? packet->ack : 0;
	uint32_t length = 20 + put_options(at + 20, packet);

	if (side == BEHIND) {
		seq += flow->shift[packet->sender];
		ack += packet->flags & ACK ? flow->shift[!packet->sender] : 0;
	}
	put16(at, flow->port[side][packet->sender]);
	put16(at + 2, flow->port[side][!packet->sender]);
	put32(at + 4, seq);
	put32(at + 8, ack);
	put16(at + 12, length / 4 << 12 | packet->flags);
	put16(at + 14, packet->flags & SYN ? 64240 : flow->window);
	put32(at + 16, 0);
	return length;
}

static void put_payload(struct pairfile_slot *slot, uint32_t headers,
			const struct genframe_packet *packet, uint32_t head_len)
{
	uint32_t room = slot->cap_len - headers;
	uint32_t of_head = room < head_len ? room : head_len;

	if (of_head)
		memcpy(slot->frame + headers, packet->head, of_head);
	memcpy(slot->frame + headers + of_head, pool + packet->pool_off,
	       room - of_head);
}

void genframe_write(struct pairfile_slot *slot,
		    const struct genframe_flow *flow, enum side side,
		    const struct genframe_packet *packet, uint32_t snaplen)
{
	uint32_t head_len = packet->head ? GENFRAME_HEAD : 0;
	uint8_t *ip = slot->frame + 14;
	uint8_t *tcp = ip + 20;
	uint32_t tcp_len = put_tcp(tcp, flow, side, packet);
	uint32_t headers = 34 + tcp_len;
	uint32_t wire_len = headers + packet->payload_len;
	uint64_t sum = 6 + tcp_len + packet->payload_len;

	put_ethernet(slot->frame, side, packet->sender);
	put_ip(ip, flow, side, packet, wire_len - 14);
	sum = add_words(sum, ip + 12, 8);
	sum = add_words(sum, tcp, tcp_len);
	if (packet->payload_len)
		sum += payload_sum(packet, head_len);
	put16(tcp + 16, fold(sum));

	slot->wire_len = wire_len;
	slot->cap_len = snaplen && wire_len > snaplen ? snaplen : wire_len;
	if (slot->cap_len > headers)
		put_payload(slot, headers, packet, head_len);
}

void genframe_init(uint64_t (*random)(void))
{
	static const char letters[] = "abcdefghijklmnopqrstuvwxyz"
				      "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

	for (size_t i = 0; i < sizeof(pool); i++)
		pool[i] = (uint8_t)letters[random() & 63];
	for (size_t i = 0; i < sizeof(pool) / 2; i++)
		pool_sum[i + 1] = add_words(pool_sum[i], pool + 2 * i, 2);
}
