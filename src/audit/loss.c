/* SPDX-License-Identifier: MIT
 *
 * A segment that came to a hop and is not seen behind it was
 *  - missed by the capture behind, if a later point saw it, or if the
 *    receiver acknowledged it before any copy passed;
 *  - dropped, if the receiver kept asking for it while later data passed, or
 *    said nothing until the sender repeated it, or if no copy ever passed
 *    however often it was sent.
 * Anything else is open: a lost pure ACK or RST leaves no trace.
 */
#include "loss.h"

#include "bisect.h"

#include "rules/reset.h"

#include <math.h>

#define PATIENCE_NS INT64_C(190000000)         /* a receiver answers sooner */
#define LONGEST_NS  (20 * INT64_C(1000000000)) /* that anybody waits */
#define MOST_RESETS 16   /* of a flow and direction; more say no more */
#define PERSISTENT  3    /* copies that never passed prove a black hole */
#define CERTAIN     1e-3 /* chance that a drop is a coincidence, at most */

enum loss { LOSS_OPEN, LOSS_MISSED, LOSS_DROPPED, LOSS_FOR_GOOD };

/* One direction of one hop, and what lies behind it. */
struct view {
	const struct loss_path *path;
	uint32_t at; /* into the path's hops */
	enum direction d;
	const struct trace *in, *out;
	const struct alignment *alignment;
	const struct clock *clock;
	int64_t stray_ns; /* what its drift may add */
	struct findings *findings;
	size_t from; /* the path's drops and resets begin here */
	struct tally *tally;
	struct check check;                /* of this path, hop and direction */
	int64_t reset_in_ns, reset_out_ns; /* first RST at either side */
	bool reset_both;                   /* the device has reset both ends */
};

static struct view view_of(const struct loss_path *path, uint32_t at,
			   enum direction d)
{
	const struct hop *hop = &path->hops[at];

	return (struct view){
		.path = path,
		.at = at,
		.d = d,
		.in = hop_in(hop, d),
		.out = hop_out(hop, d),
		.alignment = &path->alignments[at],
		.clock = hop->clock,
		.stray_ns = hop_clock_error(hop) - hop->clock->uncertainty_ns,
	};
}

/* When a packet of the in side is due on the out side, by its clock. */
static int64_t to_out(const struct view *v, int64_t in_ns)
{
	return v->clock->transit_ns + (v->d == FROM_CLIENT
					       ? clock_across(v->clock, in_ns)
					       : clock_back(v->clock, in_ns));
}

static int64_t slack_of(const struct view *v)
{
	return v->stray_ns + 4 * v->clock->jitter_ns + 3000000;
}

static bool is_reset(const struct trace_item *item)
{
	return (item->record.segment.flags & TCP_RST) != 0;
}

static bool takes_space(const struct trace_item *item)
{
	return item->has_seq && !is_reset(item) &&
	       segment_space(&item->record.segment) > 0;
}

/* First item of a trace at or after that time. */
static uint32_t first_since(const struct trace *trace, int64_t ns)
{
	return (uint32_t)bisect(i, trace->items.count,
				trace->items.items[i].record.time_ns < ns);
}

/* ---- witnesses ---- */

static bool is_same(const struct trace_item *a, const struct trace_item *b)
{
	const uint8_t control = TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK;
	const struct segment *s = &a->record.segment, *t = &b->record.segment;

	return a->record.direction == b->record.direction && s->len == t->len &&
	       ((s->flags ^ t->flags) & control) == 0 &&
	       a->has_seq == b->has_seq &&
	       (uint32_t)a->seq == (uint32_t)b->seq &&
	       (uint32_t)a->ack == (uint32_t)b->ack;
}

/* Is there a like packet at that time, without a mate nearer by, on the far
 * side of a hop? */
static bool is_seen(const struct view *v, const struct trace_item *item,
		    int64_t due)
{
	const uint32_t *mates = v->alignment->mates[v->d];
	const uint8_t *how = v->alignment->how[v->d];
	int64_t slack = slack_of(v);

	for (uint32_t i = first_since(v->out, due - slack);
	     i < v->out->items.count &&
	     v->out->items.items[i].record.time_ns <= due + slack;
	     i++)
		if ((mates[i] == NO_MATE || how[i] == PAIR_RESEGMENTED) &&
		    is_same(&v->out->items.items[i], item))
			return true;
	return false;
}

