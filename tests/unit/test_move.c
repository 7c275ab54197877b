/* SPDX-License-Identifier: MIT
 *
 * One connection on two tuples behind a device. Lines marked A are seen before
 * it, lines marked B behind it on the first tuple; what is on the other tuple
 * is a script of its own.
 */
#include "rules/move.h"

#include "hops.h"

#define OPENING                                                                \
	"0.000 > S 0 id 1\n"                                                   \
	"0.010 < S. 0 ack 1 id 51\n"                                           \
	"0.020 > . 1 ack 1 id 2\n"                                             \
	"0.030 > P. 1+100 ack 1 id 3\n"                                        \
	"0.040 < P. 1+500 ack 101 id 52\n"
#define LATER                                                                  \
	"1.000 > P. 101+60 ack 501 id 4\n"                                     \
	"1.300 > P. 161+70 ack 501 id 5\n"
#define A_LATER                                                                \
	"A1.000 > P. 101+60 ack 501 id 4\n"                                    \
	"A1.300 > P. 161+70 ack 501 id 5\n"
#define RESET_BY_OTHER "1.010 < R 501\n"
/* The second SYN makes the connection. */
#define SECOND                                                                 \
	"1.000 > S 0 id 6\n"                                                   \
	"1.010 < S. 0 ack 1 id 61\n"                                           \
	"1.020 > . 1 ack 1 id 7\n"                                             \
	"1.030 > P. 1+100 ack 1 id 8\n"                                        \
	"1.040 < P. 1+500 ack 101 id 62\n"
#define FIRST_SYN "0.000 > S 0 id 1\n"

enum other { OTHER_PORT, OTHER_SERVER };

