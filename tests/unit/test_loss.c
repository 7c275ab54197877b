/* SPDX-License-Identifier: MIT
 *
 * Missing and surplus packets on a path of two or three points. `sides` says
 * which marked lines each point sees: "ABA" is a path whose point in the
 * middle lacks what is marked A.
 */
#include "loss.h"

#include "points.h"

#define HANDSHAKE                                                              \
	"0.000 > S 0\n"                                                        \
	"0.010 < S. 0 ack 1\n"                                                 \
	"0.020 > . 1 ack 1\n"
#define TAIL   "9.000 < . 1 ack 1\n" /* all taps are still there */
#define POINTS 3

static const struct view here = {.isn = {1000, 5000}};

struct judged {
	size_t count;
	struct point points[POINTS];
	struct trace traces[POINTS];
	struct clock clocks[POINTS];
	struct hop hops[POINTS];
	struct alignment alignments[POINTS];
	struct findings findings;
	struct tally tallies[POINTS];
};

static void load(struct judged *j, const char *script, const char *sides,
		 bool clock_known)
{
	*j = (struct judged){.count = strlen(sides)};
	for (uint32_t p = 0; p < j->count; p++) {
		const struct path_flow flow = {p, 0, FLOW_NONE};
		struct view view = here;

		view.side = sides[p];
		j->points[p] = point_of_script(script, &view);
		assert_int_equal(point_flow_count(&j->points[p]), 1);
		j->traces[p].point = p;
		assert_true(trace_load(&j->traces[p], &j->points[p], &flow, 1));
	}
	for (uint32_t h = 0; h + 1 < j->count; h++) {
		j->clocks[h] = (struct clock){.known = clock_known,
					      .mid_ns = SCRIPT_EPOCH_NS,
					      .uncertainty_ns = MS / 2,
					      .spread_ns = MS / 2};
		j->hops[h] = (struct hop){.before = &j->traces[h],
					  .behind = &j->traces[h + 1],
					  .clock = &j->clocks[h]};
	}
}

static void judge_with(struct judged *j, const char *script, const char *sides,
		       bool clock_known, const struct strays *strays)
{
	static const uint32_t indexes[] = {0, 1};
	static const uint8_t classes[] = {NW_MATCH_STRONG, NW_MATCH_CERTAIN};
	uint32_t hops;

	load(j, script, sides, clock_known);
	hops = (uint32_t)j->count - 1;
	assert_true(translation_find_bases(j->hops, hops));
	for (uint32_t h = 0; h < hops; h++)
		assert_true(align_hop(&j->hops[h], &j->alignments[h]));
	loss_judge(&(struct loss_path){.points = j->points,
				       .hops = j->hops,
				       .indexes = indexes,
				       .alignments = j->alignments,
				       .strays = strays,
				       .count = hops,
				       .path = 4,
				       .match_classes = classes},
		   &j->findings, j->tallies);
	assert_false(j->findings.failed);
}

static void judge(struct judged *j, const char *script, const char *sides,
		  bool clock_known)
{
	judge_with(j, script, sides, clock_known, NULL);
}

static void judge_end(struct judged *j)
{
	for (size_t p = 0; p < j->count; p++) {
		alignment_fini(&j->alignments[p]);
		trace_fini(&j->traces[p]);
		point_fini(&j->points[p]);
	}
	vec_fini(&j->findings.list);
}

struct story {
	const char *words, *sides, *script;
	const char *kind; /* of the only finding; NULL: there is none */
	uint32_t hop;     /* of it, and of what follows */
	int direction;
	uint64_t count, missed, undecided;
	bool error;
};

