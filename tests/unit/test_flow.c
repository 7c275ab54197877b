/* SPDX-License-Identifier: MIT
 *
 * Where an incarnation begins, who its client is, what its initial numbers
 * are: FINDINGS C.7, case by case.
 */
#include "points.h"

#define HANDSHAKE                                                              \
	"0.000 > S 0\n"                                                        \
	"0.010 < S. 0 ack 1\n"                                                 \
	"0.020 > . 1 ack 1\n"
#define REQUEST                                                                \
	"0.030 > P. 1+100 ack 1\n"                                             \
	"0.040 < P. 1+500 ack 101\n"

/* Initial numbers are 1000 and 5000; offsets in scripts count from there. */
static const struct view here = {.isn = {1000, 5000}};

struct expected_flow {
	uint64_t packets;
	int64_t isn[2]; /* -1: not seen */
	uint16_t client_port;
};

struct story {
	const char *words, *script;
	size_t count;
	struct expected_flow flows[3];
};

static void assert_story(const struct story *story)
{
	struct point point = point_of_script(story->script, &here);

	if (point_flow_count(&point) != story->count)
		fail_msg("%s: %u flows", story->words,
			 point_flow_count(&point));
	for (uint32_t i = 0; i < story->count; i++) {
		const struct flow *flow = point_flow(&point, i);
		const struct expected_flow *due = &story->flows[i];

		if (flow->packets != due->packets ||
		    flow->tuple.ends[0].port != due->client_port)
			fail_msg("%s: flow %u has %llu packets, client port %u",
				 story->words, i,
				 (unsigned long long)flow->packets,
				 flow->tuple.ends[0].port);
		for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
			int64_t isn = flow->isn[d].n;

			if (!flow_has_isn(flow, d))
				isn = -1;
			if (isn != due->isn[d])
				fail_msg("%s: flow %u has ISN %lld",
					 story->words, i, (long long)isn);
		}
		assert_int_equal(flow->older, i == 0 ? FLOW_NONE : i - 1);
	}
	point_fini(&point);
}

static void assert_stories(const struct story *stories, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_story(&stories[i]);
}

/* ---- the beginning ---- */

static const struct story opening_stories[] = {
	{"a plain connection",
	 HANDSHAKE REQUEST,
	 1,
	 {{5, {1000, 5000}, 40000}}},
	{"SYN retransmitted with its number",
	 "0.000 > S 0\n"
	 "1.000 > S 0\n"
	 "3.000 > S 0\n"
	 "3.010 < S. 0 ack 1\n"
	 "3.020 > . 1 ack 1\n",
	 1,
	 {{5, {1000, 5000}, 40000}}},
	{"SYN tried again with another number",
	 "0.000 > S 0\n"
	 "1.000 > S 70000000\n"
	 "1.010 < S. 0 ack 70000001\n"
	 "1.020 > . 70000001 ack 1\n",
	 1,
	 {{4, {70001000, 5000}, 40000}}},
	{"the SYN/ACK acknowledges the first of two SYNs",
	 "0.000 > S 0\n"
	 "1.000 > S 70000000\n"
	 "1.010 < S. 0 ack 1\n"
	 "1.020 > . 1 ack 1\n",
	 1,
	 {{4, {1000, 5000}, 40000}}},
	{"the SYN that the client goes on from is not in the capture",
	 "0.000 > S 70000000\n"
	 "1.010 < S. 0 ack 1\n"
	 "1.020 > . 1 ack 1\n",
	 1,
	 {{3, {1000, 5000}, 40000}}},
	{"a client that goes on elsewhere than the SYN/ACK says",
	 "0.000 > S 0\n"
	 "0.010 < S. 0 ack 1\n"
	 "0.020 > . 70000000 ack 1\n",
	 1,
	 {{3, {1000, 5000}, 40000}}},
	{"SYN/ACK retransmitted",
	 "0.000 > S 0\n"
	 "0.010 < S. 0 ack 1\n"
	 "1.010 < S. 0 ack 1\n"
	 "1.020 > . 1 ack 1\n",
	 1,
	 {{4, {1000, 5000}, 40000}}},
	{"a second SYN/ACK with another number before any ACK counts",
	 "0.000 > S 0\n"
	 "0.010 < S. 0 ack 1\n"
	 "1.010 < S. 3000 ack 1\n"
	 "1.020 > . 1 ack 3001\n",
	 1,
	 {{4, {1000, 8000}, 40000}}},
	{"the client answers the first of two SYN/ACKs",
	 "0.000 > S 0\n"
	 "0.010 < S. 0 ack 1\n"
	 "0.015 < S. 3000 ack 1\n"
	 "0.020 > . 1 ack 1\n",
	 1,
	 {{4, {1000, 5000}, 40000}}},
	{"a second SYN/ACK after the ACK does not count",
	 HANDSHAKE "1.010 < S. 3000 ack 1\n",
	 1,
	 {{4, {1000, 5000}, 40000}}},
	{"simultaneous open",
	 "0.000 > S 0\n"
	 "0.001 < S 0\n"
	 "0.010 > S. 0 ack 1\n"
	 "0.011 < S. 0 ack 1\n"
	 "0.020 > . 1 ack 1\n",
	 1,
	 {{5, {1000, 5000}, 40000}}},
	{"SYN refused",
	 "0.000 > S 0\n"
	 "0.010 < R. -5000 ack 1\n",
	 1,
	 {{2, {1000, -1}, 40000}}},
	{"Fast Open: data in the SYN",
	 "0.000 > S 0+50\n"
	 "0.010 < S. 0 ack 51\n"
	 "0.020 > . 51 ack 1\n",
	 1,
	 {{3, {1000, 5000}, 40000}}},
};

