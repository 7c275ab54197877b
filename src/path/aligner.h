/* SPDX-License-Identifier: MIT
 *
 * What the steps of aligning one direction of one hop share. Private to
 * align.c, leftover.c and border.c.
 */
#ifndef NW_ALIGNER_H
#define NW_ALIGNER_H

#include "align.h"

#define ALIGN_CONTROL (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)

struct entry {
	uint64_t key;
	uint32_t item;
};

/* Items without a mate, in order, and room to sort them. */
struct leftovers {
	uint32_t *items;
	struct entry *sorted;
	uint32_t count, sorted_count;
};

struct aligner {
	const struct hop *hop;
	struct alignment *alignment;
	enum direction d;
	const struct trace *in, *out;
	struct habit habit;
	/* bounds of the transit time: not below, usual, nearly all */
	int64_t early_ns, near_ns, tight_ns;
	/* packets without a rival, too early or too late for that, and how late
	 */
	uint32_t early_count, late_count;
	int64_t latest_ns;
	bool clock_is_off; /* packets arrive before they are sent */
	struct leftovers left_in, left_out;
};

/* From in to out by the hop's clock, if they are one packet; ns. */
int64_t aligner_transit(const struct aligner *al, const struct trace_item *in,
			const struct trace_item *out);

/* May the packets be one, the transit taking at most `limit`? */
bool aligner_time_fits(const struct aligner *al, const struct trace_item *in,
		       const struct trace_item *out, int64_t limit);

/* TSval of a segment of that side, as the near side has it; 0: none. */
uint32_t aligner_stamp(const struct aligner *al, const struct trace *trace,
		       const struct segment *s);

void aligner_add(struct aligner *al, uint32_t in, uint32_t out,
		 enum pair_how how);

/* Next item of the direction at or after `at` without a mate; items.count:
 * none. */
uint32_t aligner_next_free(const struct trace *trace, uint32_t at,
			   enum direction d, const uint32_t *mates);

/* Pairs what the sweep left over, pass by pass. false: no memory. */
bool aligner_pair_leftovers(struct aligner *al);

/* Then data whose borders moved. false: no memory. */
bool aligner_pair_resegmented(struct aligner *al);

#endif
