/* SPDX-License-Identifier: MIT
 *
 * Sequence numbers, or offsets of them, and the paths that they belong to.
 */
#ifndef NW_NUMBERINDEX_H
#define NW_NUMBERINDEX_H

#include "vec.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct owned_number {
	uint32_t number, path;
};

struct number_index {
	VEC(struct owned_number) list; /* sorted by number, once finished */
	bool built;
};

/* false: no memory. */
bool numbers_add(struct number_index *index, uint32_t number, uint32_t path);
/* Sorts; what follows may then be asked. */
void numbers_finish(struct number_index *index);
void numbers_fini(struct number_index *index);

/* First entry of the number, or of the next greater one; list.count: none. */
size_t numbers_find(const struct number_index *index, uint32_t number);
/* Does another path own this number? */
bool numbers_is_foreign(const struct number_index *index, uint32_t number,
			uint32_t path);

#endif
