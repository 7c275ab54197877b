/* SPDX-License-Identifier: MIT
 *
 * Votes: packets that are unique on both sides by length, flags and content
 * are taken as pairs; the difference that most of them show is the offset.
 * Content is the payload's sum, for packets without payload IP ID and window:
 * never the number that is sought, never an ACK. Where a point shows nothing of
 * a stream but the ACKs of it, these vote, and that is remembered: an error of
 * all of them looks like an offset.
 */
#include "translation.h"

#include "hash.h"

#include <stdlib.h>

#define MIN_VOTES  3
#define MIN_SHARE  80 /* per cent */
#define SLACK_NS   3000000
#define SAMPLE     400
#define LOOK_AHEAD 16
#define COPIES     255 /* of one packet, at most; its TTL ends then */
#define OFFSETS    256 /* TSval differences that vote */
#define CONTROL    (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)

struct ballot {
	uint64_t key;
	int64_t time_ns; /* on the clock of the point before the hop */
	int64_t offset;  /* canonical, on the known side */
	uint32_t seq;
};

/* Packets of a trace whose bases are known vote on a base of another one. */
struct election {
	const struct hop *hop;
	const struct trace *known;
	struct trace *asked;
	uint32_t member; /* of `asked` */
	enum direction d;
	bool by_ip_id; /* content includes the IP ID */
	bool by_ack;   /* the receiver's ACKs vote, not the stream itself */
};

static int compare_ballot(const void *a, const void *b)
{
	uint64_t x = ((const struct ballot *)a)->key;
	uint64_t y = ((const struct ballot *)b)->key;

	return (x > y) - (x < y);
}

static uint64_t content_key(const struct segment *s, bool by_ip_id)
{
	uint64_t key = hash_u64((uint64_t)s->len << 8 | (s->flags & CONTROL),
				0x1d8e4e27c47d124fu);

	if (s->len > 0 && by_ip_id)
		key = hash_u64(s->ip_id, key);
	if (s->len > 0)
		return hash_u64(s->has_sum ? s->sum : 0x10000u, key);
	return hash_u64((uint64_t)s->ip_id << 16 | s->window, key);
}

static bool may_vote(const struct election *e, const struct trace_item *item)
{
	const struct segment *s = &item->record.segment;

	return (item->record.direction == e->d) != e->by_ack &&
	       (s->flags & TCP_RST) == 0 &&
	       (!e->by_ack || (s->flags & TCP_ACK) != 0);
}

/* Packets of a direction, of one member or (FLOW_NONE) of those with a known
 * base; keys that occur twice are dropped. */
static size_t collect(const struct election *e, const struct trace *trace,
		      uint32_t member, struct ballot *ballots)
{
	size_t n = 0, kept = 0;

	vec_foreach (item, &trace->items) {
		const struct segment *s = &item->record.segment;
		int64_t t = item->record.time_ns;

		if (!may_vote(e, item) ||
		    (member == FLOW_NONE
			     ? !(e->by_ack ? item->has_ack : item->has_seq)
			     : item->member != member))
			continue;
		if (trace == e->hop->behind)
			t = clock_back(e->hop->clock, t);
		ballots[n++] =
			(struct ballot){content_key(s, e->by_ip_id), t,
					e->by_ack ? item->ack : item->seq,
					e->by_ack ? s->ack.n : s->seq.n};
	}
	if (n > 0)
		qsort(ballots, n, sizeof(*ballots), compare_ballot);
	for (size_t i = 0, run; i < n; i = run) {
		run = i + 1;
		while (run < n && ballots[run].key == ballots[i].key)
			run++;
		if (run == i + 1)
			ballots[kept++] = ballots[i];
	}
	return kept;
}

static int compare_u32(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	return (x > y) - (x < y);
}

/* The commonest value of a sorted array. */
static size_t mode_of(const uint32_t *values, size_t count, uint32_t *mode)
{
	size_t best = 0;

	for (size_t i = 0; i < count;) {
		size_t run = i;

		while (run < count && values[run] == values[i])
			run++;
		if (run - i > best) {
			best = run - i;
			*mode = values[i];
		}
		i = run;
	}
	return best;
}

/* Equal content at impossible times is coincidence. */
static bool meets(const struct election *e, const struct ballot *a,
		  const struct ballot *b)
{
	const struct clock *clock = e->hop->clock;
	int64_t apart = a->time_ns - b->time_ns;

	return !clock->known || llabs(apart) <= clock_error(clock, a->time_ns) +
							4 * clock->spread_ns +
							SLACK_NS;
}

