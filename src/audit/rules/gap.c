/* SPDX-License-Identifier: MIT
 *
 * A receiver acknowledges up to the first byte that it lacks, so the highest
 * ACK of the connection tells where a gap begins that was never filled. It is
 * the hop's doing if that byte came in three times at least, no copy went out,
 * data from behind the gap did, and the receiver, a while after each of the
 * copies, still asked for it. The far side's capture may have missed a copy
 * which was then lost farther on; that it missed each of them and nothing else
 * is not believed, but if it lacks other data, too, nothing is said.
 */
#include "rules/gap.h"

#define PATIENCE_NS INT64_C(190000000) /* a receiver answers sooner */
#define MARGIN_NS   INT64_C(3000000)
#define PERSISTENT  3 /* copies that never passed prove it */

struct gap {
	const struct trace *in, *out;
	const uint32_t *taken;
	enum direction d;
	int64_t begin, end;                 /* half-open */
	int64_t later_ns;                   /* data from behind it passed */
	const struct trace_item *asked;     /* last ACK that asks for it */
	const struct trace_item *copies[2]; /* the first ones */
	uint32_t proven;                    /* copies that did not arrive */
};

static bool is_reset(const struct trace_item *item)
{
	return (item->record.segment.flags & TCP_RST) != 0;
}

static bool is_data(const struct trace_item *item, enum direction d)
{
	return item->record.direction == d && item->has_seq &&
	       item->record.segment.len > 0 && !is_reset(item);
}

static int64_t data_end(const struct trace_item *item)
{
	return item->seq + item->record.segment.len;
}

static bool has_lone_data(const struct gap *g)
{
	for (uint32_t i = 0; i < g->in->items.count; i++)
		if (g->taken[i] == NO_MATE &&
		    is_data(&g->in->items.items[i], g->d))
			return true;
	return false;
}

static int64_t highest_ack(const struct trace *trace, enum direction d)
{
	int64_t highest = 0;

	vec_foreach (item, &trace->items)
		if (item->record.direction == d && item->has_ack &&
		    !is_reset(item) && item->ack > highest)
			highest = item->ack;
	return highest;
}

/* Where the gap ends behind the hop, and who asks for it. After a RST nothing
 * counts. false: there is none. */
static bool find_far_side(struct gap *g)
{
	g->end = INT64_MAX;
	vec_foreach (item, &g->out->items) {
		if (is_reset(item))
			break;
		if (item->record.direction != g->d && item->has_ack &&
		    item->ack == g->begin)
			g->asked = item;
		if (!is_data(item, g->d) || data_end(item) <= g->begin)
			continue;
		if (item->seq <= g->begin)
			return false; /* that byte passed */
		if (g->end == INT64_MAX)
			g->later_ns = item->record.time_ns;
		if (item->seq < g->end)
			g->end = item->seq;
	}
	return g->end != INT64_MAX && g->asked != NULL &&
	       g->later_ns + PATIENCE_NS < g->asked->record.time_ns;
}

/* By when a receiver would have answered, on the far side's clock. */
static int64_t answer_due(const struct hop *hop, const struct gap *g,
			  int64_t in_ns)
{
	const struct clock *clock = hop->clock;
	int64_t due = g->d == FROM_CLIENT ? clock_across(clock, in_ns)
					  : clock_back(clock, in_ns);

	return due + clock->transit_ns + 4 * clock->jitter_ns +
	       hop_clock_error(hop) + MARGIN_NS + PATIENCE_NS;
}

static bool is_alike(const struct trace_item *a, const struct trace_item *b)
{
	return a->seq == b->seq &&
	       a->record.segment.len == b->record.segment.len;
}

/* The copies that came in. false: one passed, or other data is missing. */
static bool find_copies(const struct hop *hop, struct gap *g)
{
	uint32_t alike = 0;

	for (uint32_t i = 0; i < g->in->items.count; i++) {
		const struct trace_item *item = &g->in->items.items[i];

		if (is_reset(item))
			break;
		if (!is_data(item, g->d))
			continue;
		if (item->seq > g->begin || data_end(item) <= g->begin) {
			if (g->taken[i] == NO_MATE &&
			    (item->seq < g->begin || item->seq >= g->end))
				return false;
			continue;
		}
		if (g->taken[i] != NO_MATE)
			return false;
		alike += g->copies[0] == NULL || is_alike(g->copies[0], item);
		if (answer_due(hop, g, item->record.time_ns) >=
		    g->asked->record.time_ns)
			continue;
		if (g->proven < 2)
			g->copies[g->proven] = item;
		g->proven++;
	}
	return g->proven >= PERSISTENT && alike < PERSISTENT;
}

static void note(const struct comparison *c, const struct gap *g,
		 struct findings *findings, size_t from)
{
	struct finding *f =
		comparison_finding(c, KIND_STREAM_GAP, g->d, findings, from);

	if (f == NULL)
		return;
	f->count = g->proven;
	vec_foreach (item, &g->in->items)
		f->exposure += is_data(item, g->d);
	f->onset_ns = g->copies[0]->record.time_ns;
	for (int i = 0; i < 2; i++)
		finding_sight(f, g->in, g->copies[i],
			      g->copies[i]->record.segment.seq.n);
	finding_sight(f, g->out, g->asked, g->asked->record.segment.ack.n);
}

void check_gap(const struct comparison *c, enum direction d,
	       struct findings *findings, size_t from)
{
	const struct hop *hop = c->hop;
	struct gap g = {.in = hop_in(hop, d),
			.out = hop_out(hop, d),
			.taken = c->alignment->taken[d],
			.d = d};
	int64_t here, there;

	if (c->alignment->alone_in[d] < PERSISTENT || !hop->clock->known ||
	    c->steps->list[d].count > 0 || g.in->member_count != 1 ||
	    g.out->member_count != 1 || g.out->until_ns != INT64_MAX ||
	    !has_lone_data(&g))
		return;
	here = highest_ack(g.in, opposite(d));
	there = highest_ack(g.out, opposite(d));
	g.begin = here > there ? here : there;
	if (find_far_side(&g) && find_copies(hop, &g))
		note(c, &g, findings, from);
}
