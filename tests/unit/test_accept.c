/* SPDX-License-Identifier: MIT
 *
 * A server repeats its SYN/ACK although the handshake was complete: which of
 * the rival causes comes first, how far is it claimed, and what is said for
 * and against the others, by what all connections to that server did?
 */
#include "accept.h"

#include "audits.h"

#include <math.h>

#define SHAKE(ttl)                                                             \
	"0.000 > S 0 mss 1460 id 1\n"                                          \
	"0.010 < S. 0 ack 1 mss 1460 id 51\n"                                  \
	"0.080 > . 1 ack 1 id 2 ttl " ttl "\n"
#define REQUEST(time) time " > P. 1+100 ack 1 id 3\n"
#define REPEAT(time)  time " < S. 0 ack 1 mss 1460 id 52\n"
#define ANSWER        "2.000 < P. 1+500 ack 101 id 53\n"

#define QUICK        SHAKE("64") REQUEST("0.100") ANSWER
#define QUICK_STRUCK SHAKE("64") REQUEST("0.100") REPEAT("1.010") ANSWER
#define LATE         SHAKE("64") REQUEST("1.400") ANSWER
#define LATE_STRUCK  SHAKE("64") REPEAT("1.010") REQUEST("1.400") ANSWER
#define DEVICE       SHAKE("60") REPEAT("1.010") REQUEST("1.400") ANSWER
#define MUTE         SHAKE("64") REPEAT("1.010")
/* Neither quick nor late enough: says nothing. */
#define BETWEEN SHAKE("64") REQUEST("1.000") ANSWER
#define CLOSED  SHAKE("64") "0.100 > F. 1 ack 1 id 3\n3.000 > . 2 ack 1 id 4\n"

struct crowd {
	uint64_t count;
	const char *script;
	uint64_t port; /* of the server; 0: 80 */
};

struct accept_case {
	const char *words;
	struct crowd crowds[4]; /* the first one has the finding */
	double p;
	enum nw_claim claim;
	/* what is said of each rival; NULL: it is not named */
	const char *overflow, *lost, *device;
};

#define AGAINST_OVERFLOW "struck, too, and none is"
#define SAME_TTL         "against it: its TTL, 64,"

static const struct accept_case cases[] = {
	{"one late, ten quick",
	 {{1, LATE_STRUCK, 0}, {10, QUICK, 0}},
	 1.0 / 11,
	 NW_COMPATIBLE,
	 AGAINST_OVERFLOW,
	 "alone does not tell",
	 SAME_TTL},
	{"ten late, thirty quick",
	 {{10, LATE_STRUCK, 0}, {30, QUICK, 0}},
	 1.0 / 847660528,
	 NW_LIKELY,
	 NULL,
	 "against it: every silent",
	 SAME_TTL},
	{"quick ones are struck, too",
	 {{10, LATE_STRUCK, 0}, {30, QUICK, 0}, {1, QUICK_STRUCK, 0}},
	 1,
	 NW_COMPATIBLE,
	 "for it: requests that come at once",
	 "against it: every silent",
	 SAME_TTL},
	{"not all late ones are struck",
	 {{8, LATE_STRUCK, 0}, {80, QUICK, 0}, {1, LATE, 0}},
	 9.0 / 70625252863, /* ways to choose 8 of the 9 late, of all 89 */
	 NW_COMPATIBLE,
	 NULL,
	 "for it: not all silent",
	 SAME_TTL},
	{"quick ones of another server say nothing",
	 {{10, LATE_STRUCK, 0}, {30, QUICK, 443}},
	 1,
	 NW_COMPATIBLE,
	 "no request came at once",
	 "against it: every silent",
	 SAME_TTL},
	{"what is neither quick nor late, or was closed, says nothing",
	 {{2, LATE_STRUCK, 0}, {5, BETWEEN, 0}, {5, CLOSED, 0}, {2, QUICK, 0}},
	 1.0 / 6,
	 NW_COMPATIBLE,
	 AGAINST_OVERFLOW,
	 "against it: every silent",
	 SAME_TTL},
	{"the ACK is no packet of the client",
	 {{1, DEVICE, 0}, {10, QUICK, 0}},
	 1.0 / 11,
	 NW_COMPATIBLE,
	 AGAINST_OVERFLOW,
	 "alone does not tell",
	 "for it: its TTL is 60, and that of the client's request 64"},
	{"no request ever",
	 {{1, MUTE, 0}, {10, QUICK, 0}},
	 1.0 / 11,
	 NW_COMPATIBLE,
	 AGAINST_OVERFLOW,
	 "alone does not tell",
	 "no request to compare"},
};

static struct nw_audit *run(const struct crowd crowds[4])
{
	struct made_audit m = captures_begin(1);
	struct made_file files[AUDIT_POINTS];
	struct nw_error err = {0};
	struct nw_audit *audit = nw_audit_new(NULL, &err);
	uint32_t n = 0;