/* Fills `bases` with what each common ballot says the ISN is. */
static size_t count_votes(const struct election *e, const struct ballot *known,
			  size_t known_count, size_t asked_count,
			  uint32_t *bases)
{
	const struct ballot *asked = known + known_count;
	size_t votes = 0;

	for (size_t i = 0, k = 0; i < known_count && k < asked_count;) {
		if (known[i].key < asked[k].key) {
			i++;
		} else if (known[i].key > asked[k].key) {
			k++;
		} else {
			if (meets(e, &known[i], &asked[k]))
				bases[votes++] = asked[k].seq -
						 (uint32_t)known[i].offset;
			i++;
			k++;
		}
	}
	if (votes > 0)
		qsort(bases, votes, sizeof(*bases), compare_u32);
	return votes;
}

/* Lets the packets vote on a member's base; false: no memory. */
static bool vote(const struct election *e)
{
	size_t n = e->known->items.count, m = e->asked->items.count;
	struct ballot *a = malloc((n + m + 1) * sizeof(*a));
	uint32_t *bases = malloc((n + m + 1) * sizeof(*bases));
	struct base *base = &e->asked->bases[e->member];
	size_t votes, best;
	uint32_t mode = 0;

	if (a == NULL || bases == NULL) {
		free(a);
		free(bases);
		return false;
	}
	n = collect(e, e->known, FLOW_NONE, a);
	m = collect(e, e->asked, e->member, a + n);
	votes = count_votes(e, a, n, m, bases);
	best = mode_of(bases, votes, &mode);
	/* Two may be all there is: then they must agree, and in time. */
	if ((best >= MIN_VOTES && best * 100 >= votes * MIN_SHARE) ||
	    (best == 2 && votes == 2 && e->hop->clock->known)) {
		base->isn[e->d] = seq_of(mode);
		base->known[e->d] = true;
		base->by_ack[e->d] = e->by_ack;
	}
	free(a);
	free(bases);
	return true;
}

static bool has_known(const struct trace *trace, enum direction d)
{
	for (uint32_t i = 0; i < trace->member_count; i++)
		if (trace->bases[i].known[d])
			return true;
	return false;
}

/* What the other paths show: the hop leaves that ISN alone. */
static void inherit(const struct election *e)
{
	struct base *base = &e->asked->bases[e->member];

	for (uint32_t k = 0; k < e->known->member_count; k++) {
		if (!e->known->bases[k].known[e->d])
			continue;
		base->isn[e->d] = e->known->bases[k].isn[e->d];
		base->known[e->d] = true;
	}
}

/* Fills the bases of `asked` that are missing. */
static bool fill(const struct hop *hop, const struct trace *known,
		 struct trace *asked, enum direction d)
{
	bool changed = false;

	if (!has_known(known, d))
		return true;
	for (uint32_t i = 0; i < asked->member_count; i++) {
		struct election e = {hop, known, asked, i, d, true, false};

		if (asked->bases[i].known[d])
			continue;
		if (!vote(&e))
			return false;
		e.by_ip_id = false;
		if (!asked->bases[i].known[d] && !vote(&e))
			return false;
		if (!asked->bases[i].known[d] && hop->keeps_isn[d])
			inherit(&e);
		e.by_ack = true;
		if (!asked->bases[i].known[d] && !vote(&e))
			return false;
		changed |= asked->bases[i].known[d];
	}
	if (changed)
		trace_rebase(asked);
	return true;
}

static bool spread(struct hop *hops, uint32_t hop_count, enum direction d)
{
	for (uint32_t i = 0; i < hop_count; i++)
		if (!fill(&hops[i], hops[i].before, hops[i].behind, d))
			return false;
	for (uint32_t i = hop_count; i-- > 0;)
		if (!fill(&hops[i], hops[i].behind, hops[i].before, d))
			return false;
	return true;
}

/* No SYN anywhere: the first number of the stream that the first point has. */
static void invent_base(struct trace *trace, enum direction d)
{
	vec_foreach (item, &trace->items) {
		struct base *base = &trace->bases[item->member];

		if (item->record.direction != d ||
		    (item->record.segment.flags & TCP_RST) != 0)
			continue;
		base->isn[d] = seq_add(item->record.segment.seq, (uint32_t)-1);
		base->known[d] = true;
		trace_rebase(trace);
		return;
	}
}

