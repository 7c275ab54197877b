/* SPDX-License-Identifier: MIT
 *
 * For each flow before the hop: candidates from the indexes, scored, the best
 * few kept as edges. Edges that are the best of both their ends by a wide
 * margin are taken and their flows leave the field, which may widen other
 * margins; this repeats. Small knots that remain are assigned as a whole, and
 * a pair counts only if the assignment without it is clearly worse.
 */
#include "matcher.h"

#include <math.h>
#include <string.h>

#define NOTHING (-1000.0f) /* no rival: less than any score */

/* Pairs that are enough to learn from what a hop keeps. */
#define ENOUGH 8u

/* ---- taking the clear pairs ---- */

static struct best best_of(const struct matcher *m, uint32_t before)
{
	const struct edge *edges = edges_of(m, before);
	struct best best = {FLOW_NONE, NOTHING, NOTHING};

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
		best->second = best->flow == FLOW_NONE ? NOTHING : best->first;
		best->first = bits;
		best->flow = flow;
	} else if (bits > best->second) {
		best->second = bits;
	}
}

/* The two best flows before, for each flow behind. */
static void rank_behind(struct matcher *m)
{
	for (uint32_t b = 0; b < m->behind_count; b++)
		m->best_behind[b] = (struct best){FLOW_NONE, NOTHING, NOTHING};
	for (uint32_t a = 0; a < m->before_count; a++) {
		const struct edge *edges = edges_of(m, a);

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

bool matcher_take(struct matcher *m, uint32_t a, uint32_t b, double margin)
{
	struct score score = score_pair(&m->scorer, a, b);
	struct link *link = vec_push(&m->match->links);

	if (link == NULL)
		return false;
	*link = (struct link){.before = a,
			      .behind = b,
			      .bits = (float)score.bits,
			      .margin = (float)margin,
			      .isn_bits = {(float)score.isn_bits[0],
					   (float)score.isn_bits[1]},
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
			 fmax(fmax((double)best.second, (double)rival.second),
			      m->need);
		if (margin < need)
			continue;
		if (!matcher_take(m, a, best.flow, margin))
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
	if (m->match->links.count == 0) {
		free(samples);
		return true; /* nothing new: what was learned stands */
	}
	vec_foreach (link, &m->match->links) {
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
	if (count > 0 && !clock.known)
		return false;
	scorer_set_clock(&m->scorer, &clock);
	m->match->clock = clock;
	return true;
}

static bool learn(struct matcher *m)
{
	struct habits habits = {0};

	vec_foreach (link, &m->match->links)
		habits_note(&habits, &m->scorer.before[link->before],
			    &m->scorer.behind[link->behind]);
	scorer_learn(&m->scorer, &habits);
	return fit_clock(m);
}

static void forget(struct matcher *m)
{
	vec_foreach (link, &m->match->links) {
		m->partner_before[link->before] = FLOW_NONE;
		m->partner_behind[link->behind] = FLOW_NONE;
	}
	m->match->links.count = 0;
}

static int compare_start(const void *a, const void *b, void *context)
{
	const struct matcher *m = context;
	const struct feature *features = m->scorer.behind;
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
		compare_start, m);
	return true;
}

/* ---- one connection on several tuples ---- */

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
	for (uint32_t b = 0; b < m->behind_count; b++)
		m->best_behind[b] = (struct best){FLOW_NONE, NOTHING, NOTHING};
	for (uint32_t a = 0; a < m->before_count; a++) {
		const struct edge *edges = edges_of(m, a);

		for (int i = 0; i < m->edge_count[a]; i++)
			if (m->partner_behind[edges[i].behind] == FLOW_NONE)
				note_best(&m->best_behind[edges[i].behind], a,
					  edges[i].bits);
	}
	for (uint32_t b = 0; b < m->behind_count; b++) {
		const struct best *best = &m->best_behind[b];
		double margin = best->first - fmax(best->second, m->need);
		uint32_t partner;

		if (best->flow == FLOW_NONE || margin < CLEAR_BITS ||
		    m->ambiguous_behind[b] || !lives_within(m, best->flow, b))
			continue;
		partner = m->partner_before[best->flow];
		if (partner == FLOW_NONE)
			continue;
		if (!matcher_take(m, best->flow, b, margin))
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
	m->ambiguous_behind =
		calloc((size_t)nb + 1, sizeof(*m->ambiguous_behind));
	if (m->edges == NULL || m->ambiguous_behind == NULL ||
	    m->edge_count == NULL || m->best_behind == NULL ||
	    m->partner_before == NULL || m->partner_behind == NULL)
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
	free(m->ambiguous_behind);
}

static bool is_work_left(const struct matcher *m)
{
	return m->match->links.count < m->before_count &&
	       m->match->links.count < m->behind_count;
}

static bool widen(struct matcher *m)
{
	if (m->by_start != NULL)
		return true;
	return scorer_widen(&m->scorer) && sort_by_start(m);
}

static void set_absolute(struct matcher *m)
{
	m->floor = 0;
	m->need = fmax(0, m->scorer.break_even);
}

/* Does a pair agree on payload that few others have? */
static bool shares_rare_payload(const struct matcher *m,
				const struct link *link)
{
	static const enum feature_kind kinds[] = {
		FEATURE_PAYLOAD, FEATURE_DATA_CLIENT, FEATURE_DATA_SERVER,
		FEATURE_HEAD_CLIENT, FEATURE_HEAD_SERVER};
	const struct feature *a = &m->scorer.before[link->before];
	const struct feature *b = &m->scorer.behind[link->behind];

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		const struct index_slot *slot;

		if (a->keys[kinds[i]] != b->keys[kinds[i]])
			continue;
		slot = index_find(&m->scorer.indexes[kinds[i]],
				  a->keys[kinds[i]]);
		if (slot != NULL && slot->count <= 1 + m->behind_count / 16)
			return true;
	}
	return false;
}

/* Do most pairs carry the same bytes, and not only what all carry? */
static bool same_payload(const struct matcher *m)
{
	size_t same = 0;

	vec_foreach (link, &m->match->links)
		same += shares_rare_payload(m, link);
	return same * 3 > m->match->links.count * 2;
}

/* A hop that rewrites all that it can leaves every pair below any absolute
 * threshold. Then the pairs that stand out among their rivals tell what it
 * rewrites - provided that they carry the same bytes, which no two captures
 * of different traffic do. */
static bool guess_habits(struct matcher *m)
{
	bool ok;

	forget(m);
	m->floor = m->need = NOTHING / 2;
	if (!widen(m))
		return false;
	edges_find_weak(m);
	ok = take_all_clear(m, CLEAR_BITS);
	if (ok && m->match->links.count >= ENOUGH / 2 && same_payload(m))
		ok = learn(m);
	forget(m);
	set_absolute(m);
	edges_find_weak(m);
	return ok;
}

/* Among few connections through a hop that rewrites all, no pair may be clear
 * enough to tell the clocks from. Then those that the knots gave do, and times
 * tell who belongs to whom of the rest. */
static bool match_by_late_clock(struct matcher *m)
{
	if (m->scorer.clock.known || !is_work_left(m))
		return true;
	if (!fit_clock(m))
		return false;
	if (!m->scorer.clock.known)
		return true;
	edges_find_weak(m);
	return take_all_clear(m, CLEAR_BITS) && knots_solve(m);
}

static bool match_rest(struct matcher *m)
{
	if (!widen(m))
		return false;
	edges_find_weak(m);
	if (!take_all_clear(m, SURE_BITS) || !fit_clock(m))
		return false;
	edges_find_weak(m);
	return take_all_clear(m, CLEAR_BITS) && knots_solve(m) &&
	       match_by_late_clock(m) && knots_note_clones(m);
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
	set_absolute(m);
	edges_find_strong(m);
	if (!take_all_clear(m, SURE_BITS))
		return false;
	if (m->match->links.count < ENOUGH && is_work_left(m)) {
		if (!guess_habits(m))
			return false;
	} else {
		if (!learn(m))
			return false;
		forget(m);
		edges_rescore(m);
	}
	if (!take_all_clear(m, SURE_BITS) || !fit_clock(m))
		return false;
	if (is_work_left(m) && !match_rest(m))
		return false;
	if (!m->match->clock.known && !fit_clock(m))
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
	vec_foreach (ambiguity, &match->ambiguities) {
		vec_fini(&ambiguity->before);
		vec_fini(&ambiguity->behind);
	}
	vec_fini(&match->ambiguities);
	vec_fini(&match->links);
}
