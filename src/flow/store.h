/* SPDX-License-Identifier: MIT
 *
 * Memory for records: chunks of 128 bytes to 4 KiB, chained per flow, cut
 * from slabs of 2 MiB. Chunks are named by numbers, not by pointers, so that
 * a slab may lie anywhere: in memory, in a mapped temporary file once the
 * budget is spent, or in a digest that was shipped from a tap host.
 */
#ifndef NW_STORE_H
#define NW_STORE_H

#include "vec.h"

#include <stdint.h>

/* Number of a chunk, in units of 32 bytes over all slabs; 0: none. */
typedef uint32_t chunk_ref;

struct store {
	VEC(uint8_t *) slabs;
	uint32_t used;  /* units taken of the newest slab */
	uint64_t bytes; /* held in slabs */
};

/* A flow's chain of chunks, to be written at its end. All zero: empty. What
 * is known of the last chunk stands here, so that appending touches nothing
 * of the store but the bytes it writes. */
struct chain {
	chunk_ref head, tail;
	uint16_t used, size; /* bytes of the last chunk, header included */
};

void store_fini(struct store *store);

/* Appends `len` bytes (at most RECORD_MAX_BYTES) as one piece. false: no
 * memory, nothing appended. */
bool store_append(struct store *store, struct chain *chain,
		  const uint8_t *bytes, size_t len);

/* Asks the cache for the place that the next append will write. */
void store_prefetch(const struct store *store, const struct chain *chain);

/* Reads a chain piece by piece. */
struct store_cursor {
	const struct store *store;
	const uint8_t *at, *end;
	chunk_ref next, tail;
	uint16_t tail_used;
};

struct store_cursor store_read(const struct store *store,
			       const struct chain *chain);

/* The bytes that follow, or NULL at the end. The caller advances `at` by what
 * it took; pieces never straddle chunks. */
const uint8_t *store_next(struct store_cursor *cursor);

#endif