bool translation_find_bases(struct hop *hops, uint32_t hop_count)
{
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		bool any = false, all = true;

		for (uint32_t i = 0; i < hop_count; i++) {
			const struct trace *sides[2] = {hops[i].before,
							hops[i].behind};

			for (int k = 0; k < 2; k++)
				for (uint32_t m = 0; m < sides[k]->member_count;
				     m++) {
					any |= sides[k]->bases[m].known[d];
					all &= sides[k]->bases[m].known[d];
				}
		}
		if (all)
			continue;
		if (!any && hop_count > 0)
			invent_base(hops[0].before, d);
		if (!spread(hops, hop_count, d))
			return false;
	}
	return true;
}

/* ---- time ---- */

int64_t hop_clock_error(const struct hop *hop)
{
	const struct trace *trace = hop->before;
	const struct trace_item *items = trace->items.items;
	int64_t first, last;

	if (trace->items.count == 0)
		return clock_error(hop->clock, hop->clock->mid_ns);
	first = clock_error(hop->clock, items[0].record.time_ns);
	last = clock_error(hop->clock,
			   items[trace->items.count - 1].record.time_ns);
	return first > last ? first : last;
}

/* ---- habits ---- */

static bool same_kind(const struct segment *s, const struct segment *t)
{
	return s->len == t->len && (s->flags & CONTROL) == (t->flags & CONTROL);
}

static bool same_ip_id(const struct trace_item *a, const struct trace_item *b)
{
	const struct segment *s = &a->record.segment, *t = &b->record.segment;

	return s->ip_id != 0 && s->ip_id == t->ip_id && same_kind(s, t);
}

static bool same_numbers(const struct trace_item *a, const struct trace_item *b)
{
	return same_kind(&a->record.segment, &b->record.segment) &&
	       (!a->has_seq || !b->has_seq ||
		(uint32_t)a->seq == (uint32_t)b->seq) &&
	       (!a->has_ack || !b->has_ack ||
		(uint32_t)a->ack == (uint32_t)b->ack);
}

struct sample {
	uint32_t tried; /* packets that could be paired */
	uint32_t pairs, changes, without_sum;
	uint16_t last_ip_id;
};

static void note_sample(struct sample *sample, const struct segment *in,
			const struct segment *out)
{
	sample->pairs++;
	sample->changes += in->ip_id != sample->last_ip_id;
	sample->last_ip_id = in->ip_id;
	if (in->len > 0 && (!in->has_sum || !out->has_sum))
		sample->without_sum++;
}

static size_t next_of(const struct trace *trace, size_t at, enum direction d)
{
	while (at < trace->items.count &&
	       trace->items.items[at].record.direction != d)
		at++;
	return at;
}

/* Pairs packets that stand near each other and are the same by IP ID, or by
 * their numbers. Either way only to see how the hop treats other fields. */
/* Behind a packet and its copies: a routing loop shows one dozens of times. */
static size_t next_other(const struct trace *trace, size_t at, enum direction d)
{
	const struct record *one = &trace->items.items[at].record;
	size_t next = next_of(trace, at + 1, d);

	for (int k = 0; k < COPIES && next < trace->items.count &&
			record_is_copy(&trace->items.items[next].record, one);
	     k++)
		next = next_of(trace, next + 1, d);
	return next;
}

static void take_sample(const struct hop *hop, enum direction d, bool by_ip_id,
			struct sample *sample)
{
	const struct trace *in = hop_in(hop, d), *out = hop_out(hop, d);
	const struct trace_item *last = NULL;
	size_t cursor = next_of(out, 0, d);

	*sample = (struct sample){0};

	for (size_t i = next_of(in, 0, d);
	     i < in->items.count && sample->tried < SAMPLE;
	     i = next_of(in, i + 1, d)) {
		const struct trace_item *item = &in->items.items[i];
		const struct trace_item *previous = last;
		size_t at = cursor;

		last = item;
		if (by_ip_id &&
		    (item->record.segment.ip_id == 0 ||
		     (previous != NULL &&
		      record_is_copy(&previous->record, &item->record))))
			continue;
		sample->tried++;
		for (int k = 0; k < LOOK_AHEAD && at < out->items.count; k++) {
			const struct trace_item *other = &out->items.items[at];

			if (by_ip_id ? same_ip_id(item, other)
				     : same_numbers(item, other)) {
				note_sample(sample, &item->record.segment,
					    &other->record.segment);
				cursor = next_of(out, at + 1, d);
				break;
			}
			at = next_other(out, at, d);
		}
	}
}

