/* SPDX-License-Identifier: MIT
 *
 * A wrong number that means nothing is uniform over 2^32. A hypothesis that
 * accepts n numbers then hits with probability n / 2^32; over all numbers and
 * all hypotheses that are at least as surprising the probabilities add up.
 * Below one in a million the cause is confirmed, below one in a thousand it
 * is likely, below one in twenty compatible, else not mentioned. Likely causes
 * of several numbers confirm each other (support.c).
 */
#include "provenance.h"

#include "legs.h"
#include "numberindex.h"
#include "support.h"

#include <math.h>
#include <string.h>

#define SPACE     4294967296.0
#define MOST      10000                /* findings that are explained */
#define LINGER_NS INT64_C(60000000000) /* a device keeps state so long */

struct scene {
	struct nw_audit *audit;
	struct number_index *deltas; /* per hop */
	struct number_index *values; /* per point */
	struct legs *legs;           /* per point */
	struct number_index wrong;   /* all wrong numbers */
	struct trace in, out;
	struct support support;
	double tested; /* wrong numbers in all */
	/* of the finding at hand: paths that had its tuples before */
	uint32_t older[STALE_MAX], older_count;
};

/* ---- what is known of other connections ---- */

static bool build_deltas(struct scene *s, uint32_t hop)
{
	const struct nw_audit *audit = s->audit;
	struct number_index *index = &s->deltas[hop];

	if (index->built)
		return true;
	vec_foreach (link, &audit->matches[hop].links) {
		const struct flow *a =
			point_flow(&audit->points.items[hop], link->before);
		const struct flow *b =
			point_flow(&audit->points.items[hop + 1], link->behind);
		uint32_t path = audit->paths.path_of[hop][link->before];

		for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
			uint32_t delta = b->isn[d].n - a->isn[d].n;

			if (!flow_has_isn(a, d) || !flow_has_isn(b, d) ||
			    delta == 0)
				continue;
			if (!numbers_add(index, delta, path) ||
			    !numbers_add(index, -delta, path))
				return false;
		}
	}
	numbers_finish(index);
	return true;
}

/* Numbers that ACKs of other connections would carry at that point. */
static bool build_values(struct scene *s, uint32_t point)
{
	const struct point *p = &s->audit->points.items[point];
	struct number_index *index = &s->values[point];

	if (index->built)
		return true;
	for (uint32_t f = 0; f < point_flow_count(p); f++) {
		const struct flow *flow = point_flow(p, f);
		uint32_t path = s->audit->paths.path_of[point][f];

		for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
			uint32_t next = flow->codec.sides[d].next.n;

			if (!numbers_add(index, next, path))
				return false;
			if (flow_has_isn(flow, d) &&
			    !numbers_add(index, flow->isn[d].n + 1, path))
				return false;
		}
	}
	numbers_finish(index);
	return true;
}

/* ---- the clue ---- */

static const struct trace_item *find_item(const struct trace *trace,
					  const struct sighting *at)
{
	vec_foreach (item, &trace->items)
		if (item->record.frame == at->frame &&
		    item->record.file == at->file)
			return item;
	return NULL;
}

static bool load(struct scene *s, uint32_t path, uint32_t point,
		 struct trace *trace)
{
	uint32_t count;
	const struct path_flow *flows = path_members(
		&s->audit->paths, &s->audit->paths.items[path], point, &count);

	trace->point = point;
	return trace_load(trace, &s->audit->points.items[point], flows, count);
}

/* Flow of the path at that point, the first one. */
static const struct flow *flow_of(const struct scene *s, uint32_t path,
				  uint32_t point)
{
	uint32_t count;
	const struct path_flow *flows = path_members(
		&s->audit->paths, &s->audit->paths.items[path], point, &count);

	return count == 0 ? NULL
			  : point_flow(&s->audit->points.items[point],
				       flows->flow);
}

static struct range stream_of(const struct flow *flow, enum direction d)
{
	uint32_t end = flow->codec.sides[d].next.n;

