/* SPDX-License-Identifier: MIT
 *
 * Token (3 bytes), then the fields that the token announces, in one order:
 * time, frame, file, then the segment's. Numbers that are usually near their
 * prediction are zigzag varints; numbers that are not (fingerprints, window
 * values) are plain little-endian bytes.
 */
#include "record.h"

#include <string.h>

enum token {
	T_FROM_SERVER = 1 << 0,
	T_SEQ = 1 << 1,      /* not the end of the last segment */
	T_ACK_PEER = 1 << 2, /* ack is the end of the peer's last segment */
	T_ACK = 1 << 3,      /* neither that nor the last ack */
	T_LEN = 1 << 4,      /* neither zero nor the last one */
	T_LEN_SAME = 1 << 5,
	T_WINDOW = 1 << 6,
	T_IP_ID = 1 << 7, /* not the last one plus one */
	T_TTL_TOS = 1 << 8,
	T_FLAGS = 1 << 9,
	T_TIMESTAMPS = 1 << 10,
	T_OPTIONS = 1 << 11, /* another option hash */
	T_PRINT = 1 << 12,
	T_SUM = 1 << 13,
	T_MISC = 1 << 14, /* checksum state, options, reserved, DF */
	T_SYN = 1 << 15,  /* MSS and window scale */
	T_SACK = 1 << 16,
	T_URGENT = 1 << 17,
	T_FILE = 1 << 18,
};

static uint8_t *put_varint(uint8_t *out, uint64_t value)
{
	while (value >= 0x80) {
		*out++ = (uint8_t)(value | 0x80);
		value >>= 7;
	}
	*out++ = (uint8_t)value;
	return out;
}

static const uint8_t *get_varint(const uint8_t *in, uint64_t *value)
{
	unsigned shift = 0;

	*value = 0;
	for (;; shift += 7) {
		uint8_t byte = *in++;

		*value |= (uint64_t)(byte & 0x7f) << shift;
		if (byte < 0x80)
			return in;
	}
}

static uint8_t *put_signed(uint8_t *out, int64_t value)
{
	return put_varint(out,
			  ((uint64_t)value << 1) ^ (uint64_t)(value >> 63));
}

static const uint8_t *get_signed(const uint8_t *in, int64_t *value)
{
	uint64_t zigzag;

	in = get_varint(in, &zigzag);
	*value = (int64_t)(zigzag >> 1) ^ -(int64_t)(zigzag & 1);
	return in;
}

static uint8_t *put_u32(uint8_t *out, uint32_t value)
{
	memcpy(out, &value, sizeof(value));
	return out + sizeof(value);
}

static const uint8_t *get_u32(const uint8_t *in, uint32_t *value)
{
	memcpy(value, in, sizeof(*value));
	return in + sizeof(*value);
}

static uint8_t *put_u16(uint8_t *out, uint16_t value)
{
	memcpy(out, &value, sizeof(value));
	return out + sizeof(value);
}

static const uint8_t *get_u16(const uint8_t *in, uint16_t *value)
{
	memcpy(value, in, sizeof(*value));
	return in + sizeof(*value);
}

/* Fields that hardly ever change, folded into one byte. */
static uint8_t misc_of(const struct segment *s)
{
	return (uint8_t)(s->checksum | (s->dont_fragment << 2) |
			 (s->reserved << 4));
}

static uint32_t token_sequence(const struct record_side *mine,
			       const struct record_side *peer,
			       const struct segment *s)
{
	uint32_t token = 0;

	if (!seq_equal(s->seq, mine->next))
		token |= T_SEQ;
	if (seq_equal(s->ack, peer->next))
		token |= T_ACK_PEER;
	else if (!seq_equal(s->ack, mine->ack))
		token |= T_ACK;
	if (s->len != 0)
		token |= s->len == mine->len ? T_LEN_SAME : T_LEN;
	return token;
}

static uint32_t token_header(const struct record_side *mine,
			     const struct segment *s)
{
	uint32_t token = 0;

	if (s->window != mine->window)
		token |= T_WINDOW;
	if (s->ip_id != (uint16_t)(mine->ip_id + 1))
		token |= T_IP_ID;
	if (s->ttl != mine->ttl || s->tos != mine->tos)
		token |= T_TTL_TOS;
	if (s->flags != mine->flags)
		token |= T_FLAGS;
	if (misc_of(s) != mine->misc)
		token |= T_MISC;
	if (s->urgent != 0)
		token |= T_URGENT;
	return token;
}

