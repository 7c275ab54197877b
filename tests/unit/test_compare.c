/* SPDX-License-Identifier: MIT
 *
 * One packet is changed by the device, in one field: what is it called?
 */
#include "compared.h"

#define ISN_CLIENT 1000u
#define ISN_SERVER 5000u
#define D_CLIENT   70000u /* what the device adds to each stream */
#define D_SERVER   0xf0000001u

static const struct view before = {.isn = {ISN_CLIENT, ISN_SERVER}};
static const struct view behind = {
	.isn = {ISN_CLIENT + D_CLIENT, ISN_SERVER + D_SERVER}, .ttl = 1};

#define EXCHANGE                                                               \
	"0.030 > P. 1+100 ack 1 id 3\n"                                        \
	"0.040 < P. 1+500 ack 101 id 52\n"

static void compare_script(struct compared *c, const char *script, bool sure)
{
	struct comparison comparison =
		compared_begin(c, script, &before, &behind);

	comparison.sure_without_isn[0] = comparison.sure_without_isn[1] = sure;
	compare_hop(&comparison, &c->findings, &c->tally);
	assert_false(c->findings.failed);
}

/* The only finding is of that kind. */
static const struct finding *only_finding(const struct compared *c,
					  const char *words, const char *kind)
{
	if (c->findings.list.count != 1)
		fail_msg("%s: %zu findings", words, c->findings.list.count);
	if (strcmp(kind_entry(c->findings.list.items[0].kind)->id, kind) != 0)
		fail_msg("%s: %s", words,
			 kind_entry(c->findings.list.items[0].kind)->id);
	return c->findings.list.items;
}

/* ---- ACK numbers ---- */

struct bug {
	const char *kind;
	uint32_t sent[2]; /* by direction of the packet */
};

/* A client's ACK of 301 and a server's of 51, both as they arrive. */
#define FROM_C (ISN_SERVER + 301)
#define FROM_S (ISN_CLIENT + D_CLIENT + 51)
/* ... and as they should leave. */
#define DUE_C (FROM_C + D_SERVER)
#define DUE_S (FROM_S - D_CLIENT)
#define SWAP(x)                                                                \
	((x) >> 24 | ((x) >> 8 & 0xff00) | ((x)&0xff00) << 8 | (x) << 24)

static const struct bug bugs[] = {
	{"ack-untranslated", {FROM_C, FROM_S}},
	{"ack-double-translated",
	 {FROM_C + 2 * D_SERVER, FROM_S - 2 * D_CLIENT}},
	{"ack-wrong-sign", {FROM_C - D_SERVER, FROM_S + D_CLIENT}},
	{"ack-wrong-direction-delta", {FROM_C + D_CLIENT, FROM_S - D_SERVER}},
	{"ack-wrong-direction-delta", {FROM_C - D_CLIENT, FROM_S + D_SERVER}},
	{"ack-byte-order", {SWAP(DUE_C), SWAP(DUE_S)}},
	{"ack-off-by-n", {DUE_C + 1, DUE_S - 1}},
	{"ack-altered-unexplained", {0x12345678, 0x12345678}},
};

/* The same fault in either direction, in a packet that the IP ID identifies. */
static void ack_bugs_have_names(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(bugs); i++) {
		for (int d = 0; d < 2; d++) {
			const struct bug *bug = &bugs[i];
			uint32_t due = d == 0 ? DUE_C : DUE_S;
			/* relative to the peer's ISN where it comes out */
			uint32_t sent = bug->sent[d] - (d == 0 ? behind.isn[1]
							       : before.isn[0]);
			const struct finding *f;
			struct compared c;
			char script[512];

			snprintf(script, sizeof(script),
				 d == 0 ? WITH_IDS
					 "A0.05 > . 101 ack 301 id 4\n"
					 "B0.05 > . 101 ack %u id 4\n"
					: WITH_IDS
					 "A0.05 < . 501 ack %u id 53\n"
					 "B0.05 < . 501 ack 51 id 53\n",
				 sent);
			compare_script(&c, script, true);
			f = only_finding(&c, bug->kind, bug->kind);
			assert_int_equal(f->direction, d);
			assert_int_equal(f->expected.n[0], due);
			assert_int_equal(f->observed.n[0], bug->sent[d]);
			assert_int_equal(f->path, 3);
			assert_int_equal(f->hop, 2);
			assert_int_equal(f->match_class, NW_MATCH_STRONG);
			assert_int_equal(f->count, 1);
			assert_int_equal(f->cause, FLOW_NONE);
			assert_int_equal(
				c.tally.checks[CHECK_ACK][d].violations, 1);
			compared_end(&c);
		}
	}
}