static void handshakes(void **state)
{
	(void)state;
	assert_stories(opening_stories, COUNT(opening_stories));
}

/* ---- captures that begin later ---- */

static void roles_without_a_syn(void **state)
{
	static const struct story stories[] = {
		{"SYN/ACK first: its sender is the server",
		 "0.010 < S. 0 ack 1\n"
		 "0.020 > . 1 ack 1\n",
		 1,
		 {{2, {-1, 5000}, 40000}}},
		{"data first, from the low port",
		 "0.040 < P. 1+500 ack 101\n",
		 1,
		 {{1, {-1, -1}, 40000}}},
		{"data first, from the high port",
		 "0.030 > P. 1+100 ack 1\n",
		 1,
		 {{1, {-1, -1}, 40000}}},
	};
	struct point point = point_of_script(REQUEST, &here);

	(void)state;
	assert_stories(stories, COUNT(stories));
	assert_true(point_flow(&point, 0)->roles_guessed);
	point_fini(&point);
	point = point_of_script(HANDSHAKE, &here);
	assert_false(point_flow(&point, 0)->roles_guessed);
	point_fini(&point);
}

/* A SYN/ACK from a high port to a low one: the flags are right, not ports. */
static void syn_ack_beats_ports(void **state)
{
	const struct view view = {.client_port = 20, .server_port = 50000};
	struct point point = point_of_script(
		"0.010 < S. 0 ack 1\n0.020 > . 1 ack 1\n", &view);

	(void)state;
	assert_int_equal(point_flow(&point, 0)->tuple.ends[0].port, 20);
	assert_false(point_flow(&point, 0)->roles_guessed);
	point_fini(&point);
}

/* ---- the tuple used again ---- */

