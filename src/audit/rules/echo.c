/* SPDX-License-Identifier: MIT
 *
 * The RST is told from others by being the only one of its kind: both ends saw
 * exactly one RST without ACK from the server. With no shift between the two
 * points right and wrong look the same, and nothing is said.
 */
#include "rules/echo.h"

static bool is_bare_reset(const struct trace_item *item)
{
	return item->record.direction == FROM_SERVER &&
	       (item->record.segment.flags & (TCP_RST | TCP_ACK)) == TCP_RST;
}

/* The only bare RST of the server; NULL: none, or several. */
static const struct trace_item *only_reset(const struct trace *trace)
{
	const struct trace_item *only = NULL;

	vec_foreach (item, &trace->items) {
		if (!is_bare_reset(item))
			continue;
		if (only != NULL)
			return NULL;
		only = item;
	}
	return only;
}

/* The client's last ACK before the RST: the number that it waits for. */
static const struct trace_item *last_ack(const struct trace *trace,
					 const struct trace_item *until)
{
	const struct trace_item *last = NULL;

	for (const struct trace_item *i = trace->items.items; i < until; i++)
		if (i->record.direction == FROM_CLIENT && i->has_ack &&
		    (i->record.segment.flags & (TCP_SYN | TCP_RST)) == 0)
			last = i;
	return last;
}

static bool is_known(const struct trace *trace)
{
	return trace->member_count == 1 &&
	       trace->bases[0].from_syn[FROM_SERVER];
}

struct echo_result echo_test(const struct trace *client,
			     const struct trace *server,
			     const struct trace_item *reset)
{
	struct echo_result r = {.echo = ECHO_UNKNOWN};
	uint32_t shift, there, back, due;

	if (reset == NULL || !is_known(client) || !is_known(server) ||
	    only_reset(server) != reset)
		return r;
	r.reset = only_reset(client);
	if (r.reset == NULL)
		return r;
	r.waiting = last_ack(client, r.reset);
	shift = client->bases[0].isn[FROM_SERVER].n -
		server->bases[0].isn[FROM_SERVER].n;
	if (r.waiting == NULL || shift == 0)
		return r;
	there = reset->record.segment.seq.n;
	back = r.reset->record.segment.seq.n;
	due = r.waiting->record.segment.ack.n;
	if (due == there + shift)
		return r; /* it was wrong where it came from */
	if (back == there + shift)
		r.echo = ECHO_RIGHT;
	else
		r.echo = back == due ? ECHO_MIRROR : ECHO_OTHER;
	r.is_outside = (int64_t)(uint32_t)(back - due) >=
		       trace_window(client, FROM_CLIENT);
	return r;
}
