/* SPDX-License-Identifier: MIT
 *
 * One captured frame: what a reader hands to the decoder.
 */
#ifndef NW_FRAME_H
#define NW_FRAME_H

#include <stdbool.h>
#include <stdint.h>

/* Link types by their LINKTYPE_ numbers, as files carry them. */
enum link_type {
	LINK_NULL = 0,
	LINK_ETHERNET = 1,
	LINK_RAW_BSD = 12, /* DLT_RAW in files of some systems */
	LINK_RAW_OPENBSD = 14,
	LINK_RAW = 101,
	LINK_LOOP = 108,
	LINK_LINUX_SLL = 113,
	LINK_IPV4 = 228,
	LINK_IPV6 = 229,
	LINK_LINUX_SLL2 = 276,
};

/* One captured frame. `bytes` is borrowed until the next read. */
struct frame {
	int64_t time_ns; /* since 1970-01-01 UTC */
	uint64_t number; /* in the file, from 1, as Wireshark counts */
	const uint8_t *bytes;
	uint32_t cap_len;   /* bytes here ... */
	uint32_t wire_len;  /* ... of so many that were on the wire */
	uint16_t link_type; /* enum link_type, or any other LINKTYPE_ number */
	bool fcs;           /* the link type's header says that 4 bytes of FCS
			       follow */
};

#endif