	return (struct range){flow_has_isn(flow, d) ? flow->isn[d].n : end,
			      end};
}

/* The stream that the number counts. */
static enum direction stream_of_finding(const struct finding *f)
{
	bool own = strcmp(kind_entry(f->kind)->category, "seq") == 0;

	return own ? f->direction : opposite(f->direction);
}

/* Paths that used one of the path's tuples before, at any point: a NAT may
 * have given them other tuples elsewhere. */
static uint32_t list_older(const struct scene *s, uint32_t path,
			   uint32_t older[STALE_MAX])
{
	const struct path *p = &s->audit->paths.items[path];
	const struct path_flow *flows = path_flows(&s->audit->paths, p);
	uint32_t n = 0;

	for (uint32_t i = 0; i < p->count; i++) {
		const struct point *point =
			&s->audit->points.items[flows[i].point];
		uint32_t f = point_flow(point, flows[i].flow)->older;

		for (; f != FLOW_NONE && n < STALE_MAX;
		     f = point_flow(point, f)->older) {
			uint32_t q = s->audit->paths.path_of[flows[i].point][f];
			uint32_t k = 0;

			while (k < n && older[k] != q)
				k++;
			if (k == n && q != path)
				older[n++] = q;
		}
	}
	return n;
}

static void add_stale(const struct scene *s, const struct finding *f,
		      const uint32_t points[2], struct clue *clue)
{
	enum direction stream = stream_of_finding(f);

	for (uint32_t i = 0; i < s->older_count; i++) {
		for (int k = points[0] == points[1]; k < 2; k++) {
			const struct flow *flow =
				flow_of(s, s->older[i], points[k]);
			struct range r;

			if (flow == NULL || clue->stale_count == STALE_MAX)
				continue;
			r = stream_of(flow, stream);
			r.end += 2; /* the FIN, and the ACK behind it */
			clue->stale[clue->stale_count++] = r;
		}
	}
}

static uint32_t peer_end(const struct trace *trace,
			 const struct trace_item *until)
{
	const struct trace_item *last = NULL;

	for (const struct trace_item *i = trace->items.items; i < until; i++)
		if (i->record.direction != until->record.direction &&
		    i->has_seq && (i->record.segment.flags & TCP_RST) == 0 &&
		    (last == NULL || trace_end(i) > trace_end(last)))
			last = i;
	return last == NULL ? until->record.segment.ack.n
			    : seq_add(last->record.segment.seq,
				      segment_space(&last->record.segment))
				      .n;
}

/* Which points does the segment pass first and second? The same one twice
 * when it was wrong where it entered. */
static void points_of(const struct scene *s, const struct finding *f,
		      uint32_t points[2])
{
	uint32_t last = audit_point_count(s->audit) - 1;

	if (f->hop == HOP_UPSTREAM || f->hop == HOP_DOWNSTREAM) {
		points[0] = points[1] = f->hop == HOP_UPSTREAM ? 0 : last;
		return;
	}
	points[0] = f->direction == FROM_CLIENT ? f->hop : f->hop + 1;
	points[1] = f->direction == FROM_CLIENT ? f->hop + 1 : f->hop;
}

static bool is_older(const struct scene *s, uint32_t path)
{
	for (uint32_t i = 0; i < s->older_count; i++)
		if (s->older[i] == path)
			return true;
	return false;
}

/* Does another connection own it that was alive? Earlier ones of the same
 * tuple are another hypothesis. */
static bool is_alive_elsewhere(const struct scene *s, const struct finding *f,
			       uint32_t point, uint32_t number)
{
	const struct number_index *index = &s->values[point];

	for (size_t i = numbers_find(index, number);
	     i < index->list.count && index->list.items[i].number == number;
	     i++) {
		uint32_t path = index->list.items[i].path;
		const struct flow *other = flow_of(s, path, point);

		if (path != f->path && !is_older(s, path) &&
		    other->first_ns <= f->onset_ns &&
		    other->last_ns + LINGER_NS >= f->onset_ns)
			return true;
	}
	return false;
}

