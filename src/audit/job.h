/* SPDX-License-Identifier: MIT
 *
 * What an audit holds: the points, the named devices, the matches of every
 * hop, the paths, and what was found on them. Results are made from this.
 */
#ifndef NW_JOB_H
#define NW_JOB_H

#include "rules/reaction.h"
#include "rules/translate.h"
#include "stray.h"
#include "tally.h"

struct device {
	char *name;
	uint32_t hop;
};

struct nw_audit {
	struct nw_options options;
	struct arena arena; /* names, results */
	VEC(struct point) points;
	VEC(struct device) devices;
	/* filled by nw_audit_run() */
	struct match *matches; /* per hop */
	struct strays *strays; /* per hop */
	struct paths paths;
	struct findings findings;   /* by path */
	struct tally *tallies;      /* per hop */
	struct habits_seen *habits; /* per hop */
	uint8_t *conducts;          /* per path, at the last point */
	struct nw_results results;
	uint64_t paths_compared; /* seen at two points at least */
	bool has_results;
};

static inline uint32_t audit_point_count(const struct nw_audit *audit)
{
	return (uint32_t)audit->points.count;
}

static inline uint32_t audit_hop_count(const struct nw_audit *audit)
{
	return audit->points.count > 0 ? (uint32_t)audit->points.count - 1 : 0;
}

/* Compares all paths, on several threads; fills findings, tallies, habits.
 * false: no memory. */
bool audit_paths(struct nw_audit *audit);

#endif
