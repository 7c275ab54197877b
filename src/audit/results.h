/* SPDX-License-Identifier: MIT
 *
 * Steps of making the results from what was found, in this order. Each
 * allocates from the audit's arena; a failure is remembered there.
 */
#ifndef NW_RESULTS_H
#define NW_RESULTS_H

#include "job.h"

/* What is listed of the findings, and how ids map back. */
struct listing {
	const struct finding **found; /* listed ones, in report order */
	size_t count;
};

/* Comparisons at the hop, of all kinds. */
uint64_t hop_compared(const struct nw_audit *audit, uint32_t hop);
/* Why a point has nothing to show; NULL: every point has TCP packets. */
const char *results_empty_point(struct nw_audit *audit);

struct nw_hop hop_points(const struct nw_audit *audit, uint32_t hop);

/* Name of the only device of a hop, or NULL. */
const char *hop_device(const struct nw_audit *audit, uint32_t hop);

/* "fw1", "a device between a and b", ...: the subject of a sentence. */
const char *hop_subject(struct nw_audit *audit, uint32_t hop);

/* How the wrong number of a finding set in, for the results. */
struct nw_onset onset_result(struct nw_audit *audit, const struct finding *f);

/* What a reaction of an end is, and what it proves. */
const char *reaction_text(struct nw_audit *audit, const struct finding *f);

void results_points(struct nw_audit *audit);
bool results_findings(struct nw_audit *audit, struct listing *listing);
bool results_paths(struct nw_audit *audit, const struct listing *listing);
void results_devices(struct nw_audit *audit);
void results_undecided(struct nw_audit *audit);
void results_verdict(struct nw_audit *audit);

#endif
