/* SPDX-License-Identifier: MIT
 *
 * A file descriptor read in large blocks, with the guarantee that a record is
 * contiguous: what is left of one block is moved in front of the next, so
 * that read(2) always fills the same aligned, cache-sized place.
 */
#ifndef NW_INPUT_H
#define NW_INPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include "natwitness.h"

/* Fits the second-level cache together with what the decoder needs. */
#define INPUT_BLOCK_BYTES ((size_t)256 << 10)

struct input {
	int fd;
	bool ended;              /* read(2) has said so */
	const char *name;        /* for messages; borrowed */
	uint8_t *memory;         /* head room, then a block */
	size_t head, body;       /* their sizes */
	const uint8_t *at, *end; /* bytes read and not consumed: [at, end) */
	uint64_t read_bytes;     /* file offset of `end` */
};

/* Opens `file`; "-" is standard input, which is not closed. */
enum nw_status input_open(struct input *input, const char *file,
			  struct nw_error *err);
void input_close(struct input *input);

/* Makes `count` bytes readable at `at`. 1, or 0 when the file ends before,
 * or -1 with `err` set. Moves what was readable: borrowed bytes are gone. */
int input_need(struct input *input, size_t count, struct nw_error *err);

/* Steps over `count` bytes, without room for them all; as input_need(). */
int input_skip(struct input *input, uint64_t count, struct nw_error *err);

static inline size_t input_left(const struct input *input)
{
	return (size_t)(input->end - input->at);
}

/* File offset of `at`. */
static inline uint64_t input_offset(const struct input *input)
{
	return input->read_bytes - input_left(input);
}

/* Fields of file formats, whose byte order the file chose. */
static inline uint16_t load_u16(const uint8_t *bytes, bool swapped)
{
	uint16_t value;

	memcpy(&value, bytes, sizeof(value));
	return swapped ? __builtin_bswap16(value) : value;
}

static inline uint32_t load_u32(const uint8_t *bytes, bool swapped)
{
	uint32_t value;

	memcpy(&value, bytes, sizeof(value));
	return swapped ? __builtin_bswap32(value) : value;
}

static inline uint64_t load_u64(const uint8_t *bytes, bool swapped)
{
	uint64_t value;

	memcpy(&value, bytes, sizeof(value));
	return swapped ? __builtin_bswap64(value) : value;
}

#endif
