/* SPDX-License-Identifier: MIT
 *
 * One capture point: reads its inputs into flows and records, and counts what
 * it had to leave out. Points share nothing, so each may be read by a thread
 * of its own.
 */
#ifndef NW_POINT_H
#define NW_POINT_H

#include "arena.h"
#include "flowtable.h"
#include "source.h"

struct point_input {
	char *file;      /* what to open */
	char *name;      /* what reports call it */
	char *interface; /* or NULL */
	char *filter;    /* or NULL */
	/* known after reading */
	struct source_facts facts;
	uint64_t packets;
	int64_t first_ns, last_ns;
};

struct point {
	char *name;
	VEC(struct point_input) inputs;
	struct flowtable table;
	struct store store;
	struct arena arena; /* names */
	uint64_t packets;   /* TCP segments in flows */
	uint64_t truncated; /* of them cut by the snap length */
	uint64_t skipped[SKIP_COUNT];
	uint64_t checksum_bad, checksum_partial;
};

struct point_selection {
	const char *filter;
	int64_t from_ns, to_ns;
	void (*progress)(void *context, uint64_t bytes, uint64_t total);
	void *progress_context;
};

/* Sets up a point of that name; false: no memory. */
bool point_init(struct point *point, const char *name);
void point_fini(struct point *point);

/* Adds an input; strings are copied. */
bool point_add_input(struct point *point, const struct nw_input *input);

/* Reads every input. */
enum nw_status point_read(struct point *point,
			  const struct point_selection *selection,
			  struct nw_error *err) NW_MUST_USE;

static inline const struct flow *point_flow(const struct point *point,
					    uint32_t index)
{
	return &point->table.flows.items[index];
}

static inline uint32_t point_flow_count(const struct point *point)
{
	return (uint32_t)point->table.flows.count;
}

/* Reads a flow's records back in the order of the capture. */
struct record_reader {
	struct store_cursor cursor;
	struct record_codec codec;
};

struct record_reader point_records(const struct point *point,
				   const struct flow *flow);
bool record_next(struct record_reader *reader, struct record *record);

#endif
