/* SPDX-License-Identifier: MIT
 *
 * Expected pairs are written "in=out" and how, by the place of packets in the
 * two traces: e exact, i identified, p positional, r resegmented.
 */
#include "align.h"

#include "hops.h"

static const struct view before = {.isn = {1000, 5000}};
/* Another clock, other ISNs, a millisecond on. */
static const struct view behind = {.isn = {71000, 0xfffffff0},
				   .ttl = 1,
				   .clock_ns = 5000 * MS,
				   .transit_ns = MS / 2};

struct story {
	const char *words, *script;
	const char *pairs[2];         /* by direction; NULL: not looked at */
	uint64_t alone_in, alone_out; /* from the client */
};

static void assert_story(const struct story *s, struct alignment *alignment)
{
	struct made_hop h;

	hop_of_script(&h, s->script, &before, &behind);
	assert_true(translation_find_bases(&h.hop, 1));
	assert_true(align_hop(&h.hop, alignment));
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		char text[256];

		pairs_describe(alignment, d, text, sizeof(text));
		if (s->pairs[d] != NULL && strcmp(text, s->pairs[d]) != 0)
			fail_msg("%s: '%s' instead of '%s'", s->words, text,
				 s->pairs[d]);
	}
	if (alignment->alone_in[0] != s->alone_in ||
	    alignment->alone_out[0] != s->alone_out)
		fail_msg("%s: %llu and %llu alone", s->words,
			 (unsigned long long)alignment->alone_in[0],
			 (unsigned long long)alignment->alone_out[0]);
	hop_end(&h);
}

/* One alignment for all, as the audit does it. */
static void assert_stories(const struct story *stories, size_t count)
{
	struct alignment alignment = {0};

	for (size_t i = 0; i < count; i++)
		assert_story(&stories[i], &alignment);
	alignment_fini(&alignment);
}

static void packets_that_pass(void **state)
{
	static const struct story stories[] = {
		{"all pass",
		 WITH_IDS "0.030 > P. 1+100 ack 1 id 3\n"
			  "0.040 < P. 1+500 ack 101 id 52\n"
			  "0.050 > . 101 ack 501 id 4\n",
		 {"0=0e 2=2e 3=3e 5=5e", "1=1e 4=4e"},
		 0,
		 0},
		{"without IP IDs",
		 NO_IDS "0.030 > P. 1+100 ack 1\n"
			"0.040 < P. 1+500 ack 101\n",
		 {"0=0e 2=2e 3=3e", "1=1e 4=4e"},
		 0,
		 0},
		{"data lost on the way",
		 WITH_IDS "A0.030 > P. 1+100 ack 1 id 3\n"
			  "0.040 > P. 101+100 ack 1 id 4\n",
		 {"0=0e 2=2e 4=3e", "1=1e"},
		 1,
		 0},
		{"injected by the device",
		 WITH_IDS "B0.030 > R 1 id 999\n"
			  "0.040 > P. 1+100 ack 1 id 3\n",
		 {"0=0e 2=2e 3=4e", "1=1e"},
		 0,
		 1},
		{"two segments change places",
		 WITH_IDS "A0.030 > . 1+100 ack 1 id 3\n"
			  "A0.031 > . 101+100 ack 1 id 4\n"
			  "B0.032 > . 101+100 ack 1 id 4\n"
			  "B0.033 > . 1+100 ack 1 id 3\n",
		 {"0=0e 2=2e 4=3e 3=4e", "1=1e"},
		 0,
		 0},
		{"nothing seen behind",
		 "A0.000 > S 0 id 1\nA0.010 < S. 0 ack 1 id 5\n",
		 {"", ""},
		 1,
		 0},
	};

	(void)state;
	assert_stories(stories, COUNT(stories));
}