static uint32_t token_options(const struct record_side *mine,
			      const struct segment *s)
{
	uint32_t token = 0;

	if (s->options & OPTION_TIMESTAMPS)
		token |= T_TIMESTAMPS;
	if (s->option_hash != mine->option_hash || s->options != mine->options)
		token |= T_OPTIONS;
	if (s->options & (OPTION_MSS | OPTION_WSCALE))
		token |= T_SYN;
	if (s->sack_count > 0)
		token |= T_SACK;
	if (s->len > 0 && s->cap_len == s->len)
		token |= T_PRINT;
	if (s->len > 0 && s->has_sum)
		token |= T_SUM;
	return token;
}

static void remember(struct record_side *mine, const struct segment *s)
{
	mine->next = seq_add(s->seq, segment_space(s));
	mine->ack = s->ack;
	if (s->len != 0)
		mine->len = s->len;
	mine->window = s->window;
	mine->ip_id = s->ip_id;
	mine->flags = s->flags;
	mine->ttl = s->ttl;
	mine->tos = s->tos;
	mine->misc = misc_of(s);
	mine->option_hash = s->option_hash;
	mine->options = s->options;
	if (s->options & OPTION_TIMESTAMPS) {
		mine->tsval = s->tsval;
		mine->tsecr = s->tsecr;
	}
}

static uint8_t *put_segment(uint8_t *out, uint32_t token,
			    const struct record_side *mine,
			    const struct segment *s)
{
	if (token & T_FLAGS)
		*out++ = s->flags;
	if (token & T_SEQ)
		out = put_signed(out, seq_diff(s->seq, mine->next));
	if (token & T_ACK)
		out = put_signed(out, seq_diff(s->ack, mine->ack));
	if (token & T_LEN)
		out = put_varint(out, s->len);
	if (token & T_WINDOW)
		out = put_u16(out, s->window);
	if (token & T_IP_ID)
		out = put_u16(out, s->ip_id);
	if (token & T_TTL_TOS) {
		*out++ = s->ttl;
		*out++ = s->tos;
	}
	if (token & T_MISC)
		*out++ = misc_of(s);
	if (token & T_TIMESTAMPS) {
		out = put_signed(out, (int32_t)(s->tsval - mine->tsval));
		out = put_signed(out, (int32_t)(s->tsecr - mine->tsecr));
	}
	if (token & T_PRINT)
		out = put_u32(out, s->fingerprint);
	if (token & T_SUM)
		out = put_u16(out, s->sum);
	if (token & T_URGENT)
		out = put_u16(out, s->urgent);
	return out;
}

static uint8_t *put_options(uint8_t *out, uint32_t token,
			    const struct record *record)
{
	const struct segment *s = &record->segment;

	if (token & T_OPTIONS) {
		out = put_u32(out, s->option_hash);
		*out++ = s->options;
	}
	if (token & T_SYN) {
		out = put_u16(out, s->mss);
		*out++ = s->wscale;
	}
	if (token & T_SACK) {
		*out++ = s->sack_count;
		for (unsigned i = 0; i < s->sack_count; i++) {
			out = put_u32(out, record->sack[i].left.n);
			out = put_u32(out, record->sack[i].right.n);
		}
	}
	return out;
}

size_t record_encode(struct record_codec *codec, const struct record *record,
		     uint8_t out[RECORD_MAX_BYTES])
{
	const struct segment *s = &record->segment;
	struct record_side *mine = &codec->sides[record->direction];
	struct record_side *peer = &codec->sides[opposite(record->direction)];
	uint32_t token = token_sequence(mine, peer, s) | token_header(mine, s) |
			 token_options(mine, s);
	uint8_t *at = out + 3;

	if (record->direction == FROM_SERVER)
		token |= T_FROM_SERVER;
	if (record->file != codec->file)
		token |= T_FILE;
	out[0] = (uint8_t)token;
	out[1] = (uint8_t)(token >> 8);
	out[2] = (uint8_t)(token >> 16);
	at = put_signed(at, (int64_t)((uint64_t)record->time_ns -
				      (uint64_t)codec->time_ns));
	at = put_signed(at, (int64_t)(record->frame - codec->frame));
	if (token & T_FILE)
		at = put_u32(at, record->file);
	at = put_segment(at, token, mine, s);
	at = put_options(at, token, record);
	codec->time_ns = record->time_ns;
	codec->frame = record->frame;
	codec->file = record->file;
	remember(mine, s);
	return (size_t)(at - out);
}

