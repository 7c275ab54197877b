/* SPDX-License-Identifier: MIT
 *
 * Names made of file names: as short as tells them apart. "client.pcap" is
 * "client"; "before/lb.pcap" and "after/lb.pcap" are "before/lb" and
 * "after/lb".
 */
#ifndef NW_STEM_H
#define NW_STEM_H

#include <stdbool.h>
#include <stddef.h>

struct stem {
	const char *file; /* borrowed */
	char *name;
	bool fixed;     /* the name was given */
	size_t parents; /* how many folders the name shows */
};

/* {.strip = true}: names without extensions; all zero: with them. */
struct stems {
	struct stem *items;
	size_t count;
	bool strip;
};

void stems_fini(struct stems *stems);

/* Adds a file; `name` (may be NULL) is one that is given and stays. False:
 * no memory. */
bool stems_add(struct stems *stems, const char *file, const char *name);

/* Makes the names. Files that cannot be told apart keep one name. False: no
 * memory. */
bool stems_settle(struct stems *stems);

/* Is this what a capture is called? "x.pcap", "x.pcapng", "x.cap", rotated
 * ones ("x.pcap7", "x.pcap.7") and compressed ones ("x.pcap.gz"). */
bool stem_is_capture(const char *file);

#endif
