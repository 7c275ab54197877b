/* SPDX-License-Identifier: MIT
 *
 * Every hypothesis with the numbers that its bug makes, with one that it does
 * not make, and with what makes it impossible to test.
 */
#include "hypothesis.h"

#include "packets.h"

#include <string.h>

#define BEFORE   0x10203040u
#define SHIFT    0x01010000u
#define EXPECTED (BEFORE + SHIFT)
#define OTHER    0x00700007u

/* A data segment that acknowledges, from a device that shifts both streams. */
static struct clue clue_of(void)
{
	struct clue c = {.expected = EXPECTED,
			 .has_before = true,
			 .before = BEFORE,
			 .shift = SHIFT,
			 .other_shift = OTHER,
			 .offset = 5001,
			 .window = 1000,
			 .own = {{700, 800}, {0xfffffff0, 16}},
			 .stale = {{0x90000000, 0x90000100}, {0, 0}},
			 .stale_count = 1,
			 .legs = {{0xa0000001, 0xa0000401}},
			 .leg_count = 1,
			 .seen = {EXPECTED - 300, EXPECTED - 500},
			 .foreign_deltas = 40,
			 .foreign_values = 90,
			 .values = 7};

	c.in.segment = (struct segment){.seq = {0x20000000},
					.len = 100,
					.tsval = 0x30000001,
					.tsecr = 0x30000002};
	c.out.segment = (struct segment){.seq = {0x40000000},
					 .len = 100,
					 .tsval = 0x50000001,
					 .tsecr = 0x50000002};
	return c;
}

/* ---- what is accepted ---- */

static const struct {
	enum hypothesis hypothesis;
	double numbers;        /* that it accepts in all */
	uint32_t hits[13];     /* ended by 0, which is none of them */
	uint32_t near_hits[3]; /* the same */
} rules[] = {
	{HYPOTHESIS_UNTRANSLATED, 1, {BEFORE}, {BEFORE + 1, EXPECTED}},
	{HYPOTHESIS_DELTA_TWICE,
	 1,
	 {BEFORE + 2 * SHIFT},
	 {EXPECTED, BEFORE + 3 * SHIFT}},
	{HYPOTHESIS_WRONG_SIGN, 1, {BEFORE - SHIFT}, {BEFORE - 2 * SHIFT}},
	{HYPOTHESIS_OTHER_DIRECTION,
	 2,
	 {BEFORE + OTHER, BEFORE - OTHER},
	 {EXPECTED + OTHER}},
	{HYPOTHESIS_STALE,
	 256,
	 {0x90000000, 0x900000ff},
	 {0x8fffffff, 0x90000100}},
	{HYPOTHESIS_BYTE_ORDER,
	 12,
	 {0x40302111, 0x30401121, 0x21114030, ~EXPECTED, -EXPECTED, 0x3f302112,
	  0x40302010, 0x30401020, 0x20104030, ~BEFORE, -BEFORE, 0x3f302011},
	 {0x40302112}},
	{HYPOTHESIS_FIELD_SWAP,
	 8,
	 {0x20000000, 0x40000000, 0x20000064, 0x40000064, 0x30000001,
	  0x30000002, 0x50000001, 0x50000002},
	 {0x20000001, 0x40000063}},
	{HYPOTHESIS_OWN_STREAM,
	 100 + 32,
	 {700, 799, 0xfffffff0, 0xffffffff, 15},
	 {699, 800, 16}},
	{HYPOTHESIS_TRUNCATED,
	 5,
	 {EXPECTED & 0xffff, EXPECTED & 0xffff0000},
	 {EXPECTED >> 16}},
	{HYPOTHESIS_MISSING_CARRY,
	 6,
	 {EXPECTED + 0x100, EXPECTED - 0x100, EXPECTED + 0x10000,
	  EXPECTED - 0x10000, EXPECTED + 0x1000000, EXPECTED - 0x1000000},
	 {EXPECTED + 0x200, EXPECTED + 1}},
	{HYPOTHESIS_OFF_BY_N,
	 6,
	 {EXPECTED - 2, EXPECTED - 1, EXPECTED + 1, EXPECTED + 2,
	  EXPECTED + 100, EXPECTED - 100},
	 {EXPECTED + 3, EXPECTED + 99}},
	{HYPOTHESIS_RELATIVE, 3, {5000, 5001, 5002}, {5003, 4999}},
	{HYPOTHESIS_UNSENT_DATA,
	 1000,
	 {EXPECTED + 1, EXPECTED + 1000},
	 {EXPECTED, EXPECTED + 1001}},
	{HYPOTHESIS_OTHER_BACKEND,
	 0x400,
	 {0xa0000001, 0xa0000400},
	 {0xa0000000, 0xa0000401}},
	{HYPOTHESIS_CONSTANT, 9, {UINT32_MAX}, {1, UINT32_MAX - 1}},
	{HYPOTHESIS_CORRECTED_ACK,
	 2,
	 {EXPECTED - 300, EXPECTED - 500},
	 {EXPECTED - 400}},
};