static bool look_up(struct scene *s, const struct finding *f,
		    const uint32_t points[2], struct clue *clue)
{
	uint32_t delta = clue->observed - clue->before;

	if (!build_values(s, points[1]))
		return false;
	clue->foreign_values = (uint32_t)s->values[points[1]].list.count;
	clue->foreign_value =
		is_alive_elsewhere(s, f, points[1], clue->observed);
	clue->values = (uint32_t)s->wrong.list.count;
	clue->repeated = numbers_is_foreign(&s->wrong, clue->observed, f->path);
	if (!clue->has_before)
		return true;
	if (!build_deltas(s, f->hop))
		return false;
	clue->foreign_deltas = (uint32_t)s->deltas[f->hop].list.count;
	/* A device-wide offset is nobody's own: it tells nothing. */
	clue->foreign_delta =
		delta != clue->shift &&
		numbers_is_foreign(&s->deltas[f->hop], delta, f->path);
	return true;
}

static void describe(const struct scene *s, const struct finding *f,
		     const uint32_t points[2], struct clue *clue)
{
	enum direction stream = stream_of_finding(f);
	const struct trace *traces[2] = {&s->in, &s->out};

	for (int k = 0; k < 2; k++) {
		const struct flow *flow = flow_of(s, f->path, points[k]);

		clue->own[k] = stream_of(flow, f->direction);
	}
	clue->is_seq = stream == f->direction;
	add_stale(s, f, points, clue);
	clue->window = (uint32_t)trace_window(traces[1], f->direction);
	if (s->in.member_count > 0 && s->out.member_count > 0) {
		const struct base *a = &s->in.bases[0], *b = &s->out.bases[0];
		enum direction other = opposite(stream);

		clue->other_shift = b->isn[other].n - a->isn[other].n;
		clue->offset = clue->expected - b->isn[stream].n;
	}
}

/* Gathers what is known of the first wrong number of a finding. */
static bool gather(struct scene *s, const struct finding *f, struct clue *clue)
{
	const struct trace_item *in, *out;
	uint32_t points[2];

	*clue = (struct clue){.observed = f->observed.n[0],
			      .expected = f->expected.n[0]};
	points_of(s, f, points);
	s->older_count = list_older(s, f->path, s->older);
	if (!load(s, f->path, points[0], &s->in) ||
	    !load(s, f->path, points[1], &s->out))
		return false;
	clue->has_before = points[0] != points[1] && f->sighting_count > 1;
	in = find_item(&s->in, &f->sightings[0]);
	out = find_item(&s->out, &f->sightings[clue->has_before ? 1 : 0]);
	if (in != NULL) {
		clue->in = in->record;
		clue->seen[0] = peer_end(&s->in, in);
	}
	if (out != NULL) {
		clue->out = out->record;
		clue->seen[1] = peer_end(&s->out, out);
	}
	if (clue->has_before) {
		clue->before = f->sightings[0].value;
		clue->shift = clue->expected - clue->before;
	}
	describe(s, f, points, clue);
	/* Only ACKs of the client can be meant for another server of its. */
	if (stream_of_finding(f) == FROM_SERVER &&
	    !legs_find(&s->legs[points[1]], &s->audit->points.items[points[1]],
		       flow_of(s, f->path, points[1]), clue))
		return false;
	return look_up(s, f, points, clue);
}

/* ---- statistics ---- */

struct ranked {
	enum hypothesis hypothesis;
	double p, weight;
};

static int compare_ranked(const void *a, const void *b)
{
	const struct ranked *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return (int)x->hypothesis - (int)y->hypothesis;
}

/* Chance that any of the numbers tested hits anything that surprising. */
static double family_wise(const struct scene *s, const double *p, double limit)
{
	double sum = 0;

	for (int h = 0; h < HYPOTHESIS_COUNT; h++)
		if (p[h] > 0 && p[h] <= limit)
			sum += p[h];
	return fmin(1, s->tested * sum);
}

