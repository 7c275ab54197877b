/* SPDX-License-Identifier: MIT
 *
 * A packet that leaves untranslated is a flow of its own on the far side, whose
 * tuple is known beforehand. The flow is the connection's when each of its
 * packets is a packet of the connection, with numbers translated or not, at the
 * time when it is due, and none of them is seen on the mapped tuple. A capture
 * that shows both sides of the NAT shows packets that passed as well, and so
 * clears it.
 *
 * The mapping must be there: used in both directions before, not long ago, and
 * no RST or FIN came since. What leaks after a close leaks legally.
 *
 * One packet may have strayed into the capture and its translated copy may be
 * missed; it takes two, or one that the sender had to repeat.
 */
#include "rules/untranslated.h"

#include "flowtable.h"

#define AROUND_NS INT64_C(50000000)
#define IDLE_NS   INT64_C(240000000000) /* RFC 5382 REQ-5: at least */
#define MOST_READ 16 /* packets of the far flow that are checked */

struct leak {
	const struct mapped *m;
	enum direction d; /* of travel */
	const struct trace *in, *out;
	const struct point *point; /* the far side */
	const struct flow *flow;   /* there, on the untranslated tuple */
	uint32_t first_in;
	struct record first_out;
	uint32_t count;
	bool repeated; /* one of them, later on */
};

static uint32_t main_of(const struct leak *l)
{
	return l->d == FROM_CLIENT ? l->m->main : 0;
}

/* What the hop adds to that stream's numbers, as they travel. */
static uint32_t shift_of(const struct leak *l, enum direction stream)
{
	const struct hop *hop = l->m->crossing->hop;
	uint32_t shift = hop->behind->bases[l->m->main].isn[stream].n -
			 hop->before->bases[0].isn[stream].n;

	return l->d == FROM_CLIENT ? shift : 0u - shift;
}

static bool same_packet(const struct leak *l, const struct segment *s,
			const struct segment *t)
{
	const uint8_t control = TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK;
	uint32_t seq = t->seq.n - s->seq.n, ack = t->ack.n - s->ack.n;

	return s->len == t->len && ((s->flags ^ t->flags) & control) == 0 &&
	       (seq == 0 || seq == shift_of(l, l->d)) &&
	       ((t->flags & TCP_ACK) == 0 || ack == 0 ||
		ack == shift_of(l, opposite(l->d))) &&
	       (!s->has_sum || !t->has_sum || s->sum == t->sum);
}

static int64_t off_due(const struct leak *l, const struct trace_item *item,
		       int64_t seen_ns)
{
	const struct clock *clock = l->m->crossing->hop->clock;
	int64_t t = item->record.time_ns;
	int64_t off = seen_ns - clock->transit_ns -
		      (l->d == FROM_CLIENT ? clock_across(clock, t)
					   : clock_back(clock, t));

	return off < 0 ? -off : off;
}

static bool passed(const struct leak *l, uint32_t item)
{
	uint32_t mate = l->m->crossing->alignment->taken[l->d][item];

	return mate != NO_MATE &&
	       l->out->items.items[mate].member == main_of(l);
}

/* The connection's packet that this one is: of those alike that did not pass,
 * the nearest in time; NO_MATE: none. */
static uint32_t origin_of(const struct leak *l, const struct record *out)
{
	const struct hop *hop = l->m->crossing->hop;
	int64_t nearest =
		AROUND_NS + hop->clock->spread_ns + hop_clock_error(hop);
	uint32_t origin = NO_MATE;

	for (uint32_t i = 0; i < l->in->items.count; i++) {
		const struct trace_item *item = &l->in->items.items[i];
		int64_t off = off_due(l, item, out->time_ns);

		if (item->record.direction != l->d || off >= nearest ||
		    passed(l, i) ||
		    !same_packet(l, &item->record.segment, &out->segment))
			continue;
		nearest = off;
		origin = i;
	}
	return origin;
}

static bool is_repeated(const struct leak *l, uint32_t item)
{
	const struct segment *s = &l->in->items.items[item].record.segment;

	for (uint32_t i = item + 1; i < l->in->items.count; i++) {
		const struct trace_item *other = &l->in->items.items[i];
		const struct segment *t = &other->record.segment;

		if (other->record.direction == l->d && segment_space(s) > 0 &&
		    segment_space(t) > 0 && (t->flags & TCP_RST) == 0 &&
		    seq_equal(t->seq, s->seq))
			return true;
	}
	return false;
}

/* Are all packets of the far flow, in this direction, packets that left on no
 * other tuple? RSTs may be anybody's. */
