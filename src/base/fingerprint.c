/* SPDX-License-Identifier: MIT
 *
 * CRC-32C and the Internet checksum of byte ranges, and their composition.
 *
 * A CRC is a remainder of polynomials over GF(2), here with bit 31 as the
 * coefficient of x^0. Appending n bytes multiplies what came before by
 * x^(8n) modulo P, so the CRC of a joined range is one multiplication and
 * one exclusive or; the initial and the final inversion cancel out. The same
 * law lets the processor work on three lanes at a time: its instruction
 * takes three cycles, but one starts in each.
 *
 * Modulo this P, x^(2^31) is x again: 31 squarings of x are all there are.
 */
#include "fingerprint.h"

#include <stdbool.h>
#include <string.h>

#if defined(__x86_64__)
#include <immintrin.h>
#endif

#define POLYNOMIAL 0x82f63b78u
#define POWERS     31

/* x^(2^k) modulo P. */
static const uint32_t x_power[POWERS] = {
	0x40000000, 0x20000000, 0x08000000, 0x00800000, 0x00008000, 0x82f63b78,
	0x6ea2d55c, 0x18b8ea18, 0x510ac59a, 0xb82be955, 0xb8fdb1e7, 0x88e56f72,
	0x74c360a4, 0xe4172b16, 0x0d65762a, 0x35d73a62, 0x28461564, 0xbf455269,
	0xe2ea32dc, 0xfe7740e6, 0xf946610b, 0x3c204f8f, 0x538586e3, 0x59726915,
	0x734d5309, 0xbc1ac763, 0x7d0722cc, 0xd289cabe, 0xe94ca9bc, 0x05b74f3f,
	0xa51e1f42,
};

/* Tables of slicing-by-8 (Kounavis, Berry 2005): row k is the remainder of a
 * byte that 7 - k bytes of its group follow. Rows are linear, so eight
 * entries of each define it, and the compiler computes the others. */
#define BIT(n, i, value) ((n) >> (i)&1 ? (value) : 0u)
#define ENTRY(n, a, b, c, d, e, f, g, h)                                       \
	(BIT(n, 0, a) ^ BIT(n, 1, b) ^ BIT(n, 2, c) ^ BIT(n, 3, d) ^           \
	 BIT(n, 4, e) ^ BIT(n, 5, f) ^ BIT(n, 6, g) ^ BIT(n, 7, h))
#define ROW4(n, ...)                                                           \
	ENTRY((n), __VA_ARGS__), ENTRY((n) + 1, __VA_ARGS__),                  \
		ENTRY((n) + 2, __VA_ARGS__), ENTRY((n) + 3, __VA_ARGS__)
#define ROW16(n, ...)                                                          \
	ROW4(n, __VA_ARGS__), ROW4((n) + 4, __VA_ARGS__),                      \
		ROW4((n) + 8, __VA_ARGS__), ROW4((n) + 12, __VA_ARGS__)
#define ROW64(n, ...)                                                          \
	ROW16(n, __VA_ARGS__), ROW16((n) + 16, __VA_ARGS__),                   \
		ROW16((n) + 32, __VA_ARGS__), ROW16((n) + 48, __VA_ARGS__)
#define ROW(...)                                                               \
	{                                                                      \
		ROW64(0, __VA_ARGS__), ROW64(64, __VA_ARGS__),                 \
			ROW64(128, __VA_ARGS__), ROW64(192, __VA_ARGS__)       \
	}

static const uint32_t slices[8][256] = {
	ROW(0xf26b8303, 0xe13b70f7, 0xc79a971f, 0x8ad958cf, 0x105ec76f,
	    0x20bd8ede, 0x417b1dbc, 0x82f63b78),
	ROW(0x13a29877, 0x274530ee, 0x4e8a61dc, 0x9d14c3b8, 0x3fc5f181,
	    0x7f8be302, 0xff17c604, 0xfbc3faf9),
	ROW(0xa541927e, 0x4f6f520d, 0x9edea41a, 0x38513ec5, 0x70a27d8a,
	    0xe144fb14, 0xc76580d9, 0x8b277743),
	ROW(0xdd45aab8, 0xbf672381, 0x7b2231f3, 0xf64463e6, 0xe964b13d,
	    0xd725148b, 0xaba65fe7, 0x52a0c93f),
	ROW(0x38116fac, 0x7022df58, 0xe045beb0, 0xc5670b91, 0x8f2261d3,
	    0x1ba8b557, 0x37516aae, 0x6ea2d55c),
	ROW(0xef306b19, 0xdb8ca0c3, 0xb2f53777, 0x6006181f, 0xc00c303e,
	    0x85f4168d, 0x0e045beb, 0x1c08b7d6),
	ROW(0x68032cc8, 0xd0065990, 0xa5e0c5d1, 0x4e2dfd53, 0x9c5bfaa6,
	    0x3d5b83bd, 0x7ab7077a, 0xf56e0ef4),
	ROW(0x493c7d27, 0x9278fa4e, 0x211d826d, 0x423b04da, 0x847609b4,
	    0x0d006599, 0x1a00cb32, 0x34019664),
};

