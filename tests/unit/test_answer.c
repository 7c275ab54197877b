/* SPDX-License-Identifier: MIT
 *
 * SYN/ACKs with two numbers for one SYN: two machines, a lost one, or nothing
 * that anybody could be blamed for.
 */
#include "rules/answer.h"

#include "points.h"

static const struct view here = {.isn = {1000, 5000}};

#define SYN_FIRST "0.000 > S 0\n0.010 < S. 0 ack 1\n"
#define OTHER     "1.010 < S. 70000000 ack 1\n"
#define OTHER_TTL "1.010 < S. 70000000 ack 1 ttl 61\n"

static const struct {
	const char *words, *script;
	int severity; /* NW_CRITICAL, NW_WARNING, or -1: nothing */
} cases[] = {
	{"a handshake", SYN_FIRST "0.020 > . 1 ack 1\n", -1},
	{"a SYN/ACK that is repeated", SYN_FIRST "1.010 < S. 0 ack 1 ttl 61\n",
	 -1},
	{"another number from the same machine", SYN_FIRST OTHER, -1},
	{"another number from another machine", SYN_FIRST OTHER_TTL,
	 NW_WARNING},
	{"another machine, and the client takes what the server uses",
	 SYN_FIRST OTHER_TTL "1.020 > . 1 ack 1\n1.030 < P. 1+10 ack 1\n",
	 NW_WARNING},
	{"a SYN cookie issued anew: the server uses what is acknowledged",
	 SYN_FIRST OTHER
	 "1.020 > . 1 ack 70000001\n1.030 < P. 70000001+10 ack 1\n",
	 -1},
	{"the client takes the first, the server goes on with the second",
	 SYN_FIRST OTHER "1.020 > . 1 ack 1\n1.030 < P. 70000001+10 ack 1\n",
	 NW_CRITICAL},
	{"the client takes the second, the server goes on with the first",
	 SYN_FIRST OTHER "1.020 > . 1 ack 70000001\n1.030 < P. 1+10 ack 1\n",
	 NW_CRITICAL},
	{"the server uses both",
	 SYN_FIRST OTHER "1.020 > . 1 ack 1\n1.025 < . 1 ack 1\n"
			 "1.030 < P. 70000001+10 ack 1\n",
	 -1},
	{"only a RST goes on with the second",
	 SYN_FIRST OTHER "1.020 > . 1 ack 1\n1.030 < R. 70000001 ack 1\n", -1},
	{"numbers too near to tell the streams apart",
	 SYN_FIRST "1.010 < S. 5000 ack 1\n"
		   "1.020 > . 1 ack 1\n1.030 < P. 5001+10 ack 1\n",
	 -1},
	{"answers to two attempts",
	 "0.000 > S -9000\n0.010 < S. 0 ack -8999\n"
	 "1.000 > S 0\n1.010 < S. 70000000 ack 1 ttl 61\n",
	 -1},
	{"three numbers", SYN_FIRST OTHER_TTL "2.0 < S. 90000000 ack 1\n", -1},
	{"a SYN that the capture lacks", "0.010 < S. 0 ack 1\n" OTHER_TTL, -1},
};

static void answers_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct point point = point_of_script(cases[i].script, &here);
		struct path_flow flow = {0, 0, FLOW_NONE};
		struct trace trace = {0};
		struct findings findings = {0};
		const struct outermost check = {
			.points = &point, .traces = &trace, .point_count = 1};
		int severity = -1;

		assert_int_equal(point_flow_count(&point), 1);
		assert_true(trace_load(&trace, &point, &flow, 1));
		check_answers(&check, &findings);
		if (findings.list.count > 0)
			severity = findings.list.items[0].severity;
		if (findings.list.count > 1 || severity != cases[i].severity)
			fail_msg("%s: %zu, severity %d", cases[i].words,
				 findings.list.count, severity);
		vec_fini(&findings.list);
		trace_fini(&trace);
		point_fini(&point);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(answers_are_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
