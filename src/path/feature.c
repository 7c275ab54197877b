/* SPDX-License-Identifier: MIT
 *
 * Features come from the first records of each flow, in such a way that a
 * retransmission or a swapped packet does not change them. Payload is
 * known by its 16-bit sum, which the TCP checksum preserves even when the
 * snap length has cut the bytes away; several sums together are as good as a
 * hash.
 */
#include "feature.h"

#include "hash.h"

#define LOOK_AT      40 /* records of a flow */
#define DATA_PER_DIR 4  /* segments in the payload key */
#define TS_PER_DIR   4

struct gather {
	const struct flow *flow;
	struct feature *feature;
	uint64_t prints[2][DATA_PER_DIR];
	unsigned data[2], stamps[2], syns, syn_acks;
	uint32_t first_stamp[2];
	uint64_t payload, pattern;
};

const char *feature_name(enum feature_kind kind)
{
	static const char *const names[FEATURE_COUNT] = {
		[FEATURE_PAYLOAD] = "payload",
		[FEATURE_ISN_CLIENT] = "isn-client",
		[FEATURE_ISN_SERVER] = "isn-server",
		[FEATURE_CLIENT] = "client-endpoint",
		[FEATURE_TIMESTAMP] = "timestamp",
		[FEATURE_TS_PATTERN] = "timestamp-pattern",
		[FEATURE_DATA_CLIENT] = "client-data",
		[FEATURE_DATA_SERVER] = "server-data",
		[FEATURE_DATA_SERVER2] = "server-data",
		[FEATURE_HEAD_CLIENT] = "client-stream",
		[FEATURE_HEAD_SERVER] = "server-stream",
		[FEATURE_SHAPE] = "shape",
		[FEATURE_CLIENT_PORT] = "client-port",
		[FEATURE_IP_ID] = "ip-id",
		[FEATURE_SERVER] = "server-endpoint",
		[FEATURE_OPTIONS] = "options",
	};

	return names[kind];
}

/* 0 is kept for "not there". */
static uint32_t key_of(uint64_t value)
{
	uint32_t key = (uint32_t)hash_u64(value, 0x5851f42d4c957f2du);

	return key != 0 ? key : 1;
}

static uint32_t raw_key(uint32_t value)
{
	return value != 0 ? value : 1;
}

static uint32_t endpoint_key(const struct endpoint *e)
{
	uint32_t key = (uint32_t)endpoint_hash(e, 0x14057b7ef767814fu);

	return key != 0 ? key : 1;
}

static void note_data_key(struct feature *f, enum direction d, unsigned nth,
			  uint32_t key)
{
	if (nth == 0)
		f->keys[d == FROM_CLIENT ? FEATURE_DATA_CLIENT
					 : FEATURE_DATA_SERVER] = key;
	else if (nth == 1 && d == FROM_SERVER)
		f->keys[FEATURE_DATA_SERVER2] = key;
}

static bool is_known(const struct gather *g, enum direction d, uint64_t print)
{
	for (unsigned i = 0; i < g->data[d]; i++)
		if (g->prints[d][i] == print)
			return true;
	return false;
}

/* The first segments of each end that differ: a retransmission is one that is
 * known. Neither order nor sequence numbers count. */
static void note_data(struct gather *g, const struct record *r)
{
	const struct segment *s = &r->segment;
	enum direction d = r->direction;
	uint64_t print = (uint64_t)s->len << 17 | (uint64_t)d << 16 | s->sum;

	if (s->len == 0 || (s->flags & (TCP_SYN | TCP_RST)) != 0 ||
	    g->data[d] >= DATA_PER_DIR || is_known(g, d, print))
		return;
	if (!s->has_sum) {
		g->data[d] = DATA_PER_DIR;
		return;
	}
	note_data_key(g->feature, d, g->data[d], key_of(print));
	g->payload += hash_u64(print, 0x2127599bf4325c37u);
	g->prints[d][g->data[d]++] = print;
	if (d == FROM_CLIENT && g->feature->think_ns == 0)
		g->feature->think_ns = r->time_ns - g->flow->first_ns;
}

/* TSval steps, each with its place in the stream, so that every point counts
 * the same ones. */
