/* SPDX-License-Identifier: MIT
 *
 * What the sweep leaves over. Pairs are written as in test_align.c: in=out
 * and how, e exact, i identified, p by place.
 */
#include "aligner.h"

#include "hops.h"

static const struct view before = {.isn = {1000, 5000}};
static const struct view behind = {.isn = {71000, 0xfffffff0}, .ttl = 1};

enum clock_state { GOOD, UNKNOWN };

struct story {
	const char *words, *script;
	const char *pairs; /* from the client */
	enum clock_state clock;
};

static void assert_story(const struct story *s)
{
	struct alignment alignment = {0};
	struct made_hop h;
	char text[256];

	hop_of_script(&h, s->script, &before, &behind);
	h.clock.known = s->clock == GOOD;
	assert_true(translation_find_bases(&h.hop, 1));
	assert_true(align_hop(&h.hop, &alignment));
	pairs_describe(&alignment, FROM_CLIENT, text, sizeof(text));
	if (strcmp(text, s->pairs) != 0)
		fail_msg("%s: '%s' instead of '%s'", s->words, text, s->pairs);
	alignment_fini(&alignment);
	hop_end(&h);
}

static void assert_stories(const struct story *stories, size_t count)
{
	for (size_t i = 0; i < count; i++)
		assert_story(&stories[i]);
}

/* ---- IP IDs ---- */

static void ids_identify(void **state)
{
	static const struct story stories[] = {
		{"the ACK is wrong",
		 WITH_IDS "A0.03 > . 1 ack 501 id 3\n"
			  "B0.03 > . 1 ack 9501 id 3\n",
		 "0=0e 2=2e 3=3i", GOOD},
		{"the sequence number of an ACK is wrong",
		 WITH_IDS "A0.03 > . 1 ack 501 id 3\n"
			  "B0.03 > . 9001 ack 501 id 3\n",
		 "0=0e 2=2e 3=3i", GOOD},
		{"both are",
		 WITH_IDS "A0.03 > . 1 ack 501 id 3\n"
			  "B0.03 > . 9001 ack 9501 id 3\n",
		 "0=0e 2=2e 3=3i", GOOD},
		{"without common time",
		 WITH_IDS "A0.03 > . 1 ack 501 id 3\n"
			  "B0.03 > . 1 ack 9501 id 3\n",
		 "0=0e 2=2e 3=3i", UNKNOWN},
		{"another ID is another packet",
		 WITH_IDS "A0.03 > P. 1+50 ack 501 id 3\n"
			  "B0.03 > P. 9001+50 ack 9501 id 4 fill 1\n",
		 "0=0e 2=2e", GOOD},
		{"the ID is that of the packet before: only a place",
		 WITH_IDS "0.025 > . 1 ack 101 id 3\n"
			  "A0.03 > . 1 ack 501 id 3\n"
			  "B0.03 > . 1 ack 9501 id 3\n",
		 "0=0e 2=2e 3=3e 4=4p", GOOD},
		{"a routing loop shows it four times: still its own",
		 WITH_IDS "A0.03 > P. 1+9 ack 501 id 3\n"
			  "B0.030 > P. 1+9 ack 9501 id 3 ttl 60\n"
			  "B0.031 > P. 1+9 ack 9501 id 3 ttl 59\n"
			  "B0.032 > P. 1+9 ack 9501 id 3 ttl 58\n"
			  "B0.033 > P. 1+9 ack 9501 id 3 ttl 57\n",
		 "0=0e 2=2e 3=3i 3=4r 3=5r 3=6r", GOOD},
		{"four that are all alike are not told apart",
		 WITH_IDS "A0.03 > P. 1+9 ack 501 id 3\n"
			  "B0.030 > P. 1+9 ack 9501 id 3 ttl 60\n"
			  "B0.031 > P. 1+9 ack 9501 id 3 ttl 60\n"
			  "B0.032 > P. 1+9 ack 9501 id 3 ttl 60\n"
			  "B0.033 > P. 1+9 ack 9501 id 3 ttl 60\n",
		 "0=0e 2=2e 3=3r 3=4r 3=5r 3=6r", GOOD},
		{"two packets of that ID: none is identified",
		 WITH_IDS "A0.03 > . 1 ack 501 id 3\n"
			  "A0.031 > . 1 ack 601 id 3\n"
			  "B0.03 > . 9001 ack 9501 id 3\n",
		 "0=0e 2=2e", GOOD},
	};

	(void)state;
	assert_stories(stories, COUNT(stories));
}

