/* SPDX-License-Identifier: MIT
 *
 * BPF by libpcap: an expression is compiled once per link type and run on our
 * own records. libpcap counts link types in numbers of the host (DLT_), files
 * in their own (LINKTYPE_), and does not tell the mapping; so a file header
 * of 24 bytes in memory is handed to it to be read.
 */
#include "filter.h"

#include <pcap/pcap.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "fault.h"
#include "source.h"
#include "vec.h"

struct program {
	uint16_t link_type;
	struct bpf_program code;
};

struct filter {
	const char *expression;
	VEC(struct program) programs;
};

/* libpcap's view of an empty capture of that link type, or NULL. */
static pcap_t *empty_capture(uint16_t link_type)
{
	struct pcap_file_header header = {
		.magic = 0xa1b2c3d4,
		.version_major = 2,
		.version_minor = 4,
		.snaplen = 262144,
		.linktype = link_type,
	};
	char error[PCAP_ERRBUF_SIZE];
	FILE *file = fmemopen(&header, sizeof(header), "r");
	pcap_t *pcap;

	if (file == NULL)
		return NULL;
	pcap = pcap_fopen_offline(file, error);
	if (pcap == NULL)
		fclose(file);
	return pcap;
}

struct filter *filter_new(const char *expression)
{
	struct filter *filter = calloc(1, sizeof(*filter));

	if (filter != NULL)
		filter->expression = expression;
	return filter;
}

void filter_free(struct filter *filter)
{
	if (filter == NULL)
		return;
	vec_foreach (program, &filter->programs)
		pcap_freecode(&program->code);
	vec_fini(&filter->programs);
	free(filter);
}

static enum nw_status compile(struct filter *filter, struct program *program,
			      struct nw_error *err)
{
	char name[LINK_NAME_TEXT];
	enum nw_status status = NW_OK;
	pcap_t *pcap = link_type_name(program->link_type, name) != NULL
			       ? empty_capture(program->link_type)
			       : NULL;

	if (pcap == NULL)
		return fault_no_memory(err, "compiling a filter");
	if (pcap_compile(pcap, &program->code, filter->expression, 1,
			 PCAP_NETMASK_UNKNOWN) != 0)
		status = fault_set(
			err, NW_EUSAGE,
			"filter '%s' cannot be used on packets of link type "
			"%s: %s; see pcap-filter(7)",
			filter->expression, name, pcap_geterr(pcap));
	pcap_close(pcap);
	return status;
}

/* The program of a link type; compiled on first sight. */
static struct program *program_of(struct filter *filter, uint16_t link_type,
				  struct nw_error *err)
{
	struct program *program;

	vec_foreach (known, &filter->programs)
		if (known->link_type == link_type)
			return known;
	program = vec_push(&filter->programs);
	if (program == NULL) {
		fault_no_memory(err, "compiling a filter");
		return NULL;
	}
	program->link_type = link_type;
	if (compile(filter, program, err) != NW_OK) {
		filter->programs.count--;
		return NULL;
	}
	return program;
}

enum nw_status filter_prepare(struct filter *filter, uint16_t link_type,
			      struct nw_error *err)
{
	if (program_of(filter, link_type, err) == NULL)
		return err != NULL ? err->status : NW_EUSAGE;
	return NW_OK;
}

int filter_accepts(struct filter *filter, const struct frame *frame,
		   struct nw_error *err)
{
	struct program *program = program_of(filter, frame->link_type, err);
	struct pcap_pkthdr header = {
		.caplen = frame->cap_len,
		.len = frame->wire_len,
	};

	if (program == NULL)
		return -1;
	return pcap_offline_filter(&program->code, &header, frame->bytes) != 0;
}

const char *link_type_name(uint16_t link_type, char text[LINK_NAME_TEXT])
{
	pcap_t *pcap = empty_capture(link_type);
	const char *name;

	if (pcap == NULL)
		return NULL;
	name = pcap_datalink_val_to_name(pcap_datalink(pcap));
	if (name != NULL)
		snprintf(text, LINK_NAME_TEXT, "%s", name);
	else
		snprintf(text, LINK_NAME_TEXT, "LINKTYPE_%u", link_type);
	pcap_close(pcap);
	return text;
}
