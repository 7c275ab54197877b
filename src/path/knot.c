/* SPDX-License-Identifier: MIT
 *
 * Knots: flows that share candidates so that no pair stands out. A small knot
 * is assigned as a whole, and a pair counts only if the best assignment
 * without it is clearly worse; the rest is reported as ambiguous.
 */
#include "assign.h"
#include "matcher.h"

#include <math.h>

#define EXACT_SIZE 40 /* knots up to this size get exact margins */

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
	       edge->bits > m->need + POSSIBLE_BITS;
}

/* Unites flows of open edges: parent[] covers before, then behind. */
static uint32_t *unite(const struct matcher *m)
{
	size_t count = (size_t)m->before_count + m->behind_count;
	uint32_t *parent = malloc((count + 1) * sizeof(*parent));

	for (size_t i = 0; parent != NULL && i < count; i++)
		parent[i] = (uint32_t)i;
	for (uint32_t a = 0; parent != NULL && a < m->before_count; a++) {
		const struct edge *edges = edges_of(m, a);

		for (int i = 0; i < m->edge_count[a]; i++) {
			uint32_t x, y;

			if (!is_open_edge(m, a, &edges[i]))
				continue;
			x = find_root(parent, a);
			y = find_root(parent,
				      m->before_count + edges[i].behind);
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
		const struct edge *edges = edges_of(m, a);

		for (int e = 0; e < m->edge_count[a]; e++) {
			if (!is_open_edge(m, a, &edges[e]))
				continue;
			for (size_t j = 0; j < k->behind.count; j++)
				if (k->behind.items[j] == edges[e].behind)
					weights[i * (size_t)n + j] =
						edges[e].bits - m->need;
		}
	}
	return weights;
}

/* How much worse everything gets without this pair; -INFINITY: no memory. */
static double exact_margin(double *weights, int n, int row, int column,
			   double sum)
{
	int scratch[ASSIGN_MAX];
	double *cell = &weights[row * n + column], kept = *cell, without;

	*cell = 0;
	without = assign(weights, n, scratch);
	*cell = kept;
	return without < 0 ? -INFINITY : sum - without;
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
		m->ambiguous_behind[b] = true;
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
		if (column[row] >= 0) {
			margins[row] =
				exact_margin(weights, n, row, column[row], sum);
			ok = ok && margins[row] > -INFINITY;
		}
	for (int row = 0; row < n && sum > 0; row++)
		if (margins[row] >= POSSIBLE_BITS)
			ok = ok && matcher_take(m, k->before.items[row],
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
	uint32_t *place =
		is_before ? vec_push(&knot->before) : vec_push(&knot->behind);

	if (place == NULL)
		return false;
	*place = is_before ? member : member - m->before_count;
	return true;
}

/* Members of each knot, by root and number, are solved together. */
bool knots_solve(struct matcher *m)
{
	size_t count = (size_t)m->before_count + m->behind_count, n = 0;
	uint32_t *parent = unite(m);
	uint64_t *members = malloc((count + 1) * sizeof(*members));
	bool ok = parent != NULL && members != NULL;

	for (size_t i = 0; ok && i < count; i++) {
		uint32_t partner =
			i < m->before_count
				? m->partner_before[i]
				: m->partner_behind[i - m->before_count];

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

/* ---- clones ---- */

struct clone {
	uint32_t key, flow;
};

static int compare_clone(const void *a, const void *b)
{
	const struct clone *x = a, *y = b;

	if (x->key != y->key)
		return x->key > y->key ? 1 : -1;
	return (x->flow > y->flow) - (x->flow < y->flow);
}

/* Flows that have neither partner nor group, by their payload. */
static struct clone *list_clones(const struct feature *features,
				 const uint32_t *partners, const bool *grouped,
				 uint32_t count, size_t *n)
{
	struct clone *clones = malloc((count + 1u) * sizeof(*clones));

	for (uint32_t i = 0; clones != NULL && i < count; i++) {
		uint32_t key = features[i].keys[FEATURE_PAYLOAD];

		if (key != 0 && partners[i] == FLOW_NONE && !grouped[i])
			clones[(*n)++] = (struct clone){key, i};
	}
	if (clones != NULL && *n > 0)
		qsort(clones, *n, sizeof(*clones), compare_clone);
	return clones;
}

static bool group_clones(struct matcher *m, const struct clone *a, size_t na,
			 const struct clone *b, size_t nb)
{
	bool ok = true;

	for (size_t i = 0, k = 0; ok && i < na && k < nb;) {
		struct knot knot = {0};
		uint32_t key = a[i].key < b[k].key ? a[i].key : b[k].key;

		for (; ok && i < na && a[i].key == key; i++)
			ok = note_member(m, &knot, a[i].flow);
		for (; ok && k < nb && b[k].key == key; k++)
			ok = note_member(m, &knot, m->before_count + b[k].flow);
		/* One on each side is no question of which is which. */
		if (ok && knot.before.count + knot.behind.count > 2)
			ok = add_ambiguity(m, &knot);
		knot_fini(&knot);
	}
	return ok;
}

bool knots_note_clones(struct matcher *m)
{
	bool *grouped = calloc(m->before_count + 1u, sizeof(*grouped));
	struct clone *a = NULL, *b = NULL;
	size_t na = 0, nb = 0;
	bool ok;

	if (grouped == NULL)
		return false;
	vec_foreach (ambiguity, &m->match->ambiguities)
		vec_foreach (flow, &ambiguity->before)
			grouped[*flow] = true;
	a = list_clones(m->scorer.before, m->partner_before, grouped,
			m->before_count, &na);
	b = list_clones(m->scorer.behind, m->partner_behind,
			m->ambiguous_behind, m->behind_count, &nb);
	ok = a != NULL && b != NULL && group_clones(m, a, na, b, nb);
	free(grouped);
	free(a);
	free(b);
	return ok;
}
