/* SPDX-License-Identifier: MIT
 *
 * Resets of both ends by a device between the points. Lines marked A are seen
 * before it only, lines marked B behind it only.
 */
#include "rules/reset.h"

#include "hops.h"

#define OPENING                                                                \
	"0.000 > S 0 id 1\n"                                                   \
	"0.010 < S. 0 ack 1 id 51\n"                                           \
	"0.020 > . 1 ack 1 id 2\n"
#define TALK                                                                   \
	"0.030 > P. 1+100 ack 1 id 3\n"                                        \
	"0.040 < P. 1+500 ack 101 id 52\n"                                     \
	"0.050 > . 101 ack 501 id 4\n"
#define TO_CLIENT "A5.050 < R. 501 ack 101\n"
#define TO_SERVER "B5.050 > R. 101 ack 501\n"
#define BOTH      TO_CLIENT TO_SERVER

static const struct {
	const char *words, *script;
	bool found;
} cases[] = {
	{"after five seconds of silence", OPENING TALK BOTH, true},
	{"right after the handshake", OPENING BOTH, true},
	{"a little apart", OPENING TALK TO_CLIENT "B5.090 > R. 101 ack 501\n",
	 true},
	{"more than one copy of each",
	 OPENING TALK BOTH "A5.051 < R. 501 ack 101\n"
			   "B5.051 > R. 101 ack 501\n",
	 true},
	{"a segment under way when the device forgot the connection",
	 OPENING TALK "A5.0495 > P. 101+50 ack 501 id 5\n" BOTH, true},
	{"what comes later does not count",
	 OPENING TALK BOTH "A5.300 > P. 101+50 ack 501 id 5\n", true},
	{"only the client", OPENING TALK TO_CLIENT, false},
	{"only the server", OPENING TALK TO_SERVER, false},
	{"no reset at all", OPENING TALK, false},
	{"one end's RST, seen at both sides",
	 OPENING TALK "5.050 > R. 101 ack 501 id 9\n" TO_CLIENT, false},
	{"an end had reset before",
	 OPENING TALK "2.000 < R. 501 ack 101 id 60\n" BOTH, false},
	{"half a second apart",
	 OPENING TALK TO_CLIENT "B5.550 > R. 101 ack 501\n", false},
	{"RSTs that were lost, each on its way",
	 OPENING TALK "A5.050 > R. 101 ack 501\n"
		      "B5.050 < R. 501 ack 101\n",
	 false},
	{"the capture before misses another packet, too",
	 OPENING TALK "B1.000 > . 101 ack 501 id 5\n" BOTH, false},
	{"the capture behind misses another packet, too",
	 OPENING TALK "A1.000 < . 501 ack 101 id 53\n" BOTH, false},
	{"nothing else of the connection was seen",
	 "0.000 > S 0 id 1\n"
	 "A0.050 < R. 0 ack 1\n"
	 "B0.050 > R 1\n",
	 false},
};

static bool find(struct made_hop *h, struct double_reset *reset)
{
	struct alignment alignment = {0};
	bool found;

	assert_true(translation_find_bases(&h->hop, 1));
	assert_true(align_hop(&h->hop, &alignment));
	found = reset_both(&h->hop, &alignment, h->points, reset);
	alignment_fini(&alignment);
	return found;
}

static void who_resets(void **state)
{
	const struct view before = {.isn = {1000, 5000}};
	const struct view behind = {.isn = {71000, 95000}, .ttl = 1};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct double_reset reset;
		struct made_hop h;

		hop_of_script(&h, cases[i].script, &before, &behind);
		if (find(&h, &reset) != cases[i].found)
			fail_msg("%s", cases[i].words);
		hop_end(&h);
	}
}

static void what_is_shown(void **state)
{
	const struct view view = {.isn = {1000, 5000}};
	struct double_reset reset;
	struct made_hop h;

	(void)state;
	hop_of_script(&h, OPENING TALK BOTH, &view, &view);
	assert_true(find(&h, &reset));
	assert_int_equal(reset.before->record.segment.seq.n, 5501);
	assert_int_equal(reset.behind->record.segment.seq.n, 1101);
	assert_true(reset.idle_ns == 5000 * MS);
	hop_end(&h);
}

/* Without common time they may be far apart. */
static void without_time(void **state)
{
	const struct view view = {.isn = {1000, 5000}};
	struct double_reset reset;
	struct made_hop h;

	(void)state;
	hop_of_script(&h, OPENING TALK BOTH, &view, &view);
	h.clock.known = false;
	assert_false(find(&h, &reset));
	hop_end(&h);
}

/* A point with two taps; the captures are given back. */
static struct point point_of_two(struct made files[2])
{
	const struct point_selection everything = {0};
	struct nw_error err = {0};
	struct made_file open[2];
	struct point point;

	assert_true(point_init(&point, "point"));
	for (int i = 0; i < 2; i++) {
		open[i] = file_of(&files[i], files[i].len);
		assert_true(point_add_input(
			&point, &(struct nw_input){.file = open[i].name,
						   .name = "made"}));
	}
	assert_int_equal(point_read(&point, &everything, &err), NW_OK);
	for (int i = 0; i < 2; i++) {
		close(open[i].fd);
		free(files[i].bytes);
	}
	return point;
}

/* The tap of the client's packets stopped before the client may have reset. */
static void a_tap_that_stopped(void **state)
{
	const struct view behind = {.isn = {1000, 5000}, .side = 'B'};
	struct made files[2] = {capture_begin(), capture_begin()};
	const char *script = OPENING TALK TO_CLIENT;
	struct view before = {.isn = {1000, 5000}, .side = 'A'};
	struct double_reset reset;
	struct line line = {0};
	struct point two_taps;
	struct made_hop h;

	(void)state;
	while (next_line(&script, &before, &line))
		capture_packet(&files[line.sender], &line, &before);
	two_taps = point_of_two(files);
	hop_begin(&h, two_taps,
		  point_of_script(OPENING TALK TO_SERVER, &behind));
	assert_false(find(&h, &reset));
	hop_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_resets),
		cmocka_unit_test(what_is_shown),
		cmocka_unit_test(without_time),
		cmocka_unit_test(a_tap_that_stopped),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
