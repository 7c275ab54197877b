/* SPDX-License-Identifier: MIT
 *
 * pcapng (draft-ietf-opsawg-pcapng): sections of blocks, each section with a
 * byte order and interfaces of its own. As in pcapfile.c, the walk takes
 * whole, sound packet blocks from the input's block; everything else - other
 * blocks, the block's end, errors - is for advance(), entered with no frame
 * given out.
 */
#include <stdlib.h>

#include "fault.h"
#include "nginterface.h"
#include "reader.h"
#include "vec.h"

enum block_type {
	BLOCK_INTERFACE = 1,
	BLOCK_PACKET = 2, /* obsolete */
	BLOCK_SIMPLE = 3,
	BLOCK_STATISTICS = 5,
	BLOCK_ENHANCED = 6,
	BLOCK_JOURNAL = 9,
	BLOCK_SYSDIG = 0x204,
	BLOCK_SYSDIG_V2 = 0x216,
	BLOCK_SYSDIG_V2_LARGE = 0x221,
	BLOCK_CUSTOM = 0x0bad,
	BLOCK_CUSTOM_PRIVATE = 0x40000bad,
	BLOCK_SECTION = 0x0a0d0d0a,
};

#define BLOCK_MIN_BYTES      12
#define SECTION_MIN_BYTES    28
#define INTERFACE_MIN_BYTES  20
#define STATISTICS_MIN_BYTES 24
/* A packet and its options, comments included. */
#define BLOCK_MAX_BYTES  (FRAME_MAX_BYTES + (1u << 20))
#define BYTE_ORDER_MAGIC 0x1a2b3c4du

enum statistics_option { OPTION_ISB_IFDROP = 5, OPTION_ISB_OSDROP = 7 };

struct pcapngfile {
	VEC(struct nginterface) interfaces; /* of this section */
	uint64_t
		events; /* records that are no packets, numbered all the same */
	bool swapped;
	bool has_interface; /* one was described and selected */
	bool unlimited;     /* one has no snap length */
};

/* The fields that the three kinds of packet block have in common. */
struct ng_packet {
	uint32_t interface;
	uint32_t cap_len, wire_len;
	uint64_t units; /* timestamp */
	const uint8_t *bytes;
};

bool pcapngfile_matches(const uint8_t *bytes, size_t left)
{
	return left >= 4 && load_u32(bytes, false) == BLOCK_SECTION;
}

static bool is_packet(uint32_t type)
{
	return type == BLOCK_ENHANCED || type == BLOCK_SIMPLE ||
	       type == BLOCK_PACKET;
}

/* Blocks that Wireshark shows as records, with a frame number each. */
static bool is_event(uint32_t type)
{
	return type == BLOCK_JOURNAL || type == BLOCK_CUSTOM ||
	       type == BLOCK_CUSTOM_PRIVATE || type == BLOCK_SYSDIG ||
	       type == BLOCK_SYSDIG_V2 || type == BLOCK_SYSDIG_V2_LARGE;
}

/* A simple packet block has no captured length: it follows from the others. */
static const char *simple_parse(const struct pcapngfile *file,
				const uint8_t *block, uint32_t len,
				struct ng_packet *packet)
{
	uint32_t snaplen;

	if (len < 16)
		return "is too short for a packet";
	if (file->interfaces.count == 0)
		return "names interface 0, which no block describes";
	snaplen = file->interfaces.items[0].snaplen;
	packet->interface = 0;
	packet->units = 0;
	packet->wire_len = load_u32(block + 8, file->swapped);
	packet->cap_len = packet->wire_len;
	if (snaplen != 0 && packet->cap_len > snaplen)
		packet->cap_len = snaplen;
	if (packet->cap_len > len - 16)
		packet->cap_len = len - 16;
	packet->bytes = block + 12;
	return NULL;
}

