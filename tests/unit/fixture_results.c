/* SPDX-License-Identifier: MIT
 *
 * Results made by hand: see fixture_results.h. The numbers of the first one
 * are those of the capture that this project began with: an ACK of 2962498563
 * that left the load balancer as 2106390967.
 */
#include "fixture_results.h"

#include <math.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))
#define LIST(array)  (array), COUNT(array)
#define V4(a, b, c, d, number)                                                 \
	{                                                                      \
		.family = 4, .address = {a, b, c, d}, .port = (number)         \
	}
#define NUMBER(value)                                                          \
	{                                                                      \
		.type = NW_NUMBER, .number = (value)                           \
	}
#define TIME(ns) (INT64_C(1714564800) * 1000000000 + (ns))

enum { CLIENT, FW1_OUT, FW2_OUT, LB_OUT, SERVER };

/* ---- seed: points ---- */

static const struct nw_file seed_files[5][1] = {
	{{.name = "client.pcap",
	  .link_type = "EN10MB",
	  .snaplen = 262144,
	  .packets = 146,
	  .first_ns = TIME(0),
	  .last_ns = TIME(60000000000)}},
	{{.name = "fw1-out.pcap",
	  .link_type = "EN10MB",
	  .snaplen = 262144,
	  .packets = 146,
	  .first_ns = TIME(1000000),
	  .last_ns = TIME(60001000000)}},
	{{.name = "fw2-out.pcap",
	  .link_type = "EN10MB",
	  .snaplen = 96,
	  .packets = 146,
	  .first_ns = TIME(37002000000),
	  .last_ns = TIME(97002000000)}},
	{{.name = "lb-out.pcap",
	  .link_type = "LINUX_SLL2",
	  .packets = 150,
	  .first_ns = TIME(3000000),
	  .last_ns = TIME(60003000000),
	  .cut = true,
	  .cut_offset = 1234567}},
	{{.name = "server.pcap",
	  .link_type = "EN10MB",
	  .snaplen = 262144,
	  .packets = 150,
	  .first_ns = TIME(4000000),
	  .last_ns = TIME(60004000000)}},
};

static const struct nw_count seed_skipped[] = {{"not-tcp", 1203},
					       {"fragment", 2}};
static const struct nw_count seed_notes[] = {{"duplicates", 4}};

static const struct nw_point seed_points[] = {
	{.name = "client",
	 .files = seed_files[CLIENT],
	 .file_count = 1,
	 .packets = 146,
	 .flows = 50,
	 .clock_known = true,
	 .skipped = seed_skipped,
	 .skipped_count = 2},
	{.name = "fw1-out",
	 .files = seed_files[FW1_OUT],
	 .file_count = 1,
	 .packets = 146,
	 .flows = 50,
	 .clock_known = true,
	 .clock_offset_ns = -12345,
	 .clock_uncertainty_ns = 400000,
	 .clock_drift_ppm = -0.25},
	{.name = "fw2-out",
	 .files = seed_files[FW2_OUT],
	 .file_count = 1,
	 .packets = 146,
	 .flows = 50,
	 .clock_known = true,
	 .clock_offset_ns = 37000123456,
	 .clock_uncertainty_ns = 512000,
	 .clock_drift_ppm = 60.0625,
	 .truncated_packets = 41,
	 .notes = seed_notes,
	 .note_count = 1},
	{.name = "lb-out",
	 .files = seed_files[LB_OUT],
	 .file_count = 1,
	 .packets = 150,
	 .flows = 50},
	{.name = "server",
	 .files = seed_files[SERVER],
	 .file_count = 1,
	 .packets = 150,
	 .flows = 50,
	 .clock_known = true,
	 .clock_offset_ns = 4000000,
	 .clock_uncertainty_ns = 300000},
};

/* ---- seed: devices ---- */

static const struct nw_check seed_fw1_checks[] = {
	{"ack", NW_FROM_CLIENT, 1234, 0, 50},
	{"ack", NW_FROM_SERVER, 1100, 0, 50},
	{"seq", NW_FROM_CLIENT, 1300, 0, 50},
};
static const struct nw_check seed_lb_checks[] = {
	{"ack", NW_FROM_CLIENT, 1234, 1241, 50},
	{"seq", NW_FROM_CLIENT, 1300, 0, 50},
};
static const uint32_t seed_fw1_ids[] = {6};
static const uint32_t seed_fw2_ids[] = {7};
static const uint32_t seed_lb_ids[] = {1, 2};

