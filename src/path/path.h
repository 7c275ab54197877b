/* SPDX-License-Identifier: MIT
 *
 * A path is one connection across the points: the flows that the matches of
 * all hops chain together. Normally one flow a point; more where a device
 * moved the connection to another tuple.
 */
#ifndef NW_PATH_H
#define NW_PATH_H

#include "match.h"

struct path_flow {
	uint32_t point, flow;
	uint32_t link; /* into the match of the hop before the point, or
			  FLOW_NONE: the path begins here */
};

struct path {
	uint32_t first, count; /* slice of paths.flows, by point, then birth */
};

struct paths {
	struct path *items;
	uint32_t count;
	struct path_flow *flows;
	uint32_t flow_count;
	uint32_t **path_of; /* [point][flow]: index of the path */
	uint32_t point_count;
};

/* `matches` has one element per hop, point_count - 1. false: no memory. */
bool paths_init(struct paths *paths, const struct point *points,
		uint32_t point_count, const struct match *matches);
void paths_fini(struct paths *paths);

static inline const struct path_flow *path_flows(const struct paths *paths,
						 const struct path *path)
{
	return paths->flows + path->first;
}

/* The path's flows at that point, *count of them, perhaps none. */
const struct path_flow *path_members(const struct paths *paths,
				     const struct path *path, uint32_t point,
				     uint32_t *count);

/* Weakest class over the links that chain the path; margin and bits are the
 * least, evidence what all links share. A path of one flow is certain. */
struct link path_match(const struct paths *paths, const struct path *path,
		       const struct match *matches);

#endif