/* Reads a whole packet block; NULL, or what is wrong with it. */
static inline const char *packet_parse(const struct pcapngfile *file,
				       const uint8_t *block, uint32_t len,
				       bool swapped, struct ng_packet *packet)
{
	uint32_t type = load_u32(block, swapped);

	if (type == BLOCK_SIMPLE)
		return simple_parse(file, block, len, packet);
	if (len < 32)
		return "is too short for a packet";
	packet->interface = type == BLOCK_ENHANCED
				    ? load_u32(block + 8, swapped)
				    : load_u16(block + 8, swapped);
	if (packet->interface >= file->interfaces.count)
		return "names an interface that no block describes";
	packet->units = (uint64_t)load_u32(block + 12, swapped) << 32 |
			load_u32(block + 16, swapped);
	packet->cap_len = load_u32(block + 20, swapped);
	packet->wire_len = load_u32(block + 24, swapped);
	packet->bytes = block + 28;
	if (packet->cap_len > len - 32)
		return "claims more captured bytes than it holds";
	if (packet->cap_len > FRAME_MAX_BYTES)
		return "claims more captured bytes than any packet has";
	return NULL;
}

/* Whole and sound, as far as a block's frame goes? */
static inline bool block_is_whole(const uint8_t *at, size_t left, bool swapped)
{
	uint32_t len = load_u32(at + 4, swapped);

	return len >= BLOCK_MIN_BYTES && len % 4 == 0 && len <= left &&
	       load_u32(at + len - 4, swapped) == len;
}

static inline int walk(struct source *source, struct frame *frames, int max,
		       bool swapped)
{
	const struct pcapngfile *file = source->state;
	struct input *input = &source->input;
	int count = 0;

	while (count < max && input_left(input) >= BLOCK_MIN_BYTES) {
		const struct nginterface *interface;
		struct ng_packet packet;
		uint32_t len = load_u32(input->at + 4, swapped);

		if (!is_packet(load_u32(input->at, swapped)) ||
		    !block_is_whole(input->at, input_left(input), swapped) ||
		    packet_parse(file, input->at, len, swapped, &packet) !=
			    NULL)
			break;
		input->at += len;
		source->facts.records++;
		interface = &file->interfaces.items[packet.interface];
		frames[count] = (struct frame){
			.time_ns = ng_clock_ns(&interface->clock, packet.units),
			.number = source->facts.records + file->events,
			.bytes = packet.bytes,
			.cap_len = packet.cap_len,
			.wire_len = packet.wire_len,
			.link_type = interface->link_type,
			.fcs = interface->fcs,
		};
		if (interface->selection == NG_SELECTED ||
		    (interface->selection == NG_BY_INDEX &&
		     source_index_matches(source, &frames[count])))
			count++;
		else
			source->facts.selected_out++;
	}
	return count;
}

static int block_fault(const struct source *source, uint64_t offset,
		       const char *problem, struct nw_error *err)
{
	unsigned long long at = offset;

	fault_set(err, NW_EFORMAT,
		  "%s: the pcapng block at byte offset %llu %s: the file is "
		  "damaged from there on; 'head -c %llu' keeps what is before",
		  source->input.name, at, problem, at);
	return -1;
}

/* What is wrong with a block's length, or NULL. */
static const char *length_problem(uint32_t type, uint32_t len)
{
	if (len % 4 != 0)
		return "has a length that is not a multiple of 4";
	if (len < BLOCK_MIN_BYTES ||
	    (type == BLOCK_SECTION && len < SECTION_MIN_BYTES) ||
	    (type == BLOCK_INTERFACE && len < INTERFACE_MIN_BYTES) ||
	    (type == BLOCK_STATISTICS && len < STATISTICS_MIN_BYTES))
		return "has a length that is too short for its type";
	return NULL;
}

/* Gets a block whole into the input's block: as input_need(). */
static int block_need(struct source *source, uint32_t len, bool swapped,
		      struct nw_error *err)
{
	struct input *input = &source->input;
	uint64_t offset = input_offset(input);
	int found;

