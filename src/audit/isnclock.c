/* SPDX-License-Identifier: MIT
 *
 * Predicted is only what a server would still remember (TIME-WAIT, 60 s), what
 * the capture is too short to have shown, and only for a number that nothing
 * else explains. One point alone: at the far side of a device that shifts
 * numbers, they are none of a Linux clock.
 */
#include "isnclock.h"

#include <string.h>

#define UNIT_NS      INT64_C(64)
#define TIME_WAIT_NS INT64_C(60000000000)
/* Tuples are not used again sooner, but by chance. */
#define SHORTEST_NS INT64_C(1000000000)

int64_t isnclock_age_ns(struct seq isn, uint32_t ack)
{
	return (int64_t)(uint32_t)(isn.n - (ack - 1)) * UNIT_NS;
}

static bool is_unexplained(const struct nw_finding *f)
{
	return f->cause_count == 1 &&
	       strcmp(f->causes[0].hypothesis, "random") == 0;
}

/* The only flow of the finding's path; NULL: several, or none. */
static const struct flow *flow_of(const struct nw_audit *audit,
				  const struct nw_finding *f)
{
	const struct path *path;

	if (f->path == 0)
		return NULL;
	path = &audit->paths.items[f->path - 1];
	return path->count != 1
		       ? NULL
		       : point_flow(&audit->points.items[0],
				    path_flows(&audit->paths, path)->flow);
}

/* When the point's captures began. */
static int64_t begin_of(const struct nw_point *point)
{
	int64_t begin = INT64_MAX;

	for (size_t i = 0; i < point->file_count; i++)
		if (point->files[i].packets > 0 &&
		    point->files[i].first_ns < begin)
			begin = point->files[i].first_ns;
	return begin;
}

static bool is_worth_telling(const struct nw_audit *audit,
			     const struct flow *flow, int64_t age_ns)
{
	return age_ns >= SHORTEST_NS && age_ns <= TIME_WAIT_NS &&
	       begin_of(&audit->results.points[0]) > flow->first_ns - age_ns;
}

bool isnclock_predict(struct nw_audit *audit, const struct nw_finding *worst,
		      struct nw_next_capture *to)
{
	enum direction stream =
		worst->direction == NW_FROM_CLIENT ? FROM_SERVER : FROM_CLIENT;
	const struct flow *flow = flow_of(audit, worst);
	uint32_t ack = (uint32_t)worst->observed.number;
	int64_t age;

	if (audit_point_count(audit) != 1 || flow == NULL ||
	    strcmp(worst->category, "ack") != 0 || !is_unexplained(worst) ||
	    flow->roles_guessed || !flow_has_isn(flow, stream))
		return false;
	age = isnclock_age_ns(flow->isn[stream], ack);
	if (!is_worth_telling(audit, flow, age))
		return false;
	to->between = worst->between;
	to->why = arena_format(
		&audit->arena,
		"capture at %s again, too, from 330 s before the connection "
		"begins; if the number acknowledges the %s of an earlier "
		"connection on the same tuple, and the %s counts its initial "
		"numbers as Linux does, that one began %.2f s (or %.2f s, ...) "
		"before this one; that is no evidence, since one random number "
		"in five would foretell as much",
		audit->points.items[0].name,
		stream == FROM_SERVER ? "SYN/ACK" : "SYN",
		stream == FROM_SERVER ? "server" : "client", (double)age / 1e9,
		(double)(age + ISNCLOCK_ROUND_NS) / 1e9);
	to->if_before = arena_format(
		&audit->arena,
		"there is such a connection, and its initial number is %u: the "
		"wrong number is a stale one of that connection",
		ack - 1);
	to->if_after = "there is none: the number comes from somewhere else";
	return true;
}