static const struct nw_device seed_devices[] = {
	{.name = "fw1",
	 .between = {CLIENT, FW1_OUT},
	 .verdict = NW_DEVICE_TRANSLATES,
	 .why = "Everything that left it follows from what came in.",
	 .findings = seed_fw1_ids,
	 .finding_count = 1,
	 .checks = seed_fw1_checks,
	 .check_count = COUNT(seed_fw1_checks)},
	{.name = "wan",
	 .between = {FW1_OUT, FW2_OUT},
	 .verdict = NW_DEVICE_TRANSPARENT,
	 .why = "Nothing changed.",
	 .checks = seed_fw1_checks,
	 .check_count = 1},
	{.name = "fw2",
	 .between = {FW1_OUT, FW2_OUT},
	 .verdict = NW_DEVICE_TRANSLATES,
	 .why = "Everything that left it follows from what came in.",
	 .findings = seed_fw2_ids,
	 .finding_count = 1,
	 .checks = seed_fw1_checks,
	 .check_count = 1},
	{.name = "lb",
	 .between = {FW2_OUT, LB_OUT},
	 .verdict = NW_DEVICE_CORRUPTS,
	 .why = "1,241 ACK numbers that entered it right left it wrong; both "
		"sides were captured.",
	 .refuted_by = "a capture between fw2 and lb that shows the wrong "
		       "number already",
	 .findings = seed_lb_ids,
	 .finding_count = 2,
	 .checks = seed_lb_checks,
	 .check_count = 2},
	{.name = NULL,
	 .between = {LB_OUT, SERVER},
	 .verdict = NW_DEVICE_NOT_EXERCISED,
	 .why = "No segment was seen at both points."},
};

/* ---- seed: the connection ---- */

static const struct nw_flow seed_flows[] = {
	{.point = CLIENT,
	 .client = V4(10, 0, 0, 7, 40712),
	 .server = V4(192, 0, 2, 10, 80),
	 .has_isn_client = true,
	 .has_isn_server = true,
	 .isn_client = 4026531839,
	 .isn_server = 2962498562,
	 .packets = 14,
	 .first_ns = TIME(1000000000),
	 .last_ns = TIME(9000000000)},
	{.point = FW1_OUT,
	 .client = V4(198, 51, 100, 4, 61034),
	 .server = V4(192, 0, 2, 10, 80),
	 .has_isn_client = true,
	 .has_isn_server = true,
	 .isn_client = 4026531839,
	 .isn_server = 2962498562,
	 .packets = 14,
	 .first_ns = TIME(1001000000),
	 .last_ns = TIME(9001000000)},
	{.point = FW2_OUT,
	 .client = V4(198, 51, 100, 4, 61034),
	 .server = V4(172, 16, 0, 10, 8000),
	 .has_isn_client = true,
	 .has_isn_server = true,
	 .isn_client = 4026531839,
	 .isn_server = 2962498562,
	 .packets = 14,
	 .first_ns = TIME(38002000000),
	 .last_ns = TIME(46002000000)},
	{.point = LB_OUT,
	 .client = V4(198, 51, 100, 4, 61034),
	 .server = V4(172, 16, 1, 21, 8080),
	 .has_isn_client = true,
	 .has_isn_server = true,
	 .isn_client = 4026531839,
	 .isn_server = 2962498562,
	 .packets = 21,
	 .first_ns = TIME(1003000000),
	 .last_ns = TIME(9003000000)},
	{.point = SERVER,
	 .client = V4(198, 51, 100, 4, 61034),
	 .server = V4(172, 16, 1, 21, 8080),
	 .has_isn_server = true,
	 .roles_guessed = true,
	 .isn_server = 2962498562,
	 .packets = 20,
	 .first_ns = TIME(1004000000),
	 .last_ns = TIME(9004000000)},
};

static const char *const seed_evidence_names[] = {"client-endpoint", "isn",
						  "payload"};
static const char *const seed_snat[] = {"nat-snat"};
static const char *const seed_dnat[] = {"nat-dnat", "seq-isn-shift"};

static const struct nw_translation seed_translations[] = {
	{.between = {CLIENT, FW1_OUT},
	 .kinds = seed_snat,
	 .kind_count = 1,
	 .has_offset = {true, true}},
	{.between = {FW2_OUT, LB_OUT},
	 .kinds = seed_dnat,
	 .kind_count = 2,
	 .has_offset = {true, false},
	 .seq_offset = {4294967295, 0}},
};