static void expect(enum hypothesis h, struct clue c, uint32_t v, bool hit)
{
	struct trial t;

	c.observed = v;
	t = hypothesis_test(h, &c);
	if (!t.possible || t.hit != hit)
		fail_msg("%s: 0x%08x is %s", hypothesis_name(h), v,
			 !t.possible ? "not tested"
			 : t.hit     ? "a hit"
				     : "no hit");
}

static void each_accepts_its_numbers_only(void **state)
{
	const struct clue clue = clue_of();

	(void)state;
	for (size_t i = 0; i < COUNT(rules); i++) {
		enum hypothesis h = rules[i].hypothesis;
		struct trial t = hypothesis_test(h, &clue);

		if (t.numbers < rules[i].numbers ||
		    t.numbers > rules[i].numbers)
			fail_msg("%s accepts %g numbers", hypothesis_name(h),
				 t.numbers);
		for (size_t k = 0; k < 13 && rules[i].hits[k] != 0; k++)
			expect(h, clue, rules[i].hits[k], true);
		for (size_t k = 0; k < 3 && rules[i].near_hits[k] != 0; k++)
			expect(h, clue, rules[i].near_hits[k], false);
	}
}

/* Where both halves of both numbers differ, a mix of them is a hit. */
static void halves_are_mixed(void **state)
{
	struct clue c = clue_of();

	(void)state;
	c.before = 0x11112222;
	c.expected = 0x33334444;
	expect(HYPOTHESIS_TRUNCATED, c, 0x33332222, true);
	expect(HYPOTHESIS_TRUNCATED, c, 0x11114444, true);
	expect(HYPOTHESIS_TRUNCATED, c, 0x2222, true);
	expect(HYPOTHESIS_TRUNCATED, c, 0x44443333, false);
}

/* These the caller looks up; the trial says what it was told. */
static void looked_up_numbers(void **state)
{
	static const struct {
		enum hypothesis hypothesis;
		double numbers;
	} cases[] = {
		{HYPOTHESIS_FOREIGN_DELTA, 40},
		{HYPOTHESIS_FOREIGN_VALUE, 90},
		{HYPOTHESIS_CONSTANT, 2 + 7},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		for (int hit = 0; hit < 2; hit++) {
			struct clue c = clue_of();
			struct trial t;

			c.observed = 12345;
			c.foreign_delta = c.foreign_value = c.repeated = hit;
			t = hypothesis_test(cases[i].hypothesis, &c);
			assert_true(t.possible);
			assert_int_equal(t.hit, hit);
			assert_int_equal(t.numbers, cases[i].numbers);
		}
	}
}

/* The number in question stands in the sequence field itself: neither that
 * field nor the sender's stream explains it. */
static void sequence_numbers_are_not_their_own_cause(void **state)
{
	struct clue c = clue_of();

	(void)state;
	c.is_seq = true;
	c.in.segment.ack = seq_of(0x60000000);
	expect(HYPOTHESIS_FIELD_SWAP, c, 0x40000000, false);
	expect(HYPOTHESIS_FIELD_SWAP, c, 0x60000000, true);
	assert_false(hypothesis_test(HYPOTHESIS_OWN_STREAM, &c).possible);
}

/* Modulo 2^32, a range may begin before the wrap and end behind it. */
static void several_incarnations_add_up(void **state)
{
	struct clue c = clue_of();

	(void)state;
	c.stale[1] = (struct range){0xfffffffe, 3};
	c.stale_count = 2;
	expect(HYPOTHESIS_STALE, c, 2, true);
	expect(HYPOTHESIS_STALE, c, 0xfffffffe, true);
	expect(HYPOTHESIS_STALE, c, 0x90000001, true);
	expect(HYPOTHESIS_STALE, c, 3, false);
	assert_int_equal(hypothesis_test(HYPOTHESIS_STALE, &c).numbers, 261);
}

/* ---- what cannot be tested ---- */

static void without_before(struct clue *c)
{
	c->has_before = false;
}

static void without_shift(struct clue *c)
{
	c->before = c->expected;
	c->shift = 0;
}

/* 2 * shift == 0: twice as well as not at all. */
static void half_the_space(struct clue *c)
{
	c->shift = 0x80000000;
	c->before = c->expected - c->shift;
}

