/* SPDX-License-Identifier: MIT
 *
 * Counts of what was compared: they clear a device as findings convict it.
 */
#ifndef NW_TALLY_H
#define NW_TALLY_H

#include "finding.h"

/* Categories of checks that clear or convict a hop. */
enum check_category {
	CHECK_ACK,
	CHECK_SEQ,
	CHECK_SACK,
	CHECK_PATH,
	CHECK_COUNT
};

struct check {
	uint64_t compared, violations, paths;
};

/* All comparisons at one hop, and what it was seen to do. */
struct tally {
	struct check checks[CHECK_COUNT][2]; /* by direction of travel */
	uint64_t paths;                      /* seen at both sides */
	uint64_t undecided; /* differences that loss could explain */
	uint64_t by_ack;    /* paths of which a side has but ACKs of a stream */
	uint64_t cut_sacks; /* segments whose blocks one capture has cut off */
	uint64_t stripped_sacks[2]; /* pairs with blocks on the near side only,
				       by direction */
	/* by direction: packets that the capture on the far side missed, that
	 * the hop dropped, and of these those that may yet be of the former */
	uint64_t missed[2], dropped[2], open[2];
};

/* Sums up; tallies of threads are merged with it. */
void tally_add(struct tally *sum, const struct tally *more);

/* Takes back all violations, and what is open. */
void tally_acquit(struct tally *tally);

const char *check_name(enum check_category category);

/* The check that findings of a kind count in; CHECK_COUNT: none. */
enum check_category check_of(const struct kind_entry *kind);

#endif
