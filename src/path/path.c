/* SPDX-License-Identifier: MIT
 *
 * Chains links point by point: a flow with a link joins the path of its
 * counterpart, one without begins a path of its own.
 */
#include "path.h"

#include <string.h>

static bool alloc(struct paths *paths, const struct point *points,
		  uint32_t point_count)
{
	uint64_t total = 0;

	paths->point_count = point_count;
	paths->path_of = calloc(point_count + 1u, sizeof(*paths->path_of));
	if (paths->path_of == NULL)
		return false;
	for (uint32_t p = 0; p < point_count; p++) {
		uint32_t count = point_flow_count(&points[p]);

		total += count;
		paths->path_of[p] =
			malloc((count + 1u) * sizeof(**paths->path_of));
		if (paths->path_of[p] == NULL)
			return false;
		memset(paths->path_of[p], 0xff,
		       count * sizeof(**paths->path_of));
	}
	if (total >= FLOW_NONE)
		return false;
	paths->flow_count = (uint32_t)total;
	paths->flows = malloc((total + 1) * sizeof(*paths->flows));
	paths->items = calloc(total + 1, sizeof(*paths->items));
	return paths->flows != NULL && paths->items != NULL;
}

/* Which path is each flow on? Counts the flows of each. */
static void chain(struct paths *paths, const struct point *points,
		  const struct match *matches)
{
	for (uint32_t p = 0; p < paths->point_count; p++) {
		uint32_t *mine = paths->path_of[p];

		if (p > 0)
			vec_foreach (link, &matches[p - 1].links)
				mine[link->behind] =
					paths->path_of[p - 1][link->before];
		for (uint32_t f = 0; f < point_flow_count(&points[p]); f++) {
			if (mine[f] == FLOW_NONE)
				mine[f] = paths->count++;
			paths->items[mine[f]].count++;
		}
	}
}

static void place(struct paths *paths, const struct point *points)
{
	uint32_t at = 0;

	for (uint32_t i = 0; i < paths->count; i++) {
		paths->items[i].first = at;
		at += paths->items[i].count;
		paths->items[i].count = 0;
	}
	for (uint32_t p = 0; p < paths->point_count; p++) {
		for (uint32_t f = 0; f < point_flow_count(&points[p]); f++) {
			struct path *path = &paths->items[paths->path_of[p][f]];

			paths->flows[path->first + path->count++] =
				(struct path_flow){p, f, FLOW_NONE};
		}
	}
}

static void name_links(struct paths *paths, const struct match *matches)
{
	for (uint32_t p = 1; p < paths->point_count; p++) {
		for (uint32_t i = 0; i < matches[p - 1].links.count; i++) {
			uint32_t flow = matches[p - 1].links.items[i].behind;
			const struct path *path =
				&paths->items[paths->path_of[p][flow]];
			struct path_flow *flows = paths->flows + path->first;

			for (uint32_t k = 0; k < path->count; k++)
				if (flows[k].point == p &&
				    flows[k].flow == flow)
					flows[k].link = i;
		}
	}
}

bool paths_init(struct paths *paths, const struct point *points,
		uint32_t point_count, const struct match *matches)
{
	*paths = (struct paths){0};
	if (!alloc(paths, points, point_count))
		return false;
	chain(paths, points, matches);
	place(paths, points);
	name_links(paths, matches);
	return true;
}

void paths_fini(struct paths *paths)
{
	for (uint32_t p = 0; paths->path_of && p < paths->point_count; p++)
		free(paths->path_of[p]);
	free(paths->path_of);
	free(paths->flows);
	free(paths->items);
	*paths = (struct paths){0};
}

const struct path_flow *path_members(const struct paths *paths,
				     const struct path *path, uint32_t point,
				     uint32_t *count)
{
	const struct path_flow *flows = path_flows(paths, path);
	uint32_t first = 0;

	while (first < path->count && flows[first].point != point)
		first++;
	*count = 0;
	while (first + *count < path->count &&
	       flows[first + *count].point == point)
		(*count)++;
	return flows + first;
}

struct link path_match(const struct paths *paths, const struct path *path,
		       const struct match *matches)
{
	const struct path_flow *flows = path_flows(paths, path);
	struct link worst = {.match_class = NW_MATCH_CERTAIN};
	bool any = false;

	for (uint32_t i = 0; i < path->count; i++) {
		const struct link *link;

		if (flows[i].link == FLOW_NONE)
			continue;
		link = &matches[flows[i].point - 1].links.items[flows[i].link];
		if (!any) {
			worst = *link;
			any = true;
			continue;
		}
		worst.evidence &= link->evidence;
		if (link->bits < worst.bits)
			worst.bits = link->bits;
		if (link->margin < worst.margin)
			worst.margin = link->margin;
		if (link->match_class > worst.match_class)
			worst.match_class = link->match_class;
	}
	return worst;
}
