/* SPDX-License-Identifier: MIT
 *
 * ACK numbers of the handshake at the outermost point, each with its traps.
 */
#include "rules/opening.h"

#include "points.h"

static const struct view here = {.isn = {1000, 0xffffff00}};

#define OPEN    "0.000 > S 0 win 8000 ts 100 0 mss 1460\n"
#define ANSWER  "0.010 < S. 0 ack 1 win 8000 ts 900 100\n"
#define FINISH  "0.020 > . 1 ack 1 win 8000 ts 101 900\n"
#define REQUEST "0.030 > P. 1+100 ack 1 win 8000 ts 102 900\n"

static const struct {
	const char *words, *script;
	enum direction direction;
	const char *kind; /* NULL: nothing */
} cases[] = {
	{"a handshake, seen from the client", OPEN ANSWER FINISH REQUEST,
	 FROM_CLIENT, NULL},
	{"a handshake, seen from the server", OPEN ANSWER FINISH REQUEST,
	 FROM_SERVER, NULL},
	/* the SYN/ACK */
	{"an answer to no SYN", OPEN "0.01 < S. 0 ack 77777777 ts 900 100\n",
	 FROM_SERVER, "ack-handshake-mismatch"},
	{"off by one", OPEN "0.01 < S. 0 ack 2 ts 900 100\n", FROM_SERVER,
	 "ack-handshake-mismatch"},
	{"the SYN's own number", OPEN "0.01 < S. 0 ack 0 ts 900 100\n",
	 FROM_SERVER, "ack-handshake-mismatch"},
	{"below the window", OPEN "0.01 < S. 0 ack -500000 ts 900 100\n",
	 FROM_SERVER, "ack-handshake-mismatch"},
	{"repeated",
	 OPEN "0.01 < S. 0 ack 2 ts 900 100\n"
	      "1.01 < S. 0 ack 2 ts 1900 100\n",
	 FROM_SERVER, "ack-handshake-mismatch"},
	{"Fast Open: data in the SYN",
	 "0.00 > S 0+10 ts 100 0\n0.01 < S. 0 ack 11 ts 900 100\n", FROM_SERVER,
	 NULL},
	{"Fast Open: the data were not taken",
	 "0.00 > S 0+10 ts 100 0\n0.01 < S. 0 ack 1 ts 900 100\n", FROM_SERVER,
	 NULL},
	{"Fast Open: more than the data",
	 "0.00 > S 0+10 ts 100 0\n0.01 < S. 0 ack 12 ts 900 100\n", FROM_SERVER,
	 "ack-handshake-mismatch"},
	{"it echoes another SYN: a late answer to an attempt from before",
	 OPEN "0.01 < S. 0 ack 500 ts 900 60\n", FROM_SERVER, NULL},
	{"the same, below the window",
	 OPEN "0.01 < S. 0 ack -500000 ts 900 60\n", FROM_SERVER, NULL},
	{"the same, far beyond it", OPEN "0.01 < S. 0 ack 77777777 ts 900 60\n",
	 FROM_SERVER, NULL},
	{"without timestamps it may be one",
	 "0.00 > S 0 win 8000\n0.01 < S. 0 ack 500\n", FROM_SERVER, NULL},
	{"or with timestamps that stand still at zero",
	 "0.00 > S 0 win 8000 ts 0 0\n0.01 < S. 0 ack 500 ts 9 0\n",
	 FROM_SERVER, NULL},
	{"the client goes on from there: the capture lacks a SYN",
	 "0.00 > S 70000000 ts 100 0\n" ANSWER FINISH, FROM_SERVER, NULL},
	{"there is a right answer, too",
	 OPEN "0.01 < S. 0 ack 500 ts 900 100\n" ANSWER, FROM_SERVER, NULL},
	{"the client tries again with another number",
	 OPEN "1.000 > S 500 win 8000 ts 1100 0\n"
	      "1.001 < S. 0 ack 1 ts 1900 100\n",
	 FROM_SERVER, NULL},
	{"of three numbers the one in the middle",
	 OPEN "1.00 > S 700 ts 1100 0\n2.00 > S 9000 ts 2100 0\n"
	      "2.01 < S. 0 ack 701 ts 2900 1100\n",
	 FROM_SERVER, NULL},
	{"both ends open",
	 OPEN "0.005 < S 0 ts 900 0\n"
	      "0.010 < S. 0 ack 55 ts 900 100\n",
	 FROM_SERVER, NULL},
	/* the first ACK */
	{"the SYN/ACK's own number", OPEN ANSWER "0.02 > . 1 ack 0\n",
	 FROM_CLIENT, "ack-handshake-mismatch"},
	{"a number from elsewhere",
	 OPEN ANSWER "0.02 > . 1 ack 500000 win 8000\n", FROM_CLIENT,
	 "ack-handshake-mismatch"},
	{"one from before the stream",
	 OPEN ANSWER "0.02 > . 1 ack -500000 win 8000\n", FROM_CLIENT,
	 "ack-handshake-mismatch"},
	{"data that the capture lacks",
	 OPEN ANSWER "0.02 > . 1 ack 1401 win 8000\n", FROM_CLIENT, NULL},
	{"later ACKs are not of the handshake",
	 OPEN ANSWER FINISH "0.03 > . 1 ack 500000 win 8000\n", FROM_CLIENT,
	 "ack-beyond-nxt"},
	{"a segment from elsewhere on the tuple",
	 OPEN ANSWER "0.02 > . 70000000 ack 500000\n", FROM_CLIENT, NULL},
	{"the answer to the first of two SYN/ACKs",
	 OPEN "0.010 < S. -70000000 ack 1 ts 900 100\n" ANSWER
	      "0.020 > . 1 ack -69999999 win 8000\n",
	 FROM_CLIENT, NULL},
};