static void incarnations(void **state)
{
	static const struct story stories[] = {
		{"after a RST",
		 HANDSHAKE "0.050 > R 1\n"
			   "0.060 > S 3000\n"
			   "0.070 < S. 9000 ack 3001\n",
		 2,
		 {{4, {1000, 5000}, 40000}, {2, {4000, 14000}, 40000}}},
		{"after both FINs, within the old numbers (TIME_WAIT reuse)",
		 HANDSHAKE "0.050 > F. 1 ack 1\n"
			   "0.060 < F. 1 ack 2\n"
			   "0.070 > . 2 ack 2\n"
			   "1.000 > S 3000\n"
			   "1.010 < S. 9000 ack 3001\n",
		 2,
		 {{6, {1000, 5000}, 40000}, {2, {4000, 14000}, 40000}}},
		{"after a minute without a word",
		 HANDSHAKE "61.000 > S 3000\n"
			   "61.010 < S. 9000 ack 3001\n",
		 2,
		 {{3, {1000, 5000}, 40000}, {2, {4000, 14000}, 40000}}},
		{"with a number far from an open connection's",
		 HANDSHAKE "5.000 > S 90000000\n",
		 2,
		 {{3, {1000, 5000}, 40000}, {1, {90001000, -1}, 40000}}},
		{"twice",
		 HANDSHAKE "1.000 > R 1\n"
			   "2.000 > S 7000\n"
			   "2.100 > R 7001\n"
			   "3.000 > S 8000\n",
		 3,
		 {{4, {1000, 5000}, 40000},
		  {2, {8000, -1}, 40000},
		  {1, {9000, -1}, 40000}}},
		{"by the other end",
		 HANDSHAKE "0.050 > R 1\n"
			   "9.000 < S 70000000\n",
		 2,
		 {{4, {1000, 5000}, 40000}, {1, {70005000, -1}, 80}}},
		{"its SYN lost to the capture",
		 HANDSHAKE "0.050 > R 1\n"
			   "1.010 < S. 90000000 ack 80000001\n"
			   "1.020 > . 80000001 ack 90000001\n",
		 2,
		 {{4, {1000, 5000}, 40000}, {2, {-1, 90005000}, 40000}}},
		{"its SYN inside the window of the open one",
		 HANDSHAKE REQUEST "9.000 > S 70\n"
				   "9.010 < S. 7000 ack 71\n"
				   "9.020 > . 71 ack 7001\n",
		 2,
		 {{6, {1000, 5000}, 40000}, {2, {1070, 12000}, 40000}}},
		{"with the number that is farthest away",
		 HANDSHAKE "5.000 > S 0x80000001\n",
		 2,
		 {{3, {1000, 5000}, 40000}, {1, {0x800003e9, -1}, 40000}}},
	};

	(void)state;
	assert_stories(stories, COUNT(stories));
}

static void what_stays_in_its_incarnation(void **state)
{
	static const struct story stories[] = {
		{"a stray SYN inside the window of an open connection",
		 HANDSHAKE REQUEST "1.000 > S 3000\n"
				   "1.001 < . 501 ack 101\n",
		 1,
		 {{7, {1000, 5000}, 40000}}},
		{"a stray SYN, and the SYN/ACK once more",
		 HANDSHAKE REQUEST "1.000 > S 3000\n"
				   "1.001 < S. 0 ack 1\n",
		 1,
		 {{7, {1000, 5000}, 40000}}},
		{"a late copy of the SYN",
		 HANDSHAKE REQUEST "9.000 > S 0\n",
		 1,
		 {{6, {1000, 5000}, 40000}}},
		{"one FIN closes one half only",
		 HANDSHAKE "0.050 > F. 1 ack 1\n"
			   "0.060 < . 1 ack 2\n"
			   "9.000 > S 3000\n",
		 1,
		 {{6, {1000, 5000}, 40000}}},
		{"the last ACK comes after TIME_WAIT began",
		 HANDSHAKE "0.050 > F. 1 ack 1\n"
			   "0.060 < F. 1 ack 2\n"
			   "0.070 > . 2 ack 2\n"
			   "0.300 < F. 1 ack 2\n"
			   "0.310 > . 2 ack 2\n",
		 1,
		 {{8, {1000, 5000}, 40000}}},
		{"keep-alives after hours",
		 HANDSHAKE "7200.000 > . 0 ack 1\n"
			   "7200.010 < . 1 ack 1\n",
		 1,
		 {{5, {1000, 5000}, 40000}}},
		{"a RST long after the end",
		 HANDSHAKE "0.050 > R 1\n"
			   "90.000 < R 2000000000\n",
		 1,
		 {{5, {1000, 5000}, 40000}}},
	};

	(void)state;
	assert_stories(stories, COUNT(stories));
}

/* An end that never heard of the close repeats itself in the next connection;
 * numbers that a device mixes up are not of such an end. */
#define REUSED                                                                 \
	HANDSHAKE REQUEST "61.000 > S 70000000\n"                              \
			  "61.010 < S. 60000000 ack 70000001\n"                \
			  "61.020 > . 70000001 ack 60000001\n"
