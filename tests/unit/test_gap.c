/* SPDX-License-Identifier: MIT
 *
 * Bytes that come to a hop again and again and never leave it; and what only
 * looks like that.
 */
#include "rules/gap.h"

#include "hops.h"

static const struct view before = {.isn = {1000, 5000}};
static const struct view behind = {.isn = {71000, 5000}, .ttl = 1};

#define OPENING                                                                \
	"0.000 > S 0 id 1\n"                                                   \
	"0.010 < S. 0 ack 1 id 51\n"                                           \
	"0.020 > . 1 ack 1 id 2\n"                                             \
	"0.030 > . 1+100 ack 1 id 3\n"                                         \
	"0.035 < . 1 ack 101 id 52\n"
#define LOST  "A0.040 > . 101+100 ack 1 id 4\n"
#define LATER "0.041 > . 201+100 ack 1 id 5\n"
#define ASK   "0.050 < . 1 ack 101 id 53\n"
/* Repeated with other borders, each time in vain. */
#define AGAIN "A0.300 > . 101+200 ack 1 id 6\n"
#define AND   "A0.900 > . 101+150 ack 1 id 7\n"
#define TAIL  "2.000 < F. 1 ack 101 id 54\n"

static const struct {
	const char *words, *script;
	bool clock_known;
	uint64_t count; /* of copies in the finding; 0: there is none */
} cases[] = {
	{"never passed", OPENING LOST LATER ASK AGAIN AND TAIL, true, 3},
	{"without a common time", OPENING LOST LATER ASK AGAIN AND TAIL, false,
	 0},
	{"nothing from behind it passed", OPENING LOST ASK AGAIN AND TAIL, true,
	 0},
	{"two copies only", OPENING LOST LATER ASK AGAIN TAIL, true, 0},
	{"the same segment three times: a path-drop",
	 OPENING LOST LATER ASK "A0.300 > . 101+100 ack 1 id 6\n"
				"A0.900 > . 101+100 ack 1 id 7\n" TAIL,
	 true, 0},
	{"the receiver has it: that capture missed it",
	 OPENING LOST LATER ASK AGAIN AND "2.000 < . 1 ack 301 id 54\n", true,
	 0},
	{"only the near side saw the receiver's ACK",
	 OPENING LOST LATER ASK AGAIN AND "A1.900 < . 1 ack 301 id 54\n" TAIL,
	 true, 0},
	{"no word of the receiver after the last copies",
	 OPENING LOST LATER ASK AGAIN AND, true, 0},
	{"it speaks too early to have got the last copy",
	 OPENING LOST LATER ASK AGAIN AND "1.000 < . 1 ack 101 id 54\n", true,
	 0},
	{"a copy passed in the end",
	 OPENING LOST LATER ASK AGAIN AND "1.500 > . 101+100 ack 1 id 8\n" TAIL,
	 true, 0},
	{"a part of it passed",
	 OPENING LOST LATER ASK AGAIN AND "B1.500 > . 101+10 ack 1 id 8\n" TAIL,
	 true, 0},
	{"other data is missing there as well",
	 OPENING LOST LATER ASK
	 "A0.060 > . 301+100 ack 1 id 9\n"
	 "0.061 > . 401+100 ack 1 id 10\n" AGAIN AND TAIL,
	 true, 0},
	{"a RST before the last copies",
	 OPENING LOST LATER ASK "0.200 < R 1 id 59\n" AGAIN AND TAIL, true, 0},
	{"a RST in the end",
	 OPENING LOST LATER ASK AGAIN AND TAIL "2.100 > R 301 id 60\n", true,
	 3},
};

struct checked {
	struct made_hop h;
	struct alignment alignment;
	struct steps steps;
	struct findings findings;
};

static void check(struct checked *c, const char *script, bool clock_known)
{
	struct comparison comparison = {.path = 3, .hop_index = 2};

	*c = (struct checked){0};
	hop_of_script(&c->h, script, &before, &behind);
	c->h.clock.known = clock_known;
	assert_true(translation_find_bases(&c->h.hop, 1));
	assert_true(steps_find(&c->h.hop, &c->steps));
	assert_true(align_hop(&c->h.hop, &c->alignment));
	comparison.hop = &c->h.hop;
	comparison.alignment = &c->alignment;
	comparison.steps = &c->steps;
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++)
		check_gap(&comparison, d, &c->findings, 0);
	assert_false(c->findings.failed);
}

static void checked_end(struct checked *c)
{
	vec_fini(&c->findings.list);
	steps_fini(&c->steps);
	alignment_fini(&c->alignment);
	hop_end(&c->h);
}

static void gaps(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct checked c;

		check(&c, cases[i].script, cases[i].clock_known);
		if (c.findings.list.count != (cases[i].count > 0))
			fail_msg("%s: %zu findings", cases[i].words,
				 c.findings.list.count);
		if (cases[i].count > 0)
			assert_int_equal(c.findings.list.items[0].count,
					 cases[i].count);
		checked_end(&c);
	}
}

/* Two of the copies, and who goes on asking for it. */
static void a_gap_shows_copies(void **state)
{
	const struct finding *f;
	struct checked c;

	(void)state;
	check(&c, cases[0].script, true);
	assert_int_equal(c.findings.list.count, 1);
	f = c.findings.list.items;
	assert_int_equal(f->kind, KIND_STREAM_GAP);
	assert_int_equal(f->severity, NW_ERROR);
	assert_int_equal(f->direction, FROM_CLIENT);
	assert_int_equal(f->path, 3);
	assert_int_equal(f->hop, 2);
	assert_int_equal(f->exposure, 5);
	assert_int_equal(f->sighting_count, 3);
	assert_int_equal(f->sightings[0].frame, 6);
	assert_int_equal(f->sightings[1].value, before.isn[0] + 101);
	assert_int_equal(f->sightings[2].point, 1);
	assert_int_equal(f->sightings[2].value, behind.isn[0] + 101);
	assert_true(f->onset_ns == SCRIPT_EPOCH_NS + 40 * MS);
	checked_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(gaps),
		cmocka_unit_test(a_gap_shows_copies),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
