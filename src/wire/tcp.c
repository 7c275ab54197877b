/* SPDX-License-Identifier: MIT
 *
 * The TCP header and its options. An option that is malformed ends the
 * options, as in every host's parser, but the segment stands: the header's
 * own length says where the payload begins. A known kind with a length that
 * is not its own is no such option (hosts ignore it), it counts as OTHER.
 */
#include "tcp.h"

enum option_kind {
	KIND_END = 0,
	KIND_NOP = 1,
	KIND_MSS = 2,
	KIND_WSCALE = 3,
	KIND_SACK_PERMITTED = 4,
	KIND_SACK = 5,
	KIND_TIMESTAMPS = 8,
};

/* Order matters, so each step multiplies what came before. */
static inline uint32_t hash_step(uint32_t hash, uint32_t value)
{
	hash = (hash ^ value) * 0x9e3779b1u;
	return hash ^ hash >> 15;
}

static inline uint32_t hash_kind(uint32_t hash, uint8_t kind, uint8_t len)
{
	return hash_step(hash, (uint32_t)len << 8 | kind);
}

static void sack_decode(const uint8_t *bytes, uint8_t count,
			struct packet *packet)
{
	packet->segment.sack_count = count;
	for (uint8_t i = 0; i < count; i++, bytes += 8) {
		packet->sack[i].left = seq_of(u32be(bytes));
		packet->sack[i].right = seq_of(u32be(bytes + 4));
	}
}

/* An option whose `len - 2` value bytes are all there. */
static void option_decode(uint8_t kind, uint8_t len, const uint8_t *value,
			  struct packet *packet)
{
	struct segment *segment = &packet->segment;

	if (kind == KIND_TIMESTAMPS && len == 10) {
		segment->options |= OPTION_TIMESTAMPS;
		segment->tsval = u32be(value);
		segment->tsecr = u32be(value + 4);
	} else if (kind == KIND_MSS && len == 4) {
		segment->options |= OPTION_MSS;
		segment->mss = u16be(value);
	} else if (kind == KIND_WSCALE && len == 3) {
		segment->options |= OPTION_WSCALE;
		segment->wscale = value[0];
	} else if (kind == KIND_SACK_PERMITTED && len == 2) {
		segment->options |= OPTION_SACK_PERMITTED;
	} else if (kind == KIND_SACK && len >= 10 && len <= 34 &&
		   (len - 2) % 8 == 0) {
		segment->options |= OPTION_SACK;
		sack_decode(value, (uint8_t)((len - 2) / 8), packet);
	} else {
		segment->options |= OPTION_OTHER;
		for (uint8_t i = 0; i + 2 < len; i++)
			segment->option_hash =
				hash_step(segment->option_hash, value[i]);
	}
}

/* Of the header's options the last `cut` bytes were not captured. */
static void options_decode(struct cursor options, size_t cut,
			   struct packet *packet)
{
	struct segment *segment = &packet->segment;
	const uint8_t *value;
	uint8_t kind, len;

	while (cursor_u8(&options, &kind)) {
		if (kind == KIND_END || kind == KIND_NOP) {
			segment->option_hash =
				hash_kind(segment->option_hash, kind, 1);
			if (kind == KIND_END)
				return;
			continue;
		}
		if (!cursor_u8(&options, &len)) {
			if (cut == 0)
				segment->options |= OPTION_MALFORMED;
			return;
		}
		if (len < 2 || len - 2u > options.left + cut) {
			segment->options |= OPTION_MALFORMED;
			return;
		}
		if (!cursor_bytes(&options, &value, len - 2u))
			return;
		segment->option_hash =
			hash_kind(segment->option_hash, kind, len);
		option_decode(kind, len, value, packet);
	}
}

/* NOP, NOP, timestamps: what nearly every segment of a connection with
 * timestamps carries (RFC 7323 appendix A), and nothing else. */
#define LONE_TIMESTAMPS_BYTES 12u
#define LONE_TIMESTAMPS_WORD  0x0101080au

static inline bool lone_timestamps_decode(struct cursor options,
					  struct segment *segment)
{
	uint8_t bytes[LONE_TIMESTAMPS_BYTES];
	uint32_t hash = 0;

	if (!cursor_copy(&options, bytes, sizeof(bytes)) ||
	    u32be(bytes) != LONE_TIMESTAMPS_WORD)
		return false;
	hash = hash_kind(hash, KIND_NOP, 1);
	hash = hash_kind(hash, KIND_NOP, 1);
	hash = hash_kind(hash, KIND_TIMESTAMPS, 10);
	segment->option_hash = hash;
	segment->options = OPTION_TIMESTAMPS;
	segment->tsval = u32be(bytes + 4);
	segment->tsecr = u32be(bytes + 8);
	return true;
}

enum skip tcp_decode(struct layer *layer, struct packet *packet)
{
	struct segment *segment = &packet->segment;
	uint8_t header[TCP_BASE_BYTES];
	struct cursor options;
	uint32_t header_len, options_len;
	size_t cut; /* option bytes that were not captured */
	enum skip skip;

	packet->tcp = layer->bytes.at;
	skip = layer_copy(layer, header, sizeof(header));
	if (skip != SKIP_NONE)
		return skip;
	header_len = (header[12] >> 4) * 4u;
	if (header_len < TCP_BASE_BYTES ||
	    header_len - TCP_BASE_BYTES > layer->len)
		return SKIP_MALFORMED;
	packet->tcp_len = (uint8_t)header_len;
	packet->tuple.ends[0].port = u16be(header);
	packet->tuple.ends[1].port = u16be(header + 2);
	segment->seq = seq_of(u32be(header + 4));
	segment->ack = seq_of(u32be(header + 8));
	segment->reserved = header[12] & 0x0f;
	segment->flags = header[13];
	segment->window = u16be(header + 14);
	segment->urgent = u16be(header + 18);

	options_len = header_len - TCP_BASE_BYTES;
	if (options_len > 0) {
		options = layer->bytes;
		cursor_limit(&options, options_len);
		cut = options_len - options.left;
		if (options_len != LONE_TIMESTAMPS_BYTES ||
		    !lone_timestamps_decode(options, segment))
			options_decode(options, cut, packet);
		/* Also where what was parsed ends before the cut: the header
		 * is not whole, and must not be summed. */
		if (cut > 0)
			segment->options |= OPTION_CUT;
		cursor_skip(&layer->bytes, options.left);
	}
	layer_set_len(layer, layer->len - options_len);
	segment->len = layer->len;
	segment->cap_len = (uint32_t)layer->bytes.left;
	segment->payload = layer->bytes.at;
	return SKIP_NONE;
}
