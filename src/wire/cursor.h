/* SPDX-License-Identifier: MIT
 *
 * The one place where bytes of a frame are touched. A cursor is what is left
 * to read; a read that would pass the end fails and moves nothing. Values
 * come out in host byte order.
 */
#ifndef NW_CURSOR_H
#define NW_CURSOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct cursor {
	const uint8_t *at;
	size_t left; /* bytes from `at` on */
};

static inline uint16_t u16be(const uint8_t *bytes)
{
	uint16_t value;

	memcpy(&value, bytes, sizeof(value));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	value = __builtin_bswap16(value);
#endif
	return value;
}

static inline uint32_t u32be(const uint8_t *bytes)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
#if __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	value = __builtin_bswap32(value);
#endif
	return value;
}

/* The next `len` bytes, borrowed. */
static inline bool cursor_bytes(struct cursor *c, const uint8_t **bytes,
				size_t len)
{
	if (c->left < len)
		return false;
	*bytes = c->at;
	c->at += len;
	c->left -= len;
	return true;
}

static inline bool cursor_skip(struct cursor *c, size_t len)
{
	const uint8_t *ignored;

	return cursor_bytes(c, &ignored, len);
}

/* The next `len` bytes by value: how fixed headers are read. */
static inline bool cursor_copy(struct cursor *c, uint8_t *to, size_t len)
{
	const uint8_t *from;

	if (!cursor_bytes(c, &from, len))
		return false;
	memcpy(to, from, len);
	return true;
}

static inline bool cursor_u8(struct cursor *c, uint8_t *value)
{
	return cursor_copy(c, value, 1);
}

static inline bool cursor_u16be(struct cursor *c, uint16_t *value)
{
	const uint8_t *bytes;

	if (!cursor_bytes(c, &bytes, 2))
		return false;
	*value = u16be(bytes);
	return true;
}

static inline bool cursor_u32be(struct cursor *c, uint32_t *value)
{
	const uint8_t *bytes;

	if (!cursor_bytes(c, &bytes, 4))
		return false;
	*value = u32be(bytes);
	return true;
}

/* Forgets everything beyond the next `len` bytes. */
static inline void cursor_limit(struct cursor *c, size_t len)
{
	if (c->left > len)
		c->left = len;
}

#endif
