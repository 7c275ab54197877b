/* SPDX-License-Identifier: MIT
 *
 * Growing arrays of plain values. A vec is any struct that begins
 * `{ T *items; size_t count, capacity; }`; VEC(T) declares one. All zero is
 * an empty vec.
 *
 *	VEC(struct pair) pairs = {0};
 *	struct pair *p = vec_push(&pairs);   NULL: no memory, vec unchanged
 *	vec_fini(&pairs);
 */
#ifndef NW_VEC_H
#define NW_VEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>

#define VEC(type)                                                              \
	struct {                                                               \
		type *items;                                                   \
		size_t count, capacity;                                        \
	}

/* A new zeroed item at the end, or NULL. */
#define vec_push(v)                                                            \
	(vec_reserve((v), (v)->count + 1)                                      \
		 ? ((v)->items[(v)->count] = (__typeof__((v)->items[0])){0},   \
		    &(v)->items[(v)->count++])                                 \
		 : NULL)

/* Room for `need` items in all; false: no memory, vec unchanged. */
#define vec_reserve(v, need)                                                   \
	((need) <= (v)->capacity ||                                            \
	 vec_grow((void **)&(v)->items, &(v)->capacity, (need),                \
		  sizeof((v)->items[0])))

#define vec_fini(v)                                                            \
	do {                                                                   \
		free((v)->items);                                              \
		(v)->items = NULL;                                             \
		(v)->count = (v)->capacity = 0;                                \
	} while (0)

#define vec_foreach(item, v)                                                   \
	for (__typeof__((v)->items + 0) item = (v)->items;                     \
	     item != NULL && item < (v)->items + (v)->count; item++)

/* Grows by half at least. */
bool vec_grow(void **items, size_t *capacity, size_t need, size_t size);

#endif
