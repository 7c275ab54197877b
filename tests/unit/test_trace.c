/* SPDX-License-Identifier: MIT */
#include "trace.h"

#include "points.h"

#define HANDSHAKE                                                              \
	"0.000 > S 0\n"                                                        \
	"0.010 < S. 0 ack 1\n"                                                 \
	"0.020 > . 1 ack 1\n"

/* Loads every flow of the point as one path. */
static void load(struct trace *trace, const struct point *point)
{
	struct path_flow flows[8];
	uint32_t count = point_flow_count(point);

	assert_in_range(count, 0, COUNT(flows));
	for (uint32_t f = 0; f < count; f++)
		flows[f] = (struct path_flow){0, f, FLOW_NONE};
	assert_true(trace_load(trace, point, flows, count));
}

/* Whatever the initial numbers are, near the wrap or not: the offsets are
 * those of the script. */
static void offsets_do_not_depend_on_isns(void **state)
{
	static const char script[] =
		HANDSHAKE "0.030 > P. 1+100 ack 1\n"
			  "0.040 < P. 1+500 ack 101\n"
			  "0.050 > . 0 ack 501\n" /* keep-alive */
			  "0.060 < F. 501 ack 101\n"
			  "0.070 > R. 101 ack 502\n";
	static const uint32_t isns[][2] = {{0, 0},
					   {1000, 5000},
					   {UINT32_MAX, UINT32_MAX - 50},
					   {0x7fffffff, 0x80000000}};

	(void)state;
	for (size_t i = 0; i < COUNT(isns); i++) {
		const struct view view = {.isn = {isns[i][0], isns[i][1]}};
		struct point point = point_of_script(script, &view);
		const char *rest = script;
		struct trace trace = {0};
		struct line l;

		load(&trace, &point);
		vec_foreach (item, &trace.items) {
			assert_true(next_line(&rest, &view, &l));
			assert_true(item->has_seq);
			assert_int_equal(item->has_ack,
					 (l.flags & TCP_ACK) != 0);
			assert_int_equal(item->seq, l.seq);
			assert_int_equal(item->ack, item->has_ack ? l.ack : 0);
			assert_int_equal(trace_end(item),
					 l.seq + l.len + ((l.flags & 3) != 0));
		}
		assert_false(next_line(&rest, &view, &l));
		assert_true(trace.bases[0].from_syn[0]);
		trace_fini(&trace);
		point_fini(&point);
	}
}

/* A download of 27 GiB: numbers lap six times, offsets go on. */
static void long_streams_keep_counting(void **state)
{
	const int64_t stride = 900000000;
	const struct view view = {.isn = {77, 0xfffffff0}};
	struct made m = capture_begin();
	struct trace trace = {0};
	struct point point;

	(void)state;
	capture_script(&m, HANDSHAKE, &view);
	for (int64_t i = 0; i < 30; i++) {
		struct line l = {.time_ns = (i + 1) * 1000 * MS,
				 .sender = 1,
				 .flags = TCP_ACK,
				 .seq = (uint32_t)(1 + i * stride),
				 .ack = 1,
				 .len = 10,
				 .ttl = 64,
				 .mss = -1,
				 .wscale = -1};

		capture_packet(&m, &l, &view);
		l.time_ns += MS;
		l.sender = 0;
		l.len = 0;
		l.seq = 1;
		l.ack = (uint32_t)(11 + i * stride);
		capture_packet(&m, &l, &view);
	}
	point = point_of(&m);
	load(&trace, &point);
	assert_int_equal(trace.items.count, 63);
	for (int64_t i = 0; i < 30; i++) {
		assert_true(trace.items.items[3 + 2 * i].seq == 1 + i * stride);
		assert_true(trace.items.items[4 + 2 * i].ack ==
			    11 + i * stride);
	}
	trace_fini(&trace);
	point_fini(&point);
}

/* Corrupted numbers do not carry away the ones behind them. */
static void a_wild_number_is_not_followed(void **state)
{
	static const struct view view = {.isn = {1000, 5000}};
	struct point point =
		point_of_script(HANDSHAKE "0.03 > P. 2000000000+100 ack 1\n"
					  "0.035 > P. 4000000000+100 ack 1\n"
					  "0.04 > P. 1+100 ack 1\n"
					  "0.05 < R 2100000000\n"
					  "0.06 < P. 1+10 ack 101\n",
				&view);
	struct trace trace = {0};

	(void)state;
	load(&trace, &point);
	assert_int_equal(trace.items.items[3].seq, 2000000000);
	assert_int_equal(trace.items.items[5].seq, 1);
	assert_int_equal(trace.items.items[7].seq, 1);
	assert_int_equal(trace.items.items[7].ack, 101);
	trace_fini(&trace);
	point_fini(&point);
}

