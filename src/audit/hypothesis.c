/* SPDX-License-Identifier: MIT
 *
 * One small function a hypothesis. Each says whether it could be tested, how
 * many numbers it would have accepted, and whether the wrong one is among
 * them: a hit among few is a proof, one among many is chance.
 */
#include "hypothesis.h"

struct entry {
	const char *name;
	double prior;
	const char *text;
	struct trial (*test)(const struct clue *);
};

/* Is `v` one of the numbers? */
static struct trial among(uint32_t v, const uint32_t *numbers, size_t count)
{
	struct trial t = {true, false, (double)count};

	for (size_t i = 0; i < count; i++)
		t.hit |= numbers[i] == v;
	return t;
}

static bool in_range(uint32_t v, struct range r)
{
	return v - r.begin < r.end - r.begin;
}

/* With no shift all translation bugs look like no bug. */
static struct trial shifted_by(const struct clue *c, uint32_t shift)
{
	uint32_t number = c->before + shift;

	if (!c->has_before || number == c->expected)
		return (struct trial){0};
	return among(c->observed, &number, 1);
}

static struct trial untranslated(const struct clue *c)
{
	return shifted_by(c, 0);
}

static struct trial delta_twice(const struct clue *c)
{
	return c->shift == 0 ? (struct trial){0} : shifted_by(c, 2 * c->shift);
}

static struct trial wrong_sign(const struct clue *c)
{
	return c->shift == 0 ? (struct trial){0} : shifted_by(c, -c->shift);
}

static struct trial other_direction(const struct clue *c)
{
	const uint32_t numbers[] = {c->before + c->other_shift,
				    c->before - c->other_shift};

	if (!c->has_before || c->other_shift == 0 ||
	    c->other_shift == c->shift || c->other_shift == -c->shift)
		return (struct trial){0};
	return among(c->observed, numbers, 2);
}

static struct trial foreign_delta(const struct clue *c)
{
	return (struct trial){c->has_before && c->foreign_deltas > 0,
			      c->foreign_delta, (double)c->foreign_deltas};
}

static struct trial foreign_value(const struct clue *c)
{
	return (struct trial){c->foreign_values > 0, c->foreign_value,
			      (double)c->foreign_values};
}

static struct trial among_ranges(uint32_t v, const struct range *ranges,
				 uint32_t count)
{
	struct trial t = {count > 0, false, 0};

	for (uint32_t i = 0; i < count; i++) {
		t.hit |= in_range(v, ranges[i]);
		t.numbers += (double)(ranges[i].end - ranges[i].begin);
	}
	return t;
}

static struct trial stale(const struct clue *c)
{
	return among_ranges(c->observed, c->stale, c->stale_count);
}

static struct trial other_backend(const struct clue *c)
{
	return among_ranges(c->observed, c->legs, c->leg_count);
}

static uint32_t swap_halves(uint32_t n)
{
	return n << 16 | n >> 16;
}

static uint32_t swap_in_halves(uint32_t n)
{
	return __builtin_bswap32(swap_halves(n));
}

static struct trial byte_order(const struct clue *c)
{
	uint32_t e = c->expected, a = c->has_before ? c->before : e;
	const uint32_t numbers[] = {
		__builtin_bswap32(e),
		swap_halves(e),
		swap_in_halves(e),
		~e,
		-e,
		__builtin_bswap32(e - 1) + 1,
		__builtin_bswap32(a),
		swap_halves(a),
		swap_in_halves(a),
		~a,
		-a,
		__builtin_bswap32(a - 1) + 1,
	};

	return among(c->observed, numbers, c->has_before ? 12 : 6);
}

static struct trial field_swap(const struct clue *c)
{
	const struct segment *s = &c->in.segment, *t = &c->out.segment;
	/* A sequence number is not explained by itself. */
	const uint32_t acks[] = {s->ack.n, t->ack.n, s->tsval,
				 s->tsecr, t->tsval, t->tsecr};
	const uint32_t numbers[] = {s->seq.n,
				    t->seq.n,
				    seq_add(s->seq, s->len).n,
				    seq_add(t->seq, t->len).n,
				    s->tsval,
				    s->tsecr,
				    t->tsval,
				    t->tsecr};

	if (c->is_seq)
		return among(c->observed, acks, sizeof(acks) / sizeof(acks[0]));
	return among(c->observed, numbers,
		     sizeof(numbers) / sizeof(numbers[0]));
}

static struct trial own_stream(const struct clue *c)
{
	return (struct trial){
		.possible = !c->is_seq,
		.hit = in_range(c->observed, c->own[0]) ||
		       in_range(c->observed, c->own[1]),
		.numbers = (double)(c->own[0].end - c->own[0].begin) +
			   (double)(c->own[1].end - c->own[1].begin),
	};
}

static struct trial truncated(const struct clue *c)
{
	uint32_t e = c->expected, a = c->has_before ? c->before : e;
	const uint32_t numbers[] = {e & 0xffff, e & 0xffff0000, a & 0xffff,
				    (e & 0xffff0000) | (a & 0xffff),
				    (a & 0xffff0000) | (e & 0xffff)};