static size_t rank(const struct scene *s, const struct clue *clue,
		   struct ranked ranked[HYPOTHESIS_COUNT])
{
	double p[HYPOTHESIS_COUNT] = {0};
	struct trial trials[HYPOTHESIS_COUNT];
	size_t n = 0;

	for (enum hypothesis h = 0; h < HYPOTHESIS_COUNT; h++) {
		trials[h] = hypothesis_test(h, clue);
		if (trials[h].possible)
			p[h] = fmin(1, trials[h].numbers / SPACE);
	}
	for (enum hypothesis h = 0; h < HYPOTHESIS_COUNT; h++) {
		double chance;

		if (!trials[h].possible || !trials[h].hit)
			continue;
		chance = family_wise(s, p, p[h]);
		if (chance < CHANCE_COMPATIBLE)
			ranked[n++] = (struct ranked){
				h, chance, hypothesis_prior(h) / p[h]};
	}
	qsort(ranked, n, sizeof(*ranked), compare_ranked);
	return n;
}

static enum finding_kind kind_of(enum hypothesis h, enum finding_kind kind)
{
	static const enum finding_kind kinds[HYPOTHESIS_COUNT] = {
		[HYPOTHESIS_UNTRANSLATED] = KIND_ACK_UNTRANSLATED,
		[HYPOTHESIS_DELTA_TWICE] = KIND_ACK_DOUBLE_TRANSLATED,
		[HYPOTHESIS_WRONG_SIGN] = KIND_ACK_WRONG_SIGN,
		[HYPOTHESIS_OTHER_DIRECTION] = KIND_ACK_WRONG_DIRECTION_DELTA,
		[HYPOTHESIS_FOREIGN_DELTA] = KIND_ACK_FOREIGN_DELTA,
		[HYPOTHESIS_FOREIGN_VALUE] = KIND_ACK_FOREIGN_VALUE,
		[HYPOTHESIS_STALE] = KIND_ACK_STALE_INCARNATION,
		[HYPOTHESIS_BYTE_ORDER] = KIND_ACK_BYTE_ORDER,
		[HYPOTHESIS_FIELD_SWAP] = KIND_ACK_FIELD_SWAP,
		[HYPOTHESIS_TRUNCATED] = KIND_ACK_HALF_UPDATED,
		[HYPOTHESIS_MISSING_CARRY] = KIND_ACK_CARRY_LOST,
		[HYPOTHESIS_OFF_BY_N] = KIND_ACK_OFF_BY_N,
		[HYPOTHESIS_RELATIVE] = KIND_ACK_RELATIVE,
		[HYPOTHESIS_OTHER_BACKEND] = KIND_ACK_OTHER_BACKEND,
		[HYPOTHESIS_CONSTANT] = KIND_ACK_CONSTANT,
	};

	if (kind != KIND_ACK_ALTERED_UNEXPLAINED || kinds[h] == 0)
		return kind;
	return kinds[h];
}

/* What could be asked of this number; all of it belongs in the report. */
static void list_tested(struct arena *arena, const struct clue *clue,
			struct finding *f)
{
	const char **names =
		arena_alloc(arena, HYPOTHESIS_COUNT, sizeof(*names));

	f->tested_count = 0;
	for (enum hypothesis h = 0; names != NULL && h < HYPOTHESIS_COUNT; h++)
		if (hypothesis_test(h, clue).possible)
			names[f->tested_count++] = hypothesis_name(h);
	f->tested = names;
}

static const char *tried(struct arena *arena, const struct finding *f)
{
	char text[512] = "";
	size_t used = 0;

	for (uint32_t i = 0; i < f->tested_count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%s", i == 0 ? "" : ", ",
					 f->tested[i]);
	return arena_format(
		arena, "nothing known makes this number; tested: %s", text);
}

