/* SPDX-License-Identifier: MIT
 *
 * Inside of the window an ACK is never impossible, but in the handshake one
 * number only is right. A SYN/ACK may be a late answer to an attempt that the
 * capture lacks. So it counts only if its timestamp echo shows which SYN it
 * answers, or if the capture began long before; and any SYN that it may
 * answer clears it, with data (Fast Open, RFC 7413) or without.
 */
#include "rules/opening.h"

/* No SYN/ACK is repeated for so long. */
#define ATTEMPT_NS (INT64_C(200) * 1000000000)
/* Items of a trace that may belong to a handshake, with all its repetitions. */
#define OPENING 64

static bool is_syn(const struct trace_item *item, enum direction d)
{
	return item->record.direction == d &&
	       (item->record.segment.flags & TCP_SYN) != 0;
}

static const struct trace_item *opening_end(const struct trace *trace)
{
	size_t count =
		trace->items.count < OPENING ? trace->items.count : OPENING;

	return trace->items.items + count;
}

/* Could this SYN/ACK be the answer to one of the SYNs? */
static bool answers_a_syn(const struct trace *trace,
			  const struct trace_item *answer)
{
	for (const struct trace_item *item = trace->items.items;
	     item < opening_end(trace); item++) {
		const struct segment *s = &item->record.segment;

		if (is_syn(item, FROM_CLIENT) &&
		    answer->record.segment.ack.n - s->seq.n - 1 <= s->len)
			return true;
	}
	return false;
}

/* Is it an answer to a SYN of this trace, whatever it acknowledges? */
static bool is_fresh(const struct outermost *c, const struct trace *trace,
		     const struct trace_item *answer)
{
	const struct segment *a = &answer->record.segment;
	const struct point *point = &c->points[trace->point];

	for (const struct trace_item *i = trace->items.items; i < answer; i++) {
		const struct segment *s = &i->record.segment;

		if (!is_syn(i, FROM_CLIENT))
			continue;
		if ((s->options & a->options & OPTION_TIMESTAMPS) == 0 ||
		    s->tsval == 0)
			return i->record.time_ns -
				       point->inputs.items[i->record.file]
					       .first_ns >=
			       ATTEMPT_NS;
		if (a->tsecr == s->tsval)
			return true;
	}
	return false;
}

static bool has_right_answer(const struct trace *trace)
{
	for (const struct trace_item *item = trace->items.items;
	     item < opening_end(trace); item++)
		if (is_syn(item, FROM_SERVER) && answers_a_syn(trace, item))
			return true;
	return false;
}

/* How many attempts are there, with a number of their own? */
static uint32_t count_attempts(const struct trace *trace)
{
	const struct trace_item *last = NULL;
	uint32_t attempts = 0;

	for (const struct trace_item *item = trace->items.items;
	     item < opening_end(trace); item++) {
		if (!is_syn(item, FROM_CLIENT))
			continue;
		attempts +=
			last == NULL || !seq_equal(last->record.segment.seq,
						   item->record.segment.seq);
		last = item;
	}
	return attempts;
}

static bool missed_an_attempt(const struct outermost *c,
			      const struct trace *trace)
{
	const uint32_t attempts = count_attempts(trace);

	for (uint32_t p = 0; p < c->point_count; p++)
		if (count_attempts(&c->traces[p]) > attempts)
			return true;
	return false;
}

static enum finding_kind judge_syn_ack(const struct outermost *c,
				       const struct trace *trace,
				       const struct trace_item *item)
{
	if (item->ack == 1 || item >= opening_end(trace) ||
	    answers_a_syn(trace, item) || !is_fresh(c, trace, item) ||
	    has_right_answer(trace) || missed_an_attempt(c, trace))
		return KIND_COUNT;
	return KIND_ACK_HANDSHAKE_MISMATCH;
}

/* Does it acknowledge a SYN/ACK, be it one that was not used later? */
static bool acknowledges_an_answer(const struct trace *trace,
				   const struct trace_item *ack)
{
	for (const struct trace_item *item = trace->items.items;
	     item < opening_end(trace); item++)
		if (is_syn(item, FROM_SERVER) &&
		    ack->record.segment.ack.n == item->record.segment.seq.n + 1)
			return true;
	return false;
}

/* The client's first segment behind its SYN? */
static bool is_first_ack(const struct trace *trace,
			 const struct trace_item *ack)
{
	const struct trace_item *i = trace->items.items;

	while (i < ack && (i->record.direction != FROM_CLIENT ||
			   (i->record.segment.flags & TCP_SYN) != 0))
		i++;
	return i == ack && ack->seq == 1 && ack->record.segment.len == 0;
}

enum finding_kind opening_judge(const struct outermost *c,
				const struct trace *trace,
				const struct trace_item *item,
				enum finding_kind kind)
{
	if (is_syn(item, FROM_SERVER))
		return judge_syn_ack(c, trace, item);
	if (item->record.direction != FROM_CLIENT || !is_first_ack(trace, item))
		return kind;
	if (acknowledges_an_answer(trace, item))
		return KIND_COUNT;
	return kind != KIND_COUNT || item->ack == 0
		       ? KIND_ACK_HANDSHAKE_MISMATCH
		       : KIND_COUNT;
}
