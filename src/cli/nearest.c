/* SPDX-License-Identifier: MIT
 *
 * Edit distance (insertions, deletions, substitutions) in one row of the
 * usual table. Words longer than LONGEST are nobody's typing error.
 */
#include "nearest.h"

#include <string.h>

#define LONGEST 63

static size_t smallest(size_t a, size_t b, size_t c)
{
	size_t least = a < b ? a : b;

	return least < c ? least : c;
}

static size_t distance(const char *a, const char *b)
{
	size_t row[LONGEST + 1], b_length = strlen(b);

	for (size_t j = 0; j <= b_length; j++)
		row[j] = j;
	for (size_t i = 1; a[i - 1] != '\0'; i++) {
		size_t diagonal = row[0];

		row[0] = i;
		for (size_t j = 1; j <= b_length; j++) {
			size_t above = row[j];

			row[j] = smallest(row[j] + 1, row[j - 1] + 1,
					  diagonal + (a[i - 1] != b[j - 1]));
			diagonal = above;
		}
	}
	return row[b_length];
}

struct nearest nearest_to(const char *word)
{
	/* A third of the letters may be wrong, and always one. */
	return (struct nearest){.word = word, .distance = strlen(word) / 3 + 2};
}

void nearest_offer(struct nearest *nearest, const char *candidate)
{
	size_t far;

	if (strlen(nearest->word) > LONGEST || strlen(candidate) > LONGEST)
		return;
	far = distance(nearest->word, candidate);
	if (far < nearest->distance) {
		nearest->best = candidate;
		nearest->distance = far;
	}
}
