/* SPDX-License-Identifier: MIT */
#include "seq.h"

#include "packets.h"

static void order_is_serial(void **state)
{
	static const struct {
		uint32_t a, b;
		int32_t diff; /* a - b */
	} cases[] = {
		{0, 0, 0},
		{1, 0, 1},
		{0, 1, -1},
		{5, 0xfffffff0, 21}, /* the wrap that plain `<` gets wrong */
		{0xfffffff0, 5, -21},
		{0x7fffffff, 0, INT32_MAX},
		{0x80000000, 0, INT32_MIN},
		{0, 0x80000001, INT32_MAX},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct seq a = seq_of(cases[i].a), b = seq_of(cases[i].b);

		assert_int_equal(seq_diff(a, b), cases[i].diff);
		assert_int_equal(seq_before(a, b), cases[i].diff < 0);
		assert_int_equal(seq_equal(a, b), cases[i].diff == 0);
		assert_int_equal(seq_max(a, b).n,
				 cases[i].diff < 0 ? b.n : a.n);
	}
}

static void adding_wraps(void **state)
{
	(void)state;
	assert_int_equal(seq_add(seq_of(0xfffffffe), 3).n, 1);
	assert_int_equal(seq_add(seq_of(7), (uint32_t)-8).n, UINT32_MAX);
}

static void unwrapping_takes_the_nearest(void **state)
{
	const int64_t lap = INT64_C(1) << 32;
	static const struct {
		uint32_t seq, base;
		int64_t near, offset;
	} cases[] = {
		{1000, 1000, 0, 0},
		{1001, 1000, 0, 1},
		{999, 1000, 0, -1}, /* a keep-alive before the first byte */
		{5, 0xfffffff0, 0, 21},
		{5, 0, INT64_C(0x100000000), INT64_C(0x100000005)},
		{5, 0, INT64_C(0xfffffff0), INT64_C(0x100000005)},
		{0xfffffff0, 0, INT64_C(0x100000005), INT64_C(0xfffffff0)},
		{0xfffffff0, 0, 5, -16},
		{100, 60, INT64_C(5) << 32, (INT64_C(5) << 32) + 40},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_true(seq_unwrap(seq_of(cases[i].seq),
				       seq_of(cases[i].base),
				       cases[i].near) == cases[i].offset);
	/* A stream of many laps, followed in steps of a quarter lap. */
	for (int64_t at = 0; at < 9 * lap; at += lap / 4)
		assert_true(seq_unwrap(seq_of(0xdeadbeefu +
					      (uint32_t)(at + lap / 4)),
				       seq_of(0xdeadbeef), at) == at + lap / 4);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(order_is_serial),
		cmocka_unit_test(adding_wraps),
		cmocka_unit_test(unwrapping_takes_the_nearest),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
