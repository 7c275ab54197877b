/* SPDX-License-Identifier: MIT */
#include "points.h"

#define SCRIPT                                                                 \
	"0.000 > S 0 mss 1460 ws 7 sackok ts 100 0 id 1\n"                     \
	"0.010 < S. 0 ack 1 mss 1400 ts 900 100 id 2\n"                        \
	"0.020 > . 1 ack 1 ts 110 900 id 3\n"                                  \
	"0.030 > P. 1+300 ack 1 ts 120 900 id 4 win 17\n"                      \
	"0.040 < . 1 ack 301 sack 401 501 sack 601 602 id 5\n"

static const struct point_selection everything = {0};

/* Reads the capture as the only input of a point. */
static struct point read_made(struct made *m, const struct nw_input *how,
			      const struct point_selection *selection,
			      enum nw_status due, struct nw_error *err)
{
	struct made_file file = file_of(m, m->len);
	struct nw_input input = *how;
	struct point point;

	input.file = file.name;
	assert_true(point_init(&point, "tap"));
	assert_true(point_add_input(&point, &input));
	assert_int_equal(point_read(&point, selection, err), due);
	close(file.fd);
	free(m->bytes);
	return point;
}

static void records_are_the_packets(void **state)
{
	const struct view view = {.isn = {1000, 0xffffffff}, .ttl = 3};
	const char *script = SCRIPT;
	struct point point = point_of_script(SCRIPT, &view);
	struct record_reader reader =
		point_records(&point, point_flow(&point, 0));
	struct record r;
	struct line l;
	uint64_t number = 0;

	(void)state;
	assert_string_equal(point.name, "point");
	assert_int_equal(point.packets, 5);
	while (next_line(&script, &view, &l)) {
		assert_true(record_next(&reader, &r));
		assert_true(r.time_ns == line_time(&l, &view));
		assert_true(r.frame == ++number);
		assert_int_equal(r.direction, l.sender);
		assert_int_equal(r.segment.seq.n, l.seq + view.isn[l.sender]);
		assert_int_equal(r.segment.ack.n,
				 number == 1 ? 0
					     : l.ack + view.isn[1 - l.sender]);
		assert_int_equal(r.segment.len, l.len);
		assert_int_equal(r.segment.flags, l.flags);
		assert_int_equal(r.segment.window, l.window);
		assert_int_equal(r.segment.ip_id, l.ip_id);
		assert_int_equal(r.segment.ttl, 61);
		assert_int_equal(r.segment.tsval, l.tsval);
		assert_int_equal(r.segment.sack_count, l.sack_count);
		assert_int_equal(r.segment.checksum, CHECKSUM_GOOD);
	}
	assert_int_equal(r.sack[1].left.n, 601 + 1000);
	assert_int_equal(r.sack[1].right.n, 602 + 1000);
	assert_false(record_next(&reader, &r));
	point_fini(&point);
}

static void inputs_add_up(void **state)
{
	const struct view first = {.client_port = 1001},
			  second = {.client_port = 1002},
			  later = {.client_port = 1001, .clock_ns = 50 * MS};
	struct made a = capture_begin(), b = capture_begin();
	struct point point;
	struct record r;
	struct record_reader reader;
	int files[2] = {0, 0};

	(void)state;
	capture_script(&a, SCRIPT, &first);
	capture_script(&a, SCRIPT, &second);
	capture_script(&b, "0.000 > F. 301 ack 1\n", &later);
	point = point_of(&a);
	assert_int_equal(point_flow_count(&point), 2);
	point_fini(&point);

	a = capture_begin();
	capture_script(&a, SCRIPT, &first);
	assert_true(point_init(&point, "two"));
	for (int i = 0; i < 2; i++) {
		struct made_file file =
			i == 0 ? file_of(&a, a.len) : file_of(&b, b.len);
		char path[64];

		/* Rotated files: a flow goes on in the second one. */
		snprintf(path, sizeof(path), "%s", file.name);
		assert_true(point_add_input(&point,
					    &(struct nw_input){.file = path}));
	}
	assert_int_equal(point_read(&point, &everything, NULL), NW_OK);
	assert_int_equal(point_flow_count(&point), 1);
	assert_int_equal(point.inputs.items[0].packets, 5);
	assert_int_equal(point.inputs.items[1].packets, 1);
	assert_true(point.inputs.items[0].last_ns == SCRIPT_EPOCH_NS + 40 * MS);
	assert_true(point.inputs.items[1].first_ns ==
		    SCRIPT_EPOCH_NS + 50 * MS);
	reader = point_records(&point, point_flow(&point, 0));
	while (record_next(&reader, &r))
		files[r.file]++;
	assert_int_equal(files[0], 5);
	assert_int_equal(files[1], 1);
	point_fini(&point);
	free(a.bytes);
	free(b.bytes);
}

