/* SPDX-License-Identifier: MIT
 *
 * An interface of a pcapng section: what its description block says, and
 * how its timestamps become nanoseconds.
 */
#ifndef NW_NGINTERFACE_H
#define NW_NGINTERFACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define NG_NAME_BYTES 64

/* units * multiply / divide >> shift are nanoseconds. */
struct ng_clock {
	uint64_t multiply, divide;
	uint32_t shift;
	int64_t offset_s; /* added to all */
};

enum ng_selection { NG_SELECTED, NG_LEFT_OUT, NG_BY_INDEX };

struct nginterface {
	struct ng_clock clock;
	uint64_t dropped; /* as the last statistics block says */
	uint32_t snaplen;
	uint16_t link_type;
	bool fcs;
	enum ng_selection selection;
	char name[NG_NAME_BYTES]; /* cut when longer */
};

/* One option of a block: a borrowed value. */
struct ng_option {
	uint16_t code, len;
	const uint8_t *value;
};

/* The option at `*at`, which moves behind it. False at the end of options,
 * also where one claims to pass `end`. */
bool ng_option_next(const uint8_t **at, const uint8_t *end, bool swapped,
		    struct ng_option *option);

/* From the body of an interface description block, 8 bytes at least. */
void nginterface_init(struct nginterface *interface, const uint8_t *body,
		      size_t len, bool swapped);

/* Nanoseconds since 1970, held at the ends of the range. */
int64_t ng_clock_ns(const struct ng_clock *clock, uint64_t units);

#endif
