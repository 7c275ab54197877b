/* SPDX-License-Identifier: MIT
 *
 * natwitness: captures from both sides of each device in, verdicts out.
 *
 *	struct nw_error err = {0};
 *	struct nw_audit *audit = nw_audit_new(NULL, &err);
 *
 *	nw_audit_add_input(audit, "client", &(struct nw_input){
 *		.file = "client.pcap" }, &err);
 *	nw_audit_add_input(audit, "server", &(struct nw_input){
 *		.file = "server.pcap" }, &err);
 *	if (nw_audit_run(audit, &err) != NW_OK) {
 *		fprintf(stderr, "%s\n", err.text);
 *		nw_audit_free(audit);
 *		return 2;
 *	}
 *	const struct nw_results *results = nw_audit_results(audit);
 *	nw_report_text(results, NULL, stdout, &err);
 *	int code = nw_exit_code(results);
 *	nw_audit_free(audit);
 *	return code;
 *
 * The first error wins: once `err` holds one, later calls that are given the
 * same `err` leave it as it is, so that a run of calls may be checked at its
 * end. An audit belongs to one thread at a time; it starts and joins threads
 * of its own inside nw_audit_run().
 */
#ifndef NATWITNESS_H
#define NATWITNESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

#ifdef __cplusplus
extern "C" {
#endif

#define NW_API      __attribute__((visibility("default")))
#define NW_MUST_USE __attribute__((warn_unused_result))

/* ---- version and errors ---- */

enum nw_status {
	NW_OK = 0,
	NW_EUSAGE,  /* the caller asked for something that makes no sense */
	NW_EIO,     /* the operating system refused to open, read or write */
	NW_EFORMAT, /* a file is not what it should be */
	NW_ENOMEM,
};

/* One program error in the caller's storage. `text` is a whole sentence that
 * names the file, the offset and the remedy; outer layers add nothing. */
struct nw_error {
	enum nw_status status;
	char text[512];
};

NW_API const char *nw_version(void);

/* ---- what to audit ---- */

struct nw_options {
	bool all_paths;        /* keep clean paths in the results too */
	uint32_t max_findings; /* how many are listed; 0: 1000 */
	uint32_t threads;      /* 0: as many as there are cores */
	const char *filter;    /* BPF expression for all inputs, or NULL */
	int64_t from_ns;       /* packets before are ignored; 0: none */
	int64_t to_ns;         /* packets from here on are ignored; 0: none */
	enum nw_severity_floor {
		NW_FAIL_ON_ERROR = 0,
		NW_FAIL_ON_CRITICAL,
		NW_FAIL_ON_WARNING,
	} fail_on;
	/* Called from reading threads with bytes read so far of all inputs
	 * and their total (0 when not known); may be NULL. */
	void (*progress)(void *context, uint64_t bytes, uint64_t total);
	void *progress_context;
};

/* One capture of a point. Strings are copied. */
struct nw_input {
	const char *file; /* "-" is standard input */
	const char *name; /* as the report shall call it; NULL: base name */
	const char *interface; /* name or number, or NULL for all */
	const char *filter;    /* BPF expression, or NULL */
};

struct nw_audit;

/* `options` may be NULL and is copied. NULL only for lack of memory. */
NW_API struct nw_audit *nw_audit_new(const struct nw_options *options,
				     struct nw_error *err);
NW_API void nw_audit_free(struct nw_audit *audit);

/* Adds a capture to the point of that name; a new name makes a new point
 * behind the last one: points are named from client side to server side. */
NW_API enum nw_status nw_audit_add_input(struct nw_audit *audit,
					 const char *point,
					 const struct nw_input *input,
					 struct nw_error *err);

/* Names a device between two neighbouring points, nearer the client first.
 * Several may share a hop. Both points must have been added. */
NW_API enum nw_status nw_audit_add_device(struct nw_audit *audit,
					  const char *name, const char *before,
					  const char *behind,
					  struct nw_error *err);

/* Reads, matches, compares. On success the results are there; an unreadable
 * or malformed file is NW_EIO or NW_EFORMAT and there are none. */
NW_API enum nw_status nw_audit_run(struct nw_audit *audit,
				   struct nw_error *err) NW_MUST_USE;

/* ---- results ---- */

enum nw_verdict { NW_CONSISTENT, NW_DISCREPANT, NW_INCONCLUSIVE };
enum nw_class { NW_FAULT, NW_TRANSLATION, NW_BEHAVIOUR, NW_ARTIFACT };
enum nw_severity { NW_CRITICAL, NW_ERROR, NW_WARNING, NW_INFO };
#define NW_SEVERITIES 4
enum nw_direction { NW_FROM_CLIENT, NW_FROM_SERVER, NW_BOTH };
enum nw_match_class {
	NW_MATCH_CERTAIN,
	NW_MATCH_STRONG,
	NW_MATCH_POSSIBLE,
	NW_MATCH_AMBIGUOUS,
};

/* What is left of a device after the audit (DESIGN 4, FINDINGS H.6). */
enum nw_device_verdict {
	NW_DEVICE_CORRUPTS,
	NW_DEVICE_SUSPECT,
	NW_DEVICE_MASKS,
	NW_DEVICE_TRANSLATES,
	NW_DEVICE_TRANSPARENT,
	NW_DEVICE_NOT_EXERCISED,
	NW_DEVICE_NOT_OBSERVABLE,
};

/* Index of a point; NW_NO_POINT stands for what lies beyond the outermost
 * points ("upstream" before the first, "downstream" behind the last). */
#define NW_NO_POINT UINT32_MAX

struct nw_hop {
	uint32_t before; /* point nearer the client, or NW_NO_POINT */
	uint32_t behind; /* point nearer the server, or NW_NO_POINT */
};

struct nw_endpoint {
	uint8_t family;      /* 4 or 6 */
	uint8_t address[16]; /* network byte order; IPv4: the first four */
	uint16_t port;       /* host byte order */
};

/* Longest text of nw_address_text(), with its NUL. */
#define NW_ADDRESS_TEXT 46
/* Writes the address without the port (RFC 5952); returns `text`. */
NW_API char *nw_address_text(const struct nw_endpoint *endpoint,
			     char text[NW_ADDRESS_TEXT]);

/* Health: packets that were read and not audited, by reason. */
struct nw_count {
	const char *name; /* kebab-case, stable */
	uint64_t count;
};

struct nw_file {
	const char *name;
	const char *link_type;     /* "EN10MB", ...; the first one if several */
	uint32_t snaplen;          /* 0: not limited */
	uint64_t packets;          /* records read that passed the filters */
	int64_t first_ns, last_ns; /* since 1970 UTC; 0 without packets */
	bool cut;                  /* ends in the middle of a record ... */
	uint64_t cut_offset;       /* ... at this byte */
};

struct nw_point {
	const char *name;
	const struct nw_file *files;
	size_t file_count;
	uint64_t packets; /* TCP segments audited */
	uint64_t flows;
	/* Against the first point: this clock minus that clock. */
	bool clock_known;
	int64_t clock_offset_ns;
	int64_t clock_uncertainty_ns;
	double clock_drift_ppm;
	uint64_t truncated_packets; /* cut by the snap length */
	const struct nw_count *skipped;
	size_t skipped_count;
	const struct nw_count *notes; /* other health facts, counted */
	size_t note_count;
};

struct nw_check {
	const char *category; /* "ack", "seq", ... */
	enum nw_direction direction;
	uint64_t compared;
	uint64_t violations;
	uint64_t paths;
};

struct nw_device {
	const char *name; /* NULL: the hop has no named device */
	struct nw_hop between;
	enum nw_device_verdict verdict;
	const char *why;
	const char *refuted_by;   /* NULL when nothing is claimed */
	const uint32_t *findings; /* ids */
	size_t finding_count;
	const struct nw_check *checks;
	size_t check_count;
};

struct nw_flow {
	uint32_t point;
	struct nw_endpoint client, server;
	bool has_isn_client, has_isn_server;
	bool roles_guessed; /* no SYN was seen */
	uint32_t isn_client, isn_server;
	uint64_t packets;
	int64_t first_ns, last_ns;
};

struct nw_translation {
	struct nw_hop between;
	const char *const *kinds; /* "nat-snat", ... */
	size_t kind_count;
	bool has_offset[2];     /* by direction of the stream */
	uint32_t seq_offset[2]; /* behind minus before, mod 2^32 */
};

/* One segment of a path at one point, for the ladder. */
struct nw_segment {
	uint32_t point;
	uint32_t file; /* index into the point's files */
	uint64_t frame;
	int64_t time_ns;
	enum nw_direction direction;
	uint8_t flags;     /* FIN 1, SYN 2, RST 4, PSH 8, ACK 16, URG 32 */
	uint32_t seq, ack; /* as captured */
	bool has_relative;
	int64_t relative_seq, relative_ack; /* to the ISNs at this point */
	uint32_t length;                    /* payload bytes on the wire */
	uint16_t window;                    /* raw */
	uint32_t finding; /* id of a finding that shows it, or 0 */
};

struct nw_path {
	uint32_t id; /* "p1" in the report; from 1 */
	enum nw_match_class match_class;
	double bits, margin;
	const char *const *evidence; /* feature names, strongest first */
	size_t evidence_count;
	const struct nw_flow *flows; /* by point, then by time */
	size_t flow_count;
	const struct nw_translation *translations;
	size_t translation_count;
	const struct nw_segment *segments; /* by time at the first point */
	size_t segment_count;
};

struct nw_value {
	enum nw_value_type {
		NW_NULL = 0,
		NW_NUMBER,
		NW_NUMBERS,
		NW_TEXT,
	} type;
	int64_t number;
	const int64_t *numbers;
	size_t number_count;
	const char *text;
};

struct nw_evidence {
	uint32_t point;
	uint32_t file; /* index into the point's files */
	uint64_t frame;
	int64_t time_ns;
	struct nw_value value;
};

struct nw_cause {
	const char *hypothesis;
	enum nw_claim { NW_CONFIRMED, NW_LIKELY, NW_COMPATIBLE } claim;
	double p;
	const char *text;
};

/* How a wrong number set in. */
struct nw_onset {
	bool known;
	bool has_last_right; /* a segment before was right: this one */
	struct nw_evidence last_right, first_wrong;
	const char *const *between; /* what happened between the two */
	size_t between_count;
	int64_t silence_ns;    /* the longest one between the two */
	const char *scope;     /* which ones are wrong since: "all", ... */
	uint64_t wrong, right; /* since the first wrong one, with it */
	const char *text;      /* one sentence for people */
};

struct nw_finding {
	uint32_t id; /* from 1 */
	const char *kind;
	enum nw_class class_;
	const char *category;
	enum nw_severity severity;
	uint32_t path;         /* id, or 0 when it speaks of many */
	const uint32_t *paths; /* the first ones, when it speaks of many */
	size_t path_count;     /* how many of them are listed */
	uint64_t paths_total;
	enum nw_direction direction;
	const char *field; /* Wireshark's name, or NULL */
	struct nw_value expected, observed, difference;
	uint64_t count;    /* segments with the fault */
	uint64_t exposure; /* segments that could have had it */
	struct nw_hop between;
	const char *device; /* NULL unless one alone is in the hop */
	const char *text;   /* one sentence for people */
	const struct nw_evidence *evidence;
	size_t evidence_count;
	const struct nw_cause *causes; /* best first */
	size_t cause_count;
	const char *const *tested; /* hypotheses: all that could be asked */
	size_t tested_count;
	struct nw_onset onset;        /* of wrong numbers on one path */
	const uint32_t *consequences; /* ids */
	size_t consequence_count;
	uint32_t consequence_of; /* id, or 0 */
};

struct nw_undecided {
	const char *question;
	const char *would_decide;
};

struct nw_next_capture {
	struct nw_hop between;
	const char *why, *if_before, *if_after;
};

struct nw_results {
	enum nw_verdict verdict;
	const char *why; /* one sentence */
	enum nw_severity_floor fail_on;
	uint64_t packets, flows, paths_total, paths_complete;
	uint64_t unmatched_flows, ambiguous_flows;
	uint64_t findings_by_severity[NW_SEVERITIES]; /* of class fault; and
							 info: all classes */
	const struct nw_point *points;
	size_t point_count;
	const struct nw_device *devices;
	size_t device_count;
	const struct nw_path *paths; /* those with faults, or all */
	size_t path_count;
	const struct nw_finding *findings; /* faults first, worst first */
	size_t finding_count;
	const struct nw_undecided *undecided;
	size_t undecided_count;
	const struct nw_next_capture *next_captures;
	size_t next_capture_count;
};

/* Borrowed until nw_audit_free(); NULL before a successful run. */
NW_API const struct nw_results *nw_audit_results(const struct nw_audit *audit);

/* 0, 1 or 3, as the command line returns it. */
NW_API int nw_exit_code(const struct nw_results *results);

/* ---- reports ---- */

struct nw_text_options {
	bool color;
	bool utc;       /* times as UTC instead of local time */
	uint32_t width; /* columns; 0: 80 */
};

/* Both write to an open stream and report a failed write as NW_EIO. */
NW_API enum nw_status nw_report_json(const struct nw_results *results,
				     FILE *out, struct nw_error *err);
NW_API enum nw_status nw_report_text(const struct nw_results *results,
				     const struct nw_text_options *options,
				     FILE *out, struct nw_error *err);

#ifdef __cplusplus
}
#endif
#endif
