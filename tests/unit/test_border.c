/* SPDX-License-Identifier: MIT
 *
 * Data whose borders moved. Pairs are written as in test_align.c: in=out and
 * how, r for other borders.
 */
#include "aligner.h"

#include "hops.h"

static const struct view before = {.isn = {1000, 5000}};
static const struct view behind = {.isn = {71000, 0xfffffff0}, .ttl = 1};

struct story {
	const char *words, *script;
	const char *pairs; /* behind the handshake */
	int direction;
	uint64_t alone_in, alone_out;
};

static void assert_story(const struct story *s)
{
	struct alignment alignment = {0};
	struct made_hop h;
	char text[256];
	const char *rest;
	enum direction d = (enum direction)s->direction;

	hop_of_script(&h, s->script, &before, &behind);
	assert_true(translation_find_bases(&h.hop, 1));
	assert_true(align_hop(&h.hop, &alignment));
	pairs_describe(&alignment, d, text, sizeof(text));
	rest = text + strlen(d == FROM_CLIENT ? "0=0e 2=2e" : "1=1e");
	rest += *rest == ' ';
	if (strcmp(rest, s->pairs) != 0 ||
	    alignment.alone_in[d] != s->alone_in ||
	    alignment.alone_out[d] != s->alone_out)
		fail_msg("%s: '%s', %llu and %llu alone", s->words, text,
			 (unsigned long long)alignment.alone_in[d],
			 (unsigned long long)alignment.alone_out[d]);
	alignment_fini(&alignment);
	hop_end(&h);
}

static const struct story stories[] = {
	{"a merge is paired with its last member",
	 WITH_IDS "A0.030 > . 1+100 ack 1 id 3\n"
		  "A0.031 > . 101+100 ack 1 id 4\n"
		  "A0.032 > P. 201+100 ack 1 id 5\n"
		  "B0.032 > P. 1+300 ack 1 id 3\n",
	 "5=3r", 0, 2, 0},
	{"all parts of a split with the whole",
	 WITH_IDS "A0.030 > P. 1+300 ack 1 id 3\n"
		  "B0.030 > . 1+100 ack 1 id 3\n"
		  "B0.031 > . 101+100 ack 1 id 4\n"
		  "B0.032 > P. 201+100 ack 1 id 5\n",
	 "3=3r 3=4r 3=5r", 0, 0, 0},
	{"borders that overlap",
	 WITH_IDS "A0.030 > . 1+150 ack 1 id 3\n"
		  "A0.031 > P. 151+150 ack 1 id 4\n"
		  "B0.030 > . 1+200 ack 1 id 3\n"
		  "B0.031 > P. 201+100 ack 1 id 4\n",
	 "4=3r 4=4r", 0, 1, 0},
	{"the other direction",
	 WITH_IDS "B0.030 < . 1+100 ack 1 id 53\n"
		  "B0.031 < P. 101+100 ack 1 id 54\n"
		  "A0.031 < P. 1+200 ack 1 id 53\n",
	 "4=3r", 1, 1, 0},
	{"of two that carry the last byte, the one that begins nearest",
	 WITH_IDS "A0.030 > . 1+300 ack 1 id 3\n"
		  "A0.330 > P. 101+200 ack 1 id 4\n"
		  "B0.030 > . 1+150 ack 1 id 9\n"
		  "B0.330 > P. 151+50 ack 1 id 10\n",
	 "4=3r 4=4r", 0, 1, 0},
	{"nothing carried the last byte",
	 WITH_IDS "A0.030 > P. 1+100 ack 1 id 3\n"
		  "B0.030 > P. 1+150 ack 1 id 3\n",
	 "", 0, 1, 1},
	{"data of the peer does not count",
	 WITH_IDS "A0.030 < P. 1+100 ack 1 id 53\n"
		  "B0.030 > P. 1+100 ack 1 id 3\n",
	 "", 0, 0, 1},
	{"an ACK has no borders",
	 WITH_IDS "A0.030 > P. 1+100 ack 1 id 3\n"
		  "B0.030 > . 50 ack 1 id 4\n",
	 "", 0, 1, 1},
	{"a pair of its own is not taken away",
	 WITH_IDS "0.030 > P. 1+200 ack 1 id 3\n"
		  "B0.031 > P. 101+100 ack 1 id 4\n",
	 "3=3e 3=4r", 0, 0, 0},
};

static void moved_borders(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(stories); i++)
		assert_story(&stories[i]);
}

/* A whole that was split belongs to its first part. */
static void the_whole_is_taken_once(void **state)
{
	struct alignment alignment = {0};
	struct made_hop h;

	(void)state;
	hop_of_script(&h, stories[1].script, &before, &behind);
	assert_true(translation_find_bases(&h.hop, 1));
	assert_true(align_hop(&h.hop, &alignment));
	assert_int_equal(alignment.taken[FROM_CLIENT][3], 3);
	assert_int_equal(alignment.how[FROM_CLIENT][5], PAIR_RESEGMENTED);
	alignment_fini(&alignment);
	hop_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(moved_borders),
		cmocka_unit_test(the_whole_is_taken_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