/* Did one of the next two points farther along see it? */
static bool has_witness(const struct view *v, const struct trace_item *item)
{
	int64_t due = to_out(v, item->record.time_ns);
	uint32_t from = v->out->point, at = v->at;

	for (int i = 0; i < 2; i++) {
		struct view next;

		if (v->d == FROM_CLIENT ? ++at >= v->path->count : at-- == 0)
			return false;
		next = view_of(v->path, at, v->d);
		if (!next.clock->known || next.in->point != from)
			return false; /* a gap, or no common time */
		due = to_out(&next, due);
		if (is_seen(&next, item, due))
			return true;
		from = next.out->point;
	}
	return false;
}

/* ---- what happened behind ---- */

struct aftermath {
	bool copied, acked;
	int64_t copied_ns; /* first copy of the range on the out side */
	int64_t acked_ns;  /* first ACK of it there */
	uint32_t asked;    /* ACKs that ask for it after later data passed */
};

/* Reads on from when it was due until either a copy or an ACK tells, or for
 * as long as anybody would wait. */
static void look_behind(const struct view *v, const struct trace_item *item,
			int64_t due, struct aftermath *a)
{
	int64_t end = trace_end(item), slack = slack_of(v);
	bool later = false;

	for (uint32_t i = first_since(v->out, due - slack);
	     i < v->out->items.count && !a->copied && !a->acked; i++) {
		const struct trace_item *other = &v->out->items.items[i];
		int64_t t = other->record.time_ns;

		if (t > due + LONGEST_NS)
			return;
		if (is_reset(other))
			continue;
		if (other->record.direction == v->d) {
			if (!takes_space(other))
				continue;
			a->copied = other->seq <= item->seq &&
				    trace_end(other) >= end;
			a->copied_ns = t;
			later |= other->seq >= end;
		} else if (other->has_ack) {
			a->acked = other->ack >= end;
			a->acked_ns = t;
			a->asked += later && other->ack == item->seq;
		}
	}
}

/* Up to PERSISTENT times sent, within that time. */
static uint32_t count_sent(const struct trace *in, const struct trace_item *one)
{
	const struct trace_item *end = in->items.items + in->items.count;
	uint32_t n = 0;

	for (const struct trace_item *i = one;
	     i < end && n < PERSISTENT &&
	     i->record.time_ns <= one->record.time_ns + LONGEST_NS;
	     i++)
		n += i->record.direction == one->record.direction &&
		     takes_space(i) && i->seq == one->seq &&
		     trace_end(i) == trace_end(one);
	return n;
}

static int64_t first_reset(const struct trace *trace)
{
	vec_foreach (item, &trace->items)
		if (is_reset(item))
			return item->record.time_ns;
	return INT64_MAX;
}

/* Was every tap of the point capturing, before and for a while after? */
static bool was_watching(const struct view *v, int64_t at_ns)
{
	const struct point *point = &v->path->points[v->out->point];

	vec_foreach (input, &point->inputs)
		if (input->packets == 0 || input->first_ns >= at_ns ||
		    input->last_ns <= at_ns + 5 * PATIENCE_NS)
			return false;
	return true;
}

static enum loss judge(const struct view *v, const struct trace_item *item)
{
	struct aftermath a = {0};
	int64_t due = to_out(v, item->record.time_ns);

	if (!v->clock->known)
		return LOSS_OPEN;
	if (has_witness(v, item))
		return LOSS_MISSED;
	/* After a RST all is off; and what came when the tuple had another
	 * connection was filed there. */
	if (!takes_space(item) || due + slack_of(v) >= v->out->until_ns ||
	    v->reset_in_ns < item->record.time_ns || v->reset_out_ns < due)
		return LOSS_OPEN;
	look_behind(v, item, due, &a);
	if (a.copied && a.copied_ns <= due + slack_of(v))
		return LOSS_OPEN; /* a repetition, or other borders */
	if (a.acked)
		return LOSS_MISSED;
	if (a.copied && a.asked > 0)
		return LOSS_DROPPED;
	if (!was_watching(v, due))
		return LOSS_OPEN;
	if (a.copied && a.copied_ns - due > PATIENCE_NS)
		return LOSS_DROPPED;
	if (!a.copied && count_sent(v->in, item) >= PERSISTENT)
		return LOSS_FOR_GOOD;
	return LOSS_OPEN;
}

/* Is there a flow behind the hop that begins with this very packet? Then it
 * may have left on another tuple. */
static bool may_have_moved(const struct view *v, const struct trace_item *item)
{
	const struct strays *strays = v->path->strays;
	const struct base *a = v->in->bases, *b = v->out->bases;
	const struct segment *s = &item->record.segment;
	enum direction peer = opposite(v->d);
	uint32_t ack = 0;

	if (strays == NULL || v->d != FROM_CLIENT)
		return false;
	if ((s->flags & TCP_ACK) != 0)
		ack = s->ack.n + b->isn[peer].n - a->isn[peer].n;
	return strays_have(&strays[v->path->indexes[v->at]],
			   s->seq.n + b->isn[v->d].n - a->isn[v->d].n, ack,
			   s->len);
}