/* ---- places ---- */

static void places_need_to_be_the_only_ones(void **state)
{
	static const struct story stories[] = {
		{"the only one",
		 NO_IDS "A0.03 > . 1 ack 501\n"
			"B0.03 > . 1 ack 9501\n",
		 "0=0e 2=2e 3=3p", GOOD},
		{"without common time a place is nothing",
		 NO_IDS "A0.03 > . 1 ack 501\n"
			"B0.03 > . 1 ack 9501\n",
		 "0=0e 2=2e", UNKNOWN},
		{"two that may be it",
		 NO_IDS "A0.03 > . 1 ack 501\n"
			"A0.0301 > . 1 ack 601\n"
			"B0.0301 > . 1 ack 9501\n",
		 "0=0e 2=2e", GOOD},
		{"as many on both sides: in order",
		 NO_IDS "A0.03 > . 1 ack 501\n"
			"A0.0301 > . 1 ack 601\n"
			"B0.03 > . 1 ack 9501\n"
			"B0.0301 > . 1 ack 9601\n",
		 "0=0e 2=2e 3=3p 4=4p", GOOD},
		{"not long after",
		 NO_IDS "A0.03 > . 1 ack 501\n"
			"B0.53 > . 1 ack 9501\n",
		 "0=0e 2=2e", GOOD},
		{"not before",
		 NO_IDS "A0.53 > . 1 ack 501\n"
			"B0.03 > . 1 ack 9501\n",
		 "0=0e 2=2e", GOOD},
		{"of the same content, at another place",
		 NO_IDS "A0.03 > P. 1+50 ack 501\n"
			"B0.03 > P. 9001+50 ack 501 like 1\n",
		 "0=0e 2=2e 3=3p", GOOD},
		{"of other content at another place",
		 NO_IDS "A0.03 > P. 1+50 ack 501\n"
			"B0.03 > P. 9001+50 ack 501 fill 3\n",
		 "0=0e 2=2e", GOOD},
		{"of other length",
		 NO_IDS "A0.03 > P. 9001+50 ack 501\n"
			"B0.03 > P. 9001+60 ack 501\n",
		 "0=0e 2=2e", GOOD},
	};

	(void)state;
	assert_stories(stories, COUNT(stories));
}

/* ---- time ---- */

/* What agrees in all numbers may take long, but not for ever; and it cannot
 * arrive before it was sent. ACKs have no borders to be paired by. */
static void agreement_has_time(void **state)
{
	static const struct story stories[] = {
		{"nine seconds",
		 NO_IDS "A1.0 > . 1 ack 77\nB10.0 > . 1 ack 77\n",
		 "0=0e 2=2e 3=3e", GOOD},
		{"eleven", NO_IDS "A1.0 > . 1 ack 77\nB12.0 > . 1 ack 77\n",
		 "0=0e 2=2e", GOOD},
		{"backwards", NO_IDS "A2.0 > . 1 ack 77\nB1.0 > . 1 ack 77\n",
		 "0=0e 2=2e", GOOD},
		{"the nearer one of two",
		 NO_IDS "A1.0 > . 1 ack 77\nA3.0 > . 1 ack 77\n"
			"B3.0 > . 1 ack 77\n",
		 "0=0e 2=2e 4=3e", GOOD},
	};

	(void)state;
	assert_stories(stories, COUNT(stories));
}

