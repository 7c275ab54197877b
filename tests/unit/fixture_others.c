/* SPDX-License-Identifier: MIT
 *
 * The smaller ones of the results made by hand: see fixture_results.h.
 */
#include "fixture_results.h"

#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define NUMBER(value)                                                          \
	{                                                                      \
		.type = NW_NUMBER, .number = (value)                           \
	}

/* ---- hostile: IPv6, names that nobody should give ---- */

#define V6(last, number)                                                       \
	{                                                                      \
		.family = 6,                                                   \
		.address = {0x20, 0x01, 0x0d, 0xb8, 0xff, 0xff, 0xff, 0xff,    \
			    0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, (last)}, \
		.port = (number)                                               \
	}

static const struct nw_file hostile_files[] = {
	{.name = "\033[31mred.pcap", .link_type = "RAW", .packets = 3},
	{.name = "not \xff utf-8 \"\\.pcap", .link_type = "RAW"},
	{.name = "gr\xc3\xbc\xc3\x9f"
		 "e\n.pcap",
	 .link_type = "RAW",
	 .packets = 3},
};
static const struct nw_point hostile_points[] = {
	{.name = "a-point-with-a-rather-long-name",
	 .files = hostile_files,
	 .file_count = 2,
	 .packets = 3,
	 .flows = 1},
	{.name = "b", .files = hostile_files + 2, .file_count = 1, .flows = 1},
};
static const struct nw_flow hostile_flows[] = {
	{.point = 0,
	 .client = V6(0xf1, 65535),
	 .server = V6(0xf2, 65534),
	 .packets = 3},
	{.point = 1,
	 .client = V6(0xf3, 65533),
	 .server = V6(0xf4, 65532),
	 .packets = 3},
};
static const struct nw_path hostile_paths[] = {
	{.id = 7,
	 .match_class = NW_MATCH_STRONG,
	 .bits = -0.04,
	 .margin = INFINITY,
	 .flows = hostile_flows,
	 .flow_count = 2},
};
static const int64_t hostile_expected[] = {1001, 2001};
static const int64_t hostile_observed[] = {4294967295, 0};
static const struct nw_evidence hostile_frames[] = {
	{.point = 0,
	 .file = 1,
	 .frame = 18446744073709551615u,
	 .time_ns = -1,
	 .value = {.type = NW_NUMBERS,
		   .numbers = hostile_observed,
		   .number_count = 2}},
	{.point = 9, .file = 9, .value = {.type = NW_TEXT, .text = NULL}},
};
static const struct nw_finding hostile_findings[] = {
	{.id = 1,
	 .kind = "sack-out-of-range",
	 .class_ = NW_FAULT,
	 .category = "sack",
	 .severity = NW_ERROR,
	 .path = 7,
	 .direction = NW_FROM_CLIENT,
	 .field = "tcp.options.sack_le",
	 .expected = {.type = NW_NUMBERS,
		      .numbers = hostile_expected,
		      .number_count = 2},
	 .observed = {.type = NW_NUMBERS,
		      .numbers = hostile_observed,
		      .number_count = 2},
	 .count = 1,
	 .exposure = 1,
	 .between = {NW_NO_POINT, 0},
	 .text = "SACK edges lie outside of what was sent. "
		 "AVeryLongWordThatNobodyCanWrapBecauseItHasNoBlanksInItAtAll"
		 "AndGoesOnBeyondTheLine end.",
	 .evidence = hostile_frames,
	 .evidence_count = 2,
	 .consequences = (const uint32_t[]){99},
	 .consequence_count = 1},
};
static const struct nw_device hostile_devices[] = {
	{.between = {0, 1}, .verdict = NW_DEVICE_TRANSPARENT},
};

