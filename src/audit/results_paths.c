/* SPDX-License-Identifier: MIT
 *
 * Paths as the results list them: those with findings, or all; and the sets
 * of flows that could not be told apart.
 */
#include "ladder.h"
#include "results.h"

#include <string.h>

static struct nw_endpoint api_endpoint(const struct endpoint *from)
{
	struct nw_endpoint to = {.family = (uint8_t)from->family,
				 .port = from->port};

	memcpy(to.address, from->address, sizeof(to.address));
	return to;
}

static struct nw_flow api_flow(const struct nw_audit *audit, uint32_t point,
			       uint32_t index)
{
	const struct flow *flow =
		point_flow(&audit->points.items[point], index);

	return (struct nw_flow){
		.point = point,
		.client = api_endpoint(&flow->tuple.ends[0]),
		.server = api_endpoint(&flow->tuple.ends[1]),
		.has_isn_client = flow_has_isn(flow, FROM_CLIENT),
		.has_isn_server = flow_has_isn(flow, FROM_SERVER),
		.roles_guessed = flow->roles_guessed,
		.isn_client = flow->isn[FROM_CLIENT].n,
		.isn_server = flow->isn[FROM_SERVER].n,
		.packets = flow->packets,
		.first_ns = flow->first_ns,
		.last_ns = flow->last_ns,
	};
}

static void fill_evidence(struct nw_audit *audit, uint32_t mask,
			  struct nw_path *to)
{
	const char *names[EVIDENCE_COUNT];
	size_t n = 0;

	for (unsigned bit = 0; bit < EVIDENCE_COUNT; bit++) {
		const char *name = evidence_name(bit);

		if ((mask >> bit & 1) == 0)
			continue;
		if (n == 0 || strcmp(names[n - 1], name) != 0)
			names[n++] = name;
	}
	to->evidence = arena_copy(&audit->arena, names, n, sizeof(*names));
	to->evidence_count = n;
}

static bool add_kind(const char **kinds, size_t *n, enum finding_kind kind)
{
	const char *id = kind_entry(kind)->id;

	for (size_t i = 0; i < *n; i++)
		if (kinds[i] == id)
			return false;
	kinds[(*n)++] = id;
	return true;
}

static void fill_translation(struct nw_audit *audit, const struct flow *a,
			     const struct flow *b, struct nw_translation *to)
{
	const char *kinds[4];
	size_t n = 0;
	enum finding_kind nat = translate_tuple(&a->tuple, &b->tuple);

	if (nat != KIND_COUNT)
		add_kind(kinds, &n, nat);
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		if (!flow_has_isn(a, d) || !flow_has_isn(b, d))
			continue;
		to->has_offset[d] = true;
		to->seq_offset[d] = b->isn[d].n - a->isn[d].n;
		if (to->seq_offset[d] != 0)
			add_kind(kinds, &n, KIND_SEQ_ISN_SHIFT);
	}
	to->kinds = arena_copy(&audit->arena, kinds, n, sizeof(*kinds));
	to->kind_count = n;
}

/* One translation per hop that both sides saw, of the path's first flows. */
static void fill_translations(struct nw_audit *audit, const struct path *path,
			      struct nw_path *to)
{
	const struct path_flow *flows = path_flows(&audit->paths, path);
	struct nw_translation *list =
		arena_alloc(&audit->arena, path->count, sizeof(*list));

	for (uint32_t i = 1; list != NULL && i < path->count; i++) {
		const struct link *link;
		uint32_t p = flows[i].point;

		if (flows[i].link == FLOW_NONE || flows[i - 1].point == p)
			continue;
		link = &audit->matches[p - 1].links.items[flows[i].link];
		list[to->translation_count].between = (struct nw_hop){p - 1, p};
		fill_translation(
			audit,
			point_flow(&audit->points.items[p - 1], link->before),
			point_flow(&audit->points.items[p], link->behind),
			&list[to->translation_count++]);
	}
	to->translations = list;
}

static bool fill_path(struct nw_audit *audit, uint32_t index,
		      const struct ladder_marks *marks, struct nw_path *to)
{
	const struct path *path = &audit->paths.items[index];
	const struct path_flow *members = path_flows(&audit->paths, path);
	struct link match = path_match(&audit->paths, path, audit->matches);
	struct nw_flow *flows =
		arena_alloc(&audit->arena, path->count, sizeof(*flows));

	to->id = index + 1;
	to->match_class = (enum nw_match_class)match.match_class;
	to->bits = match.bits;
	to->margin = match.margin;
	fill_evidence(audit, match.evidence, to);
	for (uint32_t i = 0; flows != NULL && i < path->count; i++)
		flows[i] = api_flow(audit, members[i].point, members[i].flow);
	to->flows = flows;
	to->flow_count = flows != NULL ? path->count : 0;
	fill_translations(audit, path, to);
	if (marks->count > 0)
		return ladder_fill(audit, index, marks, to);
	return !audit->arena.failed;
}

/* ---- which paths ---- */

struct mark {
	uint32_t path, id;
	const struct finding *finding;
};

