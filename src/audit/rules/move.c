/* SPDX-License-Identifier: MIT
 *
 * A packet of the client that is not seen behind the hop on the connection's
 * tuple is looked for on another one, by its translated numbers: a flow there
 * that begins with exactly this packet at the time when it is due, and all of
 * whose packets are packets of the connection that are not seen on the first
 * tuple either.
 *
 * After a RST or a FIN the device may forget its mapping: a SYN into TIME_WAIT
 * is answered by an old ACK, the client resets, and the same SYN leaves from
 * another port, even to another server. That is nobody's fault. Nor is it one
 * when the mapping had been idle for long.
 */
#include "rules/move.h"

#define AROUND_NS  INT64_C(50000000)
#define IDLE_NS    INT64_C(240000000000) /* RFC 5382 REQ-5: at least */
#define MOST_TRIES 64
#define MOST_READ  8 /* packets of the other flow that are checked */

/* The connection on one of its two tuples. */
struct mapping {
	const struct tuple *tuple;
	int64_t first_ns, last_ns; /* of all packets */
	int64_t client_ns;         /* last one from the client */
	bool syn;                  /* begins with the client's SYN */
	bool heard;                /* anything from the server */
	bool answered, established;
	bool closed; /* before the other one began */
};

struct move {
	const struct crossing_flows *c;
	const struct flow *stray;
	const struct trace_item *in; /* its first packet before the hop, */
	struct record first;         /* and behind it */
	int64_t to_ns;               /* when the later mapping begins */
	struct mapping main, other;
};

static bool is_reset(const struct segment *s)
{
	return (s->flags & TCP_RST) != 0;
}

/* Did it leave on the connection's own tuple? */
static bool passed(const struct crossing_flows *c, uint32_t item)
{
	uint32_t mate = c->alignment->taken[FROM_CLIENT][item];

	return mate != NO_MATE &&
	       c->hop->behind->items.items[mate].member == c->main;
}

static uint32_t shift_of(const struct crossing_flows *c, enum direction d)
{
	return c->hop->behind->bases[c->main].isn[d].n -
	       c->hop->before->bases[0].isn[d].n;
}

static uint32_t ack_behind(const struct crossing_flows *c,
			   const struct segment *s)
{
	return (s->flags & TCP_ACK) != 0 ? s->ack.n + shift_of(c, FROM_SERVER)
					 : 0;
}

static bool same_packet(const struct crossing_flows *c,
			const struct trace_item *in, const struct record *out)
{
	const struct segment *s = &in->record.segment, *t = &out->segment;
	uint32_t ack = (t->flags & TCP_ACK) != 0 ? t->ack.n : 0;

	return s->seq.n + shift_of(c, FROM_CLIENT) == t->seq.n &&
	       s->len == t->len && ack_behind(c, s) == ack &&
	       ((s->flags ^ t->flags) & (TCP_SYN | TCP_FIN | TCP_RST)) == 0 &&
	       (!s->has_sum || !t->has_sum || s->sum == t->sum);
}

/* How far from when it is due behind the hop. */
static int64_t off_due(const struct crossing_flows *c,
		       const struct trace_item *in, int64_t seen_ns)
{
	const struct clock *clock = c->hop->clock;
	int64_t off = seen_ns - clock_across(clock, in->record.time_ns) -
		      clock->transit_ns;

	return off < 0 ? -off : off;
}

/* The connection's packet that this one is, the nearest in time of those alike:
 * did it leave on no other tuple? */
static bool is_ours(const struct crossing_flows *c, const struct record *out)
{
	const struct trace *before = c->hop->before;
	int64_t nearest =
		AROUND_NS + c->hop->clock->spread_ns + hop_clock_error(c->hop);
	bool ours = false;

	for (uint32_t i = 0; i < before->items.count; i++) {
		const struct trace_item *in = &before->items.items[i];
		int64_t off = off_due(c, in, out->time_ns);

		if (in->record.direction != FROM_CLIENT || off >= nearest ||
		    !same_packet(c, in, out))
			continue;
		nearest = off;
		ours = !passed(c, i);
	}
	return ours;
}

