/* SPDX-License-Identifier: MIT
 *
 * What a hop legitimately does to a path's numbers, learned from the packets:
 * the initial sequence numbers that SYNs did not tell, by vote over paired
 * data; the timestamp offset; whether IP IDs pass unchanged. All differences
 * are modulo 2^32.
 */
#ifndef NW_TRANSLATION_H
#define NW_TRANSLATION_H

#include "trace.h"

/* The two sides of one hop of one path. */
struct hop {
	struct trace *before, *behind;
	const struct clock *clock; /* of the hop */
	bool keeps_isn[2];         /* other paths show: it leaves ISNs alone */
	bool is_proxy;             /* its two sides are two connections */
};

/* What the packets of one direction show. */
struct habit {
	bool ip_id_kept; /* and the IDs tell packets apart */
	bool ts_known;
	uint32_t ts_offset; /* TSval out minus in */
	bool has_sums;      /* payload sums can be compared */
	uint32_t sampled;   /* packet pairs behind this */
};

/* Infers bases that are missing in one trace of each hop from the other one,
 * along the path in both directions; where no point saw a SYN, the first
 * number seen becomes the base. Rebases what it changes. false: no memory. */
bool translation_find_bases(struct hop *hops, uint32_t hop_count);

/* Samples agreeing packets of that direction. */
struct habit translation_habit(const struct hop *hop, enum direction d);

/* How far the hop's clock may be off during the connection, at most; ns. */
int64_t hop_clock_error(const struct hop *hop);

/* Trace that packets of that direction pass first, and second. */
static inline struct trace *hop_in(const struct hop *hop, enum direction d)
{
	return d == FROM_CLIENT ? hop->before : hop->behind;
}

static inline struct trace *hop_out(const struct hop *hop, enum direction d)
{
	return d == FROM_CLIENT ? hop->behind : hop->before;
}

#endif