static void note_stamp(struct gather *g, const struct record *r)
{
	const struct segment *s = &r->segment;
	enum direction d = r->direction;

	if ((s->options & OPTION_TIMESTAMPS) == 0 || g->stamps[d] >= TS_PER_DIR)
		return;
	if (g->stamps[d] == 0)
		g->first_stamp[d] = s->tsval;
	else
		g->pattern += hash_u64(
			(uint64_t)(s->tsval - g->first_stamp[d]) << 1 | d,
			g->stamps[d]);
	g->stamps[d]++;
}

static void note_syn(struct gather *g, const struct record *r)
{
	const struct segment *s = &r->segment;
	struct feature *f = g->feature;

	if ((s->flags & (TCP_SYN | TCP_RST)) != TCP_SYN)
		return;
	if (s->flags & TCP_ACK) {
		f->syn_ack_ns = g->syn_acks++ == 0 ? r->time_ns : 0;
		return;
	}
	f->syn_ns = g->syns++ == 0 ? r->time_ns : 0;
	f->keys[FEATURE_OPTIONS] =
		key_of((uint64_t)s->wscale << 8 |
		       (s->options & (OPTION_WSCALE | OPTION_SACK_PERMITTED |
				      OPTION_TIMESTAMPS)));
}

static void note_first(struct gather *g, const struct record *r)
{
	const struct segment *s = &r->segment;
	struct feature *f = g->feature;

	if (s->ip_id != 0)
		f->keys[FEATURE_IP_ID] = key_of((uint64_t)s->ip_id << 16 |
						(uint32_t)s->flags << 1 |
						(uint32_t)r->direction);
	if (s->options & OPTION_TIMESTAMPS)
		f->keys[FEATURE_TIMESTAMP] = raw_key(s->tsval);
}

static uint32_t shape_key(const struct flow *flow)
{
	uint64_t shape = flow->rst_seen;

	if (flow->isn_seen != 3 || (flow->fin_seen != 3 && !flow->rst_seen))
		return 0;
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		struct seq end = flow->codec.sides[d].next;

		shape = hash_u64(shape ^ (end.n - flow->isn[d].n),
				 flow->fin_seen);
	}
	return key_of(shape);
}

static void gather_flow(const struct point *point, const struct flow *flow,
			struct feature *f)
{
	struct gather g = {.flow = flow, .feature = f};
	struct record_reader reader = point_records(point, flow);
	struct record record;

	f->first_ns = flow->first_ns;
	f->last_ns = flow->last_ns;
	for (int i = 0; i < LOOK_AT && record_next(&reader, &record); i++) {
		if (i == 0)
			note_first(&g, &record);
		note_syn(&g, &record);
		note_data(&g, &record);
		note_stamp(&g, &record);
	}
	if (g.data[0] + g.data[1] > 0 && g.payload != 0)
		f->keys[FEATURE_PAYLOAD] = key_of(g.payload);
	if (g.stamps[0] + g.stamps[1] > 3)
		f->keys[FEATURE_TS_PATTERN] = key_of(g.pattern);
}

struct feature *features_new(const struct point *point)
{
	uint32_t count = point_flow_count(point);
	struct feature *features = calloc(count + 1u, sizeof(*features));

	for (uint32_t i = 0; features != NULL && i < count; i++) {
		const struct flow *flow = point_flow(point, i);
		struct feature *f = &features[i];

		gather_flow(point, flow, f);
		if (flow_has_isn(flow, FROM_CLIENT))
			f->keys[FEATURE_ISN_CLIENT] = raw_key(flow->isn[0].n);
		if (flow_has_isn(flow, FROM_SERVER))
			f->keys[FEATURE_ISN_SERVER] = raw_key(flow->isn[1].n);
		f->keys[FEATURE_CLIENT] = endpoint_key(&flow->tuple.ends[0]);
		f->keys[FEATURE_SERVER] = endpoint_key(&flow->tuple.ends[1]);
		f->keys[FEATURE_CLIENT_PORT] =
			raw_key(flow->tuple.ends[0].port);
		if (flow->head_seen & 1)
			f->keys[FEATURE_HEAD_CLIENT] = raw_key(flow->head[0]);
		if (flow->head_seen & 2)
			f->keys[FEATURE_HEAD_SERVER] = raw_key(flow->head[1]);
		f->keys[FEATURE_SHAPE] = shape_key(flow);
	}
	return features;
}
