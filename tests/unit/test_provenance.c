/* SPDX-License-Identifier: MIT
 *
 * One wrong ACK number that a known bug makes, on one connection of twelve
 * through a device that gives every connection offsets of its own: which
 * cause comes first, and how far is it claimed?
 */
#include "audits.h"

#define CONNECTIONS 12
#define OLD         CONNECTIONS /* an earlier one on the tuple of the first */
#define NEIGHBOUR   5

/* At the point before the device and behind it. */
static struct view view_of(uint32_t n, size_t p)
{
	const uint32_t shifts[2] = {n * 1640531527u + 0x01234567,
				    n * 3266489917u + 0x0abcdef1};
	struct view v = {
		.client_port = (uint16_t)(40000 + n * 17),
		.isn = {0x12345678 + n * 2654435761u,
			0x2468ace1 + n * 2246822519u},
		.ip_id = (uint16_t)(n * 50),
		.content = n + 1,
		.clock_ns = 3000 * MS - n * 21 * MS,
		.side = p == 0 ? 'A' : 'B',
		.transit_ns = (int64_t)p * MS / 2,
		.ttl = (uint8_t)p,
	};

	if (n == OLD) {
		v.client_port = 40000;
		v.clock_ns = 0;
	}
	for (int d = 0; p > 0 && d < 2; d++)
		v.isn[d] += shifts[d];
	return v;
}

/* The ACK as it came in, and as it was due. */
static uint32_t before_of(uint32_t n)
{
	return view_of(n, 0).isn[1] + 501;
}

static uint32_t due_of(uint32_t n)
{
	return view_of(n, 1).isn[1] + 501;
}

static uint32_t shift_of(uint32_t n, int stream)
{
	return view_of(n, 1).isn[stream] - view_of(n, 0).isn[stream];
}

/* ---- audits ---- */

struct plan {
	uint32_t wrong;    /* of the first connection */
	uint32_t more;     /* as many further ones have wrong numbers ... */
	bool equal;        /* ... and this one, not random ones */
	uint16_t old_port; /* that the device gave the earlier connection */
};

static uint32_t random_of(uint32_t n)
{
	uint32_t x = (n + 77) * 2654435761u;

	return (x ^ x >> 13) * 2246822519u ^ 0x5bd1e995;
}

/* With that leg of the first connection's SYN behind the device, or NULL. */
static struct nw_audit *run_split(const struct plan *plan,
				  const struct view *leg)
{
	struct made_audit m = captures_begin(2);
	struct made_file files[AUDIT_POINTS];
	struct nw_error err = {0};
	struct nw_audit *audit = nw_audit_new(NULL, &err);

	/* The last one begins first. */
	for (uint32_t n = OLD + 1; n-- > 0;) {
		uint32_t wrong =
			n == 0 || plan->equal ? plan->wrong : random_of(n);

		for (size_t p = 0; p < 2; p++) {
			struct view v = view_of(n, p);
			char ack[128] = "0.050 > . 101 ack 501 id 4\n";
			char script[1024];

			if (n == OLD && p == 1 && plan->old_port != 0)
				v.client_port = plan->old_port;
			if (n <= plan->more)
				snprintf(ack, sizeof(ack),
					 "A0.050 > . 101 ack 501 id 4\n"
					 "B0.050 > . 101 ack %u id 4\n",
					 wrong - view_of(n, 1).isn[1]);
			snprintf(script, sizeof(script),
				 TALK_OPENING "%s" TALK_CLOSING, ack);
			capture_script(&m.captures[p], script, &v);
		}
	}
	if (leg != NULL)
		capture_script(&m.captures[1],
			       "0.005 > S 0 mss 1460 id 1\n"
			       "0.015 < S. 0 ack 1 mss 1460 id 71\n",
			       leg);
	files_begin(&m, files);
	assert_non_null(audit);
	assert_int_equal(audit_add_made(audit, files, m.count, &err), NW_OK);
	assert_int_equal(nw_audit_run(audit, &err), NW_OK);
	files_end(&m, files);
	captures_end(&m);
	return audit;
}

static struct nw_audit *run(const struct plan *plan)
{
	return run_split(plan, NULL);
}

/* The finding about a number; fails when there is none. */
static const struct nw_finding *finding_of(const struct nw_audit *audit,
					   const char *words, uint32_t number)
{
	const struct nw_results *r = nw_audit_results(audit);

	for (size_t i = 0; i < r->finding_count; i++)
		if (r->findings[i].class_ == NW_FAULT &&
		    (uint32_t)r->findings[i].observed.number == number)
			return &r->findings[i];
	fail_msg("%s: nothing found", words);
	return NULL;
}

