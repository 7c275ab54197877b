/* SPDX-License-Identifier: MIT
 *
 * Growth of vecs: by half, checked against overflow.
 */
#include "vec.h"

#include <stdint.h>

bool vec_grow(void **items, size_t *capacity, size_t need, size_t size)
{
	size_t more = *capacity + *capacity / 2;
	void *grown;

	if (more < 8)
		more = 8;
	if (more < need)
		more = need;
	if (more > SIZE_MAX / size)
		return false;
	grown = realloc(*items, more * size);
	if (grown == NULL)
		return false;
	*items = grown;
	*capacity = more;
	return true;
}
