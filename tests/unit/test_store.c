/* SPDX-License-Identifier: MIT */
#include "store.h"

#include "packets.h"

#define LONGEST 160u

/* The `nth` piece of a chain: its length, then bytes that tell it apart. */
static size_t make_piece(uint32_t chain, uint32_t nth, uint8_t bytes[LONGEST])
{
	size_t len = 1 + (nth * 31 + chain * 7) % LONGEST;

	bytes[0] = (uint8_t)len;
	for (size_t i = 1; i < len; i++)
		bytes[i] = (uint8_t)(chain * 101 + nth * 17 + i);
	return len;
}

static uint32_t read_all(const struct store *store, const struct chain *chain,
			 uint32_t number)
{
	struct store_cursor cursor = store_read(store, chain);
	const uint8_t *at;
	uint32_t nth = 0;

	while ((at = store_next(&cursor)) != NULL) {
		uint8_t bytes[LONGEST];
		size_t len = make_piece(number, nth++, bytes);

		assert_int_equal(*at, len);
		assert_true(at + len <= cursor.end); /* never straddles */
		assert_memory_equal(at, bytes, len);
		cursor.at += len;
	}
	assert_null(store_next(&cursor)); /* the end stays the end */
	return nth;
}

/* Chains written in turn, over many chunks and several slabs. */
static void chains_keep_their_pieces(void **state)
{
	struct store store = {0};
	struct chain chains[5] = {0};
	uint32_t counts[] = {1, 2, 40, 3000, 60000};

	(void)state;
	for (uint32_t nth = 0; nth < counts[4]; nth++)
		for (uint32_t c = 0; c < COUNT(chains); c++) {
			uint8_t bytes[LONGEST];
			size_t len = make_piece(c, nth, bytes);

			if (nth >= counts[c])
				continue;
			store_prefetch(&store, &chains[c]);
			assert_true(
				store_append(&store, &chains[c], bytes, len));
		}
	assert_true(store.slabs.count > 2);
	assert_int_equal(store.bytes, store.slabs.count * (2u << 20));
	for (uint32_t c = 0; c < COUNT(chains); c++)
		assert_int_equal(read_all(&store, &chains[c], c), counts[c]);
	store_fini(&store);
	assert_int_equal(store.bytes, 0);
}

static void empty_chain_has_no_pieces(void **state)
{
	struct store store = {0};
	struct chain chain = {0};

	(void)state;
	store_prefetch(&store, &chain);
	assert_int_equal(read_all(&store, &chain, 0), 0);
	store_fini(&store);
}

/* The longest record does not fit a first chunk: it goes into the second. */
static void longest_piece_comes_first(void **state)
{
	struct store store = {0};
	struct chain chain = {0};
	uint8_t bytes[LONGEST];
	struct store_cursor cursor;

	(void)state;
	memset(bytes, 0xa5, sizeof(bytes));
	assert_true(store_append(&store, &chain, bytes, sizeof(bytes)));
	cursor = store_read(&store, &chain);
	assert_non_null(store_next(&cursor));
	assert_memory_equal(cursor.at, bytes, sizeof(bytes));
	cursor.at += sizeof(bytes);
	assert_null(store_next(&cursor));
	store_fini(&store);
}

/* A chain may be read while it grows. */
static void reading_between_appends(void **state)
{
	struct store store = {0};
	struct chain chain = {0};

	(void)state;
	for (uint32_t nth = 0; nth < 200; nth++) {
		uint8_t bytes[LONGEST];
		size_t len = make_piece(3, nth, bytes);

		assert_true(store_append(&store, &chain, bytes, len));
		assert_int_equal(read_all(&store, &chain, 3), nth + 1);
	}
	store_fini(&store);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(chains_keep_their_pieces),
		cmocka_unit_test(empty_chain_has_no_pieces),
		cmocka_unit_test(longest_piece_comes_first),
		cmocka_unit_test(reading_between_appends),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
