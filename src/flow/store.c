/* SPDX-License-Identifier: MIT
 *
 * Slabs and chunks. A chunk begins with its header; a chain's chunks double
 * in size, so that a flow of ten packets wastes little and a long one has few
 * links.
 */
#include "store.h"

#include <stddef.h>
#include <string.h>
#include <sys/mman.h>

#define SLAB_BYTES  ((size_t)2 << 20) /* a huge page, where there are any */
#define UNIT        ((size_t)32)
#define SLAB_UNITS  ((uint32_t)(SLAB_BYTES / UNIT))
#define FIRST_CHUNK 128u
#define LAST_CHUNK  4096u

struct chunk {
	chunk_ref next;
	uint16_t used; /* header included; of the last chunk: in the chain */
	uint8_t bytes[];
};

#define HEADER ((uint16_t)offsetof(struct chunk, bytes))

static struct chunk *chunk_at(const struct store *store, chunk_ref ref)
{
	uint8_t *slab = store->slabs.items[ref / SLAB_UNITS];

	return (struct chunk *)(void *)(slab + ref % SLAB_UNITS * UNIT);
}

void store_fini(struct store *store)
{
	vec_foreach (slab, &store->slabs)
		free(*slab);
	vec_fini(&store->slabs);
	*store = (struct store){0};
}

static bool add_slab(struct store *store)
{
	uint8_t **place;
	uint8_t *slab;

	/* Chunk numbers are 32 bits wide: 128 GiB of records a point. */
	if (store->slabs.count >= UINT32_MAX / SLAB_UNITS)
		return false;
	slab = aligned_alloc(SLAB_BYTES, SLAB_BYTES);
	if (slab == NULL)
		return false;
	/* Flows are written in any order: TLB misses would dominate. */
	madvise(slab, SLAB_BYTES, MADV_HUGEPAGE);
	place = vec_push(&store->slabs);
	if (place == NULL) {
		free(slab);
		return false;
	}
	*place = slab;
	/* Unit 0 of the first slab stays free: 0 means no chunk. */
	store->used = store->slabs.count == 1 ? 1 : 0;
	store->bytes += SLAB_BYTES;
	return true;
}

static chunk_ref new_chunk(struct store *store, uint32_t size)
{
	uint32_t units = (uint32_t)(size / UNIT);
	chunk_ref ref;

	if ((store->slabs.count == 0 || store->used + units > SLAB_UNITS) &&
	    !add_slab(store))
		return 0;
	ref = (uint32_t)(store->slabs.count - 1) * SLAB_UNITS + store->used;
	store->used += units;
	chunk_at(store, ref)->next = 0;
	return ref;
}

static bool extend(struct store *store, struct chain *chain)
{
	uint32_t size = chain->tail == 0 ? FIRST_CHUNK : chain->size * 2u;
	chunk_ref ref;

	if (size > LAST_CHUNK)
		size = LAST_CHUNK;
	ref = new_chunk(store, size);
	if (ref == 0)
		return false;
	if (chain->tail != 0) {
		struct chunk *last = chunk_at(store, chain->tail);

		last->next = ref;
		last->used = chain->used;
	} else {
		chain->head = ref;
	}
	chain->tail = ref;
	chain->used = HEADER;
	chain->size = (uint16_t)size;
	return true;
}

bool store_append(struct store *store, struct chain *chain,
		  const uint8_t *bytes, size_t len)
{
	/* The largest record may not fit a first chunk: then two are made. */
	while (chain->used + len > chain->size)
		if (!extend(store, chain))
			return false;
	memcpy((uint8_t *)chunk_at(store, chain->tail) + chain->used, bytes,
	       len);
	chain->used = (uint16_t)(chain->used + len);
	return true;
}

void store_prefetch(const struct store *store, const struct chain *chain)
{
	if (chain->tail != 0)
		__builtin_prefetch(
			(const uint8_t *)chunk_at(store, chain->tail) +
				chain->used,
			1);
}

struct store_cursor store_read(const struct store *store,
			       const struct chain *chain)
{
	return (struct store_cursor){.store = store,
				     .next = chain->head,
				     .tail = chain->tail,
				     .tail_used = chain->used};
}

const uint8_t *store_next(struct store_cursor *cursor)
{
	while (cursor->at == cursor->end) {
		const struct chunk *chunk;
		uint16_t used;

		if (cursor->next == 0)
			return NULL;
		chunk = chunk_at(cursor->store, cursor->next);
		used = cursor->next == cursor->tail ? cursor->tail_used
						    : chunk->used;
		cursor->at = chunk->bytes;
		cursor->end = (const uint8_t *)chunk + used;
		cursor->next = chunk->next;
	}
	return cursor->at;
}
