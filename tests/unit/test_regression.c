/* SPDX-License-Identifier: MIT
 *
 * ACKs of a download that go backwards behind the hop, and why they may.
 */
#include "rules/regression.h"

#include "hops.h"

#define BLOCKS 20

static const struct view before = {.isn = {1000, 5000}, .ts = {0xffffff80, 0}};
static const struct view behind = {
	.isn = {1000, 75000}, .ts = {90000, 0}, .ttl = 1};

/* A block and its ACK every 10 ms; the clock of the timestamps ticks with the
 * milliseconds. The last ACK is of 2001, at 0.221. */
static void download(char *at, bool stamped)
{
	at += sprintf(at, "0.000 > S 0 id 1 ts 100 0\n"
			  "0.010 < S. 0 ack 1 id 51 ts 700 100\n"
			  "0.020 > . 1 ack 1 id 2 ts 120 700\n");
	for (int i = 0; i < BLOCKS; i++) {
		const int ms = 30 + 10 * i;

		at += sprintf(at, "%.3f < . %d+100 ack 1 id %d ts %d 120\n",
			      ms * 1e-3, 1 + 100 * i, 60 + i, 700 + ms);
		at += sprintf(at, "%.3f > . 1 ack %d id %d", ms * 1e-3 + 1e-3,
			      101 + 100 * i, 3 + i);
		at += stamped ? sprintf(at, " ts %d %d\n", 101 + ms, 700 + ms)
			      : sprintf(at, "\n");
	}
}

static const struct {
	const char *words, *lines;
	bool stamped;
	uint64_t count, undecided;
} cases[] = {
	{"all is well", "", true, 0, 0},
	{"an ACK that came in nowhere", "B0.225 > . 1 ack 1001 ts 325 920\n",
	 true, 1, 0},
	{"two of them",
	 "B0.225 > . 1 ack 1001 ts 325 920\n"
	 "B0.227 > . 1 ack 501 ts 327 920\n",
	 true, 2, 0},
	{"another one, before the clock has moved on",
	 "B0.2215 > . 1 ack 1951 ts 321 920\n"
	 "B0.225 > . 1 ack 1001 ts 325 920\n",
	 true, 1, 1},
	{"and an old one that was doubled",
	 "B0.225 > . 1 ack 1001 ts 325 920\n"
	 "B0.227 > . 1 ack 1901 ts 311 910\n",
	 true, 1, 0},
	{"an old one that was delayed: its clock says so",
	 "B0.225 > . 1 ack 1001 ts 221 820\n", true, 0, 0},
	{"the clock has not moved on", "B0.2215 > . 1 ack 1951 ts 321 920\n",
	 true, 0, 1},
	{"a duplicate of the last one", "B0.225 > . 1 ack 2001 ts 325 920\n",
	 true, 0, 0},
	{"it came in so", "0.225 > . 1 ack 1001 id 90 ts 325 920\n", true, 0,
	 0},
	{"such a one came in before",
	 "0.225 > . 1 ack 1001 id 90 ts 325 920\n"
	 "B0.227 > . 1 ack 501 ts 327 920\n",
	 true, 0, 0},
	{"the near side's capture misses others",
	 "B0.225 > . 1 ack 1001 ts 325 920\n"
	 "B0.230 > P. 1+10 ack 2001 ts 330 920\n",
	 true, 0, 0},
	{"without timestamps", "B0.225 > . 1 ack 1001\n", false, 0, 1},
	{"a RST", "B0.225 > R. 1 ack 1001 ts 325 920\n", true, 0, 0},
};

struct checked {
	struct made_hop h;
	struct alignment alignment;
	struct findings findings;
	struct tally tally;
};

static void check(struct checked *c, const char *lines, bool stamped,
		  bool found_before)
{
	struct comparison comparison = {.path = 3, .hop_index = 2};
	char script[BLOCKS * 160];

	*c = (struct checked){0};
	download(script, stamped);
	strcat(script, lines);
	hop_of_script(&c->h, script, &before, &behind);
	assert_true(translation_find_bases(&c->h.hop, 1));
	assert_true(align_hop(&c->h.hop, &c->alignment));
	comparison.hop = &c->h.hop;
	comparison.alignment = &c->alignment;
	if (found_before)
		findings_add(&c->findings, KIND_ACK_UNTRANSLATED);
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++)
		check_regression(&comparison, d, &c->findings, 0, &c->tally);
	assert_false(c->findings.failed);
}

static void checked_end(struct checked *c)
{
	vec_fini(&c->findings.list);
	alignment_fini(&c->alignment);
	hop_end(&c->h);
}

static void regressions(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct checked c;
		const struct finding *f;

		check(&c, cases[i].lines, cases[i].stamped, false);
		f = c.findings.list.items;
		if (c.findings.list.count != (cases[i].count > 0) ||
		    (cases[i].count > 0 && f->count != cases[i].count) ||
		    c.tally.undecided != cases[i].undecided)
			fail_msg("%s: %zu findings", cases[i].words,
				 c.findings.list.count);
		checked_end(&c);
	}
}

/* The ACK before it and itself, both of the far side. */
static void a_regression_shows_the_step(void **state)
{
	const struct finding *f;
	struct checked c;

	(void)state;
	check(&c, cases[1].lines, true, false);
	assert_int_equal(c.findings.list.count, 1);
	f = c.findings.list.items;
	assert_int_equal(f->kind, KIND_ACK_REGRESSION);
	assert_int_equal(f->severity, NW_WARNING);
	assert_int_equal(f->direction, FROM_CLIENT);
	assert_int_equal(f->path, 3);
	assert_int_equal(f->hop, 2);
	assert_int_equal(f->exposure, 1 + 2 + BLOCKS);
	assert_int_equal(f->sighting_count, 2);
	assert_int_equal(f->sightings[0].point, 1);
	assert_int_equal(f->sightings[0].value, behind.isn[1] + 2001);
	assert_int_equal(f->sightings[1].value, behind.isn[1] + 1001);
	assert_true(f->onset_ns == SCRIPT_EPOCH_NS + 225 * MS);
	checked_end(&c);
}

/* Wrong ACKs of the direction have a name already. */
static void one_accusation_is_enough(void **state)
{
	struct checked c;

	(void)state;
	check(&c, cases[1].lines, true, true);
	assert_int_equal(c.findings.list.count, 1);
	assert_int_equal(c.findings.list.items[0].kind, KIND_ACK_UNTRANSLATED);
	checked_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(regressions),
		cmocka_unit_test(a_regression_shows_the_step),
		cmocka_unit_test(one_accusation_is_enough),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
