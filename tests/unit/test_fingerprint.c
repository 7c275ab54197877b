/* SPDX-License-Identifier: MIT */
#include "fingerprint.h"
#include "packets.h"

#define ROOM 6000

/* Bytes that are the same on every machine. */
static void fill(uint8_t bytes[ROOM])
{
	uint32_t x = 1;

	for (size_t i = 0; i < ROOM; i++) {
		x = x * 1664525 + 1013904223;
		bytes[i] = (uint8_t)(x >> 24);
	}
}

/* The definitions, bit by bit and word by word. */
static uint32_t slow_crc(const uint8_t *bytes, size_t len)
{
	uint32_t crc = UINT32_MAX;

	for (size_t i = 0; i < len; i++) {
		crc ^= bytes[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
	}
	return ~crc;
}

static uint16_t slow_sum(const uint8_t *bytes, size_t len)
{
	uint32_t sum = 0;

	for (size_t i = 0; i < len; i++) {
		sum += i % 2 == 0 ? (uint32_t)bytes[i] << 8 : bytes[i];
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum == 0xffff ? 0 : (uint16_t)sum;
}

/* RFC 3720 appendix B.4, and the check value of the CRC catalogues. */
static void known_values(void **state)
{
	uint8_t bytes[32] = {0};

	(void)state;
	assert_int_equal(fingerprint(NULL, 0), 0);
	assert_int_equal(fingerprint((const uint8_t *)"123456789", 9),
			 0xe3069283);
	assert_int_equal(fingerprint(bytes, 32), 0x8a9136aa);
	memset(bytes, 0xff, sizeof(bytes));
	assert_int_equal(fingerprint(bytes, 32), 0x62a8ab43);
	for (uint8_t i = 0; i < 32; i++)
		bytes[i] = i;
	assert_int_equal(fingerprint(bytes, 32), 0x46dd794e);
}

static void every_length_as_defined(void **state)
{
	uint8_t bytes[ROOM];

	(void)state;
	fill(bytes);
	for (size_t len = 0; len < ROOM - 8; len += len < 600 ? 1 : 97) {
		const uint8_t *from = bytes + len % 8;
		uint32_t crc = slow_crc(from, len);

		assert_int_equal(fingerprint(from, len), crc);
		assert_int_equal(fingerprint_portable(from, len), crc);
		assert_int_equal(sum16(from, len), slow_sum(from, len));
	}
}

static void parts_make_the_whole(void **state)
{
	uint8_t bytes[ROOM];

	(void)state;
	fill(bytes);
	for (size_t i = 0; i < 4000; i++) {
		size_t len = i * 1009 % ROOM;
		size_t at = len > 0 ? i * 7919 % len : 0;
		uint32_t a = fingerprint(bytes, at);
		uint32_t b = fingerprint(bytes + at, len - at);
		uint32_t whole = fingerprint(bytes, len);

		assert_int_equal(fingerprint_join(a, b, len - at), whole);
		assert_int_equal(fingerprint_join_portable(a, b, len - at),
				 whole);
		assert_int_equal(sum16_join(sum16(bytes, at), at,
					    sum16(bytes + at, len - at)),
				 sum16(bytes, len));
	}
}

static void nothing_changes_nothing(void **state)
{
	(void)state;
	assert_int_equal(fingerprint_join(0x12345678, 0, 0), 0x12345678);
	assert_int_equal(fingerprint_join(0, 0x12345678, 1000), 0x12345678);
	assert_int_equal(sum16_join(0x1234, 7, 0), 0x1234);
	assert_int_equal(sum16_join(0, 0, 0x1234), 0x1234);
}

/* Joining is associative, also over lengths that nobody can allocate. */
static void long_ranges_join(void **state)
{
	static const uint64_t lengths[] = {
		1,
		UINT64_C(1) << 28,
		(UINT64_C(1) << 31) - 1,
		UINT64_C(1) << 32,
		UINT64_C(1) << 61,
		UINT64_MAX / 2,
	};
	uint32_t a = 0x11111111, b = 0x23456789, c = 0xfedcba98;

	(void)state;
	for (size_t i = 0; i < COUNT(lengths); i++) {
		for (size_t k = 0; k < COUNT(lengths); k++) {
			uint64_t m = lengths[i], n = lengths[k];
			uint32_t left = fingerprint_join(
				fingerprint_join(a, b, m), c, n);
			uint32_t right = fingerprint_join(
				a, fingerprint_join(b, c, n), m + n);

			assert_int_equal(left, right);
			assert_int_equal(fingerprint_join_portable(a, b, m),
					 fingerprint_join(a, b, m));
		}
	}
}

static void both_zeros_are_one_sum(void **state)
{
	static const uint8_t zeros[4], ones[4] = {255, 255, 255, 255};
	uint16_t one = 0x00ff;

	(void)state;
	assert_int_equal(sum16(zeros, 4), 0);
	assert_int_equal(sum16(ones, 4), 0);
	assert_int_equal(sum16_join(0x8000, 2, 0x7fff), 0);
	/* Behind an odd length the bytes change places. */
	assert_int_equal(sum16_join(0, 1, one), 0xff00);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(known_values),
		cmocka_unit_test(every_length_as_defined),
		cmocka_unit_test(parts_make_the_whole),
		cmocka_unit_test(nothing_changes_nothing),
		cmocka_unit_test(long_ranges_join),
		cmocka_unit_test(both_zeros_are_one_sum),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