/* ---- findings ---- */

static struct finding *find_or_add(const struct view *v, enum finding_kind kind)
{
	uint32_t hop = v->path->indexes[v->at];
	struct finding *f;

	for (size_t i = v->from; i < v->findings->list.count; i++) {
		f = &v->findings->list.items[i];
		if (f->kind == kind && f->direction == v->d && f->hop == hop)
			return f;
	}
	f = findings_add(v->findings, kind);
	if (f == NULL)
		return NULL;
	f->path = v->path->path;
	f->hop = hop;
	f->direction = v->d;
	f->match_class = v->path->match_classes[v->at];
	return f;
}

static struct finding *note(struct view *v, enum finding_kind kind,
			    const struct trace *trace,
			    const struct trace_item *item)
{
	struct finding *f = find_or_add(v, kind);

	if (f == NULL)
		return NULL;
	v->check.violations++;
	if (f->count++ == 0)
		f->onset_ns = item->record.time_ns;
	finding_sight(f, trace, item, item->record.segment.seq.n);
	return f;
}

static void judge_missing(struct view *v)
{
	const uint32_t *taken = v->alignment->taken[v->d];

	for (uint32_t i = 0; i < v->in->items.count; i++) {
		const struct trace_item *item = &v->in->items.items[i];
		struct finding *f;
		enum loss loss;

		if (item->record.direction != v->d)
			continue;
		v->check.compared++;
		if (taken[i] != NO_MATE)
			continue;
		loss = judge(v, item);
		if (loss >= LOSS_DROPPED && may_have_moved(v, item))
			loss = LOSS_OPEN;
		v->tally->missed[v->d] += loss == LOSS_MISSED;
		v->tally->dropped[v->d] += loss == LOSS_DROPPED;
		if (loss != LOSS_DROPPED && loss != LOSS_FOR_GOOD)
			continue;
		f = note(v, KIND_PATH_DROP, v->in, item);
		if (f != NULL && loss == LOSS_FOR_GOOD)
			f->severity = NW_ERROR;
	}
}

/* ---- resets out of nowhere ---- */

static uint8_t usual_ttl(const struct view *v)
{
	const uint32_t *mates = v->alignment->mates[v->d];
	uint32_t counts[256] = {0};
	uint8_t mode = 0;

	for (uint32_t i = 0; i < v->out->items.count; i++) {
		const struct trace_item *item = &v->out->items.items[i];
		uint8_t ttl = item->record.segment.ttl;

		if (item->record.direction == v->d && mates[i] != NO_MATE &&
		    ++counts[ttl] > counts[mode])
			mode = ttl;
	}
	return mode;
}

/* Does the sender go on as if it had sent no RST? With data it does; ACKs may
 * have been under way. */
static bool goes_on(const struct view *v, const struct trace_item *reset)
{
	int64_t t = reset->record.time_ns + slack_of(v);

	vec_foreach (item, &v->in->items)
		if (item->record.direction == v->d && !is_reset(item) &&
		    item->has_seq && item->record.segment.len > 0 &&
		    to_out(v, item->record.time_ns) > t &&
		    item->seq >= reset->seq)
			return true;
	return false;
}

/* Did it send one that is not seen behind? Then this may be that one. */
static bool sender_reset(const struct view *v)
{
	const uint32_t *taken = v->alignment->taken[v->d];

	for (uint32_t i = 0; i < v->in->items.count; i++)
		if (v->in->items.items[i].record.direction == v->d &&
		    is_reset(&v->in->items.items[i]) && taken[i] == NO_MATE)
			return true;
	return false;
}

/* Points on the sender's side that saw the path and no such RST. */
static uint32_t points_without(const struct view *v)
{
	uint32_t at = v->at, n = 0;

	for (;;) {
		const struct hop *hop = &v->path->hops[at];

		n++;
		if (v->d == FROM_CLIENT ? at == 0 : at + 1 == v->path->count)
			return n;
		at = v->d == FROM_CLIENT ? at - 1 : at + 1;
		if (hop_out(&v->path->hops[at], v->d)->point !=
		    hop_in(hop, v->d)->point)
			return n;
	}
}

/* One capture may have missed a RST; it is the other's word that the sender
 * went on, or that nobody on its side saw a RST which looks like another
 * host's. */
static bool is_injected(const struct view *v, const struct trace_item *item,
			uint8_t ttl)
{
	int off = item->record.segment.ttl - ttl;

	if (item->has_seq && goes_on(v, item))
		return true;
	return (off < -1 || off > 1) && points_without(v) > 1;
}

