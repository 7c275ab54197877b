/* SPDX-License-Identifier: MIT
 *
 * Nearly all packets pair in one sweep over both sides in order. What is left
 * goes through the passes of leftover.c, and data whose borders moved through
 * border.c.
 */
#include "aligner.h"

#include <string.h>

#define LOOK_AHEAD 16

/* A packet's time on the clock of the point before the hop. */
static int64_t common_time(const struct aligner *al, const struct trace *trace,
			   const struct trace_item *item)
{
	int64_t t = item->record.time_ns;

	if (trace != al->hop->behind)
		return t;
	return clock_back(al->hop->clock, t);
}

int64_t aligner_transit(const struct aligner *al, const struct trace_item *in,
			const struct trace_item *out)
{
	return common_time(al, al->out, out) - common_time(al, al->in, in);
}

bool aligner_time_fits(const struct aligner *al, const struct trace_item *in,
		       const struct trace_item *out, int64_t limit)
{
	int64_t transit;

	if (!al->hop->clock->known || al->clock_is_off)
		return true;
	transit = aligner_transit(al, in, out);
	return transit >= -al->early_ns && transit <= limit;
}

uint32_t aligner_stamp(const struct aligner *al, const struct trace *trace,
		       const struct segment *s)
{
	if ((s->options & OPTION_TIMESTAMPS) == 0)
		return 0;
	return trace == al->out ? s->tsval - al->habit.ts_offset : s->tsval;
}

static bool exact(const struct aligner *al, const struct trace_item *in,
		  const struct trace_item *out)
{
	const struct segment *s = &in->record.segment;
	const struct segment *t = &out->record.segment;

	if (s->len != t->len ||
	    (s->flags & ALIGN_CONTROL) != (t->flags & ALIGN_CONTROL))
		return false;
	if (in->has_seq && out->has_seq &&
	    (uint32_t)in->seq != (uint32_t)out->seq)
		return false;
	if (in->has_ack && out->has_ack &&
	    (uint32_t)in->ack != (uint32_t)out->ack)
		return false;
	if (al->habit.ip_id_kept && s->ip_id != t->ip_id)
		return false;
	if (al->habit.ts_known &&
	    aligner_stamp(al, al->in, s) != aligner_stamp(al, al->out, t))
		return false;
	return aligner_time_fits(al, in, out, al->near_ns);
}

void aligner_add(struct aligner *al, uint32_t in, uint32_t out,
		 enum pair_how how)
{
	al->alignment->taken[al->d][in] = out;
	al->alignment->mates[al->d][out] = in;
	al->alignment->how[al->d][out] = (uint8_t)how;
}

bool alignment_next(const struct alignment *alignment, struct pair *pair)
{
	const uint32_t *mates = alignment->mates[pair->direction];

	while (++pair->out < alignment->out_count[pair->direction]) {
		if (mates[pair->out] == NO_MATE)
			continue;
		pair->in = mates[pair->out];
		pair->how = alignment->how[pair->direction][pair->out];
		return true;
	}
	return false;
}

uint32_t aligner_next_free(const struct trace *trace, uint32_t at,
			   enum direction d, const uint32_t *mates)
{
	while (at < trace->items.count &&
	       (trace->items.items[at].record.direction != d ||
		mates[at] != NO_MATE))
		at++;
	return at;
}

/* Free items of the far side that the sweep looks at, oldest first. */
struct window {
	uint32_t items[LOOK_AHEAD];
	uint32_t count, next;
};

static void window_drop(struct window *w, uint32_t at)
{
	w->count--;
	memmove(w->items + at, w->items + at + 1,
		(w->count - at) * sizeof(*w->items));
}

static void window_fill(const struct aligner *al, struct window *w)
{
	const uint32_t *mates = al->alignment->mates[al->d];

	while (w->count < LOOK_AHEAD) {
		w->next = aligner_next_free(al->out, w->next, al->d, mates);
		if (w->next >= al->out->items.count)
			return;
		w->items[w->count++] = w->next++;
	}
}

/* One sweep over both sides: pairs what agrees within a few places. Packets
 * that were passed over stay in the window for a while, or until their time
 * is over. */
static void sweep(struct aligner *al)
{
	const uint32_t *taken = al->alignment->taken[al->d];
	const struct trace_item *ins = al->in->items.items;
	const struct trace_item *outs = al->out->items.items;
	struct window w = {.count = 0};

	for (uint32_t i = aligner_next_free(al->in, 0, al->d, taken);
	     i < al->in->items.count;
	     i = aligner_next_free(al->in, i + 1, al->d, taken)) {
		uint32_t at = 0;

		window_fill(al, &w);
		while (w.count > 0 &&
		       !aligner_time_fits(al, &ins[i], &outs[w.items[0]],
					  INT64_MAX)) {
			window_drop(&w, 0);
			window_fill(al, &w);
		}
		while (at < w.count && !exact(al, &ins[i], &outs[w.items[at]]))
			at++;
		if (at == w.count)
			continue;
		aligner_add(al, i, w.items[at], PAIR_EXACT);
		window_drop(&w, at);
		if (at > LOOK_AHEAD / 2)
			window_drop(&w, 0);
	}
}

static void count_alone(struct aligner *al)
{
	struct alignment *a = al->alignment;

	for (uint32_t i = 0; i < al->in->items.count; i++)
		if (al->in->items.items[i].record.direction == al->d)
			a->alone_in[al->d] += a->taken[al->d][i] == NO_MATE;
	for (uint32_t i = 0; i < al->out->items.count; i++)
		if (al->out->items.items[i].record.direction == al->d)
			a->alone_out[al->d] += a->mates[al->d][i] == NO_MATE;
}

static bool align_direction(struct aligner *al)
{
	const struct clock *clock = al->hop->clock;
	const int64_t error = hop_clock_error(al->hop);

	al->in = hop_in(al->hop, al->d);
	al->out = hop_out(al->hop, al->d);
	al->habit = translation_habit(al->hop, al->d);
	al->alignment->habits[al->d] = al->habit;
	al->early_ns = error + 1000000;
	al->near_ns = clock->transit_ns + 4 * clock->jitter_ns + 1000000;
	al->tight_ns = error + 4 * clock->spread_ns + 3000000;
	sweep(al);
	if (!aligner_pair_leftovers(al) || !aligner_pair_resegmented(al))
		return false;
	count_alone(al);
	return true;
}

static bool prepare(uint32_t **mates, size_t count)
{
	uint32_t *grown = realloc(*mates, (count + 1) * sizeof(*grown));

	if (grown == NULL)
		return false;
	memset(grown, 0xff, (count + 1) * sizeof(*grown));
	*mates = grown;
	return true;
}

bool align_hop(const struct hop *hop, struct alignment *alignment)
{
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		struct aligner al = {
			.hop = hop, .alignment = alignment, .d = d};

		size_t out_count = hop_out(hop, d)->items.count;
		uint8_t *how = realloc(alignment->how[d], out_count + 1);

		if (how == NULL)
			return false;
		alignment->how[d] = how;
		alignment->out_count[d] = (uint32_t)out_count;
		alignment->alone_in[d] = alignment->alone_out[d] = 0;
		if (!prepare(&alignment->mates[d], out_count) ||
		    !prepare(&alignment->taken[d],
			     hop_in(hop, d)->items.count) ||
		    !align_direction(&al))
			return false;
	}
	return true;
}

void alignment_fini(struct alignment *alignment)
{
	for (int d = 0; d < 2; d++) {
		free(alignment->how[d]);
		free(alignment->mates[d]);
		free(alignment->taken[d]);
	}
	*alignment = (struct alignment){0};
}
