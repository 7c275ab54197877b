/* SPDX-License-Identifier: MIT
 *
 * A hop for tests: one connection as a script has it, seen in two ways.
 */
#ifndef NW_TEST_HOPS_H
#define NW_TEST_HOPS_H

#include "align.h"
#include "points.h"

/* A handshake, of hosts that send IP IDs and of others. */
#define WITH_IDS                                                               \
	"0.000 > S 0 id 1\n"                                                   \
	"0.010 < S. 0 ack 1 id 51\n"                                           \
	"0.020 > . 1 ack 1 id 2\n"
#define NO_IDS                                                                 \
	"0.000 > S 0\n"                                                        \
	"0.010 < S. 0 ack 1\n"                                                 \
	"0.020 > . 1 ack 1\n"

struct made_hop {
	struct point points[2];
	struct trace traces[2];
	struct clock clock;
	struct hop hop;
};

/* All flows of each point are members of the path, as it is when a device
 * moves a connection to another tuple. */
static inline void hop_begin(struct made_hop *h, struct point before,
			     struct point behind)
{
	*h = (struct made_hop){.points = {before, behind}};
	h->clock = (struct clock){.known = true,
				  .mid_ns = SCRIPT_EPOCH_NS,
				  .uncertainty_ns = MS / 2,
				  .spread_ns = MS / 2};
	h->hop = (struct hop){.before = &h->traces[0],
			      .behind = &h->traces[1],
			      .clock = &h->clock};
	for (uint32_t p = 0; p < 2; p++) {
		uint32_t count = point_flow_count(&h->points[p]);
		struct path_flow flows[8];

		assert_in_range(count, 0, COUNT(flows));
		for (uint32_t f = 0; f < count; f++)
			flows[f] = (struct path_flow){p, f, FLOW_NONE};
		h->traces[p].point = p;
		assert_true(
			trace_load(&h->traces[p], &h->points[p], flows, count));
	}
}

/* Both sides of one script; lines marked A are seen before the hop only,
 * lines marked B behind it only. */
static inline void hop_of_script(struct made_hop *h, const char *script,
				 const struct view *before,
				 const struct view *behind)
{
	struct view a = *before, b = *behind;

	a.side = 'A';
	b.side = 'B';
	hop_begin(h, point_of_script(script, &a), point_of_script(script, &b));
	h->clock.offset_ns = b.clock_ns - a.clock_ns;
}

static inline void hop_end(struct made_hop *h)
{
	for (int p = 0; p < 2; p++) {
		trace_fini(&h->traces[p]);
		point_fini(&h->points[p]);
	}
}

/* Pairs of a direction, in order of the far side: "in=out" by place in the
 * traces, and how: e exact, i identified, p positional, r resegmented. */
static inline void pairs_describe(const struct alignment *alignment,
				  enum direction d, char *text, size_t room)
{
	struct pair pair = alignment_begin(d);
	size_t at = 0;

	text[0] = '\0';
	while (alignment_next(alignment, &pair))
		at += (size_t)snprintf(text + at, room - at, "%s%u=%u%c",
				       at > 0 ? " " : "", pair.in, pair.out,
				       "eipr"[pair.how]);
}

#endif
