/* SPDX-License-Identifier: MIT
 *
 * The timestamp echo as a second ACK (FINDINGS A.1, B.4): it shows what the
 * sender of a segment had received, whatever the ACK number beside it says.
 */
#ifndef NW_TSECR_H
#define NW_TSECR_H

#include "trace.h"

/* What one sender's segments at one point have said so far; zero at first. */
struct echo_watch {
	int64_t acks[2];    /* the two highest ACKs, */
	uint32_t tsvals[2]; /* and what the sender's clock showed then */
	uint32_t count;
};

/* Was the ACK number of this segment changed after it was sent? Its numbers
 * are known; segments are shown in the order of the trace. */
bool echo_contradicts(struct echo_watch *watch, const struct trace *trace,
		      const struct trace_item *item);

#endif