static void strings_are_copied(void **state)
{
	char file[] = "/captures/day 1/client.pcap", device[] = "eth0";
	struct point point;
	const struct point_input *in;

	(void)state;
	assert_true(point_init(&point, "tap"));
	assert_true(point_add_input(
		&point, &(struct nw_input){.file = file, .interface = device}));
	assert_true(point_add_input(
		&point, &(struct nw_input){.file = "x/", .name = "named"}));
	memset(file, '?', sizeof(file) - 1);
	memset(device, '?', sizeof(device) - 1);
	in = point.inputs.items;
	assert_string_equal(in[0].file, "/captures/day 1/client.pcap");
	assert_string_equal(in[0].name, "client.pcap");
	assert_string_equal(in[0].interface, "eth0");
	assert_null(in[0].filter);
	assert_string_equal(in[1].name, "named");
	point_fini(&point);
}

/* ---- selecting ---- */

static void filters_both_hold(void **state)
{
	static const struct {
		const char *mine, *all;
		uint64_t packets;
	} cases[] = {
		{NULL, NULL, 10},
		{"src port 80", NULL, 4},
		{NULL, "port 1001", 5},
		{"src port 80", "port 1001", 2},
		/* an or on either side stays on that side */
		{"port 1001", "src port 7 or port 80", 5},
	};
	const struct view first = {.client_port = 1001},
			  second = {.client_port = 1002};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct nw_input input = {.filter = cases[i].mine};
		const struct point_selection selection = {.filter =
								  cases[i].all};
		struct made m = capture_begin();
		struct point point;

		capture_script(&m, SCRIPT, &first);
		capture_script(&m, SCRIPT, &second);
		point = read_made(&m, &input, &selection, NW_OK, NULL);
		assert_int_equal(point.packets, cases[i].packets);
		point_fini(&point);
	}
}

static void times_are_half_open(void **state)
{
	const struct point_selection selection = {
		.from_ns = SCRIPT_EPOCH_NS + 10 * MS,
		.to_ns = SCRIPT_EPOCH_NS + 40 * MS};
	const struct view view = {0};
	struct made m = capture_begin();
	struct point point;

	(void)state;
	capture_script(&m, SCRIPT, &view);
	point = read_made(&m, &(struct nw_input){0}, &selection, NW_OK, NULL);
	assert_int_equal(point.packets, 3);
	point_fini(&point);
}

/* ---- trouble ---- */

static void unreadable_inputs_are_errors(void **state)
{
	struct nw_error err = {0};
	struct point point;

	(void)state;
	assert_true(point_init(&point, "tap"));
	assert_true(point_add_input(
		&point, &(struct nw_input){.file = "/nonexistent/x.pcap"}));
	assert_int_equal(point_read(&point, &everything, &err), NW_EIO);
	assert_int_equal(err.status, NW_EIO);
	assert_says(&err, "/nonexistent/x.pcap");
	point_fini(&point);
}

