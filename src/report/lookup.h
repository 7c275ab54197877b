/* SPDX-License-Identifier: MIT
 *
 * Looking things up in the results. Indexes and ids that lead nowhere give
 * "?" or NULL and never a crash: a report must come out even of results that
 * somebody else made.
 */
#ifndef NW_LOOKUP_H
#define NW_LOOKUP_H

#include "natwitness.h"

const char *point_name(const struct nw_results *results, uint32_t point);
const char *file_name(const struct nw_results *results, uint32_t point,
		      uint32_t file);

/* Name of a hop's side; "upstream" and "downstream" beyond the points. */
const char *hop_before(const struct nw_results *results, struct nw_hop hop);
const char *hop_behind(const struct nw_results *results, struct nw_hop hop);
bool hop_equal(struct nw_hop a, struct nw_hop b);

/* NULL when there is none of this id. */
const struct nw_path *path_by_id(const struct nw_results *results, uint32_t id);
const struct nw_finding *finding_by_id(const struct nw_results *results,
				       uint32_t id);

/* How many devices stand in the hop. */
size_t devices_in_hop(const struct nw_results *results, struct nw_hop hop);

/* Wireshark display filters that select a flow at its point (both
 * directions) and a frame in its file. */
#define FLOW_FILTER_TEXT  192
#define FRAME_FILTER_TEXT 40
char *flow_filter(const struct nw_flow *flow, char text[FLOW_FILTER_TEXT]);
char *frame_filter(uint64_t frame, char text[FRAME_FILTER_TEXT]);

#endif
