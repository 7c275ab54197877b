/* SPDX-License-Identifier: MIT
 *
 * For each flow before the hop: candidates from the indexes, scored, the best
 * few kept as edges. Edges that are the best of both their ends by a wide
 * margin are taken and their flows leave the field, which may widen other
 * margins; this repeats. Small knots that remain are assigned as a whole, and
 * a pair counts only if the assignment without it is clearly worse.
 */
#include "match.h"

#include "assign.h"

#include <math.h>
#include <string.h>

#define EDGES	       8  /* best candidates kept per flow */
#define CANDIDATES     64 /* looked at per flow */
#define SURE_BITS      20.0
#define CLEAR_BITS     10.0
#define POSSIBLE_BITS  3.2 /* posterior 0.9 */
#define EXACT_SIZE     40  /* knots up to this size get exact margins */
#define TIME_NEIGHBOURS 8

struct edge {
	uint32_t behind;
	float bits;
};

struct best {
	uint32_t flow;
	float first, second;
};

struct matcher {
	struct scorer scorer;
	struct edge *edges;   /* EDGES per flow before */
	uint8_t *edge_count;
	struct best *best_behind;
	uint32_t *partner_before, *partner_behind; /* FLOW_NONE: free */
	uint32_t *by_start; /* flows behind by first time, or NULL */
	uint32_t before_count, behind_count;
	struct match *match;
};

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

/* Candidates that share a key. Stops early at one that three rare keys name:
 * no other flow can come near it. */
static void gather(const struct matcher *m, uint32_t before, int from, int to,
		   struct candidates *c)
{
	const struct feature *a = &m->scorer.before[before];

	for (int k = from; k < to; k++) {
		const struct index *index = &m->scorer.indexes[k];
		const struct index_slot *slot = index_find(index, a->keys[k]);

		if (slot == NULL)
			continue;
		for (uint32_t b = slot->head; b != FLOW_NONE;
		     b = index->next[b]) {
			int at = add_candidate(c, b);

			if (at < 0)
				break;
			if (slot->count == 1 && ++c->agreed[at] == 3)
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
	uint32_t low = 0, high = m->behind_count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (s->behind[m->by_start[mid]].first_ns < due)
			low = mid + 1;
		else
			high = mid;
	}
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

		if (score.bits > 0)
			keep_edge(m, before,
				  (struct edge){c->flows[i],
						(float)score.bits});
	}
}

static void find_strong(struct matcher *m)
{
	for (uint32_t a = 0; a < m->before_count; a++) {
		struct candidates c;

		c.count = 0;
		gather(m, a, 0, FEATURE_STRONG, &c);
		score_candidates(m, a, &c);
	}
}

