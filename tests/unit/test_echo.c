/* SPDX-License-Identifier: MIT
 *
 * A RST that answers a wrong ACK, as the client sees it. The device shifts the
 * server's numbers by 900000; the ACK of the request is passed on as it is.
 */
#include "rules/echo.h"

#include "hops.h"

#define SHIFT 900000

#define OPENING                                                                \
	"0.000 > S 0 mss 1460 id 1\n"                                          \
	"0.010 < S. 0 ack 1 mss 1460 id 51\n"                                  \
	"0.020 > . 1 ack 1 id 2\n"
#define REQUEST                                                                \
	"A0.030 > P. 1+100 ack 1 id 3\n"                                       \
	"B0.030 > P. 1+100 ack -899999 id 3\n"
/* What the server sends takes its number from the wrong ACK. */
#define SENT "B0.031 < R -899999 id 52\n"

struct echo_case {
	const char *words, *script;
	uint32_t shift;
	enum echo echo;
	bool is_outside;
};

static const struct echo_case cases[] = {
	{"translated back rightly",
	 OPENING REQUEST SENT "A0.031 < R -899999 id 52\n", SHIFT, ECHO_RIGHT,
	 true},
	{"not translated, as the way there",
	 OPENING REQUEST SENT "A0.031 < R 1 id 52\n", SHIFT, ECHO_MIRROR,
	 false},
	{"a third number, outside",
	 OPENING REQUEST SENT "A0.031 < R 77777777 id 52\n", SHIFT, ECHO_OTHER,
	 true},
	{"a third number, inside",
	 OPENING REQUEST SENT "A0.031 < R 100 id 52\n", SHIFT, ECHO_OTHER,
	 false},
	/* Silent: */
	{"no shift: right and wrong are the same",
	 OPENING "0.030 > P. 1+100 ack -899999 id 3\n"
		 "0.031 < R -899999 id 52\n",
	 0, ECHO_UNKNOWN, false},
	{"the RST was lost", OPENING REQUEST SENT, SHIFT, ECHO_UNKNOWN, false},
	{"two came: which is it?",
	 OPENING REQUEST SENT "A0.031 < R -899999 id 52\n"
			      "A0.032 < R 1 id 53\n",
	 SHIFT, ECHO_UNKNOWN, false},
	{"two were sent",
	 OPENING REQUEST SENT "B0.032 < R 1 id 53\n"
			      "A0.031 < R -899999 id 52\n",
	 SHIFT, ECHO_UNKNOWN, false},
	{"what came is a RST with an ACK, not this one",
	 OPENING REQUEST SENT "A0.031 < R. 1 ack 101 id 52\n", SHIFT,
	 ECHO_UNKNOWN, false},
	{"the client's ACK was wrong itself",
	 OPENING "0.030 > P. 1+100 ack -899999 id 3\n"
		 "0.031 < R -899999 id 52\n",
	 SHIFT, ECHO_UNKNOWN, false},
	{"the capture at the client began late",
	 "B0.000 > S 0 mss 1460 id 1\n"
	 "B0.010 < S. 0 ack 1 mss 1460 id 51\n"
	 "0.020 > . 1 ack 1 id 2\n" REQUEST SENT "A0.031 < R -899999 id 52\n",
	 SHIFT, ECHO_UNKNOWN, false},
};

static const struct trace_item *first_reset(const struct trace *trace)
{
	vec_foreach (item, &trace->items)
		if ((item->record.segment.flags & TCP_RST) != 0)
			return item;
	fail_msg("no RST");
	return NULL;
}

static void assert_echo(const struct echo_case *c)
{
	const struct view before = {.isn = {1000, 5000000}};
	const struct view behind = {.isn = {1000, 5000000 + c->shift}};
	struct made_hop h;
	struct echo_result r;

	hop_of_script(&h, c->script, &before, &behind);
	r = echo_test(&h.traces[0], &h.traces[1], first_reset(&h.traces[1]));
	if (r.echo != c->echo)
		fail_msg("%s: %d", c->words, (int)r.echo);
	if (r.is_outside != c->is_outside)
		fail_msg("%s: %s", c->words, r.is_outside ? "out" : "in");
	if (r.echo != ECHO_UNKNOWN) {
		assert_ptr_equal(r.reset, first_reset(&h.traces[0]));
		assert_int_equal(r.waiting->ack, 1);
	}
	hop_end(&h);
}

static void echoes_are_read(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_echo(&cases[i]);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(echoes_are_read),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
