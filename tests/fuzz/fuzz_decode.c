/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a frame. The first chooses the link type, the second how much
 * the snap length has cut off, the rest is the frame. Decoding is total, what
 * it gives lies within the frame, the short cut gives what the layers give,
 * and a shorter snap length never changes what a segment says.
 */
#undef NDEBUG /* in every build: they are what is tested */
#include <assert.h>
#include <string.h>

#include "datalink.h"
#include "fingerprint.h"
#include "ip.h"
#include "segment.h"
#include "tcp.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

static const uint16_t links[] = {
	LINK_ETHERNET, LINK_RAW,  LINK_LINUX_SLL, LINK_LINUX_SLL2,  LINK_NULL,
	LINK_LOOP,     LINK_IPV4, LINK_IPV6,      LINK_RAW_OPENBSD, 105,
};

static enum skip by_layers(const struct frame *frame, struct packet *packet)
{
	struct layer layer = {0};
	enum skip skip;

	memset(packet, 0, sizeof(*packet));
	skip = datalink_decode(frame, &layer);
	if (skip == SKIP_NONE)
		skip = ip_decode(&layer, packet);
	return skip == SKIP_NONE ? tcp_decode(&layer, packet) : skip;
}

static void check_bounds(const struct frame *frame, const struct packet *packet)
{
	const struct segment *segment = &packet->segment;
	const uint8_t *end = frame->bytes + frame->cap_len;

	assert(packet->tcp >= frame->bytes);
	assert(packet->tcp_len >= TCP_BASE_BYTES && packet->tcp_len <= 60);
	assert(segment->payload >= packet->tcp && segment->payload <= end);
	assert(segment->cap_len <= (size_t)(end - segment->payload));
	assert(segment->cap_len <= segment->len);
	assert(segment->sack_count <= SACK_MAX);
	assert((segment->options & OPTION_CUT) == 0 || segment->cap_len == 0);
	assert((segment->options & OPTION_CUT) != 0 ||
	       packet->tcp + packet->tcp_len == segment->payload);
	assert(packet->tuple.ends[0].family == packet->tuple.ends[1].family);
}

static void check_measure(const struct frame *frame, struct packet *packet)
{
	const struct segment *segment = &packet->segment;

	packet_measure(frame, packet);
	assert(segment->sum != 0xffff);
	if (segment->cap_len == segment->len) {
		assert(segment->has_sum);
		assert(segment->sum == sum16(segment->payload, segment->len));
		assert(segment->fingerprint ==
		       fingerprint_portable(segment->payload, segment->len));
	} else {
		assert(segment->checksum == CHECKSUM_UNKNOWN ||
		       segment->checksum == CHECKSUM_PARTIAL);
	}
}

static void check_same_segment(const struct packet *whole,
			       const struct packet *cut)
{
	const struct segment *a = &whole->segment, *b = &cut->segment;

	assert(tuple_equal(&whole->tuple, &cut->tuple));
	assert(a->seq.n == b->seq.n && a->ack.n == b->ack.n);
	assert(a->len == b->len && a->flags == b->flags);
	assert(a->window == b->window && a->ip_id == b->ip_id);
	assert(b->cap_len <= a->cap_len);
	if ((b->options & OPTION_CUT) == 0)
		assert(a->options == b->options &&
		       a->option_hash == b->option_hash);
	/* The trick: the sum of bytes that were not captured. */
	if (a->checksum == CHECKSUM_GOOD && b->has_sum)
		assert(a->sum == b->sum);
}

static void check_cut(struct frame frame, uint32_t cut,
		      const struct packet *whole)
{
	struct packet packet = {0};
	enum skip skip;

	frame.cap_len -= cut < frame.cap_len ? cut : frame.cap_len;
	skip = packet_decode(&frame, &packet);
	assert(skip == SKIP_NONE || skip == SKIP_CUT || skip == SKIP_NOT_IP);
	if (skip != SKIP_NONE)
		return;
	check_bounds(&frame, &packet);
	check_measure(&frame, &packet);
	check_same_segment(whole, &packet);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	struct packet packet = {0}, layered;
	struct frame frame = {0};
	enum skip skip;

	if (size < 2)
		return 0;
	frame.bytes = bytes + 2;
	frame.cap_len = frame.wire_len = (uint32_t)size - 2;
	frame.link_type = links[bytes[0] % (sizeof(links) / sizeof(links[0]))];
	frame.fcs = bytes[0] >= 0xf0;
	skip = packet_decode(&frame, &packet);
	assert(skip < SKIP_COUNT && strcmp(skip_name(skip), "unknown") != 0);
	assert(by_layers(&frame, &layered) == skip);
	if (skip != SKIP_NONE)
		return 0;
	check_same_segment(&layered, &packet);
	assert(packet.segment.cap_len == layered.segment.cap_len);
	assert(packet.segment.payload == layered.segment.payload);
	assert(packet.segment.ttl == layered.segment.ttl);
	check_bounds(&frame, &packet);
	check_measure(&frame, &packet);
	check_cut(frame, bytes[1], &packet);
	return 0;
}