static void judge_resets(struct view *v)
{
	const uint32_t *mates = v->alignment->mates[v->d];
	uint8_t ttl;

	if (v->reset_both || v->reset_out_ns == INT64_MAX || sender_reset(v))
		return;
	ttl = usual_ttl(v);
	for (uint32_t i = 0, judged = 0;
	     i < v->out->items.count && judged < MOST_RESETS; i++) {
		const struct trace_item *item = &v->out->items.items[i];

		if (item->record.direction != v->d || !is_reset(item) ||
		    mates[i] != NO_MATE || ttl == 0)
			continue;
		judged++;
		if (is_injected(v, item, ttl))
			note(v, KIND_PATH_INJECT_RST, v->out, item);
		else
			v->tally->undecided++;
	}
}

static void judge_direction(struct view *v)
{
	struct check *sum = &v->tally->checks[CHECK_PATH][v->d];

	v->reset_in_ns = first_reset(v->in);
	v->reset_out_ns = first_reset(v->out);
	judge_missing(v);
	judge_resets(v);
	for (size_t i = v->from; i < v->findings->list.count; i++) {
		struct finding *f = &v->findings->list.items[i];

		if (f->direction == v->d && f->hop == v->path->indexes[v->at])
			f->exposure = v->check.compared;
	}
	sum->compared += v->check.compared;
	sum->violations += v->check.violations;
	sum->paths += v->check.compared > 0;
}

/* Resets of both ends are one fact, not one in the name of each. */
static bool judge_reset_of_both(struct view *v)
{
	const struct hop *hop = &v->path->hops[v->at];
	struct double_reset reset;
	struct finding *f;

	if (!reset_both(hop, v->alignment, v->path->points, &reset))
		return false;
	f = note(v, KIND_PATH_DEVICE_RESET, hop->behind, reset.behind);
	if (f != NULL) {
		finding_sight(f, hop->before, reset.before,
			      reset.before->record.segment.seq.n);
		f->wait_ns = reset.idle_ns;
	}
	return true;
}

void loss_judge(const struct loss_path *path, struct findings *findings,
		struct tally *tallies)
{
	const size_t from = findings->list.count;

	for (uint32_t at = 0; at < path->count; at++) {
		const struct hop *hop = &path->hops[at];
		bool reset_both = false;

		/* A connection on several tuples is not followed here, nor
		 * what a proxy takes in and sends out anew. */
		if (hop->is_proxy || hop->before->member_count > 1 ||
		    hop->behind->member_count > 1)
			continue;
		for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
			struct view v = view_of(path, at, d);

			v.findings = findings;
			v.from = from;
			v.tally = &tallies[path->indexes[at]];
			if (d == FROM_CLIENT)
				reset_both = judge_reset_of_both(&v);
			v.reset_both = reset_both;
			judge_direction(&v);
		}
	}
}

/* ---- all paths together ---- */

/* Segments that the far side's capture missed and that were then lost farther
 * on look like drops of this hop. At least as many as these, by chance: an
 * upper bound (Chernoff's), the chance of one being that the capture missed it
 * as often as it is known to have, and once more, and that one in a hundred is
 * lost farther on, or as many as are known to be. */
static double chance_of_coincidence(const struct tally *tally, uint64_t beyond,
				    enum direction d)
{
	double sent = (double)tally->checks[CHECK_PATH][d].compared;
	double lost = ((double)beyond + 1) / sent;
	double mean =
		((double)tally->missed[d] + 1) * (lost > 0.01 ? lost : 0.01);
	double n = (double)tally->dropped[d];

	return n > mean ? exp(n - mean + n * log(mean / n)) : 1;
}

static bool may_be_missed(const struct tally *tallies, uint32_t hop_count,
			  uint32_t hop, enum direction d)
{
	uint64_t beyond = 0;

	if (tallies[hop].dropped[d] == 0)
		return false;
	for (uint32_t h = 0; h < hop_count; h++)
		if (d == FROM_CLIENT ? h > hop : h < hop)
			beyond += tallies[h].dropped[d];
	return chance_of_coincidence(&tallies[hop], beyond, d) > CERTAIN;
}

void loss_weigh(struct findings *findings, struct tally *tallies,
		uint32_t hop_count)
{
	vec_foreach (f, &findings->list) {
		struct tally *tally;

		if (f->kind != KIND_PATH_DROP || f->severity == NW_ERROR ||
		    !may_be_missed(tallies, hop_count, f->hop, f->direction))
			continue;
		tally = &tallies[f->hop];
		f->is_open = true;
		f->severity = NW_INFO;
		tally->open[f->direction] += f->count;
		tally->checks[CHECK_PATH][f->direction].violations -= f->count;
	}
}
