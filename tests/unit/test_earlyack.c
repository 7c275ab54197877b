/* SPDX-License-Identifier: MIT
 *
 * A download whose ACKs leave the hop before the receiver sent them, and what
 * only looks like it. The client's ACKs pass from the near side to the far one.
 */
#include "rules/earlyack.h"

#include "hops.h"

static const struct view before = {.isn = {1000, 5000}};
static const struct view behind = {.isn = {1000, 75000}, .ttl = 1};

#define OPENING                                                                \
	"0.000 > S 0 id 1\n"                                                   \
	"0.010 < S. 0 ack 1 id 51\n"                                           \
	"0.020 > . 1 ack 1 id 2\n"

/* How each block of data is acknowledged; the pattern is repeated:
 * 'e' by the device and, later, by the receiver
 * '.' by the receiver
 * 'm' by the receiver, which the near side's capture misses
 * 'd' by the device, and that capture misses the data as well */
static void download(char *at, const char *pattern, int blocks, double late)
{
	const size_t period = strlen(pattern);

	at += sprintf(at, OPENING);
	for (int i = 0; i < blocks; i++) {
		const char what = pattern[(size_t)i % period];
		const double t = 0.03 + i * 0.002;
		const int end = 1 + (i + 1) * 100;

		at += sprintf(at, "%s%.4f < . %d+100 ack 1 id %d\n",
			      what == 'd' ? "B" : "", t, end - 100, 100 + i);
		if (what == 'e' || what == 'd')
			at += sprintf(at, "B%.4f > . 1 ack %d\n", t + 0.001,
				      end);
		at += sprintf(at, "%s%.4f > . 1 ack %d id %d\n",
			      what == 'm' ? "B" : "", t + 0.001 + late, end,
			      1000 + i);
	}
}

static const struct {
	const char *words, *pattern;
	int blocks;
	double late; /* s, after the device could have answered */
	bool clock_known, early;
} cases[] = {
	{"each block, 30 ms early", "e", 40, 0.03, true, true},
	{"every other block", "e.", 40, 0.03, true, true},
	{"the receiver alone", ".", 40, 0.03, true, false},
	{"without a common time", "e", 40, 0.03, false, false},
	{"earlier by what clocks may be off", "e", 40, 0.002, true, false},
	{"too few to tell", "e", 7, 0.03, true, false},
	{"now and then", "e....", 60, 0.006, true, false},
	{"missed by a capture that sees one way", "mmmmmmm.", 80, 0.03, true,
	 false},
	{"by a capture that misses data, too", "d", 40, 0.03, true, false},
};

static void early_acks(void **state)
{
	static char script[100 * 160];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct alignment alignment = {0};
		struct made_hop h;

		download(script, cases[i].pattern, cases[i].blocks,
			 cases[i].late);
		hop_of_script(&h, script, &before, &behind);
		assert_true(translation_find_bases(&h.hop, 1));
		assert_true(align_hop(&h.hop, &alignment));
		h.clock.known = cases[i].clock_known;
		if (acks_are_early(&h.hop, &alignment, FROM_CLIENT) !=
		    cases[i].early)
			fail_msg("%s", cases[i].words);
		assert_false(acks_are_early(&h.hop, &alignment, FROM_SERVER));
		alignment_fini(&alignment);
		hop_end(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(early_acks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
