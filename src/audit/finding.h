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
#include "rules/echo.h"
#include "rules/onset.h"
#include "sighting.h"
#include "step.h"

/* The hop of a fact: 0 lies between points 0 and 1; these two beyond. */
#define HOP_UPSTREAM   UINT32_MAX
#define HOP_DOWNSTREAM (UINT32_MAX - 1)

struct finding {
	enum finding_kind kind;
	uint32_t path; /* index into paths */
	uint32_t hop;
	enum direction direction;
	uint8_t match_class;  /* of the hop's link on this path */
	uint8_t severity;     /* enum nw_severity */
	bool is_open;         /* the capture may be to blame, not the hop */
	uint8_t repeated_syn; /* flags of a SYN that came again before it */
	struct numbers expected, observed;
	uint64_t count, exposure;
	int64_t onset_ns;             /* at the first point that shows it */
	int64_t wait_ns;              /* before it, where that matters */
	struct sighting sightings[4]; /* in and out of the first two cases */
	uint32_t sighting_count;
	struct nw_cause *causes; /* in the audit's arena, best first */
	uint32_t cause_count, tested_count;
	const char *const *tested; /* names of hypotheses, in the arena */
	struct onset onset;        /* of a wrong number */
	uint8_t echo;              /* of a RST: enum echo */
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
