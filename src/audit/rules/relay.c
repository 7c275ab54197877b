/* SPDX-License-Identifier: MIT
 *
 * Who answers a SYN before it has passed the SYN on cannot know the server's
 * initial number, so the two sides show different ones; and the SYN/ACK is at
 * the client's side before the SYN is at the server's. The fitted clock does
 * not help to see that order, for it takes the SYN that the device sends for
 * the client's one. Other packets do: the client's first data cannot arrive
 * before they are sent, which bounds the difference of the clocks from above,
 * the server's first data bound it from below.
 *
 * A proxy has a client stream of its own besides, and acknowledges the
 * server's data before the client does.
 */
#include "rules/relay.h"

/* A capture may stamp a packet that much late, at each point. */
#define STAMP_NS  INT64_C(50000)
#define MAX_DRIFT 500e-6 /* of two clocks */

/* How a connection begins at one point; NULL: not seen. */
struct opening {
	const struct trace_item *syn, *syn_ack;
	const struct trace_item *data[2]; /* first bytes of each stream */
	const struct trace_item *fin;     /* of the client */
	bool syn_again;                   /* after the answer */
};

static bool is_first_data(const struct trace_item *item)
{
	return item->record.segment.len > 0 && item->has_seq &&
	       item->seq == 1 &&
	       (item->record.segment.flags & (TCP_SYN | TCP_RST)) == 0;
}

static void note_syn(struct opening *o, const struct trace_item *item)
{
	if (item->record.direction == FROM_CLIENT) {
		if (o->syn == NULL)
			o->syn = item;
		o->syn_again |= o->syn_ack != NULL;
	} else if (o->syn_ack == NULL) {
		o->syn_ack = item;
	}
}

static struct opening read_opening(const struct trace *trace)
{
	struct opening o = {0};

	vec_foreach (item, &trace->items) {
		enum direction d = item->record.direction;

		if ((item->record.segment.flags & TCP_SYN) != 0)
			note_syn(&o, item);
		else if (o.data[d] == NULL && is_first_data(item))
			o.data[d] = item;
		else if (d == FROM_CLIENT && o.fin == NULL &&
			 (item->record.segment.flags & TCP_FIN) != 0)
			o.fin = item;
	}
	return o;
}

/* The same bytes of the client behind the hop, wherever in the stream: a proxy
 * may have put a header before them. */
static const struct trace_item *find_same(const struct trace *trace,
					  const struct trace_item *data)
{
	const struct segment *s = &data->record.segment;

	vec_foreach (item, &trace->items) {
		const struct segment *t = &item->record.segment;

		if (item->record.direction == data->record.direction &&
		    t->len == s->len && t->has_sum && t->sum == s->sum)
			return item;
	}
	return NULL;
}

static int64_t between(const struct trace_item *from,
		       const struct trace_item *to)
{
	return to->record.time_ns - from->record.time_ns;
}

/* What drift may add over that time, and late stamps. */
static int64_t error_over(int64_t ns)
{
	return 2 * STAMP_NS +
	       (int64_t)((double)(ns < 0 ? -ns : ns) * MAX_DRIFT);
}

/* The clock behind minus the one before: not more, and not less. */
struct bounds {
	int64_t most, least;
};

/* Bytes that the device held back until it had a connection say little of the
 * clocks, the FIN says more. */
static int64_t tighter(const struct opening *a, const struct opening *b,
		       const struct bounds *bounds)
{
	int64_t fin;

	if (a->fin == NULL || b->fin == NULL)
		return bounds->most;
	fin = between(a->fin, b->fin);
	if (fin + error_over(between(a->data[1], a->fin)) < bounds->least ||
	    fin > bounds->most)
		return bounds->most;
	return fin;
}

static bool find_bounds(const struct hop *hop, const struct opening *a,
			const struct opening *b, struct bounds *bounds)
{
	const struct trace_item *same;

	if (a->data[0] == NULL || a->data[1] == NULL || b->data[1] == NULL ||
	    !a->data[0]->record.segment.has_sum)
		return false;
	same = find_same(hop->behind, a->data[0]);
	if (same == NULL)
		return false;
	bounds->most = between(a->data[0], same);
	bounds->least = between(a->data[1], b->data[1]);
	/* These are not the same copies at both points. */
	if (bounds->most + error_over(between(a->data[0], a->data[1])) <
	    bounds->least)
		return false;
	bounds->most = tighter(a, b, bounds);
	return true;
}

/* Is the answer there before the question was passed on? */
static bool answers_first(const struct opening *a, const struct opening *b,
			  const struct bounds *bounds)
{
	if (a->syn == NULL || a->syn_ack == NULL || b->syn == NULL ||
	    b->syn_ack == NULL || a->syn_again || b->syn_again ||
	    between(a->syn, a->syn_ack) < 0 || between(b->syn, b->syn_ack) < 0)
		return false;
	return between(a->syn_ack, b->syn) >
	       bounds->most + error_over(between(a->syn_ack, a->data[0]));
}

static bool both_differ(const struct hop *hop)
{
	const struct base *a = &hop->before->bases[0];
	const struct base *b = &hop->behind->bases[0];

	return a->from_syn[FROM_CLIENT] && b->from_syn[FROM_CLIENT] &&
	       !seq_equal(a->isn[FROM_CLIENT], b->isn[FROM_CLIENT]);
}

static const struct trace_item *first_ack(const struct trace *trace,
					  int64_t at_least)
{
	vec_foreach (item, &trace->items)
		if (item->record.direction == FROM_CLIENT && item->has_ack &&
		    item->ack >= at_least &&
		    (item->record.segment.flags & TCP_RST) == 0)
			return item;
	return NULL;
}

/* A border of the server's segments that had come by then? A corrupted ACK is
 * none, but by chance. */
static bool is_border(const struct trace *trace, const struct trace_item *ack)
{
	for (const struct trace_item *i = trace->items.items; i < ack; i++)
		if (i->record.direction == FROM_SERVER && i->has_seq &&
		    i->record.segment.len > 0 && trace_end(i) == ack->ack)
			return true;
	return false;
}

/* Does it acknowledge the server's data before the client does? */
static bool acks_first(const struct hop *hop, const struct opening *a,
		       const struct bounds *bounds)
{
	const struct trace_item *device = first_ack(hop->behind, 2);
	const struct trace_item *client;

	if (device == NULL || !is_border(hop->behind, device))
		return false;
	client = first_ack(hop->before, device->ack);
	return client != NULL &&
	       between(client, device) <
		       bounds->least - error_over(between(client, a->data[1]));
}

enum relay relay_find(const struct hop *hop)
{
	const struct base *a = hop->before->bases, *b = hop->behind->bases;
	struct opening before, behind;
	struct bounds bounds;

	if (hop->before->member_count != 1 || hop->behind->member_count != 1 ||
	    !a->from_syn[FROM_SERVER] || !b->from_syn[FROM_SERVER] ||
	    seq_equal(a->isn[FROM_SERVER], b->isn[FROM_SERVER]))
		return RELAY_NONE;
	before = read_opening(hop->before);
	behind = read_opening(hop->behind);
	if (!find_bounds(hop, &before, &behind, &bounds) ||
	    !answers_first(&before, &behind, &bounds))
		return RELAY_NONE;
	return both_differ(hop) && acks_first(hop, &before, &bounds)
		       ? RELAY_TERMINATED
		       : RELAY_SYN;
}
