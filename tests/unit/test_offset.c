/* SPDX-License-Identifier: MIT
 *
 * A stream whose sequence numbers are off by the same amount from some packet
 * on: did the offset change, was it not undone, or is it something else?
 */
#include "rules/offset.h"

#include "compared.h"

static const struct view before = {.isn = {1000, 5000}};
static const struct view behind = {.isn = {71000, 5000}, .ttl = 1};

/* The client's stream is 5000 farther behind the device, and the server's ACKs
 * are 5000 less before it: lines "late" and "back". */
#define OPENING                                                                \
	"0.000 > S 0 id 1\n"                                                   \
	"0.010 < S. 0 ack 1 id 51\n"                                           \
	"0.020 > . 1 ack 1 id 2\n"                                             \
	"0.030 > P. 1+100 ack 1 id 3\n"                                        \
	"0.040 < . 1 ack 101 id 52\n"
#define LATE                                                                   \
	"A3.050 > P. 101+100 ack 1 id 4\n"                                     \
	"B3.050 > P. 5101+100 ack 1 id 4 like 101\n"                           \
	"A3.250 > P. 101+100 ack 1 id 5\n"                                     \
	"B3.250 > P. 5101+100 ack 1 id 5 like 101\n"                           \
	"A3.650 > P. 101+100 ack 1 id 6\n"                                     \
	"B3.650 > P. 5101+100 ack 1 id 6 like 101\n"
#define UNDONE                                                                 \
	"B3.060 < . 1 ack 101 id 53\n"                                         \
	"A3.060 < . 1 ack -4899 id 53\n"                                       \
	"B3.260 < . 1 ack 101 id 54\n"                                         \
	"A3.260 < . 1 ack -4899 id 54\n"
#define KEPT                                                                   \
	"3.060 < . 1 ack 101 id 53\n"                                          \
	"3.260 < . 1 ack 101 id 54\n"                                          \
	"3.660 < . 1 ack 101 id 55\n"

static void judge_script(struct compared *j, const char *script)
{
	struct comparison c = compared_begin(j, script, &before, &behind);

	c.sure_without_isn[0] = c.sure_without_isn[1] = true;
	compare_hop(&c, &j->findings, &j->tally);
	judge_offsets(&c, &j->findings, 0, 0);
	assert_false(j->findings.failed);
}

static const struct {
	const char *words, *script;
	const char *kind; /* of the findings that are no consequences */
	uint64_t consequences;
} cases[] = {
	{"changed, and undone in the other direction", OPENING LATE UNDONE,
	 "translation-changed-midflow", 1},
	{"changed, and nothing comes back", OPENING LATE,
	 "translation-changed-midflow", 0},
	{"changed right behind the SYN",
	 "0.000 > S 0 id 1\n0.010 < S. 0 ack 1 id 51\n" LATE,
	 "translation-changed-midflow", 0},
	{"the ACKs are on the old offset", OPENING LATE KEPT,
	 "delta-not-inverse", 0},
	{"too few ACKs to say so", OPENING LATE "3.060 < . 1 ack 101 id 53\n",
	 "seq-wrong-delta", 0},
	{"ACKs that came in before the change were right",
	 OPENING "B3.045 < . 1 ack 101 id 53\n"
		 "A3.055 < . 1 ack 101 id 53\n" LATE,
	 "translation-changed-midflow", 0},
	{"two wrong numbers are wrong numbers",
	 OPENING "A3.050 > P. 101+100 ack 1 id 4\n"
		 "B3.050 > P. 5101+100 ack 1 id 4 like 101\n"
		 "A3.250 > P. 101+100 ack 1 id 5\n"
		 "B3.250 > P. 5101+100 ack 1 id 5 like 101\n",
	 "seq-wrong-delta", 0},
	{"but an ACK on the same offset makes three",
	 OPENING "A3.050 > P. 101+100 ack 1 id 4\n"
		 "B3.050 > P. 5101+100 ack 1 id 4 like 101\n"
		 "B3.060 < . 1 ack 101 id 53\n"
		 "A3.060 < . 1 ack -4899 id 53\n"
		 "A3.250 > P. 101+100 ack 1 id 5\n"
		 "B3.250 > P. 5101+100 ack 1 id 5 like 101\n",
	 "translation-changed-midflow", 1},
	{"right again: no new offset",
	 OPENING LATE "3.750 > P. 101+100 ack 1 id 7\n", "seq-wrong-delta", 0},
	{"wrong by different amounts",
	 OPENING LATE "A3.750 > P. 101+100 ack 1 id 7\n"
		      "B3.750 > P. 9101+100 ack 1 id 7 like 101\n",
	 "seq-wrong-delta", 0},
	{"wrong ACKs alone are wrong ACKs",
	 OPENING "3.050 > P. 101+100 ack 1 id 4\n"
		 "B3.060 < . 1 ack 201 id 53\nA3.060 < . 1 ack -4799 id 53\n"
		 "B3.070 < . 1 ack 201 id 54\nA3.070 < . 1 ack -4799 id 54\n"
		 "B3.080 < . 1 ack 201 id 55\nA3.080 < . 1 ack -4799 id 55\n",
	 "ack-altered-unexplained", 0},
	/* B's numbers count from the attempt that both points saw */
	{"one capture missed the attempt that counts",
	 "A0.000 > S -70000000 id 1\nB0.000 > S -70000000 id 1\n"
	 "A1.000 > S 0 id 2\n"
	 "1.010 < S. 0 ack 1 id 51\n"
	 "1.020 > . 1 ack 1 id 3\n"
	 "1.030 > P. 1+100 ack 1 id 4\n"
	 "1.040 < . 1 ack 101 id 52\n"
	 "1.050 > P. 101+100 ack 1 id 5\n"
	 "1.060 < . 1 ack 201 id 53\n",
	 NULL, 0},
	{"a healthy device", OPENING "3.050 > P. 101+100 ack 1 id 4\n" KEPT,
	 NULL, 0},
};

