/* SPDX-License-Identifier: MIT
 *
 * What one protocol layer leaves to the next: the captured bytes, and how
 * many bytes there were on the wire. The two differ where the snap length
 * cut the frame, and telling them apart is what separates a capture that is
 * too short (a fact about the capture) from a malformed packet.
 */
#ifndef NW_LAYER_H
#define NW_LAYER_H

#include "cursor.h"
#include "segment.h"

enum ip_version {
	VERSION_BY_NIBBLE = 0, /* the link type does not say */
	VERSION_4 = 4,
	VERSION_6 = 6,
};

struct layer {
	struct cursor bytes; /* captured, from this layer's header on */
	uint32_t len;        /* bytes on the wire, captured or not */
	uint8_t next;        /* above link: enum ip_version; above IP: the
				protocol number */
};

/* Steps over `len` header bytes; SKIP_NONE, or why that cannot be. */
static inline enum skip layer_skip(struct layer *layer, uint32_t len)
{
	if (layer->len < len)
		return SKIP_MALFORMED;
	if (!cursor_skip(&layer->bytes, len))
		return SKIP_CUT;
	layer->len -= len;
	return SKIP_NONE;
}

/* Copies a fixed header of `len` bytes and steps over it. */
static inline enum skip layer_copy(struct layer *layer, uint8_t *to,
				   uint32_t len)
{
	if (layer->len < len)
		return SKIP_MALFORMED;
	if (!cursor_copy(&layer->bytes, to, len))
		return SKIP_CUT;
	layer->len -= len;
	return SKIP_NONE;
}

/* A length field says that `len` bytes remain: what follows them is link
 * padding or FCS. More than was captured means a cut capture. */
static inline void layer_set_len(struct layer *layer, uint32_t len)
{
	layer->len = len;
	cursor_limit(&layer->bytes, len);
}

#endif