static void assert_story(const struct story *s, bool clock_known)
{
	struct judged j;
	const struct finding *f;
	const struct tally *t;

	judge(&j, s->script, s->sides, clock_known);
	f = j.findings.list.items;
	t = &j.tallies[s->hop];
	if (j.findings.list.count != (s->kind != NULL))
		fail_msg("%s: %zu findings", s->words, j.findings.list.count);
	if (s->kind != NULL &&
	    (strcmp(kind_entry(f->kind)->id, s->kind) != 0 ||
	     f->hop != s->hop || (int)f->direction != s->direction ||
	     f->count != s->count || (f->severity == NW_ERROR) != s->error))
		fail_msg("%s: %llu %s at %u, %d, severity %u", s->words,
			 (unsigned long long)f->count, kind_entry(f->kind)->id,
			 f->hop, (int)f->direction, f->severity);
	if (t->missed[s->direction] != s->missed ||
	    t->undecided != s->undecided ||
	    t->checks[CHECK_PATH][s->direction].violations !=
		    (s->kind != NULL ? s->count : 0))
		fail_msg("%s: %llu missed, %llu undecided", s->words,
			 (unsigned long long)t->missed[s->direction],
			 (unsigned long long)t->undecided);
	judge_end(&j);
}

/* ---- drops ---- */

#define LOST "A0.030 > P. 1+100 ack 1\n"

static const struct story drops[] = {
	{"a later point saw it", "ABA",
	 HANDSHAKE LOST "0.330 > P. 1+100 ack 1\n" TAIL, NULL, 0, 0, 0, 1, 0,
	 false},
	{"a later point did not", "ABB",
	 HANDSHAKE LOST "0.330 > P. 1+100 ack 1\n" TAIL, "path-drop", 0, 0, 1,
	 0, 0, false},
	{"on the way back, too, a later point saw it", "ABA",
	 HANDSHAKE "A0.030 < P. 1+100 ack 1\n"
		   "0.330 < P. 1+100 ack 1\n" TAIL,
	 NULL, 1, 1, 0, 1, 0, false},
	{"the receiver has it", "AB",
	 HANDSHAKE LOST "0.050 < . 1 ack 101\n"
			"0.330 > P. 1+100 ack 1\n" TAIL,
	 NULL, 0, 0, 0, 1, 0, false},
	{"the receiver has half of it", "AB",
	 HANDSHAKE LOST "0.050 < . 1 ack 51\n"
			"0.330 > P. 1+100 ack 1\n" TAIL,
	 "path-drop", 0, 0, 1, 0, 0, false},
	{"the receiver asks for it", "AB",
	 HANDSHAKE LOST "0.031 > P. 101+100 ack 1\n"
			"0.040 < . 1 ack 1\n"
			"0.060 > P. 1+100 ack 1\n",
	 "path-drop", 0, 0, 1, 0, 0, false},
	{"it asks for nothing", "AB",
	 HANDSHAKE LOST "0.040 < . 1 ack 1\n"
			"0.060 > P. 1+100 ack 1\n" TAIL,
	 NULL, 0, 0, 0, 0, 0, false},
	{"it asks, but no copy passes", "AB",
	 HANDSHAKE LOST "0.031 > P. 101+100 ack 1\n"
			"0.040 < . 1 ack 1\n" TAIL,
	 NULL, 0, 0, 0, 0, 0, false},
	{"silence until it is repeated", "AB",
	 HANDSHAKE LOST "0.330 > P. 1+100 ack 1\n" TAIL, "path-drop", 0, 0, 1,
	 0, 0, false},
	{"repeated at once", "AB",
	 HANDSHAKE LOST "0.130 > P. 1+100 ack 1\n" TAIL, NULL, 0, 0, 0, 0, 0,
	 false},
	{"from the server", "AB",
	 HANDSHAKE "B0.030 < P. 1+100 ack 1\n"
		   "0.330 < P. 1+100 ack 1\n"
		   "9.000 > . 1 ack 1\n",
	 "path-drop", 0, 1, 1, 0, 0, false},
	{"never, however often it is sent", "AB",
	 HANDSHAKE LOST "A0.330 > P. 1+100 ack 1\n"
			"A0.930 > P. 1+100 ack 1\n" TAIL,
	 "path-drop", 0, 0, 1, 0, 0, true},
	{"sent only twice", "AB",
	 HANDSHAKE LOST "A0.330 > P. 1+100 ack 1\n" TAIL, NULL, 0, 0, 0, 0, 0,
	 false},
	{"other borders", "AB",
	 HANDSHAKE LOST "A0.031 > P. 101+100 ack 1\n"
			"B0.031 > P. 1+200 ack 1\n"
			"0.531 > P. 1+100 ack 1\n" TAIL,
	 NULL, 0, 0, 0, 0, 0, false},
	{"a pure ACK leaves no trace", "AB",
	 HANDSHAKE "A0.030 > . 1 ack 1 win 7\n"
		   "0.330 > . 1 ack 1 win 8\n" TAIL,
	 NULL, 0, 0, 0, 0, 0, false},
	{"nor does a RST", "AB", HANDSHAKE "A0.030 > R 1\n" TAIL, NULL, 0, 0, 0,
	 0, 0, false},
	{"after a RST nothing counts", "AB",
	 HANDSHAKE "0.025 < R 1\n" LOST "0.330 > P. 1+100 ack 1\n" TAIL, NULL,
	 0, 0, 0, 0, 0, false},
	{"a RST behind the hop alone", "AB",
	 HANDSHAKE "B0.025 < R 1\n" LOST "0.330 > P. 1+100 ack 1\n" TAIL, NULL,
	 0, 0, 0, 0, 0, false},
	{"a RST later", "AB",
	 HANDSHAKE LOST "0.330 > P. 1+100 ack 1\n"
			"0.400 < R 1\n" TAIL,
	 "path-drop", 0, 0, 1, 0, 0, false},
	{"the capture behind ended", "AB",
	 HANDSHAKE LOST "0.330 > P. 1+100 ack 1\nA9.000 < . 1 ack 1\n", NULL, 0,
	 0, 0, 0, 0, false},
	{"the capture behind began late: only the SYN is answered", "AB",
	 "A0.000 > S 0\nA0.010 < S. 0 ack 1\nA0.020 > . 1 ack 1\n" LOST
	 "0.330 > P. 1+100 ack 1\n"
	 "0.340 > P. 101+100 ack 1\n"
	 "0.350 > P. 201+100 ack 1\n" TAIL,
	 NULL, 0, 0, 0, 1, 0, false},
};

