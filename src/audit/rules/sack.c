/* SPDX-License-Identifier: MIT
 *
 * An ACK may be paired with a neighbour that differs only in its blocks. So
 * blocks count as wrong only if no packet at all came in with them, and if one
 * of them has no edge that is a border of the peer's segments: right blocks,
 * whoever sent them, always have such edges.
 */
#include "rules/sack.h"

static uint32_t offset_of(const struct trace *trace,
			  const struct trace_item *item, struct seq edge)
{
	enum direction peer = opposite(item->record.direction);

	return edge.n - trace->bases[item->member].isn[peer].n;
}

/* Is the 32-bit offset one of the peer's borders? It is unwrapped near the ACK
 * that stands beside it. */
static bool is_plausible(const struct comparison *c,
			 const struct trace_item *item, uint32_t offset)
{
	int64_t near = item->ack + (int32_t)(offset - (uint32_t)item->ack);

	return lookup_is_edge(c->lookups, opposite(item->record.direction),
			      near);
}

bool sack_same_blocks(const struct hop *hop, const struct pair *pair)
{
	const struct trace *in = hop_in(hop, pair->direction);
	const struct trace *out = hop_out(hop, pair->direction);
	const struct trace_item *a = &in->items.items[pair->in];
	const struct trace_item *b = &out->items.items[pair->out];

	if (a->record.segment.sack_count != b->record.segment.sack_count)
		return false;
	for (uint32_t i = 0; i < b->record.segment.sack_count; i++) {
		const struct sack_block *s = &a->record.sack[i];
		const struct sack_block *t = &b->record.sack[i];

		if (offset_of(in, a, s->left) != offset_of(out, b, t->left) ||
		    offset_of(in, a, s->right) != offset_of(out, b, t->right))
			return false;
	}
	return true;
}

static void note_blocks(const struct sack_block *blocks, uint32_t count,
			uint32_t shift, struct numbers *numbers)
{
	numbers->count = 0;
	for (uint32_t i = 0; i < count; i++) {
		numbers->n[numbers->count++] = blocks[i].left.n + shift;
		numbers->n[numbers->count++] = blocks[i].right.n + shift;
	}
}

static void note(const struct comparison *c, const struct pair *pair,
		 uint32_t shift, struct findings *findings, size_t from)
{
	const struct trace *in = hop_in(c->hop, pair->direction);
	const struct trace *out = hop_out(c->hop, pair->direction);
	const struct trace_item *a = &in->items.items[pair->in];
	const struct trace_item *b = &out->items.items[pair->out];
	bool same = seq_equal(a->record.sack[0].left, b->record.sack[0].left);
	enum finding_kind kind = same && shift != 0 ? KIND_SACK_UNTRANSLATED
						    : KIND_SACK_OUT_OF_RANGE;
	struct finding *f =
		comparison_finding(c, kind, pair->direction, findings, from);

	if (f == NULL)
		return;
	if (f->count++ == 0) {
		f->onset_ns = b->record.time_ns;
		note_blocks(a->record.sack, a->record.segment.sack_count, shift,
			    &f->expected);
		note_blocks(b->record.sack, b->record.segment.sack_count, 0,
			    &f->observed);
	}
	finding_sight(f, in, a, a->record.sack[0].left.n);
	finding_sight(f, out, b, b->record.sack[0].left.n);
}

/* Has this one blocks, and the other one lost its own to the snap length? */
static bool is_cut(const struct trace_item *a, const struct trace_item *b)
{
	return a->record.segment.sack_count > 0 &&
	       b->record.segment.sack_count < a->record.segment.sack_count &&
	       (b->record.segment.options & OPTION_CUT) != 0;
}

/* Resized payload moves edges about: the steps are not applied here. */
static bool is_comparable(const struct comparison *c, enum direction d,
			  const struct trace_item *a,
			  const struct trace_item *b)
{
	return a->has_ack && b->has_ack &&
	       c->steps->list[opposite(d)].count == 0 &&
	       a->record.segment.sack_count > 0 &&
	       a->record.segment.sack_count == b->record.segment.sack_count;
}

enum standing sack_stand(const struct comparison *c, const struct pair *pair)
{
	enum direction d = pair->direction;
	const struct trace *in = hop_in(c->hop, d), *out = hop_out(c->hop, d);
	const struct trace_item *a = &in->items.items[pair->in];
	const struct trace_item *b = &out->items.items[pair->out];
	bool wrong = false;

	if (pair->how == PAIR_RESEGMENTED || !is_comparable(c, d, a, b))
		return STAND_UNKNOWN;
	if (sack_same_blocks(c->hop, pair))
		return STAND_RIGHT;
	for (uint32_t i = 0; i < b->record.segment.sack_count; i++) {
		const struct sack_block *t = &b->record.sack[i];

		wrong |= !is_plausible(c, b, offset_of(out, b, t->left)) &&
			 !is_plausible(c, b, offset_of(out, b, t->right));
	}
	return wrong && !lookup_came_in(c->lookups, b) ? STAND_WRONG
						       : STAND_UNKNOWN;
}

bool sack_is_stripped(const struct hop *hop, const struct pair *pair)
{
	const struct segment *in = &hop_in(hop, pair->direction)
					    ->items.items[pair->in]
					    .record.segment;
	const struct segment *out = &hop_out(hop, pair->direction)
					     ->items.items[pair->out]
					     .record.segment;
	const uint8_t unread = OPTION_SACK | OPTION_CUT | OPTION_MALFORMED;

	return pair->how != PAIR_RESEGMENTED && in->sack_count > 0 &&
	       out->sack_count == 0 && (out->options & unread) == 0;
}

void compare_sack(const struct comparison *c, const struct pair *pair,
		  struct findings *findings, size_t from, struct tally *tally)
{
	enum direction d = pair->direction, peer = opposite(d);
	const struct trace *in = hop_in(c->hop, d), *out = hop_out(c->hop, d);
	const struct trace_item *a = &in->items.items[pair->in];
	const struct trace_item *b = &out->items.items[pair->out];
	struct check *check = &tally->checks[CHECK_SACK][d];

	tally->cut_sacks += is_cut(a, b) || is_cut(b, a);
	tally->stripped_sacks[d] += sack_is_stripped(c->hop, pair);
	if (!is_comparable(c, d, a, b))
		return;
	check->compared++;
	if (sack_stand(c, pair) != STAND_WRONG)
		return;
	check->violations++;
	note(c, pair,
	     out->bases[b->member].isn[peer].n -
		     in->bases[a->member].isn[peer].n,
	     findings, from);
}
