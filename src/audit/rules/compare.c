/* SPDX-License-Identifier: MIT
 *
 * One pass over the pairs of a hop. In canonical space a faithful device
 * leaves sequence and ACK offsets alone, so every difference is an error. A
 * difference between packets that only stand at the same place (no IP ID
 * says that they are one) counts only if the observed number is not one that
 * the connection would have produced there anyway: then another packet, lost
 * to the captures, explains it just as well.
 */
#include "rules/compare.h"

#include "rules/gap.h"
#include "rules/loneack.h"
#include "rules/regression.h"
#include "rules/sack.h"
#include "rules/sackloss.h"

#define NEIGHBOURS 64 /* how far to look for anchors */
#define ANCHORS    64 /* exact pairs on each side that bound it */
#define MIXED_NS   INT64_C(5000000)

struct difference {
	enum finding_kind kind;
	const struct trace_item *in, *out;
	uint32_t expected, observed, before; /* raw numbers */
	uint32_t shift, other_shift; /* due in the direction of travel */
};

static uint32_t isn_of(const struct trace *trace, const struct trace_item *item,
		       enum direction stream)
{
	return trace->bases[item->member].isn[stream].n;
}

static struct difference describe(const struct comparison *c,
				  const struct pair *pair, bool ack)
{
	enum direction d = pair->direction;
	enum direction stream = ack ? opposite(d) : d;
	const struct trace *in = hop_in(c->hop, d), *out = hop_out(c->hop, d);
	struct difference diff = {.in = &in->items.items[pair->in],
				  .out = &out->items.items[pair->out]};

	diff.shift =
		isn_of(out, diff.out, stream) - isn_of(in, diff.in, stream);
	diff.other_shift = isn_of(out, diff.out, opposite(stream)) -
			   isn_of(in, diff.in, opposite(stream));
	diff.before = ack ? diff.in->record.segment.ack.n
			  : diff.in->record.segment.seq.n;
	diff.observed = ack ? diff.out->record.segment.ack.n
			    : diff.out->record.segment.seq.n;
	/* With a step in the stream the offsets, not the numbers, agree. */
	diff.expected =
		diff.observed - (uint32_t)(ack ? diff.out->ack - diff.in->ack
					       : diff.out->seq - diff.in->seq);
	return diff;
}

/* Is the error the size of a step of that stream? */
static bool is_step(const struct comparison *c, enum direction stream,
		    const struct difference *d)
{
	int32_t off = (int32_t)(d->observed - d->expected);
	int64_t before = 0;

	vec_foreach (step, &c->steps->list[stream]) {
		int64_t size = step->shift - before;

		if (off == size || off == -size)
			return true;
		before = step->shift;
	}
	return false;
}

/* Which bug makes exactly this number? In order of FINDINGS B.2. */
static enum finding_kind ack_kind(const struct difference *d)
{
	uint32_t v = d->observed, a = d->before;
	int32_t off = (int32_t)(v - d->expected);

	if (d->shift != 0 && v == a)
		return KIND_ACK_UNTRANSLATED;
	if (d->shift != 0 && v == a + 2 * d->shift)
		return KIND_ACK_DOUBLE_TRANSLATED;
	if (d->shift != 0 && v == a - d->shift)
		return KIND_ACK_WRONG_SIGN;
	if (d->other_shift != 0 &&
	    (v == a + d->other_shift || v == a - d->other_shift))
		return KIND_ACK_WRONG_DIRECTION_DELTA;
	if (v == __builtin_bswap32(d->expected) || v == __builtin_bswap32(a))
		return KIND_ACK_BYTE_ORDER;
	if (off >= -2 && off <= 2)
		return KIND_ACK_OFF_BY_N;
	return KIND_ACK_ALTERED_UNEXPLAINED;
}

static enum finding_kind seq_kind(const struct difference *d)
{
	return d->out->record.segment.flags & TCP_RST ? KIND_RST_UNTRANSLATED
						      : KIND_SEQ_WRONG_DELTA;
}

struct finding *comparison_finding(const struct comparison *c,
				   enum finding_kind kind, enum direction d,
				   struct findings *findings, size_t from)
{
	struct finding *f;

	for (size_t i = from; i < findings->list.count; i++) {
		f = &findings->list.items[i];
		if (f->kind == kind && f->direction == d)
			return f;
	}
	f = findings_add(findings, kind);
	if (f == NULL)
		return NULL;
	f->path = c->path;
	f->hop = c->hop_index;
	f->direction = d;
	f->match_class = c->match_class;
	return f;
}

