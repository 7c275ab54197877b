/* SPDX-License-Identifier: MIT
 *
 * Each end believes in SACK by what it sent and got in the handshake. A hop
 * that changes the option in one of the two packets only leaves one believing:
 * that is a fault once blocks arrive where nobody agreed to them. They must be
 * the same blocks on both sides, for a proxy that ends the connection may agree
 * to what it likes on each leg.
 *
 * Where both agreed, blocks must come through. ACKs of one number look alike,
 * so that one with blocks may be paired with one that never had any. It counts
 * only if its IP ID says that it is the same packet; or, where the sender's
 * clock shows that no proxy sits between, if no packet at all has blocks behind
 * the hop while several had them before it.
 */
#include "rules/sackloss.h"

#include "rules/sack.h"

#define NEIGHBOURS 64 /* places where the same blocks may have come out */
#define SEVERAL    3  /* packets without an ID that must have lost theirs */

/* What the SYNs of one direction say at a point. */
struct offer {
	const struct trace_item *syn; /* the first; NULL: none seen */
	bool made;                    /* it has the option */
	bool is_unsure;               /* cut, or not all alike */
};

static void read_offer(struct offer *offer, const struct trace_item *item)
{
	const struct segment *s = &item->record.segment;
	bool made = (s->options & OPTION_SACK_PERMITTED) != 0;
	bool answers = (s->flags & TCP_ACK) != 0;

	offer->is_unsure |=
		(s->options & (OPTION_CUT | OPTION_MALFORMED)) != 0 ||
		(offer->syn != NULL && made != offer->made) ||
		answers != (item->record.direction == FROM_SERVER);
	if (offer->syn == NULL)
		offer->syn = item;
	offer->made = made;
}

/* Reads the SYNs with the initial numbers that count. false: the handshake
 * does not tell what was agreed. */
static bool read_offers(const struct trace *trace, struct offer offers[2])
{
	offers[0] = offers[1] = (struct offer){0};
	if (trace->member_count != 1)
		return false;
	vec_foreach (item, &trace->items) {
		if ((item->record.segment.flags & (TCP_SYN | TCP_RST)) ==
			    TCP_SYN &&
		    item->has_seq && item->seq == 0)
			read_offer(&offers[item->record.direction], item);
	}
	return offers[0].syn != NULL && offers[1].syn != NULL &&
	       !offers[0].is_unsure && !offers[1].is_unsure;
}

static const struct trace_item *in_item(const struct comparison *c,
					const struct pair *pair)
{
	return &hop_in(c->hop, pair->direction)->items.items[pair->in];
}

static const struct trace_item *out_item(const struct comparison *c,
					 const struct pair *pair)
{
	return &hop_out(c->hop, pair->direction)->items.items[pair->out];
}

/* ---- agreed on one side only ---- */

/* Blocks pass to an end that did not agree to them: the first such pair. */
static bool find_passing(const struct comparison *c, enum direction d,
			 struct pair *pair)
{
	*pair = alignment_begin(d);
	while (alignment_next(c->alignment, pair))
		if (pair->how != PAIR_RESEGMENTED &&
		    in_item(c, pair)->record.segment.sack_count > 0 &&
		    sack_same_blocks(c->hop, pair))
			return true;
	return false;
}

/* SYNs, or SYN/ACKs, that came out with another answer to the question. */
static uint64_t count_changed(const struct comparison *c, enum direction d,
			      struct pair *first)
{
	struct pair pair = alignment_begin(d);
	uint64_t n = 0;

	while (alignment_next(c->alignment, &pair)) {
		const struct segment *in = &in_item(c, &pair)->record.segment;
		const struct segment *out = &out_item(c, &pair)->record.segment;

		if ((in->flags & out->flags & TCP_SYN) == 0 ||
		    out_item(c, &pair)->seq != 0 ||
		    ((in->options ^ out->options) & OPTION_SACK_PERMITTED) == 0)
			continue;
		if (n++ == 0)
			*first = pair;
	}
	return n;
}

static void sight_pair(const struct comparison *c, const struct pair *pair,
		       struct finding *f)
{
	const struct trace_item *in = in_item(c, pair);
	const struct trace_item *out = out_item(c, pair);
	bool blocks = in->record.segment.sack_count > 0;

	finding_sight(f, hop_in(c->hop, pair->direction), in,
		      blocks ? in->record.sack[0].left.n
			     : in->record.segment.seq.n);
	finding_sight(f, hop_out(c->hop, pair->direction), out,
		      out->record.segment.sack_count > 0
			      ? out->record.sack[0].left.n
			      : out->record.segment.seq.n);
}