/* Scores every edge again, with what has been learned. */
static void rescore(struct matcher *m)
{
	for (uint32_t a = 0; a < m->before_count; a++) {
		struct edge *edges = m->edges + (size_t)a * EDGES;
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

static void find_weak(struct matcher *m)
{
	for (uint32_t a = 0; a < m->before_count; a++) {
		struct candidates c;

		c.count = 0;
		if (m->partner_before[a] != FLOW_NONE)
			continue;
		gather(m, a, 0, FEATURE_INDEXED, &c);
		if (m->by_start != NULL && m->scorer.clock.known)
			gather_by_time(m, a, &c);
		score_candidates(m, a, &c);
	}
}

/* ---- taking the clear pairs ---- */

static struct best best_of(const struct matcher *m, uint32_t before)
{
	const struct edge *edges = m->edges + (size_t)before * EDGES;
	struct best best = {FLOW_NONE, 0, 0};

	for (int i = 0; i < m->edge_count[before]; i++) {
		if (m->partner_behind[edges[i].behind] != FLOW_NONE)
			continue;
		if (best.flow == FLOW_NONE) {
			best.flow = edges[i].behind;
			best.first = edges[i].bits;
		} else {
			best.second = edges[i].bits;
			break;
		}
	}
	return best;
}

static void note_best(struct best *best, uint32_t flow, float bits)
{
	if (best->flow == FLOW_NONE || bits > best->first) {
		best->second = best->flow == FLOW_NONE ? 0 : best->first;
		best->first = bits;
		best->flow = flow;
	} else if (bits > best->second) {
		best->second = bits;
	}
}

static void rank_behind(struct matcher *m)
{
	for (uint32_t b = 0; b < m->behind_count; b++)
		m->best_behind[b] = (struct best){FLOW_NONE, 0, 0};
	for (uint32_t a = 0; a < m->before_count; a++) {
		const struct edge *edges = m->edges + (size_t)a * EDGES;

		if (m->partner_before[a] != FLOW_NONE)
			continue;
		for (int i = 0; i < m->edge_count[a]; i++)
			note_best(&m->best_behind[edges[i].behind], a,
				  edges[i].bits);
	}
}

static enum nw_match_class class_of(double margin)
{
	if (margin >= SURE_BITS)
		return NW_MATCH_CERTAIN;
	return margin >= CLEAR_BITS ? NW_MATCH_STRONG : NW_MATCH_POSSIBLE;
}

static bool take(struct matcher *m, uint32_t a, uint32_t b, double margin)
{
	struct score score = score_pair(&m->scorer, a, b);
	struct link *link = vec_push(&m->match->links);

	if (link == NULL)
		return false;
	*link = (struct link){.before = a,
			      .behind = b,
			      .bits = (float)score.bits,
			      .margin = (float)margin,
			      .isn_bits = (float)score.isn_bits,
			      .evidence = score.evidence,
			      .match_class = (uint8_t)class_of(margin)};
	m->partner_before[a] = b;
	m->partner_behind[b] = a;
	return true;
}

/* Takes every pair that is the best of both its ends by `need` bits over any
 * rival and over having no counterpart. */
static bool take_clear(struct matcher *m, double need, bool *progress)
{
	*progress = false;
	rank_behind(m);
	for (uint32_t a = 0; a < m->before_count; a++) {
		struct best best, rival;
		double margin;

		if (m->partner_before[a] != FLOW_NONE)
			continue;
		best = best_of(m, a);
		if (best.flow == FLOW_NONE)
			continue;
		rival = m->best_behind[best.flow];
		if (rival.flow != a)
			continue;
		margin = best.first -
			 fmax(fmax(best.second, rival.second),
			      fmax(0, m->scorer.break_even));
		if (margin < need)
			continue;
		if (!take(m, a, best.flow, margin))
			return false;
		*progress = true;
	}
	return true;
}

static bool take_all_clear(struct matcher *m, double need)
{
	bool progress;

	do {
		if (!take_clear(m, need, &progress))
			return false;
	} while (progress);
	return true;
}

/* ---- learning from the sure pairs ---- */

static bool fit_clock(struct matcher *m)
{
	size_t count = 0;
	struct clock_sample *samples =
		malloc((m->match->links.count * 2 + 1) * sizeof(*samples));
	struct clock clock;

	if (samples == NULL)
		return false;
	vec_foreach(link, &m->match->links)
	{
		const struct feature *a = &m->scorer.before[link->before];
		const struct feature *b = &m->scorer.behind[link->behind];

		if (a->syn_ns != 0 && b->syn_ns != 0)
			samples[count++] = (struct clock_sample){
				a->syn_ns, b->syn_ns - a->syn_ns, true};
		if (a->syn_ack_ns != 0 && b->syn_ack_ns != 0)
			samples[count++] = (struct clock_sample){
				a->syn_ack_ns, b->syn_ack_ns - a->syn_ack_ns,
				false};
	}
	clock = clock_fit(samples, count);
	free(samples);
	scorer_set_clock(&m->scorer, &clock);
	m->match->clock = clock;
	return true;
}

static bool learn(struct matcher *m)
{
	struct habits habits = {0};

	vec_foreach(link, &m->match->links)
		habits_note(&habits, &m->scorer.before[link->before],
			    &m->scorer.behind[link->behind]);
	scorer_learn(&m->scorer, &habits);
	return fit_clock(m);
}

static void forget(struct matcher *m)
{
	vec_foreach(link, &m->match->links)
	{
		m->partner_before[link->before] = FLOW_NONE;
		m->partner_behind[link->behind] = FLOW_NONE;
	}
	m->match->links.count = 0;
}

static int compare_start(const void *a, const void *b, void *context)
{
	const struct feature *features = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	int64_t s = features[x].first_ns, t = features[y].first_ns;

	return s != t ? (s > t) - (s < t) : (x > y) - (x < y);
}

static bool sort_by_start(struct matcher *m)
{
	m->by_start = malloc((m->behind_count + 1u) * sizeof(*m->by_start));
	if (m->by_start == NULL)
		return false;
	for (uint32_t i = 0; i < m->behind_count; i++)
		m->by_start[i] = i;
	qsort_r(m->by_start, m->behind_count, sizeof(*m->by_start),
		compare_start, (void *)(uintptr_t)m->scorer.behind);
	return true;
}

/* ---- knots ---- */

struct knot {
	VEC(uint32_t) before, behind;
};

static void knot_fini(struct knot *k)
{
	vec_fini(&k->before);
	vec_fini(&k->behind);
}

static uint32_t find_root(uint32_t *parent, uint32_t x)
{
	while (parent[x] != x) {
		parent[x] = parent[parent[x]];
		x = parent[x];
	}
	return x;
}

static bool is_open_edge(const struct matcher *m, uint32_t a,
			 const struct edge *edge)
{
	return m->partner_before[a] == FLOW_NONE &&
	       m->partner_behind[edge->behind] == FLOW_NONE &&
	       edge->bits > m->scorer.break_even && edge->bits > POSSIBLE_BITS;
}

/* Unites flows of open edges: parent[] covers before, then behind. */
static uint32_t *unite(const struct matcher *m)
{
	size_t count = (size_t)m->before_count + m->behind_count;
	uint32_t *parent = malloc((count + 1) * sizeof(*parent));

	for (size_t i = 0; parent != NULL && i < count; i++)
		parent[i] = (uint32_t)i;
	for (uint32_t a = 0; parent != NULL && a < m->before_count; a++) {
		const struct edge *edges = m->edges + (size_t)a * EDGES;

		for (int i = 0; i < m->edge_count[a]; i++) {
			uint32_t x, y;

			if (!is_open_edge(m, a, &edges[i]))
				continue;
			x = find_root(parent, a);
			y = find_root(parent, m->before_count + edges[i].behind);
			/* The lower number is the root: order of birth. */
			parent[x > y ? x : y] = x < y ? x : y;
		}
	}
	return parent;
}

static double *knot_weights(const struct matcher *m, const struct knot *k,
			    int n)
{
	double *weights = calloc((size_t)n * (size_t)n, sizeof(*weights));

	for (size_t i = 0; weights != NULL && i < k->before.count; i++) {
		uint32_t a = k->before.items[i];
		const struct edge *edges = m->edges + (size_t)a * EDGES;

		for (int e = 0; e < m->edge_count[a]; e++) {
			if (!is_open_edge(m, a, &edges[e]))
				continue;
			for (size_t j = 0; j < k->behind.count; j++)
				if (k->behind.items[j] == edges[e].behind)
					weights[i * (size_t)n + j] =
						edges[e].bits -
						fmax(0, m->scorer.break_even);
		}
	}
	return weights;
}

/* How much worse everything gets without this pair. */
static double exact_margin(double *weights, int n, int row, int column,
			   double sum)
{
	int scratch[ASSIGN_MAX];
	double *cell = &weights[row * n + column], kept = *cell, without;

	*cell = 0;
	without = assign(weights, n, scratch);
	*cell = kept;
	return without < 0 ? 0 : sum - without;
}

static bool add_ambiguity(struct matcher *m, const struct knot *k)
{
	struct ambiguity *ambiguity = vec_push(&m->match->ambiguities);

	if (ambiguity == NULL)
		return false;
	for (size_t i = 0; i < k->before.count; i++) {
		uint32_t a = k->before.items[i];
		uint32_t *place;

		if (m->partner_before[a] != FLOW_NONE)
			continue;
		place = vec_push(&ambiguity->before);
		if (place == NULL)
			return false;
		*place = a;
	}
	for (size_t i = 0; i < k->behind.count; i++) {
		uint32_t b = k->behind.items[i];
		uint32_t *place;

		if (m->partner_behind[b] != FLOW_NONE)
			continue;
		place = vec_push(&ambiguity->behind);
		if (place == NULL)
			return false;
		*place = b;
	}
	if (ambiguity->before.count == 0 || ambiguity->behind.count == 0) {
		vec_fini(&ambiguity->before);
		vec_fini(&ambiguity->behind);
		m->match->ambiguities.count--;
	}
	return true;
}

static bool assign_knot(struct matcher *m, const struct knot *k, int n)
{
	double *weights = knot_weights(m, k, n);
	int column[ASSIGN_MAX];
	double margins[ASSIGN_MAX] = {0};
	double sum;
	bool ok = true;

	if (weights == NULL)
		return false;
	sum = assign(weights, n, column);
	for (int row = 0; row < n && sum > 0; row++)
		if (column[row] >= 0)
			margins[row] = exact_margin(weights, n, row,
						    column[row], sum);
	for (int row = 0; row < n && sum > 0; row++)
		if (margins[row] >= POSSIBLE_BITS)
			ok = ok && take(m, k->before.items[row],
					k->behind.items[column[row]],
					margins[row]);
	free(weights);
	return ok && sum >= 0;
}

static bool solve_knot(struct matcher *m, const struct knot *k)
{
	size_t n = k->before.count > k->behind.count ? k->before.count
						     : k->behind.count;

	if (k->before.count == 0 || k->behind.count == 0)
		return true;
	if (n <= EXACT_SIZE && !assign_knot(m, k, (int)n))
		return false;
	return add_ambiguity(m, k);
}

static int compare_root(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static bool note_member(struct matcher *m, struct knot *knot, uint32_t member)
{
	bool is_before = member < m->before_count;
	uint32_t *place = is_before ? vec_push(&knot->before)
				    : vec_push(&knot->behind);

	if (place == NULL)
		return false;
	*place = is_before ? member : member - m->before_count;
	return true;
}

/* Members of each knot, by root and number, are solved together. */
static bool solve_knots(struct matcher *m)
{
	size_t count = (size_t)m->before_count + m->behind_count, n = 0;
	uint32_t *parent = unite(m);
	uint64_t *members = malloc((count + 1) * sizeof(*members));
	bool ok = parent != NULL && members != NULL;

	for (size_t i = 0; ok && i < count; i++) {
		uint32_t partner = i < m->before_count
					   ? m->partner_before[i]
					   : m->partner_behind[i -
							       m->before_count];

		if (partner == FLOW_NONE)
			members[n++] = (uint64_t)find_root(parent, (uint32_t)i)
					       << 32 |
				       i;
	}
	if (ok)
		qsort(members, n, sizeof(*members), compare_root);
	for (size_t i = 0; ok && i < n;) {
		struct knot knot = {0};
		uint64_t root = members[i] >> 32;

		for (; ok && i < n && members[i] >> 32 == root; i++)
			ok = note_member(m, &knot, (uint32_t)members[i]);
		ok = ok && solve_knot(m, &knot);
		knot_fini(&knot);
	}
	free(parent);
	free(members);
	return ok;
}

/* ---- one connection on several tuples ---- */

static bool is_ambiguous(const struct matcher *m, uint32_t behind)
{
	vec_foreach(ambiguity, &m->match->ambiguities)
		vec_foreach(b, &ambiguity->behind) if (*b == behind)
			return true;
	return false;
}

static bool lives_within(const struct matcher *m, uint32_t a, uint32_t b)
{
	const struct feature *outer = &m->scorer.before[a];
	const struct feature *inner = &m->scorer.behind[b];
	int64_t slack = m->scorer.time_window_ns + 1000000;

	if (!m->scorer.clock.known)
		return false;
	return inner->first_ns + slack >=
		       clock_across(&m->scorer.clock, outer->first_ns) &&
	       inner->last_ns <=
		       clock_across(&m->scorer.clock, outer->last_ns) + slack +
			       INT64_C(5000000000);
}

/* A flow behind that nobody owns, although its evidence names one flow
 * before that has another counterpart already: the device has moved the
 * connection to another tuple. */
static bool take_extras(struct matcher *m)
{
	rank_behind(m);
	for (uint32_t b = 0; b < m->behind_count; b++)
		m->best_behind[b] = (struct best){FLOW_NONE, 0, 0};
	for (uint32_t a = 0; a < m->before_count; a++) {
		const struct edge *edges = m->edges + (size_t)a * EDGES;

		for (int i = 0; i < m->edge_count[a]; i++)
			if (m->partner_behind[edges[i].behind] == FLOW_NONE)
				note_best(&m->best_behind[edges[i].behind], a,
					  edges[i].bits);
	}
	for (uint32_t b = 0; b < m->behind_count; b++) {
		const struct best *best = &m->best_behind[b];
		double margin =
			best->first -
			fmax(best->second, fmax(0, m->scorer.break_even));
		uint32_t partner;

		if (best->flow == FLOW_NONE || margin < CLEAR_BITS ||
		    is_ambiguous(m, b) || !lives_within(m, best->flow, b))
			continue;
		partner = m->partner_before[best->flow];
		if (partner == FLOW_NONE)
			continue;
		if (!take(m, best->flow, b, margin))
			return false;
		m->match->links.items[m->match->links.count - 1].extra = true;
		m->partner_before[best->flow] = partner;
	}
	return true;
}

/* ---- the whole ---- */

static bool matcher_init(struct matcher *m, const struct match_side *before,
			 const struct match_side *behind)
{
	uint32_t na = point_flow_count(before->point);
	uint32_t nb = point_flow_count(behind->point);

	m->before_count = m->scorer.before_count = na;
	m->behind_count = m->scorer.behind_count = nb;
	m->scorer.before = before->features;
	m->scorer.behind = behind->features;
	m->edges = malloc(((size_t)na * EDGES + 1) * sizeof(*m->edges));
	m->edge_count = calloc((size_t)na + 1, sizeof(*m->edge_count));
	m->best_behind = malloc(((size_t)nb + 1) * sizeof(*m->best_behind));
	m->partner_before = malloc(((size_t)na + 1) * sizeof(uint32_t));
	m->partner_behind = malloc(((size_t)nb + 1) * sizeof(uint32_t));
	if (m->edges == NULL || m->edge_count == NULL ||
	    m->best_behind == NULL || m->partner_before == NULL ||
	    m->partner_behind == NULL)
		return false;
	memset(m->partner_before, 0xff, na * sizeof(uint32_t));
	memset(m->partner_behind, 0xff, nb * sizeof(uint32_t));
	return scorer_init(&m->scorer);
}

static void matcher_fini(struct matcher *m)
{
	scorer_fini(&m->scorer);
	free(m->edges);
	free(m->edge_count);
	free(m->best_behind);
	free(m->partner_before);
	free(m->partner_behind);
	free(m->by_start);
}

static bool is_work_left(const struct matcher *m)
{
	return m->match->links.count < m->before_count &&
	       m->match->links.count < m->behind_count;
}

static bool match_rest(struct matcher *m)
{
	if (!scorer_widen(&m->scorer) || !sort_by_start(m))
		return false;
	find_weak(m);
	if (!take_all_clear(m, SURE_BITS) || !fit_clock(m))
		return false;
	rescore(m);
	find_weak(m);
	return take_all_clear(m, CLEAR_BITS) && solve_knots(m);
}

static int compare_link(const void *a, const void *b)
{
	const struct link *x = a, *y = b;

	if (x->extra != y->extra)
		return x->extra - y->extra;
	if (x->before != y->before)
		return x->before > y->before ? 1 : -1;
	return (x->behind > y->behind) - (x->behind < y->behind);
}

static bool run(struct matcher *m)
{
	find_strong(m);
	if (!take_all_clear(m, SURE_BITS) || !learn(m))
		return false;
	forget(m);
	rescore(m);
	if (!take_all_clear(m, SURE_BITS) || !fit_clock(m))
		return false;
	if (is_work_left(m) && !match_rest(m))
		return false;
	if (m->match->links.count < m->behind_count && !take_extras(m))
		return false;
	memcpy(m->match->keep, m->scorer.keep, sizeof(m->match->keep));
	if (m->match->links.count > 0)
		qsort(m->match->links.items, m->match->links.count,
		      sizeof(struct link), compare_link);
	return true;
}

bool match_hop(const struct match_side *before, const struct match_side *behind,
	       struct match *match)
{
	struct matcher m = {.match = match};
	bool ok;

	*match = (struct match){0};
	ok = matcher_init(&m, before, behind) && run(&m);
	matcher_fini(&m);
	return ok;
}

void match_fini(struct match *match)
{
	vec_foreach(ambiguity, &match->ambiguities)
	{
		vec_fini(&ambiguity->before);
		vec_fini(&ambiguity->behind);
	}
	vec_fini(&match->ambiguities);
	vec_fini(&match->links);
}
