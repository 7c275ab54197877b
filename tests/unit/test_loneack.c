/* SPDX-License-Identifier: MIT
 *
 * A download of which one side of the hop lacks some packets. A pattern says
 * for each block of data what is missing behind the hop: '.' nothing, 'a' its
 * ACK, 'd' the data, 'r' a request of the client that follows.
 */
#include "rules/loneack.h"

#include "hops.h"

#define BLOCKS 120

static const struct view before = {.isn = {1000, 5000}};
static const struct view behind = {.isn = {1000, 75000}, .ttl = 1};

#define OPENING                                                                \
	"0.000 > S 0 id 1\n"                                                   \
	"0.010 < S. 0 ack 1 id 51\n"                                           \
	"0.020 > . 1 ack 1 id 2\n"

struct lone {
	struct made_hop h;
	struct alignment alignment;
};

static void align(struct lone *l, const char *script)
{
	*l = (struct lone){0};
	hop_of_script(&l->h, script, &before, &behind);
	assert_true(translation_find_bases(&l->h.hop, 1));
	assert_true(align_hop(&l->h.hop, &l->alignment));
}

static void lone_end(struct lone *l)
{
	alignment_fini(&l->alignment);
	hop_end(&l->h);
}

static char *line(char *at, bool there, double time, const char *words, int seq,
		  int len, int ack, int id)
{
	return at + sprintf(at, "%s%.4f %s %d+%d ack %d id %d\n",
			    there ? "" : "A", time, words, seq, len, ack, id);
}

/* The pattern is repeated as often as there are blocks. */
static void download(char *at, const char *pattern, int blocks)
{
	const size_t period = strlen(pattern);
	int asked = 1;

	at += sprintf(at, OPENING);
	for (int i = 0; i < blocks; i++) {
		const char what = pattern[(size_t)i % period];
		const double t = 0.03 + i * 0.002;
		const int end = 1 + (i + 1) * 100;

		/* Data passes the far side first, and is then seen here. */
		at += sprintf(at, "%s%.4f < . %d+100 ack %d id %d\n",
			      what == 'd' ? "A" : "", t, end - 100, asked,
			      100 + i);
		at = line(at, what != 'a', t + 0.0005, "> .", asked, 0, end,
			  1000 + 2 * i);
		if (i % 4 != 3 && what != 'r')
			continue;
		at = line(at, what != 'r', t + 0.001, "> P.", asked, 10, end,
			  1001 + 2 * i);
		asked += 10;
	}
}

static const struct {
	const char *words, *pattern;
	int blocks;
	bool thinned;
} cases[] = {
	{"every other ACK", ".a", BLOCKS, true},
	{"two of three", "aa.", BLOCKS, true},
	{"all are there", ".", BLOCKS, false},
	{"too few to tell", ".a", 50, false},
	{"now and then: less than a tenth", "a..........", 600, false},
	{"in one gap, as when a capture pauses",
	 "............................................................"
	 "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	 BLOCKS, false},
	{"the capture loses data of the other way as well", ".ad", BLOCKS,
	 false},
	{"and the client's own data", ".ar", BLOCKS, false},
};

static void thinning(void **state)
{
	static char script[BLOCKS * 6 * 160];

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct lone l;

		download(script, cases[i].pattern, cases[i].blocks);
		align(&l, script);
		if (lone_acks_are_thinned(&l.h.hop, &l.alignment,
					  FROM_CLIENT) != cases[i].thinned)
			fail_msg("%s", cases[i].words);
		assert_false(lone_acks_are_thinned(&l.h.hop, &l.alignment,
						   FROM_SERVER));
		lone_end(&l);
	}
}

/* ---- ACKs of the far side alone ---- */

#define TALK                                                                   \
	"0.030 > P. 1+100 ack 1 id 3\n"                                        \
	"0.040 < P. 1+500 ack 101 id 52\n"                                     \
	"0.045 > . 101 ack 501 id 4\n"

static const struct {
	const char *words, *line;
	uint64_t count;
} strangers[] = {
	{"an ACK of data that was sent", "B0.05 > . 101 ack 301 id 5\n", 0},
	{"of data that the captures may lack", "B0.05 > . 101 ack 999 id 5\n",
	 0},
	{"far beyond", "B0.05 > . 101 ack 9000000 id 5\n", 1},
	{"from before the stream", "B0.05 > . 101 ack -9 id 5\n", 1},
	{"both sides have it", "0.05 > . 101 ack 9000000 id 5\n", 0},
	{"of another connection", "B0.05 > . 70000 ack 9000000 id 5\n", 0},
	{"a RST", "B0.05 > R. 101 ack 9000000 id 5\n", 0},
};

static void strange_acks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(strangers); i++) {
		struct lookups lookups = {0};
		struct comparison c = {.lookups = &lookups};
		char script[512];
		struct lone l;
		uint64_t n;

		snprintf(script, sizeof(script), OPENING TALK "%s",
			 strangers[i].line);
		align(&l, script);
		lookups_reset(&lookups, &l.h.hop);
		c.hop = &l.h.hop;
		c.alignment = &l.alignment;
		n = lone_acks_impossible(&c, FROM_CLIENT);
		if (n != strangers[i].count)
			fail_msg("%s: %llu", strangers[i].words,
				 (unsigned long long)n);
		assert_int_equal(lone_acks_impossible(&c, FROM_SERVER), 0);
		lookups_fini(&lookups);
		lone_end(&l);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(thinning),
		cmocka_unit_test(strange_acks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
