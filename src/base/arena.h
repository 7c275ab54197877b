/* SPDX-License-Identifier: MIT
 *
 * Memory that is given back all at once. Blocks grow geometrically up to a
 * ceiling; nothing inside is freed singly. A failed allocation returns NULL
 * and is remembered, so that a run of them may be checked at its end.
 */
#ifndef NW_ARENA_H
#define NW_ARENA_H

#include <stdbool.h>
#include <stddef.h>

struct arena_block;

struct arena {
	struct arena_block *blocks; /* newest first */
	size_t used, size;          /* of the newest block */
	bool failed;                /* an allocation has failed */
};

/* All zero is an empty arena. */
void arena_fini(struct arena *arena);

/* `count` items of `size` bytes, zeroed, aligned for any type. */
void *arena_alloc(struct arena *arena, size_t count, size_t size);

/* Copies of bytes and of a string; NULL stays NULL. */
void *arena_copy(struct arena *arena, const void *bytes, size_t count,
		 size_t size);
char *arena_string(struct arena *arena, const char *text);

/* A formatted string. */
char *arena_format(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
