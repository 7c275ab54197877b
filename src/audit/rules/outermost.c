/* SPDX-License-Identifier: MIT
 *
 * RFC 9293 3.10.7.4 step 5 and RFC 5961 5.2, as an observer can apply them:
 * an ACK is out of the question when it lies below everything acknowledged
 * by more than the largest window, or beyond everything the peer was ever
 * seen to send by more than the window that it was offered. What lies between
 * may be data that the captures missed. An ACK that belongs to an earlier
 * connection on the same tuple (TIME_WAIT) is nobody's fault.
 */
#include "rules/outermost.h"

struct window {
	int64_t una;     /* highest valid ACK so far */
	int64_t next;    /* end of all that the peer sent, at any point */
	int64_t offered; /* largest window that the sender offered */
};

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

	for (uint32_t p = 0; p < c->point_count; p++)
		vec_foreach (item, &c->traces[p].items) {
			if (item->record.direction == d && item->has_seq &&
			    (item->record.segment.flags & TCP_RST) == 0 &&
			    trace_end(item) > end)
				end = trace_end(item);
		}
	return end;
}

/* Does the number belong to an earlier incarnation of the tuple? */
static bool is_of_older(const struct outermost *c, const struct trace *trace,
			const struct trace_item *item)
{
	const struct path *path = &c->paths->items[c->path];
	const struct path_flow *flows = path_flows(c->paths, path);
	const struct point *point = &c->points[trace->point];
	enum direction peer = opposite(item->record.direction);
	uint32_t member = 0;
	uint32_t older = FLOW_NONE;

	for (uint32_t i = 0; i < path->count; i++)
		if (flows[i].point == trace->point && member++ == item->member)
			older = point_flow(point, flows[i].flow)->older;
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

static bool sent_before(const struct trace *trace,
			const struct trace_item *item)
{
	for (const struct trace_item *i = trace->items.items; i < item; i++)
		if (i->record.direction == item->record.direction &&
		    i->has_ack && i->ack == item->ack)
			return true;
	return false;
}

static void note(const struct outermost *c, const struct trace *trace,
		 const struct trace_item *item, enum finding_kind kind,
		 struct findings *findings)
{
	enum direction d = item->record.direction;
	uint32_t hop = d == FROM_CLIENT ? HOP_UPSTREAM : HOP_DOWNSTREAM;
	struct finding *f = NULL;

	vec_foreach (old, &findings->list) {
		if (old->kind == kind && old->path == c->path &&
		    old->hop == hop && old->direction == d)
			f = old;
	}
	if (f == NULL) {
		f = findings_add(findings, kind);
		if (f == NULL)
			return;
		f->path = c->path;
		f->hop = hop;
		f->direction = d;
		f->match_class = NW_MATCH_CERTAIN;
		f->observed = one_number(item->record.segment.ack.n);
		f->onset_ns = item->record.time_ns;
	}
	f->count++;
	finding_sight(f, trace, item, item->record.segment.ack.n);
}

/* What is wrong with this ACK? KIND_COUNT: nothing. */
static enum finding_kind judge(const struct window *w, int64_t ack)
{
	if (ack > w->next + w->offered)
		return KIND_ACK_BEYOND_NXT;
	if (ack < w->una - w->offered - 65535)
		return KIND_ACK_BELOW_WINDOW;
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

void check_outermost(const struct outermost *c, enum direction d,
		     struct findings *findings)
{
	const struct trace *trace =
		&c->traces[d == FROM_CLIENT ? 0 : c->point_count - 1];
	const size_t from = findings->list.count;
	struct window w;
	uint64_t checked = 0;

	if (!bases_are_sure(trace))
		return;
	w = observe(c, trace, d);
	vec_foreach (item, &trace->items) {
		enum finding_kind kind;

		if (item->record.direction != d || !item->has_ack ||
		    (item->record.segment.flags & TCP_RST) != 0)
			continue;
		checked++;
		kind = judge(&w, item->ack);
		if (kind == KIND_COUNT) {
			if (item->ack > w.una)
				w.una = item->ack;
			continue;
		}
		if (is_of_older(c, trace, item) ||
		    (kind == KIND_ACK_BELOW_WINDOW && w.una > 1 &&
		     sent_before(trace, item) && findings->list.count == from))
			continue;
		note(c, trace, item, kind, findings);
		if (findings->list.count > from) {
			struct finding *f = &findings->list.items[from];

			if (f->count == 1)
				f->expected =
					one_number(trace->bases[item->member]
							   .isn[opposite(d)]
							   .n +
						   (uint32_t)nearest_allowed(
							   &w, item->ack));
		}
	}
	for (size_t i = from; i < findings->list.count; i++)
		findings->list.items[i].exposure = checked;
}
