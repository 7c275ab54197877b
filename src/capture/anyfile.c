/* SPDX-License-Identifier: MIT
 *
 * Every other savefile that libpcap reads: old versions of pcap and its
 * modified variants. libpcap reads through a stdio stream whose bytes come
 * from our input, so that what was sniffed is not lost, and pipes work. Its
 * packets are gone at the next one; a batch needs a copy of them.
 */
#include <pcap/pcap.h>
#include <stdio.h>
#include <stdio_ext.h>
#include <stdlib.h>

#include "fault.h"
#include "reader.h"

/* What a batch may hold; a larger frame comes alone, uncopied. */
#define STASH_BYTES ((size_t)256 << 10)

struct anyfile {
	pcap_t *pcap;
	FILE *stream;
	uint8_t *stash;
	uint16_t link_type;
	const struct pcap_pkthdr *pending; /* read, and given to nobody yet */
	const u_char *pending_bytes;
	uint64_t record_offset; /* file offset behind the last record */
	bool finished;
	struct nw_error fault; /* kept until the batch is given out */
};

static ssize_t stream_read(void *cookie, char *to, size_t room)
{
	struct source *source = cookie;
	struct anyfile *file = source->state;
	struct input *input = &source->input;
	size_t count;

	if (input_need(input, 1, &file->fault) < 0)
		return -1;
	count = input_left(input);
	if (count > room)
		count = room;
	if (count > 0)
		memcpy(to, input->at, count);
	input->at += count;
	return (ssize_t)count;
}

/* Only for ftello(3): where is the stream? */
static int stream_seek(void *cookie, off64_t *position, int whence)
{
	struct source *source = cookie;

	if (whence != SEEK_CUR || *position != 0)
		return -1;
	*position = (off64_t)input_offset(&source->input);
	return 0;
}

static void anyfile_close(struct source *source)
{
	struct anyfile *file = source->state;

	if (file == NULL)
		return;
	if (file->pcap != NULL)
		pcap_close(file->pcap); /* the stream goes with it */
	free(file->stash);
	free(file);
}

/* libpcap has no code for a file that ends early, only the text. */
static bool is_cut(const struct anyfile *file)
{
	return strstr(pcap_geterr(file->pcap), "truncated") != NULL;
}

/* libpcap gives no more: is that an error? It must not be asked again, for
 * it would go on at some byte within the record. */
static void finish(struct source *source, int result)
{
	struct anyfile *file = source->state;
	unsigned long long offset = file->record_offset;

	file->finished = true;
	if (result == PCAP_ERROR_BREAK || file->fault.status != NW_OK)
		return;
	if (is_cut(file)) {
		source->facts.cut = true;
		source->facts.cut_offset = offset;
		return;
	}
	fault_set(&file->fault, NW_EFORMAT,
		  "%s: the record at byte offset %llu cannot be read (%s): the "
		  "file is damaged from there on; 'head -c %llu' keeps what is "
		  "before",
		  source->input.name, offset, pcap_geterr(file->pcap), offset);
}

/* Is there a record pending, or can one be read? */
static bool next_record(struct source *source)
{
	struct anyfile *file = source->state;
	struct pcap_pkthdr *header;
	off_t position;
	int result;

	if (file->pending != NULL || file->finished)
		return file->pending != NULL;
	position = ftello(file->stream);
	if (position > 0)
		file->record_offset = (uint64_t)position;
	result = pcap_next_ex(file->pcap, &header, &file->pending_bytes);
	if (result == 1)
		file->pending = header;
	else
		finish(source, result);
	return result == 1;
}

static void take_pending(struct source *source, struct frame *frame,
			 const uint8_t *bytes)
{
	struct anyfile *file = source->state;
	const struct pcap_pkthdr *header = file->pending;

	*frame = (struct frame){
		.time_ns = (int64_t)header->ts.tv_sec * 1000000000 +
			   header->ts.tv_usec, /* nanoseconds, as asked for */
		.number = ++source->facts.records,
		.bytes = bytes,
		.cap_len = header->caplen,
		.wire_len = header->len,
		.link_type = file->link_type,
	};
	file->pending = NULL;
}

static int anyfile_read(struct source *source, struct frame *frames, int max,
			struct nw_error *err)
{
	struct anyfile *file = source->state;
	size_t used = 0;
	int count = 0;

	while (count < max && next_record(source)) {
		if (file->pending->caplen > STASH_BYTES - used) {
			if (count == 0)
				take_pending(source, &frames[count++],
					     file->pending_bytes);
			break;
		}
		if (file->pending->caplen > 0)
			memcpy(file->stash + used, file->pending_bytes,
			       file->pending->caplen);
		take_pending(source, &frames[count], file->stash + used);
		used += frames[count++].cap_len;
	}
	if (count == 0 && file->fault.status != NW_OK) {
		fault_set(err, file->fault.status, "%s", file->fault.text);
		return -1;
	}
	return count;
}

/* libpcap on our input; its complaint in `error` when it cannot. */
static bool open_stream(struct source *source, char *error)
{
	static const cookie_io_functions_t functions = {
		.read = stream_read,
		.seek = stream_seek,
	};
	struct anyfile *file = source->state;

	file->stream = fopencookie(source, "r", functions);
	if (file->stream == NULL)
		return false;
	/* One thread reads it: a third less time on small packets. */
	__fsetlocking(file->stream, FSETLOCKING_BYCALLER);
	file->pcap = pcap_fopen_offline_with_tstamp_precision(
		file->stream, PCAP_TSTAMP_PRECISION_NANO, error);
	if (file->pcap == NULL)
		fclose(file->stream);
	return file->pcap != NULL;
}

/* Why open_stream() failed: the input, the memory, or the file's kind. */
static enum nw_status open_fault(struct source *source, const char *error,
				 const uint8_t *first, size_t left,
				 struct nw_error *err)
{
	const struct anyfile *file = source->state;

	if (file->fault.status != NW_OK)
		return fault_set(err, file->fault.status, "%s",
				 file->fault.text);
	if (file->stream == NULL || strstr(error, "memory") != NULL)
		return fault_no_memory(err, "opening a capture");
	return sniff_fault(source->input.name, first, left, error, err);
}

/* The number that the file has, which libpcap does not give back as it is. */
static uint16_t file_link_type(const uint8_t *header)
{
	bool swapped = header[0] != 0xa1
			       ? __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
			       : __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__;
	uint32_t link = load_u32(header + 20, swapped) & 0x03ffffff;

	return link > UINT16_MAX ? UINT16_MAX : (uint16_t)link;
}

enum nw_status anyfile_open(struct source *source, struct nw_error *err)
{
	static const struct reader reader = {anyfile_read, anyfile_close};
	char error[PCAP_ERRBUF_SIZE] = "";
	uint8_t first[512];
	size_t left = input_left(&source->input);
	struct anyfile *file = calloc(1, sizeof(*file));

	if (left > sizeof(first))
		left = sizeof(first);
	memcpy(first, source->input.at, left);
	source->state = file;
	source->reader = &reader;
	if (file == NULL || (file->stash = malloc(STASH_BYTES)) == NULL)
		return fault_no_memory(err, "opening a capture");
	if (!open_stream(source, error))
		return open_fault(source, error, first, left, err);
	file->link_type = file_link_type(first);
	source->facts.snaplen = (uint32_t)pcap_snapshot(file->pcap);
	return source_one_link_type(source, file->link_type, err);
}
