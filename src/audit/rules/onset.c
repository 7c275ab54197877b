/* SPDX-License-Identifier: MIT
 *
 * Events are looked for on both sides of the hop, between the two segments
 * that bound the onset: a SYN/ACK that comes a second time may have reset a
 * device's state wherever it was captured. Silence is that of the far side.
 */
#include "rules/onset.h"

void onset_take(struct onset_search *s, const struct trace_item *in,
		const struct trace_item *out, bool is_wrong)
{
	bool has_data = out->record.segment.len > 0;

	if (is_wrong && s->wrong[1] == NULL) {
		s->wrong[0] = in;
		s->wrong[1] = out;
		s->was_wrong = true;
	}
	if (s->wrong[1] == NULL) {
		s->right[0] = in;
		s->right[1] = out;
		return;
	}
	s->turns += is_wrong != s->was_wrong;
	s->was_wrong = is_wrong;
	if (is_wrong)
		s->wrongs[has_data]++;
	else
		s->rights[has_data]++;
}

static enum onset_scope scope_of(const struct onset_search *s)
{
	if (s->wrongs[0] + s->wrongs[1] == 1)
		return SCOPE_ONE;
	if (s->rights[0] + s->rights[1] == 0)
		return SCOPE_ALL;
	if (s->wrongs[0] == 0 && s->rights[1] == 0)
		return SCOPE_DATA;
	if (s->wrongs[1] == 0 && s->rights[0] == 0)
		return SCOPE_ACKS;
	return s->turns == 1 ? SCOPE_PASSING : SCOPE_ALTERNATING;
}

static enum onset_event event_of(const struct trace_item *item)
{
	uint8_t flags = item->record.segment.flags;

	if ((flags & TCP_RST) != 0)
		return ONSET_RST;
	if ((flags & TCP_SYN) == 0)
		return ONSET_EVENTS;
	return (flags & TCP_ACK) != 0 ? ONSET_SYN_ACK_REPEATED
				      : ONSET_SYN_REPEATED;
}

/* Does the trace have that event before the item, too? */
static bool is_repeated(const struct trace *trace,
			const struct trace_item *until, enum onset_event event)
{
	for (const struct trace_item *i = trace->items.items; i < until; i++)
		if (event_of(i) == event)
			return true;
	return false;
}

static uint8_t events_between(const struct trace *trace,
			      const struct trace_item *right,
			      const struct trace_item *wrong)
{
	unsigned events = 0;

	for (const struct trace_item *i = right + 1; i < wrong; i++) {
		enum onset_event event = event_of(i);

		if (event == ONSET_RST ||
		    (event != ONSET_EVENTS && (events >> event & 1) == 0 &&
		     is_repeated(trace, i, event)))
			events |= 1u << event;
	}
	if (right->member != wrong->member)
		events |= 1u << ONSET_MOVED;
	return (uint8_t)events;
}

static int64_t longest_silence(const struct trace_item *from,
			       const struct trace_item *to)
{
	int64_t longest = 0;

	for (const struct trace_item *i = from; i < to; i++) {
		int64_t gap = i[1].record.time_ns - i[0].record.time_ns;

		longest = gap > longest ? gap : longest;
	}
	return longest;
}

static void fill_right(const struct onset_search *s, const struct trace *in,
		       const struct trace *out, struct onset *onset)
{
	const struct record *right = &s->right[1]->record;

	onset->has_right = true;
	onset->right_file = right->file;
	onset->right_frame = right->frame;
	onset->right_ns = right->time_ns;
	onset->events = events_between(out, s->right[1], s->wrong[1]);
	if (in != NULL && s->right[0] != NULL && s->wrong[0] != NULL)
		onset->events |= events_between(in, s->right[0], s->wrong[0]);
	onset->silence_ns = longest_silence(s->right[1], s->wrong[1]);
	if (onset->silence_ns >= ONSET_SILENCE_NS)
		onset->events |= 1u << ONSET_SILENCE;
}

struct onset onset_found(const struct onset_search *s, const struct trace *in,
			 const struct trace *out)
{
	struct onset onset = {.known = s->wrong[1] != NULL};

	if (!onset.known)
		return onset;
	onset.wrong = s->wrongs[0] + s->wrongs[1];
	onset.right = s->rights[0] + s->rights[1];
	onset.scope = (uint8_t)scope_of(s);
	if (s->right[1] != NULL)
		fill_right(s, in, out, &onset);
	return onset;
}
