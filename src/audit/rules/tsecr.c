/* SPDX-License-Identifier: MIT
 *
 * A receiver echoes the timestamp of the segment that last began at or before
 * what it had acknowledged (RFC 7323 section 4.3), so its ACK is not below the
 * beginning of that segment. An ACK that is below contradicts itself: who sent
 * it had more than it admits.
 *
 * Not all receivers obey; some echo segments that came out of order. And a
 * capture may lack another segment with the same timestamp. So a second proof,
 * which needs neither, is asked for: what a receiver acknowledges never goes
 * back, and its own clock says that this segment was sent later than two others
 * which acknowledged more. A segment that the network delayed has an old clock.
 */
#include "rules/tsecr.h"

#define DISORDER 64 /* older stamps in a row: that one is not farther back */

static bool is_older(uint32_t a, uint32_t b)
{
	return (int32_t)(a - b) < 0;
}

static bool is_stamped(const struct trace_item *item)
{
	return (item->record.segment.options & OPTION_TIMESTAMPS) != 0 &&
	       (item->record.segment.flags & TCP_RST) == 0;
}

/* Is each segment that the item can echo from beyond its ACK? False if none of
 * them was seen. */
static bool echoes_beyond(const struct trace *trace,
			  const struct trace_item *item)
{
	const uint32_t echo = item->record.segment.tsecr;
	const struct trace_item *other = item;
	bool found = false;
	int older = 0;

	while (other > trace->items.items && older < DISORDER) {
		other--;
		if (other->record.direction == item->record.direction ||
		    !is_stamped(other) || !other->has_seq)
			continue;
		if (other->record.segment.tsval == echo) {
			if (other->seq <= item->ack)
				return false;
			found = true;
		}
		older = is_older(other->record.segment.tsval, echo) ? older + 1
								    : 0;
	}
	return found;
}

static void push(struct echo_tops *tops, int64_t ack, uint32_t tsval)
{
	uint32_t at = tops->count == 0 || ack > tops->acks[0] ? 0 : 1;

	if (at == 1 && tops->count == 2 && ack <= tops->acks[1])
		return;
	if (at == 0) {
		tops->acks[1] = tops->acks[0];
		tops->tsvals[1] = tops->tsvals[0];
	}
	tops->acks[at] = ack;
	tops->tsvals[at] = tsval;
	tops->count += tops->count < 2;
}

/* Its clock has moved on: what was said before is the past. */
static void settle(struct echo_watch *w, uint32_t tsval)
{
	if (w->fresh.count == 0 || !is_older(w->fresh.tsvals[0], tsval))
		return;
	for (uint32_t i = 0; i < w->fresh.count; i++)
		push(&w->settled, w->fresh.acks[i], w->fresh.tsvals[i]);
	w->fresh.count = 0;
}

bool echo_went_back(struct echo_watch *w, const struct trace_item *item)
{
	const struct echo_tops *past = &w->settled;
	const uint32_t tsval = item->record.segment.tsval;

	if (!is_stamped(item))
		return false;
	settle(w, tsval);
	return past->count == 2 && past->acks[0] > item->ack &&
	       past->acks[1] > item->ack && is_older(past->tsvals[0], tsval) &&
	       is_older(past->tsvals[1], tsval);
}

void echo_remember(struct echo_watch *w, const struct trace_item *item)
{
	const uint32_t tsval = item->record.segment.tsval;

	if (!is_stamped(item))
		return;
	settle(w, tsval);
	if (w->fresh.count > 0 && is_older(tsval, w->fresh.tsvals[0]))
		push(&w->settled, item->ack, tsval);
	else
		push(&w->fresh, item->ack, tsval);
}

bool echo_contradicts(struct echo_watch *w, const struct trace *trace,
		      const struct trace_item *item)
{
	if (trace->member_count != 1)
		return false;
	if (echo_went_back(w, item) && echoes_beyond(trace, item))
		return true;
	echo_remember(w, item);
	return false;
}