	if (len > BLOCK_MAX_BYTES)
		return block_fault(source, offset,
				   "is longer than any packet makes it", err);
	found = input_need(input, len, err);
	if (found > 0 && load_u32(input->at + len - 4, swapped) != len)
		return block_fault(source, offset,
				   "has two lengths that differ", err);
	return found;
}

/* Reads the section header where the input stands: as input_need(). */
static int section_read(struct source *source, struct nw_error *err)
{
	struct pcapngfile *file = source->state;
	struct input *input = &source->input;
	uint64_t offset = input_offset(input);
	int found = input_need(input, BLOCK_MIN_BYTES, err);
	const char *problem;
	uint32_t len;

	if (found <= 0)
		return found;
	file->swapped = load_u32(input->at + 8, false) != BYTE_ORDER_MAGIC;
	if (load_u32(input->at + 8, file->swapped) != BYTE_ORDER_MAGIC)
		return block_fault(source, offset,
				   "begins a section without a byte-order "
				   "magic",
				   err);
	len = load_u32(input->at + 4, file->swapped);
	problem = length_problem(BLOCK_SECTION, len);
	if (problem != NULL)
		return block_fault(source, offset, problem, err);
	found = block_need(source, len, file->swapped, err);
	if (found <= 0)
		return found;
	if (load_u16(input->at + 12, file->swapped) != 1)
		return block_fault(
			source, offset,
			"begins a section of a version that is not 1", err);
	file->interfaces.count = 0;
	input->at += len;
	return 1;
}

static enum ng_selection select_interface(struct source *source, uint32_t id,
					  const struct nginterface *interface)
{
	bool cooked = interface->link_type == LINK_LINUX_SLL2;

	if (source->interface == NULL)
		return NG_SELECTED;
	if (strcmp(interface->name, source->interface) == 0 ||
	    (!cooked && source->interface_number == id)) {
		source->interface_found = true;
		return NG_SELECTED;
	}
	source_note_interface(source, id, interface->name);
	return cooked && source->interface_number >= 0 ? NG_BY_INDEX
						       : NG_LEFT_OUT;
}

/* Files of several interfaces: the largest snap length, 0 for no limit. */
static void note_facts(struct source *source,
		       const struct nginterface *interface)
{
	struct pcapngfile *file = source->state;
	struct source_facts *facts = &source->facts;

	if (interface->selection == NG_LEFT_OUT)
		return;
	if (!file->has_interface)
		facts->link_type = interface->link_type;
	file->has_interface = true;
	file->unlimited |= interface->snaplen == 0;
	if (interface->snaplen > facts->snaplen)
		facts->snaplen = interface->snaplen;
	if (file->unlimited)
		facts->snaplen = 0;
}

static int interface_read(struct source *source, uint32_t len,
			  struct nw_error *err)
{
	struct pcapngfile *file = source->state;
	uint32_t id = (uint32_t)file->interfaces.count;
	struct nginterface *interface = vec_push(&file->interfaces);

	if (interface == NULL) {
		fault_no_memory(err, "reading a capture");
		return -1;
	}
	nginterface_init(interface, source->input.at + 8, len - 12,
			 file->swapped);
	interface->selection = select_interface(source, id, interface);
	note_facts(source, interface);
	return 1;
}

/* Statistics count from the start of the capture: the last block rules. */
static void statistics_read(struct source *source, uint32_t len)
{
	struct pcapngfile *file = source->state;
	const uint8_t *block = source->input.at, *at = block + 20;
	uint32_t id = load_u32(block + 8, file->swapped);
	struct nginterface *interface;
	struct ng_option option;
	uint64_t dropped = 0;

	if (id >= file->interfaces.count)
		return;
	interface = &file->interfaces.items[id];
	if (interface->selection == NG_LEFT_OUT)
		return;
	while (ng_option_next(&at, block + len - 4, file->swapped, &option))
		if (option.len == 8 && (option.code == OPTION_ISB_IFDROP ||
					option.code == OPTION_ISB_OSDROP))
			dropped += load_u64(option.value, file->swapped);
	source->facts.dropped += dropped - interface->dropped;
	interface->dropped = dropped;
}

