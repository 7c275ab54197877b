/* SPDX-License-Identifier: MIT
 *
 * Address and port of one end of a connection, and the pair of both. IPv4 is
 * kept in the first four bytes with the rest zero, so that equality and hash
 * are those of the bytes.
 */
#ifndef NW_ENDPOINT_H
#define NW_ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct endpoint {
	uint8_t address[16]; /* network byte order; IPv4: first four, rest 0 */
	uint16_t port;       /* host byte order */
	uint16_t family;     /* 4 or 6 */
};

/* The tuple as a packet carries it: ends[0] sent it, ends[1] receives it. In
 * a flow: ends[0] is the client, ends[1] the server. No padding: the bytes
 * are compared and hashed as they lie. */
struct tuple {
	struct endpoint ends[2];
};

_Static_assert(sizeof(struct endpoint) == 20, "endpoint has no padding");
_Static_assert(sizeof(struct tuple) == 40, "tuple has no padding");

static inline bool endpoint_equal(const struct endpoint *a,
				  const struct endpoint *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static inline bool address_equal(const struct endpoint *a,
				 const struct endpoint *b)
{
	return a->family == b->family &&
	       memcmp(a->address, b->address, sizeof(a->address)) == 0;
}

static inline bool tuple_equal(const struct tuple *a, const struct tuple *b)
{
	return memcmp(a, b, sizeof(*a)) == 0;
}

static inline struct tuple tuple_reverse(const struct tuple *t)
{
	return (struct tuple){{t->ends[1], t->ends[0]}};
}

#endif
