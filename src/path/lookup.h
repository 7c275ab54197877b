/* SPDX-License-Identifier: MIT
 *
 * Answers about one direction's stream on both sides of a hop, in logarithmic
 * time: is this offset a border of segments, is this content the only one of
 * its kind, did these SACK blocks come in, how far had the stream come? Built
 * when the first question is asked: most hops of most paths never ask.
 */
#ifndef NW_LOOKUP_H
#define NW_LOOKUP_H

#include "translation.h"

/* A segment longer than this is several, with borders inside. */
#define LARGEST_MSS 1460u

struct long_segment {
	int64_t begin, end; /* half-open */
};

struct lookup {
	bool built;
	VEC(int64_t) begins, borders;   /* of segments, sorted, both sides */
	VEC(struct long_segment) longs; /* sorted by begin */
	VEC(uint64_t) contents[2];      /* sorted: at in, at out */
	VEC(uint64_t) blocks;           /* sorted: SACK blocks at in */
	VEC(int64_t)
	ends; /* at in and out: end of the stream so far, per
		 item of the *other* direction's out trace */
};

/* One for each direction of a hop; all zero at first. */
struct lookups {
	const struct hop *hop;
	struct lookup streams[2];
	bool failed; /* no memory: every answer is then the cautious one */
};

/* Makes them ready for another hop; memory is kept. */
void lookups_reset(struct lookups *lookups, const struct hop *hop);
void lookups_fini(struct lookups *lookups);

/* Does a segment of that stream end at the offset, at either side? */
bool lookup_is_border(struct lookups *lookups, enum direction stream,
		      int64_t offset);

/* Does one begin or end there? */
bool lookup_is_edge(struct lookups *lookups, enum direction stream,
		    int64_t offset);

/* Is no other segment of the direction like this one, by length and sum, at
 * the given side (0: where it comes in)? */
bool lookup_is_unique(struct lookups *lookups, const struct trace_item *item,
		      int side);

/* Did a packet of the direction come in with these very blocks? The item is
 * of the far side. */
bool lookup_came_in(struct lookups *lookups, const struct trace_item *item);

/* End of the whole stream, at either side. */
int64_t lookup_stream_end(struct lookups *lookups, enum direction stream);

/* End of what the peer had sent before that item of the far side, there. */
int64_t lookup_peer_end(struct lookups *lookups, enum direction d,
			uint32_t item);

#endif