static const struct {
	const char *words, *script, *stray;
	enum other other;
	enum finding_kind kind; /* KIND_COUNT: nothing */
	enum nw_severity severity;
} cases[] = {
	{"another outer port", OPENING A_LATER, LATER RESET_BY_OTHER,
	 OTHER_PORT, KIND_NAT_MAPPING_CHANGED, NW_CRITICAL},
	{"another server", OPENING A_LATER, LATER RESET_BY_OTHER, OTHER_SERVER,
	 KIND_LB_BACKEND_CHANGED, NW_CRITICAL},
	{"a single segment of data",
	 OPENING "A1.000 > P. 101+60 ack 501 id 4\n",
	 "1.000 > P. 101+60 ack 501 id 4\n", OTHER_PORT,
	 KIND_NAT_MAPPING_CHANGED, NW_CRITICAL},
	{"a single bare ACK is too little",
	 OPENING "A1.000 > . 101 ack 501 id 4\n",
	 "1.000 > . 101 ack 501 id 4\n", OTHER_PORT, KIND_COUNT, 0},
	{"the server had closed",
	 OPENING "0.050 < F. 501 ack 101 id 53\n"
		 "0.060 > . 101 ack 502 id 9\n"
		 "A1.000 > P. 101+60 ack 502 id 4\n",
	 "1.000 > P. 101+60 ack 502 id 4\n", OTHER_PORT, KIND_NAT_REBOUND,
	 NW_INFO},
	{"the client's side had seen a RST", OPENING "A0.500 < R 501\n" A_LATER,
	 LATER, OTHER_SERVER, KIND_NAT_REBOUND, NW_INFO},
	{"the FIN came later", OPENING A_LATER "A1.4 > F. 231 ack 501 id 10\n",
	 LATER "1.4 > F. 231 ack 501 id 10\n", OTHER_PORT,
	 KIND_NAT_MAPPING_CHANGED, NW_CRITICAL},
	{"idle for five minutes", OPENING "A300.0 > P. 101+60 ack 501 id 4\n",
	 "300.0 > P. 101+60 ack 501 id 4\n", OTHER_PORT, KIND_COUNT, 0},
	{"the tuple is used again, inside the old one's window",
	 OPENING A_LATER "B9.000 > S 50\n", LATER, OTHER_PORT,
	 KIND_NAT_MAPPING_CHANGED, NW_CRITICAL},
	{"both tuples in use at the same time",
	 OPENING A_LATER "1.500 > P. 231+10 ack 501 id 11\n", LATER, OTHER_PORT,
	 KIND_COUNT, 0},
	{"a capture that shows packets before and after the NAT", OPENING LATER,
	 LATER, OTHER_PORT, KIND_COUNT, 0},
	{"and lacks one of them",
	 OPENING "A1.000 > P. 101+60 ack 501 id 4\n"
		 "1.300 > P. 161+70 ack 501 id 5\n",
	 LATER, OTHER_PORT, KIND_COUNT, 0},
	{"another connection's bytes follow", OPENING A_LATER,
	 "1.000 > P. 101+60 ack 501 id 4\n"
	 "1.300 > P. 161+71 ack 501 id 5\n",
	 OTHER_PORT, KIND_COUNT, 0},
	{"the same numbers, other bytes", OPENING A_LATER,
	 "1.000 > P. 101+60 ack 501 id 4 like 7000\n", OTHER_PORT, KIND_COUNT,
	 0},
	{"a second later", OPENING A_LATER,
	 "2.000 > P. 101+60 ack 501 id 4\n"
	 "2.300 > P. 161+70 ack 501 id 5\n",
	 OTHER_PORT, KIND_COUNT, 0},
	{"how it began was not captured",
	 "0.020 > . 1 ack 1 id 2\n"
	 "0.030 > P. 1+100 ack 1 id 3\n"
	 "0.040 < P. 1+500 ack 101 id 52\n" A_LATER,
	 LATER, OTHER_PORT, KIND_COUNT, 0},
	{"a SYN into TIME_WAIT, which the client resets",
	 "A0.000 > S 0 id 1\n"
	 "A0.010 < . 7000 ack 9000 id 51\n"
	 "A0.011 > R 9000\n" SECOND,
	 FIRST_SYN "0.010 < . 7000 ack 9000 id 51\n"
		   "0.011 > R 9000\n",
	 OTHER_SERVER, KIND_NAT_REBOUND, NW_INFO},
	{"a SYN that is answered, and goes to another server when repeated",
	 "A" FIRST_SYN SECOND, FIRST_SYN "0.010 < S. 777 ack 1\n", OTHER_SERVER,
	 KIND_LB_BACKEND_SPLIT, NW_CRITICAL},
	{"the first server does not answer", "A" FIRST_SYN SECOND, FIRST_SYN,
	 OTHER_SERVER, KIND_LB_BACKEND_SPLIT, NW_WARNING},
	{"it answers by an ACK of old", "A" FIRST_SYN SECOND,
	 FIRST_SYN "0.010 < . 7000 ack 9000 id 51\n", OTHER_SERVER, KIND_COUNT,
	 0},
	{"and gets the SYN again before the other one does",
	 "A" FIRST_SYN "A0.500 > S 0 id 12\n" SECOND,
	 FIRST_SYN "0.010 < . 7000 ack 9000 id 51\n"
		   "0.500 > S 0 id 12\n",
	 OTHER_SERVER, KIND_COUNT, 0},
	{"an unanswered SYN leaves from another port", "A" FIRST_SYN SECOND,
	 FIRST_SYN, OTHER_PORT, KIND_COUNT, 0},
	{"an answered one does", "A" FIRST_SYN SECOND,
	 FIRST_SYN "0.010 < S. 777 ack 1\n", OTHER_PORT,
	 KIND_NAT_MAPPING_CHANGED, NW_CRITICAL},
};

struct checked {
	struct made_hop h;
	struct match match;
	struct strays strays;
	struct findings findings;
	struct habits_seen *seen;
};