static const struct nw_segment seed_segments[] = {
	{.point = CLIENT,
	 .frame = 11,
	 .time_ns = TIME(1000000000),
	 .direction = NW_FROM_CLIENT,
	 .flags = 2,
	 .seq = 4026531839,
	 .has_relative = true,
	 .window = 64240},
	{.point = FW2_OUT,
	 .frame = 61,
	 .time_ns = TIME(39002000000),
	 .direction = NW_FROM_CLIENT,
	 .flags = 24,
	 .seq = 4026531840,
	 .ack = 2962498563,
	 .has_relative = true,
	 .relative_seq = 1,
	 .relative_ack = 1,
	 .length = 412,
	 .window = 502,
	 .finding = 1},
	{.point = LB_OUT,
	 .frame = 58,
	 .time_ns = TIME(2003000000),
	 .direction = NW_FROM_CLIENT,
	 .flags = 24,
	 .seq = 4026531840,
	 .ack = 2106390967,
	 .length = 412,
	 .window = 502,
	 .finding = 1},
};

static const struct nw_path seed_paths[] = {
	{.id = 1,
	 .match_class = NW_MATCH_CERTAIN,
	 .bits = 61.24,
	 .margin = 40.05,
	 .evidence = seed_evidence_names,
	 .evidence_count = 3,
	 .flows = seed_flows,
	 .flow_count = 5,
	 .translations = seed_translations,
	 .translation_count = 2,
	 .segments = seed_segments,
	 .segment_count = 3},
};

/* ---- seed: findings ---- */

static const struct nw_evidence seed_frames[] = {
	{.point = FW2_OUT,
	 .frame = 61,
	 .time_ns = TIME(39002000000),
	 .value = NUMBER(2962498563)},
	{.point = LB_OUT,
	 .frame = 58,
	 .time_ns = TIME(2003000000),
	 .value = NUMBER(2106390967)},
	{.point = FW2_OUT,
	 .frame = 63,
	 .time_ns = TIME(39302000000),
	 .value = NUMBER(2962498563)},
	{.point = LB_OUT,
	 .frame = 60,
	 .time_ns = TIME(2303000000),
	 .value = NUMBER(2106390967)},
};
static const struct nw_evidence seed_rst_frames[] = {
	{.point = LB_OUT,
	 .frame = 59,
	 .time_ns = TIME(2003400000),
	 .value = NUMBER(2106390967)},
};

static const struct nw_cause seed_causes[] = {
	{"stale-incarnation", NW_LIKELY, 1e-6,
	 "2106390967 lies 1,204 bytes into the previous connection of the same "
	 "tuple, which ended 3.2 s before this one began."},
	{"random", NW_COMPATIBLE, NAN, NULL},
};
static const uint32_t seed_led_to[] = {4};
static const uint32_t seed_group[] = {1, 5, 9};

