/* SPDX-License-Identifier: MIT
 *
 * Memory for records: chunks of 128 bytes to 4 KiB, chained per flow, cut
 * from slabs of 1 MiB. Chunks are named by numbers, not by pointers, so that
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
	uint32_t used; /* units taken of the newest slab */
	uint64_t bytes; /* held in slabs */
};

/* A flow's chain of chunks, to be written at its end. All zero: empty. */
struct chain {
	chunk_ref head, tail;
};

void store_fini(struct store *store);

/* Appends `len` bytes (at most RECORD_MAX_BYTES) as one piece. false: no
 * memory, nothing appended. */
bool store_append(struct store *store, struct chain *chain,
		  const uint8_t *bytes, size_t len);

/* Reads a chain piece by piece. */
struct store_cursor {
	const struct store *store;
	const uint8_t *at, *end;
	chunk_ref next;
};

struct store_cursor store_read(const struct store *store,
			       const struct chain *chain);

/* The bytes that follow, or NULL at the end. The caller advances `at` by what
 * it took; pieces never straddle chunks. */
const uint8_t *store_next(struct store_cursor *cursor);

#endif
