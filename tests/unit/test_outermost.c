/* SPDX-License-Identifier: MIT
 *
 * ACK numbers that are wrong where a packet enters the audit.
 */
#include "rules/outermost.h"

#include "points.h"

#define HANDSHAKE                                                              \
	"0.000 > S 0 win 8000\n"                                               \
	"0.010 < S. 0 ack 1 win 8000\n"                                        \
	"0.020 > . 1 ack 1 win 8000\n"
#define EXCHANGE                                                               \
	"0.030 < P. 1+500 ack 1 win 8000\n"                                    \
	"0.040 < P. 501+500 ack 1 win 8000\n"                                  \
	"0.050 > . 1 ack 1001 win 8000\n"

static const struct view here = {.isn = {1000, 0xffffff00}};

/* A path through `count` points, of the newest flow at each. */
struct audited {
	struct point points[2];
	struct trace traces[2];
	struct path_flow flows[2];
	struct path path;
	struct paths paths;
	struct findings findings;
};

static void audit(struct audited *a, struct point first, struct point *second,
		  enum direction d)
{
	struct outermost check;
	uint32_t count = second != NULL ? 2 : 1;

	*a = (struct audited){.points = {first}};
	if (second != NULL)
		a->points[1] = *second;
	a->path = (struct path){0, count};
	a->paths = (struct paths){.items = &a->path,
				  .count = 1,
				  .flows = a->flows,
				  .flow_count = count,
				  .point_count = count};
	for (uint32_t p = 0; p < count; p++) {
		uint32_t last = point_flow_count(&a->points[p]) - 1;

		a->flows[p] = (struct path_flow){p, last, FLOW_NONE};
		a->traces[p].point = p;
		assert_true(trace_load(&a->traces[p], &a->points[p],
				       &a->flows[p], 1));
	}
	check = (struct outermost){.points = a->points,
				   .traces = a->traces,
				   .point_count = count,
				   .paths = &a->paths};
	check_outermost(&check, d, &a->findings);
	assert_false(a->findings.failed);
}

static void audit_end(struct audited *a)
{
	for (uint32_t p = 0; p < a->path.count; p++) {
		trace_fini(&a->traces[p]);
		point_fini(&a->points[p]);
	}
	vec_fini(&a->findings.list);
}

/* What one point alone says of the packets of a direction; NULL: nothing. */
static const struct {
	const char *words, *script;
	int direction;
	const char *kind;
} ack_cases[] = {
	{"a download", HANDSHAKE EXCHANGE, 0, NULL},
	{"far beyond what was sent",
	 HANDSHAKE EXCHANGE "0.060 > . 1 ack 500000 win 8000\n", 0,
	 "ack-beyond-nxt"},
	{"set back, which its timestamp echo denies",
	 HANDSHAKE "0.030 < . 1+500 ack 1 ts 730 120\n"
		   "0.031 > . 1 ack 501 ts 131 730\n"
		   "0.040 < . 501+500 ack 1 ts 740 131\n"
		   "0.041 > . 1 ack 1001 ts 141 740\n"
		   "0.050 < . 1001+500 ack 1 ts 750 141\n"
		   "0.051 > . 1 ack 301 ts 151 750\n",
	 0, "ack-tsecr-contradiction"},
	{"far below what was acknowledged",
	 HANDSHAKE EXCHANGE "0.060 > . 1 ack -500000 win 8000\n", 0,
	 "ack-below-window"},
	{"by the server",
	 HANDSHAKE EXCHANGE "0.060 < . 1001 ack 500000 win 8000\n", 1,
	 "ack-beyond-nxt"},
	{"not in this direction",
	 HANDSHAKE EXCHANGE "0.060 < . 1001 ack 500000 win 8000\n", 0, NULL},
	{"data that the capture lacks",
	 HANDSHAKE EXCHANGE "0.060 > . 1 ack 4001 win 8000\n", 0, NULL},
	{"data that comes later in the capture",
	 HANDSHAKE "0.030 > . 1 ack 300001 win 8000\n"
		   "0.031 < . 1+500 ack 1\n"
		   "0.032 < . 299501+500 ack 1\n",
	 0, NULL},
	{"a RST has any number",
	 HANDSHAKE EXCHANGE "0.060 > R. 1 ack 500000 win 8000\n", 0, NULL},
	{"an old duplicate, of an ACK that was right once",
	 HANDSHAKE "0.02 > . 1 ack 1 win 100\n"
		   "0.03 < . 1+100 ack 1\n"
		   "0.04 < . 200001+100 ack 1\n"
		   "0.05 > . 1 ack 101 win 100\n"
		   "0.06 > . 1 ack 200101 win 100\n"
		   "0.07 > . 1 ack 101 win 100\n",
	 0, NULL},
	{"the same, but never sent before: an old segment that came late",
	 HANDSHAKE "0.02 > . 1 ack 1 win 100\n"
		   "0.03 < . 1+100 ack 1\n"
		   "0.04 < . 200001+100 ack 1\n"
		   "0.06 > . 1 ack 200101 win 100\n"
		   "0.07 > . 1 ack 101 win 100\n",
	 0, NULL},
	{"as far as the scaled window reaches",
	 "0.000 > S 0 ws 7 win 8000\n"
	 "0.010 < S. 0 ack 1 ws 2\n"
	 "0.020 > . 1 ack 1 win 8000\n"
	 "0.060 > . 1 ack 1000001 win 8000\n",
	 0, NULL},
	{"a window that only one end scales",
	 "0.000 > S 0 ws 7 win 8000\n"
	 "0.010 < S. 0 ack 1\n"
	 "0.020 > . 1 ack 1 win 8000\n"
	 "0.060 > . 1 ack 1000001 win 8000\n",
	 0, "ack-beyond-nxt"},
	{"no SYN, no initial numbers",
	 EXCHANGE "0.060 > . 1 ack 5000000 win 8000\n", 0, NULL},
};

