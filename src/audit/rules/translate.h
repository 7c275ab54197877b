/* SPDX-License-Identifier: MIT
 *
 * What a hop legitimately does to a connection: addresses, ports, sequence
 * and timestamp offsets, TTL, IP ID. Reported as what the device does, never
 * as a fault.
 */
#ifndef NW_TRANSLATE_H
#define NW_TRANSLATE_H

#include "finding.h"

/* One kind of translation at one hop, summed over paths. */
struct habit_count {
	uint64_t paths, packets;
	uint32_t first_paths[3]; /* indexes, lowest first */
	uint32_t first_count;
};

/* By kind and direction of travel. */
struct habits_seen {
	struct habit_count counts[KIND_COUNT][2];
};

/* A path crossing a hop: aligned, and its tuple on either side. */
struct crossing {
	const struct hop *hop;
	const struct alignment *alignment;
	const struct tuple *before, *behind;
	uint32_t path;
};

/* Counts what the hop does to this path. */
void translate_hop(const struct crossing *crossing, struct habits_seen *seen);

/* Counts the hop's resizing of payload on this path. */
void translate_steps(const struct steps *steps, uint32_t path,
		     struct habits_seen *seen);

/* Counts one path of which the hop does that. */
void translate_note(struct habits_seen *seen, enum finding_kind kind,
		    enum direction d, uint32_t path);

/* Merges the counts of another thread. */
void habits_seen_add(struct habits_seen *sum, const struct habits_seen *more);

/* How the tuple changes; KIND_COUNT: not at all. */
enum finding_kind translate_tuple(const struct tuple *before,
				  const struct tuple *behind);

#endif
