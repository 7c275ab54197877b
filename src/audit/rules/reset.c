/* SPDX-License-Identifier: MIT
 *
 * A RST to the server that the client's side has not seen, and one to the
 * client that the server's side has not seen, at about the same time, and no
 * other RST before. That both ends reset at once and each capture missed
 * exactly the RST of the end nearer to it would look alike; it is ruled out
 * when neither capture lacks anything else of the connection up to there and
 * both are known to have been running.
 */
#include "rules/reset.h"

#define TOGETHER_NS INT64_C(50000000)
#define LEAST_PAIRS 3 /* packets that both captures have: a handshake */

static bool is_reset(const struct trace_item *item)
{
	return (item->record.segment.flags & TCP_RST) != 0;
}

static const struct trace_item *first_reset(const struct trace *trace)
{
	vec_foreach (item, &trace->items)
		if (is_reset(item))
			return item;
	return NULL;
}

/* Packets before the RSTs: at both sides, or at one alone. */
struct common {
	uint32_t pairs, alone;
};

static void count_side(const struct trace *trace, enum direction d,
		       const uint32_t *mates, int64_t until_ns,
		       struct common *c)
{
	for (uint32_t i = 0; i < trace->items.count &&
			     trace->items.items[i].record.time_ns < until_ns;
	     i++) {
		const struct trace_item *item = &trace->items.items[i];

		if (item->record.direction != d)
			continue;
		if (mates[i] == NO_MATE)
			c->alone++;
		else
			c->pairs++;
	}
}

/* Was the tap that saw the trace's last packet of that direction before then
 * still recording? */
static bool was_recording(const struct trace *trace, enum direction d,
			  const struct point *points, int64_t at_ns)
{
	const struct point *point = &points[trace->point];
	const struct trace_item *last = NULL;

	vec_foreach (item, &trace->items) {
		if (item->record.time_ns > at_ns)
			break;
		if (item->record.direction == d)
			last = item;
	}
	return last != NULL &&
	       point->inputs.items[last->record.file].last_ns >= at_ns;
}

static int64_t last_before(const struct trace *trace,
			   const struct trace_item *reset)
{
	return reset > trace->items.items ? reset[-1].record.time_ns
					  : reset->record.time_ns;
}

static bool are_complete(const struct hop *hop,
			 const struct alignment *alignment,
			 const struct double_reset *r)
{
	/* What was under way when the device forgot the connection is lost:
	 * only what had time to cross counts. */
	const int64_t margin = hop->clock->spread_ns + hop_clock_error(hop);
	struct common c = {0};

	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		count_side(hop_in(hop, d), d, alignment->taken[d],
			   (d == FROM_CLIENT ? r->before : r->behind)
					   ->record.time_ns -
				   margin,
			   &c);
		count_side(hop_out(hop, d), d, alignment->mates[d],
			   (d == FROM_CLIENT ? r->behind : r->before)
				   ->record.time_ns,
			   &c);
	}
	return c.alone == 0 && c.pairs >= 2 * LEAST_PAIRS;
}

static bool are_together(const struct hop *hop, const struct double_reset *r)
{
	int64_t off = r->behind->record.time_ns -
		      clock_across(hop->clock, r->before->record.time_ns);
	int64_t limit =
		TOGETHER_NS + hop->clock->spread_ns + hop_clock_error(hop);

	return off <= limit && off >= -limit;
}

bool reset_both(const struct hop *hop, const struct alignment *alignment,
		const struct point *points, struct double_reset *found)
{
	struct double_reset r = {first_reset(hop->behind),
				 first_reset(hop->before), 0};
	int64_t idle[2];

	if (!hop->clock->known || r.behind == NULL || r.before == NULL ||
	    r.behind->record.direction != FROM_CLIENT ||
	    r.before->record.direction != FROM_SERVER)
		return false;
	if (alignment->mates[FROM_CLIENT]
			    [r.behind - hop->behind->items.items] != NO_MATE ||
	    alignment->mates[FROM_SERVER]
			    [r.before - hop->before->items.items] != NO_MATE)
		return false;
	if (!are_together(hop, &r) || !are_complete(hop, alignment, &r) ||
	    !was_recording(hop->before, FROM_CLIENT, points,
			   r.before->record.time_ns) ||
	    !was_recording(hop->behind, FROM_SERVER, points,
			   r.behind->record.time_ns))
		return false;
	idle[0] = r.before->record.time_ns - last_before(hop->before, r.before);
	idle[1] = r.behind->record.time_ns - last_before(hop->behind, r.behind);
	r.idle_ns = idle[0] < idle[1] ? idle[0] : idle[1];
	*found = r;
	return true;
}
