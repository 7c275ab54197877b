/* SPDX-License-Identifier: MIT
 *
 * Flows that might be several others' (ambiguous ones) are no strays: what
 * they belong to is an open question already.
 */
#include "stray.h"

#include "bisect.h"

static int compare_stray(const void *a, const void *b)
{
	const struct stray *x = a, *y = b;

	if (x->seq != y->seq)
		return x->seq > y->seq ? 1 : -1;
	if (x->ack != y->ack)
		return x->ack > y->ack ? 1 : -1;
	if (x->len != y->len)
		return x->len > y->len ? 1 : -1;
	return (x->flow > y->flow) - (x->flow < y->flow);
}

static bool *owned_flows(const struct point *behind, const struct match *match)
{
	bool *owned = calloc(point_flow_count(behind) + 1u, sizeof(*owned));

	if (owned == NULL)
		return NULL;
	vec_foreach (link, &match->links)
		if (!link->extra)
			owned[link->behind] = true;
	vec_foreach (group, &match->ambiguities)
		vec_foreach (flow, &group->behind)
			owned[*flow] = true;
	return owned;
}

static bool add(struct strays *strays, const struct point *point,
		uint32_t index)
{
	struct record_reader reader =
		point_records(point, point_flow(point, index));
	struct record record;
	struct stray *stray;

	if (!record_next(&reader, &record))
		return true;
	stray = vec_push(&strays->list);
	if (stray == NULL)
		return false;
	*stray = (struct stray){
		.seq = record.segment.seq.n,
		.ack = (record.segment.flags & TCP_ACK) != 0
			       ? record.segment.ack.n
			       : 0,
		.len = record.segment.len,
		.flow = index,
	};
	return true;
}

bool strays_find(struct strays *strays, const struct point *behind,
		 const struct match *match)
{
	bool *owned = owned_flows(behind, match);
	bool ok = owned != NULL;

	for (uint32_t f = 0; ok && f < point_flow_count(behind); f++)
		if (!owned[f])
			ok = add(strays, behind, f);
	free(owned);
	if (strays->list.count > 0)
		qsort(strays->list.items, strays->list.count,
		      sizeof(struct stray), compare_stray);
	return ok;
}

void strays_fini(struct strays *strays)
{
	vec_fini(&strays->list);
}

static bool begins_with(const struct stray *s, const struct stray *key)
{
	return s->seq == key->seq && s->ack == key->ack && s->len == key->len;
}

/* The first one at or behind the key. */
static size_t find_first(const struct strays *strays, const struct stray *key)
{
	return bisect(i, strays->list.count,
		      compare_stray(&strays->list.items[i], key) < 0);
}

bool strays_have(const struct strays *strays, uint32_t seq, uint32_t ack,
		 uint32_t len)
{
	const struct stray key = {seq, ack, len, 0};
	size_t at = find_first(strays, &key);

	return at < strays->list.count &&
	       begins_with(&strays->list.items[at], &key);
}

const struct stray *strays_only(const struct strays *strays, uint32_t seq,
				uint32_t ack, uint32_t len)
{
	const struct stray key = {seq, ack, len, 0};
	size_t at = find_first(strays, &key);

	if (!strays_have(strays, seq, ack, len))
		return NULL;
	if (at + 1 < strays->list.count &&
	    begins_with(&strays->list.items[at + 1], &key))
		return NULL;
	return &strays->list.items[at];
}
