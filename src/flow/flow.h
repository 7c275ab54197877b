/* SPDX-License-Identifier: MIT
 *
 * A flow is one TCP connection as seen at one point: one incarnation of a
 * tuple. This file decides where an incarnation begins, who its client is and
 * what its initial sequence numbers are (FINDINGS C.7).
 */
#ifndef NW_FLOW_H
#define NW_FLOW_H

#include "record.h"
#include "store.h"

#define FLOW_NONE UINT32_MAX

struct flow {
	struct tuple tuple; /* ends[FROM_CLIENT] is the client */
	int64_t first_ns, last_ns;
	struct chain chain;
	struct record_codec codec;
	uint64_t packets;
	struct seq isn[2];    /* by sender; valid with ISN_SEEN */
	struct seq first_syn; /* the client's first one, if it sent others */
	struct seq answer;    /* its first answer, if there were others */
	struct seq stray_syn; /* the client's latest one while it was open */
	struct seq end[2];    /* by sender: highest end of its segments */
	uint32_t head[2];     /* print of the first bytes of the stream */
	uint32_t older;       /* previous incarnation, or FLOW_NONE */
	uint32_t newer;       /* next incarnation, or FLOW_NONE */
	uint8_t isn_seen;     /* bit per direction */
	uint8_t head_seen;    /* bit per direction */
	uint8_t fin_seen;     /* bit per direction */
	bool rst_seen;
	bool data_seen;     /* anything but SYNs */
	bool roles_guessed; /* no SYN told who the client is */
	bool unordered;     /* times of its records run backwards */
	bool stray_seen;    /* stray_syn is valid */
};

/* Bytes of a stream's beginning that `head` covers. */
#define FLOW_HEAD_BYTES 64u

/* A flow that begins with this packet, who sent it being settled. */
void flow_begin(struct flow *flow, const struct packet *packet,
		int64_t time_ns);

/* A flow that has just begun, with this packet, on the tuple of an older one
 * that may hold its SYN. */
void flow_follow(struct flow *flow, const struct flow *older,
		 const struct packet *packet);

/* Does this packet belong to another incarnation than `flow`? */
bool flow_is_succeeded(const struct flow *flow, const struct packet *packet,
		       int64_t time_ns);

/* Is it a late segment of an older incarnation, by all its numbers, and by one
 * of them at least not of the newer? */
bool flow_has_straggler(const struct flow *older, const struct flow *newer,
			const struct packet *packet);

/* Direction of a packet with the flow's tuple, in either order. */
enum direction flow_direction(const struct flow *flow,
			      const struct packet *packet);

/* Takes what the packet tells of the connection. `packet` is measured. */
void flow_note(struct flow *flow, const struct packet *packet,
	       enum direction direction, int64_t time_ns);

static inline bool flow_is_closed(const struct flow *flow)
{
	return flow->rst_seen || flow->fin_seen == 3;
}

static inline bool flow_has_isn(const struct flow *flow, enum direction d)
{
	return (flow->isn_seen >> d & 1) != 0;
}

#endif
