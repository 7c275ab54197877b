/* SPDX-License-Identifier: MIT
 *
 * A capture file as a stream of frames. Own block readers for pcap and pcapng
 * (read(2) in 256 KiB blocks: three to thirteen times as fast as libpcap);
 * libpcap for every other savefile type. Frames come in batches, so that the
 * choice of reader costs one call per batch.
 */
#ifndef NW_SOURCE_H
#define NW_SOURCE_H

#include "frame.h"
#include "natwitness.h"

/* The longest frame that is believed; a longer one is a malformed file. */
#define FRAME_MAX_BYTES (16u << 20)

struct source_options {
	const char *file;       /* "-": standard input */
	const char *interface;  /* name or decimal number, or NULL; in
				  Linux cooked v2 the index in a packet */
	const char *filter;     /* BPF expression, or NULL */
	int64_t from_ns, to_ns; /* half-open; 0: no bound */
};

/* What is known of the file; complete after the last read. */
struct source_facts {
	uint64_t size;         /* bytes, 0 when not known (pipe) */
	uint64_t offset;       /* bytes consumed */
	uint64_t records;      /* all packets, selected or not */
	uint16_t link_type;    /* of the first selected interface */
	uint32_t snaplen;      /* largest of all interfaces, 0: no limit */
	bool cut;              /* the file ends inside a record ... */
	uint64_t cut_offset;   /* ... that begins here */
	uint64_t dropped;      /* packets that the capturing host says it lost
				  (pcapng ISB: isb_ifdrop + isb_osdrop) */
	uint64_t selected_out; /* records that options did not select */
};

struct source;

/* Opens a capture. NULL with `err` set when it cannot be read, is empty, or
 * is no capture; the text names the file, the offset and the remedy. An
 * interface that the file does not have is an error once the file ends
 * (pcapng may describe interfaces late). */
struct source *source_open(const struct source_options *options,
			   struct nw_error *err);
void source_close(struct source *source);

/* Reads up to `max` selected frames. Returns their number, 0 at the end, -1
 * with `err` set on an error. A file that is cut inside a record ends there
 * and says so in the facts. Earlier frames' bytes are gone. */
int source_read(struct source *source, struct frame *frames, int max,
		struct nw_error *err);

const struct source_facts *source_facts(const struct source *source);

/* Name of a link type as libpcap has it ("EN10MB"), or "LINKTYPE_<n>".
 * NULL: no memory. */
#define LINK_NAME_TEXT 24
const char *link_type_name(uint16_t link_type, char text[LINK_NAME_TEXT]);

#endif
