/* SPDX-License-Identifier: MIT
 *
 * Evidence that two flows are one connection, in bits: for each feature the
 * logarithm of how much likelier agreement is for the same connection than
 * for a random other flow behind the device. The denominator is counted in
 * the capture, with the flow itself left out: load tests send identical
 * payloads, scanners use constant ISNs (FINDINGS C.1).
 */
#ifndef NW_SCORE_H
#define NW_SCORE_H

#include "clock.h"
#include "index.h"

/* Evidence groups beyond the features, in the same bit mask. */
enum evidence {
	EVIDENCE_THINK_TIME = FEATURE_COUNT, /* until the client's data */
	EVIDENCE_TIME,                       /* of the first packet */
	EVIDENCE_COUNT,
};

struct scorer {
	const struct feature *before, *behind;
	uint32_t before_count, behind_count;
	struct index indexes[FEATURE_COUNT]; /* of `behind` */
	double keep[FEATURE_COUNT];    /* how often the hop leaves it alone */
	double entropy[FEATURE_COUNT]; /* bits of a value seen once */
	int64_t *think;                /* sorted, of `behind` */
	uint32_t think_count;
	int64_t *start; /* sorted first times, of `behind` */
	struct clock clock;
	int64_t time_window_ns;
	double break_even; /* bits below which no counterpart is likelier */
};

struct score {
	double bits;
	double isn_bits[2]; /* of them from the ISN of that stream */
	uint32_t evidence;  /* mask of features and enum evidence that agree */
};

/* Indexes the strong features; scorer_widen() the rest. false: no memory. */
bool scorer_init(struct scorer *scorer);
bool scorer_widen(struct scorer *scorer);
void scorer_fini(struct scorer *scorer);

/* Takes the clock into account from now on. */
void scorer_set_clock(struct scorer *scorer, const struct clock *clock);

/* Counts of agreement over sure pairs, to learn what the hop keeps. */
struct habits {
	uint32_t same[FEATURE_COUNT], other[FEATURE_COUNT];
};
void habits_note(struct habits *habits, const struct feature *a,
		 const struct feature *b);
void scorer_learn(struct scorer *scorer, const struct habits *habits);

struct score score_pair(const struct scorer *scorer, uint32_t before,
			uint32_t behind);

/* Name of an evidence bit. */
const char *evidence_name(unsigned bit);

#endif
