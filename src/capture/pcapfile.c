/* SPDX-License-Identifier: MIT
 *
 * Classic pcap (draft-ietf-opsawg-pcap). The walk is the hot loop of all
 * reading: it runs over whole records in the input's block, one call per
 * batch, and leaves whatever is out of the ordinary (the block's end, an
 * unbelievable length) to the slow path, which it enters with no frame given
 * out, so that moving the block hurts nobody.
 */
#include <stdlib.h>

#include "fault.h"
#include "reader.h"

#define FILE_HEADER_BYTES   24
#define RECORD_HEADER_BYTES 16

#define MAGIC_MICRO 0xa1b2c3d4u
#define MAGIC_NANO  0xa1b23c4du

struct pcapfile {
	bool swapped;
	bool fcs;
	uint16_t link_type;
	uint32_t fraction_ns; /* of the timestamps' second word */
};

bool pcapfile_matches(const uint8_t *bytes, size_t left)
{
	uint32_t magic;

	if (left < 4)
		return false;
	magic = load_u32(bytes, false);
	if (magic != MAGIC_MICRO && magic != MAGIC_NANO) {
		magic = load_u32(bytes, true);
		if (magic != MAGIC_MICRO && magic != MAGIC_NANO)
			return false;
	}
	if (left < FILE_HEADER_BYTES)
		return true;
	/* Versions before 2.4 mix up the lengths in ways that libpcap knows;
	 * 2.4 is from 1998, and nothing has followed. */
	bool swapped = load_u32(bytes, false) != magic;

	return load_u16(bytes + 4, swapped) == 2 &&
	       load_u16(bytes + 6, swapped) >= 4;
}

static inline int walk(struct source *source, struct frame *frames, int max,
		       bool swapped)
{
	const struct pcapfile *file = source->state;
	const uint8_t *at = source->input.at;
	size_t left = input_left(&source->input);
	uint64_t number = source->facts.records;
	const uint32_t fraction_ns = file->fraction_ns;
	const uint16_t link_type = file->link_type;
	const bool fcs = file->fcs;
	int count = 0;

	while (count < max && left >= RECORD_HEADER_BYTES) {
		uint32_t seconds = load_u32(at, swapped);
		uint32_t fraction = load_u32(at + 4, swapped);
		uint32_t cap_len = load_u32(at + 8, swapped);
		size_t whole = (size_t)cap_len + RECORD_HEADER_BYTES;

		if (cap_len > FRAME_MAX_BYTES || whole > left)
			break;
		frames[count++] = (struct frame){
			.time_ns = (int64_t)seconds * 1000000000 +
				   (int64_t)fraction * fraction_ns,
			.number = ++number,
			.bytes = at + RECORD_HEADER_BYTES,
			.cap_len = cap_len,
			.wire_len = load_u32(at + 12, swapped),
			.link_type = link_type,
			.fcs = fcs,
		};
		at += whole;
		left -= whole;
	}
	source->input.at = at;
	source->facts.records = number;
	return count;
}

static int length_fault(const struct source *source, uint32_t cap_len,
			struct nw_error *err)
{
	unsigned long long offset = input_offset(&source->input);

	fault_set(
		err, NW_EFORMAT,
		"%s: the record at byte offset %llu claims %u captured bytes, "
		"more than any packet has: the file is damaged from there on; "
		"'head -c %llu' keeps what is before",
		source->input.name, offset, cap_len, offset);
	return -1;
}

/* Gets the next record whole into the block: 1, or 0 at the end, or -1. */
static int next_record(struct source *source, bool swapped,
		       struct nw_error *err)
{
	struct input *input = &source->input;
	int found = input_need(input, RECORD_HEADER_BYTES, err);

	if (found > 0) {
		uint32_t cap_len = load_u32(input->at + 8, swapped);

		if (cap_len > FRAME_MAX_BYTES)
			return length_fault(source, cap_len, err);
		found = input_need(input, RECORD_HEADER_BYTES + (size_t)cap_len,
				   err);
	}
	if (found == 0 && input_left(input) > 0)
		source_set_cut(source);
	return found;
}

static int pcapfile_read(struct source *source, struct frame *frames, int max,
			 struct nw_error *err)
{
	bool swapped = ((const struct pcapfile *)source->state)->swapped;
	int count, found;

	for (;;) {
		/* Two copies of the loop, each without the question. */
		count = swapped ? walk(source, frames, max, true)
				: walk(source, frames, max, false);
		if (count > 0)
			return count;
		found = next_record(source, swapped, err);
		if (found <= 0)
			return found;
	}
}

static void pcapfile_close(struct source *source)
{
	free(source->state);
}

enum nw_status pcapfile_open(struct source *source, struct nw_error *err)
{
	static const struct reader reader = {pcapfile_read, pcapfile_close};
	struct input *input = &source->input;
	struct pcapfile *file;
	uint32_t magic, link;

	if (input_left(input) < FILE_HEADER_BYTES)
		return fault_set(err, NW_EFORMAT,
				 "%s: the pcap file header is cut off at byte "
				 "offset %zu of 24; capture or copy it again",
				 input->name, input_left(input));
	file = calloc(1, sizeof(*file));
	if (file == NULL)
		return fault_no_memory(err, "opening a capture");
	source->state = file;
	source->reader = &reader;
	magic = load_u32(input->at, false);
	file->swapped = magic != MAGIC_MICRO && magic != MAGIC_NANO;
	magic = load_u32(input->at, file->swapped);
	file->fraction_ns = magic == MAGIC_NANO ? 1 : 1000;
	link = load_u32(input->at + 20, file->swapped);
	/* Bit 26 says that the bits above it hold the length of the FCS, in
	 * units of 16 bits. A number that no decoder knows stays unknown. */
	file->fcs = (link & 0x04000000) != 0 && link >> 28 == 2;
	link &= 0x03ffffff;
	file->link_type = link > UINT16_MAX ? UINT16_MAX : (uint16_t)link;
	source->facts.snaplen = load_u32(input->at + 16, file->swapped);
	input->at += FILE_HEADER_BYTES;
	return source_one_link_type(source, file->link_type, err);
}
