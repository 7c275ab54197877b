/* SPDX-License-Identifier: MIT
 *
 *	        before the hop    behind it
 *	SYN     I1                O1           offset of the first attempt
 *	SYN     I2                O2           that of the second, another one
 *	SYN/ACK ack O2+1-(O1-I1)  ack O2+1     taken off: that of the first
 *
 * Only wrong ACKs are looked at, and only if all of them are off by exactly
 * the difference of the two offsets. Sequence numbers that stay on the first
 * offset show as one that changed (offset.c).
 */
#include "rules/attempt.h"

/* The number of the client's first SYN, if there are two numbers and the last
 * one is that of the connection. */
static bool first_of_two(const struct trace *trace, uint32_t *first)
{
	const uint32_t isn = trace->bases[0].isn[FROM_CLIENT].n;
	uint32_t abandoned = isn;

	if (trace->member_count != 1 || !trace->bases[0].from_syn[FROM_CLIENT])
		return false;
	vec_foreach (item, &trace->items) {
		const struct segment *s = &item->record.segment;

		if (item->record.direction != FROM_CLIENT ||
		    (s->flags & TCP_SYN) == 0)
			continue;
		if (s->seq.n == isn)
			continue;
		if (abandoned != isn && s->seq.n != abandoned)
			return false;
		abandoned = s->seq.n;
	}
	*first = abandoned;
	return abandoned != isn;
}

/* Are all wrong ACKs of the server off by that much? */
static bool all_are_off_by(const struct comparison *c, uint32_t much)
{
	const struct trace_item *ins = hop_in(c->hop, FROM_SERVER)->items.items;
	const struct trace_item *outs =
		hop_out(c->hop, FROM_SERVER)->items.items;
	struct pair pair = alignment_begin(FROM_SERVER);

	while (alignment_next(c->alignment, &pair)) {
		const struct trace_item *in = &ins[pair.in];
		const struct trace_item *out = &outs[pair.out];
		uint32_t off = (uint32_t)(out->ack - in->ack);

		if (in->has_ack && out->has_ack && off != 0 && off != much &&
		    pair.how != PAIR_POSITIONAL && pair.how != PAIR_RESEGMENTED)
			return false;
	}
	return true;
}

void judge_attempts(const struct comparison *c, struct findings *findings,
		    size_t from)
{
	for (size_t i = from; i < findings->list.count; i++) {
		struct finding *f = &findings->list.items[i];
		uint32_t before, behind, more;

		if (f->kind != KIND_ACK_ALTERED_UNEXPLAINED ||
		    f->direction != FROM_SERVER || f->cause != FLOW_NONE ||
		    !first_of_two(c->hop->before, &before) ||
		    !first_of_two(c->hop->behind, &behind))
			continue;
		/* offset of the connection, less that of the first attempt */
		more = c->hop->behind->bases[0].isn[FROM_CLIENT].n -
		       c->hop->before->bases[0].isn[FROM_CLIENT].n -
		       (behind - before);
		if (more != 0 && f->observed.n[0] - f->expected.n[0] == more &&
		    all_are_off_by(c, more))
			f->kind = KIND_SYN_RTX_ISN_MISMATCH;
	}
}