struct seen {
	struct point points[2];
	struct trace traces[2];
	struct path_flow flows[2];
	struct path path;
	struct paths paths;
	struct findings findings;
};

static void see(struct seen *s, const char *const scripts[], uint32_t count,
		enum direction d)
{
	struct outermost check;

	*s = (struct seen){.path = {0, count}};
	s->paths = (struct paths){.items = &s->path,
				  .count = 1,
				  .flows = s->flows,
				  .flow_count = count,
				  .point_count = count};
	for (uint32_t p = 0; p < count; p++) {
		s->points[p] = point_of_script(scripts[p], &here);
		s->flows[p] = (struct path_flow){p, 0, FLOW_NONE};
		s->traces[p].point = p;
		assert_true(trace_load(&s->traces[p], &s->points[p],
				       &s->flows[p], 1));
	}
	check = (struct outermost){.points = s->points,
				   .traces = s->traces,
				   .point_count = count,
				   .paths = &s->paths};
	check_outermost(&check, d, &s->findings);
	assert_false(s->findings.failed);
}

static void seen_end(struct seen *s)
{
	for (uint32_t p = 0; p < s->path.count; p++) {
		trace_fini(&s->traces[p]);
		point_fini(&s->points[p]);
	}
	vec_fini(&s->findings.list);
}

static void handshakes_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct seen s;
		const char *kind = "nothing", *want = cases[i].kind;

		see(&s, &cases[i].script, 1, cases[i].direction);
		if (s.findings.list.count > 0)
			kind = kind_entry(s.findings.list.items[0].kind)->id;
		if (s.findings.list.count > 1 ||
		    strcmp(kind, want != NULL ? want : "nothing") != 0)
			fail_msg("%s: %zu, %s", cases[i].words,
				 s.findings.list.count, kind);
		seen_end(&s);
	}
}

/* Without timestamps a capture that began long before must do. */
static void long_captures_need_no_timestamps(void **state)
{
	static const char script[] = "300.00 > S 0 win 8000\n"
				     "300.01 < S. 0 ack 500\n";
	const char *scripts[] = {script};
	struct seen s;

	(void)state;
	for (int k = 0; k < 2; k++) {
		struct outermost check;

		see(&s, scripts, 1, FROM_SERVER);
		assert_int_equal(s.findings.list.count, 0);
		assert_int_equal(s.points[0].inputs.count, 1);
		s.points[0].inputs.items[0].first_ns -=
			INT64_C(200000000000) * k;
		check = (struct outermost){.points = s.points,
					   .traces = s.traces,
					   .point_count = 1,
					   .paths = &s.paths};
		check_outermost(&check, FROM_SERVER, &s.findings);
		assert_int_equal(s.findings.list.count, k);
		seen_end(&s);
	}
}

/* Another point saw the SYN that this one missed. */
static void other_points_saw_the_attempt(void **state)
{
	const char *scripts[] = {OPEN "0.1 > S 500 ts 100 0\n",
				 OPEN "0.2 < S. 0 ack 501 ts 900 100\n"};
	struct seen s;

	(void)state;
	see(&s, scripts, 2, FROM_SERVER);
	assert_int_equal(s.findings.list.count, 0);
	seen_end(&s);
	scripts[0] = OPEN;
	see(&s, scripts, 2, FROM_SERVER);
	assert_int_equal(s.findings.list.count, 1);
	seen_end(&s);
}

/* One number is due, whatever the window allows. */
static void due_number_is_told(void **state)
{
	const char *scripts[] = {OPEN "0.01 < S. 0 ack 500 ts 900 100\n"};
	struct seen s;
	const struct finding *f;

	(void)state;
	see(&s, scripts, 1, FROM_SERVER);
	f = s.findings.list.items;
	assert_int_equal(s.findings.list.count, 1);
	assert_int_equal(f->hop, HOP_DOWNSTREAM);
	assert_int_equal(f->severity, NW_CRITICAL);
	assert_int_equal(f->expected.n[0], here.isn[0] + 1);
	assert_int_equal(f->observed.n[0], here.isn[0] + 500);
	assert_int_equal(f->sightings[0].frame, 2);
	seen_end(&s);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handshakes_are_judged),
		cmocka_unit_test(long_captures_need_no_timestamps),
		cmocka_unit_test(other_points_saw_the_attempt),
		cmocka_unit_test(due_number_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
