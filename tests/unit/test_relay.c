/* SPDX-License-Identifier: MIT
 *
 * Who answers the SYN? Lines marked A are seen before the hop, lines marked B
 * behind it; the clocks of the two points need not agree.
 */
#include "rules/relay.h"

#include "hops.h"

/* The client's side of the handshake is over before the server's begins. */
#define EARLY                                                                  \
	"A0.000 > S 0\n"                                                       \
	"A0.001 < S. 0 ack 1\n"                                                \
	"A0.041 > . 1 ack 1\n"                                                 \
	"B0.042 > S 0\n"                                                       \
	"B0.043 < S. 0 ack 1\n"                                                \
	"B0.044 > . 1 ack 1\n"
#define PASSED                                                                 \
	"0.000 > S 0\n"                                                        \
	"0.010 < S. 0 ack 1\n"                                                 \
	"0.020 > . 1 ack 1\n"
#define REQUEST  "0.100 > P. 1+100 ack 1\n"
#define RESPONSE "0.150 < P. 1+500 ack 101\n"
#define TALK     REQUEST RESPONSE
#define ACKED    "0.190 > . 101 ack 501\n"
/* A proxy takes the response at once, its client later. */
#define ACKED_TWICE                                                            \
	"B0.1501 > . 101 ack 501\n"                                            \
	"A0.190 > . 101 ack 501\n"

#define SERVER_OTHER                                                           \
	{                                                                      \
		1000, 95000                                                    \
	}
#define BOTH_OTHER                                                             \
	{                                                                      \
		81000, 95000                                                   \
	}

static const struct {
	const char *words, *script;
	uint32_t isn[2]; /* behind the hop */
	enum relay relay;
} cases[] = {
	{"a SYN proxy", EARLY TALK ACKED, SERVER_OTHER, RELAY_SYN},
	{"who answers does not know the server's number",
	 EARLY TALK ACKED,
	 {1000, 5000},
	 RELAY_NONE},
	{"numbers are shifted, no more", PASSED TALK ACKED, BOTH_OTHER,
	 RELAY_NONE},
	{"a proxy", EARLY TALK ACKED_TWICE, BOTH_OTHER, RELAY_TERMINATED},
	{"delayed binding keeps the client's numbers", EARLY TALK ACKED_TWICE,
	 SERVER_OTHER, RELAY_SYN},
	{"numbers shifted besides, ACKs are the client's", EARLY TALK ACKED,
	 BOTH_OTHER, RELAY_SYN},
	{"an early ACK that fits no segment is a wrong one",
	 EARLY TALK "B0.1501 > . 101 ack 450\n"
		    "A0.190 > . 101 ack 501\n",
	 BOTH_OTHER, RELAY_SYN},
	{"the client's own ACK was not captured",
	 EARLY TALK "B0.1501 > . 101 ack 501\n", BOTH_OTHER, RELAY_SYN},
	{"a proxy that puts a header first",
	 EARLY "B0.0441 > P. 1+48 ack 1 like 9000\n"
	       "A0.100 > P. 1+100 ack 1\n"
	       "B0.100 > P. 49+100 ack 1 like 1\n"
	       "A0.150 < P. 1+500 ack 101\n"
	       "B0.150 < P. 1+500 ack 149\n"
	       "B0.1501 > . 149 ack 501\n"
	       "A0.190 > . 101 ack 501\n",
	 BOTH_OTHER, RELAY_TERMINATED},
	{"a repeated SYN, and a capture that began late",
	 "A0.000 > S 0\n"
	 "A0.010 < S. 0 ack 1\n"
	 "1.000 > S 0\n"
	 "1.010 < S. 0 ack 1\n"
	 "1.020 > . 1 ack 1\n"
	 "1.100 > P. 1+100 ack 1\n"
	 "1.150 < P. 1+500 ack 101\n",
	 BOTH_OTHER, RELAY_NONE},
	{"a capture that lacks the first SYN alone",
	 "A0.000 > S 0\n"
	 "0.010 < S. 0 ack 1\n"
	 "1.000 > S 0\n"
	 "1.010 < S. 0 ack 1\n"
	 "1.020 > . 1 ack 1\n"
	 "1.100 > P. 1+100 ack 1\n"
	 "1.150 < P. 1+500 ack 101\n",
	 BOTH_OTHER, RELAY_NONE},
	{"nothing bounds the clocks: no data of the client",
	 EARLY RESPONSE ACKED, SERVER_OTHER, RELAY_NONE},
	{"nor of the server", EARLY REQUEST, SERVER_OTHER, RELAY_NONE},
	{"other data behind",
	 EARLY "A0.100 > P. 1+100 ack 1\n"
	       "B0.100 > P. 1+90 ack 1 like 700\n" RESPONSE,
	 SERVER_OTHER, RELAY_NONE},
	{"the capture before lacks the request, and sees it repeated",
	 PASSED "B0.100 > P. 1+100 ack 1\n" RESPONSE
		"A0.900 > P. 1+100 ack 1\n",
	 BOTH_OTHER, RELAY_NONE},
	{"the answer is stamped a little before the SYN passes",
	 "A0.00000 > S 0\n"
	 "A0.00001 < S. 0 ack 1\n"
	 "B0.00009 > S 0\n"
	 "B0.00010 < S. 0 ack 1\n"
	 "0.020 > . 1 ack 1\n" TALK,
	 BOTH_OTHER, RELAY_NONE},
};

static void assert_relay(size_t i, int64_t clock_ns, int64_t transit_ns)
{
	const struct view before = {.isn = {1000, 5000}};
	const struct view behind = {
		.isn = {cases[i].isn[0], cases[i].isn[1]},
		.clock_ns = clock_ns,
		.transit_ns = transit_ns,
	};
	struct made_hop h;
	enum relay relay;

	hop_of_script(&h, cases[i].script, &before, &behind);
	assert_true(translation_find_bases(&h.hop, 1));
	relay = relay_find(&h.hop);
	if (relay != cases[i].relay)
		fail_msg("%s, clock %lld: %d", cases[i].words,
			 (long long)clock_ns, (int)relay);
	hop_end(&h);
}

static void who_answers(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_relay(i, 0, 0);
}

static void whatever_the_clocks_say(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		assert_relay(i, 86400 * INT64_C(1000000000), MS / 10);
		assert_relay(i, -7 * MS, MS / 10);
	}
}

/* One connection on two tuples is not followed. */
static void several_tuples(void **state)
{
	const struct view before = {.isn = {1000, 5000}, .side = 'A'};
	const struct view behind = {.isn = BOTH_OTHER, .side = 'B'};
	struct view other = behind;
	struct made m = capture_begin();
	struct made_hop h;

	(void)state;
	other.client_port = 7;
	capture_script(&m, EARLY TALK ACKED_TWICE, &behind);
	capture_script(&m, EARLY TALK ACKED_TWICE, &other);
	hop_begin(&h, point_of_script(EARLY TALK ACKED_TWICE, &before),
		  point_of(&m));
	assert_int_equal(relay_find(&h.hop), RELAY_NONE);
	hop_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_answers),
		cmocka_unit_test(whatever_the_clocks_say),
		cmocka_unit_test(several_tuples),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
