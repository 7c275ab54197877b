/* SPDX-License-Identifier: MIT */
#include "translation.h"

#include "hops.h"

static const struct view before = {.isn = {1000, 5000}};
static const struct view behind = {
	.isn = {71000, 0xfffffff0}, .ttl = 1, .transit_ns = MS};

#define SYNS                                                                   \
	"0.000 > S 0 id 1\n"                                                   \
	"0.010 < S. 0 ack 1 id 51\n"
#define DATA_BOTH                                                              \
	"0.020 > . 1 ack 1 id 2\n"                                             \
	"0.030 > P. 1+100 ack 1 id 3\n"                                        \
	"0.040 < P. 1+500 ack 101 id 52\n"                                     \
	"0.050 > P. 101+120 ack 501 id 4\n"                                    \
	"0.060 < P. 501+400 ack 221 id 53\n"                                   \
	"0.070 > P. 221+130 ack 901 id 5\n"                                    \
	"0.080 < P. 901+70 ack 351 id 54\n"

static void assert_base(const struct trace *trace, enum direction d, bool known,
			uint32_t isn)
{
	assert_int_equal(trace->bases[0].known[d], known);
	if (known)
		assert_int_equal(trace->bases[0].isn[d].n, isn);
}

static void bases_come_from_syns_or_votes(void **state)
{
	static const struct {
		const char *words, *script;
	} cases[] = {
		{"both saw the SYNs", SYNS DATA_BOTH},
		{"behind lacks both SYNs",
		 "A0.000 > S 0 id 1\n"
		 "A0.010 < S. 0 ack 1 id 51\n" DATA_BOTH},
		{"before lacks both SYNs",
		 "B0.000 > S 0 id 1\n"
		 "B0.010 < S. 0 ack 1 id 51\n" DATA_BOTH},
		{"each lacks one", "A0.000 > S 0 id 1\n"
				   "B0.010 < S. 0 ack 1 id 51\n" DATA_BOTH},
		{"a corrupted segment is outvoted",
		 "A0.000 > S 0 id 1\n"
		 "A0.010 < S. 0 ack 1 id 51\n" DATA_BOTH
		 "0.090 > P. 351+90 ack 971 id 6\n"
		 "0.100 > P. 441+91 ack 971 id 7\n"
		 "A0.110 > P. 532+92 ack 971 id 8\n"
		 "B0.110 > P. 99999+92 ack 971 id 8 like 532\n"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made_hop h;

		hop_of_script(&h, cases[i].script, &before, &behind);
		assert_true(translation_find_bases(&h.hop, 1));
		for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
			assert_base(&h.traces[0], d, true, before.isn[d]);
			assert_base(&h.traces[1], d, true, behind.isn[d]);
		}
		/* Inferred numbers are used for offsets at once. */
		vec_foreach (item, &h.traces[1].items)
			assert_true(item->has_seq);
		hop_end(&h);
	}
}

/* Packets that contradict each other, or that do not tell themselves apart,
 * decide nothing. */
static void undecided_votes_leave_the_base_open(void **state)
{
	static const char *const scripts[] = {
		/* one vote */
		"A0.000 > S 0 id 1\n"
		"0.030 > P. 1+100 ack 1 id 3\n",
		/* three against one and one */
		"A0.000 > S 0 id 1\n"
		"0.020 > . 1 ack 1 id 2\n"
		"0.030 > P. 1+100 ack 1 id 3\n"
		"0.040 > P. 101+110 ack 1 id 4\n"
		"A0.050 > P. 211+120 ack 1 id 5\n"
		"B0.050 > P. 1211+120 ack 1 id 5 like 211\n"
		"A0.060 > P. 331+130 ack 1 id 6\n"
		"B0.060 > P. 2331+130 ack 1 id 6 like 331\n",
		/* nothing in common */
		"A0.000 > S 0 id 1\n"
		"A0.030 > P. 1+100 ack 1 id 3\n"
		"B0.030 > P. 101+110 ack 1 id 4\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(scripts); i++) {
		struct made_hop h;

		hop_of_script(&h, scripts[i], &before, &behind);
		assert_true(translation_find_bases(&h.hop, 1));
		assert_base(&h.traces[0], FROM_CLIENT, true, 1000);
		assert_base(&h.traces[1], FROM_CLIENT, false, 0);
		hop_end(&h);

		/* A hop that is known to leave ISNs alone needs no vote. */
		hop_of_script(&h, scripts[i], &before, &before);
		h.hop.keeps_isn[FROM_CLIENT] = true;
		assert_true(translation_find_bases(&h.hop, 1));
		assert_base(&h.traces[1], FROM_CLIENT, true, 1000);
		hop_end(&h);
	}
}

