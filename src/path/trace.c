/* SPDX-License-Identifier: MIT
 *
 * Offsets are unwrapped to 64 bits along the way: each is the one nearest to
 * the stream's last offset, so that streams longer than 4 GiB and numbers
 * that wrap need no special case.
 */
#include "trace.h"

static bool add_flow(struct trace *trace, const struct point *point,
		     const struct flow *flow, uint16_t member)
{
	struct record_reader reader = point_records(point, flow);

	if (!vec_reserve(&trace->items, trace->items.count + flow->packets))
		return false;
	while (trace->items.count < trace->items.capacity) {
		struct trace_item *item =
			&trace->items.items[trace->items.count];

		if (!record_next(&reader, &item->record))
			break;
		item->member = member;
		trace->items.count++;
	}
	return true;
}

static int compare_item(const void *a, const void *b)
{
	const struct record *x = &((const struct trace_item *)a)->record;
	const struct record *y = &((const struct trace_item *)b)->record;

	if (x->time_ns != y->time_ns)
		return x->time_ns > y->time_ns ? 1 : -1;
	if (x->file != y->file)
		return x->file > y->file ? 1 : -1;
	return (x->frame > y->frame) - (x->frame < y->frame);
}

bool trace_load(struct trace *trace, const struct point *point,
		const struct path_flow *flows, uint32_t count)
{
	struct base *bases =
		realloc(trace->bases, (count + 1u) * sizeof(*bases));
	bool unordered = count > 1;

	if (bases == NULL)
		return false;
	trace->bases = bases;
	trace->member_count = count;
	trace->items.count = 0;
	trace->until_ns = INT64_MAX;
	for (uint32_t i = 0; i < count; i++) {
		const struct flow *flow = point_flow(point, flows[i].flow);

		trace->bases[i] = (struct base){0};
		for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
			trace->bases[i].isn[d] = flow->isn[d];
			trace->bases[i].known[d] = flow_has_isn(flow, d);
			trace->bases[i].from_syn[d] = flow_has_isn(flow, d);
		}
		unordered |= flow->unordered;
		if (flow->newer != FLOW_NONE &&
		    point_flow(point, flow->newer)->first_ns < trace->until_ns)
			trace->until_ns =
				point_flow(point, flow->newer)->first_ns;
		if (!add_flow(trace, point, flow, (uint16_t)i))
			return false;
	}
	if (unordered)
		qsort(trace->items.items, trace->items.count,
		      sizeof(struct trace_item), compare_item);
	trace_rebase(trace);
	return true;
}

void trace_fini(struct trace *trace)
{
	vec_fini(&trace->items);
	free(trace->bases);
	*trace = (struct trace){0};
}

/* Moves `near` along with the stream, but not after a number that is far
 * off: one corrupted number must not carry the next ones away. */
static void follow(int64_t *near, int64_t offset)
{
	if (offset > *near && offset - *near < INT64_C(1) << 30)
		*near = offset;
}

void trace_rebase(struct trace *trace)
{
	int64_t near[2] = {0, 0}; /* by stream, over all members */

	vec_foreach (item, &trace->items) {
		const struct segment *s = &item->record.segment;
		const struct base *base = &trace->bases[item->member];
		enum direction d = item->record.direction, peer = opposite(d);

		item->has_seq = base->known[d];
		item->has_ack = base->known[peer] && (s->flags & TCP_ACK) != 0;
		item->seq = 0;
		item->ack = 0;
		if (item->has_seq) {
			item->seq = seq_unwrap(s->seq, base->isn[d], near[d]);
			if ((s->flags & TCP_RST) == 0)
				follow(&near[d], item->seq + segment_space(s));
		}
		if (item->has_ack)
			item->ack =
				seq_unwrap(s->ack, base->isn[peer], near[peer]);
	}
}

static uint8_t window_shift(const struct trace *trace, enum direction d)
{
	bool both[2] = {false, false};
	uint8_t shift = 0;

	vec_foreach (item, &trace->items) {
		const struct segment *s = &item->record.segment;

		if ((s->flags & TCP_SYN) == 0 ||
		    (s->options & OPTION_WSCALE) == 0)
			continue;
		both[item->record.direction] = true;
		if (item->record.direction == d)
			shift = s->wscale > 14 ? 14 : s->wscale;
	}
	return both[0] && both[1] ? shift : 0;
}

int64_t trace_window(const struct trace *trace, enum direction d)
{
	uint8_t shift = window_shift(trace, d);
	int64_t largest = 0;

	vec_foreach (item, &trace->items) {
		const struct segment *s = &item->record.segment;
		int64_t window = s->window;

		if (item->record.direction != d || (s->flags & TCP_RST) != 0)
			continue;
		if ((s->flags & TCP_SYN) == 0)
			window <<= shift;
		if (window > largest)
			largest = window;
	}
	return largest;
}

int64_t trace_stream_end(const struct trace *trace, enum direction d)
{
	int64_t end = 1;

	vec_foreach (item, &trace->items) {
		if (item->record.direction == d && item->has_seq &&
		    (item->record.segment.flags & TCP_RST) == 0 &&
		    trace_end(item) > end)
			end = trace_end(item);
	}
	return end;
}
