/* SPDX-License-Identifier: MIT
 *
 * ACKs also go backwards because the network delays or doubles packets. Those
 * are old: the timestamp of an ACK that goes back though its sender's clock
 * went on says that no TCP sent it so. It is the hop's if it came out alone,
 * while the near side's capture has each other packet of the direction, and
 * there nothing of the kind. Those that came before the clock went on prove
 * nothing; unless they repeat another or have an old clock, they are undecided.
 */
#include "rules/regression.h"

#include "rules/tsecr.h"

#define PAIRED 16 /* packets that show the near side's capture to be whole */
#define NEAR   64 /* places that a doubled packet is behind its first */

struct backward {
	const struct trace_item *highest, *first; /* before it, and the first */
	uint64_t count, others; /* others: alone on the far side as well, */
	uint64_t unproved;      /* but for those that may be late */
	uint64_t paired;
};

static bool is_ack(const struct trace_item *item, enum direction d)
{
	const uint8_t other = TCP_SYN | TCP_RST;

	return item->record.direction == d && item->has_ack &&
	       (item->record.segment.flags & other) == 0;
}

/* A device may have sent it, and the network may have doubled or delayed it;
 * that the near side's capture missed it would not explain why it is late. */
static bool may_be_late(const struct trace_item *item,
			const struct trace_item *highest, enum direction d)
{
	return is_ack(item, d) && segment_space(&item->record.segment) == 0 &&
	       highest != NULL && item->ack < highest->ack;
}

/* Its clock is behind that of a higher ACK, or it is another one again. */
static bool is_natural(const struct trace *out, uint32_t at,
		       const struct trace_item *highest)
{
	const struct trace_item *item = &out->items.items[at];
	const struct segment *s = &item->record.segment;

	if ((s->options & OPTION_TIMESTAMPS) != 0 &&
	    (int32_t)(s->tsval - highest->record.segment.tsval) < 0)
		return true;
	for (uint32_t i = at; i > 0 && at - i < NEAR; i--)
		if (record_is_copy(&out->items.items[i - 1].record,
				   &item->record))
			return true;
	return false;
}

static struct backward follow_out(const struct trace *out,
				  const uint32_t *mates, enum direction d)
{
	struct backward b = {.count = 0};
	struct echo_watch watch = {0};
	const struct trace_item *highest = NULL;

	for (uint32_t i = 0; i < out->items.count; i++) {
		const struct trace_item *item = &out->items.items[i];

		if (item->record.direction != d)
			continue;
		if (mates[i] != NO_MATE) {
			b.paired++;
			if (!is_ack(item, d))
				continue;
			echo_remember(&watch, item);
			if (highest == NULL || item->ack > highest->ack)
				highest = item;
		} else if (is_ack(item, d) && echo_went_back(&watch, item)) {
			if (b.count++ == 0) {
				b.highest = highest;
				b.first = item;
			}
		} else if (may_be_late(item, highest, d)) {
			b.unproved += !is_natural(out, i, highest);
		} else {
			b.others++;
		}
	}
	return b;
}

static bool goes_back_at(const struct trace *in, enum direction d)
{
	struct echo_watch watch = {0};

	vec_foreach (item, &in->items) {
		if (!is_ack(item, d))
			continue;
		if (echo_went_back(&watch, item))
			return true;
		echo_remember(&watch, item);
	}
	return false;
}

static bool has_wrong_acks(const struct findings *findings, size_t from,
			   enum direction d)
{
	for (size_t i = from; i < findings->list.count; i++)
		if (findings->list.items[i].direction == d &&
		    check_of(kind_entry(findings->list.items[i].kind)) ==
			    CHECK_ACK)
			return true;
	return false;
}

void check_regression(const struct comparison *c, enum direction d,
		      struct findings *findings, size_t from,
		      struct tally *tally)
{
	const struct trace *in = hop_in(c->hop, d), *out = hop_out(c->hop, d);
	struct backward b;
	struct finding *f;

	if (c->alignment->alone_out[d] == 0 || in->member_count != 1 ||
	    out->member_count != 1 || has_wrong_acks(findings, from, d))
		return;
	b = follow_out(out, c->alignment->mates[d], d);
	if (b.count + b.unproved == 0 || b.others > 0 || b.paired < PAIRED ||
	    goes_back_at(in, d))
		return;
	tally->undecided += b.unproved;
	if (b.count == 0)
		return;
	f = comparison_finding(c, KIND_ACK_REGRESSION, d, findings, from);
	if (f == NULL)
		return;
	f->count = b.count;
	f->exposure = b.count + b.paired;
	f->onset_ns = b.first->record.time_ns;
	finding_sight(f, out, b.highest, b.highest->record.segment.ack.n);
	finding_sight(f, out, b.first, b.first->record.segment.ack.n);
}