/* Behind shows nothing of the server's stream but the client's ACKs. These
 * vote, one that is wrong is outvoted, and the base is known for what it is. */
static void acks_vote_where_a_stream_is_missing(void **state)
{
	static const struct {
		const char *script;
		bool known;
	} cases[] = {
		{"0.000 > S 0 id 1\nA0.010 < S. 0 ack 1 id 51\n"
		 "0.030 > P. 1+100 ack 1 id 3\n"
		 "0.050 > P. 101+120 ack 501 id 4\n"
		 "A0.060 > . 221 ack 700 id 5\nB0.060 > . 221 ack 9700 id 5\n"
		 "0.070 > P. 221+130 ack 901 id 6\n"
		 "0.080 > . 351 ack 951 id 7\n",
		 true},
		{"0.000 > S 0 id 1\nA0.010 < S. 0 ack 1 id 51\n"
		 "0.030 > P. 1+100 ack 1 id 3\n",
		 false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made_hop h;
		const struct base *base;

		hop_of_script(&h, cases[i].script, &before, &behind);
		assert_true(translation_find_bases(&h.hop, 1));
		assert_base(&h.traces[1], FROM_SERVER, cases[i].known,
			    behind.isn[FROM_SERVER]);
		base = h.traces[1].bases;
		assert_int_equal(base->by_ack[FROM_SERVER], cases[i].known);
		assert_false(base->from_syn[FROM_SERVER]);
		assert_false(base->by_ack[FROM_CLIENT]);
		hop_end(&h);
	}
}

/* No SYN anywhere: some number must do, and the shift is still right. */
static void without_any_syn_a_base_is_made_up(void **state)
{
	struct made_hop h;
	const struct base *a, *b;

	(void)state;
	hop_of_script(&h, DATA_BOTH, &before, &behind);
	assert_true(translation_find_bases(&h.hop, 1));
	a = h.traces[0].bases;
	b = h.traces[1].bases;
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		assert_true(a->known[d] && b->known[d]);
		assert_false(a->from_syn[d] || b->from_syn[d]);
		assert_int_equal(b->isn[d].n - a->isn[d].n,
				 behind.isn[d] - before.isn[d]);
	}
	/* The first number of the stream is offset 1, as after a SYN. */
	assert_int_equal(h.traces[0].items.items[0].seq, 1);
	hop_end(&h);
}

/* The one point with SYNs tells all others, in both directions. */
static void bases_spread_along_the_path(void **state)
{
	struct made_hop h[2];
	struct hop hops[2];

	(void)state;
	hop_of_script(&h[0], DATA_BOTH, &before, &before);
	hop_of_script(&h[1],
		      "B0.000 > S 0 id 1\n"
		      "B0.010 < S. 0 ack 1 id 51\n" DATA_BOTH,
		      &before, &behind);
	hops[0] = h[0].hop;
	hops[1] = h[1].hop;
	hops[0].behind = hops[1].before;
	assert_true(translation_find_bases(hops, 2));
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		assert_base(hops[0].before, d, true, before.isn[d]);
		assert_base(hops[1].before, d, true, before.isn[d]);
	}
	hop_end(&h[0]);
	hop_end(&h[1]);
}

/* ---- habits ---- */

#define STAMPED                                                                \
	"0.000 > S 0 ts 100 0 id 1\n"                                          \
	"0.010 < S. 0 ack 1 ts 900 100 id 51\n"                                \
	"0.020 > . 1 ack 1 ts 101 900 id 2\n"                                  \
	"0.030 > P. 1+100 ack 1 ts 102 900 id 3\n"                             \
	"0.040 > P. 101+100 ack 1 ts 103 900 id 4\n"

static void ip_ids_and_timestamps(void **state)
{
	static const struct {
		const char *words;
		struct view behind;
		bool ip_id_kept;
		uint32_t ts_offset;
	} cases[] = {
		{"a router", {.isn = {1000, 5000}}, true, 0},
		{"shifted timestamps",
		 {.isn = {1000, 5000}, .ts = {7, 9}},
		 true,
		 7},
		{"timestamps shifted around the wrap",
		 {.isn = {1, 2}, .ts = {(uint32_t)-200, 9}},
		 true,
		 (uint32_t)-200},
		{"rewritten IP IDs",
		 {.isn = {1, 2}, .ip_id = 1000, .ts = {7, 9}},
		 false,
		 7},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made_hop h;
		struct habit habit;

		hop_of_script(&h, STAMPED, &before, &cases[i].behind);
		habit = translation_habit(&h.hop, FROM_CLIENT);
		assert_int_equal(habit.ip_id_kept, cases[i].ip_id_kept);
		assert_true(habit.ts_known);
		assert_int_equal(habit.ts_offset, cases[i].ts_offset);
		assert_true(habit.has_sums);
		assert_int_equal(habit.sampled, 4);
		hop_end(&h);
	}
}

