/* SPDX-License-Identifier: MIT */
#include "simalloc.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

_Noreturn void sim_die(const char *format, ...)
{
	va_list args;

	fputs("sim: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
	exit(2);
}

void *sim_alloc(size_t count, size_t size)
{
	void *memory = calloc(count > 0 ? count : 1, size);

	if (memory == NULL)
		sim_die("no memory for %zu items of %zu bytes", count, size);
	return memory;
}

void *sim_grow(void *items, size_t *capacity, size_t need, size_t size)
{
	size_t room = *capacity + *capacity / 2 + 8;

	if (need <= *capacity)
		return items;
	if (room < need)
		room = need;
	items = reallocarray(items, room, size);
	if (items == NULL)
		sim_die("no memory for %zu items of %zu bytes", room, size);
	*capacity = room;
	return items;
}

void sim_free(void *memory)
{
	free(memory);
}
