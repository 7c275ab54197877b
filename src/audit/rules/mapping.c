/* SPDX-License-Identifier: MIT
 *
 * A flow behind a NAT that succeeds another one on its tuple is a reuse. It is
 * a collision when the connection before it, from another inner client, still
 * lives: RFC 5382 REQ-7 forbids that.
 */
#include "rules/mapping.h"

static const struct path_flow *member_at(const struct outermost *c,
					 uint32_t path, uint32_t point)
{
	uint32_t count;
	const struct path_flow *flows =
		path_members(c->paths, &c->paths->items[path], point, &count);

	return count > 0 ? flows : NULL;
}

/* Does the inner flow still send when the outer tuple is taken? */
static bool still_lives(const struct flow *inner, const struct match *match,
			int64_t taken_ns)
{
	int64_t last = clock_across(&match->clock, inner->last_ns);

	return match->clock.known && !flow_is_closed(inner) &&
	       last > taken_ns + match->clock.uncertainty_ns +
			       match->clock.spread_ns;
}

/* Did this inner flow collide with the one that follows it outside? */
static bool collides(const struct outermost *c, const struct match *matches,
		     const struct path_flow *first,
		     const struct path_flow *second)
{
	uint32_t hop = first->point - 1;
	uint32_t paths[2] = {c->paths->path_of[first->point][first->flow],
			     c->paths->path_of[second->point][second->flow]};
	const struct path_flow *a = member_at(c, paths[0], hop);
	const struct path_flow *b = member_at(c, paths[1], hop);
	const struct flow *inner, *other;

	if (a == NULL || b == NULL || paths[0] == paths[1])
		return false;
	inner = point_flow(&c->points[hop], a->flow);
	other = point_flow(&c->points[hop], b->flow);
	return !endpoint_equal(&inner->tuple.ends[0], &other->tuple.ends[0]) &&
	       still_lives(inner, &matches[hop],
			   point_flow(&c->points[second->point], second->flow)
				   ->first_ns);
}

static void note(const struct outermost *c, const struct path_flow *at,
		 struct findings *findings)
{
	struct finding *f = findings_add(findings, KIND_NAT_COLLISION);
	const struct trace *sides[2] = {&c->traces[at->point - 1],
					&c->traces[at->point]};

	if (f == NULL)
		return;
	f->path = c->path;
	f->hop = at->point - 1;
	f->direction = FROM_CLIENT;
	f->match_class = NW_MATCH_CERTAIN;
	f->count = f->exposure = 1;
	for (int k = 0; k < 2; k++) {
		if (sides[k]->items.count == 0)
			continue;
		f->onset_ns = sides[k]->items.items[0].record.time_ns;
		finding_sight(f, sides[k], &sides[k]->items.items[0],
			      sides[k]->items.items[0].record.segment.seq.n);
	}
}

void check_mapping(const struct outermost *c, const struct match *matches,
		   struct findings *findings)
{
	const struct path *path = &c->paths->items[c->path];
	const struct path_flow *flows = path_flows(c->paths, path);

	for (uint32_t i = 0; i < path->count; i++) {
		const struct point *point = &c->points[flows[i].point];
		uint32_t older = point_flow(point, flows[i].flow)->older;
		struct path_flow before = {flows[i].point, older, FLOW_NONE};

		if (flows[i].point == 0 || older == FLOW_NONE)
			continue;
		if (collides(c, matches, &before, &flows[i])) {
			note(c, &flows[i], findings);
			return; /* farther on it is the same collision */
		}
	}
}
