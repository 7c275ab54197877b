/* SPDX-License-Identifier: MIT
 *
 * The client's tuple and initial number are the same on all legs: that is what
 * makes them one connection, and not two that use a port in turn.
 */
#include "legs.h"

#include "bisect.h"

static int compare_leg(const void *a, const void *b)
{
	const struct leg *x = a, *y = b;

	if (x->isn != y->isn)
		return x->isn > y->isn ? 1 : -1;
	return (x->flow > y->flow) - (x->flow < y->flow);
}

static bool build(struct legs *legs, const struct point *point)
{
	if (legs->built)
		return true;
	for (uint32_t f = 0; f < point_flow_count(point); f++) {
		const struct flow *flow = point_flow(point, f);
		struct leg *leg;

		if (!flow_has_isn(flow, FROM_CLIENT))
			continue;
		leg = vec_push(&legs->list);
		if (leg == NULL)
			return false;
		*leg = (struct leg){flow->isn[FROM_CLIENT].n, f};
	}
	if (legs->list.count > 0)
		qsort(legs->list.items, legs->list.count, sizeof(struct leg),
		      compare_leg);
	legs->built = true;
	return true;
}

static size_t find_first(const struct legs *legs, uint32_t isn)
{
	return bisect(i, legs->list.count, legs->list.items[i].isn < isn);
}

static bool is_leg(const struct flow *flow, const struct flow *other)
{
	return flow != other && flow_has_isn(other, FROM_SERVER) &&
	       endpoint_equal(&flow->tuple.ends[0], &other->tuple.ends[0]) &&
	       !endpoint_equal(&flow->tuple.ends[1], &other->tuple.ends[1]);
}

bool legs_find(struct legs *legs, const struct point *point,
	       const struct flow *flow, struct clue *clue)
{
	const uint32_t isn = flow->isn[FROM_CLIENT].n;

	if (!flow_has_isn(flow, FROM_CLIENT))
		return true;
	if (!build(legs, point))
		return false;
	for (size_t i = find_first(legs, isn);
	     i < legs->list.count && legs->list.items[i].isn == isn &&
	     clue->leg_count < LEGS_MAX;
	     i++) {
		const struct flow *other =
			point_flow(point, legs->list.items[i].flow);

		if (is_leg(flow, other))
			clue->legs[clue->leg_count++] = (struct range){
				other->isn[FROM_SERVER].n + 1,
				other->codec.sides[FROM_SERVER].next.n + 1};
	}
	return true;
}

void legs_fini(struct legs *legs)
{
	vec_fini(&legs->list);
}