#define REUSED_NEAR(late)                                                      \
	"0.000 > S 0 ts 1000 0\n"                                              \
	"0.010 < S. 0 ack 1 ts 500 1000\n"                                     \
	"0.020 > . 1 ack 1 ts 1020 500\n"                                      \
	"0.030 > P. 1+100 ack 1 ts 1030 500\n"                                 \
	"0.040 < P. 1+500 ack 101 ts 540 1030\n"                               \
	"61.000 > S 70000000 ts 62000 0\n"                                     \
	"61.010 < S. 40 ack 70000001 ts 90061510 62000\n"                      \
	"61.020 > . 70000001 ack 41 ts 62020 90061510\n" late

static void stragglers(void **state)
{
	static const struct story stories[] = {
		{"data, and the answer to it",
		 REUSED "61.030 < P. 1+500 ack 101\n"
			"61.040 > . 101 ack 501\n",
		 2,
		 {{7, {1000, 5000}, 40000}, {3, {70001000, 60005000}, 40000}}},
		{"more than was sent last",
		 HANDSHAKE REQUEST "0.050 < P. 501+500 ack 101\n"
				   "0.060 < P. 1+500 ack 101\n"
				   "61.000 > S 70000000\n"
				   "61.010 < P. 501+500 ack 101\n",
		 2,
		 {{8, {1000, 5000}, 40000}, {1, {70001000, -1}, 40000}}},
		{"two connections later",
		 REUSED "122.000 > S 0x70000000\n"
			"122.010 < S. 50000000 ack 0x70000001\n"
			"122.020 < P. 1+500 ack 101\n",
		 3,
		 {{6, {1000, 5000}, 40000},
		  {3, {70001000, 60005000}, 40000},
		  {2, {0x700003e8, 50005000}, 40000}}},
		{"before the new SYN is answered",
		 HANDSHAKE REQUEST "61.000 > S 70000000\n"
				   "61.010 < P. 1+500 ack 101\n",
		 2,
		 {{6, {1000, 5000}, 40000}, {1, {70001000, -1}, 40000}}},
		{"a bare ACK may answer the new SYN (TIME_WAIT)",
		 HANDSHAKE REQUEST "61.000 > S 70000000\n"
				   "61.010 < . 501 ack 101\n",
		 2,
		 {{5, {1000, 5000}, 40000}, {2, {70001000, -1}, 40000}}},
		{"a RST may answer the old connection for the new one",
		 REUSED "61.030 < R. 501 ack 101\n"
			"61.040 < R 501\n",
		 2,
		 {{5, {1000, 5000}, 40000}, {5, {70001000, 60005000}, 40000}}},
		{"new bytes: the old connection lives",
		 REUSED "61.030 < P. 501+500 ack 101\n",
		 2,
		 {{5, {1000, 5000}, 40000}, {4, {70001000, 60005000}, 40000}}},
		{"one number of the old connection is not enough",
		 REUSED "61.030 < P. 60000001+500 ack 101\n",
		 2,
		 {{5, {1000, 5000}, 40000}, {4, {70001000, 60005000}, 40000}}},
		{"one number that is near both, and an old echo",
		 REUSED_NEAR("61.030 < P. 1+500 ack 101 ts 61530 1030\n"
			     "61.040 > . 101 ack 501 ts 62040 61530\n"),
		 2,
		 {{7, {1000, 5000}, 40000}, {3, {70001000, 5040}, 40000}}},
		{"the same without timestamps: what was sent last, once more",
		 HANDSHAKE REQUEST "61.000 > S 70000000\n"
				   "61.010 < S. 40 ack 70000001\n"
				   "61.020 > . 70000001 ack 41\n"
				   "61.030 < P. 1+500 ack 101\n"
				   "61.040 > . 101 ack 501\n",
		 2,
		 {{7, {1000, 5000}, 40000}, {3, {70001000, 5040}, 40000}}},
		{"an ACK of all to a FIN once more",
		 HANDSHAKE REQUEST "0.050 > F. 101 ack 501\n"
				   "61.000 > S 70000000\n"
				   "61.010 < S. 40 ack 70000001\n"
				   "61.020 > . 70000001 ack 41\n"
				   "61.030 > F. 101 ack 501\n"
				   "61.040 < . 501 ack 102\n",
		 2,
		 {{8, {1000, 5000}, 40000}, {3, {70001000, 5040}, 40000}}},
		{"an old ACK number on another segment",
		 HANDSHAKE REQUEST "61.000 > S 70000000\n"
				   "61.010 < S. 40 ack 70000001\n"
				   "61.020 > . 70000001 ack 41\n"
				   "61.030 < P. 41+400 ack 101\n",
		 2,
		 {{5, {1000, 5000}, 40000}, {4, {70001000, 5040}, 40000}}},
		{"the same with an echo of the new connection",
		 REUSED_NEAR("61.030 < P. 41+500 ack 101 ts 90061530 62020\n"),
		 2,
		 {{5, {1000, 5000}, 40000}, {4, {70001000, 5040}, 40000}}},
	};

	(void)state;
	assert_stories(stories, COUNT(stories));
}