static void wrong_acks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(ack_cases); i++) {
		struct audited a;
		const char *kind = NULL;

		audit(&a, point_of_script(ack_cases[i].script, &here), NULL,
		      (enum direction)ack_cases[i].direction);
		if (a.findings.list.count > 0)
			kind = kind_entry(a.findings.list.items[0].kind)->id;
		if ((kind == NULL) != (ack_cases[i].kind == NULL) ||
		    (kind != NULL && strcmp(kind, ack_cases[i].kind) != 0))
			fail_msg("%s: %s", ack_cases[i].words,
				 kind != NULL ? kind : "nothing");
		audit_end(&a);
	}
}

static void a_finding_tells_what_was_due(void **state)
{
	struct audited a;
	const struct finding *f;

	(void)state;
	audit(&a,
	      point_of_script(HANDSHAKE EXCHANGE
			      "0.060 > . 1 ack 500000 win 8000\n"
			      "0.070 > . 1 ack 1001 win 8000\n"
			      "0.080 > . 1 ack 600000 win 8000\n",
			      &here),
	      NULL, FROM_CLIENT);
	assert_int_equal(a.findings.list.count, 1);
	f = a.findings.list.items;
	assert_int_equal(f->hop, HOP_UPSTREAM);
	assert_int_equal(f->direction, FROM_CLIENT);
	assert_int_equal(f->count, 2);
	assert_int_equal(f->exposure, 5);
	assert_int_equal(f->observed.n[0], here.isn[1] + 500000);
	assert_int_equal(f->expected.n[0], here.isn[1] + 1001);
	assert_int_equal(f->sighting_count, 2);
	assert_int_equal(f->sightings[0].frame, 7);
	assert_true(f->onset_ns == SCRIPT_EPOCH_NS + 60 * MS);
	audit_end(&a);
}

/* Another point saw the bytes that this one's capture lacks. */
static void other_points_are_witnesses(void **state)
{
	static const char far_ack[] =
		HANDSHAKE "0.060 > . 1 ack 200101 win 8000\n";
	struct audited a;
	struct point second;

	(void)state;
	second =
		point_of_script(HANDSHAKE "0.05 < . 200001+100 ack 1\n", &here);
	audit(&a, point_of_script(far_ack, &here), &second, FROM_CLIENT);
	assert_int_equal(a.findings.list.count, 0);
	audit_end(&a);
	second = point_of_script(HANDSHAKE, &here);
	audit(&a, point_of_script(far_ack, &here), &second, FROM_CLIENT);
	assert_int_equal(a.findings.list.count, 1);
	audit_end(&a);
}

/* From the server the outermost point is the last one. */
static void servers_are_judged_at_the_last_point(void **state)
{
	static const char wrong[] =
		HANDSHAKE EXCHANGE "0.060 < . 1001 ack 500000 win 8000\n";
	struct audited a;
	struct point second = point_of_script(wrong, &here);

	(void)state;
	audit(&a, point_of_script(HANDSHAKE EXCHANGE, &here), &second,
	      FROM_SERVER);
	assert_int_equal(a.findings.list.count, 1);
	assert_int_equal(a.findings.list.items[0].hop, HOP_DOWNSTREAM);
	assert_int_equal(a.findings.list.items[0].sightings[0].point, 1);
	audit_end(&a);
	/* At the first one it may be a device's fault: not judged here. */
	second = point_of_script(HANDSHAKE EXCHANGE, &here);
	audit(&a, point_of_script(wrong, &here), &second, FROM_SERVER);
	assert_int_equal(a.findings.list.count, 0);
	audit_end(&a);
}

/* A socket in TIME_WAIT answers the new SYN with an ACK of the connection
 * before: nobody's fault (RFC 9293 3.10.7.4). */
static void an_earlier_incarnation_explains_it(void **state)
{
	static const struct {
		uint32_t ack; /* from the ISN of the new connection */
		size_t findings;
	} cases[] = {
		{1001 - 90000000u, 0},   /* what it had received */
		{2000001 - 90000000u, 1} /* nothing of either */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct view next = {.isn = {90001000, 89999744},
					  .clock_ns = 2000 * MS};
		struct made m = capture_begin();
		struct audited a;
		char script[512];

		snprintf(script, sizeof(script),
			 HANDSHAKE "0.060 > . 1 ack %u win 8000\n",
			 cases[i].ack);
		capture_script(&m,
			       HANDSHAKE EXCHANGE
			       "0.06 > F. 1 ack 1001 win 8000\n"
			       "0.07 < F. 1001 ack 2 win 8000\n"
			       "0.08 > . 2 ack 1002 win 8000\n",
			       &here);
		capture_script(&m, script, &next);
		audit(&a, point_of(&m), NULL, FROM_CLIENT);
		assert_int_equal(point_flow_count(&a.points[0]), 2);
		assert_int_equal(a.findings.list.count, cases[i].findings);
		audit_end(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_acks),
		cmocka_unit_test(a_finding_tells_what_was_due),
		cmocka_unit_test(other_points_are_witnesses),
		cmocka_unit_test(servers_are_judged_at_the_last_point),
		cmocka_unit_test(an_earlier_incarnation_explains_it),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