static const struct nw_finding seed_findings[] = {
	{.id = 1,
	 .kind = "ack-stale-incarnation",
	 .class_ = NW_FAULT,
	 .category = "ack",
	 .severity = NW_CRITICAL,
	 .path = 1,
	 .direction = NW_FROM_CLIENT,
	 .field = "tcp.ack",
	 .expected = NUMBER(2962498563),
	 .observed = NUMBER(2106390967),
	 .difference = NUMBER(-856107596),
	 .count = 7,
	 .exposure = 12,
	 .between = {FW2_OUT, LB_OUT},
	 .device = "lb",
	 .text = "lb passes on 7 segments with an ACK number of the previous "
		 "connection of the same tuple.",
	 .evidence = seed_frames,
	 .evidence_count = COUNT(seed_frames),
	 .causes = seed_causes,
	 .cause_count = 2,
	 .consequences = seed_led_to,
	 .consequence_count = 1},
	{.id = 2,
	 .kind = "ack-stale-incarnation",
	 .class_ = NW_FAULT,
	 .category = "ack",
	 .severity = NW_CRITICAL,
	 .paths = seed_group,
	 .path_count = 3,
	 .paths_total = 1234,
	 .direction = NW_FROM_CLIENT,
	 .field = "tcp.ack",
	 .count = 1234,
	 .exposure = 4321,
	 .between = {FW2_OUT, LB_OUT},
	 .device = "lb",
	 .text = "The same on 1,234 more connections."},
	{.id = 3,
	 .kind = "path-dup",
	 .class_ = NW_FAULT,
	 .category = "path",
	 .severity = NW_WARNING,
	 .path = 1,
	 .direction = NW_BOTH,
	 .count = 1,
	 .exposure = 14,
	 .between = {CLIENT, FW1_OUT},
	 .device = "fw1",
	 .text = "fw1 sent a segment twice."},
	{.id = 4,
	 .kind = "ep-rst-from-bad-ack",
	 .class_ = NW_BEHAVIOUR,
	 .category = "endpoint",
	 .severity = NW_ERROR,
	 .path = 1,
	 .direction = NW_FROM_SERVER,
	 .field = "tcp.flags.reset",
	 .observed = {.type = NW_TEXT, .text = "RST"},
	 .count = 7,
	 .exposure = 7,
	 .between = {SERVER, NW_NO_POINT},
	 .text = "The server answered the wrong ACK with a RST whose sequence "
		 "number is that ACK: its socket was half-open.",
	 .evidence = seed_rst_frames,
	 .evidence_count = 1,
	 .consequence_of = 1},
	{.id = 5,
	 .kind = "ep-defer-accept-suspected",
	 .class_ = NW_BEHAVIOUR,
	 .category = "endpoint",
	 .severity = NW_INFO,
	 .path = 1,
	 .direction = NW_FROM_SERVER,
	 .count = 1,
	 .exposure = 1,
	 .between = {SERVER, NW_NO_POINT},
	 .text = "The server repeated its SYN/ACK after the client's ACK: it "
		 "probably listens with TCP_DEFER_ACCEPT."},
	{.id = 6,
	 .kind = "nat-snat",
	 .class_ = NW_TRANSLATION,
	 .category = "nat-mapping",
	 .severity = NW_INFO,
	 .paths = seed_group,
	 .path_count = 3,
	 .paths_total = 50,
	 .direction = NW_BOTH,
	 .count = 50,
	 .exposure = 50,
	 .between = {CLIENT, FW1_OUT},
	 .device = "fw1",
	 .text = "fw1 replaces 10.0.0.7 by 198.51.100.4."},
	{.id = 7,
	 .kind = "nat-dnat",
	 .class_ = NW_TRANSLATION,
	 .category = "nat-mapping",
	 .severity = NW_INFO,
	 .paths = seed_group,
	 .path_count = 3,
	 .paths_total = 50,
	 .direction = NW_BOTH,
	 .count = 50,
	 .exposure = 50,
	 .between = {FW1_OUT, FW2_OUT},
	 .text = "192.0.2.10:80 becomes 172.16.0.10:8000."},
	{.id = 8,
	 .kind = "cap-missed-packet",
	 .class_ = NW_ARTIFACT,
	 .category = "capture-artifact",
	 .severity = NW_INFO,
	 .path = 1,
	 .direction = NW_FROM_SERVER,
	 .field = "tcp.options.sack_le",
	 .expected = {.type = NW_NUMBERS,
		      .numbers = (const int64_t[]){1, 1461},
		      .number_count = 2},
	 .count = 1,
	 .exposure = 14,
	 .between = {NW_NO_POINT, CLIENT},
	 .text = "The capture at server missed one segment that was "
		 "acknowledged later."},
};

static const struct nw_undecided seed_undecided[] = {
	{"Which of wan and fw2 translates the destination?",
	 "a capture between wan and fw2"},
};
static const struct nw_next_capture seed_next[] = {
	{{FW1_OUT, FW2_OUT},
	 "the hop holds two devices",
	 "wan does it",
	 "fw2 does it"},
};

const struct nw_results fixture_seed = {
	.verdict = NW_DISCREPANT,
	.why = "lb corrupts the ACK numbers of 1,235 connections.",
	.packets = 734,
	.flows = 250,
	.paths_total = 1300,
	.paths_complete = 1290,
	.unmatched_flows = 3,
	.ambiguous_flows = 2,
	.findings_by_severity = {2, 0, 1, 5},
	.points = seed_points,
	.point_count = COUNT(seed_points),
	.devices = seed_devices,
	.device_count = COUNT(seed_devices),
	.paths = seed_paths,
	.path_count = COUNT(seed_paths),
	.findings = seed_findings,
	.finding_count = COUNT(seed_findings),
	.undecided = seed_undecided,
	.undecided_count = COUNT(seed_undecided),
	.next_captures = seed_next,
	.next_capture_count = COUNT(seed_next),
};

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