/* No SYN, but long after the close numbers from elsewhere go on. */
static void numbers_from_elsewhere_split(void **state)
{
	static const char script[] =
		HANDSHAKE "0.050 > R 1\n"
			  "100.000 > P. 0x70000000+10 ack 0x60000000\n"
			  "100.010 < P. 0x60000000+10 ack 0x7000000a\n";
	struct point point = point_of_script(script, &here);

	(void)state;
	assert_int_equal(point_flow_count(&point), 2);
	assert_true(point_flow(&point, 1)->roles_guessed);
	assert_int_equal(point_flow(&point, 1)->packets, 2);
	point_fini(&point);
}

/* ---- what a flow notes ---- */

static void closing_is_noted(void **state)
{
	static const struct {
		const char *script;
		uint8_t fin;
		bool rst, closed;
	} cases[] = {
		{HANDSHAKE, 0, false, false},
		{HANDSHAKE "1 > F. 1 ack 1\n", 1, false, false},
		{HANDSHAKE "1 < F. 1 ack 1\n", 2, false, false},
		{HANDSHAKE "1 > F. 1 ack 1\n1 < F. 1 ack 2\n", 3, false, true},
		{HANDSHAKE "1 < R 1\n", 0, true, true},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct point point = point_of_script(cases[i].script, &here);
		const struct flow *flow = point_flow(&point, 0);

		assert_int_equal(flow->fin_seen, cases[i].fin);
		assert_int_equal(flow->rst_seen, cases[i].rst);
		assert_int_equal(flow_is_closed(flow), cases[i].closed);
		point_fini(&point);
	}
}

/* The head is the print of the stream's first bytes, however they are cut
 * into segments and in whatever order those come. */
static void head_is_of_the_first_bytes(void **state)
{
	static const char *const scripts[] = {
		HANDSHAKE "0.03 > P. 1+100 ack 1\n",
		HANDSHAKE "0.03 > P. 1+700 ack 1\n",
		HANDSHAKE "0.02 > P. 701+50 ack 1\n0.03 > P. 1+700 ack 1\n",
		HANDSHAKE "0.03 > P. 1+64 ack 1\n0.04 > P. 1+64 ack 1\n",
	};
	uint32_t head = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(scripts); i++) {
		struct point point = point_of_script(scripts[i], &here);
		const struct flow *flow = point_flow(&point, 0);

		assert_int_equal(flow->head_seen, 1);
		if (i == 0)
			head = flow->head[0];
		assert_int_equal(flow->head[0], head);
		point_fini(&point);
	}
}

static void times_and_order(void **state)
{
	struct point point = point_of_script(HANDSHAKE, &here);
	const struct flow *flow = point_flow(&point, 0);

	(void)state;
	assert_true(flow->first_ns == SCRIPT_EPOCH_NS);
	assert_true(flow->last_ns == SCRIPT_EPOCH_NS + 20 * MS);
	assert_false(flow->unordered);
	point_fini(&point);
	point = point_of_script(HANDSHAKE "0.015 < . 1 ack 1\n", &here);
	flow = point_flow(&point, 0);
	assert_true(flow->unordered);
	assert_true(flow->last_ns == SCRIPT_EPOCH_NS + 20 * MS);
	point_fini(&point);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(handshakes),
		cmocka_unit_test(roles_without_a_syn),
		cmocka_unit_test(syn_ack_beats_ports),
		cmocka_unit_test(incarnations),
		cmocka_unit_test(what_stays_in_its_incarnation),
		cmocka_unit_test(stragglers),
		cmocka_unit_test(numbers_from_elsewhere_split),
		cmocka_unit_test(closing_is_noted),
		cmocka_unit_test(head_is_of_the_first_bytes),
		cmocka_unit_test(times_and_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
