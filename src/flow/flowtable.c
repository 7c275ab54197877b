/* SPDX-License-Identifier: MIT
 *
 * Linear probing over 8-byte slots, at most two thirds full. A slot names the
 * newest incarnation of its tuple; older ones hang on it by number.
 */
#include "flowtable.h"

#define FIRST_SLOTS 1024u
#define OLDER_MOST  4 /* incarnations that a late segment is sought in */

bool flowtable_init(struct flowtable *table)
{
	*table = (struct flowtable){.mask = FIRST_SLOTS - 1,
				    .key = hash_random_key()};
	table->slots = calloc(FIRST_SLOTS, sizeof(*table->slots));
	return table->slots != NULL;
}

void flowtable_fini(struct flowtable *table)
{
	free(table->slots);
	vec_fini(&table->flows);
	*table = (struct flowtable){0};
}

static bool grow(struct flowtable *table)
{
	uint32_t mask = table->mask * 2 + 1;
	struct flowtable_slot *slots;

	if (mask == UINT32_MAX)
		return false;
	slots = calloc((size_t)mask + 1, sizeof(*slots));
	if (slots == NULL)
		return false;
	for (uint64_t i = 0; i <= table->mask; i++) {
		struct flowtable_slot slot = table->slots[i];
		uint32_t at;

		if (slot.index == 0)
			continue;
		at = (uint32_t)tuple_hash(
			     &table->flows.items[slot.index - 1].tuple,
			     table->key) &
		     mask;
		while (slots[at].index != 0)
			at = (at + 1) & mask;
		slots[at] = slot;
	}
	free(table->slots);
	table->slots = slots;
	table->mask = mask;
	return true;
}

static bool same_tuple(const struct tuple *a, const struct tuple *b)
{
	return (endpoint_equal(&a->ends[0], &b->ends[0]) &&
		endpoint_equal(&a->ends[1], &b->ends[1])) ||
	       (endpoint_equal(&a->ends[0], &b->ends[1]) &&
		endpoint_equal(&a->ends[1], &b->ends[0]));
}

static struct flowtable_slot *find_slot(const struct flowtable *table,
					uint64_t hash,
					const struct tuple *tuple)
{
	uint32_t tag = (uint32_t)(hash >> 32);
	uint32_t at = (uint32_t)hash & table->mask;

	for (;; at = (at + 1) & table->mask) {
		struct flowtable_slot *slot = &table->slots[at];

		if (slot->index == 0)
			return slot;
		if (slot->tag == tag &&
		    same_tuple(&table->flows.items[slot->index - 1].tuple,
			       tuple))
			return slot;
	}
}

/* The incarnation before the newest that a late segment belongs to, or NULL. */
static struct flow *find_older(struct flowtable *table,
			       const struct flow *newest,
			       const struct packet *packet)
{
	uint32_t at = newest->older;

	for (int i = 0; i < OLDER_MOST && at != FLOW_NONE; i++) {
		struct flow *older = &table->flows.items[at];

		if (flow_has_straggler(older, newest, packet))
			return older;
		at = older->older;
	}
	return NULL;
}

struct flow *flowtable_find(struct flowtable *table, uint64_t hash,
			    const struct packet *packet, int64_t time_ns)
{
	struct flowtable_slot *slot;
	struct flow *flow;
	uint32_t older = FLOW_NONE;

	if ((uint64_t)table->tuples * 3 > (uint64_t)table->mask * 2 &&
	    !grow(table))
		return NULL;
	slot = find_slot(table, hash, &packet->tuple);
	if (slot->index != 0) {
		struct flow *late;

		flow = &table->flows.items[slot->index - 1];
		late = find_older(table, flow, packet);
		if (late != NULL)
			return late;
		if (!flow_is_succeeded(flow, packet, time_ns))
			return flow;
		older = slot->index - 1;
	}
	if (table->flows.count >= FLOW_NONE - 1)
		return NULL;
	flow = vec_push(&table->flows);
	if (flow == NULL)
		return NULL;
	flow_begin(flow, packet, time_ns);
	flow->older = older;
	if (older != FLOW_NONE) {
		flow_follow(flow, &table->flows.items[older], packet);
		table->flows.items[older].newer =
			(uint32_t)table->flows.count - 1;
	}
	if (slot->index == 0)
		table->tuples++;
	slot->tag = (uint32_t)(hash >> 32);
	slot->index = (uint32_t)table->flows.count;
	return flow;
}

uint32_t flowtable_newest(const struct flowtable *table,
			  const struct tuple *tuple)
{
	uint32_t index =
		find_slot(table, tuple_hash(tuple, table->key), tuple)->index;

	return index != 0 ? index - 1 : FLOW_NONE;
}