/* Duplicate ACKs, all alike, in bursts that are 26 ms apart: each has its own
 * TSval on the other side, but so has every one of the burst before. */
static void bursts_of_alike_acks_do_not_outvote_themselves(void **state)
{
	static const struct view shifted = {.isn = {1, 2}, .ts = {7, 9}};
	char script[8192] = "0.000 > S 0 ts 100 0\n"
			    "0.010 < S. 0 ack 1 ts 900 100\n";

	(void)state;
	for (unsigned bursts = 2; bursts <= 6; bursts++) {
		struct made_hop h;
		struct habit habit;
		size_t at = strlen(script);

		for (unsigned k = 0; k < 8; k++)
			at += (size_t)snprintf(
				script + at, sizeof(script) - at,
				"%u.%03u > . 1 ack 1 ts %u 900\n", 0,
				26 * bursts + k / 4, 100 + 26 * bursts);
		hop_of_script(&h, script, &before, &shifted);
		habit = translation_habit(&h.hop, FROM_CLIENT);
		if (habit.ts_known)
			assert_int_equal(habit.ts_offset, 7);
		hop_end(&h);
	}
}

/* A routing loop shows each data packet thirty times behind the hop, with a TTL
 * that falls; the IP ID is kept all the same. */
static void copies_in_a_loop_do_not_hide_the_ids(void **state)
{
	char script[32768] = STAMPED;
	size_t at = strlen(script);
	struct made_hop h;

	(void)state;
	for (unsigned i = 0; i < 8; i++) {
		at += (size_t)snprintf(
			script + at, sizeof(script) - at,
			"A%u.5 > P. %u+100 ack 1 ts 104 900 id %u\n", i,
			201 + 100 * i, 5 + i);
		for (unsigned ttl = 60; ttl > 30; ttl--)
			at += (size_t)snprintf(
				script + at, sizeof(script) - at,
				"B%u.5 > P. %u+100 ack 1 ts 104 900 id %u "
				"ttl %u\n",
				i, 201 + 100 * i, 5 + i, ttl);
	}
	hop_of_script(&h, script, &before, &behind);
	assert_true(translation_habit(&h.hop, FROM_CLIENT).ip_id_kept);
	hop_end(&h);
}

/* From the server the way leads back: in is behind the hop. */
static void the_way_back_is_the_other_way_round(void **state)
{
	static const struct view shifted = {.isn = {1, 2}, .ts = {7, 9}};
	struct made_hop h;
	struct habit habit;

	(void)state;
	hop_of_script(&h, STAMPED, &before, &shifted);
	assert_ptr_equal(hop_in(&h.hop, FROM_SERVER), &h.traces[1]);
	assert_ptr_equal(hop_out(&h.hop, FROM_SERVER), &h.traces[0]);
	habit = translation_habit(&h.hop, FROM_SERVER);
	assert_int_equal(habit.ts_offset, (uint32_t)-9);
	hop_end(&h);
}

static void what_tells_nothing_apart_is_no_id(void **state)
{
	static const char *const scripts[] = {
		/* always the same ID */
		"0.00 > S 0 id 9\n0.02 > . 1 ack 1 id 9\n"
		"0.03 > P. 1+10 ack 1 id 9\n0.04 > P. 11+10 ack 1 id 9\n",
		/* none */
		"0.00 > S 0\n0.02 > . 1 ack 1\n0.03 > P. 1+10 ack 1\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(scripts); i++) {
		struct made_hop h;
		struct habit habit;

		hop_of_script(&h, scripts[i], &before, &behind);
		habit = translation_habit(&h.hop, FROM_CLIENT);
		assert_false(habit.ip_id_kept);
		assert_false(habit.ts_known);
		assert_true(habit.sampled > 0);
		hop_end(&h);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bases_come_from_syns_or_votes),
		cmocka_unit_test(undecided_votes_leave_the_base_open),
		cmocka_unit_test(acks_vote_where_a_stream_is_missing),
		cmocka_unit_test(without_any_syn_a_base_is_made_up),
		cmocka_unit_test(bases_spread_along_the_path),
		cmocka_unit_test(ip_ids_and_timestamps),
		cmocka_unit_test(
			bursts_of_alike_acks_do_not_outvote_themselves),
		cmocka_unit_test(copies_in_a_loop_do_not_hide_the_ids),
		cmocka_unit_test(the_way_back_is_the_other_way_round),
		cmocka_unit_test(what_tells_nothing_apart_is_no_id),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