const struct nw_results fixture_hostile = {
	.verdict = NW_DISCREPANT,
	.points = hostile_points,
	.point_count = 2,
	.devices = hostile_devices,
	.device_count = 1,
	.paths = hostile_paths,
	.path_count = 1,
	.paths_total = 1,
	.paths_complete = 1,
	.packets = 6,
	.flows = 2,
	.findings_by_severity = {0, 1, 0, 0},
	.findings = hostile_findings,
	.finding_count = 1,
};

/* ---- clean and nothing ---- */

static const struct nw_file clean_files[] = {
	{.name = "in.pcap", .link_type = "EN10MB", .packets = 10},
	{.name = "out.pcap", .link_type = "EN10MB", .packets = 10},
};
static const struct nw_point clean_points[] = {
	{.name = "in",
	 .files = clean_files,
	 .file_count = 1,
	 .packets = 10,
	 .flows = 1,
	 .clock_known = true},
	{.name = "out",
	 .files = clean_files + 1,
	 .file_count = 1,
	 .packets = 10,
	 .flows = 1},
};
static const struct nw_check clean_checks[] = {
	{"ack", NW_FROM_CLIENT, 5, 0, 1},
	{"ack", NW_FROM_SERVER, 5, 0, 1},
};
static const struct nw_device clean_devices[] = {
	{.name = "fw",
	 .between = {0, 1},
	 .verdict = NW_DEVICE_TRANSPARENT,
	 .checks = clean_checks,
	 .check_count = 2},
};

const struct nw_results fixture_clean = {
	.verdict = NW_CONSISTENT,
	.packets = 20,
	.flows = 2,
	.paths_total = 1,
	.paths_complete = 1,
	.points = clean_points,
	.point_count = 2,
	.devices = clean_devices,
	.device_count = 1,
};

const struct nw_results fixture_nothing = {
	.verdict = NW_INCONCLUSIVE,
	.why = "no connection was found at two points.",
	.packets = 20,
	.flows = 2,
	.paths_total = 2,
	.unmatched_flows = 2,
	.points = clean_points,
	.point_count = 2,
};

/* ---- many ---- */

#define FAULT(number)                                                          \
	{                                                                      \
		.id = (number), .kind = "seq-wrong-delta", .class_ = NW_FAULT, \
		.category = "seq", .severity = NW_ERROR, .path = (number),     \
		.direction = NW_FROM_SERVER, .field = "tcp.seq",               \
		.expected = NUMBER(1), .observed = NUMBER(2),                  \
		.difference = NUMBER(1), .count = (number), .exposure = 1000,  \
		.between = {0, 1}, .text = "A sequence number is wrong."       \
	}

static const struct nw_finding many_findings[] = {
	FAULT(1),  FAULT(2),  FAULT(3),  FAULT(4),  FAULT(5),  FAULT(6),
	FAULT(7),  FAULT(8),  FAULT(9),  FAULT(10), FAULT(11), FAULT(12),
	FAULT(13), FAULT(14), FAULT(15), FAULT(16), FAULT(17), FAULT(18),
	FAULT(19), FAULT(20), FAULT(21), FAULT(22), FAULT(23), FAULT(24),
	FAULT(25), FAULT(26), FAULT(27), FAULT(28), FAULT(29), FAULT(30),
};
static const struct nw_device many_devices[] = {
	{.name = "a",
	 .between = {0, 1},
	 .verdict = NW_DEVICE_SUSPECT,
	 .why = "One of a and b does it."},
	{.name = "b",
	 .between = {0, 1},
	 .verdict = NW_DEVICE_SUSPECT,
	 .why = "One of a and b does it."},
};

const struct nw_results fixture_many = {
	.verdict = NW_DISCREPANT,
	.why = "a or b corrupts sequence numbers.",
	.packets = 20,
	.flows = 2,
	.paths_total = 30,
	.paths_complete = 30,
	.findings_by_severity = {0, 30, 0, 0},
	.points = clean_points,
	.point_count = 2,
	.devices = many_devices,
	.device_count = 2,
	.findings = many_findings,
	.finding_count = COUNT(many_findings),
};