static bool read_flow(struct leak *l, const struct endpoint *sender)
{
	struct record_reader reader = point_records(l->point, l->flow);
	struct record r;

	l->count = 0;
	l->repeated = false;
	while (l->count < MOST_READ && record_next(&reader, &r)) {
		uint32_t origin;

		if ((r.segment.flags & TCP_RST) != 0 ||
		    !endpoint_equal(&l->flow->tuple.ends[r.direction], sender))
			continue;
		origin = origin_of(l, &r);
		if (origin == NO_MATE)
			return false;
		if (l->count++ == 0) {
			l->first_in = origin;
			l->first_out = r;
		}
		l->repeated |= is_repeated(l, origin);
	}
	return l->count > 1 || (l->count == 1 && l->repeated);
}

static bool closes(const struct trace_item *item)
{
	return (item->record.segment.flags & (TCP_RST | TCP_FIN)) != 0;
}

/* Was the mapping in use when the first one left, and not closed? */
static bool has_mapping(const struct leak *l)
{
	const uint32_t *mates = l->m->crossing->alignment->mates[l->d];
	int64_t leak_ns = l->first_out.time_ns, used_ns = INT64_MIN;
	bool answered = false;

	for (uint32_t i = 0; i < l->first_in; i++)
		if (closes(&l->in->items.items[i]))
			return false;
	for (uint32_t i = 0; i < l->out->items.count; i++) {
		const struct trace_item *item = &l->out->items.items[i];

		if (item->record.time_ns >= leak_ns)
			break;
		if (closes(item))
			return false;
		if (item->member != main_of(l))
			continue;
		if (item->record.direction != l->d)
			answered = true;
		else if (mates[i] != NO_MATE)
			used_ns = item->record.time_ns;
	}
	return answered && used_ns != INT64_MIN && leak_ns - used_ns <= IDLE_NS;
}

static void add(const struct leak *l, struct findings *findings)
{
	const struct crossing_flows *c = l->m->crossing;
	const struct trace_item *in = &l->in->items.items[l->first_in];
	struct finding *f = findings_add(findings, KIND_NAT_UNTRANSLATED);

	if (f == NULL)
		return;
	f->path = c->path;
	f->hop = c->hop_index;
	f->direction = l->d;
	f->match_class = c->match_class;
	f->count = l->count;
	vec_foreach (item, &l->in->items)
		f->exposure += item->record.direction == l->d;
	f->onset_ns = in->record.time_ns;
	finding_sight(f, l->in, in, in->record.segment.seq.n);
	f->sightings[f->sighting_count++] = (struct sighting){
		l->out->point, l->first_out.file, l->first_out.frame,
		l->first_out.time_ns, l->first_out.segment.seq.n};
}

/* The only flow of that tuple at the far side, or NULL. */
static const struct flow *find_flow(const struct leak *l,
				    const struct tuple *tuple)
{
	uint32_t index = flowtable_newest(&l->point->table, tuple);
	const struct flow *flow;

	if (index == FLOW_NONE)
		return NULL;
	flow = point_flow(l->point, index);
	return flow->older == FLOW_NONE ? flow : NULL;
}

static bool check_direction(struct leak *l, struct findings *findings)
{
	const struct tuple *near = l->m->tuples[l->d == FROM_CLIENT ? 0 : 1];
	const struct tuple *far = l->m->tuples[l->d == FROM_CLIENT ? 1 : 0];
	const struct tuple left[3] = {
		*near,
		{{near->ends[0], far->ends[1]}},
		{{far->ends[0], near->ends[1]}},
	};

	for (int i = 0; i < 3; i++) {
		if (tuple_equal(&left[i], far))
			continue;
		l->flow = find_flow(l, &left[i]);
		if (l->flow != NULL && read_flow(l, &left[i].ends[l->d]) &&
		    has_mapping(l)) {
			add(l, findings);
			return true;
		}
	}
	return false;
}

bool check_untranslated(const struct mapped *m, struct findings *findings)
{
	const struct hop *hop = m->crossing->hop;
	const struct base *a = &hop->before->bases[0];
	const struct base *b = &hop->behind->bases[m->main];
	bool found[2] = {false, false};

	if (tuple_equal(m->tuples[0], m->tuples[1]) || hop->is_proxy ||
	    !hop->clock->known || hop->before->member_count != 1 ||
	    !a->known[0] || !a->known[1] || !b->known[0] || !b->known[1])
		return false;
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		struct leak leak = {
			.m = m,
			.d = d,
			.in = hop_in(hop, d),
			.out = hop_out(hop, d),
			.point = m->points[d == FROM_CLIENT ? 1 : 0],
		};

		found[d] = check_direction(&leak, findings);
	}
	return found[FROM_CLIENT];
}
