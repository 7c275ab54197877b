/* SPDX-License-Identifier: MIT
 *
 * A sorted array, searched by halves.
 */
#include "numberindex.h"

#include "bisect.h"

#include <stdlib.h>

static int compare_owned(const void *a, const void *b)
{
	const struct owned_number *x = a, *y = b;

	if (x->number != y->number)
		return x->number > y->number ? 1 : -1;
	return (x->path > y->path) - (x->path < y->path);
}

bool numbers_add(struct number_index *index, uint32_t number, uint32_t path)
{
	struct owned_number *place = vec_push(&index->list);

	if (place == NULL)
		return false;
	*place = (struct owned_number){number, path};
	return true;
}

void numbers_finish(struct number_index *index)
{
	if (index->list.count > 0)
		qsort(index->list.items, index->list.count,
		      sizeof(struct owned_number), compare_owned);
	index->built = true;
}

void numbers_fini(struct number_index *index)
{
	vec_fini(&index->list);
}

size_t numbers_find(const struct number_index *index, uint32_t number)
{
	return bisect(i, index->list.count,
		      index->list.items[i].number < number);
}

bool numbers_is_foreign(const struct number_index *index, uint32_t number,
			uint32_t path)
{
	for (size_t i = numbers_find(index, number);
	     i < index->list.count && index->list.items[i].number == number;
	     i++)
		if (index->list.items[i].path != path)
			return true;
	return false;
}