/* The first flow behind is the counterpart; `copies` of the stray follow. */
static void load(struct checked *k, size_t i, int copies)
{
	const struct view before = {.isn = {1000, 5000}, .side = 'A'};
	const struct view behind = {
		.client = 0xcb007101, .isn = {71000, 95000}, .side = 'B'};
	struct made m = capture_begin();
	struct link *link;

	*k = (struct checked){0};
	k->seen = calloc(1, sizeof(*k->seen));
	assert_non_null(k->seen);
	capture_script(&m, cases[i].script, &behind);
	for (int n = 0; n < copies; n++) {
		struct view other = behind;

		if (cases[i].other == OTHER_PORT)
			other.client_port = (uint16_t)(41000 + n);
		else
			other.server = 0xc0000299 + (uint32_t)n;
		capture_script(&m, cases[i].stray, &other);
	}
	hop_begin(&k->h, point_of_script(cases[i].script, &before),
		  point_of(&m));
	assert_true(trace_load(&k->h.traces[1], &k->h.points[1],
			       &(struct path_flow){1, 0, 0}, 1));
	link = vec_push(&k->match.links);
	assert_non_null(link);
	assert_true(strays_find(&k->strays, &k->h.points[1], &k->match));
	assert_int_equal(k->strays.list.count, copies);
}

static void check(struct checked *k)
{
	const struct path_flow member = {1, 0, 0};
	struct alignment alignment = {0};

	assert_true(translation_find_bases(&k->h.hop, 1));
	assert_true(align_hop(&k->h.hop, &alignment));
	check_move(&(struct crossing_flows){.hop = &k->h.hop,
					    .alignment = &alignment,
					    .strays = &k->strays,
					    .point = &k->h.points[1],
					    .members = &member,
					    .path = 3,
					    .hop_index = 2,
					    .match_class = NW_MATCH_STRONG},
		   &k->findings, k->seen);
	assert_false(k->findings.failed);
	alignment_fini(&alignment);
}

static void unload(struct checked *k)
{
	strays_fini(&k->strays);
	match_fini(&k->match);
	vec_fini(&k->findings.list);
	free(k->seen);
	hop_end(&k->h);
}

static enum finding_kind found(const struct checked *k)
{
	if (k->findings.list.count == 1)
		return k->findings.list.items[0].kind;
	if (k->seen->counts[KIND_NAT_REBOUND][FROM_CLIENT].paths == 1)
		return KIND_NAT_REBOUND;
	return KIND_COUNT;
}

static void where_it_goes(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct checked k;

		load(&k, i, 1);
		check(&k);
		if (found(&k) != cases[i].kind ||
		    (k.findings.list.count == 1 &&
		     k.findings.list.items[0].severity != cases[i].severity))
			fail_msg("%s: %s", cases[i].words,
				 found(&k) == KIND_COUNT
					 ? "nothing"
					 : kind_entry(found(&k))->id);
		unload(&k);
	}
}

/* Of two that begin alike neither is it, and without common time none. */
static void what_cannot_be_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct checked k;

		load(&k, i, 2);
		check(&k);
		assert_int_equal(found(&k), KIND_COUNT);
		unload(&k);
		load(&k, i, 1);
		k.h.clock.known = false;
		check(&k);
		assert_int_equal(found(&k), KIND_COUNT);
		unload(&k);
	}
}

static void what_is_shown(void **state)
{
	const struct finding *f;
	struct checked k;

	(void)state;
	load(&k, 0, 1);
	check(&k);
	f = k.findings.list.items;
	assert_int_equal(f->path, 3);
	assert_int_equal(f->hop, 2);
	assert_int_equal(f->direction, FROM_CLIENT);
	assert_int_equal(f->match_class, NW_MATCH_STRONG);
	assert_true(f->onset_ns == SCRIPT_EPOCH_NS + 1000 * MS);
	assert_int_equal(f->sighting_count, 2);
	assert_int_equal(f->sightings[0].point, 0);
	assert_int_equal(f->sightings[0].frame, 6);
	assert_int_equal(f->sightings[0].value, 1101);
	assert_int_equal(f->sightings[1].point, 1);
	assert_int_equal(f->sightings[1].frame, 6);
	assert_int_equal(f->sightings[1].value, 71101);
	unload(&k);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(where_it_goes),
		cmocka_unit_test(what_cannot_be_told),
		cmocka_unit_test(what_is_shown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
