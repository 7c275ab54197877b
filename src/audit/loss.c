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

#define PATIENCE_NS INT64_C(190000000) /* a receiver answers sooner */
#define PERSISTENT  3 /* copies that never passed prove a black hole */

enum loss { LOSS_OPEN, LOSS_MISSED, LOSS_DROPPED, LOSS_FOR_GOOD };

/* One direction of one hop, and what lies behind it. */
struct view {
	const struct loss_path *path;
	uint32_t at; /* into the path's hops */
	enum direction d;
	const struct trace *in, *out;
	const struct alignment *alignment;
	const struct clock *clock;
	struct findings *findings;
	size_t from; /* the path's drops and resets begin here */
	struct tally *tally;
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
	return 4 * v->clock->jitter_ns + 3000000;
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

/* Is there a like packet, without a mate nearer by, on the out side of a hop
 * farther along? */
static bool has_witness(const struct view *v, const struct trace_item *item)
{
	uint32_t at = v->at;

	for (;;) {
		const struct trace *out;
		const uint32_t *mates;

		if (v->d == FROM_CLIENT ? ++at >= v->path->count : at-- == 0)
			return false;
		out = hop_out(&v->path->hops[at], v->d);
		mates = v->path->alignments[at].mates[v->d];
		for (uint32_t i = 0; i < out->items.count; i++)
			if (mates[i] == NO_MATE &&
			    is_same(&out->items.items[i], item))
				return true;
	}
}

/* ---- what happened behind ---- */

struct aftermath {
	bool copied, acked;
	int64_t copied_ns; /* first copy of the range on the out side */
	int64_t acked_ns;  /* first ACK of it there */
	uint32_t asked;    /* ACKs that ask for it after later data passed */
	bool reset;        /* a RST on either side before it: all is off */
};

static void look_behind(const struct view *v, const struct trace_item *item,
			int64_t from_ns, struct aftermath *a)
{
	int64_t end = trace_end(item);
	bool later = false;

	vec_foreach (other, &v->out->items) {
		int64_t t = other->record.time_ns;

		if (is_reset(other)) {
			a->reset |= t < from_ns;
			continue;
		}
		if (other->record.direction == v->d) {
			if (!takes_space(other))
				continue;
			if (other->seq <= item->seq &&
			    trace_end(other) >= end && !a->copied) {
				a->copied = true;
				a->copied_ns = t;
			}
			later |=
				other->seq >= end && t >= from_ns - slack_of(v);
			continue;
		}
		if (!other->has_ack || t < from_ns - slack_of(v))
			continue;
		if (other->ack >= end && !a->acked) {
			a->acked = true;
			a->acked_ns = t;
		}
		a->asked += later && other->ack == item->seq && !a->copied;
	}
}

static uint32_t count_sent(const struct trace *in, const struct trace_item *one)
{
	uint32_t n = 0;

	vec_foreach (item, &in->items)
		n += item->record.direction == one->record.direction &&
		     takes_space(item) && item->seq == one->seq &&
		     trace_end(item) == trace_end(one);
	return n;
}

static bool was_reset(const struct trace *in, const struct trace_item *item)
{
	for (const struct trace_item *i = in->items.items; i < item; i++)
		if (is_reset(i))
			return true;
	return false;
}

/* Was the point capturing, before and for a while after? */
static bool was_watching(const struct view *v, int64_t at_ns)
{
	const struct point *point = &v->path->points[v->out->point];
	bool before = false, after = false;

	vec_foreach (input, &point->inputs) {
		before |= input->packets > 0 && input->first_ns < at_ns;
		after |= input->packets > 0 &&
			 input->last_ns > at_ns + 5 * PATIENCE_NS;
	}
	return before && after;
}

static enum loss judge(const struct view *v, const struct trace_item *item)
{
	struct aftermath a = {0};
	int64_t due = to_out(v, item->record.time_ns);

	if (has_witness(v, item))
		return LOSS_MISSED;
	if (!takes_space(item) || !v->clock->known)
		return LOSS_OPEN;
	look_behind(v, item, due, &a);
	if (a.reset || was_reset(v->in, item))
		return LOSS_OPEN;
	if (a.copied && a.copied_ns <= due + slack_of(v))
		return LOSS_OPEN; /* a repetition, or other borders */
	if (a.acked && (!a.copied || a.acked_ns < a.copied_ns))
		return LOSS_MISSED;
	if (!was_watching(v, due))
		return LOSS_OPEN;
	if (a.copied && (a.asked > 0 || a.copied_ns - due > PATIENCE_NS))
		return LOSS_DROPPED;
	if (!a.copied && count_sent(v->in, item) >= PERSISTENT)
		return LOSS_FOR_GOOD;
	return LOSS_OPEN;
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

static struct finding *note(const struct view *v, enum finding_kind kind,
			    const struct trace *trace,
			    const struct trace_item *item)
{
	struct finding *f = find_or_add(v, kind);

	if (f == NULL)
		return NULL;
	if (f->count++ == 0)
		f->onset_ns = item->record.time_ns;
	finding_sight(f, trace, item, item->record.segment.seq.n);
	return f;
}

static void judge_missing(const struct view *v)
{
	const uint32_t *taken = v->alignment->taken[v->d];

	for (uint32_t i = 0; i < v->in->items.count; i++) {
		const struct trace_item *item = &v->in->items.items[i];
		struct finding *f;
		enum loss loss;

		if (item->record.direction != v->d || taken[i] != NO_MATE)
			continue;
		loss = judge(v, item);
		v->tally->missed[v->d] += loss == LOSS_MISSED;
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

/* Does the sender go on as if it had sent no RST? */
static bool goes_on(const struct view *v, const struct trace_item *reset)
{
	vec_foreach (item, &v->in->items)
		if (item->record.direction == v->d && !is_reset(item) &&
		    item->has_seq && item->record.segment.len > 0 &&
		    to_out(v, item->record.time_ns) >
			    reset->record.time_ns + slack_of(v) &&
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

static void judge_resets(const struct view *v)
{
	const uint32_t *mates = v->alignment->mates[v->d];
	uint8_t ttl = usual_ttl(v);

	for (uint32_t i = 0; i < v->out->items.count; i++) {
		const struct trace_item *item = &v->out->items.items[i];
		int off = item->record.segment.ttl - ttl;

		if (item->record.direction != v->d || !is_reset(item) ||
		    mates[i] != NO_MATE || ttl == 0 || sender_reset(v))
			continue;
		if (off < -1 || off > 1 || (item->has_seq && goes_on(v, item)))
			note(v, KIND_PATH_INJECT_RST, v->out, item);
		else
			v->tally->undecided++;
	}
}

void loss_judge(const struct loss_path *path, struct findings *findings,
		struct tally *tallies)
{
	const size_t from = findings->list.count;

	for (uint32_t at = 0; at < path->count; at++) {
		const struct hop *hop = &path->hops[at];

		/* A connection on several tuples is not followed here. */
		if (hop->before->member_count > 1 ||
		    hop->behind->member_count > 1)
			continue;
		for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
			struct view v = view_of(path, at, d);

			v.findings = findings;
			v.from = from;
			v.tally = &tallies[path->indexes[at]];
			judge_missing(&v);
			judge_resets(&v);
		}
	}
}
