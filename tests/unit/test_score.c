/* SPDX-License-Identifier: MIT */
#include "score.h"

#include <math.h>

#include "packets.h"

#define FLOWS  64u
#define SECOND INT64_C(1000000000)

struct board {
	struct feature before[FLOWS], behind[FLOWS];
	struct scorer scorer;
};

/* Flows of which each shows values of its own, passed on unchanged. */
static void board_begin(struct board *b)
{
	memset(b, 0, sizeof(*b));
	for (uint32_t i = 0; i < FLOWS; i++) {
		struct feature *f = &b->before[i];

		for (uint32_t k = 0; k < FEATURE_COUNT; k++)
			f->keys[k] = 1 + i * 0x9e3779b9u + k * 0x85ebca6bu;
		f->first_ns = i * SECOND;
		f->last_ns = f->first_ns + SECOND / 2;
		f->think_ns = SECOND / 100 * (i + 1);
		b->behind[i] = *f;
	}
}

static void board_score(struct board *b)
{
	b->scorer.before = b->before;
	b->scorer.behind = b->behind;
	b->scorer.before_count = b->scorer.behind_count = FLOWS;
	assert_true(scorer_init(&b->scorer));
	assert_true(scorer_widen(&b->scorer));
}

static void set_all_behind(struct board *b, enum feature_kind kind,
			   uint32_t key)
{
	for (uint32_t i = 0; i < FLOWS; i++)
		b->behind[i].keys[kind] = key;
}

static void the_same_flow_stands_out(void **state)
{
	static struct board b;

	(void)state;
	board_begin(&b);
	board_score(&b);
	for (uint32_t i = 0; i < FLOWS; i++) {
		struct score right = score_pair(&b.scorer, i, i);
		struct score wrong = score_pair(&b.scorer, i, (i + 1) % FLOWS);

		assert_true(right.bits > 60);
		assert_true(wrong.bits < 0);
		assert_true(right.isn_bits[FROM_CLIENT] > 25);
		assert_true(right.isn_bits[FROM_SERVER] > 25);
		assert_true(right.isn_bits[0] + right.isn_bits[1] < right.bits);
	}
	scorer_fini(&b.scorer);
}

/* A value that every flow shows tells nothing, one seen once tells much. */
static void rarity_is_counted(void **state)
{
	static const struct {
		enum feature_kind kind;
		double alone; /* bits of a value seen once, at least */
	} cases[] = {
		{FEATURE_ISN_CLIENT, 30}, {FEATURE_ISN_SERVER, 30},
		{FEATURE_TIMESTAMP, 30},  {FEATURE_PAYLOAD, 10},
		{FEATURE_CLIENT, 20},     {FEATURE_IP_ID, 10},
		{FEATURE_SERVER, 10},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		enum feature_kind kind = cases[i].kind;
		static struct board b;
		struct score score;

		board_begin(&b);
		for (uint32_t f = 0; f < FLOWS; f++) {
			uint32_t key = b.before[f].keys[kind];

			memset(b.before[f].keys, 0, sizeof(b.before[f].keys));
			b.before[f].keys[kind] = key;
			b.before[f].think_ns = b.behind[f].think_ns = 0;
		}
		board_score(&b);
		score = score_pair(&b.scorer, 5, 5);
		if (score.bits < cases[i].alone)
			fail_msg("%s: %g bits", feature_name(kind), score.bits);
		assert_int_equal(score.evidence, 1u << kind);
		scorer_fini(&b.scorer);

		set_all_behind(&b, kind, b.before[5].keys[kind]);
		board_score(&b);
		score = score_pair(&b.scorer, 5, 5);
		assert_true(score.bits < 0.5);
		assert_true(score.bits >= 0);
		scorer_fini(&b.scorer);
	}
}

/* Features that depend on each other count once, the best of them. */
static void groups_count_once(void **state)
{
	static struct board b;
	struct score whole, part;

	(void)state;
	board_begin(&b);
	board_score(&b);
	whole = score_pair(&b.scorer, 5, 5);
	b.before[5].keys[FEATURE_DATA_CLIENT] = 0;
	b.before[5].keys[FEATURE_HEAD_SERVER] = 0;
	b.before[5].keys[FEATURE_CLIENT_PORT] = 0;
	b.before[5].keys[FEATURE_TS_PATTERN] = 0;
	part = score_pair(&b.scorer, 5, 5);
	assert_true(fabs(whole.bits - part.bits) < 1e-9);
	b.before[5].keys[FEATURE_PAYLOAD] ^= 1;
	/* other data segments of the flow still agree */
	assert_true(score_pair(&b.scorer, 5, 5).bits > part.bits - 2);
	scorer_fini(&b.scorer);
}