	for (size_t i = 0; i < 4; i++)
		for (uint64_t k = 0; k < crowds[i].count; k++, n++) {
			struct view v = {
				.client_port = (uint16_t)(40000 + n * 17),
				.server_port = (uint16_t)crowds[i].port,
				.isn = {n * 2654435761u, n * 2246822519u},
				.content = n + 1,
				.clock_ns = (int64_t)n * 50 * MS,
			};

			capture_script(&m.captures[0], crowds[i].script, &v);
		}
	files_begin(&m, files);
	assert_int_equal(audit_add_made(audit, files, 1, &err), NW_OK);
	assert_int_equal(nw_audit_run(audit, &err), NW_OK);
	files_end(&m, files);
	captures_end(&m);
	return audit;
}

static const struct nw_cause *find_cause(const struct nw_finding *f,
					 const char *hypothesis)
{
	for (size_t i = 0; i < f->cause_count; i++)
		if (strcmp(f->causes[i].hypothesis, hypothesis) == 0)
			return &f->causes[i];
	return NULL;
}

static void assert_rival(const struct accept_case *c,
			 const struct nw_finding *f, const char *hypothesis,
			 const char *says)
{
	const struct nw_cause *cause = find_cause(f, hypothesis);

	if ((cause != NULL) != (says != NULL))
		fail_msg("%s: %s named or not", c->words, hypothesis);
	if (cause == NULL || says == NULL)
		return;
	if (strstr(cause->text, says) == NULL)
		fail_msg("%s: %s", c->words, cause->text);
	assert_int_equal(cause->claim, NW_COMPATIBLE);
	assert_true(isnan(cause->p));
}

static void assert_causes(const struct accept_case *c,
			  const struct nw_finding *f)
{
	assert_true(f->cause_count > 0);
	assert_string_equal(f->causes[0].hypothesis, "defer-accept");
	if (fabs(f->causes[0].p / c->p - 1) > 1e-6)
		fail_msg("%s: p %.9g", c->words, f->causes[0].p);
	if (f->causes[0].claim != c->claim)
		fail_msg("%s: claim %d", c->words, (int)f->causes[0].claim);
	assert_rival(c, f, "accept-queue-overflow", c->overflow);
	assert_rival(c, f, "ack-lost", c->lost);
	assert_rival(c, f, "ack-by-device", c->device);
}

static void rivals_are_weighed(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct nw_audit *audit = run(cases[i].crowds);
		const struct nw_results *r = nw_audit_results(audit);
		uint32_t found = 0;

		/* It accuses nobody. */
		assert_int_equal(r->verdict, NW_CONSISTENT);
		for (size_t k = 0; k < r->finding_count; k++) {
			assert_string_equal(r->findings[k].kind,
					    "ep-defer-accept-suspected");
			assert_causes(&cases[i], &r->findings[k]);
			found++;
		}
		if (found != cases[i].crowds[0].count)
			fail_msg("%s: %u findings", cases[i].words, found);
		nw_audit_free(audit);
	}
}

/* A quick one that is struck later is no such finding; nor is a SYN/ACK that
 * was repeated before the ACK came. */
static void others_are_no_finding(void **state)
{
	const struct crowd crowds[4] = {
		{3, QUICK_STRUCK, 0},
		{3, LATE, 0},
		{3,
		 "0.000 > S 0 mss 1460 id 1\n"
		 "0.010 < S. 0 ack 1 mss 1460 id 51\n"
		 "1.010 < S. 0 ack 1 mss 1460 id 52\n"
		 "1.080 > . 1 ack 1 id 2\n" REQUEST("1.400") ANSWER,
		 0},
	};
	struct nw_audit *audit = run(crowds);

	(void)state;
	assert_int_equal(nw_audit_results(audit)->finding_count, 0);
	nw_audit_free(audit);
}

static void chances_are_counted(void **state)
{
	static const struct {
		struct acceptance a;
		double chance;
	} counts[] = {
		{{0}, 1},
		{{.late = 5, .late_struck = 5}, 1},
		{{.quick = 1, .late = 1, .late_struck = 1}, 0.5},
		{{.quick = 2, .late = 2, .late_struck = 2}, 1.0 / 6},
		{{.quick = 2, .late = 2, .late_struck = 1}, 0.5},
		{{.quick = 9, .quick_struck = 1, .late = 9, .late_struck = 9},
		 1},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(counts); i++)
		assert_true(fabs(accept_chance(&counts[i].a) -
				 counts[i].chance) < 1e-12);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(rivals_are_weighed),
		cmocka_unit_test(others_are_no_finding),
		cmocka_unit_test(chances_are_counted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
