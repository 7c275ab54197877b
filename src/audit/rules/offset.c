/* SPDX-License-Identifier: MIT
 *
 * Each pair of packets votes on the offset that the hop adds to a stream: the
 * stream's own packets by their sequence number, the peer's by the ACK, from
 * which the offset is taken off again. The votes are compared in the order in
 * which one point saw both packets, so clocks do not matter:
 *
 *	stream's packets, in order:  0 0 0 | X X X    the offset changed by X,
 *	ACKs that came in later:           | X X      in both directions:
 *	                                              translation-changed-midflow
 *	ACKs that came in later:           | 0 0 0    only for the sequence
 *	                                              number: delta-not-inverse
 *
 * Any other picture is left as it is: one wrong number is one wrong number.
 */
#include "rules/offset.h"

#define MIN_VOTES 3

struct votes {
	uint32_t change;        /* X */
	struct pair right;      /* last packet with the old offset */
	struct pair wrong;      /* first one with the new offset */
	uint64_t before, after; /* packets of the stream by their offset */
	uint64_t undone, kept;  /* later ACKs: with the new offset, the old */
};

static bool is_from_one_syn(const struct trace *trace, enum direction stream)
{
	return trace->member_count == 1 && trace->bases[0].from_syn[stream];
}

/* Packets whose numbers say what the device adds. */
static bool votes(const struct pair *pair, const struct trace_item *in,
		  const struct trace_item *out)
{
	uint8_t flags = in->record.segment.flags | out->record.segment.flags;

	return pair->how != PAIR_RESEGMENTED && (flags & TCP_RST) == 0;
}

/* Is it one block with the old offset, and then one with the new? */
static bool count_stream(const struct comparison *c, enum direction d,
			 struct votes *v)
{
	const struct trace_item *ins = hop_in(c->hop, d)->items.items;
	const struct trace_item *outs = hop_out(c->hop, d)->items.items;
	struct pair pair = alignment_begin(d);

	while (alignment_next(c->alignment, &pair)) {
		const struct trace_item *in = &ins[pair.in];
		const struct trace_item *out = &outs[pair.out];
		uint32_t off = (uint32_t)(out->seq - in->seq);

		if (!votes(&pair, in, out) || !in->has_seq || !out->has_seq)
			continue;
		if (off == 0 && v->after == 0) {
			v->before++;
			v->right = pair;
		} else if (off == v->change) {
			if (v->after++ == 0)
				v->wrong = pair;
		} else if (off == 0 || pair.how != PAIR_POSITIONAL) {
			return false;
		}
	}
	return v->before > 0 && v->after > 0 && v->wrong.in > v->right.in;
}

/* What becomes of the peer's ACKs? They come in where the stream's packets go
 * out. False: no clear picture. */
static bool count_acks(const struct comparison *c, enum direction d,
		       struct votes *v)
{
	const enum direction peer = opposite(d);
	const struct trace_item *ins = hop_in(c->hop, peer)->items.items;
	const struct trace_item *outs = hop_out(c->hop, peer)->items.items;
	struct pair pair = alignment_begin(peer);

	while (alignment_next(c->alignment, &pair)) {
		const struct trace_item *in = &ins[pair.in];
		const struct trace_item *out = &outs[pair.out];
		uint32_t off = (uint32_t)(out->ack - in->ack);

		if (!votes(&pair, in, out) || !in->has_ack || !out->has_ack)
			continue;
		if (off == 0) {
			v->kept += pair.in > v->wrong.out;
		} else if (off == 0 - v->change) {
			v->undone++;
			if (pair.out < v->right.in)
				return false; /* it changed earlier */
		} else if (pair.how != PAIR_POSITIONAL) {
			return false;
		}
	}
	return true;
}

/* Both directions speak of one change, so they vote together for it; that it
 * is not undone takes as many votes of each. */
static bool is_carried(const struct votes *v)
{
	if (v->kept == 0)
		return v->after + v->undone >= MIN_VOTES;
	return v->undone == 0 && v->kept >= MIN_VOTES && v->after >= MIN_VOTES;
}

/* Flags of a SYN or SYN/ACK that came again since the offset was last right:
 * that is when devices forget or renew their state. */
static uint8_t repeated_syn(const struct trace *trace, const struct votes *v)
{
	bool seen[2] = {false, false};
	uint8_t repeated = 0;

	for (uint32_t i = 0; i < v->wrong.in; i++) {
		const struct record *r = &trace->items.items[i].record;

		if ((r->segment.flags & TCP_SYN) == 0)
			continue;
		if (seen[r->direction] && i >= v->right.in)
			repeated = r->segment.flags & (TCP_SYN | TCP_ACK);
		seen[r->direction] = true;
	}
	return repeated;
}

/* The first packet with the new offset, then the last with the old one. */
static void show(const struct comparison *c, const struct votes *v,
		 struct finding *f)
{
	const struct pair *pairs[] = {&v->wrong, &v->right};
	const struct trace *in = hop_in(c->hop, f->direction);
	const struct trace *out = hop_out(c->hop, f->direction);

	f->sighting_count = 0;
	for (int k = 0; k < 2; k++) {
		const struct trace_item *a = &in->items.items[pairs[k]->in];
		const struct trace_item *b = &out->items.items[pairs[k]->out];

		if (k == 0) {
			f->onset_ns = b->record.time_ns;
			f->observed = one_number(b->record.segment.seq.n);
			f->expected =
				one_number(b->record.segment.seq.n - v->change);
		}
		finding_sight(f, in, a, a->record.segment.seq.n);
		finding_sight(f, out, b, b->record.segment.seq.n);
	}
	f->repeated_syn = repeated_syn(in, v);
}

/* ACK numbers and SACK blocks of the peer, by the same new offset. */
static void subordinate(struct findings *findings, size_t start, size_t from,
			size_t cause)
{
	const struct finding *f = &findings->list.items[cause];

	for (size_t i = from; i < findings->list.count; i++) {
		struct finding *g = &findings->list.items[i];
		enum check_category category = check_of(kind_entry(g->kind));

		if ((category == CHECK_ACK || category == CHECK_SACK) &&
		    g->direction != f->direction)
			g->cause = (uint32_t)(cause - start);
	}
}

static bool judge(const struct comparison *c, struct finding *f)
{
	const enum direction d = f->direction;
	struct votes v = {.change = f->observed.n[0] - f->expected.n[0]};

	if (!is_from_one_syn(c->hop->before, d) ||
	    !is_from_one_syn(c->hop->behind, d) ||
	    c->steps->list[d].count > 0 || !count_stream(c, d, &v) ||
	    !count_acks(c, d, &v) || !is_carried(&v))
		return false;
	f->kind =
		v.kept == 0 ? KIND_TRANSLATION_CHANGED : KIND_DELTA_NOT_INVERSE;
	show(c, &v, f);
	return true;
}

void judge_offsets(const struct comparison *c, struct findings *findings,
		   size_t start, size_t from)
{
	size_t first = SIZE_MAX;

	for (size_t i = from; i < findings->list.count; i++) {
		struct finding *f = &findings->list.items[i];

		if (f->kind != KIND_SEQ_WRONG_DELTA || !judge(c, f) ||
		    f->kind != KIND_TRANSLATION_CHANGED)
			continue;
		subordinate(findings, start, from, i);
		if (first == SIZE_MAX)
			first = i; /* both streams at once: one event */
		else
			f->cause = (uint32_t)(first - start);
	}
}