/* The status is that of the error, whatever the error is. */
static void status_and_error_agree(void **state)
{
	static const struct {
		const char *filter;
		uint32_t magic;
		enum nw_status status;
	} cases[] = {
		{"prot 80", NANO, NW_EUSAGE},
		{NULL, 0x12345678, NW_EFORMAT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct nw_input input = {.filter = cases[i].filter};
		struct made m = make(false);
		struct nw_error err = {0};
		struct point point;

		make_pcap(&m, cases[i].magic, LINK_RAW);
		point = read_made(&m, &input, &everything, cases[i].status,
				  &err);
		assert_int_equal(err.status, cases[i].status);
		point_fini(&point);
	}
}

/* ---- health ---- */

static void health_is_counted(void **state)
{
	const struct view whole = {.client_port = 1001},
			  cut = {.client_port = 1002, .snaplen = 100};
	struct made m = capture_begin();
	struct point point;
	struct line l;
	const char *script = "0.5 > P. 301+10 ack 1\n";

	(void)state;
	capture_script(&m, SCRIPT, &whole);
	capture_script(&m, SCRIPT, &cut);
	assert_true(next_line(&script, &whole, &l));
	capture_packet(&m, &l, &whole);
	m.bytes[m.len - 1] ^= 0xff; /* a bit error in the payload */
	capture_packet(&m, &l, &whole);
	m.bytes[m.len - 41] = 17; /* protocol: UDP */
	capture_packet(&m, &l, &whole);
	m.bytes[m.len - 50] = 0x15; /* version 1 */
	point = point_of(&m);
	assert_int_equal(point.packets, 11);
	assert_int_equal(point.truncated, 1);
	assert_int_equal(point.checksum_bad, 1);
	assert_int_equal(point.checksum_partial, 0);
	assert_int_equal(point.skipped[SKIP_NOT_TCP], 1);
	assert_int_equal(
		point.skipped[SKIP_NOT_IP] + point.skipped[SKIP_MALFORMED], 1);
	assert_int_equal(point.inputs.items[0].packets, 13);
	point_fini(&point);
}

/* Left to the network card: the field holds the pseudo-header's sum. */
static void offloaded_checksums_are_counted(void **state)
{
	const struct view view = {0};
	const char *script = "0.5 > P. 301+10 ack 1\n";
	struct made m = capture_begin();
	struct point point;
	struct line l;
	uint8_t *ip, pseudo[12];

	(void)state;
	assert_true(next_line(&script, &view, &l));
	capture_packet(&m, &l, &view);
	ip = m.bytes + m.len - 50;
	memcpy(pseudo, ip + 12, 8);
	put(pseudo + 8, 6u << 16 | 30, 4);
	put(ip + 20 + 16, sum16(pseudo, sizeof(pseudo)), 2);
	point = point_of(&m);
	assert_int_equal(point.checksum_partial, 1);
	assert_int_equal(point.checksum_bad, 0);
	point_fini(&point);
}

/* A file that ends inside a record keeps what was read. */
static void cut_files_keep_what_they_had(void **state)
{
	const struct view view = {0};
	struct made m = capture_begin();
	struct point point;

	(void)state;
	capture_script(&m, SCRIPT, &view);
	m.len -= 7;
	point = read_made(&m, &(struct nw_input){0}, &everything, NW_OK, NULL);
	assert_int_equal(point.packets, 4);
	assert_true(point.inputs.items[0].facts.cut);
	point_fini(&point);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(records_are_the_packets),
		cmocka_unit_test(inputs_add_up),
		cmocka_unit_test(strings_are_copied),
		cmocka_unit_test(filters_both_hold),
		cmocka_unit_test(times_are_half_open),
		cmocka_unit_test(unreadable_inputs_are_errors),
		cmocka_unit_test(status_and_error_agree),
		cmocka_unit_test(health_is_counted),
		cmocka_unit_test(offloaded_checksums_are_counted),
		cmocka_unit_test(cut_files_keep_what_they_had),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
