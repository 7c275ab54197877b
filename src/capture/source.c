/* SPDX-License-Identifier: MIT
 *
 * A capture as a stream of frames: opens the input, sniffs which reader it
 * needs, and thins out batches to what the options select. Without a filter,
 * a time or an interface nothing is asked per packet.
 */
#include "source.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "fault.h"
#include "filter.h"
#include "reader.h"

/* Enough to recognise any file, and all of a pcap file header. */
#define SNIFF_BYTES 512

/* The number that a text is, or -1. */
static int64_t number_of(const char *text)
{
	int64_t number = 0;

	if (*text == '\0')
		return -1;
	for (; *text != '\0'; text++) {
		if (*text < '0' || *text > '9' || number > UINT32_MAX)
			return -1;
		number = number * 10 + (*text - '0');
	}
	return number > UINT32_MAX ? -1 : number;
}

static enum nw_status take_text(char **copy, const char *text,
				struct nw_error *err)
{
	if (text == NULL)
		return NW_OK;
	*copy = strdup(text);
	return *copy != NULL ? NW_OK
			     : fault_no_memory(err, "opening a capture");
}

static enum nw_status take_options(struct source *source,
				   const struct source_options *options,
				   struct nw_error *err)
{
	source->from_ns = options->from_ns;
	source->to_ns = options->to_ns;
	source->by_time = options->from_ns != 0 || options->to_ns != 0;
	source->interface_number = -1;
	if (take_text(&source->file, options->file, err) != NW_OK ||
	    take_text(&source->interface, options->interface, err) != NW_OK ||
	    take_text(&source->expression, options->filter, err) != NW_OK)
		return NW_ENOMEM;
	if (source->interface != NULL)
		source->interface_number = number_of(source->interface);
	if (source->expression == NULL)
		return NW_OK;
	source->filter = filter_new(source->expression);
	return source->filter != NULL
		       ? NW_OK
		       : fault_no_memory(err, "opening a capture");
}

static enum nw_status open_reader(struct source *source, struct nw_error *err)
{
	struct input *input = &source->input;
	struct stat status;

	if (fstat(input->fd, &status) == 0 && S_ISREG(status.st_mode))
		source->facts.size = (uint64_t)status.st_size;
	if (input_need(input, SNIFF_BYTES, err) < 0)
		return err != NULL ? err->status : NW_EIO;
	if (input_left(input) == 0)
		return fault_set(err, NW_EFORMAT,
				 "%s is empty (it ends at byte offset 0): the "
				 "capture was "
				 "not written; capture again",
				 input->name);
	if (pcapngfile_matches(input->at, input_left(input)))
		return pcapngfile_open(source, err);
	if (pcapfile_matches(input->at, input_left(input)))
		return pcapfile_open(source, err);
	return anyfile_open(source, err);
}

struct source *source_open(const struct source_options *options,
			   struct nw_error *err)
{
	/* Decisions below need to know, also when the caller does not. */
	struct nw_error own = {0};
	struct source *source = calloc(1, sizeof(*source));
	enum nw_status status;

	if (source == NULL) {
		fault_no_memory(err, "opening a capture");
		return NULL;
	}
	source->input.fd = -1;
	status = take_options(source, options, &own);
	if (status == NW_OK)
		status = input_open(&source->input, source->file, &own);
	if (status == NW_OK)
		status = open_reader(source, &own);
	if (status == NW_OK)
		return source;
	fault_set(err, own.status, "%s", own.text);
	source_close(source);
	return NULL;
}

void source_close(struct source *source)
{
	if (source == NULL)
		return;
	if (source->reader != NULL)
		source->reader->close(source);
	filter_free(source->filter);
	input_close(&source->input);
	free(source->file);
	free(source->expression);
	free(source->interface);
	free(source);
}

/* 1: selected, 0: not, -1: the filter fails. */
static int selects(struct source *source, const struct frame *frame,
		   struct nw_error *err)
{
	if (source->from_ns != 0 && frame->time_ns < source->from_ns)
		return 0;
	if (source->to_ns != 0 && frame->time_ns >= source->to_ns)
		return 0;
	if (source->by_index && !source_index_matches(source, frame))
		return 0;
	if (source->filter != NULL)
		return filter_accepts(source->filter, frame, err);
	return 1;
}

