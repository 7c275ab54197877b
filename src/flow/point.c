/* SPDX-License-Identifier: MIT
 *
 * The hot loop: read a batch of frames, decode them, ask the cache for the
 * flows they will need, then file each packet as a record of its flow. One
 * pass over the capture, one look-up a packet, nothing formatted.
 */
#include "point.h"

#include "fault.h"

#include <string.h>

#define BATCH 64

struct batch {
	struct frame frames[BATCH];
	struct packet packets[BATCH];
	uint64_t hashes[BATCH];
	bool usable[BATCH];
	int count;
};

bool point_init(struct point *point, const char *name)
{
	*point = (struct point){0};
	point->name = arena_string(&point->arena, name);
	return point->name != NULL && flowtable_init(&point->table);
}

void point_fini(struct point *point)
{
	flowtable_fini(&point->table);
	store_fini(&point->store);
	vec_fini(&point->inputs);
	arena_fini(&point->arena);
}

static const char *base_name(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash == NULL || slash[1] == '\0' ? file : slash + 1;
}

bool point_add_input(struct point *point, const struct nw_input *input)
{
	struct point_input *in = vec_push(&point->inputs);
	const char *name = input->name;

	if (in == NULL)
		return false;
	if (name == NULL)
		name = base_name(input->file);
	in->file = arena_string(&point->arena, input->file);
	in->name = arena_string(&point->arena, name);
	in->interface = arena_string(&point->arena, input->interface);
	in->filter = arena_string(&point->arena, input->filter);
	return !point->arena.failed;
}

static void decode_batch(struct point *point, struct batch *batch)
{
	for (int i = 0; i < batch->count; i++) {
		enum skip skip =
			packet_decode(&batch->frames[i], &batch->packets[i]);

		batch->usable[i] = skip == SKIP_NONE;
		if (skip != SKIP_NONE) {
			point->skipped[skip]++;
			continue;
		}
		batch->hashes[i] =
			tuple_hash(&batch->packets[i].tuple, point->table.key);
		flowtable_prefetch(&point->table, batch->hashes[i]);
	}
	for (int i = 0; i < batch->count; i++) {
		const struct flow *flow;

		if (!batch->usable[i])
			continue;
		flow = flowtable_guess(&point->table, batch->hashes[i]);
		if (flow != NULL)
			flow_prefetch(flow);
	}
	for (int i = 0; i < batch->count; i++) {
		const struct flow *flow;

		if (!batch->usable[i])
			continue;
		flow = flowtable_guess(&point->table, batch->hashes[i]);
		if (flow != NULL)
			store_prefetch(&point->store, &flow->chain);
	}
}

static void count_health(struct point *point, const struct segment *s)
{
	if (s->cap_len < s->len)
		point->truncated++;
	if (s->checksum == CHECKSUM_BAD)
		point->checksum_bad++;
	else if (s->checksum == CHECKSUM_PARTIAL)
		point->checksum_partial++;
}

static bool file_packet(struct point *point, const struct frame *frame,
			const struct packet *packet, uint64_t hash,
			uint32_t file)
{
	struct flow *flow =
		flowtable_find(&point->table, hash, packet, frame->time_ns);
	struct record record;
	uint8_t bytes[RECORD_MAX_BYTES];
	size_t len;

	if (flow == NULL)
		return false;
	record.time_ns = frame->time_ns;
	record.frame = frame->number;
	record.file = file;
	record.direction = flow_direction(flow, packet);
	record.segment = packet->segment;
	for (unsigned i = 0; i < packet->segment.sack_count; i++)
		record.sack[i] = packet->sack[i];
	flow_note(flow, packet, record.direction, frame->time_ns);
	len = record_encode(&flow->codec, &record, bytes);
	point->packets++;
	count_health(point, &packet->segment);
	return store_append(&point->store, &flow->chain, bytes, len);
}

static bool file_batch(struct point *point, struct batch *batch, uint32_t file)
{
	struct point_input *input = &point->inputs.items[file];

	for (int i = 0; i < batch->count; i++) {
		int64_t time_ns = batch->frames[i].time_ns;

		if (input->packets == 0 || time_ns < input->first_ns)
			input->first_ns = time_ns;
		if (input->packets == 0 || time_ns > input->last_ns)
			input->last_ns = time_ns;
		input->packets++;
		if (!batch->usable[i])
			continue;
		packet_measure(&batch->frames[i], &batch->packets[i]);
		if (!file_packet(point, &batch->frames[i], &batch->packets[i],
				 batch->hashes[i], file))
			return false;
	}
	return true;
}

/* Reads batch after batch until the file ends. */
static int read_all(struct point *point, struct source *source, uint32_t file,
		    const struct point_selection *selection,
		    struct nw_error *err)
{
	const struct source_facts *facts = source_facts(source);
	uint64_t told = 0;
	struct batch batch;

	for (;;) {
		batch.count = source_read(source, batch.frames, BATCH, err);
		if (batch.count <= 0)
			return batch.count;
		decode_batch(point, &batch);
		if (!file_batch(point, &batch, file)) {
			fault_no_memory(err, "reading a capture");
			return -1;
		}
		if (selection->progress != NULL &&
		    facts->offset - told >= (1u << 22)) {
			selection->progress(selection->progress_context,
					    facts->offset - told, 0);
			told = facts->offset;
		}
	}
}

/* The input's own filter and the one for all, both to hold. */
static const char *join_filters(struct arena *arena, const char *mine,
				const char *all)
{
	if (mine == NULL || all == NULL)
		return mine != NULL ? mine : all;
	return arena_format(arena, "(%s) and (%s)", mine, all);
}

static enum nw_status read_input(struct point *point, uint32_t file,
				 const struct point_selection *selection,
				 struct nw_error *err)
{
	struct point_input *input = &point->inputs.items[file];
	struct source_options options = {
		.file = input->file,
		.interface = input->interface,
		.filter = join_filters(&point->arena, input->filter,
				       selection->filter),
		.from_ns = selection->from_ns,
		.to_ns = selection->to_ns,
	};
	struct source *source = source_open(&options, err);
	int got = -1;

	if (source != NULL) {
		got = read_all(point, source, file, selection, err);
		input->facts = *source_facts(source);
		source_close(source);
	}
	if (got >= 0)
		return NW_OK;
	if (err != NULL && err->status != NW_OK)
		return err->status;
	return fault_set(err, NW_EIO, "cannot read %s", input->file);
}

enum nw_status point_read(struct point *point,
			  const struct point_selection *selection,
			  struct nw_error *err)
{
	enum nw_status status = NW_OK;

	for (uint32_t i = 0; i < point->inputs.count && status == NW_OK; i++)
		status = read_input(point, i, selection, err);
	return status;
}

struct record_reader point_records(const struct point *point,
				   const struct flow *flow)
{
	return (struct record_reader){
		.cursor = store_read(&point->store, &flow->chain)};
}

bool record_next(struct record_reader *reader, struct record *record)
{
	const uint8_t *at = store_next(&reader->cursor);

	if (at == NULL)
		return false;
	reader->cursor.at += record_decode(&reader->codec, at, record);
	return true;
}
