/* SPDX-License-Identifier: MIT
 *
 * A list of blocks, each twice as large as the one before up to 1 MiB; a
 * request that is larger than that gets a block of its own.
 */
#include "arena.h"

#include <stdalign.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_BLOCK ((size_t)4096)
#define LAST_BLOCK  ((size_t)1 << 20)

struct arena_block {
	struct arena_block *next;
	alignas(max_align_t) unsigned char bytes[];
};

void arena_fini(struct arena *arena)
{
	struct arena_block *next;

	for (struct arena_block *b = arena->blocks; b != NULL; b = next) {
		next = b->next;
		free(b);
	}
	*arena = (struct arena){0};
}

static bool add_block(struct arena *arena, size_t need)
{
	size_t size = arena->size == 0 ? FIRST_BLOCK : arena->size * 2;
	struct arena_block *block;

	if (size > LAST_BLOCK)
		size = LAST_BLOCK;
	if (size < need)
		size = need;
	if (size > SIZE_MAX - sizeof(*block))
		return false;
	block = malloc(sizeof(*block) + size);
	if (block == NULL)
		return false;
	block->next = arena->blocks;
	arena->blocks = block;
	arena->size = size;
	arena->used = 0;
	return true;
}

void *arena_alloc(struct arena *arena, size_t count, size_t size)
{
	const size_t align = alignof(max_align_t);
	size_t need;
	void *at;

	if (__builtin_mul_overflow(count, size, &need) ||
	    need > SIZE_MAX - align) {
		arena->failed = true;
		return NULL;
	}
	need = (need + align - 1) / align * align;
	if ((arena->blocks == NULL || need > arena->size - arena->used) &&
	    !add_block(arena, need)) {
		arena->failed = true;
		return NULL;
	}
	at = arena->blocks->bytes + arena->used;
	arena->used += need;
	memset(at, 0, need);
	return at;
}

void *arena_copy(struct arena *arena, const void *bytes, size_t count,
		 size_t size)
{
	void *copy;

	if (bytes == NULL)
		return NULL;
	copy = arena_alloc(arena, count, size);
	if (copy != NULL && count > 0)
		memcpy(copy, bytes, count * size);
	return copy;
}

char *arena_string(struct arena *arena, const char *text)
{
	return text == NULL ? NULL
			    : arena_copy(arena, text, strlen(text) + 1, 1);
}

char *arena_format(struct arena *arena, const char *format, ...)
{
	va_list args, again;
	char *text = NULL;
	int len;

	va_start(args, format);
	va_copy(again, args);
	len = vsnprintf(NULL, 0, format, args);
	va_end(args);
	if (len >= 0)
		text = arena_alloc(arena, (size_t)len + 1, 1);
	if (text != NULL)
		vsnprintf(text, (size_t)len + 1, format, again);
	va_end(again);
	return text;
}
