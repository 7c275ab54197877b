/* SPDX-License-Identifier: MIT */
#include "arena.h"

#include <stdalign.h>

#include "packets.h"

static bool is_zero(const unsigned char *bytes, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (bytes[i] != 0)
			return false;
	return true;
}

/* Sizes on both sides of a block's: all zero, aligned, none on another. */
static void pieces_are_their_own(void **state)
{
	static const size_t sizes[] = {
		1,    7,    16,  4080,           4096,     4097,
		5000, 9000, 100, (3u << 20) + 5, 1u << 20, 3};
	struct arena arena = {0};
	unsigned char *pieces[COUNT(sizes) * 10];

	(void)state;
	for (size_t i = 0; i < COUNT(pieces); i++) {
		size_t size = sizes[i % COUNT(sizes)];

		pieces[i] = arena_alloc(&arena, size, 1);
		assert_non_null(pieces[i]);
		assert_int_equal((uintptr_t)pieces[i] % alignof(max_align_t),
				 0);
		assert_true(is_zero(pieces[i], size));
		memset(pieces[i], (int)i + 1, size);
	}
	for (size_t i = 0; i < COUNT(pieces); i++) {
		size_t size = sizes[i % COUNT(sizes)];

		assert_int_equal(pieces[i][0], i + 1);
		assert_int_equal(pieces[i][size - 1], i + 1);
	}
	assert_false(arena.failed);
	arena_fini(&arena);
	assert_null(arena.blocks);
	assert_non_null(arena_alloc(&arena, 1, 1)); /* usable again */
	arena_fini(&arena);
}

static void failure_is_remembered(void **state)
{
	static const size_t cases[][2] = {
		{SIZE_MAX, 1}, {SIZE_MAX / 2 + 1, 2}, {SIZE_MAX - 8, 1}};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct arena arena = {0};

		assert_null(arena_alloc(&arena, cases[i][0], cases[i][1]));
		assert_true(arena.failed);
		assert_non_null(arena_alloc(&arena, 8, 1));
		assert_true(arena.failed);
		arena_fini(&arena);
		assert_false(arena.failed);
	}
}

static void nothing_is_not_a_failure(void **state)
{
	struct arena arena = {0};

	(void)state;
	assert_non_null(arena_alloc(&arena, 0, 8));
	assert_non_null(arena_alloc(&arena, 8, 0));
	assert_null(arena_copy(&arena, NULL, 5, 8));
	assert_null(arena_string(&arena, NULL));
	assert_false(arena.failed);
	arena_fini(&arena);
}

static void copies_are_copies(void **state)
{
	struct arena arena = {0};
	uint32_t numbers[] = {1, 2, 3};
	char text[] = "client";
	uint32_t *copy = arena_copy(&arena, numbers, 3, sizeof(*numbers));
	char *string = arena_string(&arena, text);
	char long_text[6000];

	(void)state;
	numbers[1] = 9;
	text[0] = 'k';
	assert_int_equal(copy[1], 2);
	assert_string_equal(string, "client");
	assert_string_equal(arena_string(&arena, ""), "");
	assert_string_equal(arena_format(&arena, "%s-%03d", "p", 7), "p-007");
	memset(long_text, 'x', sizeof(long_text) - 1);
	long_text[sizeof(long_text) - 1] = '\0';
	assert_int_equal(strlen(arena_format(&arena, "%s!", long_text)),
			 sizeof(long_text));
	arena_fini(&arena);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(pieces_are_their_own),
		cmocka_unit_test(failure_is_remembered),
		cmocka_unit_test(nothing_is_not_a_failure),
		cmocka_unit_test(copies_are_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
