/* SPDX-License-Identifier: MIT
 *
 * ACK numbers beside timestamps, as one point sees them.
 */
#include "rules/tsecr.h"

#include "points.h"

/* Both clocks and the server's stream wrap on the way. */
static const struct view here = {.isn = {1000, 0xffffff00},
				 .ts = {0xffffff70, 0xfffffd10}};

#define OPENING                                                                \
	"0.000 > S 0 ts 100 0\n"                                               \
	"0.010 < S. 0 ack 1 ts 700 100\n"                                      \
	"0.020 > . 1 ack 1 ts 120 700\n"                                       \
	"0.030 < . 1+100 ack 1 ts 730 120\n"                                   \
	"0.031 > . 1 ack 101 ts 131 730\n"
#define MORE                                                                   \
	"0.040 < . 101+100 ack 1 ts 740 131\n"                                 \
	"0.041 > . 1 ack 201 ts 141 740\n"                                     \
	"0.050 < . 201+100 ack 1 ts 750 141\n"                                 \
	"0.051 > . 1 ack 301 ts 151 750\n"
#define LAST "0.060 < . 301+100 ack 1 ts 760 151\n"
/* The same from the server: it acknowledges uploads. */
#define UPLOAD                                                                 \
	"0.040 > . 1+100 ack 101 ts 140 730\n"                                 \
	"0.041 < . 101 ack 101 ts 741 140\n"                                   \
	"0.050 > . 101+100 ack 101 ts 150 741\n"                               \
	"0.051 < . 101 ack 201 ts 751 150\n"                                   \
	"0.060 > . 201+100 ack 101 ts 160 751\n"

static const struct {
	const char *words, *script;
	enum direction d;
	unsigned count;
} cases[] = {
	{"all is well", OPENING MORE LAST "0.061 > . 1 ack 401 ts 161 760\n",
	 FROM_CLIENT, 0},
	{"back, and the echo is of what lies beyond",
	 OPENING MORE LAST "0.061 > . 1 ack 101 ts 161 760\n", FROM_CLIENT, 1},
	{"twice",
	 OPENING MORE LAST "0.061 > . 1 ack 101 ts 161 760\n"
			   "0.062 > . 1 ack 150 ts 162 760\n",
	 FROM_CLIENT, 2},
	{"from the server", OPENING UPLOAD "0.061 < . 101 ack 50 ts 761 160\n",
	 FROM_SERVER, 1},
	{"who seems to be well",
	 OPENING UPLOAD "0.061 < . 101 ack 301 ts 761 160\n", FROM_SERVER, 0},
	{"an old segment that comes late",
	 OPENING MORE LAST "0.061 > . 1 ack 101 ts 131 730\n", FROM_CLIENT, 0},
	{"its clock has not moved on",
	 OPENING MORE LAST "0.061 > . 1 ack 101 ts 151 760\n", FROM_CLIENT, 0},
	{"an old ACK with an old echo, sent again",
	 OPENING MORE LAST "0.061 > . 1 ack 101 ts 161 730\n", FROM_CLIENT, 0},
	{"the echo of a segment that came out of order",
	 OPENING MORE "0.060 < . 401+100 ack 1 ts 760 151\n"
		      "0.061 > . 1 ack 301 ts 161 760\n",
	 FROM_CLIENT, 0},
	{"one higher ACK may be what is wrong",
	 OPENING "0.040 < . 101+100 ack 1 ts 740 131\n"
		 "0.041 > . 1 ack 201 ts 141 740\n"
		 "0.050 < . 201+100 ack 1 ts 750 141\n"
		 "0.051 > . 1 ack 101 ts 151 750\n",
	 FROM_CLIENT, 0},
	{"an echo of nothing that was seen",
	 OPENING MORE LAST "0.061 > . 1 ack 101 ts 161 755\n", FROM_CLIENT, 0},
	{"an echo of what is seen only later",
	 OPENING MORE "0.061 > . 1 ack 101 ts 161 760\n"
		      "0.062 < . 301+100 ack 1 ts 760 151\n",
	 FROM_CLIENT, 0},
	{"a repetition has the same stamp",
	 OPENING MORE LAST "0.0605 < . 101+100 ack 1 ts 760 151\n"
			   "0.061 > . 1 ack 101 ts 161 760\n",
	 FROM_CLIENT, 0},
	{"the segment that was echoed came long ago",
	 OPENING MORE LAST "0.061 > . 1 ack 401 ts 161 760\n"
			   "0.070 < . 401+100 ack 1 ts 770 161\n"
			   "0.071 > . 1 ack 101 ts 171 760\n",
	 FROM_CLIENT, 1},
	{"an ACK of the same tick as others, which two older ones outdo",
	 OPENING MORE LAST "0.0611 > . 1 ack 401 ts 161 760\n"
			   "0.0612 > . 1 ack 401 ts 161 760\n"
			   "0.0613 > . 1 ack 101 ts 161 760\n",
	 FROM_CLIENT, 1},
	{"a RST", OPENING MORE LAST "0.061 > R. 1 ack 101 ts 161 760\n",
	 FROM_CLIENT, 0},
	{"without a timestamp", OPENING MORE LAST "0.061 > . 1 ack 101\n",
	 FROM_CLIENT, 0},
};

static unsigned count(const char *script, enum direction d)
{
	struct point point = point_of_script(script, &here);
	const struct path_flow flow = {0, 0, FLOW_NONE};
	struct echo_watch watch = {0};
	struct trace trace = {.point = 0};
	unsigned n = 0;

	assert_int_equal(point_flow_count(&point), 1);
	assert_true(trace_load(&trace, &point, &flow, 1));
	vec_foreach (item, &trace.items) {
		if (item->record.direction == d && item->has_ack)
			n += echo_contradicts(&watch, &trace, item);
	}
	trace_fini(&trace);
	point_fini(&point);
	return n;
}

static void echoes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		unsigned n = count(cases[i].script, cases[i].d);

		if (n != cases[i].count)
			fail_msg("%s: %u", cases[i].words, n);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(echoes),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