	return among(c->observed, numbers, 5);
}

static struct trial missing_carry(const struct clue *c)
{
	uint32_t e = c->expected;
	const uint32_t numbers[] = {e + (1u << 8),  e - (1u << 8),
				    e + (1u << 16), e - (1u << 16),
				    e + (1u << 24), e - (1u << 24)};

	return among(c->observed, numbers, 6);
}

static struct trial off_by_n(const struct clue *c)
{
	uint32_t e = c->expected, len = c->out.segment.len;
	const uint32_t numbers[] = {e - 2, e - 1,   e + 1,
				    e + 2, e + len, e - len};

	return among(c->observed, numbers, len > 2 ? 6 : 4);
}

static struct trial relative(const struct clue *c)
{
	const uint32_t numbers[] = {c->offset, c->offset + 1, c->offset - 1};

	return among(c->observed, numbers, 3);
}

static struct trial unsent_data(const struct clue *c)
{
	const struct range r = {c->expected + 1, c->expected + 1 + c->window};

	return (struct trial){c->window > 0, in_range(c->observed, r),
			      (double)c->window};
}

static struct trial constant(const struct clue *c)
{
	return (struct trial){
		.possible = true,
		.hit = c->repeated || c->observed == 0 ||
		       c->observed == UINT32_MAX,
		.numbers = 2.0 + c->values,
	};
}

/* A box that trusts only what it has seen lowers ACKs to that. */
static struct trial corrected_ack(const struct clue *c)
{
	struct trial t = among(c->observed, c->seen, 2);

	t.possible = c->has_before && (int32_t)(c->expected - c->seen[1]) > 0;
	return t;
}

static const struct entry entries[HYPOTHESIS_COUNT] = {
	[HYPOTHESIS_UNTRANSLATED] = {"untranslated", 0.2,
				     "is the one that came in: it was not "
				     "translated",
				     untranslated},
	[HYPOTHESIS_DELTA_TWICE] = {"delta-twice", 0.05, "was translated twice",
				    delta_twice},
	[HYPOTHESIS_WRONG_SIGN] = {"wrong-sign", 0.05,
				   "was translated the wrong way", wrong_sign},
	[HYPOTHESIS_OTHER_DIRECTION] =
		{"other-direction-delta", 0.05,
		 "was translated by the offset of the other stream",
		 other_direction},
	[HYPOTHESIS_FOREIGN_DELTA] =
		{"foreign-delta", 0.1,
		 "was translated by the offset of another connection",
		 foreign_delta},
	[HYPOTHESIS_FOREIGN_VALUE] = {"foreign-value", 0.1,
				      "is due on another connection",
				      foreign_value},
	[HYPOTHESIS_STALE] = {"stale-incarnation", 0.15,
			      "belongs to an earlier connection on the same "
			      "tuple",
			      stale},
	[HYPOTHESIS_BYTE_ORDER] = {"byte-order", 0.01,
				   "has its bytes in another order",
				   byte_order},
	[HYPOTHESIS_FIELD_SWAP] = {"field-swap", 0.01,
				   "is that of another field of the segment",
				   field_swap},
	[HYPOTHESIS_OWN_STREAM] = {"own-stream", 0.01,
				   "lies in the sender's own stream",
				   own_stream},
	[HYPOTHESIS_TRUNCATED] = {"truncated", 0.01,
				  "is only half of what it should be",
				  truncated},
	[HYPOTHESIS_MISSING_CARRY] = {"missing-carry", 0.01,
				      "lacks or has a carry between bytes",
				      missing_carry},
	[HYPOTHESIS_OFF_BY_N] = {"off-by-n", 0.05, "is off by a little",
				 off_by_n},
	[HYPOTHESIS_RELATIVE] = {"relative", 0.01,
				 "is relative to the initial sequence number",
				 relative},
	[HYPOTHESIS_UNSENT_DATA] = {"unsent-data", 0.01,
				    "names data that was not sent yet",
				    unsent_data},
	[HYPOTHESIS_OTHER_BACKEND] =
		{"other-backend", 0.1,
		 "belongs to another server that the same SYN was sent to",
		 other_backend},
	[HYPOTHESIS_CONSTANT] = {"constant", 0.01,
				 "stands on several connections", constant},
	[HYPOTHESIS_CORRECTED_ACK] =
		{"corrected-ack", 0.05,
		 "is the end of what the device itself had seen",
		 corrected_ack},
};

struct trial hypothesis_test(enum hypothesis hypothesis,
			     const struct clue *clue)
{
	return entries[hypothesis].test(clue);
}

const char *hypothesis_name(enum hypothesis hypothesis)
{
	return entries[hypothesis].name;
}

double hypothesis_prior(enum hypothesis hypothesis)
{
	return entries[hypothesis].prior;
}

const char *hypothesis_text(enum hypothesis hypothesis)
{
	return entries[hypothesis].text;
}
