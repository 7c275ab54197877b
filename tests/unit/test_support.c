/* SPDX-License-Identifier: MIT
 *
 * One hit may be chance; several that have nothing to do with each other are
 * not. Numbers that are the same, or off by the same, are one.
 */
#include "support.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define RULE         HYPOTHESIS_FOREIGN_DELTA

struct hit {
	double chance;
	uint32_t number, difference;
};

struct support_case {
	const char *words;
	struct hit hits[4];
	uint64_t distinct;
	enum nw_claim claim; /* of the first one */
};

static const struct support_case cases[] = {
	{"one by itself stays what it is", {{5e-4, 1, 11}}, 1, NW_LIKELY},
	{"two confirm each other",
	 {{5e-4, 1, 11}, {5e-4, 2, 12}},
	 2,
	 NW_CONFIRMED},
	{"just below the limit, two confirm each other",
	 {{9.99e-4, 1, 11}, {9.99e-4, 2, 12}},
	 2,
	 NW_CONFIRMED},
	{"the same number twice is one",
	 {{5e-4, 1, 11}, {5e-4, 1, 12}},
	 1,
	 NW_LIKELY},
	{"off by the same twice is one",
	 {{5e-4, 1, 11}, {5e-4, 2, 11}},
	 1,
	 NW_LIKELY},
	{"what is only compatible supports nothing",
	 {{5e-4, 1, 11}, {2e-3, 2, 12}, {2e-2, 3, 13}},
	 1,
	 NW_LIKELY},
	{"what is only compatible is not supported",
	 {{2e-3, 1, 11}, {5e-4, 2, 12}, {5e-4, 3, 13}},
	 2,
	 NW_COMPATIBLE},
	{"the weaker one counts",
	 {{1e-5, 1, 11}, {9.99e-4, 2, 12}},
	 2,
	 NW_CONFIRMED},
	{"a confirmed one stays so",
	 {{1e-9, 1, 11}, {9e-4, 2, 12}},
	 2,
	 NW_CONFIRMED},
};

static struct nw_cause cause_of(const struct support_case *c,
				struct arena *arena)
{
	struct support support = {0};
	struct nw_cause cause = {
		.hypothesis = hypothesis_name(RULE),
		.claim = support_claim(c->hits[0].chance),
		.p = c->hits[0].chance,
		.text = "the number",
	};

	for (size_t i = 0; i < COUNT(c->hits) && c->hits[i].chance > 0; i++)
		assert_true(support_add(&support, RULE, c->hits[i].chance,
					c->hits[i].number,
					c->hits[i].difference));
	support_sort(&support);
	if (support_count(&support, RULE) != c->distinct)
		fail_msg("%s: %d count", c->words,
			 (int)support_count(&support, RULE));
	assert_int_equal(support_count(&support, HYPOTHESIS_UNTRANSLATED), 0);
	support_strengthen(&support, arena, &cause, 1);
	support_fini(&support);
	return cause;
}

static void hits_confirm_each_other(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena arena = {0};
		struct nw_cause cause = cause_of(&cases[i], &arena);

		if (cause.claim != cases[i].claim)
			fail_msg("%s: claim %d by p %g", cases[i].words,
				 (int)cause.claim, cause.p);
		/* Never weaker than it was by itself. */
		assert_true(cause.p <= cases[i].hits[0].chance);
		arena_fini(&arena);
	}
}

/* Hits of one hypothesis say nothing about another one. */
static void hypotheses_are_apart(void **state)
{
	struct support support = {0};

	(void)state;
	for (uint32_t i = 0; i < 3; i++)
		assert_true(support_add(&support, RULE, 5e-4, i, i));
	support_sort(&support);
	assert_true(support_chance(&support, RULE, 5e-4) < 1e-9);
	assert_true(support_chance(&support, HYPOTHESIS_STALE, 5e-4) > 4e-4);
	support_fini(&support);
}

static void others_are_told(void **state)
{
	struct arena arena = {0};
	struct nw_cause cause = cause_of(&cases[1], &arena);

	(void)state;
	assert_string_equal(cause.text,
			    "the number, and so for 1 other wrong number");
	arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hits_confirm_each_other),
		cmocka_unit_test(hypotheses_are_apart),
		cmocka_unit_test(others_are_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
