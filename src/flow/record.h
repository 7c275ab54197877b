/* SPDX-License-Identifier: MIT
 *
 * A record is the stored form of a segment: a token that says which fields
 * differ from what the flow so far predicts, and those fields. Bulk traffic
 * takes 12 to 20 bytes a packet. Encoder and decoder share the predictor, so
 * a flow's records can only be read from its first one on.
 */
#ifndef NW_RECORD_H
#define NW_RECORD_H

#include "segment.h"

#include <stddef.h>

enum direction { FROM_CLIENT = 0, FROM_SERVER = 1 };

static inline enum direction opposite(enum direction d)
{
	return d == FROM_CLIENT ? FROM_SERVER : FROM_CLIENT;
}

/* A segment with where and when it was seen. `payload` is NULL: it is not
 * kept; cap_len is len when the fingerprint is valid, else 0. */
struct record {
	int64_t time_ns;
	uint64_t frame;
	uint32_t file; /* index into the point's inputs */
	enum direction direction;
	struct segment segment;
	struct sack_block sack[SACK_MAX];
};

/* One packet that the point saw twice, as a SPAN port shows it. */
static inline bool record_is_copy(const struct record *x,
				  const struct record *y)
{
	return x->segment.ip_id == y->segment.ip_id &&
	       x->segment.seq.n == y->segment.seq.n &&
	       x->segment.ack.n == y->segment.ack.n &&
	       x->segment.len == y->segment.len &&
	       x->segment.flags == y->segment.flags;
}

/* What the predictor remembers of one direction. */
struct record_side {
	struct seq next; /* end of the last segment */
	struct seq ack;
	uint32_t len, tsval, tsecr, option_hash;
	uint16_t window, ip_id;
	uint8_t flags, ttl, tos, misc, options;
};

/* All zero at the start of a flow. */
struct record_codec {
	int64_t time_ns;
	uint64_t frame;
	uint32_t file;
	struct record_side sides[2]; /* by direction */
};

/* No encoded record is longer. */
#define RECORD_MAX_BYTES 160

/* Sequence space that a segment takes: payload, SYN and FIN. */
static inline uint32_t segment_space(const struct segment *s)
{
	return s->len + ((s->flags & TCP_SYN) != 0) +
	       ((s->flags & TCP_FIN) != 0);
}

/* Encodes into `out`; returns the number of bytes. */
size_t record_encode(struct record_codec *codec, const struct record *record,
		     uint8_t out[RECORD_MAX_BYTES]);

/* Decodes one record from `bytes`; returns the number of bytes it took. The
 * bytes are our own, written by record_encode() with the same history. */
size_t record_decode(struct record_codec *codec, const uint8_t *bytes,
		     struct record *record);

#endif
