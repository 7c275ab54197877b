/* SPDX-License-Identifier: MIT
 *
 * SACK blocks across a device that shifts the server's stream. Edges in the
 * scripts count from the server's initial number at the point that sees them:
 * what is not translated is off by the shift behind the device.
 */
#include "rules/sack.h"

#include "compared.h"

#define SHIFT 70000u

static const struct view before = {.isn = {1000, 5000}};
static const struct view behind = {.isn = {1000, 5000 + SHIFT}, .ttl = 1};
static const struct view unshifted = {.isn = {1000, 5000}, .ttl = 1};

#define OPENING                                                                \
	"0.000 > S 0 sackok id 1\n"                                            \
	"0.010 < S. 0 ack 1 sackok id 51\n"                                    \
	"0.020 > . 1 ack 1 id 2\n"
/* The first segment is late, two come before it. */
#define LATE                                                                   \
	"0.030 < . 101+100 ack 1 id 52\n"                                      \
	"0.031 < . 201+100 ack 1 id 53\n"                                      \
	"0.032 < . 401+100 ack 1 id 54\n"

static void compare(struct compared *c, const char *script,
		    const struct view *far)
{
	const struct comparison comparison =
		compared_begin(c, script, &before, far);

	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		struct pair pair = alignment_begin(d);

		while (alignment_next(&c->alignment, &pair))
			compare_sack(&comparison, &pair, &c->findings, 0,
				     &c->tally);
	}
	assert_false(c->findings.failed);
}

static const struct {
	const char *words, *script;
	const struct view *far;
	const char *kind; /* NULL: nothing to find */
	uint64_t compared;
} cases[] = {
	{"translated", OPENING LATE "0.04 > . 1 ack 1 id 3 sack 101 301\n",
	 &behind, NULL, 1},
	{"as they came in",
	 OPENING LATE "A0.04 > . 1 ack 1 id 3 sack 101 301\n"
		      "B0.04 > . 1 ack 1 id 3 sack -69899 -69699\n",
	 &behind, "sack-untranslated", 1},
	{"the second block as well",
	 OPENING LATE
	 "A0.04 > . 1 ack 1 id 3 sack 401 501 sack 101 301\n"
	 "B0.04 > . 1 ack 1 id 3 sack -69599 -69499 sack -69899 -69699\n",
	 &behind, "sack-untranslated", 1},
	{"only the second block",
	 OPENING LATE
	 "A0.04 > . 1 ack 1 id 3 sack 401 501 sack 101 301\n"
	 "B0.04 > . 1 ack 1 id 3 sack 401 501 sack -69899 -69699\n",
	 &behind, "sack-out-of-range", 1},
	{"translated twice",
	 OPENING LATE "A0.04 > . 1 ack 1 id 3 sack 101 301\n"
		      "B0.04 > . 1 ack 1 id 3 sack 70101 70301\n",
	 &behind, "sack-out-of-range", 1},
	{"changed without any shift",
	 OPENING LATE "A0.04 > . 1 ack 1 id 3 sack 101 301\n"
		      "B0.04 > . 1 ack 1 id 3 sack 9101 9301\n",
	 &unshifted, "sack-out-of-range", 1},
	{"those of a packet that came in before",
	 OPENING LATE "A0.04 > . 1 ack 1 id 3 sack 150 250\n"
		      "A0.05 > . 1 ack 1 id 4 sack 101 301\n"
		      "B0.05 > . 1 ack 1 id 4 sack 150 250\n",
	 &behind, NULL, 1},
	{"of a packet that no capture has: its edges are borders",
	 OPENING LATE "A0.04 > . 1 ack 1 id 3 sack 101 301\n"
		      "B0.04 > . 1 ack 1 id 3 sack 101 201\n",
	 &behind, NULL, 1},
	{"one edge is one: data that was merged for the receiver",
	 OPENING LATE "A0.04 > . 1 ack 1 id 3 sack 101 301\n"
		      "B0.04 > . 1 ack 1 id 3 sack 101 250\n",
	 &behind, NULL, 1},
	{"inside of a segment of many (GRO)",
	 OPENING "0.030 < . 101+3000 ack 1 id 52\n"
		 "A0.04 > . 1 ack 1 id 3 sack 101 3101\n"
		 "B0.04 > . 1 ack 1 id 3 sack 1561 3021\n",
	 &behind, NULL, 1},
	{"no edge is one",
	 OPENING LATE "A0.04 > . 1 ack 1 id 3 sack 101 301\n"
		      "B0.04 > . 1 ack 1 id 3 sack 130 250\n",
	 &behind, "sack-out-of-range", 1},
	{"stripped: nothing to compare",
	 OPENING LATE "A0.04 > . 1 ack 1 id 3 sack 101 301\n"
		      "B0.04 > . 1 ack 1 id 3\n",
	 &behind, NULL, 0},
	{"the stream was resized: edges move about",
	 OPENING "B0.030 < P. 1+20 ack 1 id 52\n"
		 "A0.030 < P. 1+26 ack 1 id 52\n"
		 "B0.031 < P. 21+50 ack 1 id 53\n"
		 "A0.031 < P. 27+50 ack 1 id 53 like 21\n"
		 "B0.032 < P. 121+50 ack 1 id 54\n"
		 "A0.032 < P. 127+50 ack 1 id 54 like 121\n"
		 "A0.04 > . 1 ack 77 id 3 sack 127 177\n"
		 "B0.04 > . 1 ack 71 id 3 sack 5121 5171\n",
	 &behind, NULL, 0},
};

