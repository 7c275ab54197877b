/* SPDX-License-Identifier: MIT
 *
 * Inside of a source: what the readers of the file types share. A reader
 * turns the input's bytes into batches of frames; source.c owns the input,
 * opens the right reader and applies what the options select.
 */
#ifndef NW_READER_H
#define NW_READER_H

#include "input.h"
#include "source.h"

struct filter;

struct reader {
	/* As source_read(), before filter and times; 0 only at the end. */
	int (*read)(struct source *source, struct frame *frames, int max,
		    struct nw_error *err);
	void (*close)(struct source *source);
};

#define KNOWN_INTERFACES_TEXT 160
#define KNOWN_INDEXES         16

struct source {
	struct input input;
	struct source_facts facts;
	const struct reader *reader;
	void *state; /* the reader's own */
	char *file;

	/* What is selected. */
	char *interface;          /* or NULL */
	int64_t interface_number; /* of it, or -1 */
	bool interface_found;
	bool by_index; /* every frame is to be asked for its interface */
	bool by_time;
	char known[KNOWN_INTERFACES_TEXT]; /* interfaces seen, for a message */
	uint32_t indexes[KNOWN_INDEXES];   /* those of cooked v2 among them */
	size_t index_count;
	char *expression; /* BPF, or NULL */
	struct filter *filter;
	int64_t from_ns, to_ns;
};

/* Readers: each begins at offset 0 with the first bytes already in the
 * input, sets `reader` and `state`. */
enum nw_status pcapfile_open(struct source *source, struct nw_error *err);
enum nw_status pcapngfile_open(struct source *source, struct nw_error *err);
enum nw_status anyfile_open(struct source *source, struct nw_error *err);

/* Is it a file that our own readers read, to be told by `left` first bytes? */
bool pcapfile_matches(const uint8_t *bytes, size_t left);
bool pcapngfile_matches(const uint8_t *bytes, size_t left);

/* The file is no capture: says what it is instead (sniff.c). `reason` is
 * what libpcap thinks. */
enum nw_status sniff_fault(const char *name, const uint8_t *bytes, size_t left,
			   const char *reason, struct nw_error *err);

/* The file ends inside a record that begins where the input stands. */
void source_set_cut(struct source *source);

/* Remembers an interface's name or number for the message that another one
 * was asked for. */
void source_note_interface(struct source *source, uint32_t number,
			   const char *name);

/* A Linux cooked v2 frame says its interface itself: is it the selected? */
bool source_index_matches(struct source *source, const struct frame *frame);

/* A file with one link type: "interface" must be one that it can tell. */
enum nw_status source_one_link_type(struct source *source, uint16_t link_type,
				    struct nw_error *err);

#endif
