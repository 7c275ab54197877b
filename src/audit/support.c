/* SPDX-License-Identifier: MIT
 *
 * Under chance the number of hits is Poisson with the family-wise chance as
 * its mean, so k hits or more come with chance^k / k! at most. That needs hits
 * that are independent: numbers count once by value, and once by how far they
 * are off. A device that adds the same wrong offset everywhere draws once, not
 * once per connection.
 */
#include "support.h"

#include <math.h>
#include <stdlib.h>

#define MOST_FACTORS 8 /* more would prove nothing more */

enum nw_claim support_claim(double chance)
{
	if (chance < CHANCE_CONFIRMED)
		return NW_CONFIRMED;
	return chance < CHANCE_LIKELY ? NW_LIKELY : NW_COMPATIBLE;
}

bool support_add(struct support *support, enum hypothesis hypothesis,
		 double chance, uint32_t number, uint32_t difference)
{
	struct supporters *s = &support->by[hypothesis];
	uint32_t *place;

	if (chance >= CHANCE_LIKELY)
		return true;
	place = vec_push(&s->numbers);
	if (place == NULL)
		return false;
	*place = number;
	place = vec_push(&s->differences);
	if (place == NULL)
		return false;
	*place = difference;
	s->chance = fmax(s->chance, chance);
	return true;
}

static int compare_number(const void *a, const void *b)
{
	const uint32_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

static uint64_t sort_distinct(uint32_t *numbers, size_t count)
{
	uint64_t distinct = 0;

	if (count > 0)
		qsort(numbers, count, sizeof(*numbers), compare_number);
	for (size_t i = 0; i < count; i++)
		distinct += i == 0 || numbers[i] != numbers[i - 1];
	return distinct;
}

void support_sort(struct support *support)
{
	for (int h = 0; h < HYPOTHESIS_COUNT; h++) {
		struct supporters *s = &support->by[h];
		uint64_t n = sort_distinct(s->numbers.items, s->numbers.count);
		uint64_t m = sort_distinct(s->differences.items,
					   s->differences.count);

		s->distinct = n < m ? n : m;
	}
}

void support_fini(struct support *support)
{
	for (int h = 0; h < HYPOTHESIS_COUNT; h++) {
		vec_fini(&support->by[h].numbers);
		vec_fini(&support->by[h].differences);
	}
}

uint64_t support_count(const struct support *support,
		       enum hypothesis hypothesis)
{
	return support->by[hypothesis].distinct;
}

double support_chance(const struct support *support, enum hypothesis hypothesis,
		      double chance)
{
	const struct supporters *s = &support->by[hypothesis];
	double all = 1;

	if (chance >= CHANCE_LIKELY)
		return chance;
	for (uint64_t k = 1; k <= s->distinct && k <= MOST_FACTORS; k++)
		all *= s->chance / (double)k;
	return fmin(chance, all);
}

static void strengthen(const struct support *support, struct arena *arena,
		       enum hypothesis h, struct nw_cause *cause)
{
	uint64_t others = support_count(support, h);
	double chance = support_chance(support, h, cause->p);

	if (chance >= cause->p || others-- < 2)
		return;
	cause->p = chance;
	cause->claim = support_claim(chance);
	cause->text = arena_format(
		arena, "%s, and so for %llu other wrong number%s", cause->text,
		(unsigned long long)others, others == 1 ? "" : "s");
}

void support_strengthen(const struct support *support, struct arena *arena,
			struct nw_cause *causes, uint32_t count)
{
	for (uint32_t i = 0; i < count; i++)
		for (enum hypothesis h = 0; h < HYPOTHESIS_COUNT; h++)
			if (causes[i].hypothesis == hypothesis_name(h))
				strengthen(support, arena, h, &causes[i]);
}