/* Copies of a range: k-th with k-th, unless something tells more. */
static void copies(void **state)
{
	static const struct story stories[] = {
		{"both copies pass",
		 WITH_IDS "0.030 > P. 1+100 ack 1 id 3\n"
			  "0.230 > P. 1+100 ack 1 id 4\n",
		 {"0=0e 2=2e 3=3e 4=4e", NULL},
		 0,
		 0},
		{"the first copy is lost: the IP ID says so",
		 WITH_IDS "A0.030 > P. 1+100 ack 1 id 3\n"
			  "0.230 > P. 1+100 ack 1 id 4\n",
		 {"0=0e 2=2e 4=3e", NULL},
		 1,
		 0},
		{"the first copy is lost: the time says so",
		 NO_IDS "A0.030 > P. 1+100 ack 1\n"
			"0.930 > P. 1+100 ack 1\n",
		 {"0=0e 2=2e 4=3e", NULL},
		 1,
		 0},
		{"captured twice behind",
		 WITH_IDS "0.030 > P. 1+100 ack 1 id 3\n"
			  "B0.0301 > P. 1+100 ack 1 id 3\n",
		 {"0=0e 2=2e 3=3e 3=4r", NULL},
		 0,
		 0},
		{"duplicate ACKs in a row, one of them lost",
		 WITH_IDS "0.030 > . 1 ack 1 id 3\n"
			  "A0.031 > . 1 ack 1 id 4\n"
			  "0.032 > . 1 ack 1 id 5\n",
		 {"0=0e 2=2e 3=3e 5=4e", NULL},
		 1,
		 0},
	};

	(void)state;
	assert_stories(stories, COUNT(stories));
}

/* What is wrong with a packet must not keep it from being paired. */
static void corrupted_packets_are_still_paired(void **state)
{
	static const struct story stories[] = {
		{"wrong ACK, known by IP ID",
		 WITH_IDS "A0.030 > . 1 ack 501 id 3\n"
			  "B0.030 > . 1 ack 777777 id 3\n",
		 {"0=0e 2=2e 3=3i", NULL},
		 0,
		 0},
		{"wrong ACK on data, known by place",
		 NO_IDS "A0.030 > P. 1+100 ack 501\n"
			"B0.030 > P. 1+100 ack 777777\n",
		 {"0=0e 2=2e 3=3p", NULL},
		 0,
		 0},
		{"wrong sequence number, known by IP ID",
		 WITH_IDS "A0.030 > P. 1+100 ack 1 id 3\n"
			  "B0.030 > P. 5001+100 ack 1 id 3 like 1\n",
		 {"0=0e 2=2e 3=3i", NULL},
		 0,
		 0},
		{"wrong sequence number, known by content",
		 NO_IDS "A0.030 > P. 1+100 ack 1\n"
			"B0.030 > P. 5001+100 ack 1 like 1\n",
		 {"0=0e 2=2e 3=3p", NULL},
		 0,
		 0},
		{"both numbers wrong, known by IP ID and content",
		 WITH_IDS "A0.030 > P. 1+100 ack 1 id 3\n"
			  "B0.030 > P. 5001+100 ack 9 id 3 like 1\n",
		 {"0=0e 2=2e 3=3i", NULL},
		 0,
		 0},
		{"every ACK of the connection wrong",
		 WITH_IDS "A0.030 > . 1 ack 501 id 3\n"
			  "B0.030 > . 1 ack 9000501 id 3\n"
			  "A0.040 > . 1 ack 601 id 4\n"
			  "B0.040 > . 1 ack 9000601 id 4\n"
			  "A0.050 > . 1 ack 701 id 5\n"
			  "B0.050 > . 1 ack 9000701 id 5\n",
		 {"0=0e 2=2e 3=3i 4=4i 5=5i", NULL},
		 0,
		 0},
	};

	(void)state;
	assert_stories(stories, COUNT(stories));
}

