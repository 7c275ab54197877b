/* SPDX-License-Identifier: MIT
 *
 * What the hosts say to each other: HTTP as far as there is room for it, so
 * that people who open the captures see something they know. Bodies are
 * letters from a hash of (key, direction, offset), hence any range of a
 * stream can be written without the bytes before it.
 */
#include <stdio.h>
#include <string.h>

#include "rng.h"
#include "simpacket.h"

#define HEADER_MAX 128

struct message {
	uint64_t begin; /* offset of its first byte */
	uint32_t size;
	char header[HEADER_MAX];
	uint32_t header_len; /* 0: too small for one */
	bool blank_line;     /* the last four bytes end the header */
};

static void letters(uint64_t key, uint64_t offset, size_t len, uint8_t *out)
{
	for (size_t i = 0; i < len;) {
		uint64_t bits = sim_mix(key ^ (offset + i) / 8);
		unsigned start = (unsigned)((offset + i) % 8);

		for (unsigned k = start; k < 8 && i < len; k++)
			out[i++] = (uint8_t)('a' + (bits >> (8 * k) & 15));
	}
}

static void request_header(const struct sim_connection *connection,
			   uint32_t response, struct message *m)
{
	int n = snprintf(m->header, HEADER_MAX,
			 "GET /%s?n=%u HTTP/1.1\r\nHost: www.example.org\r\n",
			 connection->id, response);

	if (m->size < (uint32_t)n + 2)
		return;
	if (m->size >= (uint32_t)n + 16)
		n += snprintf(m->header + n, HEADER_MAX - (size_t)n, "X-Pad: ");
	m->header_len = (uint32_t)n;
	m->blank_line = true;
}

static void response_header(struct message *m)
{
	int n = snprintf(m->header, HEADER_MAX,
			 "HTTP/1.1 200 OK\r\nContent-Length: %010u\r\n\r\n",
			 m->size > 47 ? m->size - 47 : 0);

	if (m->size >= (uint32_t)n)
		m->header_len = (uint32_t)n;
}

/* The bytes that are wanted. */
struct wanted {
	uint64_t offset; /* in the stream */
	size_t len;
	uint8_t *out;
};

/* What falls into `w` of `text`, which stands at stream offset `at`. */
static void overlay(const struct wanted *w, const char *text, size_t text_len,
		    uint64_t at)
{
	for (size_t i = 0; i < text_len; i++)
		if (at + i >= w->offset && at + i < w->offset + w->len)
			w->out[at + i - w->offset] = (uint8_t)text[i];
}

static void overlay_message(const struct wanted *w, const struct message *m)
{
	uint64_t end = m->begin + m->size;

	if (end <= w->offset || m->begin >= w->offset + w->len)
		return;
	overlay(w, m->header, m->header_len, m->begin);
	if (!m->blank_line)
		return;
	/* A header whose last line was padded to the size wanted needs its
	 * own line end; one of the exact size has it. */
	if (m->size >= m->header_len + 4)
		overlay(w, "\r\n\r\n", 4, end - 4);
	else
		overlay(w, "\r\n", 2, end - 2);
}

void sim_payload(const struct sim_connection *connection,
		 enum nw_direction direction, uint64_t offset, size_t len,
		 uint8_t *out)
{
	struct wanted wanted = {offset, len, out};
	uint64_t at = 0;

	letters(sim_mix(connection->payload_key ^ (uint64_t)direction), offset,
		len, out);
	for (uint32_t i = 0; i < connection->exchange_count; i++) {
		const struct sim_exchange *e = &connection->exchanges[i];
		bool ask = direction == NW_FROM_CLIENT;
		struct message m = {
			.begin = at,
			.size = ask ? e->request : e->response,
		};

		if (at >= offset + len)
			return;
		if (at + m.size > offset && ask)
			request_header(connection, e->response, &m);
		else if (at + m.size > offset)
			response_header(&m);
		overlay_message(&wanted, &m);
		at += m.size;
	}
}
