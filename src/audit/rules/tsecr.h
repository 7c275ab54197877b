/* SPDX-License-Identifier: MIT
 *
 * The timestamp echo as a second ACK (FINDINGS A.1, B.4): it shows what the
 * sender of a segment had received, whatever the ACK number beside it says.
 */
#ifndef NW_TSECR_H
#define NW_TSECR_H

#include "trace.h"

/* The two highest ACKs of some segments, and what the sender's clock showed. */
struct echo_tops {
	int64_t acks[2];
	uint32_t tsvals[2];
	uint32_t count;
};

/* What one sender's segments at one point have said so far; zero at first. */
struct echo_watch {
	struct echo_tops settled; /* of all but the last tick of its clock, */
	struct echo_tops fresh;   /* and of that tick */
};

/* Had the segment's sender, by its own clock, twice acknowledged more before
 * it sent this? */
bool echo_went_back(struct echo_watch *watch, const struct trace_item *item);

/* Takes note of a segment that is believed. */
void echo_remember(struct echo_watch *watch, const struct trace_item *item);

/* Was the ACK number of this segment changed after it was sent? Its numbers
 * are known; segments are shown in the order of the trace. */
bool echo_contradicts(struct echo_watch *watch, const struct trace *trace,
		      const struct trace_item *item);

#endif
