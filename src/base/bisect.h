/* SPDX-License-Identifier: MIT
 *
 * Searching by halves in anything that is sorted.
 */
#ifndef NW_BISECT_H
#define NW_BISECT_H

#include <stddef.h>

/* First index of `count` for which `is_before`, an expression in the index that
 * the first argument names, does not hold; count: it holds for all.
 *
 *	size_t at = bisect(i, list.count, list.items[i].number < number);
 */
#define bisect(index, count, is_before)                                        \
	({                                                                     \
		size_t bisect_low = 0, bisect_high = (count);                  \
                                                                               \
		while (bisect_low < bisect_high) {                             \
			const size_t index =                                   \
				bisect_low + (bisect_high - bisect_low) / 2;   \
                                                                               \
			if (is_before)                                         \
				bisect_low = index + 1;                        \
			else                                                   \
				bisect_high = index;                           \
		}                                                              \
		bisect_low;                                                    \
	})

#endif
