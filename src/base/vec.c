/* SPDX-License-Identifier: MIT
 *
 * Growth of vecs: by half, checked against overflow.
 */
#include "vec.h"

#include <stdint.h>
#include <string.h>
#include <sys/mman.h>

#define HUGE_PAGE ((size_t)2 << 20)

/* Large arrays are entered at random places, where TLB misses cost more than
 * anything else: they get memory that huge pages can back. Remapping, as
 * realloc() does it, would keep the small ones. */
static void *grow_large(void *items, size_t old, size_t size)
{
	size_t rounded = (size + HUGE_PAGE - 1) / HUGE_PAGE * HUGE_PAGE;
	void *grown = aligned_alloc(HUGE_PAGE, rounded);

	if (grown == NULL)
		return NULL;
	madvise(grown, rounded, MADV_HUGEPAGE); /* advice only */
	if (old > 0)
		memcpy(grown, items, old);
	free(items);
	return grown;
}

bool vec_grow(void **items, size_t *capacity, size_t need, size_t size)
{
	size_t more = *capacity + *capacity / 2;
	void *grown;

	if (more < 8)
		more = 8;
	if (more < need)
		more = need;
	if (more > SIZE_MAX / 2 / size)
		return false;
	if (more * size >= 2 * HUGE_PAGE)
		grown = grow_large(*items, *capacity * size, more * size);
	else
		grown = realloc(*items, more * size);
	if (grown == NULL)
		return false;
	*items = grown;
	*capacity = more;
	return true;
}