static void note(const struct comparison *c, const struct pair *pair,
		 const struct difference *diff, struct findings *findings,
		 size_t from)
{
	enum direction d = pair->direction;
	struct finding *f =
		comparison_finding(c, diff->kind, d, findings, from);

	if (f == NULL)
		return;
	if (f->count++ == 0) {
		f->expected = one_number(diff->expected);
		f->observed = one_number(diff->observed);
		f->onset_ns = diff->out->record.time_ns;
	}
	finding_sight(f, hop_in(c->hop, d), diff->in, diff->before);
	finding_sight(f, hop_out(c->hop, d), diff->out, diff->observed);
}

/* ---- numbers that would have come there anyway ---- */

/* Nearest exactly paired packet of the direction on the far side. */
static const struct trace_item *anchor(const struct comparison *c,
				       const struct pair *pair, int step)
{
	const struct trace *out = hop_out(c->hop, pair->direction);
	const uint32_t *mates = c->alignment->mates[pair->direction];
	const uint8_t *how = c->alignment->how[pair->direction];
	int64_t at = pair->out;

	for (int i = 0; i < NEIGHBOURS; i++) {
		at += step;
		if (at < 0 || at >= (int64_t)out->items.count)
			return NULL;
		if (out->items.items[at].record.direction == pair->direction &&
		    mates[at] != NO_MATE && how[at] == PAIR_EXACT)
			return &out->items.items[at];
	}
	return NULL;
}

/* Least and greatest offset among the exactly paired packets around: the next
 * one on each side, and those so near in time that a clock's step or the
 * network may have mixed them up. False: none follows. */
static bool bounds_around(const struct comparison *c, const struct pair *pair,
			  int64_t *low, int64_t *high)
{
	const struct trace_item *outs =
		hop_out(c->hop, pair->direction)->items.items;
	const int64_t middle_ns = outs[pair->out].record.time_ns;
	bool after = false;

	for (int step = -1; step <= 1; step += 2) {
		struct pair at = *pair;
		const struct trace_item *item;

		for (int found = 0; found < ANCHORS; found++) {
			item = anchor(c, &at, step);
			if (item == NULL ||
			    (found > 0 && llabs(item->record.time_ns -
						middle_ns) > MIXED_NS))
				break;
			at.out = (uint32_t)(item - outs);
			if (!item->has_ack)
				continue;
			after |= step > 0;
			*low = item->ack < *low ? item->ack : *low;
			*high = item->ack > *high ? item->ack : *high;
		}
	}
	return after;
}

/* Could the sender have sent this ACK number there? Receivers acknowledge
 * whole segments, in the order in which they come. */
static bool ack_is_natural(const struct comparison *c, const struct pair *pair,
			   const struct trace_item *out)
{
	enum direction peer = opposite(pair->direction);
	int64_t low = INT64_MAX, high = INT64_MIN;

	if (!bounds_around(c, pair, &low, &high)) {
		int64_t end =
			lookup_peer_end(c->lookups, pair->direction, pair->out);

		high = end > high ? end : high;
	}
	if (low == INT64_MAX)
		low = 0;
	/* Where both captures lack data of the peer, they lack borders and
	 * neighbours too. */
	if (c->alignment->alone_in[peer] > 0 ||
	    c->alignment->alone_out[peer] > 0)
		return out->ack >= 0 &&
		       out->ack <= lookup_stream_end(c->lookups, peer);
	return out->ack >= low && out->ack <= high &&
	       lookup_is_border(c->lookups, peer, out->ack);
}

/* Could the sender have sent this sequence number there? Not, if its payload
 * says which segment it is; else if it joins on to its neighbours. */
static bool seq_is_natural(const struct comparison *c, const struct pair *pair,
			   const struct trace_item *out)
{
	const struct trace *in = hop_in(c->hop, pair->direction);
	const struct trace_item *last = anchor(c, pair, -1);
	const struct trace_item *next = anchor(c, pair, 1);

	if (out->record.segment.len == 0)
		return last == NULL ||
		       (out->seq >= last->seq &&
			out->seq <=
				(next != NULL ? next->seq : trace_end(last)));
	if (c->alignment->habits[pair->direction].ts_known &&
	    lookup_is_unique(c->lookups, &in->items.items[pair->in], 0) &&
	    lookup_is_unique(c->lookups, out, 1))
		return false;
	return (last != NULL && trace_end(last) == out->seq) ||
	       (next != NULL && next->seq == trace_end(out)) ||
	       lookup_is_border(c->lookups, pair->direction, out->seq);
}

/* ---- the pass ---- */