static void note_record(struct mapping *m, const struct record *r,
			bool from_client)
{
	const struct segment *s = &r->segment;

	m->last_ns = r->time_ns;
	if (from_client) {
		/* A SYN now is another connection's. */
		if (!m->established || (s->flags & TCP_SYN) == 0)
			m->client_ns = r->time_ns;
		m->established |= m->answered && (s->flags & TCP_SYN) == 0;
	} else {
		m->heard = true;
		m->answered |=
			(s->flags & (TCP_SYN | TCP_ACK)) == (TCP_SYN | TCP_ACK);
	}
}

/* The stray's packets of the client are the path's, all that are looked at;
 * without data it takes more than one. */
static bool read_stray(struct move *m)
{
	struct record_reader reader = point_records(m->c->point, m->stray);
	uint32_t ours = 0;
	struct record r;
	enum direction client = FROM_CLIENT;

	m->other.tuple = &m->stray->tuple;
	for (uint32_t n = 0; record_next(&reader, &r); n++) {
		if (n == 0) {
			client = r.direction;
			m->first = r;
			m->other.first_ns = r.time_ns;
			m->other.syn = (r.segment.flags & TCP_SYN) != 0;
		}
		note_record(&m->other, &r, r.direction == client);
		if (r.direction != client || is_reset(&r.segment) ||
		    ours == MOST_READ)
			continue;
		if (!is_ours(m->c, &r))
			return false;
		ours++;
	}
	return ours > 1 ||
	       (ours == 1 && (m->first.segment.len > 0 || m->other.syn));
}

static void read_main(struct move *m)
{
	bool any = false;

	m->main.tuple =
		&point_flow(m->c->point, m->c->members[m->c->main].flow)->tuple;
	vec_foreach (item, &m->c->hop->behind->items) {
		bool from_client = item->record.direction == FROM_CLIENT;

		if (item->member != m->c->main)
			continue;
		if (!any) {
			m->main.first_ns = item->record.time_ns;
			m->main.syn = from_client &&
				      (item->record.segment.flags & TCP_SYN);
		}
		any = true;
		note_record(&m->main, &item->record, from_client);
	}
}

static bool closes(const struct record *r)
{
	return (r->segment.flags & (TCP_RST | TCP_FIN)) != 0;
}

/* The client's packet that was the first one on the later tuple, before the
 * hop; NULL: not seen there. */
static const struct trace_item *first_moved(const struct move *m)
{
	const struct trace *behind = m->c->hop->behind;

	if (m->to_ns == m->other.first_ns)
		return m->in;
	for (uint32_t i = 0; i < behind->items.count; i++) {
		const struct trace_item *item = &behind->items.items[i];
		uint32_t mate = m->c->alignment->mates[FROM_CLIENT][i];

		if (item->member == m->c->main &&
		    item->record.direction == FROM_CLIENT)
			return mate == NO_MATE
				       ? NULL
				       : &m->c->hop->before->items.items[mate];
	}
	return NULL;
}

/* Had the connection been closed, as far as either side of the hop saw it,
 * when the device sent it elsewhere? */
static bool was_closed(const struct move *m)
{
	const struct hop *hop = m->c->hop;
	const struct trace_item *moved = first_moved(m);
	struct record_reader reader = point_records(m->c->point, m->stray);
	struct record r;

	vec_foreach (item, &hop->before->items) {
		if (item == moved)
			break;
		if (closes(&item->record))
			return true;
	}
	vec_foreach (item, &hop->behind->items)
		if (item->record.time_ns < m->to_ns && closes(&item->record))
			return true;
	while (record_next(&reader, &r))
		if (r.time_ns < m->to_ns && closes(&r))
			return true;
	return false;
}

/* ---- what it is ---- */

static void note_stray(const struct move *m, struct finding *f)
{
	f->sightings[f->sighting_count++] = (struct sighting){
		m->c->hop->behind->point, m->first.file, m->first.frame,
		m->first.time_ns, m->first.segment.seq.n};
}