uint32_t fingerprint_portable(const uint8_t *bytes, size_t len)
{
	uint32_t crc = UINT32_MAX;

	for (; len >= 8; bytes += 8, len -= 8) {
		crc = slices[7][bytes[0] ^ (crc & 0xff)] ^
		      slices[6][bytes[1] ^ (crc >> 8 & 0xff)] ^
		      slices[5][bytes[2] ^ (crc >> 16 & 0xff)] ^
		      slices[4][bytes[3] ^ (crc >> 24)] ^ slices[3][bytes[4]] ^
		      slices[2][bytes[5]] ^ slices[1][bytes[6]] ^
		      slices[0][bytes[7]];
	}
	for (; len > 0; bytes++, len--)
		crc = slices[0][(*bytes ^ crc) & 0xff] ^ crc >> 8;
	return ~crc;
}

/* a * b modulo P. */
static uint32_t multiply(uint32_t a, uint32_t b)
{
	uint32_t product = 0;

	for (int bit = 31; bit >= 0; bit--) {
		product ^= b & (0u - (a >> bit & 1));
		b = b >> 1 ^ (POLYNOMIAL & (0u - (b & 1)));
	}
	return product;
}

uint32_t fingerprint_join_portable(uint32_t a, uint32_t b, uint64_t b_len)
{
	for (unsigned k = 3; b_len > 0; b_len >>= 1, k++)
		if ((b_len & 1) != 0)
			a = multiply(x_power[k % POWERS], a);
	return a ^ b;
}

#if defined(__x86_64__)

#define HARDWARE __attribute__((target("sse4.2,pclmul")))

/* Lane lengths in bytes: three long ones are a full Ethernet payload. */
#define LONG_LANE  ((size_t)480)
#define SHORT_LANE ((size_t)64)

/* x^(2^k - 33) modulo P: the carry-less product of two reflected remainders
 * comes out with x^-1, and the instruction multiplies by x^32... */
static const uint32_t x_power_less_33[POWERS] = {
	0xd610d67e, 0x6b086b3f, 0xd94f3c0b, 0xbf818109, 0x780d5a4d, 0x05ec76f1,
	0x00000001, 0x493c7d27, 0xba4fc28e, 0x9e4addf8, 0x0d3b6092, 0xb9e02b86,
	0xdd7e3b0c, 0x170076fa, 0xa51b6135, 0x82f89c77, 0x54a86326, 0x1dc403cc,
	0x5ae703ab, 0xc5013a36, 0xac2ac6dd, 0x9b4615a9, 0x688d1c61, 0xf6af14e6,
	0xb6ffe386, 0xb717425b, 0x478b0d30, 0x54cc62e5, 0x7b2102ee, 0x8a99adef,
	0xa7568c8f,
};

/* ... so that this is crc * power * x^33 modulo P. */
HARDWARE static inline uint32_t times(uint32_t crc, uint32_t power)
{
	__m128i product = _mm_clmulepi64_si128(
		_mm_cvtsi32_si128((int)crc), _mm_cvtsi32_si128((int)power), 0);

	return (uint32_t)_mm_crc32_u64(0, (uint64_t)_mm_cvtsi128_si64(product));
}

static inline uint64_t word_at(const uint8_t *bytes)
{
	uint64_t word;

	memcpy(&word, bytes, sizeof(word));
	return word;
}

/* Three lanes of `lane` bytes; `one` and `two` are x^(8 lane - 33) and
 * x^(16 lane - 33). */
HARDWARE static inline uint32_t lanes(uint32_t crc, const uint8_t *bytes,
				      size_t lane, uint32_t one, uint32_t two)
{
	uint64_t a = crc, b = 0, c = 0;

	for (size_t at = 0; at < lane; at += 8) {
		a = _mm_crc32_u64(a, word_at(bytes + at));
		b = _mm_crc32_u64(b, word_at(bytes + lane + at));
		c = _mm_crc32_u64(c, word_at(bytes + 2 * lane + at));
	}
	return times((uint32_t)a, two) ^ times((uint32_t)b, one) ^ (uint32_t)c;
}