static const uint8_t *get_sequence(const uint8_t *in, uint32_t token,
				   const struct record_side *mine,
				   const struct record_side *peer,
				   struct segment *s)
{
	int64_t delta = 0;
	uint64_t len;

	s->flags = mine->flags;
	if (token & T_FLAGS)
		s->flags = *in++;
	if (token & T_SEQ)
		in = get_signed(in, &delta);
	s->seq = seq_add(mine->next, (uint32_t)delta);
	delta = 0;
	if (token & T_ACK)
		in = get_signed(in, &delta);
	s->ack = token & T_ACK_PEER ? peer->next
				    : seq_add(mine->ack, (uint32_t)delta);
	if (token & T_LEN) {
		in = get_varint(in, &len);
		s->len = (uint32_t)len;
	} else if (token & T_LEN_SAME) {
		s->len = mine->len;
	}
	return in;
}

static const uint8_t *get_header(const uint8_t *in, uint32_t token,
				 const struct record_side *mine,
				 struct segment *s)
{
	uint8_t misc = mine->misc;

	s->window = mine->window;
	if (token & T_WINDOW)
		in = get_u16(in, &s->window);
	s->ip_id = (uint16_t)(mine->ip_id + 1);
	if (token & T_IP_ID)
		in = get_u16(in, &s->ip_id);
	s->ttl = mine->ttl;
	s->tos = mine->tos;
	if (token & T_TTL_TOS) {
		s->ttl = *in++;
		s->tos = *in++;
	}
	if (token & T_MISC)
		misc = *in++;
	s->checksum = misc & 3;
	s->dont_fragment = (misc & 4) != 0;
	s->reserved = misc >> 4;
	return in;
}

static const uint8_t *get_prints(const uint8_t *in, uint32_t token,
				 const struct record_side *mine,
				 struct segment *s)
{
	int64_t delta;

	if (token & T_TIMESTAMPS) {
		in = get_signed(in, &delta);
		s->tsval = mine->tsval + (uint32_t)delta;
		in = get_signed(in, &delta);
		s->tsecr = mine->tsecr + (uint32_t)delta;
	}
	if (token & T_PRINT) {
		in = get_u32(in, &s->fingerprint);
		s->cap_len = s->len;
	}
	s->has_sum = (token & T_SUM) != 0;
	if (token & T_SUM)
		in = get_u16(in, &s->sum);
	if (token & T_URGENT)
		in = get_u16(in, &s->urgent);
	return in;
}

static const uint8_t *get_options(const uint8_t *in, uint32_t token,
				  const struct record_side *mine,
				  struct record *record)
{
	struct segment *s = &record->segment;

	s->option_hash = mine->option_hash;
	s->options = mine->options;
	if (token & T_OPTIONS) {
		in = get_u32(in, &s->option_hash);
		s->options = *in++;
	}
	if (token & T_SYN) {
		in = get_u16(in, &s->mss);
		s->wscale = *in++;
	}
	if (token & T_SACK) {
		s->sack_count = *in++;
		for (unsigned i = 0; i < s->sack_count; i++) {
			in = get_u32(in, &record->sack[i].left.n);
			in = get_u32(in, &record->sack[i].right.n);
		}
	}
	return in;
}

size_t record_decode(struct record_codec *codec, const uint8_t *bytes,
		     struct record *record)
{
	uint32_t token =
		bytes[0] | (uint32_t)bytes[1] << 8 | (uint32_t)bytes[2] << 16;
	enum direction dir = token & T_FROM_SERVER ? FROM_SERVER : FROM_CLIENT;
	struct record_side *mine = &codec->sides[dir];
	const struct record_side *peer = &codec->sides[opposite(dir)];
	const uint8_t *in = bytes + 3;
	int64_t delta;

	*record = (struct record){.direction = dir};
	in = get_signed(in, &delta);
	codec->time_ns = (int64_t)((uint64_t)codec->time_ns + (uint64_t)delta);
	in = get_signed(in, &delta);
	codec->frame += (uint64_t)delta;
	if (token & T_FILE)
		in = get_u32(in, &codec->file);
	record->time_ns = codec->time_ns;
	record->frame = codec->frame;
	record->file = codec->file;
	in = get_sequence(in, token, mine, peer, &record->segment);
	in = get_header(in, token, mine, &record->segment);
	in = get_prints(in, token, mine, &record->segment);
	in = get_options(in, token, mine, record);
	remember(mine, &record->segment);
	return (size_t)(in - bytes);
}