static void without_other_shift(struct clue *c)
{
	c->other_shift = 0;
}

static void equal_shifts(struct clue *c)
{
	c->other_shift = c->shift;
}

static void inverse_shifts(struct clue *c)
{
	c->other_shift = -c->shift;
}

static void without_others(struct clue *c)
{
	c->foreign_deltas = c->foreign_values = 0;
	c->stale_count = c->leg_count = c->window = 0;
}

static void device_saw_all(struct clue *c)
{
	c->seen[1] = c->expected;
}

static const struct {
	const char *words;
	void (*change)(struct clue *);
	enum hypothesis hypothesis;
} degenerate[] = {
	{"not seen before", without_before, HYPOTHESIS_UNTRANSLATED},
	{"not seen before", without_before, HYPOTHESIS_DELTA_TWICE},
	{"not seen before", without_before, HYPOTHESIS_WRONG_SIGN},
	{"not seen before", without_before, HYPOTHESIS_OTHER_DIRECTION},
	{"not seen before", without_before, HYPOTHESIS_FOREIGN_DELTA},
	{"not seen before", without_before, HYPOTHESIS_CORRECTED_ACK},
	{"no shift", without_shift, HYPOTHESIS_UNTRANSLATED},
	{"no shift", without_shift, HYPOTHESIS_DELTA_TWICE},
	{"no shift", without_shift, HYPOTHESIS_WRONG_SIGN},
	{"2^31", half_the_space, HYPOTHESIS_WRONG_SIGN},
	{"no other shift", without_other_shift, HYPOTHESIS_OTHER_DIRECTION},
	{"the same shift", equal_shifts, HYPOTHESIS_OTHER_DIRECTION},
	{"the inverse", inverse_shifts, HYPOTHESIS_OTHER_DIRECTION},
	{"alone", without_others, HYPOTHESIS_FOREIGN_DELTA},
	{"alone", without_others, HYPOTHESIS_FOREIGN_VALUE},
	{"alone", without_others, HYPOTHESIS_STALE},
	{"no window", without_others, HYPOTHESIS_UNSENT_DATA},
	{"the device saw all", device_saw_all, HYPOTHESIS_CORRECTED_ACK},
};

static void degenerate_cases_are_not_tested(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(degenerate); i++) {
		enum hypothesis h = degenerate[i].hypothesis;
		struct clue c = clue_of();
		struct trial t;

		degenerate[i].change(&c);
		c.observed = c.before;
		t = hypothesis_test(h, &c);
		if (t.possible)
			fail_msg("%s: %s is tested", degenerate[i].words,
				 hypothesis_name(h));
	}
}

/* Half of what byte order accepts is made from the number before; small
 * segments are no further numbers than one or two. */
static void fewer_numbers_are_counted(void **state)
{
	struct clue c = clue_of();

	(void)state;
	c.has_before = false;
	assert_int_equal(hypothesis_test(HYPOTHESIS_BYTE_ORDER, &c).numbers, 6);
	expect(HYPOTHESIS_BYTE_ORDER, c, 0x40302010, false);
	expect(HYPOTHESIS_BYTE_ORDER, c, 0x40302111, true);
	c.out.segment.len = 2;
	assert_int_equal(hypothesis_test(HYPOTHESIS_OFF_BY_N, &c).numbers, 4);
	expect(HYPOTHESIS_OFF_BY_N, c, c.expected + 2, true);
}

/* ---- the table ---- */

static void the_table_is_whole(void **state)
{
	double sum = 0;

	(void)state;
	for (enum hypothesis h = 0; h < HYPOTHESIS_COUNT; h++) {
		const char *name = hypothesis_name(h);

		assert_non_null(name);
		assert_true(strspn(name, "abcdefghijklmnopqrstuvwxyz-") ==
			    strlen(name));
		assert_non_null(hypothesis_text(h));
		assert_true(hypothesis_prior(h) > 0);
		sum += hypothesis_prior(h);
		for (enum hypothesis g = 0; g < h; g++)
			assert_string_not_equal(name, hypothesis_name(g));
	}
	assert_true(sum < 1); /* the rest is chance */
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_accepts_its_numbers_only),
		cmocka_unit_test(halves_are_mixed),
		cmocka_unit_test(looked_up_numbers),
		cmocka_unit_test(several_incarnations_add_up),
		cmocka_unit_test(sequence_numbers_are_not_their_own_cause),
		cmocka_unit_test(degenerate_cases_are_not_tested),
		cmocka_unit_test(fewer_numbers_are_counted),
		cmocka_unit_test(the_table_is_whole),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