static void conclude(struct scene *s, struct finding *f,
		     const struct clue *clue, const struct ranked *ranked,
		     size_t n)
{
	struct arena *arena = &s->audit->arena;
	struct nw_cause *causes = arena_alloc(arena, n + 1, sizeof(*causes));

	list_tested(arena, clue, f);
	for (size_t i = 0; causes != NULL && i < n; i++)
		causes[i] = (struct nw_cause){
			.hypothesis = hypothesis_name(ranked[i].hypothesis),
			.claim = support_claim(ranked[i].p),
			.p = ranked[i].p,
			.text = arena_format(
				arena, "the number %s",
				hypothesis_text(ranked[i].hypothesis)),
		};
	if (causes != NULL && n == 0)
		causes[n++] = (struct nw_cause){.hypothesis = "random",
						.claim = NW_COMPATIBLE,
						.p = 1,
						.text = tried(arena, f)};
	else if (n > 0 && ranked[0].p < CHANCE_LIKELY)
		f->kind = kind_of(ranked[0].hypothesis, f->kind);
	f->causes = causes;
	f->cause_count = causes != NULL ? (uint32_t)n : 0;
}

/* ---- the whole ---- */

static bool is_explainable(const struct finding *f)
{
	return check_of(kind_entry(f->kind)) != CHECK_COUNT &&
	       kind_entry(f->kind)->class_ == NW_FAULT &&
	       f->observed.count > 0 && f->expected.count > 0 &&
	       f->sighting_count > 0;
}

static bool list_wrong(struct scene *s)
{
	vec_foreach (f, &s->audit->findings.list)
		if (is_explainable(f) &&
		    !numbers_add(&s->wrong, f->observed.n[0], f->path))
			return false;
	numbers_finish(&s->wrong);
	s->tested = (double)s->wrong.list.count;
	return true;
}

static bool add_support(struct scene *s, const struct clue *clue,
			const struct ranked *ranked, size_t n)
{
	for (size_t i = 0; i < n; i++)
		if (!support_add(&s->support, ranked[i].hypothesis, ranked[i].p,
				 clue->observed,
				 clue->observed - clue->expected))
			return false;
	return true;
}

static bool explain_all(struct scene *s)
{
	size_t left = MOST;

	vec_foreach (f, &s->audit->findings.list) {
		struct ranked ranked[HYPOTHESIS_COUNT];
		struct clue clue;
		size_t n;

		if (!is_explainable(f) || left == 0)
			continue;
		left--;
		if (!gather(s, f, &clue))
			return false;
		n = rank(s, &clue, ranked);
		conclude(s, f, &clue, ranked, n);
		if (!add_support(s, &clue, ranked, n))
			return false;
	}
	support_sort(&s->support);
	vec_foreach (f, &s->audit->findings.list)
		support_strengthen(&s->support, &s->audit->arena, f->causes,
				   f->cause_count);
	return !s->audit->arena.failed;
}

static void fini_indexes(struct number_index *indexes, uint32_t count)
{
	for (uint32_t i = 0; indexes != NULL && i < count; i++)
		numbers_fini(&indexes[i]);
	free(indexes);
}

bool provenance_explain(struct nw_audit *audit)
{
	uint32_t points = audit_point_count(audit);
	struct scene s = {.audit = audit};
	bool ok;

	s.deltas = calloc(points + 1u, sizeof(*s.deltas));
	s.values = calloc(points + 1u, sizeof(*s.values));
	s.legs = calloc(points + 1u, sizeof(*s.legs));
	ok = s.deltas != NULL && s.values != NULL && s.legs != NULL &&
	     list_wrong(&s) && explain_all(&s);
	fini_indexes(s.deltas, points);
	fini_indexes(s.values, points);
	for (uint32_t p = 0; s.legs != NULL && p < points; p++)
		legs_fini(&s.legs[p]);
	free(s.legs);
	numbers_fini(&s.wrong);
	support_fini(&s.support);
	trace_fini(&s.in);
	trace_fini(&s.out);
	return ok;
}