static void missing_packets(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(drops); i++)
		assert_story(&drops[i], true);
}

/* Without common time nobody is blamed, and no capture. */
static void without_time_all_is_open(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(drops); i++) {
		struct story s = drops[i];

		s.kind = NULL;
		s.missed = s.undecided = 0;
		assert_story(&s, false);
	}
}

/* What begins another flow behind the hop may have left there. */
static void what_left_on_another_tuple(void **state)
{
	struct stray moved = {here.isn[0] + 1, here.isn[1] + 1, 100, 7};
	struct stray other = {here.isn[0] + 1, here.isn[1] + 1, 99, 7};
	const struct strays strays[2][1] = {{{{&moved, 1, 1}}},
					    {{{&other, 1, 1}}}};

	(void)state;
	for (size_t i = 0; i < 2; i++) {
		struct judged j;

		judge_with(&j, HANDSHAKE LOST "0.330 > P. 1+100 ack 1\n" TAIL,
			   "AB", true, strays[i]);
		assert_int_equal(j.findings.list.count, i);
		assert_int_equal(j.tallies[0].dropped[0], i);
		judge_end(&j);
	}
}

/* ---- resets ---- */

#define TALK                                                                   \
	"0.030 > P. 1+100 ack 1\n"                                             \
	"0.040 < . 1 ack 101\n"
#define RST "B0.050 > R. 101 ack 1\n"
#define ODD "B0.050 > R. 101 ack 1 ttl 40\n"