struct offsets {
	uint32_t list[OFFSETS];
	uint32_t count, voters; /* packets that have one or more */
};

/* A packet has but one voice for each offset. */
static void take_offset(struct offsets *o, uint32_t first, uint32_t offset)
{
	for (uint32_t i = first; i < o->count; i++)
		if (o->list[i] == offset)
			return;
	o->list[o->count++] = offset;
}

/* TSval differences of packets that are alike and stand near each other:
 * right pairs agree on one, wrong ones scatter. `numbers`: only packets with
 * the same offsets count; either way they keep the two sides in step. */
static void list_offsets(const struct hop *hop, enum direction d, bool numbers,
			 struct offsets *o)
{
	const struct trace *in = hop_in(hop, d), *out = hop_out(hop, d);
	size_t from = next_of(out, 0, d);

	o->count = o->voters = 0;
	for (size_t i = next_of(in, 0, d);
	     i < in->items.count && o->count < OFFSETS;
	     i = next_of(in, i + 1, d), from = next_of(out, from + 1, d)) {
		const struct trace_item *item = &in->items.items[i];
		const struct segment *s = &item->record.segment;
		size_t at = from > LOOK_AHEAD ? from - LOOK_AHEAD : 0;
		size_t end = from + LOOK_AHEAD;
		uint32_t first = o->count;

		if ((s->options & OPTION_TIMESTAMPS) == 0)
			continue;
		for (; at < out->items.count && at < end && o->count < OFFSETS;
		     at++) {
			const struct trace_item *other = &out->items.items[at];
			const struct segment *t = &other->record.segment;
			bool same = same_numbers(item, other);

			if (other->record.direction != d || !same_kind(s, t) ||
			    (t->options & OPTION_TIMESTAMPS) == 0)
				continue;
			if (same || !numbers)
				take_offset(o, first, t->tsval - s->tsval);
			if (same)
				from = at;
		}
		o->voters += o->count > first;
	}
}

/* The offset that most voters have, if `share` of a hundred have it and no
 * other one nearly as many: of packets that are all alike, and sent in regular
 * bursts, the next burst's are as good. */
static bool settle_offset(struct offsets *o, unsigned share, uint32_t *offset)
{
	size_t best = 0, second = 0;

	if (o->count == 0)
		return false;
	qsort(o->list, o->count, sizeof(*o->list), compare_u32);
	for (size_t i = 0, run; i < o->count; i += run) {
		for (run = 1;
		     i + run < o->count && o->list[i + run] == o->list[i];)
			run++;
		if (run > best) {
			second = best;
			best = run;
			*offset = o->list[i];
		} else if (run > second) {
			second = run;
		}
	}
	return (best > 1 || o->voters == 1) &&
	       best * 100 >= (size_t)o->voters * share &&
	       second * 10 <= best * 9;
}

/* Packets that agree in their numbers tell; where too many do not agree, for
 * the numbers are what is wrong, all that are alike. */
static void settle_timestamps(const struct hop *hop, enum direction d,
			      struct habit *habit)
{
	struct offsets o;

	list_offsets(hop, d, true, &o);
	habit->ts_known =
		o.voters > 2 && settle_offset(&o, 60, &habit->ts_offset);
	if (habit->ts_known)
		return;
	list_offsets(hop, d, false, &o);
	habit->ts_known = settle_offset(&o, 40, &habit->ts_offset);
}

struct habit translation_habit(const struct hop *hop, enum direction d)
{
	struct sample sample;
	struct habit habit = {0};

	take_sample(hop, d, true, &sample);
	/* IDs that never change tell nothing apart. */
	habit.ip_id_kept = sample.pairs > 0 &&
			   sample.pairs * 10 >= sample.tried * 6 &&
			   sample.changes * 2 > sample.pairs;
	if (!habit.ip_id_kept)
		take_sample(hop, d, false, &sample);
	habit.sampled = sample.pairs;
	settle_timestamps(hop, d, &habit);
	habit.has_sums = sample.pairs > 0 && sample.without_sum == 0;
	return habit;
}