static void add(const struct move *m, enum finding_kind kind,
		enum nw_severity severity, struct findings *findings)
{
	struct finding *f = findings_add(findings, kind);

	if (f == NULL)
		return;
	f->path = m->c->path;
	f->hop = m->c->hop_index;
	f->direction = FROM_CLIENT;
	f->match_class = m->c->match_class;
	f->severity = (uint8_t)severity;
	f->count = f->exposure = 1;
	f->onset_ns = m->in->record.time_ns;
	finding_sight(f, m->c->hop->before, m->in, m->in->record.segment.seq.n);
	note_stray(m, f);
}

static bool same_server(const struct move *m)
{
	const struct tuple *a = m->main.tuple, *b = m->other.tuple;

	/* Without a SYN the stray's roles are a guess. */
	return endpoint_equal(&a->ends[1], &b->ends[1]) ||
	       endpoint_equal(&a->ends[1], &b->ends[0]);
}

/* A connection that was open goes on elsewhere. */
static void judge_live(const struct move *m, const struct mapping *from,
		       struct findings *findings)
{
	if (!from->established || from->client_ns >= m->to_ns ||
	    m->to_ns - from->client_ns > IDLE_NS)
		return;
	add(m,
	    same_server(m) ? KIND_NAT_MAPPING_CHANGED : KIND_LB_BACKEND_CHANGED,
	    NW_CRITICAL, findings);
}

/* The client repeats its SYN, and it goes elsewhere. */
static void judge_syn(const struct move *m, const struct mapping *from,
		      struct findings *findings)
{
	if (!same_server(m)) {
		if (from->answered || !from->heard)
			add(m, KIND_LB_BACKEND_SPLIT,
			    from->answered ? NW_CRITICAL : NW_WARNING,
			    findings);
	} else if (from->answered) {
		add(m, KIND_NAT_MAPPING_CHANGED, NW_CRITICAL, findings);
	}
}

static void judge(struct move *m, struct findings *findings,
		  struct habits_seen *seen)
{
	const bool later = m->other.first_ns > m->main.first_ns;
	const struct mapping *from = later ? &m->main : &m->other;
	const struct mapping *to = later ? &m->other : &m->main;

	m->to_ns = to->first_ns;
	if (was_closed(m))
		translate_note(seen, KIND_NAT_REBOUND, FROM_CLIENT, m->c->path);
	else if (!from->syn)
		return; /* how it began is not known */
	else if (to->syn)
		judge_syn(m, from, findings);
	else
		judge_live(m, from, findings);
}

static bool find_move(struct move *m)
{
	const struct crossing_flows *c = m->c;
	const struct trace *before = c->hop->before;
	uint32_t tries = 0;

	for (uint32_t i = 0; i < before->items.count && tries < MOST_TRIES;
	     i++) {
		const struct trace_item *in = &before->items.items[i];
		const struct segment *s = &in->record.segment;
		const struct stray *stray;

		if (in->record.direction != FROM_CLIENT || is_reset(s) ||
		    passed(c, i))
			continue;
		tries++;
		stray = strays_only(c->strays,
				    s->seq.n + shift_of(c, FROM_CLIENT),
				    ack_behind(c, s), s->len);
		if (stray == NULL)
			continue;
		m->in = in;
		m->stray = point_flow(c->point, stray->flow);
		m->other = (struct mapping){0};
		if (read_stray(m))
			return true;
	}
	return false;
}

void check_move(const struct crossing_flows *c, struct findings *findings,
		struct habits_seen *seen)
{
	const struct base *a = &c->hop->before->bases[0];
	const struct base *b = &c->hop->behind->bases[c->main];
	struct move m = {.c = c};

	if (c->strays->list.count == 0 || !c->hop->clock->known ||
	    c->hop->before->member_count != 1 || !a->known[0] || !a->known[1] ||
	    !b->known[0] || !b->known[1])
		return;
	if (!find_move(&m))
		return;
	read_main(&m);
	judge(&m, findings, seen);
}