/* Steps over a block of a type that is nothing to us, however long. */
static int block_skip(struct source *source, uint32_t len, struct nw_error *err)
{
	const struct pcapngfile *file = source->state;
	struct input *input = &source->input;
	uint64_t offset = input_offset(input);
	int found = input_skip(input, len - 4, err);

	if (found > 0)
		found = input_need(input, 4, err);
	if (found <= 0)
		return found;
	if (load_u32(input->at, file->swapped) != len)
		return block_fault(source, offset,
				   "has two lengths that differ", err);
	input->at += 4;
	return 1;
}

/* Handles one block that the walk has left: as input_need(). A sound packet
 * block stays where it is, now whole. */
static int block_read(struct source *source, struct nw_error *err)
{
	struct pcapngfile *file = source->state;
	struct input *input = &source->input;
	uint64_t offset = input_offset(input);
	uint32_t type = load_u32(input->at, file->swapped);
	uint32_t len = load_u32(input->at + 4, file->swapped);
	const char *problem = length_problem(type, len);
	struct ng_packet packet;
	int found;

	if (problem != NULL)
		return block_fault(source, offset, problem, err);
	if (!is_packet(type) && type != BLOCK_INTERFACE &&
	    type != BLOCK_STATISTICS) {
		file->events += is_event(type);
		return block_skip(source, len, err);
	}
	found = block_need(source, len, file->swapped, err);
	if (found <= 0)
		return found;
	if (is_packet(type)) {
		problem = packet_parse(file, input->at, len, file->swapped,
				       &packet);
		return problem == NULL
			       ? 1
			       : block_fault(source, offset, problem, err);
	}
	if (type == BLOCK_STATISTICS)
		statistics_read(source, len);
	else if (interface_read(source, len, err) < 0)
		return -1;
	input->at += len;
	return 1;
}

/* 1: goes on, 0: the end, -1: an error. */
static int advance(struct source *source, struct nw_error *err)
{
	struct input *input = &source->input;
	uint64_t offset = input_offset(input);
	int found = input_need(input, BLOCK_MIN_BYTES, err);

	if (found > 0)
		found = load_u32(input->at, false) == BLOCK_SECTION
				? section_read(source, err)
				: block_read(source, err);
	if (found == 0 && !source->facts.cut &&
	    (input_left(input) > 0 || input_offset(input) > offset)) {
		source->facts.cut = true;
		source->facts.cut_offset = offset;
	}
	return found;
}

static int pcapngfile_read(struct source *source, struct frame *frames, int max,
			   struct nw_error *err)
{
	const struct pcapngfile *file = source->state;
	int count, found;

	for (;;) {
		count = file->swapped ? walk(source, frames, max, true)
				      : walk(source, frames, max, false);
		if (count > 0)
			return count;
		found = advance(source, err);
		if (found <= 0)
			return found;
	}
}

static void pcapngfile_close(struct source *source)
{
	struct pcapngfile *file = source->state;

	if (file != NULL)
		vec_fini(&file->interfaces);
	free(file);
}

enum nw_status pcapngfile_open(struct source *source, struct nw_error *err)
{
	static const struct reader reader = {pcapngfile_read, pcapngfile_close};
	int found;

	source->reader = &reader;
	source->state = calloc(1, sizeof(struct pcapngfile));
	if (source->state == NULL)
		return fault_no_memory(err, "opening a capture");
	found = section_read(source, err);
	if (found == 0)
		return fault_set(err, NW_EFORMAT,
				 "%s: the pcapng section header at byte offset "
				 "0 is cut off; capture or copy it again",
				 source->input.name);
	return found > 0 ? NW_OK : NW_EFORMAT;
}