static void packets_that_are_not_the_same(void **state)
{
	static const struct story stories[] = {
		{"an RST is no FIN",
		 WITH_IDS "A0.030 > F. 1 ack 1 id 3\n"
			  "B0.030 > R. 1 ack 1 id 3\n",
		 {"0=0e 2=2e", NULL},
		 1,
		 1},
		{"seen behind before it was sent",
		 NO_IDS "A0.530 > P. 1+100 ack 1\n"
			"B0.030 > P. 1+100 ack 1\n",
		 {"0=0e 2=2e 3=3r", NULL},
		 0,
		 0},
		{"other content and other numbers",
		 NO_IDS "A0.030 > P. 1+100 ack 1\n"
			"B0.030 > P. 90001+100 ack 501 fill 1\n",
		 {"0=0e 2=2e", NULL},
		 1,
		 1},
	};

	(void)state;
	assert_stories(stories, COUNT(stories));
}

/* Other borders: a segment behind is paired with what carried its last
 * byte. */
static void resegmented_data(void **state)
{
	static const struct story stories[] = {
		{"merged",
		 WITH_IDS "A0.030 > . 1+100 ack 1 id 3\n"
			  "A0.031 > P. 101+100 ack 1 id 4\n"
			  "B0.031 > P. 1+200 ack 1 id 4\n",
		 {"0=0e 2=2e 4=3r", NULL},
		 1,
		 0},
		{"split",
		 WITH_IDS "A0.030 > P. 1+200 ack 1 id 3\n"
			  "B0.030 > . 1+150 ack 1 id 3\n"
			  "B0.031 > P. 151+50 ack 1 id 4\n",
		 {"0=0e 2=2e 3=3r 3=4r", NULL},
		 0,
		 0},
	};

	(void)state;
	assert_stories(stories, COUNT(stories));
}

/* A long stream with losses at both sides: every pair is the right one. */
static void many_packets(void **state)
{
	struct made m[2] = {capture_begin(), capture_begin()};
	struct alignment alignment = {0};
	struct made_hop h;
	struct pair pair = alignment_begin(FROM_CLIENT);
	uint32_t seen[2] = {0, 0}, both = 0, paired = 0, x = 1;

	(void)state;
	capture_script(&m[0], NO_IDS, &before);
	capture_script(&m[1], NO_IDS, &behind);
	for (uint32_t i = 0; i < 3000; i++) {
		struct line l = {.time_ns = (100 + i) * MS,
				 .flags = TCP_ACK,
				 .seq = 1 + i * 50,
				 .like = 1 + i * 50,
				 .ack = 1,
				 .len = 50,
				 .ttl = 64,
				 .mss = -1,
				 .wscale = -1};
		bool shown[2];

		for (int p = 0; p < 2; p++) {
			x = x * 1664525 + 1013904223;
			shown[p] = x >> 24 > 30;
			if (shown[p])
				capture_packet(&m[p], &l,
					       p == 0 ? &before : &behind);
			seen[p] += shown[p];
		}
		both += shown[0] && shown[1];
	}
	hop_begin(&h, point_of(&m[0]), point_of(&m[1]));
	h.clock.offset_ns = behind.clock_ns;
	assert_true(align_hop(&h.hop, &alignment));
	while (alignment_next(&alignment, &pair)) {
		if (pair.how != PAIR_EXACT)
			continue;
		paired++;
		assert_int_equal(h.traces[0].items.items[pair.in].seq,
				 h.traces[1].items.items[pair.out].seq);
	}
	assert_int_equal(paired, both + 2);
	assert_int_equal(alignment.alone_in[0], seen[0] - both);
	assert_int_equal(alignment.alone_out[0], seen[1] - both);
	alignment_fini(&alignment);
	hop_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(packets_that_pass),
		cmocka_unit_test(copies),
		cmocka_unit_test(corrupted_packets_are_still_paired),
		cmocka_unit_test(packets_that_are_not_the_same),
		cmocka_unit_test(resegmented_data),
		cmocka_unit_test(many_packets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
