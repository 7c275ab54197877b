/* SPDX-License-Identifier: MIT
 *
 * A path's packets at one point, in time order, in canonical space: sequence
 * and ACK numbers as offsets from the initial numbers seen at that point. A
 * faithful device, however it rewrites, leaves these offsets alone.
 */
#ifndef NW_TRACE_H
#define NW_TRACE_H

#include "path.h"

/* Initial sequence numbers of one flow, by sender. */
struct base {
	struct seq isn[2];
	bool known[2];
	bool from_syn[2]; /* seen in a SYN, not inferred */
	bool by_ack[2];   /* inferred from the other side's ACKs alone */
};

struct trace_item {
	struct record record;
	int64_t seq;           /* offset from the sender's ISN */
	int64_t ack;           /* offset from the peer's ISN */
	bool has_seq, has_ack; /* the offsets are known */
	uint16_t member;       /* which of the path's flows at the point */
};

struct trace {
	VEC(struct trace_item) items;
	struct base *bases; /* per member */
	uint32_t point, member_count;
	/* from here on another connection has one of the tuples; INT64_MAX */
	int64_t until_ns;
};

/* Loads the packets of the path at that point; canonical offsets as far as
 * SYNs tell the bases. A trace may be loaded again and again: it keeps its
 * memory. false: no memory. */
bool trace_load(struct trace *trace, const struct point *point,
		const struct path_flow *flows, uint32_t count);
void trace_fini(struct trace *trace);

/* Computes all offsets again, after bases became known. */
void trace_rebase(struct trace *trace);

/* Offset behind the last number of the stream that the trace shows; 1, behind
 * the SYN, at least. What RSTs say does not count. */
int64_t trace_stream_end(const struct trace *trace, enum direction d);

/* Largest window that the sender of that direction offered, scaled. */
int64_t trace_window(const struct trace *trace, enum direction d);

/* End of a segment in canonical space. */
static inline int64_t trace_end(const struct trace_item *item)
{
	return item->seq + segment_space(&item->record.segment);
}

#endif
