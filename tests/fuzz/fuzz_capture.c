/* SPDX-License-Identifier: MIT
 *
 * Any bytes as a capture file. The last one chooses what is selected, so that
 * a capture is a seed as it is. Read singly and in batches, the same frames
 * come out, the same facts, and the same error, which has words.
 */
#undef NDEBUG /* in every build: they are what is tested */
#include <assert.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "hash.h"
#include "source.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);

/* What reading a file came to. */
struct outcome {
	uint64_t hash; /* of all frames */
	uint64_t frames;
	struct source_facts facts;
	struct nw_error err;
};

static uint64_t hash_frame(const struct frame *frame, uint64_t hash)
{
	hash = hash_u64((uint64_t)frame->time_ns, hash);
	hash = hash_u64(frame->number, hash);
	hash = hash_u64(frame->wire_len, hash);
	hash = hash_u64(frame->link_type, hash + frame->fcs);
	/* Reads every byte: they must be there. */
	return hash_bytes(frame->bytes, frame->cap_len, hash);
}

static void check_facts(const struct source_facts *facts, uint64_t frames,
			size_t size)
{
	assert(facts->size == size);
	assert(facts->offset <= size);
	assert(!facts->cut || facts->cut_offset < size);
	assert(frames + facts->selected_out <= facts->records);
}

static struct outcome read_all(const struct source_options *options, int max,
			       size_t size)
{
	struct outcome outcome = {0};
	struct source *source = source_open(options, &outcome.err);
	struct frame batch[64];
	uint64_t last = 0;
	int count;

	assert((source == NULL) == (outcome.err.status != NW_OK));
	if (source == NULL)
		return outcome;
	while ((count = source_read(source, batch, max, &outcome.err)) > 0) {
		assert(count <= max && outcome.err.status == NW_OK);
		for (int i = 0; i < count; i++) {
			assert(batch[i].number > last);
			assert(batch[i].cap_len <= FRAME_MAX_BYTES);
			assert(batch[i].cap_len <= size);
			last = batch[i].number;
			outcome.hash = hash_frame(&batch[i], outcome.hash);
		}
		outcome.frames += (uint64_t)count;
	}
	assert((count < 0) == (outcome.err.status != NW_OK));
	outcome.facts = *source_facts(source);
	check_facts(&outcome.facts, outcome.frames, size);
	if (count == 0)
		assert(source_read(source, batch, max, NULL) == 0);
	source_close(source);
	return outcome;
}

static void check_same(const struct outcome *a, const struct outcome *b)
{
	assert(a->err.status == b->err.status);
	assert(strcmp(a->err.text, b->err.text) == 0);
	if (a->err.status != NW_OK) {
		assert(strstr(a->err.text, "/proc/self/fd/") != NULL ||
		       strstr(a->err.text, "filter") != NULL);
		return;
	}
	assert(a->hash == b->hash && a->frames == b->frames);
	assert(a->facts.records == b->facts.records);
	assert(a->facts.selected_out == b->facts.selected_out);
	assert(a->facts.cut == b->facts.cut);
	assert(a->facts.cut_offset == b->facts.cut_offset);
	assert(a->facts.dropped == b->facts.dropped);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size)
{
	char name[32];
	struct source_options options = {.file = name};
	struct outcome singly, batches;
	int fd = memfd_create("capture", 0);

	if (fd < 0 || write(fd, bytes, size) != (ssize_t)size)
		return 0;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	switch (size > 0 ? bytes[size - 1] % 8 : 0) {
	case 1:
		options.interface = "1";
		break;
	case 2:
		options.from_ns = 1000000000;
		options.to_ns = INT64_C(1700000000000000000);
		break;
	case 3:
		options.filter = "tcp port 80";
		break;
	default:
		break;
	}
	singly = read_all(&options, 1, size);
	batches = read_all(&options, 64, size);
	check_same(&singly, &batches);
	close(fd);
	return 0;
}
