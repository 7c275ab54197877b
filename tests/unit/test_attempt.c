/* SPDX-License-Identifier: MIT
 *
 * A client tries again with another number; the device shifts the first
 * attempt by 70000 and the second by 90000. Numbers count from those of the
 * second attempt at either side: the first one is at -500 before the hop, and
 * 20000 less behind it.
 */
#include "rules/attempt.h"

#include "hops.h"

static const struct view before = {.isn = {1000, 5000}};
static const struct view behind = {.isn = {91000, 5000}, .ttl = 1};

#define TWICE                                                                  \
	"A0.000 > S -500 id 1\n"                                               \
	"B0.000 > S -20500 id 1\n"                                             \
	"1.000 > S 0 id 2\n"
#define ONCE "1.000 > S 0 id 2\n"

/* The offset of the first attempt is taken off: 20000 too little. */
#define OLD_OFFSET                                                             \
	"B1.010 < S. 0 ack 1 id 51\n"                                          \
	"A1.010 < S. 0 ack 20001 id 51\n"

static const struct {
	const char *words, *script, *kind;
} cases[] = {
	{"the offset of the first attempt", TWICE OLD_OFFSET,
	 "syn-rtx-isn-mismatch"},
	{"repeatedly",
	 TWICE OLD_OFFSET "B2.010 < S. 0 ack 1 id 52\n"
			  "A2.010 < S. 0 ack 20001 id 52\n",
	 "syn-rtx-isn-mismatch"},
	{"a device that renews its state", TWICE "1.010 < S. 0 ack 1 id 51\n",
	 NULL},
	{"the first attempt is the one that is answered",
	 TWICE "B1.010 < S. 0 ack -20499 id 51\n"
	       "A1.010 < S. 0 ack -499 id 51\n",
	 NULL},
	{"there was no first attempt", ONCE OLD_OFFSET,
	 "ack-altered-unexplained"},
	{"one capture missed it", "A0.000 > S -500 id 1\n" ONCE OLD_OFFSET,
	 "ack-altered-unexplained"},
	{"both attempts have one offset",
	 "0.000 > S -500 id 1\n" ONCE OLD_OFFSET, "ack-altered-unexplained"},
	{"another number",
	 TWICE "B1.010 < S. 0 ack 1 id 51\nA1.010 < S. 0 ack 20002 id 51\n",
	 "ack-altered-unexplained"},
	{"that number, and another one",
	 TWICE OLD_OFFSET "B2.010 < S. 0 ack 1 id 52\n"
			  "A2.010 < S. 0 ack 777 id 52\n",
	 "ack-altered-unexplained"},
	{"three attempts: which offset is whose?",
	 "A0.000 > S -900 id 7\nB0.000 > S -700 id 7\n" TWICE OLD_OFFSET,
	 "ack-altered-unexplained"},
};

static void attempts_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made_hop h;
		struct alignment alignment = {0};
		struct steps steps = {0};
		struct lookups lookups = {0};
		struct findings findings = {0};
		struct tally tally = {0};
		const struct comparison c = {.hop = &h.hop,
					     .alignment = &alignment,
					     .steps = &steps,
					     .lookups = &lookups,
					     .sure_without_isn = {true, true}};
		const char *kind = "nothing", *want = cases[i].kind;

		hop_of_script(&h, cases[i].script, &before, &behind);
		assert_true(translation_find_bases(&h.hop, 1));
		assert_true(align_hop(&h.hop, &alignment));
		lookups_reset(&lookups, &h.hop);
		compare_hop(&c, &findings, &tally);
		judge_attempts(&c, &findings, 0);
		if (findings.list.count > 0)
			kind = kind_entry(findings.list.items[0].kind)->id;
		if (findings.list.count > 1 ||
		    strcmp(kind, want != NULL ? want : "nothing") != 0)
			fail_msg("%s: %zu, %s", cases[i].words,
				 findings.list.count, kind);
		vec_fini(&findings.list);
		lookups_fini(&lookups);
		alignment_fini(&alignment);
		hop_end(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(attempts_are_judged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
