/* SPDX-License-Identifier: MIT
 *
 * RFC 9293 3.10.7.4 step 5 and RFC 5961 5.2, as far as an observer may apply
 * them. An ACK is out of the question when it lies before the stream began, or
 * when it leaps beyond everything that was ever seen of the peer by more than
 * the window that the peer was offered. What grows step by step beyond the
 * data seen acknowledges data that the captures missed; an old number inside
 * the stream is an old segment. An ACK that belongs to an earlier connection
 * on the same tuple (TIME_WAIT) is nobody's fault.
 */
#include "rules/opening.h"

#include "rules/tsecr.h"

/* A stream does not leap so far, however much a capture misses. */
#define FARTHEST (INT64_C(1) << 24)

struct window {
	int64_t una;     /* highest valid ACK so far */
	int64_t next;    /* end of all that the peer must have sent */
	int64_t offered; /* largest window that the sender offered */
};

/* A simultaneous open (RFC 9293 section 3.5, figure 7): who is the client
 * depends on the point, and with it which side a packet came from. */
static bool both_opened(const struct trace *trace)
{
	bool opened[2] = {false, false};

	vec_foreach (item, &trace->items)
		if ((item->record.segment.flags & (TCP_SYN | TCP_ACK)) ==
		    TCP_SYN)
			opened[item->record.direction] = true;
	return opened[FROM_CLIENT] && opened[FROM_SERVER];
}

static bool bases_are_sure(const struct trace *trace)
{
	for (uint32_t i = 0; i < trace->member_count; i++)
		if (!trace->bases[i].from_syn[0] ||
		    !trace->bases[i].from_syn[1])
			return false;
	return trace->member_count > 0;
}

static int64_t end_of_stream(const struct outermost *c, enum direction d)
{
	int64_t end = 1; /* the SYN */

	for (uint32_t p = 0; p < c->point_count; p++) {
		int64_t here = trace_stream_end(&c->traces[p], d);

		if (here > end)
			end = here;
	}
	return end;
}

/* Does the number belong to an earlier incarnation of the tuple? */
static bool is_of_older(const struct outermost *c, const struct trace *trace,
			const struct trace_item *item)
{
	uint32_t count;
	const struct path_flow *flows = path_members(
		c->paths, &c->paths->items[c->path], trace->point, &count);
	const struct point *point = &c->points[trace->point];
	enum direction peer = opposite(item->record.direction);
	uint32_t older =
		item->member < count
			? point_flow(point, flows[item->member].flow)->older
			: FLOW_NONE;

	while (older != FLOW_NONE) {
		const struct flow *flow = point_flow(point, older);
		struct seq end = flow->codec.sides[peer].next;
		struct seq begin = flow->isn_seen >> peer & 1
					   ? flow->isn[peer]
					   : seq_add(end, (uint32_t)-1);

		if (item->record.segment.ack.n - begin.n <= end.n - begin.n + 1)
			return true;
		older = flow->older;
	}
	return false;
}

static struct finding *find_or_add(const struct outermost *c, enum direction d,
				   enum finding_kind kind,
				   struct findings *findings, size_t from)
{
	struct finding *f;

	for (size_t i = from; i < findings->list.count; i++) {
		f = &findings->list.items[i];
		if (f->kind == kind)
			return f;
	}
	f = findings_add(findings, kind);
	if (f == NULL)
		return NULL;
	f->path = c->path;
	f->hop = d == FROM_CLIENT ? HOP_UPSTREAM : HOP_DOWNSTREAM;
	f->direction = d;
	f->match_class = NW_MATCH_CERTAIN;
	return f;
}

/* What is wrong with this ACK? KIND_COUNT: nothing. */
static enum finding_kind judge(struct window *w, int64_t ack)
{
	if (ack < 0)
		return KIND_ACK_BELOW_WINDOW;
	if (ack > w->next + w->offered)
		return KIND_ACK_BEYOND_NXT;
	if (ack > w->next)
		w->next = ack; /* it shows what the captures missed */
	if (ack > w->una)
		w->una = ack;
	return KIND_COUNT;
}

static int64_t nearest_allowed(const struct window *w, int64_t ack)
{
	return ack < w->una ? w->una : w->next;
}

static struct window observe(const struct outermost *c,
			     const struct trace *trace, enum direction d)
{
	struct window w = {.una = 1};

	w.next = end_of_stream(c, opposite(d));
	w.offered = trace_window(trace, d);
	return w;
}