/* ---- planted bugs ---- */

struct bug {
	const char *words, *cause;
	uint32_t number;
	enum nw_claim claim;
	const char *kind;
	uint16_t old_port;
};

static void assert_bug(const struct bug *bug, uint32_t more, bool equal)
{
	struct nw_audit *audit =
		run(&(struct plan){bug->number, more, equal, bug->old_port});
	const struct nw_finding *f = finding_of(audit, bug->words, bug->number);
	const struct nw_cause *first = f->causes;

	if (f->cause_count == 0 || strcmp(first->hypothesis, bug->cause) != 0)
		fail_msg("%s: %s", bug->words,
			 f->cause_count > 0 ? first->hypothesis : "no cause");
	if (first->claim != bug->claim)
		fail_msg("%s: claim %d by p %g", bug->words, (int)first->claim,
			 first->p);
	if (strcmp(f->kind, bug->kind) != 0)
		fail_msg("%s: called %s", bug->words, f->kind);
	assert_non_null(first->text);
	nw_audit_free(audit);
}

static void bugs_are_first_causes(void **state)
{
	const uint32_t e = due_of(0), a = before_of(0);
	const struct bug bugs[] = {
		{"untranslated", "untranslated", a, NW_CONFIRMED,
		 "ack-untranslated", 0},
		{"twice", "delta-twice", a + 2 * shift_of(0, 1), NW_CONFIRMED,
		 "ack-double-translated", 0},
		{"wrong sign", "wrong-sign", a - shift_of(0, 1), NW_CONFIRMED,
		 "ack-wrong-sign", 0},
		{"the client's offset", "other-direction-delta",
		 a + shift_of(0, 0), NW_CONFIRMED, "ack-wrong-direction-delta",
		 0},
		{"a neighbour's offset", "foreign-delta",
		 a + shift_of(NEIGHBOUR, 1), NW_CONFIRMED, "ack-foreign-delta",
		 0},
		{"a neighbour's offset, of its client", "foreign-delta",
		 a - shift_of(NEIGHBOUR, 0), NW_CONFIRMED, "ack-foreign-delta",
		 0},
		{"a neighbour's number", "foreign-value",
		 view_of(NEIGHBOUR, 1).isn[1] + 1, NW_CONFIRMED,
		 "ack-foreign-value", 0},
		{"the earlier connection's", "stale-incarnation",
		 view_of(OLD, 1).isn[1] + 301, NW_CONFIRMED,
		 "ack-stale-incarnation", 0},
		{"the earlier connection's, which left from another port",
		 "stale-incarnation", view_of(OLD, 1).isn[1] + 1, NW_CONFIRMED,
		 "ack-stale-incarnation", 33333},
		{"bytes swapped", "byte-order", __builtin_bswap32(e),
		 NW_CONFIRMED, "ack-byte-order", 0},
		{"halves swapped", "byte-order", e << 16 | e >> 16,
		 NW_CONFIRMED, "ack-byte-order", 0},
		{"one too many", "off-by-n", e + 1, NW_CONFIRMED,
		 "ack-off-by-n", 0},
		{"two too few", "off-by-n", e - 2, NW_CONFIRMED, "ack-off-by-n",
		 0},
		{"another field", "field-swap", view_of(0, 0).isn[0] + 101,
		 NW_CONFIRMED, "ack-field-swap", 0},
		{"half a number", "truncated", e & 0xffff0000, NW_CONFIRMED,
		 "ack-half-updated", 0},
		{"a lost carry", "missing-carry", e - 0x10000, NW_CONFIRMED,
		 "ack-carry-lost", 0},
		{"relative", "relative", 501, NW_CONFIRMED, "ack-relative", 0},
		{"all ones", "constant", UINT32_MAX, NW_CONFIRMED,
		 "ack-constant", 0},
		/* Many numbers would have done: less is claimed. */
		{"data never sent", "unsent-data", e + 5000, NW_LIKELY,
		 "ack-altered-unexplained", 0},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(bugs); i++)
		assert_bug(&bugs[i], 0, false);
}

