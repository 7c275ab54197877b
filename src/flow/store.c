/* SPDX-License-Identifier: MIT
 *
 * Slabs and chunks. A chunk begins with its header; a chain's chunks double
 * in size, so that a flow of ten packets wastes little and a long one has few
 * links.
 */
#include "store.h"

#include <string.h>

#define SLAB_BYTES  ((size_t)1 << 20)
#define UNIT	    ((size_t)32)
#define SLAB_UNITS  ((uint32_t)(SLAB_BYTES / UNIT))
#define FIRST_CHUNK 128u
#define LAST_CHUNK  4096u

struct chunk {
	chunk_ref next;
	uint16_t used; /* bytes of payload */
	uint16_t size; /* of the whole chunk */
	uint8_t bytes[];
};

static struct chunk *chunk_at(const struct store *store, chunk_ref ref)
{
	uint8_t *slab = store->slabs.items[ref / SLAB_UNITS];

	return (struct chunk *)(void *)(slab + ref % SLAB_UNITS * UNIT);
}

void store_fini(struct store *store)
{
	vec_foreach(slab, &store->slabs) free(*slab);
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
	slab = malloc(SLAB_BYTES);
	if (slab == NULL)
		return false;
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
	struct chunk *chunk;
	chunk_ref ref;

	if ((store->slabs.count == 0 || store->used + units > SLAB_UNITS) &&
	    !add_slab(store))
		return 0;
	ref = (uint32_t)(store->slabs.count - 1) * SLAB_UNITS + store->used;
	store->used += units;
	chunk = chunk_at(store, ref);
	chunk->next = 0;
	chunk->used = 0;
	chunk->size = (uint16_t)size;
	return ref;
}

static chunk_ref extend(struct store *store, struct chain *chain)
{
	uint32_t size = FIRST_CHUNK;
	chunk_ref ref;

	if (chain->tail != 0)
		size = chunk_at(store, chain->tail)->size * 2u;
	ref = new_chunk(store, size > LAST_CHUNK ? LAST_CHUNK : size);
	if (ref == 0)
		return 0;
	if (chain->tail != 0)
		chunk_at(store, chain->tail)->next = ref;
	else
		chain->head = ref;
	chain->tail = ref;
	return ref;
}

static bool has_room(const struct chunk *chunk, size_t len)
{
	return chunk->used + len + sizeof(*chunk) <= chunk->size;
}

bool store_append(struct store *store, struct chain *chain,
		  const uint8_t *bytes, size_t len)
{
	struct chunk *chunk = NULL;

	if (chain->tail != 0)
		chunk = chunk_at(store, chain->tail);
	/* The largest record may not fit a first chunk: then two are made. */
	while (chunk == NULL || !has_room(chunk, len)) {
		chunk_ref ref = extend(store, chain);

		if (ref == 0)
			return false;
		chunk = chunk_at(store, ref);
	}
	memcpy(chunk->bytes + chunk->used, bytes, len);
	chunk->used = (uint16_t)(chunk->used + len);
	return true;
}

struct store_cursor store_read(const struct store *store,
			       const struct chain *chain)
{
	return (struct store_cursor){.store = store, .next = chain->head};
}

const uint8_t *store_next(struct store_cursor *cursor)
{
	while (cursor->at == cursor->end) {
		const struct chunk *chunk;

		if (cursor->next == 0)
			return NULL;
		chunk = chunk_at(cursor->store, cursor->next);
		cursor->at = chunk->bytes;
		cursor->end = chunk->bytes + chunk->used;
		cursor->next = chunk->next;
	}
	return cursor->at;
}
