/* SPDX-License-Identifier: MIT
 *
 * Candidates: which flows behind the hop may be the counterpart of one before
 * it. They come from the indexes, rarest features first, and from the time;
 * each is scored and the best few are kept as edges.
 */
#include "matcher.h"

#include "bisect.h"

#define CANDIDATES      64 /* looked at per flow */
#define TIME_NEIGHBOURS 8
#define UNIQUE_ENOUGH   3 /* rare keys in common end the search */

static void keep_edge(struct matcher *m, uint32_t before, struct edge edge)
{
	struct edge *edges = m->edges + (size_t)before * EDGES;
	int n = m->edge_count[before], at;

	for (int i = 0; i < n; i++)
		if (edges[i].behind == edge.behind)
			return;
	if (n == EDGES && edges[n - 1].bits >= edge.bits)
		return;
	if (n < EDGES)
		n = ++m->edge_count[before];
	for (at = n - 1; at > 0 && edges[at - 1].bits < edge.bits; at--)
		edges[at] = edges[at - 1];
	edges[at] = edge;
}

struct candidates {
	uint32_t flows[CANDIDATES];
	uint8_t agreed[CANDIDATES]; /* unique strong keys in common */
	int count;
};

static int add_candidate(struct candidates *c, uint32_t flow)
{
	for (int i = 0; i < c->count; i++)
		if (c->flows[i] == flow)
			return i;
	if (c->count == CANDIDATES)
		return -1;
	c->flows[c->count] = flow;
	c->agreed[c->count] = 0;
	return c->count++;
}

struct lead {
	const struct index *index;
	const struct index_slot *slot;
};

/* The keys of a flow that lead anywhere, rarest first. */
static int list_leads(const struct matcher *m, uint32_t before, int kinds,
		      struct lead *leads)
{
	const struct feature *a = &m->scorer.before[before];
	int n = 0;

	for (int k = 0; k < kinds; k++) {
		const struct index *index = &m->scorer.indexes[k];
		const struct index_slot *slot = index_find(index, a->keys[k]);
		int at;

		if (slot == NULL)
			continue;
		for (at = n++;
		     at > 0 && leads[at - 1].slot->count > slot->count; at--)
			leads[at] = leads[at - 1];
		leads[at] = (struct lead){index, slot};
	}
	return n;
}

/* Candidates that share a key. Stops early at one that three keys name which
 * nobody else has: no other flow can come near it. */
static void gather(const struct matcher *m, uint32_t before, int kinds,
		   struct candidates *c)
{
	struct lead leads[FEATURE_COUNT];
	int n = list_leads(m, before, kinds, leads);

	for (int i = 0; i < n; i++) {
		const struct index_slot *slot = leads[i].slot;

		for (uint32_t b = slot->head; b != FLOW_NONE;
		     b = leads[i].index->next[b]) {
			int at = add_candidate(c, b);

			if (at < 0)
				return;
			if (slot->count == 1 &&
			    ++c->agreed[at] == UNIQUE_ENOUGH)
				return;
		}
	}
}

/* Flows that began nearest to when this one should have been seen. */
static void gather_by_time(const struct matcher *m, uint32_t before,
			   struct candidates *c)
{
	const struct scorer *s = &m->scorer;
	int64_t due = clock_across(&s->clock, s->before[before].first_ns);
	uint32_t low = (uint32_t)bisect(
		i, m->behind_count, s->behind[m->by_start[i]].first_ns < due);

	low = low > TIME_NEIGHBOURS ? low - TIME_NEIGHBOURS : 0;
	for (uint32_t i = low;
	     i < m->behind_count && i < low + 2 * TIME_NEIGHBOURS; i++)
		add_candidate(c, m->by_start[i]);
}

static void score_candidates(struct matcher *m, uint32_t before,
			     const struct candidates *c)
{
	for (int i = 0; i < c->count; i++) {
		struct score score =
			score_pair(&m->scorer, before, c->flows[i]);

		if (score.bits > m->floor)
			keep_edge(
				m, before,
				(struct edge){c->flows[i], (float)score.bits});
	}
}

void edges_find_strong(struct matcher *m)
{
	for (uint32_t a = 0; a < m->before_count; a++) {
		struct candidates c;

		c.count = 0;
		gather(m, a, FEATURE_STRONG, &c);
		score_candidates(m, a, &c);
	}
}

void edges_rescore(struct matcher *m)
{
	for (uint32_t a = 0; a < m->before_count; a++) {
		const struct edge *edges = edges_of(m, a);
		struct candidates c;

		c.count = 0;
		if (m->partner_before[a] != FLOW_NONE)
			continue;
		for (int i = 0; i < m->edge_count[a]; i++)
			add_candidate(&c, edges[i].behind);
		m->edge_count[a] = 0;
		score_candidates(m, a, &c);
	}
}

void edges_find_weak(struct matcher *m)
{
	for (uint32_t a = 0; a < m->before_count; a++) {
		struct candidates c;

		c.count = 0;
		if (m->partner_before[a] != FLOW_NONE)
			continue;
		m->edge_count[a] = 0;
		gather(m, a, FEATURE_INDEXED, &c);
		if (m->by_start != NULL && m->scorer.clock.known)
			gather_by_time(m, a, &c);
		score_candidates(m, a, &c);
	}
}