static int compare_mark(const void *a, const void *b)
{
	const struct mark *x = a, *y = b;

	if (x->path != y->path)
		return x->path > y->path ? 1 : -1;
	return (x->id > y->id) - (x->id < y->id);
}

static struct mark *sort_marks(const struct listing *listing)
{
	struct mark *marks = malloc((listing->count + 1) * sizeof(*marks));

	for (size_t i = 0; marks != NULL && i < listing->count; i++)
		marks[i] = (struct mark){listing->found[i]->path,
					 (uint32_t)i + 1, listing->found[i]};
	if (marks != NULL && listing->count > 0)
		qsort(marks, listing->count, sizeof(*marks), compare_mark);
	return marks;
}

#define MARKS_PER_PATH 64

static bool add_path(struct nw_audit *audit, uint32_t index,
		     const struct mark *marks, size_t count, struct nw_path *to)
{
	const struct finding *findings[MARKS_PER_PATH];
	uint32_t ids[MARKS_PER_PATH];
	struct ladder_marks ladder = {findings, ids, 0};

	for (; ladder.count < count && ladder.count < MARKS_PER_PATH;
	     ladder.count++) {
		findings[ladder.count] = marks[ladder.count].finding;
		ids[ladder.count] = marks[ladder.count].id;
	}
	return fill_path(audit, index, &ladder, to);
}

static uint64_t group_size(const struct ambiguity *a)
{
	return a->before.count + a->behind.count;
}

/* A set of flows, any of which could be any other's: one path that says so. */
static void add_ambiguity(struct nw_audit *audit, uint32_t hop,
			  const struct ambiguity *a, struct nw_path *to)
{
	struct nw_flow *flows =
		arena_alloc(&audit->arena, group_size(a), sizeof(*flows));
	size_t n = 0;

	to->match_class = NW_MATCH_AMBIGUOUS;
	if (flows == NULL)
		return;
	vec_foreach (f, &a->before)
		flows[n++] = api_flow(audit, hop, *f);
	vec_foreach (f, &a->behind)
		flows[n++] = api_flow(audit, hop + 1, *f);
	to->flows = flows;
	to->flow_count = n;
}

static size_t add_ambiguities(struct nw_audit *audit, struct nw_path *to)
{
	size_t n = 0;

	for (uint32_t h = 0; h < audit_hop_count(audit); h++)
		vec_foreach (a, &audit->matches[h].ambiguities) {
			to[n].id = audit->paths.count + (uint32_t)n + 1;
			add_ambiguity(audit, h, a, &to[n++]);
		}
	return n;
}

static size_t count_ambiguities(const struct nw_audit *audit)
{
	size_t n = 0;

	for (uint32_t h = 0; h < audit_hop_count(audit); h++)
		n += audit->matches[h].ambiguities.count;
	return n;
}

static bool is_complete(const struct nw_audit *audit, const struct path *path)
{
	const struct path_flow *flows = path_flows(&audit->paths, path);
	uint32_t points = 0;

	for (uint32_t i = 0; i < path->count; i++)
		points += i == 0 || flows[i].point != flows[i - 1].point;
	return points == audit_point_count(audit);
}

static bool spans_points(const struct nw_audit *audit, const struct path *path)
{
	const struct path_flow *flows = path_flows(&audit->paths, path);

	return flows[0].point != flows[path->count - 1].point;
}

/* An unmatched flow has no counterpart at any other point. */
static void count_paths(struct nw_audit *audit)
{
	struct nw_results *r = &audit->results;

	r->paths_total = audit->paths.count;
	for (uint32_t i = 0; i < audit->paths.count; i++) {
		const struct path *path = &audit->paths.items[i];

		r->paths_complete += is_complete(audit, path);
		if (path->count == 1 && audit_point_count(audit) > 1)
			r->unmatched_flows++;
		audit->paths_compared += spans_points(audit, path);
	}
	for (uint32_t h = 0; h < audit_hop_count(audit); h++)
		vec_foreach (a, &audit->matches[h].ambiguities)
			r->ambiguous_flows += group_size(a);
}

bool results_paths(struct nw_audit *audit, const struct listing *listing)
{
	bool all = audit->options.all_paths;
	size_t room = all ? audit->paths.count + count_ambiguities(audit)
			  : listing->count;
	struct nw_path *to = arena_alloc(&audit->arena, room, sizeof(*to));
	struct mark *marks = sort_marks(listing);
	size_t n = 0, at = 0;
	bool ok = to != NULL && marks != NULL;

	for (uint32_t i = 0; ok && i < audit->paths.count; i++) {
		size_t from = at;

		while (at < listing->count && marks[at].path == i)
			at++;
		if (all || at > from)
			ok = add_path(audit, i, marks + from, at - from,
				      &to[n++]);
		if (!all && at == listing->count)
			break;
	}
	if (ok && all)
		n += add_ambiguities(audit, to + n);
	free(marks);
	count_paths(audit);
	audit->results.paths = to;
	audit->results.path_count = ok ? n : 0;
	return ok && !audit->arena.failed;
}
