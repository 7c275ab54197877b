/* SPDX-License-Identifier: MIT
 *
 * ACK numbers that are wrong already where a packet enters the audit: at the
 * first point in its direction of travel. Nothing between the points did it.
 */
#ifndef NW_OUTERMOST_H
#define NW_OUTERMOST_H

#include "finding.h"

struct outermost {
	const struct point *points;
	const struct trace *traces; /* of all points, by number */
	uint32_t point_count;
	const struct paths *paths;
	uint32_t path; /* index */
};

/* Checks packets of one direction at the outermost point that they pass
 * first. Does nothing where the path does not reach that point. */
void check_outermost(const struct outermost *check, enum direction d,
		     struct findings *findings);

#endif