static const struct story resets[] = {
	{"the sender goes on with data", "AB",
	 HANDSHAKE TALK RST "0.100 > P. 101+50 ack 1\n", "path-inject-rst", 0,
	 0, 1, 0, 0, false},
	{"with an ACK, which may have been under way", "AB",
	 HANDSHAKE TALK RST "0.100 > . 101 ack 1\n", NULL, 0, 0, 0, 0, 1,
	 false},
	{"with data from before", "AB",
	 HANDSHAKE TALK RST "0.100 > P. 1+100 ack 1\n", NULL, 0, 0, 0, 0, 1,
	 false},
	{"at the same moment", "AB",
	 HANDSHAKE TALK RST "A0.051 > P. 101+50 ack 1\n", NULL, 0, 0, 0, 0, 1,
	 false},
	{"odd TTL, and two points that saw nothing", "AAB", HANDSHAKE TALK ODD,
	 "path-inject-rst", 1, 0, 1, 0, 0, false},
	{"odd TTL, and one", "AB", HANDSHAKE TALK ODD, NULL, 0, 0, 0, 0, 1,
	 false},
	{"nearly the usual TTL, and two", "AAB",
	 HANDSHAKE TALK "B0.050 > R. 101 ack 1 ttl 63\n", NULL, 1, 0, 0, 0, 1,
	 false},
	{"from the server", "BAA",
	 HANDSHAKE TALK "B0.050 < R. 1 ack 101 ttl 40\n", "path-inject-rst", 0,
	 1, 1, 0, 0, false},
	{"the sender did send one", "AAB",
	 HANDSHAKE TALK ODD "A2.000 > R 777\n", NULL, 1, 0, 0, 0, 0, false},
	{"it passed", "AAB",
	 HANDSHAKE TALK "0.050 > R. 101 ack 1 ttl 40\n"
			"0.100 > P. 101+50 ack 1\n",
	 NULL, 1, 0, 0, 0, 0, false},
};

static void resets_out_of_nowhere(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(resets); i++)
		assert_story(&resets[i], true);
}

/* A storm of them is one finding, and no more is read into it. */
static void a_storm_of_resets(void **state)
{
	char script[2048] = HANDSHAKE TALK;
	struct story s = {.words = "a storm",
			  .sides = "AAB",
			  .script = script,
			  .kind = "path-inject-rst",
			  .hop = 1,
			  .count = 16};

	(void)state;
	for (int i = 0; i < 30; i++) {
		size_t at = strlen(script);

		snprintf(script + at, sizeof(script) - at,
			 "B0.0%d > R. 101 ack 1 ttl 40\n", 50 + i);
	}
	assert_story(&s, true);
}

/* ---- what a finding says ---- */

static void a_finding_says_what_was_lost(void **state)
{
	struct judged j;
	const struct finding *f;

	(void)state;
	judge(&j,
	      HANDSHAKE LOST "A0.031 > P. 101+100 ack 1\n"
			     "0.330 > P. 1+100 ack 1\n"
			     "0.630 > P. 101+100 ack 1\n" TAIL,
	      "AB", true);
	assert_int_equal(j.findings.list.count, 1);
	f = j.findings.list.items;
	assert_int_equal(f->path, 4);
	assert_int_equal(f->match_class, NW_MATCH_STRONG);
	assert_int_equal(f->count, 2);
	assert_int_equal(f->exposure, 6);
	assert_true(f->onset_ns == SCRIPT_EPOCH_NS + 30 * MS);
	assert_int_equal(f->sighting_count, 2);
	assert_int_equal(f->sightings[0].point, 0);
	assert_int_equal(f->sightings[0].frame, 4);
	assert_int_equal(f->sightings[1].value, here.isn[0] + 101);
	assert_int_equal(j.tallies[0].checks[CHECK_PATH][0].compared, 6);
	assert_int_equal(j.tallies[0].checks[CHECK_PATH][0].paths, 1);
	assert_int_equal(j.tallies[0].checks[CHECK_PATH][1].violations, 0);
	judge_end(&j);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(missing_packets),
		cmocka_unit_test(without_time_all_is_open),
		cmocka_unit_test(what_left_on_another_tuple),
		cmocka_unit_test(resets_out_of_nowhere),
		cmocka_unit_test(a_storm_of_resets),
		cmocka_unit_test(a_finding_says_what_was_lost),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
