/* SPDX-License-Identifier: MIT
 *
 * Each step of the ACK number behind the hop is held against the moment when
 * the receiver's own ACKs had come so far before it. A step is early if it was
 * taken before that by more than the clocks may be off.
 *
 * A capture that misses the receiver's ACKs makes those that it saw look late.
 * So steps must also be found again: many of the very numbers come in
 * afterwards. And that capture must have the data of the other way.
 */
#include "rules/earlyack.h"

#define FEW        8 /* early steps that say nothing */
#define MARGIN_NS  INT64_C(3000000)
#define MISSED_PER 20 /* at most each so-many-th packet, by the capture */

struct steps_taken {
	uint64_t all, early, found; /* found: the same number came in later */
};

static bool is_ack(const struct trace_item *item, enum direction d)
{
	const uint8_t other = TCP_SYN | TCP_RST;

	return item->record.direction == d && item->has_ack &&
	       (item->record.segment.flags & other) == 0;
}

/* A time of the near side on the far side's clock. */
static int64_t to_out(const struct hop *hop, enum direction d, int64_t ns)
{
	return d == FROM_CLIENT ? clock_across(hop->clock, ns)
				: clock_back(hop->clock, ns);
}

static struct steps_taken follow(const struct hop *hop, enum direction d)
{
	const struct trace *in = hop_in(hop, d), *out = hop_out(hop, d);
	const int64_t margin = hop_clock_error(hop) + MARGIN_NS;
	struct steps_taken taken = {0};
	int64_t highest = 1;
	uint32_t at = 0;

	vec_foreach (item, &out->items) {
		const struct trace_item *own;

		if (!is_ack(item, d) || item->ack <= highest)
			continue;
		highest = item->ack;
		while (at < in->items.count &&
		       (!is_ack(&in->items.items[at], d) ||
			in->items.items[at].ack < highest))
			at++;
		if (at == in->items.count)
			break; /* never so far: the end is not captured */
		own = &in->items.items[at];
		taken.all++;
		if (item->record.time_ns + margin >=
		    to_out(hop, d, own->record.time_ns))
			continue;
		taken.early++;
		taken.found += own->ack == highest;
	}
	return taken;
}

/* Has the near side's capture the data that passed the far side? */
static bool is_complete(const struct hop *hop,
			const struct alignment *alignment, enum direction data)
{
	const struct trace *from = hop_in(hop, data);
	uint64_t all = 0, missing = 0;

	for (uint32_t i = 0; i < from->items.count; i++) {
		if (from->items.items[i].record.direction != data)
			continue;
		all++;
		missing += alignment->taken[data][i] == NO_MATE;
	}
	return missing * MISSED_PER <= all;
}

bool acks_are_early(const struct hop *hop, const struct alignment *alignment,
		    enum direction d)
{
	struct steps_taken taken;

	/* Who acknowledges early sends packets of his own. */
	if (alignment->alone_out[d] < FEW || !hop->clock->known ||
	    hop->before->member_count != 1 || hop->behind->member_count != 1)
		return false;
	taken = follow(hop, d);
	return taken.early >= FEW && taken.early * 2 >= taken.all &&
	       taken.found * 4 >= taken.early &&
	       is_complete(hop, alignment, opposite(d));
}