/* The pair's difference, called by the bug that makes it. */
static struct difference name_difference(const struct comparison *c,
					 const struct pair *pair, bool ack)
{
	struct difference diff = describe(c, pair, ack);
	enum direction d = pair->direction;

	diff.kind = ack ? ack_kind(&diff) : seq_kind(&diff);
	if (is_step(c, ack ? opposite(d) : d, &diff))
		diff.kind = KIND_SEQ_STEP_MISAPPLIED;
	return diff;
}

static void note_one(const struct comparison *c, const struct pair *pair,
		     bool ack, struct findings *findings, size_t from)
{
	struct difference diff = name_difference(c, pair, ack);

	note(c, pair, &diff, findings, from);
}

static bool differs(const struct comparison *c, const struct pair *pair,
		    bool ack, struct tally *tally)
{
	const struct trace_item *in =
		&hop_in(c->hop, pair->direction)->items.items[pair->in];
	const struct trace_item *out =
		&hop_out(c->hop, pair->direction)->items.items[pair->out];
	uint32_t off = ack ? (uint32_t)(out->ack - in->ack)
			   : (uint32_t)(out->seq - in->seq);

	if (off == 0)
		return false;
	if (pair->how != PAIR_POSITIONAL)
		return true;
	if (!(ack ? ack_is_natural(c, pair, out)
		  : seq_is_natural(c, pair, out)))
		return true;
	tally->undecided++;
	return false;
}

/* A SYN with another number than the one that was answered: a device may have
 * given that attempt another offset. */
static bool is_abandoned_syn(const struct trace_item *item)
{
	return (item->record.segment.flags & TCP_SYN) != 0 && item->has_seq &&
	       item->seq != 0;
}

static void compare_pair(const struct comparison *c, const struct pair *pair,
			 struct findings *findings, size_t from,
			 struct tally *tally)
{
	enum direction d = pair->direction;
	const struct trace_item *in = &hop_in(c->hop, d)->items.items[pair->in];
	const struct trace_item *out =
		&hop_out(c->hop, d)->items.items[pair->out];

	if (pair->how == PAIR_RESEGMENTED)
		return; /* fields are those of one member: not comparable */
	if (is_abandoned_syn(in) || is_abandoned_syn(out))
		return;
	if (in->has_seq && out->has_seq && c->sure_without_isn[d]) {
		tally->checks[CHECK_SEQ][d].compared++;
		if (differs(c, pair, false, tally)) {
			tally->checks[CHECK_SEQ][d].violations++;
			note_one(c, pair, false, findings, from);
		}
	}
	if (in->has_ack && out->has_ack) {
		tally->checks[CHECK_ACK][d].compared++;
		if (differs(c, pair, true, tally)) {
			tally->checks[CHECK_ACK][d].violations++;
			note_one(c, pair, true, findings, from);
		}
	}
	compare_sack(c, pair, findings, from, tally);
}

static void set_exposure(struct findings *findings, size_t from,
			 const struct tally *tally)
{
	for (size_t i = from; i < findings->list.count; i++) {
		struct finding *f = &findings->list.items[i];
		enum check_category c = check_of(kind_entry(f->kind));

		f->exposure = tally->checks[c][f->direction].compared;
	}
}

static bool is_from_syn(const struct comparison *c, enum direction stream)
{
	const struct trace *sides[2] = {c->hop->before, c->hop->behind};

	for (int k = 0; k < 2; k++)
		for (uint32_t i = 0; i < sides[k]->member_count; i++)
			if (!sides[k]->bases[i].from_syn[stream])
				return false;
	return true;
}

/* A base that no SYN told may be wrong. Then next to nothing agrees, and the
 * differences say nothing about the device. Numbers that were left open do not
 * agree either. */
static void drop_baseless(const struct comparison *c, struct findings *findings,
			  size_t from, struct tally *tally)
{
	size_t kept = from;

	for (size_t i = from; i < findings->list.count; i++) {
		const struct finding *f = &findings->list.items[i];
		enum check_category category = check_of(kind_entry(f->kind));
		struct check *check = &tally->checks[category][f->direction];
		enum direction stream = category == CHECK_SEQ
						? f->direction
						: opposite(f->direction);

		if (!is_from_syn(c, stream) &&
		    (check->violations * 2 > check->compared ||
		     (!f->onset.has_right && f->onset.right == 0))) {
			tally->undecided += f->count;
			check->violations -= f->count;
			check->compared -= f->count;
			continue;
		}
		findings->list.items[kept++] = *f;
	}
	findings->list.count = kept;
}

