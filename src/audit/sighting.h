/* SPDX-License-Identifier: MIT
 *
 * Where a fact was seen, and the numbers that make it one.
 */
#ifndef NW_SIGHTING_H
#define NW_SIGHTING_H

#include "segment.h"

struct sighting {
	uint32_t point, file;
	uint64_t frame;
	int64_t time_ns;
	uint32_t value; /* of the field, as captured */
};

/* Values of a field: none, one, or the edges of SACK blocks. */
struct numbers {
	uint32_t n[SACK_MAX * 2];
	uint32_t count;
};

static inline struct numbers one_number(uint32_t n)
{
	return (struct numbers){.n = {n}, .count = 1};
}

#endif