/* What the hop is known to rewrite says nothing when it differs. */
static void habits_are_learned(void **state)
{
	static struct board b;
	struct habits habits = {0};
	double naive, learned;

	(void)state;
	board_begin(&b);
	for (uint32_t i = 0; i < FLOWS; i++)
		b.behind[i].keys[FEATURE_ISN_SERVER] ^= 0x5a5a5a5a;
	board_score(&b);
	naive = score_pair(&b.scorer, 5, 5).bits;
	for (uint32_t i = 0; i < FLOWS; i++)
		habits_note(&habits, &b.before[i], &b.behind[i]);
	assert_int_equal(habits.other[FEATURE_ISN_SERVER], FLOWS);
	assert_int_equal(habits.same[FEATURE_ISN_CLIENT], FLOWS);
	scorer_learn(&b.scorer, &habits);
	assert_true(b.scorer.keep[FEATURE_ISN_SERVER] < 0.05);
	assert_true(b.scorer.keep[FEATURE_ISN_CLIENT] > 0.98);
	learned = score_pair(&b.scorer, 5, 5).bits;
	assert_true(learned > naive + 2);
	scorer_fini(&b.scorer);
}

/* A habit that was never seen stays at its initial value. */
static void missing_features_teach_nothing(void **state)
{
	static struct board b;
	struct habits habits = {0};
	double before;

	(void)state;
	board_begin(&b);
	board_score(&b);
	before = b.scorer.keep[FEATURE_TIMESTAMP];
	b.before[0].keys[FEATURE_TIMESTAMP] = 0;
	b.behind[1].keys[FEATURE_TIMESTAMP] = 0;
	habits_note(&habits, &b.before[0], &b.behind[0]);
	habits_note(&habits, &b.before[1], &b.behind[1]);
	scorer_learn(&b.scorer, &habits);
	assert_true(fabs(b.scorer.keep[FEATURE_TIMESTAMP] - before) < 1e-9);
	scorer_fini(&b.scorer);
}

/* Once clocks are known, the time of the first packet is evidence. */
static void time_counts_with_a_clock(void **state)
{
	const struct clock clock = {.known = true,
				    .offset_ns = 5 * SECOND,
				    .uncertainty_ns = 1000000,
				    .spread_ns = 1000000};
	static struct board b;
	double without;

	(void)state;
	board_begin(&b);
	for (uint32_t i = 0; i < FLOWS; i++) {
		b.behind[i].first_ns += 5 * SECOND;
		b.behind[i].last_ns += 5 * SECOND;
	}
	board_score(&b);
	without = score_pair(&b.scorer, 5, 5).bits;
	scorer_set_clock(&b.scorer, &clock);
	assert_true(score_pair(&b.scorer, 5, 5).bits > without + 4);
	assert_true(score_pair(&b.scorer, 5, 5).evidence >> EVIDENCE_TIME & 1);
	/* began late, but while the other lived: the capture began late */
	b.behind[5].first_ns += SECOND / 4;
	assert_true(score_pair(&b.scorer, 5, 5).bits > without - 6);
	assert_true(score_pair(&b.scorer, 5, 5).bits < without);
	/* never lived at the same time */
	b.behind[5].first_ns += 20 * SECOND;
	b.behind[5].last_ns += 20 * SECOND;
	assert_true(score_pair(&b.scorer, 5, 5).bits < without - 10);
	scorer_fini(&b.scorer);
}

static void think_time_counts(void **state)
{
	static struct board b;
	double with;

	(void)state;
	board_begin(&b);
	board_score(&b);
	with = score_pair(&b.scorer, 5, 5).bits;
	assert_true(score_pair(&b.scorer, 5, 5).evidence >>
			    EVIDENCE_THINK_TIME &
		    1);
	b.before[5].think_ns += 100000000;
	assert_true(score_pair(&b.scorer, 5, 5).bits < with - 4);
	b.before[5].think_ns = 0;
	assert_true(score_pair(&b.scorer, 5, 5).bits < with - 2);
	scorer_fini(&b.scorer);
}

static void evidence_has_names(void **state)
{
	(void)state;
	for (unsigned bit = 0; bit < EVIDENCE_COUNT; bit++)
		assert_non_null(evidence_name(bit));
	assert_string_equal(evidence_name(FEATURE_ISN_CLIENT), "isn-client");
	assert_string_equal(evidence_name(EVIDENCE_THINK_TIME), "think-time");
	assert_string_equal(evidence_name(EVIDENCE_TIME), "time");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(the_same_flow_stands_out),
		cmocka_unit_test(rarity_is_counted),
		cmocka_unit_test(groups_count_once),
		cmocka_unit_test(habits_are_learned),
		cmocka_unit_test(missing_features_teach_nothing),
		cmocka_unit_test(time_counts_with_a_clock),
		cmocka_unit_test(think_time_counts),
		cmocka_unit_test(evidence_has_names),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
