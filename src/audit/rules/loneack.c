/* SPDX-License-Identifier: MIT
 *
 * An ACK is cumulative, so a device may drop one when a later one follows
 * (cable modems and satellite links do). What a capture or the network loses
 * looks alike, but it falls on all packets: the far side's capture must have
 * the packets of the other way, and the sender's own data, far more often than
 * the ACKs. And it comes in pieces between packets that passed, not in one gap.
 *
 * Where ACKs are dropped by the dozen, a wrong one on the far side cannot be
 * paired: any of those missing may be it. It is not said then whose it is, but
 * that there is one.
 */
#include "rules/loneack.h"

#define FEW    32 /* lone ACKs that say nothing */
#define PIECES 16 /* that they must fall into */
#define OTHERS 64 /* packets of the other way, to judge the capture by */
#define TIMES  4  /* so much oftener than anything else do ACKs miss */

struct share {
	uint64_t all, missing;
};

struct thinning {
	struct share pure, data, back; /* back: of the other way */
	uint64_t pieces;
	uint64_t pending; /* lone since the last one that passed, */
	int64_t highest;  /* and the highest of them */
	bool begun;       /* one has passed */
};

static bool is_pure_ack(const struct trace_item *item)
{
	const struct segment *s = &item->record.segment;
	const uint8_t other = TCP_SYN | TCP_FIN | TCP_RST | TCP_URG;

	return (s->flags & (TCP_ACK | other)) == TCP_ACK && s->len == 0 &&
	       item->has_ack && s->sack_count == 0;
}

/* One that passed says all that those before it did. */
static void settle(struct thinning *t, const struct trace_item *item)
{
	if (t->begun && t->pending > 0) {
		if (item->ack < t->highest)
			return;
		t->pure.missing += t->pending;
		t->pieces++;
	}
	t->begun = true;
	t->pending = 0;
	t->highest = item->ack;
}

static void see(struct thinning *t, const struct trace_item *item, bool passed)
{
	const bool pure = is_pure_ack(item);
	struct share *share = pure ? &t->pure : &t->data;

	share->all++;
	if (!pure)
		share->missing += !passed;
	else if (!passed && t->begun)
		t->pending++;
	if (!passed && pure && item->ack > t->highest)
		t->highest = item->ack;
	if (passed && item->has_ack)
		settle(t, item);
}

/* Is that share of packets missing far more seldom? */
static bool is_rarer(const struct share *other, const struct share *pure)
{
	return other->missing * pure->all * TIMES < pure->missing * other->all;
}

bool lone_acks_are_thinned(const struct hop *hop,
			   const struct alignment *alignment, enum direction d)
{
	const struct trace *in = hop_in(hop, d);
	const enum direction back = opposite(d);
	struct thinning t = {.begun = false};

	if (alignment->alone_in[d] < FEW)
		return false;
	for (uint32_t i = 0; i < in->items.count; i++) {
		const struct trace_item *item = &in->items.items[i];

		if (item->record.direction == d) {
			see(&t, item, alignment->taken[d][i] != NO_MATE);
			continue;
		}
		/* Seen here, for it came through the far side. */
		t.back.all++;
		t.back.missing += alignment->mates[back][i] == NO_MATE;
	}
	return t.pure.missing >= FEW && t.pieces >= PIECES &&
	       t.pure.missing * 10 >= t.pure.all && t.back.all >= OTHERS &&
	       is_rarer(&t.back, &t.pure) &&
	       (t.data.missing == 0 || is_rarer(&t.data, &t.pure));
}

/* ---- ACKs that came from nowhere ---- */

/* A segment of its stream that has an ACK, and whose peer's SYN was seen? */
static bool is_known_ack(const struct trace *out, const struct trace_item *item,
			 enum direction d)
{
	return item->record.direction == d && item->has_ack && item->has_seq &&
	       (item->record.segment.flags & (TCP_SYN | TCP_RST)) == 0 &&
	       out->bases[item->member].from_syn[opposite(d)];
}

uint64_t lone_acks_impossible(const struct comparison *c, enum direction d)
{
	const struct trace *out = hop_out(c->hop, d);
	const uint32_t *mates = c->alignment->mates[d];
	int64_t most = -1;   /* that it can acknowledge, once that is known, */
	int64_t own_end = 0; /* and end of its own stream where it came in */
	uint64_t n = 0;

	if (c->alignment->alone_out[d] == 0)
		return 0;
	for (uint32_t i = 0; i < out->items.count; i++) {
		const struct trace_item *item = &out->items.items[i];

		if (mates[i] != NO_MATE || !is_known_ack(out, item, d))
			continue;
		if (most < 0) {
			own_end = trace_stream_end(hop_in(c->hop, d), d);
			most = lookup_stream_end(c->lookups, opposite(d)) +
			       trace_window(out, d);
		}
		n += item->seq >= 0 && item->seq <= own_end &&
		     (item->ack < 0 || item->ack > most);
	}
	return n;
}
