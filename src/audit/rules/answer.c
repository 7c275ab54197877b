/* SPDX-License-Identifier: MIT
 *
 * A SYN/ACK that is repeated keeps its number. Another number alone proves
 * little: a server may have forgotten the first answer, or issue SYN cookies
 * anew. It counts if the two have come from different machines (TTL), and it
 * is critical if the client acknowledges one and the server goes on with the
 * other. Judged at the last point only: at the others a device between the
 * points would be accused for what another capture missed.
 */
#include "rules/answer.h"

/* Items of a trace that may belong to a handshake, with all its repetitions. */
#define OPENING 64
/* Beginning of a stream; two streams nearer than that are not told apart. */
#define NEAR (1u << 20)

struct answer {
	const struct trace_item *item;
	bool acked, used; /* by the client, by the server */
};

static bool is_answer(const struct trace_item *item)
{
	const uint8_t flags = item->record.segment.flags;

	return item->record.direction == FROM_SERVER &&
	       (flags & (TCP_SYN | TCP_ACK | TCP_RST)) == (TCP_SYN | TCP_ACK);
}

/* Is it the number of a segment near the beginning of that stream? */
static bool begins(const struct answer *a, struct seq number)
{
	return number.n - a->item->record.segment.seq.n - 1 < NEAR;
}

/* Finds two SYN/ACKs with different numbers for one SYN. False: there are
 * none, or more than two, or it is no plain handshake. */
static bool find_two(const struct trace *trace, struct answer two[2])
{
	const uint32_t isn = trace->bases[0].isn[FROM_CLIENT].n;
	uint32_t n = 0;

	for (size_t i = 0; i < trace->items.count && i < OPENING; i++) {
		const struct trace_item *item = &trace->items.items[i];
		const struct segment *s = &item->record.segment;
		uint32_t k = 0;

		if (!is_answer(item) || s->ack.n != isn + 1)
			continue;
		while (k < n &&
		       !seq_equal(two[k].item->record.segment.seq, s->seq))
			k++;
		if (k == 2)
			return false;
		if (k == n)
			two[n++] = (struct answer){.item = item};
	}
	return n == 2;
}

static void see_use(const struct trace *trace, struct answer two[2])
{
	vec_foreach (item, &trace->items) {
		const struct segment *s = &item->record.segment;

		if ((s->flags & (TCP_SYN | TCP_RST)) != 0)
			continue;
		for (int k = 0; k < 2; k++) {
			if (item->record.direction == FROM_SERVER)
				two[k].used |= begins(&two[k], s->seq);
			else if (s->flags & TCP_ACK)
				two[k].acked |= begins(&two[k], s->ack);
		}
	}
}

static bool are_at_odds(const struct answer *client,
			const struct answer *server)
{
	return client->acked && !client->used && server->used && !server->acked;
}

/* Does the server go on with the number that the client has not taken? */
static bool goes_another_way(const struct answer two[2])
{
	uint32_t apart = two[1].item->record.segment.seq.n -
			 two[0].item->record.segment.seq.n;

	return apart > 2 * NEAR && 0u - apart > 2 * NEAR &&
	       (are_at_odds(&two[0], &two[1]) || are_at_odds(&two[1], &two[0]));
}

static void note(const struct outermost *c, const struct trace *trace,
		 const struct answer two[2], enum nw_severity severity,
		 struct findings *findings)
{
	struct finding *f = findings_add(findings, KIND_SYNACK_ISN_CHANGED);

	if (f == NULL)
		return;
	f->path = c->path;
	f->hop = HOP_DOWNSTREAM;
	f->direction = FROM_SERVER;
	f->match_class = NW_MATCH_CERTAIN;
	f->severity = (uint8_t)severity;
	f->count = 1;
	f->exposure = 2;
	f->onset_ns = two[1].item->record.time_ns;
	f->expected = one_number(two[0].item->record.segment.seq.n);
	f->observed = one_number(two[1].item->record.segment.seq.n);
	for (int k = 1; k >= 0; k--)
		finding_sight(f, trace, two[k].item,
			      two[k].item->record.segment.seq.n);
}

void check_answers(const struct outermost *c, struct findings *findings)
{
	const struct trace *trace = &c->traces[c->point_count - 1];
	struct answer two[2];

	if (trace->member_count != 1 ||
	    !trace->bases[0].from_syn[FROM_CLIENT] || !find_two(trace, two))
		return;
	see_use(trace, two);
	if (goes_another_way(two))
		note(c, trace, two, NW_CRITICAL, findings);
	else if (two[0].item->record.segment.ttl !=
		 two[1].item->record.segment.ttl)
		note(c, trace, two, NW_WARNING, findings);
}