HARDWARE static uint32_t hardware_crc(const uint8_t *bytes, size_t len)
{
	uint32_t crc = UINT32_MAX;

	for (; len >= 3 * LONG_LANE;
	     bytes += 3 * LONG_LANE, len -= 3 * LONG_LANE)
		crc = lanes(crc, bytes, LONG_LANE, 0xb3e32c28, 0x3771e98f);
	for (; len >= 3 * SHORT_LANE;
	     bytes += 3 * SHORT_LANE, len -= 3 * SHORT_LANE)
		crc = lanes(crc, bytes, SHORT_LANE, 0x9e4addf8, 0x0d3b6092);
	for (; len >= 8; bytes += 8, len -= 8)
		crc = (uint32_t)_mm_crc32_u64(crc, word_at(bytes));
	for (; len > 0; bytes++, len--)
		crc = _mm_crc32_u8(crc, *bytes);
	return ~crc;
}

HARDWARE static uint32_t hardware_join(uint32_t a, uint32_t b, uint64_t b_len)
{
	for (unsigned k = 3; b_len > 0; b_len >>= 1, k++)
		if ((b_len & 1) != 0)
			a = times(a, x_power_less_33[k % POWERS]);
	return a ^ b;
}

static bool has_hardware(void)
{
	return __builtin_cpu_supports("sse4.2") &&
	       __builtin_cpu_supports("pclmul");
}

uint32_t fingerprint(const uint8_t *bytes, size_t len)
{
	return has_hardware() ? hardware_crc(bytes, len)
			      : fingerprint_portable(bytes, len);
}

uint32_t fingerprint_join(uint32_t a, uint32_t b, uint64_t b_len)
{
	return has_hardware() ? hardware_join(a, b, b_len)
			      : fingerprint_join_portable(a, b, b_len);
}

#else

uint32_t fingerprint(const uint8_t *bytes, size_t len)
{
	return fingerprint_portable(bytes, len);
}

uint32_t fingerprint_join(uint32_t a, uint32_t b, uint64_t b_len)
{
	return fingerprint_join_portable(a, b, b_len);
}

#endif

static uint16_t fold(uint64_t sum)
{
	while (sum >> 16 != 0)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum == 0xffff ? 0 : (uint16_t)sum;
}

typedef uint64_t words __attribute__((vector_size(32)));

/* Sum of `count` blocks of 64 bytes as 32-bit words. Eight sums side by side
 * keep the adders of any processor busy; which of its registers they live in
 * is for the compiler. */
#define SUM_BLOCK_BYTES 64
static inline __attribute__((always_inline)) uint64_t sum_blocks(
	const uint8_t *bytes, size_t count)
{
	words a = {0}, b = {0}, first, second;

	for (; count > 0; bytes += SUM_BLOCK_BYTES, count--) {
		memcpy(&first, bytes, sizeof(first));
		memcpy(&second, bytes + sizeof(first), sizeof(second));
		a += (first & UINT32_MAX) + (first >> 32);
		b += (second & UINT32_MAX) + (second >> 32);
	}
	a += b;
	return a[0] + a[1] + a[2] + a[3];
}

#if defined(__x86_64__)
__attribute__((target("avx2"))) static uint64_t sum_blocks_avx2(
	const uint8_t *bytes, size_t count)
{
	return sum_blocks(bytes, count);
}
#endif

static uint64_t sum_long(const uint8_t *bytes, size_t count)
{
#if defined(__x86_64__)
	if (__builtin_cpu_supports("avx2"))
		return sum_blocks_avx2(bytes, count);
#endif
	return sum_blocks(bytes, count);
}

/* The sum does not care about byte order until the end (RFC 1071 section 2),
 * nor about the width of the words: 2^16 is 1 in it. */
uint16_t sum16(const uint8_t *bytes, size_t len)
{
	size_t blocks = len / SUM_BLOCK_BYTES;
	uint64_t sum = blocks > 0 ? sum_long(bytes, blocks) : 0, word;
	uint16_t folded;

	bytes += blocks * SUM_BLOCK_BYTES;
	len -= blocks * SUM_BLOCK_BYTES;
	for (; len >= 8; bytes += 8, len -= 8) {
		memcpy(&word, bytes, sizeof(word));
		sum += (word & UINT32_MAX) + (word >> 32);
	}
	word = 0;
	if (len > 0)
		memcpy(&word, bytes, len);
	sum += (word & UINT32_MAX) + (word >> 32);
	folded = fold(sum);
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	folded = __builtin_bswap16(folded);
#endif
	return folded;
}

uint16_t sum16_join(uint16_t a, uint64_t a_len, uint16_t b)
{
	if (a_len % 2 != 0)
		b = __builtin_bswap16(b);
	return fold((uint64_t)a + b);
}
