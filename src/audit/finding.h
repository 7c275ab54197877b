/* SPDX-License-Identifier: MIT
 *
 * A finding: a fact found on a path, never an accusation. Who is to blame is
 * for the verdict.
 */
#ifndef NW_FINDING_H
#define NW_FINDING_H

#include "align.h"
#include "kind.h"
#include "lookup.h"
#include "step.h"

/* The hop of a fact: 0 lies between points 0 and 1; these two beyond. */
#define HOP_UPSTREAM   UINT32_MAX
#define HOP_DOWNSTREAM (UINT32_MAX - 1)

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

struct finding {
	enum finding_kind kind;
	uint32_t path; /* index into paths */
	uint32_t hop;
	enum direction direction;
	uint8_t match_class; /* of the hop's link on this path */
	uint8_t severity;    /* enum nw_severity */
	bool is_open;        /* the capture may be to blame, not the hop */
	struct numbers expected, observed;
	uint64_t count, exposure;
	int64_t onset_ns;             /* at the first point that shows it */
	struct sighting sightings[4]; /* in and out of the first two cases */
	uint32_t sighting_count;
	const struct nw_cause *causes; /* in the audit's arena, best first */
	uint32_t cause_count;
	uint32_t cause; /* index of the finding it follows from, or FLOW_NONE:
			   within the path's findings */
};

struct findings {
	VEC(struct finding) list;
	bool failed; /* no memory for one */
};

/* A new finding of that kind, or NULL: no memory, remembered. */
struct finding *findings_add(struct findings *findings, enum finding_kind kind);

/* Adds where it was seen, as long as there is room. */
void finding_sight(struct finding *finding, const struct trace *trace,
		   const struct trace_item *item, uint32_t value);

#endif
