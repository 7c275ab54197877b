/* SPDX-License-Identifier: MIT
 *
 * Keyed hash for tables that hostile captures fill: multiply-fold of 64-bit
 * words (the construction of wyhash), seeded per table with random bits, so
 * that nobody can aim packets at one bucket. Results never depend on the key.
 */
#ifndef NW_HASH_H
#define NW_HASH_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t hash_fold(uint64_t a, uint64_t b)
{
	__extension__ typedef unsigned __int128 wide;
	wide product = (wide)a * b;

	return (uint64_t)product ^ (uint64_t)(product >> 64);
}

static inline uint64_t hash_u64(uint64_t value, uint64_t key)
{
	return hash_fold(value ^ 0x9e3779b97f4a7c15u,
			 key ^ 0xe7037ed1a0b428dbu);
}

static inline uint64_t hash_word(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* Hash of `len` bytes. */
static inline uint64_t hash_bytes(const void *bytes, size_t len, uint64_t key)
{
	const uint8_t *p = bytes;
	uint64_t state = key ^ len;

	for (; len >= 16; p += 16, len -= 16)
		state = hash_fold(hash_word(p) ^ 0xa0761d6478bd642fu,
				  hash_word(p + 8) ^ state);
	if (len > 0) {
		uint8_t tail[16] = {0};

		memcpy(tail, p, len);
		state = hash_fold(hash_word(tail) ^ 0xa0761d6478bd642fu,
				  hash_word(tail + 8) ^ state);
	}
	return hash_fold(state ^ 0x8ebc6af09c88c6e3u, key ^ len);
}

/* Random bits for a table's key; a constant where there are none. */
uint64_t hash_random_key(void);

#endif