/* Where it was seen: on its way in, then on its way out. */
static void sightings_are_in_and_out(void **state)
{
	struct compared c;
	const struct finding *f;

	(void)state;
	compare_script(&c,
		       WITH_IDS "A0.05 < . 501 ack 12345 id 53\n"
				"B0.05 < . 501 ack 51 id 53\n",
		       true);
	f = only_finding(&c, "from the server", "ack-altered-unexplained");
	assert_int_equal(f->sighting_count, 2);
	assert_int_equal(f->sightings[0].point, 1);
	assert_int_equal(f->sightings[0].value, FROM_S);
	assert_int_equal(f->sightings[1].point, 0);
	assert_int_equal(f->sightings[1].value, ISN_CLIENT + 12345);
	assert_int_equal(f->sightings[0].frame, 4);
	assert_true(f->onset_ns == SCRIPT_EPOCH_NS + 50 * MS);
	compared_end(&c);
}

/* One fault on many packets is one finding that counts them. */
static void faults_are_counted(void **state)
{
	struct compared c;
	const struct finding *f;

	(void)state;
	compare_script(&c,
		       WITH_IDS EXCHANGE "0.050 > . 101 ack 501 id 4\n"
					 "A0.06 > . 101 ack 601 id 5\n"
					 "B0.06 > . 101 ack 90602 id 5\n"
					 "A0.07 > . 101 ack 701 id 6\n"
					 "B0.07 > . 101 ack 90702 id 6\n"
					 "A0.08 > . 101 ack 801 id 7\n"
					 "B0.08 > . 101 ack 90802 id 7\n",
		       true);
	f = only_finding(&c, "three", "ack-altered-unexplained");
	assert_int_equal(f->count, 3);
	assert_int_equal(f->exposure, 6); /* all but the SYN */
	assert_int_equal(f->sighting_count, 4);
	assert_int_equal(f->observed.n[0], behind.isn[1] + 90602);
	compared_end(&c);
}

/* ---- nothing to find ---- */

static void faithful_devices_are_left_alone(void **state)
{
	static const char *const scripts[] = {
		WITH_IDS EXCHANGE "0.050 > F. 101 ack 501 id 4\n"
				  "0.060 < R. 501 ack 102 id 53\n",
		/* lost on either side */
		WITH_IDS "A0.03 > P. 1+100 ack 1 id 3\n"
			 "B0.04 < P. 1+500 ack 101 id 52\n",
		/* other borders: fields are those of one member */
		WITH_IDS "A0.030 > . 1+100 ack 1 id 3\n"
			 "A0.031 > P. 101+100 ack 201 id 4\n"
			 "B0.031 > P. 1+200 ack 1 id 3\n",
		/* an ACK field without the flag means nothing */
		WITH_IDS "A0.030 > R 1 ack 7 id 3\n"
			 "B0.030 > R 1 ack 9 id 3\n",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(scripts); i++) {
		struct compared c;

		compare_script(&c, scripts[i], true);
		assert_int_equal(c.findings.list.count, 0);
		assert_int_equal(c.tally.paths, 1);
		assert_true(c.tally.checks[CHECK_ACK][0].compared > 0);
		assert_int_equal(c.tally.checks[CHECK_ACK][0].violations, 0);
		compared_end(&c);
	}
}

/* Two packets that only stand at the same place may be two different ones,
 * of which the captures lost one each: unless no other packet of the
 * connection would carry this number. */
