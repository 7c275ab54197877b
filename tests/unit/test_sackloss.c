/* SPDX-License-Identifier: MIT
 *
 * Who agreed to SACK, as SYN and SYN/ACK of both sides tell, and whether its
 * blocks come through.
 */
#include "rules/sackloss.h"

#include "hops.h"
#include "rules/sack.h"

static const struct view before = {.isn = {1000, 5000}};
static const struct view behind = {.isn = {1000, 75000}, .ttl = 1};
static const struct view cut = {.isn = {1000, 75000}, .snaplen = 44};

#define ASK    "0.000 > S 0 sackok id 1\n"
#define ANSWER "0.010 < S. 0 ack 1 sackok id 51\n"
#define REST                                                                   \
	"0.020 > . 1 ack 1 id 2\n"                                             \
	"0.021 > P. 1+50 ack 1 id 3\n"
#define OPENING ASK ANSWER REST
/* The first segment is late, others come before it. */
#define LATE                                                                   \
	"0.030 < . 101+100 ack 51 id 52\n"                                     \
	"0.031 < . 201+100 ack 51 id 53\n"
#define BLOCKS "0.04 > . 51 ack 1 id 4 sack 101 301\n"
#define TAKEN                                                                  \
	"A0.04 > . 51 ack 1 id 4 sack 101 301\n"                               \
	"B0.04 > . 51 ack 1 id 4\n"
/* The same without IP IDs, but with the sender's clock. */
#define STAMPED                                                                \
	"0.000 > S 0 sackok ts 100 0\n"                                        \
	"0.010 < S. 0 ack 1 sackok ts 700 100\n"                               \
	"0.020 > . 1 ack 1 ts 120 700\n"                                       \
	"0.021 > P. 1+50 ack 1 ts 121 700\n"                                   \
	"0.022 > P. 51+50 ack 1 ts 122 700\n"                                  \
	"0.030 < . 101+100 ack 101 ts 730 122\n"                               \
	"0.031 < . 201+100 ack 101 ts 731 122\n"
#define TAKEN_AT(t)                                                            \
	"A0.0" #t " > . 101 ack 1 ts 1" #t " 700 sack 101 201\n"               \
	"B0.0" #t " > . 101 ack 1 ts 1" #t " 700\n"
/* The server has the late segment to wait for. */
#define LATE_REQUEST "0.030 > . 151+100 ack 1 id 4\n"
#define BLOCKS_BACK  "0.04 < . 1 ack 51 id 52 sack 151 251\n"

static const struct {
	const char *words, *script;
	const struct view *far;
	const char *kind; /* NULL: nothing to find */
	enum direction direction;
	uint64_t count, exposure;
} cases[] = {
	{"they come through", OPENING LATE BLOCKS, &behind, NULL, 0, 0, 0},
	{"they do not", OPENING LATE TAKEN, &behind, "sack-blocks-stripped",
	 FROM_CLIENT, 1, 1},
	{"one of two does",
	 OPENING LATE TAKEN "0.05 > . 51 ack 1 id 5 sack 101 401\n", &behind,
	 "sack-blocks-stripped", FROM_CLIENT, 1, 2},
	{"from the server",
	 OPENING LATE_REQUEST "B0.04 < . 1 ack 51 id 52 sack 151 251\n"
			      "A0.04 < . 1 ack 51 id 52\n",
	 &behind, "sack-blocks-stripped", FROM_SERVER, 1, 1},
	{"the capture cut them off", OPENING LATE BLOCKS, &cut, NULL, 0, 0, 0},
	{"nobody agreed at the far side",
	 ASK "A0.010 < S. 0 ack 1 sackok id 51\n"
	     "B0.010 < S. 0 ack 1 id 51\n" REST LATE TAKEN,
	 &behind, NULL, 0, 0, 0},
	{"no SYN at the far side",
	 "A0.000 > S 0 sackok id 1\n" ANSWER REST LATE TAKEN, &behind, NULL, 0,
	 0, 0},
	{"the ID has stopped: another packet, as far as it tells",
	 OPENING LATE TAKEN "0.041 > . 51 ack 1 id 4\n", &behind, NULL, 0, 0,
	 0},
	{"no ID: the one with blocks was missed there",
	 OPENING LATE "A0.04 > . 51 ack 1 sack 101 301\n"
		      "B0.04 > . 51 ack 1\n",
	 &behind, NULL, 0, 0, 0},
	{"three, none comes through, and the clock is the sender's",
	 STAMPED TAKEN_AT(40) TAKEN_AT(41) TAKEN_AT(42), &behind,
	 "sack-blocks-stripped", FROM_CLIENT, 3, 3},
	{"only two", STAMPED TAKEN_AT(40) TAKEN_AT(41), &behind, NULL, 0, 0, 0},
	{"three, but a fourth comes through",
	 STAMPED TAKEN_AT(40) TAKEN_AT(41)
		 TAKEN_AT(42) "0.05 > . 101 ack 1 ts 150 700 sack 201 301\n",
	 &behind, NULL, 0, 0, 0},
	{"they came out in another packet",
	 STAMPED TAKEN_AT(40) TAKEN_AT(41)
		 TAKEN_AT(42) "B0.05 > . 101 ack 1 ts 150 700 sack 101 201\n",
	 &behind, NULL, 0, 0, 0},

	{"the option went from the SYN/ACK, and the server sends blocks",
	 ASK "B0.010 < S. 0 ack 1 sackok id 51\n"
	     "A0.010 < S. 0 ack 1 id 51\n" REST LATE_REQUEST BLOCKS_BACK,
	 &behind, "sack-perm-split", FROM_SERVER, 1, 1},
	{"the option came into the SYN/ACK, and the client sends blocks",
	 ASK "B0.010 < S. 0 ack 1 id 51\n"
	     "A0.010 < S. 0 ack 1 sackok id 51\n" REST LATE BLOCKS,
	 &behind, "sack-perm-split", FROM_SERVER, 1, 1},
	{"the option went from the SYN, and the server answers with it",
	 "A0.000 > S 0 sackok id 1\n"
	 "B0.000 > S 0 id 1\n" ANSWER REST LATE BLOCKS,
	 &behind, "sack-perm-split", FROM_CLIENT, 1, 1},
	{"the option went from the SYN: both fall back",
	 "A0.000 > S 0 sackok id 1\n"
	 "B0.000 > S 0 id 1\n"
	 "0.010 < S. 0 ack 1 id 51\n" REST LATE "0.04 > . 51 ack 1 id 4\n",
	 &behind, NULL, 0, 0, 0},
	{"nobody sends blocks",
	 ASK "B0.010 < S. 0 ack 1 sackok id 51\n"
	     "A0.010 < S. 0 ack 1 id 51\n" REST LATE_REQUEST,
	 &behind, NULL, 0, 0, 0},
	{"blocks of an end that did not agree",
	 ASK "B0.010 < S. 0 ack 1 sackok id 51\n"
	     "A0.010 < S. 0 ack 1 id 51\n" REST LATE BLOCKS,
	 &behind, NULL, 0, 0, 0},
	{"a proxy: each leg has its own blocks",
	 ASK "B0.010 < S. 0 ack 1 id 51\n"
	     "A0.010 < S. 0 ack 1 sackok id 51\n" REST LATE
	     "A0.04 > . 51 ack 1 id 4 sack 101 301\n"
	     "B0.04 > . 51 ack 1 id 4 sack 101 201\n",
	 &behind, NULL, 0, 0, 0},
	{"a repeated SYN/ACK without it",
	 ASK "B0.010 < S. 0 ack 1 sackok id 51\n"
	     "A0.010 < S. 0 ack 1 id 51\n"
	     "0.015 < S. 0 ack 1 id 50\n" REST LATE_REQUEST BLOCKS_BACK,
	 &behind, NULL, 0, 0, 0},
	{"both ends open at the same time",
	 ASK "B0.005 < S 0 sackok id 50\n"
	     "A0.005 < S 0 id 50\n" REST LATE_REQUEST BLOCKS_BACK,
	 &behind, NULL, 0, 0, 0},
};