/* Moves the selected frames to the front; their number, or -1. */
static int select_frames(struct source *source, struct frame *frames, int count,
			 struct nw_error *err)
{
	int kept = 0;

	if (source->filter == NULL && !source->by_time && !source->by_index)
		return count;
	for (int i = 0; i < count; i++) {
		int selected = selects(source, &frames[i], err);

		if (selected < 0)
			return -1;
		if (selected > 0)
			frames[kept++] = frames[i];
	}
	source->facts.selected_out += (uint64_t)(count - kept);
	return kept;
}

/* At the end: was the interface that was asked for ever there? */
static int ended(struct source *source, struct nw_error *err)
{
	if (source->interface == NULL || source->interface_found)
		return 0;
	if (source->by_index && source->facts.records == 0)
		return 0;
	fault_set(err, NW_EUSAGE,
		  "%s: there is no interface '%s' in it up to its end at byte "
		  "offset "
		  "%llu; there is: %s",
		  source->input.name, source->interface,
		  (unsigned long long)input_offset(&source->input),
		  source->known[0] != '\0' ? source->known : "none");
	return -1;
}

int source_read(struct source *source, struct frame *frames, int max,
		struct nw_error *err)
{
	int count;

	if (max <= 0)
		return 0;
	do {
		count = source->reader->read(source, frames, max, err);
		source->facts.offset = input_offset(&source->input);
		if (count == 0)
			return ended(source, err);
		if (count > 0)
			count = select_frames(source, frames, count, err);
	} while (count == 0);
	return count;
}

const struct source_facts *source_facts(const struct source *source)
{
	return &source->facts;
}

void source_set_cut(struct source *source)
{
	source->facts.cut = true;
	source->facts.cut_offset = input_offset(&source->input);
}

void source_note_interface(struct source *source, uint32_t number,
			   const char *name)
{
	size_t used = strlen(source->known);
	char item[96];

	snprintf(item, sizeof(item), name[0] != '\0' ? "%s%u (%s)" : "%s%u",
		 used > 0 ? ", " : "", number, name);
	if (used + strlen(item) < sizeof(source->known))
		memcpy(source->known + used, item, strlen(item) + 1);
}

/* Offset and length of the interface index in a Linux cooked v2 header. */
#define SLL2_INDEX_OFF 4
#define SLL2_INDEX_END 8

static void note_index(struct source *source, uint32_t index)
{
	for (size_t i = 0; i < source->index_count; i++)
		if (source->indexes[i] == index)
			return;
	if (source->index_count == KNOWN_INDEXES)
		return;
	source->indexes[source->index_count++] = index;
	source_note_interface(source, index, "");
}

bool source_index_matches(struct source *source, const struct frame *frame)
{
	const bool swapped = __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
	uint32_t index;

	if (frame->cap_len < SLL2_INDEX_END)
		return false;
	index = load_u32(frame->bytes + SLL2_INDEX_OFF, swapped);
	if (index == source->interface_number) {
		source->interface_found = true;
		return true;
	}
	if (!source->interface_found)
		note_index(source, index);
	return false;
}

enum nw_status source_one_link_type(struct source *source, uint16_t link_type,
				    struct nw_error *err)
{
	source->facts.link_type = link_type;
	if (source->interface != NULL && link_type != LINK_LINUX_SLL2)
		return fault_set(
			err, NW_EUSAGE,
			"%s: interface '%s' cannot be selected: a pcap file "
			"(byte offset 0) does not tell interfaces apart; only "
			"pcapng and Linux cooked v2 (tcpdump -i any) do",
			source->input.name, source->interface);
	if (source->interface != NULL && source->interface_number < 0)
		return fault_set(
			err, NW_EUSAGE,
			"%s: interface '%s' cannot be selected: a Linux cooked "
			"v2 capture (byte offset 20) knows interfaces by index "
			"only; give the number that 'ip link' shows",
			source->input.name, source->interface);
	source->by_index = source->interface != NULL;
	if (source->filter != NULL)
		return filter_prepare(source->filter, link_type, err);
	return NW_OK;
}