static bool is_by_ack(const struct trace *trace)
{
	for (uint32_t i = 0; i < trace->member_count; i++)
		if (trace->bases[i].by_ack[0] || trace->bases[i].by_ack[1])
			return true;
	return false;
}

/* ---- how it set in ---- */

/* A number of one kind of finding on one pair. */
static enum standing stand(const struct comparison *c, const struct pair *pair,
			   const struct finding *f, bool ack)
{
	enum direction d = pair->direction;
	const struct trace_item *in = &hop_in(c->hop, d)->items.items[pair->in];
	const struct trace_item *out =
		&hop_out(c->hop, d)->items.items[pair->out];
	struct tally none = {0};

	if (pair->how == PAIR_RESEGMENTED || is_abandoned_syn(in) ||
	    is_abandoned_syn(out))
		return STAND_UNKNOWN;
	if (ack ? !in->has_ack || !out->has_ack
		: !in->has_seq || !out->has_seq ||
			    (out->record.segment.flags & TCP_SYN) != 0)
		return STAND_UNKNOWN; /* a SYN's number is right by itself */
	if (ack ? in->ack == out->ack : in->seq == out->seq)
		return STAND_RIGHT;
	return differs(c, pair, ack, &none) &&
			       name_difference(c, pair, ack).kind == f->kind
		       ? STAND_WRONG
		       : STAND_UNKNOWN;
}

/* A misapplied step may be one of either number. */
static enum standing stand_of(const struct comparison *c,
			      const struct pair *pair, const struct finding *f)
{
	enum standing seq, ack;

	if (check_of(kind_entry(f->kind)) == CHECK_SACK)
		return sack_stand(c, pair);
	if (check_of(kind_entry(f->kind)) == CHECK_ACK)
		return stand(c, pair, f, true);
	seq = stand(c, pair, f, false);
	if (f->kind != KIND_SEQ_STEP_MISAPPLIED)
		return seq;
	ack = stand(c, pair, f, true);
	return ack > seq ? ack : seq;
}

/* The number of the finding's field. */
static uint32_t value_of(const struct finding *f, const struct trace_item *item)
{
	switch (check_of(kind_entry(f->kind))) {
	case CHECK_ACK:
		return item->record.segment.ack.n;
	case CHECK_SACK:
		return item->record.sack[0].left.n;
	case CHECK_SEQ:
	case CHECK_PATH:
	case CHECK_COUNT:
		break;
	}
	return item->record.segment.seq.n;
}

/* Passes once more over the direction of a finding: how did it set in? */
static void find_onset(const struct comparison *c, struct finding *f)
{
	const struct trace *in = hop_in(c->hop, f->direction);
	const struct trace *out = hop_out(c->hop, f->direction);
	struct onset_search search = {.was_wrong = false};
	struct pair pair = alignment_begin(f->direction);

	while (alignment_next(c->alignment, &pair)) {
		enum standing s = stand_of(c, &pair, f);

		if (s != STAND_UNKNOWN)
			onset_take(&search, &in->items.items[pair.in],
				   &out->items.items[pair.out],
				   s == STAND_WRONG);
	}
	f->onset = onset_found(&search, in, out);
	if (search.right[1] != NULL)
		f->onset.right_value = value_of(f, search.right[1]);
}

/* Were SACK blocks seen on their way? */
static bool has_blocks(const struct tally *tally)
{
	uint64_t n = 0;

	for (int d = 0; d < 2; d++)
		n += tally->checks[CHECK_SACK][d].compared +
		     tally->stripped_sacks[d];
	return n > 0;
}

void compare_hop(const struct comparison *c, struct findings *findings,
		 struct tally *tally)
{
	const size_t from = findings->list.count;
	struct tally mine = {.paths = 1};

	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		struct pair pair = alignment_begin(d);

		while (alignment_next(c->alignment, &pair))
			compare_pair(c, &pair, findings, from, &mine);
		mine.undecided += lone_acks_impossible(c, d);
	}
	for (size_t i = from; i < findings->list.count; i++)
		find_onset(c, &findings->list.items[i]);
	drop_baseless(c, findings, from, &mine);
	mine.by_ack = is_by_ack(c->hop->before) || is_by_ack(c->hop->behind);
	for (int k = 0; k < CHECK_COUNT; k++)
		for (int d = 0; d < 2; d++)
			mine.checks[k][d].paths =
				mine.checks[k][d].compared > 0;
	set_exposure(findings, from, &mine);
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		check_regression(c, d, findings, from, &mine);
		check_gap(c, d, findings, from);
	}
	if (has_blocks(&mine))
		compare_sack_loss(c, findings, from, &mine);
	tally_add(tally, &mine);
}