/* The same bug is found among as many numbers that mean nothing. */
static void bugs_are_found_among_noise(void **state)
{
	const struct bug bugs[] = {
		{"untranslated", "untranslated", before_of(0), NW_CONFIRMED,
		 "ack-untranslated", 0},
		{"a neighbour's offset", "foreign-delta",
		 before_of(0) + shift_of(NEIGHBOUR, 1), NW_CONFIRMED,
		 "ack-foreign-delta", 0},
		{"data never sent", "unsent-data", due_of(0) + 5000, NW_LIKELY,
		 "ack-altered-unexplained", 0},
	};
	const struct bug twice = {"the same on two", "constant",     0x5eadbeef,
				  NW_CONFIRMED,      "ack-constant", 0};

	(void)state;
	for (size_t i = 0; i < COUNT(bugs); i++)
		assert_bug(&bugs[i], CONNECTIONS - 1, false);
	assert_bug(&twice, 1, true);
}

/* A SYN that went to two servers, and the ACK that is due to the other one. */
static void numbers_of_another_server(void **state)
{
	static const struct {
		const char *words;
		uint32_t server;
		uint16_t client_port; /* 0: the connection's own */
		uint32_t isn;         /* of the client, more */
		const char *cause;
	} cases[] = {
		{"a leg", 0xc0000299, 0, 0, "other-backend"},
		{"another client's", 0xc0000299, 999, 0, "foreign-value"},
		{"another SYN of that port", 0xc0000299, 0, 1, "foreign-value"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct view leg = view_of(0, 1);
		const struct nw_finding *f;
		struct nw_audit *audit;

		leg.server = cases[i].server;
		leg.isn[0] += cases[i].isn;
		leg.isn[1] = 0x77001122;
		if (cases[i].client_port != 0)
			leg.client_port = cases[i].client_port;
		audit = run_split(&(struct plan){leg.isn[1] + 1, 0, false, 0},
				  &leg);
		f = finding_of(audit, cases[i].words, leg.isn[1] + 1);
		assert_true(f->cause_count > 0);
		if (strcmp(f->causes[0].hypothesis, cases[i].cause) != 0)
			fail_msg("%s: %s", cases[i].words,
				 f->causes[0].hypothesis);
		assert_int_equal(f->causes[0].claim, NW_CONFIRMED);
		assert_int_equal(strcmp(f->kind, "ack-other-backend") == 0,
				 i == 0);
		nw_audit_free(audit);
	}
}

/* ---- chance ---- */

/* A number that means nothing has no cause that is claimed. */
static void random_numbers_have_no_cause(void **state)
{
	struct nw_audit *audit =
		run(&(struct plan){random_of(99), CONNECTIONS - 1, false, 0});

	(void)state;
	for (uint32_t n = 0; n < CONNECTIONS; n++) {
		uint32_t number = random_of(n == 0 ? 99 : n);
		const struct nw_finding *f =
			finding_of(audit, "random", number);

		assert_string_equal(f->kind, "ack-altered-unexplained");
		assert_true(f->cause_count >= 1);
		for (size_t k = 0; k < f->cause_count; k++)
			assert_int_equal(f->causes[k].claim, NW_COMPATIBLE);
		assert_string_equal(f->causes[0].hypothesis, "random");
		/* What was tested is said, and no more: the device had
		 * seen all that is due. */
		assert_non_null(strstr(f->causes[0].text, "untranslated"));
		assert_non_null(strstr(f->causes[0].text, "constant"));
		assert_null(strstr(f->causes[0].text, "corrected-ack"));
	}
	nw_audit_free(audit);
}

/* Each further wrong number is one more chance to hit by accident. */
static void p_grows_with_what_was_tested(void **state)
{
	const uint32_t counts[] = {1, 2, 6, 12};
	double once = 0;

	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++) {
		struct nw_audit *audit = run(
			&(struct plan){before_of(0), counts[i] - 1, false, 0});
		const struct nw_finding *f =
			finding_of(audit, "untranslated", before_of(0));
		double p = f->causes[0].p;

		if (i == 0)
			once = p;
		/* Three hypotheses accept one number each. */
		assert_true(once > 2.9 / 4294967296.0);
		assert_true(once < 3.1 / 4294967296.0);
		assert_true(p > 0.99 * counts[i] * once);
		assert_true(p < 1.01 * counts[i] * once);
		nw_audit_free(audit);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(bugs_are_first_causes),
		cmocka_unit_test(bugs_are_found_among_noise),
		cmocka_unit_test(numbers_of_another_server),
		cmocka_unit_test(random_numbers_have_no_cause),
		cmocka_unit_test(p_grows_with_what_was_tested),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
