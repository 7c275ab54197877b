/* SPDX-License-Identifier: MIT */
#include "index.h"

#include "packets.h"

#define MANY 5000u

static struct feature features[MANY];

/* Keys as captures have them: many once, some often, some flows without. */
static void fill_keys(uint32_t range)
{
	uint32_t x = range;

	for (uint32_t i = 0; i < MANY; i++) {
		x = x * 1664525 + 1013904223;
		features[i].keys[FEATURE_CLIENT] = (x >> 8) % range;
	}
}

/* What the index must say of a key, counted by hand. */
static void assert_key(const struct index *index, uint32_t key)
{
	const struct index_slot *slot = index_find(index, key);
	uint32_t at = slot != NULL ? slot->head : FLOW_NONE, count = 0;

	for (uint32_t i = 0; key != 0 && i < MANY; i++) {
		if (features[i].keys[FEATURE_CLIENT] != key)
			continue;
		assert_int_equal(at, i); /* all of them, in order */
		at = index->next[at];
		count++;
	}
	assert_int_equal(at, FLOW_NONE);
	if (count == 0)
		assert_null(slot);
	else
		assert_int_equal(slot->count, count);
}

static void every_key_finds_its_flows(void **state)
{
	static const uint32_t ranges[] = {1, 2, 40, 3000, 1u << 24};

	(void)state;
	for (size_t r = 0; r < COUNT(ranges); r++) {
		struct index index;
		uint64_t pairs = 0;
		uint32_t present = 0;

		fill_keys(ranges[r]);
		assert_true(index_init(&index, features, MANY, FEATURE_CLIENT));
		for (uint32_t i = 0; i < MANY; i += 1 + i / 50) {
			assert_key(&index, features[i].keys[FEATURE_CLIENT]);
			assert_key(&index, i);
		}
		for (uint32_t i = 0; i < MANY; i++) {
			const struct index_slot *slot = index_find(
				&index, features[i].keys[FEATURE_CLIENT]);

			present += features[i].keys[FEATURE_CLIENT] != 0;
			pairs += slot != NULL ? slot->count - 1 : 0;
		}
		assert_int_equal(index.present, present);
		assert_int_equal(index.pairs, pairs);
		index_fini(&index);
	}
}

static void nothing_is_found_in_nothing(void **state)
{
	struct index index = {0};

	(void)state;
	assert_null(index_find(&index, 5)); /* not made yet */
	assert_true(index_init(&index, features, 0, FEATURE_CLIENT));
	assert_null(index_find(&index, 5));
	assert_null(index_find(&index, 0));
	assert_int_equal(index.present, 0);
	index_fini(&index);
	assert_null(index_find(&index, 5));
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_key_finds_its_flows),
		cmocka_unit_test(nothing_is_found_in_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