static void offsets_are_judged(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct compared j;
		size_t causes = 0, consequences = 0;

		judge_script(&j, cases[i].script);
		vec_foreach (f, &j.findings.list) {
			const char *kind = kind_entry(f->kind)->id;

			if (f->cause != FLOW_NONE) {
				consequences++;
				continue;
			}
			causes++;
			if (cases[i].kind == NULL ||
			    strcmp(kind, cases[i].kind) != 0)
				fail_msg("%s: %s", cases[i].words, kind);
		}
		if (causes != (cases[i].kind != NULL) ||
		    consequences != cases[i].consequences)
			fail_msg("%s: %zu causes, %zu consequences",
				 cases[i].words, causes, consequences);
		compared_end(&j);
	}
}

/* The frames on both sides of the change, and the number at its onset. */
static void change_is_shown(void **state)
{
	static const uint32_t values[] = {1101, 76101, 1001, 71001};
	struct compared j;
	const struct finding *f;

	(void)state;
	judge_script(&j, OPENING LATE UNDONE);
	f = j.findings.list.items;
	assert_int_equal(f->sighting_count, 4);
	for (uint32_t i = 0; i < COUNT(values); i++)
		assert_int_equal(f->sightings[i].value, values[i]);
	assert_int_equal(f->expected.n[0], 71101);
	assert_int_equal(f->observed.n[0], 76101);
	assert_int_equal(f->count, 3);
	assert_int_equal(f->repeated_syn, 0);
	compared_end(&j);
}

/* A SYN/ACK that comes again is told, as what the device may have taken for a
 * new beginning. */
static void repeated_handshake_is_told(void **state)
{
	struct compared j;

	(void)state;
	judge_script(&j, OPENING "0.950 < S. 0 ack 1 id 60\n" LATE);
	assert_int_equal(j.findings.list.count, 1);
	assert_int_equal(j.findings.list.items[0].repeated_syn,
			 TCP_SYN | TCP_ACK);
	compared_end(&j);
	judge_script(&j, OPENING "0.950 > S 0 id 60\n" LATE);
	/* that SYN, still right, is the last packet with the old offset */
	assert_int_equal(j.findings.list.items[0].repeated_syn, TCP_SYN);
	compared_end(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(offsets_are_judged),
		cmocka_unit_test(change_is_shown),
		cmocka_unit_test(repeated_handshake_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
