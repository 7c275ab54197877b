/* SPDX-License-Identifier: MIT
 *
 * Sums of tallies, and which kinds of findings count in which check.
 */
#include "tally.h"

#include "packets.h"

#include <string.h>

/* A tally whose every number is another one. */
static struct tally tally_from(uint64_t n)
{
	struct tally t = {.paths = n, .undecided = n + 1};

	n += 2;
	t.missed[0] = n++;
	t.missed[1] = n++;
	for (int c = 0; c < CHECK_COUNT; c++)
		for (int d = 0; d < 2; d++) {
			t.checks[c][d] = (struct check){n, n + 1, n + 2};
			n += 3;
		}
	return t;
}

static void every_number_is_added(void **state)
{
	struct tally sum = tally_from(1000), once = tally_from(1000);
	const struct tally more = tally_from(7);

	(void)state;
	tally_add(&sum, &more);
	assert_int_equal(sum.paths, once.paths + more.paths);
	assert_int_equal(sum.undecided, once.undecided + more.undecided);
	for (int d = 0; d < 2; d++)
		assert_int_equal(sum.missed[d],
				 once.missed[d] + more.missed[d]);
	for (int c = 0; c < CHECK_COUNT; c++)
		for (int d = 0; d < 2; d++) {
			const struct check *s = &sum.checks[c][d];
			const struct check *a = &once.checks[c][d];
			const struct check *b = &more.checks[c][d];

			assert_int_equal(s->compared,
					 a->compared + b->compared);
			assert_int_equal(s->violations,
					 a->violations + b->violations);
			assert_int_equal(s->paths, a->paths + b->paths);
		}
}

static void an_acquittal_leaves_what_was_compared(void **state)
{
	struct tally t = tally_from(9);
	const struct tally before = tally_from(9);

	(void)state;
	tally_acquit(&t);
	assert_int_equal(t.undecided, 0);
	assert_int_equal(t.paths, before.paths);
	for (int c = 0; c < CHECK_COUNT; c++)
		for (int d = 0; d < 2; d++) {
			assert_int_equal(t.checks[c][d].violations, 0);
			assert_int_equal(t.checks[c][d].compared,
					 before.checks[c][d].compared);
		}
}

static void nothing_adds_nothing(void **state)
{
	struct tally sum = tally_from(5);
	const struct tally before = tally_from(5), nothing = {0};

	(void)state;
	tally_add(&sum, &nothing);
	assert_memory_equal(&sum, &before, sizeof(sum));
}

static void kinds_count_in_their_check(void **state)
{
	static const struct {
		enum finding_kind kind;
		enum check_category check;
	} cases[] = {
		{KIND_ACK_UNTRANSLATED, CHECK_ACK},
		{KIND_ACK_BEYOND_NXT, CHECK_ACK},
		{KIND_SEQ_WRONG_DELTA, CHECK_SEQ},
		{KIND_RST_UNTRANSLATED, CHECK_SEQ},
		{KIND_SACK_UNTRANSLATED, CHECK_SACK},
		{KIND_SACK_OUT_OF_RANGE, CHECK_SACK},
		{KIND_PATH_DROP, CHECK_PATH},
		{KIND_PATH_INJECT_RST, CHECK_PATH},
		{KIND_NAT_SNAT, CHECK_COUNT},
		{KIND_TTL_DECREMENT, CHECK_COUNT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(check_of(kind_entry(cases[i].kind)),
				 cases[i].check);
}

static void names_are_categories(void **state)
{
	static const char *const names[CHECK_COUNT] = {"ack", "seq", "sack",
						       "path"};

	(void)state;
	for (enum check_category c = 0; c < CHECK_COUNT; c++)
		assert_string_equal(check_name(c), names[c]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_number_is_added),
		cmocka_unit_test(an_acquittal_leaves_what_was_compared),
		cmocka_unit_test(nothing_adds_nothing),
		cmocka_unit_test(kinds_count_in_their_check),
		cmocka_unit_test(names_are_categories),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
