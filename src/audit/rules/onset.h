/* SPDX-License-Identifier: MIT
 *
 * How a wrong number set in (FINDINGS B.4): the last segment of the direction
 * that was right, what happened between that one and the first wrong one, and
 * which of the later segments are wrong. It tells which state of a device the
 * fault hangs on.
 */
#ifndef NW_ONSET_H
#define NW_ONSET_H

#include "trace.h"

/* What may happen between the last right segment and the first wrong one. */
enum onset_event {
	ONSET_SYN_ACK_REPEATED,
	ONSET_SYN_REPEATED,
	ONSET_RST,
	ONSET_MOVED, /* the device gave the connection a new tuple */
	ONSET_SILENCE,
	ONSET_EVENTS,
};

/* Which segments are wrong, from the first wrong one on. */
enum onset_scope {
	SCOPE_ALL,
	SCOPE_ONE,         /* the first one alone */
	SCOPE_DATA,        /* those with data, and only those */
	SCOPE_ACKS,        /* those without data, and only those */
	SCOPE_PASSING,     /* all up to one, and then none */
	SCOPE_ALTERNATING, /* right and wrong in turns */
	SCOPE_COUNT,
};

/* What a comparison says of a segment's number. */
enum standing { STAND_UNKNOWN, STAND_RIGHT, STAND_WRONG };

/* Silence that is worth telling: no first retransmission comes later. */
#define ONSET_SILENCE_NS INT64_C(1000000000)

struct onset {
	bool known;
	bool has_right; /* a segment before the first wrong one was right */
	uint32_t right_file, right_value;
	uint64_t right_frame;
	int64_t right_ns;
	int64_t silence_ns;    /* the longest one between the two */
	uint64_t wrong, right; /* from the first wrong one on */
	uint8_t events;        /* bit per enum onset_event */
	uint8_t scope;         /* enum onset_scope */
};

/* What is gathered while one passes over a direction's segments, in order. */
struct onset_search {
	/* as they came in (NULL: not seen there) and as they went out */
	const struct trace_item *right[2], *wrong[2];
	uint64_t wrongs[2], rights[2]; /* without data, with data */
	uint32_t turns;                /* from wrong to right and back */
	bool was_wrong;
};

/* Takes one segment that could be judged; `in` may be NULL. */
void onset_take(struct onset_search *search, const struct trace_item *in,
		const struct trace_item *out, bool is_wrong);

/* The outcome, but for the right one's value; unknown when nothing was wrong.
 * `in` may be NULL. */
struct onset onset_found(const struct onset_search *search,
			 const struct trace *in, const struct trace *out);

#endif
