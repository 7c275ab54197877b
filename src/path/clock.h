/* SPDX-License-Identifier: MIT
 *
 * The clocks of two points, without trust in NTP: a packet cannot arrive
 * before it was sent. Packets from the client bound the offset from above,
 * packets from the server from below, and a line between all bounds gives
 * offset and drift (FINDINGS E; Paxson 1998).
 */
#ifndef NW_CLOCK_H
#define NW_CLOCK_H

#include <stdbool.h>
#include <stddef.h>

#include <stdint.h>

/* One packet seen at both points. */
struct clock_sample {
	int64_t before_ns; /* when at the point nearer the client */
	int64_t diff_ns;   /* behind minus before */
	bool from_client;
};

/* theta(t) = offset + drift * (t - mid): this clock behind minus before. */
struct clock {
	bool known;
	int64_t mid_ns;
	int64_t offset_ns;
	int64_t uncertainty_ns; /* half the width of the bounds */
	double drift;           /* seconds per second */
	double drift_error;     /* that far it may be off, at most */
	int64_t from_ns, to_ns; /* the drift was seen in this time */
	int64_t transit_ns;     /* usual time to cross, by this clock */
	int64_t jitter_ns;      /* half of all packets are this near to it */
	int64_t spread_ns;      /* nearly all lie this near to the line */
};

/* Fits a clock to the samples (which it sorts); unknown with none, and
 * without memory. */
struct clock clock_fit(struct clock_sample *samples, size_t count);

/* How far clock_across may be off at that time: a drift that is not known well
 * counts more the farther away from the samples it is relied on. */
static inline int64_t clock_error(const struct clock *clock, int64_t before_ns)
{
	int64_t beyond = before_ns > clock->to_ns ? before_ns - clock->to_ns
			 : before_ns < clock->from_ns
				 ? clock->from_ns - before_ns
				 : 0;

	return clock->uncertainty_ns +
	       (int64_t)((double)beyond * clock->drift_error);
}

/* What the clock behind shows when the one before shows `before_ns`. */
static inline int64_t clock_across(const struct clock *clock, int64_t before_ns)
{
	return before_ns + clock->offset_ns +
	       (int64_t)(clock->drift * (double)(before_ns - clock->mid_ns));
}

/* What the clock before shows when the one behind shows `behind_ns`. */
static inline int64_t clock_back(const struct clock *clock, int64_t behind_ns)
{
	int64_t since = behind_ns - clock->offset_ns - clock->mid_ns;

	return clock->mid_ns + since -
	       (int64_t)((double)since * clock->drift / (1 + clock->drift));
}

#endif