/* The SYN is missing: no offsets, until a base becomes known. */
static void unknown_bases_give_no_offsets(void **state)
{
	static const struct view view = {.isn = {1000, 5000}};
	struct point point = point_of_script("0.01 < S. 0 ack 1\n"
					     "0.02 > P. 1+10 ack 1\n",
					     &view);
	struct trace trace = {0};
	const struct trace_item *items;

	(void)state;
	load(&trace, &point);
	items = trace.items.items;
	assert_true(items[0].has_seq);
	assert_false(items[0].has_ack);
	assert_false(items[1].has_seq);
	assert_true(items[1].has_ack);
	assert_int_equal(items[1].ack, 1);
	trace.bases[0].isn[0] = seq_of(1000);
	trace.bases[0].known[0] = true;
	trace_rebase(&trace);
	assert_true(items[1].has_seq);
	assert_int_equal(items[1].seq, 1);
	assert_int_equal(items[0].ack, 1);
	assert_false(trace.bases[0].from_syn[0]);
	trace_fini(&trace);
	point_fini(&point);
}

/* A device moved the connection to another tuple: two flows, in time order,
 * each with its own numbers, one stream. */
static void members_are_merged_by_time(void **state)
{
	const struct view first = {.isn = {1000, 5000}};
	const struct view second = {
		.isn = {7000, 300}, .client_port = 1234, .clock_ns = 5 * MS};
	struct made m = capture_begin();
	struct trace trace = {0};
	struct point point;
	int64_t last = 0;

	(void)state;
	capture_script(&m, HANDSHAKE "0.03 > P. 1+10 ack 1\n", &first);
	capture_script(&m, HANDSHAKE "0.03 > P. 1+10 ack 1\n", &second);
	point = point_of(&m);
	load(&trace, &point);
	assert_int_equal(trace.member_count, 2);
	assert_int_equal(trace.items.count, 8);
	for (size_t i = 0; i < 8; i++) {
		const struct trace_item *item = &trace.items.items[i];

		assert_true(item->record.time_ns >= last);
		last = item->record.time_ns;
		assert_int_equal(item->member, i % 2);
		assert_int_equal(item->seq, i == 4 || i == 5 || i > 5);
	}
	trace_fini(&trace);
	point_fini(&point);
}

/* Records that a file has out of order are put in order of time. */
static void unordered_records_are_sorted(void **state)
{
	static const struct view view = {0};
	struct point point =
		point_of_script(HANDSHAKE "0.05 > P. 101+100 ack 1\n"
					  "0.04 > P. 1+100 ack 1\n",
				&view);
	struct trace trace = {0};

	(void)state;
	load(&trace, &point);
	assert_int_equal(trace.items.items[3].seq, 1);
	assert_int_equal(trace.items.items[4].seq, 101);
	trace_fini(&trace);
	point_fini(&point);
}

/* Loading again forgets what was there. */
static void a_trace_is_used_again(void **state)
{
	static const struct view view = {.isn = {1, 2}},
				 other = {.isn = {3, 4}};
	struct point a = point_of_script(HANDSHAKE, &view);
	struct point b = point_of_script("9.0 > S 0\n", &other);
	struct trace trace = {0};

	(void)state;
	load(&trace, &a);
	load(&trace, &b);
	assert_int_equal(trace.items.count, 1);
	assert_int_equal(trace.bases[0].isn[0].n, 3);
	assert_false(trace.bases[0].known[1]);
	assert_true(trace_load(&trace, &b, NULL, 0));
	assert_int_equal(trace.items.count, 0);
	assert_int_equal(trace.member_count, 0);
	trace_fini(&trace);
	point_fini(&a);
	point_fini(&b);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_do_not_depend_on_isns),
		cmocka_unit_test(long_streams_keep_counting),
		cmocka_unit_test(a_wild_number_is_not_followed),
		cmocka_unit_test(unknown_bases_give_no_offsets),
		cmocka_unit_test(members_are_merged_by_time),
		cmocka_unit_test(unordered_records_are_sorted),
		cmocka_unit_test(a_trace_is_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
