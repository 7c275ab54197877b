/* SPDX-License-Identifier: MIT */
#include "vec.h"

#include "packets.h"

struct item {
	uint32_t number;
	uint32_t rest[7];
};

/* Past the size from which arrays are backed by huge pages. */
static void growing_keeps_the_items(void **state)
{
	const uint32_t count = 300000;
	VEC(struct item) items = {0};

	(void)state;
	for (uint32_t i = 0; i < count; i++) {
		struct item *item = vec_push(&items);

		assert_non_null(item);
		assert_int_equal(item->number, 0);
		assert_int_equal(item->rest[6], 0);
		item->number = i;
		item->rest[6] = ~i;
	}
	assert_int_equal(items.count, count);
	assert_true(items.capacity >= count);
	for (uint32_t i = 0; i < count; i++) {
		assert_int_equal(items.items[i].number, i);
		assert_int_equal(items.items[i].rest[6], ~i);
	}
	vec_fini(&items);
	assert_null(items.items);
	assert_int_equal(items.count + items.capacity, 0);
}

/* A place that was used before is zeroed again. */
static void pushed_items_are_zero(void **state)
{
	VEC(struct item) items = {0};
	struct item *item = vec_push(&items);

	(void)state;
	item->number = 7;
	items.count = 0;
	assert_ptr_equal(vec_push(&items), item);
	assert_int_equal(item->number, 0);
	vec_fini(&items);
}

static void too_much_changes_nothing(void **state)
{
	static const size_t needs[] = {SIZE_MAX, SIZE_MAX / 2,
				       SIZE_MAX / sizeof(struct item) + 1};
	VEC(struct item) items = {0};
	struct item *first = vec_push(&items);

	(void)state;
	first->number = 7;
	for (size_t i = 0; i < COUNT(needs); i++) {
		size_t capacity = items.capacity;

		assert_false(vec_reserve(&items, needs[i]));
		assert_ptr_equal(items.items, first);
		assert_int_equal(items.capacity, capacity);
		assert_int_equal(items.count, 1);
	}
	assert_int_equal(first->number, 7);
	vec_fini(&items);
}

static void reserving_does_not_add(void **state)
{
	VEC(uint8_t) bytes = {0};
	uint8_t *at;

	(void)state;
	assert_true(vec_reserve(&bytes, 100));
	assert_int_equal(bytes.count, 0);
	at = bytes.items;
	for (int i = 0; i < 100; i++)
		assert_ptr_equal(vec_push(&bytes), at + i);
	vec_fini(&bytes);
}

static void walking(void **state)
{
	VEC(int) numbers = {0};
	int sum = 0;

	(void)state;
	vec_foreach (n, &numbers)
		sum += *n + 1;
	assert_int_equal(sum, 0);
	for (int i = 1; i <= 10; i++)
		*vec_push(&numbers) = i;
	vec_foreach (n, &numbers)
		sum += *n;
	assert_int_equal(sum, 55);
	vec_fini(&numbers);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(growing_keeps_the_items),
		cmocka_unit_test(pushed_items_are_zero),
		cmocka_unit_test(too_much_changes_nothing),
		cmocka_unit_test(reserving_does_not_add),
		cmocka_unit_test(walking),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
