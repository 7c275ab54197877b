/* SPDX-License-Identifier: MIT
 *
 * The story of one connection at the server: a complete handshake whose
 * SYN/ACK is repeated all the same (TCP_DEFER_ACCEPT, or a full accept
 * queue); a RST whose sequence number is the ACK number that it answers, as
 * only a socket sends that is not established (RFC 9293 3.10.7); and a client
 * that goes on as if there had been no RST.
 */
#include "rules/reaction.h"

/* No first SYN/ACK timeout is shorter (RFC 6298: one second; some use less). */
#define TIMEOUT_NS INT64_C(800000000)
/* By then it has expired, the grain of its timer included. */
#define EXPIRED_NS INT64_C(1200000000)

struct story {
	const struct trace_item *syn_ack, *ack; /* of the handshake */
	const struct trace_item *repeat;        /* SYN/ACK after that ACK */
	const struct trace_item *request;       /* first data of the client */
	const struct trace_item *close;         /* its FIN or RST before */
	bool is_struck; /* a SYN/ACK after that ACK, whenever */
	const struct trace_item *reset, *provoked_by;
	const struct trace_item *after; /* the client goes on */
	uint64_t after_count;
};

static bool is_syn_ack(const struct trace_item *item)
{
	return item->record.direction == FROM_SERVER &&
	       (item->record.segment.flags & (TCP_SYN | TCP_ACK)) ==
		       (TCP_SYN | TCP_ACK);
}

static void note_client(struct story *s, const struct trace_item *item)
{
	const struct segment *segment = &item->record.segment;

	if ((segment->flags & (TCP_FIN | TCP_RST)) != 0 && s->close == NULL)
		s->close = item;

	if ((segment->flags & (TCP_SYN | TCP_RST)) != 0)
		return;
	if (s->reset != NULL) {
		s->after = s->after == NULL ? item : s->after;
		s->after_count++;
		return;
	}
	if (segment->len > 0 && s->request == NULL)
		s->request = item;
	if (s->syn_ack != NULL && s->ack == NULL && segment->len == 0 &&
	    item->has_ack && item->ack == 1)
		s->ack = item;
}

static void note_server(struct story *s, const struct trace_item *item,
			const struct trace_item *last)
{
	const struct segment *segment = &item->record.segment;

	if (is_syn_ack(item)) {
		if (s->syn_ack == NULL)
			s->syn_ack = item;
		else if (s->ack != NULL && item->seq == s->syn_ack->seq) {
			s->is_struck = true;
			if (s->request == NULL && s->repeat == NULL)
				s->repeat = item;
		}
	}
	if ((segment->flags & (TCP_RST | TCP_ACK)) != TCP_RST ||
	    s->reset != NULL)
		return;
	s->reset = item;
	/* The peer's wrong ACK is what such a RST takes its number from. */
	if (last != NULL && last->has_ack &&
	    seq_equal(last->record.segment.ack, segment->seq) && last->ack != 1)
		s->provoked_by = last;
}

static struct story read_story(const struct trace *trace)
{
	const struct trace_item *last = NULL; /* of the client */
	struct story s = {.syn_ack = NULL};

	vec_foreach (item, &trace->items) {
		if (item->record.direction == FROM_SERVER) {
			note_server(&s, item, last);
			continue;
		}
		note_client(&s, item);
		last = item;
	}
	return s;
}

/* How long the client said nothing after the SYN/ACK. */
static int64_t silence_of(const struct story *s, const struct trace *trace)
{
	const struct trace_item *end =
		&trace->items.items[trace->items.count - 1];

	if (s->close != NULL)
		end = s->close;
	if (s->request != NULL && s->request < end)
		end = s->request;
	return end->record.time_ns - s->syn_ack->record.time_ns;
}

static uint8_t conduct_of(const struct story *s, const struct trace *trace)
{
	int64_t silence;
	unsigned conduct = 0;

	if (s->ack == NULL)
		return 0;
	silence = silence_of(s, trace);
	if (s->repeat != NULL || silence >= EXPIRED_NS)
		conduct = CONDUCT_LATE;
	else if (s->request != NULL && silence < TIMEOUT_NS)
		conduct = CONDUCT_QUICK;
	if (conduct != 0 && s->is_struck)
		conduct |= CONDUCT_STRUCK;
	return (uint8_t)conduct;
}

static struct finding *add(const struct outermost *c, struct findings *findings,
			   enum finding_kind kind,
			   const struct trace_item *item)
{
	struct finding *f = findings_add(findings, kind);

	if (f == NULL)
		return NULL;
	f->path = c->path;
	f->hop = HOP_DOWNSTREAM;
	f->direction = item->record.direction;
	f->match_class = NW_MATCH_CERTAIN;
	f->count = f->exposure = 1;
	f->onset_ns = item->record.time_ns;
	return f;
}

/* What the RST reads at the client, when that is another point. */
static struct echo_result find_echo(const struct outermost *c,
				    const struct trace *trace,
				    const struct story *s)
{
	if (c->point_count < 2 || s->provoked_by == NULL)
		return (struct echo_result){.echo = ECHO_UNKNOWN};
	return echo_test(&c->traces[0], trace, s->reset);
}

static void note_echo(const struct outermost *c, const struct echo_result *r,
		      struct finding *f)
{
	f->echo = (uint8_t)r->echo;
	if (r->echo == ECHO_UNKNOWN)
		return;
	finding_sight(f, &c->traces[0], r->reset,
		      r->reset->record.segment.seq.n);
	finding_sight(f, &c->traces[0], r->waiting,
		      r->waiting->record.segment.ack.n);
}

static void tell(const struct outermost *c, const struct trace *trace,
		 const struct story *s, struct findings *findings)
{
	const struct echo_result echo = find_echo(c, trace, s);
	struct finding *f;

	if (s->repeat != NULL) {
		f = add(c, findings, KIND_EP_DEFER_ACCEPT, s->repeat);
		if (f == NULL)
			return;
		finding_sight(f, trace, s->ack, s->ack->record.segment.ack.n);
		finding_sight(f, trace, s->repeat,
			      s->repeat->record.segment.seq.n);
	}
	if (s->provoked_by != NULL) {
		f = add(c, findings, KIND_EP_RST_FROM_BAD_ACK, s->reset);
		if (f == NULL)
			return;
		finding_sight(f, trace, s->provoked_by,
			      s->provoked_by->record.segment.ack.n);
		finding_sight(f, trace, s->reset,
			      s->reset->record.segment.seq.n);
		note_echo(c, &echo, f);
	}
	if (s->provoked_by != NULL && s->after != NULL) {
		f = add(c, findings, KIND_EP_RST_IGNORED, s->after);
		if (f == NULL)
			return;
		f->count = f->exposure = s->after_count;
		if (echo.is_outside || echo.echo == ECHO_MIRROR)
			f->echo = (uint8_t)echo.echo;
		finding_sight(f, trace, s->reset,
			      s->reset->record.segment.seq.n);
		finding_sight(f, trace, s->after,
			      s->after->record.segment.ack.n);
	}
}

uint8_t check_reaction(const struct outermost *c, struct findings *findings)
{
	const struct trace *trace = &c->traces[c->point_count - 1];
	struct story story = read_story(trace);

	tell(c, trace, &story, findings);
	return conduct_of(&story, trace);
}
