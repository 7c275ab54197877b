/* SPDX-License-Identifier: MIT
 *
 * Finds the newest flow of a tuple. Flat, open addressing, keyed hash: one
 * look-up a packet, and the caller prefetches a batch of them, because with
 * many flows the cost is the cache miss and nothing else.
 */
#ifndef NW_FLOWTABLE_H
#define NW_FLOWTABLE_H

#include "flow.h"
#include "hash.h"

struct flowtable_slot {
	uint32_t tag;   /* upper half of the hash */
	uint32_t index; /* of the flow plus one; 0: free */
};

struct flowtable {
	struct flowtable_slot *slots;
	uint32_t mask;
	uint64_t key;
	VEC(struct flow) flows; /* every incarnation, in order of birth */
	uint32_t tuples;        /* slots in use */
};

bool flowtable_init(struct flowtable *table);
void flowtable_fini(struct flowtable *table);

static inline uint64_t endpoint_hash(const struct endpoint *e, uint64_t key)
{
	uint64_t low = hash_word(e->address);
	uint64_t port = (uint64_t)e->port << 32 | (uint64_t)e->family << 48;

	if (e->family == 4)
		return hash_fold(low ^ port ^ 0xa0761d6478bd642fu,
				 key ^ 0xe7037ed1a0b428dbu);
	return hash_fold(low ^ port, hash_word(e->address + 8) ^ key) ^
	       hash_fold(low ^ key, port ^ 0x8ebc6af09c88c6e3u);
}

/* The same in both directions. */
static inline uint64_t tuple_hash(const struct tuple *t, uint64_t key)
{
	return hash_u64(endpoint_hash(&t->ends[0], key) +
				endpoint_hash(&t->ends[1], key),
			key);
}

static inline void flowtable_prefetch(const struct flowtable *table,
				      uint64_t hash)
{
	__builtin_prefetch(&table->slots[(uint32_t)hash & table->mask]);
}

/* The flow that the hash's slot probably names, or NULL: a guess for the
 * prefetcher, not an answer. */
static inline const struct flow *flowtable_guess(const struct flowtable *table,
						 uint64_t hash)
{
	uint32_t index = table->slots[(uint32_t)hash & table->mask].index;

	return index != 0 ? &table->flows.items[index - 1] : NULL;
}

static inline void flow_prefetch(const struct flow *flow)
{
	for (size_t at = 0; at < sizeof(*flow); at += 64)
		__builtin_prefetch((const char *)flow + at, 1);
}

/* The flow that a packet belongs to, made when it is new; NULL: no memory.
 * Flows move when the table grows: keep indexes, not pointers. */
struct flow *flowtable_find(struct flowtable *table, uint64_t hash,
			    const struct packet *packet, int64_t time_ns);

/* The newest flow of a tuple, in either direction, or FLOW_NONE. */
uint32_t flowtable_newest(const struct flowtable *table,
			  const struct tuple *tuple);

#endif
