/* SPDX-License-Identifier: MIT
 *
 * The word that somebody may have meant.
 */
#ifndef NW_NEAREST_H
#define NW_NEAREST_H

#include <stddef.h>

/* Among candidates offered one by one, the nearest to `word` by edit
 * distance, if it is near enough to be worth a suggestion. */
struct nearest {
	const char *word;
	const char *best; /* NULL: none is near */
	size_t distance;
};

struct nearest nearest_to(const char *word);
void nearest_offer(struct nearest *nearest, const char *candidate);

#endif
