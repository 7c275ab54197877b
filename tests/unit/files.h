/* SPDX-License-Identifier: MIT
 *
 * Capture files for tests, made byte by byte in either byte order, and the
 * frames that are read back from them.
 */
#ifndef NW_TEST_FILES_H
#define NW_TEST_FILES_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "packets.h"
#include "source.h"

#define MADE_ROOM ((size_t)1 << 20)

/* A file in the making. */
struct made {
	uint8_t *bytes;
	size_t len;
	bool big; /* byte order of what is added */
};

static inline struct made make(bool big)
{
	struct made made = {.bytes = calloc(1, MADE_ROOM), .big = big};

	assert_non_null(made.bytes);
	return made;
}

static inline void make_bytes(struct made *m, const void *bytes, size_t len)
{
	assert_true(m->len + len <= MADE_ROOM);
	if (len > 0)
		memcpy(m->bytes + m->len, bytes, len);
	m->len += len;
}

/* A number of `width` bytes at an offset. */
static inline void make_at(struct made *m, size_t at, uint64_t value,
			   size_t width)
{
	for (size_t i = 0; i < width; i++) {
		size_t place = m->big ? width - 1 - i : i;

		m->bytes[at + place] = (uint8_t)(value >> 8 * i);
	}
}

static inline void make_number(struct made *m, uint64_t value, size_t width)
{
	assert_true(m->len + width <= MADE_ROOM);
	make_at(m, m->len, value, width);
	m->len += width;
}

#define u16(m, value) make_number((m), (value), 2)
#define u32(m, value) make_number((m), (value), 4)
#define u64(m, value) make_number((m), (value), 8)

/* `len` bytes that tell one packet from the next. */
static inline void make_payload(struct made *m, uint8_t seed, size_t len)
{
	for (size_t i = 0; i < len; i++)
		make_number(m, (uint8_t)(seed + i), 1);
}

/* ---- pcap ---- */

#define MICRO 0xa1b2c3d4u
#define NANO  0xa1b23c4du

static inline void make_pcap(struct made *m, uint32_t magic, uint32_t link)
{
	u32(m, magic);
	u16(m, 2);
	u16(m, 4);
	u64(m, 0);
	u32(m, 262144);
	u32(m, link);
}

static inline void make_record(struct made *m, uint32_t seconds,
			       uint32_t fraction, uint32_t cap_len,
			       uint32_t wire_len)
{
	u32(m, seconds);
	u32(m, fraction);
	u32(m, cap_len);
	u32(m, wire_len);
	make_payload(m, (uint8_t)seconds, cap_len);
}

/* ---- pcapng ---- */

static inline size_t block_begin(struct made *m, uint32_t type)
{
	size_t begin = m->len;

	u32(m, type);
	u32(m, 0);
	return begin;
}

static inline void block_end(struct made *m, size_t begin)
{
	size_t total;

	while (m->len % 4 != begin % 4)
		make_number(m, 0, 1);
	total = m->len + 4 - begin;
	make_at(m, begin + 4, total, 4);
	u32(m, total);
}

static inline void make_section(struct made *m)
{
	size_t begin = block_begin(m, 0x0a0d0d0a);

	u32(m, 0x1a2b3c4d);
	u16(m, 1);
	u16(m, 0);
	u64(m, UINT64_MAX);
	block_end(m, begin);
}

static inline void make_option(struct made *m, uint32_t code, const void *value,
			       size_t len)
{
	u16(m, code);
	u16(m, len);
	make_bytes(m, value, len);
	while (len++ % 4 != 0)
		make_number(m, 0, 1);
}

/* An interface with a name, and a resolution when it is not 0. */
static inline void make_interface(struct made *m, uint32_t link,
				  uint32_t snaplen, const char *name,
				  uint8_t resolution)
{
	size_t begin = block_begin(m, 1);

	u16(m, link);
	u16(m, 0);
	u32(m, snaplen);
	if (name != NULL)
		make_option(m, 2, name, strlen(name));
	if (resolution != 0)
		make_option(m, 9, &resolution, 1);
	make_option(m, 0, NULL, 0);
	block_end(m, begin);
}

static inline void make_packet(struct made *m, uint32_t interface,
			       uint64_t units, uint32_t cap_len,
			       uint32_t wire_len)
{
	size_t begin = block_begin(m, 6);

	u32(m, interface);
	u32(m, units >> 32);
	u32(m, units & UINT32_MAX);
	u32(m, cap_len);
	u32(m, wire_len);
	make_payload(m, (uint8_t)units, cap_len);
	block_end(m, begin);
}

/* ---- on disk ---- */

struct made_file {
	int fd;
	char name[32];
};

/* The first `len` bytes as a file without a place in any directory. */
static inline struct made_file file_of(const struct made *m, size_t len)
{
	struct made_file file = {.fd = memfd_create("capture", 0)};

	assert_true(file.fd >= 0);
	assert_int_equal(write(file.fd, m->bytes, len), (ssize_t)len);
	snprintf(file.name, sizeof(file.name), "/proc/self/fd/%d", file.fd);
	return file;
}

static inline struct source *open_made(const struct made *m, size_t len,
				       struct source_options options,
				       struct nw_error *err)
{
	struct made_file file = file_of(m, len);
	struct source *source;

	options.file = file.name;
	source = source_open(&options, err);
	close(file.fd);
	return source;
}

/* Reads to the end in batches of `max`; number of frames or -1. The first
 * `room` of them are kept, without their bytes. */
static inline int read_frames(struct source *source, struct frame *frames,
			      int room, int max, struct nw_error *err)
{
	struct frame batch[64];
	int count, total = 0;

	while ((count = source_read(source, batch, max, err)) > 0)
		for (int i = 0; i < count; i++, total++)
			if (total < room)
				frames[total] = batch[i];
	return count < 0 ? -1 : total;
}

/* What opening and reading a file of these bytes complains of. */
static inline struct nw_error complaint(const struct made *m, size_t len,
					struct source_options options)
{
	struct nw_error err = {0};
	struct source *source = open_made(m, len, options, &err);

	if (source != NULL)
		assert_int_equal(read_frames(source, NULL, 0, 64, &err), -1);
	source_close(source);
	assert_int_not_equal(err.status, NW_OK);
	return err;
}

static inline void assert_says(const struct nw_error *err, const char *words)
{
	if (strstr(err->text, words) == NULL)
		fail_msg("'%s' does not say '%s'", err->text, words);
}

#endif