static void blocks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct compared c;
		const char *kind = NULL;
		const struct check *check;

		compare(&c, cases[i].script, cases[i].far);
		check = &c.tally.checks[CHECK_SACK][FROM_CLIENT];
		if (c.findings.list.count > 0)
			kind = kind_entry(c.findings.list.items[0].kind)->id;
		if ((kind == NULL) != (cases[i].kind == NULL) ||
		    (kind != NULL && strcmp(kind, cases[i].kind) != 0))
			fail_msg("%s: %s", cases[i].words,
				 kind != NULL ? kind : "nothing");
		if (check->compared != cases[i].compared ||
		    check->violations != (kind != NULL))
			fail_msg("%s: %llu compared", cases[i].words,
				 (unsigned long long)check->compared);
		compared_end(&c);
	}
}

/* All edges, as they are and as they were due. */
static void a_finding_has_all_edges(void **state)
{
	static const uint32_t edges[] = {401, 501, 101, 301};
	const struct finding *f;
	struct compared c;

	(void)state;
	compare(&c, cases[2].script, &behind);
	assert_int_equal(c.findings.list.count, 1);
	f = c.findings.list.items;
	assert_int_equal(f->expected.count, COUNT(edges));
	assert_int_equal(f->observed.count, COUNT(edges));
	for (size_t i = 0; i < COUNT(edges); i++) {
		assert_int_equal(f->expected.n[i], behind.isn[1] + edges[i]);
		assert_int_equal(f->observed.n[i], before.isn[1] + edges[i]);
	}
	assert_int_equal(f->count, 1);
	assert_int_equal(f->path, 3);
	assert_int_equal(f->hop, 2);
	assert_int_equal(f->sighting_count, 2);
	assert_int_equal(f->sightings[0].point, 0);
	assert_int_equal(f->sightings[0].value, before.isn[1] + 401);
	assert_true(f->onset_ns == SCRIPT_EPOCH_NS + 40 * MS);
	compared_end(&c);
}

/* From the server, blocks name the client's data. */
static void blocks_of_the_server(void **state)
{
	static const struct view other = {.isn = {91000, 5000}};
	struct compared c;

	(void)state;
	compare(&c,
		OPENING "0.030 > . 101+100 ack 1 id 3\n"
			"B0.04 < . 1 ack 1 id 52 sack 101 201\n"
			"A0.04 < . 1 ack 1 id 52 sack 90101 90201\n",
		&other);
	assert_int_equal(c.findings.list.count, 1);
	assert_int_equal(c.findings.list.items[0].kind, KIND_SACK_UNTRANSLATED);
	assert_int_equal(c.findings.list.items[0].direction, FROM_SERVER);
	assert_int_equal(c.findings.list.items[0].expected.n[0],
			 before.isn[0] + 101);
	compared_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks),
		cmocka_unit_test(a_finding_has_all_edges),
		cmocka_unit_test(blocks_of_the_server),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