struct compared {
	struct made_hop h;
	struct alignment alignment;
	struct findings findings;
	struct tally tally;
};

static void compare(struct compared *c, const char *script,
		    const struct view *far)
{
	struct comparison comparison;

	*c = (struct compared){0};
	hop_of_script(&c->h, script, &before, far);
	assert_true(translation_find_bases(&c->h.hop, 1));
	assert_true(align_hop(&c->h.hop, &c->alignment));
	comparison = (struct comparison){.hop = &c->h.hop,
					 .alignment = &c->alignment,
					 .path = 3,
					 .hop_index = 2};
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		struct pair pair = alignment_begin(d);

		while (alignment_next(&c->alignment, &pair))
			c->tally.stripped_sacks[d] +=
				sack_is_stripped(&c->h.hop, &pair);
	}
	compare_sack_loss(&comparison, &c->findings, 0, &c->tally);
	assert_false(c->findings.failed);
}

static void compare_end(struct compared *c)
{
	vec_fini(&c->findings.list);
	alignment_fini(&c->alignment);
	hop_end(&c->h);
}

static void blocks_and_agreements(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct compared c;
		const struct finding *f;

		compare(&c, cases[i].script, cases[i].far);
		f = c.findings.list.items;
		if (c.findings.list.count != (cases[i].kind != NULL))
			fail_msg("%s: %zu findings, the first is %s",
				 cases[i].words, c.findings.list.count,
				 c.findings.list.count > 0
					 ? kind_entry(f->kind)->id
					 : "nothing");
		if (cases[i].kind != NULL &&
		    (strcmp(kind_entry(f->kind)->id, cases[i].kind) != 0 ||
		     f->direction != cases[i].direction ||
		     f->count != cases[i].count ||
		     f->exposure != cases[i].exposure))
			fail_msg("%s: %s, direction %d, %llu of %llu",
				 cases[i].words, kind_entry(f->kind)->id,
				 (int)f->direction,
				 (unsigned long long)f->count,
				 (unsigned long long)f->exposure);
		compare_end(&c);
	}
}

/* The packet of the handshake that was changed, then blocks that pass. */
static void a_split_shows_both(void **state)
{
	const struct finding *f;
	struct compared c;

	(void)state;
	compare(&c,
		ASK "B0.010 < S. 0 ack 1 sackok id 51\n"
		    "A0.010 < S. 0 ack 1 id 51\n" REST LATE_REQUEST BLOCKS_BACK,
		&behind);
	assert_int_equal(c.findings.list.count, 1);
	f = c.findings.list.items;
	assert_int_equal(f->severity, NW_ERROR);
	assert_int_equal(f->path, 3);
	assert_int_equal(f->hop, 2);
	assert_int_equal(f->sighting_count, 4);
	assert_int_equal(f->sightings[0].point, 1);
	assert_int_equal(f->sightings[0].frame, 2);
	assert_int_equal(f->sightings[1].point, 0);
	assert_int_equal(f->sightings[2].value, behind.isn[0] + 151);
	assert_int_equal(f->sightings[3].value, before.isn[0] + 151);
	assert_true(f->onset_ns == SCRIPT_EPOCH_NS + 10 * MS);
	compare_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(blocks_and_agreements),
		cmocka_unit_test(a_split_shows_both),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
