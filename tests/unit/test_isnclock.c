/* SPDX-License-Identifier: MIT
 *
 * The age that a wrong ACK would tell, were it one of an earlier connection;
 * and when that is worth looking for.
 */
#include "isnclock.h"

#include "audits.h"

#define SECOND  INT64_C(1000000000)
#define ISN     2962498562u
#define PER_SEC INT64_C(15625000) /* units of 64 ns */
#define OPENING                                                                \
	"0.000 > S 0 mss 1460 id 1\n"                                          \
	"0.010 < S. 0 ack 1 mss 1460 id 51\n"                                  \
	"0.020 > . 1 ack 1 id 2\n"

static void ages_are_computed(void **state)
{
	static const struct {
		uint32_t isn, ack;
		int64_t age_ns;
	} cases[] = {
		{ISN, 2106390967, INT64_C(54790886144)},
		{ISN, ISN + 1, 0},
		{ISN, ISN, 64},
		{0, UINT32_MAX, 128}, /* round the end of the numbers */
		{1, 3, ISNCLOCK_ROUND_NS - 64},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_int_equal(isnclock_age_ns((struct seq){cases[i].isn},
						 cases[i].ack),
				 cases[i].age_ns);
}

struct prediction_case {
	const char *words;
	int64_t units;    /* that the wrong ACK lies before the ISN's */
	int64_t earlier;  /* the capture begins so long before, or 0 */
	size_t points;    /* that saw it */
	bool is_repeated; /* another connection has the same wrong number */
	bool is_told;
};

static struct nw_audit *run(const struct prediction_case *c)
{
	struct made_audit m = captures_begin(c->points);
	struct made_file files[AUDIT_POINTS];
	struct nw_error err = {0};
	struct nw_audit *audit = nw_audit_new(NULL, &err);
	char script[512];

	snprintf(script, sizeof(script),
		 OPENING "1.000 > P. 1+100 ack %lld id 3\n",
		 1 - (long long)c->units);
	for (size_t p = 0; p < c->points; p++) {
		struct view v = {.isn = {1000, ISN}, .ttl = (uint8_t)p};
		struct view other = {.client_port = 40001,
				     .isn = {777, ISN},
				     .content = 1,
				     .clock_ns = -c->earlier};

		if (c->earlier > 0)
			capture_script(&m.captures[p], OPENING, &other);
		capture_script(&m.captures[p], script, &v);
		other.clock_ns = SECOND * 2;
		if (c->is_repeated)
			capture_script(&m.captures[p], script, &other);
	}
	files_begin(&m, files);
	assert_int_equal(audit_add_made(audit, files, c->points, &err), NW_OK);
	assert_int_equal(nw_audit_run(audit, &err), NW_OK);
	files_end(&m, files);
	captures_end(&m);
	return audit;
}

static void predictions_are_told_when_they_matter(void **state)
{
	static const struct prediction_case cases[] = {
		{"the case of the question", 856107596, 6 * SECOND, 1, false,
		 true},
		{"2 s", 2 * PER_SEC, 0, 1, false, true},
		{"59 s, the capture began 58 s before", 59 * PER_SEC,
		 58 * SECOND, 1, false, true},
		/* Silent: */
		{"59 s, and the capture would have shown it", 59 * PER_SEC,
		 60 * SECOND, 1, false, false},
		{"61 s: longer than TIME-WAIT", 61 * PER_SEC, 0, 1, false,
		 false},
		{"half a second: no tuple comes again so soon", PER_SEC / 2, 0,
		 1, false, false},
		{"two points: shifted numbers have no such clock", 20 * PER_SEC,
		 0, 2, false, false},
		{"two connections have it: another cause", 20 * PER_SEC, 0, 1,
		 true, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct nw_audit *audit = run(&cases[i]);
		const struct nw_results *r = nw_audit_results(audit);
		const struct nw_next_capture *last;

		if (r->verdict != NW_DISCREPANT || r->next_capture_count == 0)
			fail_msg("%s: no wrong number found", cases[i].words);
		last = &r->next_captures[r->next_capture_count - 1];
		if ((strstr(last->why, "as Linux does") != NULL) !=
		    cases[i].is_told)
			fail_msg("%s: %s", cases[i].words, last->why);
		nw_audit_free(audit);
	}
}

static void the_prediction_can_be_checked(void **state)
{
	static const struct prediction_case seed = {
		"the case of the question", 856107596, 0, 1, false, true};
	struct nw_audit *audit = run(&seed);
	const struct nw_next_capture *next =
		&nw_audit_results(audit)->next_captures[1];

	(void)state;
	assert_int_equal(nw_audit_results(audit)->next_capture_count, 2);
	assert_non_null(strstr(next->why, "54.79 s (or 329.67 s, ...)"));
	assert_non_null(strstr(next->why, "no evidence"));
	assert_non_null(strstr(next->if_before, "2106390966"));
	nw_audit_free(audit);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ages_are_computed),
		cmocka_unit_test(predictions_are_told_when_they_matter),
		cmocka_unit_test(the_prediction_can_be_checked),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