/* `d`: the way of the blocks, towards the end that did not agree. */
static void note_split(const struct comparison *c, enum direction d,
		       struct findings *findings, size_t from)
{
	struct pair passing, changed;
	enum direction who = FROM_SERVER; /* its SYN was changed */
	struct finding *f;
	uint64_t count;

	if (!find_passing(c, d, &passing))
		return;
	count = count_changed(c, who, &changed);
	if (count == 0) {
		who = FROM_CLIENT;
		count = count_changed(c, who, &changed);
	}
	if (count == 0)
		return; /* these SYNs are not the same packets */
	f = comparison_finding(c, KIND_SACK_PERM_SPLIT, who, findings, from);
	if (f == NULL)
		return;
	f->count = f->exposure = count;
	f->onset_ns = out_item(c, &changed)->record.time_ns;
	sight_pair(c, &changed, f);
	sight_pair(c, &passing, f);
}

/* ---- blocks that do not come through ---- */

/* Do the packets of its direction before and after it have other IP IDs? */
static bool has_own_id(const struct trace *trace, uint32_t at)
{
	const struct trace_item *items = trace->items.items;
	const struct record *one = &items[at].record;

	for (int step = -1; step <= 1; step += 2) {
		int64_t i = (int64_t)at + step;

		while (i >= 0 && i < (int64_t)trace->items.count &&
		       items[i].record.direction != one->direction)
			i += step;
		if (i >= 0 && i < (int64_t)trace->items.count &&
		    items[i].record.segment.ip_id == one->segment.ip_id)
			return false;
	}
	return true;
}

static bool is_same_packet(const struct comparison *c, const struct pair *pair)
{
	uint16_t id = in_item(c, pair)->record.segment.ip_id;

	return c->alignment->habits[pair->direction].ip_id_kept && id != 0 &&
	       id == out_item(c, pair)->record.segment.ip_id &&
	       has_own_id(hop_in(c->hop, pair->direction), pair->in) &&
	       has_own_id(hop_out(c->hop, pair->direction), pair->out);
}

/* Did its blocks come out all the same, in a packet near by? */
static bool came_out(const struct comparison *c, const struct pair *pair)
{
	uint32_t all = (uint32_t)hop_out(c->hop, pair->direction)->items.count;
	struct pair other = *pair;

	other.out = pair->out > NEIGHBOURS ? pair->out - NEIGHBOURS : 0;
	for (; other.out < all && other.out <= pair->out + NEIGHBOURS;
	     other.out++)
		if (out_item(c, &other)->record.direction == pair->direction &&
		    sack_same_blocks(c->hop, &other))
			return true;
	return false;
}

static bool any_blocks(const struct trace *trace, enum direction d)
{
	vec_foreach (item, &trace->items)
		if (item->record.direction == d &&
		    item->record.segment.sack_count > 0)
			return true;
	return false;
}

static void note_stripped(const struct comparison *c, enum direction d,
			  struct findings *findings, size_t from)
{
	const struct trace *out = hop_out(c->hop, d);
	struct pair pair = alignment_begin(d), first = pair;
	uint64_t had = 0, lost = 0, sure = 0;
	bool need_ids = any_blocks(out, d) || !c->alignment->habits[d].ts_known;
	struct finding *f;

	while (alignment_next(c->alignment, &pair)) {
		bool is_sure;

		if (in_item(c, &pair)->record.segment.sack_count == 0)
			continue;
		had++;
		if (!sack_is_stripped(c->hop, &pair) || came_out(c, &pair))
			continue;
		is_sure = is_same_packet(c, &pair);
		if (need_ids && !is_sure)
			continue;
		sure += is_sure;
		if (lost++ == 0)
			first = pair;
	}
	if (lost == 0 || (sure == 0 && lost < SEVERAL))
		return;
	f = comparison_finding(c, KIND_SACK_BLOCKS_STRIPPED, d, findings, from);
	if (f == NULL)
		return;
	f->count = lost;
	f->exposure = had;
	f->onset_ns = out_item(c, &first)->record.time_ns;
	sight_pair(c, &first, f);
}

void compare_sack_loss(const struct comparison *c, struct findings *findings,
		       size_t from, const struct tally *tally)
{
	struct offer offers[2][2]; /* by point, by sender */
	bool agreed[2];

	if (!read_offers(c->hop->before, offers[0]) ||
	    !read_offers(c->hop->behind, offers[1]))
		return;
	for (int p = 0; p < 2; p++)
		agreed[p] = offers[p][0].made && offers[p][1].made;
	if (agreed[0] != agreed[1])
		note_split(c, agreed[0] ? FROM_CLIENT : FROM_SERVER, findings,
			   from);
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++)
		if (agreed[0] && agreed[1] && tally->stripped_sacks[d] > 0)
			note_stripped(c, d, findings, from);
}