static void neighbours_are_no_proof(void **state)
{
	static const struct {
		uint32_t ack;
		size_t findings;
		uint64_t undecided;
	} cases[] = {
		{301, 0, 1},    /* a segment ends there */
		{201, 0, 0},    /* it is right */
		{250, 1, 0},    /* in the middle of a segment */
		{501, 0, 1},    /* all that was sent */
		{777777, 1, 0}, /* far away */
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct compared c;
		char script[512];

		snprintf(script, sizeof(script),
			 "0.000 > S 0\n"
			 "0.010 < S. 0 ack 1\n"
			 "0.020 > . 1 ack 1\n"
			 "0.030 < . 1+200 ack 1\n"
			 "0.031 < . 201+100 ack 1\n"
			 "0.032 < . 301+200 ack 1\n"
			 "A0.050 > . 1 ack 201\n"
			 "B0.050 > . 1 ack %u\n"
			 "0.060 > . 1 ack 501\n",
			 cases[i].ack);
		compare_script(&c, script, true);
		if (c.findings.list.count != cases[i].findings ||
		    c.tally.undecided != cases[i].undecided)
			fail_msg("ack %u: %zu findings, %llu undecided",
				 cases[i].ack, c.findings.list.count,
				 (unsigned long long)c.tally.undecided);
		compared_end(&c);
	}
}

/* ---- sequence numbers ---- */

static void sequence_numbers(void **state)
{
	static const struct {
		const char *script, *kind;
		int direction;
	} cases[] = {
		{WITH_IDS "A0.030 > P. 1+100 ack 1 id 3\n"
			  "B0.030 > P. 5001+100 ack 1 id 3 like 1\n",
		 "seq-wrong-delta", 0},
		{WITH_IDS "B0.030 < P. 1+100 ack 1 id 53\n"
			  "A0.030 < P. 5001+100 ack 1 id 53 like 1\n",
		 "seq-wrong-delta", 1},
		{WITH_IDS "A0.030 > R. 1 ack 1 id 3\n"
			  "B0.030 > R. 5001 ack 1 id 3\n",
		 "rst-untranslated", 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct compared c;
		const struct finding *f;
		int d = cases[i].direction;

		compare_script(&c, cases[i].script, true);
		f = only_finding(&c, cases[i].kind, cases[i].kind);
		assert_int_equal(f->direction, d);
		assert_int_equal((int32_t)(f->observed.n[0] - f->expected.n[0]),
				 5000);
		assert_int_equal(c.tally.checks[CHECK_SEQ][d].violations, 1);
		compared_end(&c);
		/* If the flows were matched by their ISNs, a shift of
		 * sequence numbers may be a wrong match. */
		compare_script(&c, cases[i].script, false);
		assert_int_equal(c.findings.list.count, 0);
		assert_int_equal(c.tally.checks[CHECK_SEQ][d].compared, 0);
		compared_end(&c);
	}
}

/* ---- resized payload ---- */

#define RESIZED                                                                \
	WITH_IDS "A0.030 > P. 1+20 ack 1 id 3\n"                               \
		 "B0.030 > P. 1+26 ack 1 id 3\n"                               \
		 "A0.040 > P. 21+50 ack 1 id 4\n"                              \
		 "B0.040 > P. 27+50 ack 1 id 4 like 21\n"

static void steps_are_no_faults(void **state)
{
	struct compared c;

	(void)state;
	compare_script(&c,
		       RESIZED "B0.050 < . 1 ack 77 id 52\n"
			       "A0.050 < . 1 ack 71 id 52\n",
		       true);
	assert_int_equal(c.steps.list[0].count, 1);
	assert_int_equal(c.findings.list.count, 0);
	compared_end(&c);
	/* The ACK of the longer form is handed on without the step. */
	compare_script(&c,
		       RESIZED "B0.050 < . 1 ack 77 id 52\n"
			       "A0.050 < . 1 ack 77 id 52\n",
		       true);
	only_finding(&c, "no step", "seq-delta-step-misapplied");
	compared_end(&c);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(ack_bugs_have_names),
		cmocka_unit_test(sightings_are_in_and_out),
		cmocka_unit_test(faults_are_counted),
		cmocka_unit_test(faithful_devices_are_left_alone),
		cmocka_unit_test(neighbours_are_no_proof),
		cmocka_unit_test(sequence_numbers),
		cmocka_unit_test(steps_are_no_faults),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
