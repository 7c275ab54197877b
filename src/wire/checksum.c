/* SPDX-License-Identifier: MIT
 *
 * The TCP checksum (RFC 9293 section 3.1, RFC 1071).
 *
 * The ones' complement sum over pseudo-header, header (with its checksum
 * field) and payload of a good segment is zero, written 0x0000 or 0xffff. So
 * it is verified by summing everything, never by comparing fields: a device
 * may legally write either zero. And when the snap length has cut off the
 * payload, minus the sum of the headers is the sum of the whole payload:
 * a check of bytes that nobody captured.
 *
 * A checksum that is left to the adapter holds the folded pseudo-header sum
 * (CHECKSUM_PARTIAL in Linux) and says nothing of the payload. Adapters that
 * cut super-segments themselves want it without the length (Windows LSO).
 */
#include "checksum.h"

#include "cursor.h"
#include "fingerprint.h"
#include "ip.h"

#define CHECKSUM_OFF 16

static uint16_t fold(uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff ? 0 : (uint16_t)sum;
}

/* Minus `sum`, in canonical form. */
static uint16_t negated(uint16_t sum)
{
	return fold((uint16_t)~sum);
}

/* Sum of addresses and protocol: the pseudo-header without its length. */
static uint64_t pseudo_sum(const struct tuple *tuple)
{
	uint64_t sum = IP_TCP;

	for (int end = 0; end < 2; end++) {
		const uint8_t *address = tuple->ends[end].address;

		/* The tail of an IPv4 address is zero. */
		for (int at = 0; at < 16; at += 4)
			sum += u32be(address + at);
	}
	return sum;
}

static bool is_partial(uint16_t field, uint64_t pseudo, uint32_t tcp_len)
{
	uint16_t canonical = fold(field);

	return canonical == fold(pseudo + tcp_len) || canonical == fold(pseudo);
}

void checksum_measure(struct packet *packet)
{
	struct segment *segment = &packet->segment;
	bool whole = segment->cap_len == segment->len;
	uint64_t pseudo = pseudo_sum(&packet->tuple);
	uint32_t tcp_len = packet->tcp_len + segment->len;
	uint16_t field, headers;

	segment->checksum = CHECKSUM_UNKNOWN;
	segment->has_sum = whole;
	segment->sum = whole ? sum16(segment->payload, segment->len) : 0;
	if (packet->source_routed || (segment->options & OPTION_CUT) != 0)
		return;
	field = u16be(packet->tcp + CHECKSUM_OFF);
	headers = fold(pseudo + tcp_len + sum16(packet->tcp, packet->tcp_len));
	if (whole && fold((uint64_t)headers + segment->sum) == 0) {
		segment->checksum = CHECKSUM_GOOD;
	} else if (is_partial(field, pseudo, tcp_len)) {
		segment->checksum = CHECKSUM_PARTIAL;
	} else if (whole) {
		segment->checksum = CHECKSUM_BAD;
	} else if (field != 0) {
		/* A field of 0 is more often one that nobody filled in. */
		segment->has_sum = true;
		segment->sum = negated(headers);
	}
}