/* One is late by more places than the sweep looks ahead. */
static void far_out_of_order(void **state)
{
	struct alignment alignment = {0};
	struct made_hop h;
	struct pair pair = alignment_begin(FROM_CLIENT);
	char script[4096] = NO_IDS "A0.100 > . 1+10 ack 1\n";
	uint32_t pairs = 0;

	(void)state;
	for (uint32_t i = 0; i < 40; i++) {
		size_t at = strlen(script);

		snprintf(script + at, sizeof(script) - at,
			 "0.1%02u > . %u+10 ack 1\n", i + 1, 11 + i * 10);
	}
	strcat(script, "B0.150 > . 1+10 ack 1\n");
	hop_of_script(&h, script, &before, &behind);
	assert_true(align_hop(&h.hop, &alignment));
	for (; alignment_next(&alignment, &pair); pairs++) {
		assert_int_equal(pair.how, PAIR_EXACT);
		assert_true(h.traces[0].items.items[pair.in].seq ==
			    h.traces[1].items.items[pair.out].seq);
	}
	assert_int_equal(pairs, 2 + 41);
	assert_int_equal(alignment.taken[FROM_CLIENT][3], 43);
	alignment_fini(&alignment);
	hop_end(&h);
}

/* A clock that stepped back: packets seem to arrive before they are sent. Then
 * times are forgotten, and numbers alone pair them; places do not. After a step
 * forward packets are as late as the latest that is sure. */
static void a_clock_that_steps(void **state)
{
	static const struct {
		const char *words, *script, *pairs;
	} cases[] = {
		{"most arrive early",
		 NO_IDS "A5.1 > . 1 ack 11\nB0.1 > . 1 ack 11\n"
			"A5.2 > . 1 ack 12\nB0.2 > . 1 ack 12\n"
			"A5.3 > . 1 ack 13\nB0.3 > . 1 ack 13\n"
			"A5.4 > P. 1+9 ack 14\nB5.4 > P. 1+9 ack 99\n",
		 "0=0e 2=2e 3=3e 4=4e 5=5e 6=6r"},
		{"two of three are chance",
		 NO_IDS "A5.1 > . 1 ack 11\nB0.1 > . 1 ack 11\n"
			"A5.2 > . 1 ack 12\nB0.2 > . 1 ack 12\n"
			"A5.4 > P. 1+9 ack 14\nB5.4 > P. 1+9 ack 99\n",
		 "0=0e 2=2e 5=5p"},
		{"most arrive late, and the wrong one as late as they",
		 NO_IDS "A0.1 > . 1 ack 11\nB0.4 > . 1 ack 11\n"
			"A0.2 > . 1 ack 12\nB0.5 > . 1 ack 12\n"
			"A0.3 > . 1 ack 13\nB0.6 > . 1 ack 13\n"
			"A0.8 > . 1 ack 14\nB1.1 > . 1 ack 99\n",
		 "0=0e 2=2e 3=3e 4=4e 5=5e 6=6p"},
		{"and one that is later still is another",
		 NO_IDS "A0.1 > . 1 ack 11\nB0.4 > . 1 ack 11\n"
			"A0.2 > . 1 ack 12\nB0.5 > . 1 ack 12\n"
			"A0.3 > . 1 ack 13\nB0.6 > . 1 ack 13\n"
			"A0.8 > . 1 ack 14\nB1.2 > . 1 ack 99\n",
		 "0=0e 2=2e 3=3e 4=4e 5=5e"},
		{"two late ones are chance",
		 NO_IDS "A0.1 > . 1 ack 11\nB0.4 > . 1 ack 11\n"
			"A0.2 > . 1 ack 12\nB0.5 > . 1 ack 12\n"
			"A0.8 > . 1 ack 14\nB1.1 > . 1 ack 99\n",
		 "0=0e 2=2e 3=3e 4=4e"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		assert_story(&(struct story){cases[i].words, cases[i].script,
					     cases[i].pairs, GOOD});
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ids_identify),
		cmocka_unit_test(places_need_to_be_the_only_ones),
		cmocka_unit_test(agreement_has_time),
		cmocka_unit_test(far_out_of_order),
		cmocka_unit_test(a_clock_that_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
