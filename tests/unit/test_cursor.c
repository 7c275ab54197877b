/* SPDX-License-Identifier: MIT */
#include "cursor.h"
#include "packets.h"

static const uint8_t bytes[] = {1, 2, 3, 4, 5, 6, 7, 8};

static void reads_in_network_order(void **state)
{
	struct cursor c = {bytes, sizeof(bytes)};
	const uint8_t *rest;
	uint8_t one;
	uint16_t two;
	uint32_t four;

	(void)state;
	assert_true(cursor_u8(&c, &one));
	assert_int_equal(one, 1);
	assert_true(cursor_u16be(&c, &two));
	assert_int_equal(two, 0x0203);
	assert_true(cursor_u32be(&c, &four));
	assert_int_equal(four, 0x04050607);
	assert_true(cursor_bytes(&c, &rest, 1));
	assert_ptr_equal(rest, bytes + 7);
	assert_int_equal(c.left, 0);
	assert_true(cursor_skip(&c, 0));
}

static void a_read_past_the_end_moves_nothing(void **state)
{
	(void)state;
	for (size_t left = 0; left < 4; left++) {
		struct cursor c = {bytes, left};
		const uint8_t *ignored;
		uint8_t copy[8] = {0}, one = 0;
		uint16_t two = 0;
		uint32_t four = 0;

		assert_false(cursor_u32be(&c, &four));
		assert_int_equal(cursor_u16be(&c, &two), left >= 2);
		c = (struct cursor){bytes, left};
		assert_int_equal(cursor_u8(&c, &one), left >= 1);
		c = (struct cursor){bytes, left};
		assert_false(cursor_bytes(&c, &ignored, left + 1));
		assert_false(cursor_copy(&c, copy, left + 1));
		assert_false(cursor_skip(&c, left + 1));
		assert_false(cursor_skip(&c, SIZE_MAX));
		assert_ptr_equal(c.at, bytes);
		assert_int_equal(c.left, left);
	}
}

static void a_limit_only_shortens(void **state)
{
	struct cursor c = {bytes, sizeof(bytes)};

	(void)state;
	cursor_limit(&c, 100);
	assert_int_equal(c.left, sizeof(bytes));
	cursor_limit(&c, 3);
	assert_int_equal(c.left, 3);
	assert_ptr_equal(c.at, bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(reads_in_network_order),
		cmocka_unit_test(a_read_past_the_end_moves_nothing),
		cmocka_unit_test(a_limit_only_shortens),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