static void note(struct finding *f, const struct trace *trace,
		 const struct trace_item *item, const struct window *w)
{
	enum direction peer = opposite(item->record.direction);
	uint32_t ack = item->record.segment.ack.n;
	int64_t due;

	if (f->count++ == 0) {
		f->onset_ns = item->record.time_ns;
		f->observed = one_number(ack);
		due = f->kind == KIND_ACK_HANDSHAKE_MISMATCH
			      ? 1
			      : nearest_allowed(w, item->ack);
		f->expected = one_number(
			trace->bases[item->member].isn[peer].n + (uint32_t)due);
	}
	finding_sight(f, trace, item, ack);
}

/* Before the handshake is answered a socket in TIME_WAIT may speak of the
 * connection before. */
static bool is_answered(const struct trace_item *item)
{
	return (item->record.segment.flags & TCP_SYN) != 0 &&
	       item->record.direction == FROM_SERVER && item->has_ack;
}

/* Is the segment's own number near its stream? If it is not, the segment is
 * one of another connection on the tuple, whose SYN the capture lacks, and its
 * ACK says nothing about this one. */
static bool is_in_place(const struct trace_item *item, int64_t *end)
{
	if (!item->has_seq || item->seq < -1 || item->seq > *end + FARTHEST)
		return false;
	if (trace_end(item) > *end)
		*end = trace_end(item);
	return true;
}

/* What a pass over one direction knows so far. */
struct pass {
	struct window window;
	int64_t own_end;
	bool answered; /* the handshake was */
	struct echo_watch echoes;
};

static struct pass begin_pass(const struct outermost *c,
			      const struct trace *trace, enum direction d)
{
	return (struct pass){.window = observe(c, trace, d)};
}

/* Has this packet an ACK of the direction that can be judged? */
static bool is_judged(struct pass *pass, const struct trace_item *item,
		      enum direction d)
{
	pass->answered |= is_answered(item);
	return item->record.direction == d && item->has_ack && pass->answered &&
	       (item->record.segment.flags & TCP_RST) == 0;
}

/* What its ACK is; KIND_COUNT: one that is possible. */
static enum finding_kind kind_of(const struct outermost *c,
				 const struct trace *trace, struct pass *pass,
				 const struct trace_item *item)
{
	enum finding_kind kind = judge(&pass->window, item->ack);

	if (kind != KIND_COUNT || item->ack == 0 || is_answered(item))
		kind = opening_judge(c, trace, item, kind);
	if (kind == KIND_COUNT && echo_contradicts(&pass->echoes, trace, item))
		kind = KIND_ACK_TSECR;
	return kind;
}

/* Passes once more over the direction: how did it set in? */
static struct onset find_onset(const struct outermost *c,
			       const struct trace *trace,
			       const struct finding *f)
{
	struct pass pass = begin_pass(c, trace, f->direction);
	struct onset_search search = {.was_wrong = false};
	struct onset onset;

	vec_foreach (item, &trace->items) {
		enum finding_kind kind;

		if (!is_judged(&pass, item, f->direction) ||
		    !is_in_place(item, &pass.own_end))
			continue;
		kind = kind_of(c, trace, &pass, item);
		if (kind == KIND_COUNT ||
		    (kind == f->kind && !is_of_older(c, trace, item)))
			onset_take(&search, NULL, item, kind == f->kind);
	}
	onset = onset_found(&search, NULL, trace);
	if (search.right[1] != NULL)
		onset.right_value = search.right[1]->record.segment.ack.n;
	return onset;
}

void check_outermost(const struct outermost *c, enum direction d,
		     struct findings *findings)
{
	const struct trace *trace =
		&c->traces[d == FROM_CLIENT ? 0 : c->point_count - 1];
	const size_t from = findings->list.count;
	struct pass pass;
	uint64_t checked = 0;

	if (!bases_are_sure(trace))
		return;
	pass = begin_pass(c, trace, d);
	vec_foreach (item, &trace->items) {
		enum finding_kind kind;
		struct finding *f;

		if (!is_judged(&pass, item, d))
			continue;
		checked++;
		if (!is_in_place(item, &pass.own_end))
			continue;
		kind = kind_of(c, trace, &pass, item);
		if (kind == KIND_COUNT || is_of_older(c, trace, item))
			continue;
		if (from == findings->list.count && both_opened(trace))
			return; /* asked once, and only where it matters */
		f = find_or_add(c, d, kind, findings, from);
		if (f != NULL)
			note(f, trace, item, &pass.window);
	}
	for (size_t i = from; i < findings->list.count; i++) {
		struct finding *f = &findings->list.items[i];

		f->exposure = checked;
		f->onset = find_onset(c, trace, f);
	}
}
