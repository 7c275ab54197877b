/* SPDX-License-Identifier: MIT
 *
 * How a wrong number set in: the last right segment, what happened from there
 * to the first wrong one, and which of the later ones are wrong. The device
 * between the points shifts the server's numbers by 900000; an ACK that it
 * passes on untranslated is 900000 too low behind it.
 */
#include "audits.h"
#include "hops.h"
#include "rules/onset.h"

#define CONNECTIONS 12

#define OPENING                                                                \
	"0.000 > S 0 mss 1460 id 1\n"                                          \
	"0.010 < S. 0 ack 1 mss 1460 id 51\n"                                  \
	"0.020 > . 1 ack 1 id 2\n"                                             \
	"0.030 > P. 1+100 ack 1 id 3\n"                                        \
	"0.040 < P. 1+500 ack 101 id 52\n"
#define CLOSING                                                                \
	"9.060 > F. 401 ack 501 id 9\n"                                        \
	"9.070 < F. 501 ack 402 id 59\n"
#define RIGHT(time, flags, seq, id) time " > " flags " " seq " ack 501 " id "\n"
#define WRONG(time, flags, seq, id)                                            \
	"A" time " > " flags " " seq " ack 501 " id "\n"                       \
	"B" time " > " flags " " seq " ack -899499 " id "\n"
#define DATA_1 "P.", "101+100", "id 4"
#define ACK_2  ".", "201", "id 5"
#define DATA_3 "P.", "201+100", "id 6"
#define DATA_4 "P.", "301+100", "id 7"
#define ACK_5  ".", "401", "id 8"
/* The macros above take one argument for three. */
#define R(time, segment)  R_(time, segment)
#define R_(time, a, b, c) RIGHT(time, a, b, c)
#define W(time, segment)  W_(time, segment)
#define W_(time, a, b, c) WRONG(time, a, b, c)

struct onset_case {
	const char *words, *script;
	uint64_t last_right; /* frame behind the device; 0: none */
	const char *between, *scope;
	uint64_t wrong, right;
};

static const struct onset_case cases[] = {
	{"all, nothing in between",
	 OPENING W("0.05", DATA_1) W("0.06", ACK_2) W("0.07", DATA_3), 4, "",
	 "all", 3, 0},
	{"one alone", OPENING W("0.05", DATA_1) R("0.06", ACK_2), 4, "", "one",
	 1, 1},
	{"data only",
	 OPENING W("0.05", DATA_1) R("0.06", ACK_2) W("0.07", DATA_3), 4, "",
	 "data", 2, 1},
	{"pure ACKs only",
	 OPENING R("0.05", DATA_1) W("0.06", ACK_2) R("0.07", DATA_3)
		 R("0.08", DATA_4) W("0.09", ACK_5),
	 6, "", "acks", 2, 2},
	{"and then right again",
	 OPENING W("0.05", DATA_1) W("0.06", ACK_2) R("0.07", DATA_3)
		 R("0.08", DATA_4),
	 4, "", "passing", 2, 2},
	{"in turns",
	 OPENING W("0.05", DATA_1) W("0.06", ACK_2) R("0.07", DATA_3)
		 W("0.08", DATA_4) R("0.09", ACK_5),
	 4, "", "alternating", 3, 2},
	{"after silence", OPENING W("2.05", DATA_1) W("2.06", ACK_2), 4,
	 "silence", "all", 2, 0},
	{"after a pause that is none", OPENING W("1.03", DATA_1), 4, "", "one",
	 1, 0},
	{"after a repeated SYN/ACK",
	 OPENING "0.045 < S. 0 ack 1 mss 1460 id 53\n" W("0.05", DATA_1)
		 W("0.06", ACK_2),
	 4, "syn-ack-repeated", "all", 2, 0},
	{"after a repeated SYN",
	 OPENING "0.045 > S 0 mss 1460 id 10\n" W("0.05", DATA_1)
		 W("0.06", ACK_2),
	 4, "syn-repeated", "all", 2, 0},
	{"after a repeated SYN/ACK that the far side alone saw, and silence",
	 OPENING "B0.045 < S. 0 ack 1 mss 1460 id 53\n" W("1.85", DATA_1)
		 W("1.86", ACK_2),
	 4, "syn-ack-repeated silence", "all", 2, 0},
	{"after a RST that was ignored",
	 OPENING "0.045 < R 0 id 53\n" W("0.05", DATA_1) W("0.06", ACK_2), 4,
	 "rst", "all", 2, 0},
	/* What came before the last right one is no event of the onset. */
	{"long after a repeated SYN/ACK",
	 OPENING "0.045 < S. 0 ack 1 mss 1460 id 53\n" R("0.05", DATA_1)
		 W("0.06", ACK_2),
	 7, "", "one", 1, 0},
	{"from the start",
	 "0.000 > S 0 mss 1460 id 1\n"
	 "0.010 < S. 0 ack 1 mss 1460 id 51\n"
	 "A0.020 > . 1 ack 1 id 2\n"
	 "B0.020 > . 1 ack -899999 id 2\n"
	 "A0.030 > P. 1+100 ack 1 id 3\n"
	 "B0.030 > P. 1+100 ack -899999 id 3\n",
	 0, "", "all", 2, 0},
};

static struct view view_of(uint32_t n, size_t p)
{
	return (struct view){
		.client_port = (uint16_t)(40000 + n * 17),
		.isn = {1000 + n * 2654435761u,
			5000000 + n * 2246822519u + (p > 0 ? 900000 : 0)},
		.ip_id = (uint16_t)(n * 50),
		.content = n + 1,
		.clock_ns = (int64_t)n * 20000 * MS,
		.side = p == 0 ? 'A' : 'B',
		.transit_ns = (int64_t)p * MS / 2,
		.ttl = (uint8_t)p,
	};
}

static struct nw_audit *run(const char *script)
{
	struct made_audit m = captures_begin(2);
	struct made_file files[AUDIT_POINTS];
	struct nw_error err = {0};
	struct nw_audit *audit = nw_audit_new(NULL, &err);

	for (uint32_t n = 0; n < CONNECTIONS; n++)
		for (size_t p = 0; p < 2; p++) {
			struct view v = view_of(n, p);

			capture_script(&m.captures[p],
				       n == 0 ? script : OPENING CLOSING, &v);
		}
	files_begin(&m, files);
	assert_int_equal(audit_add_made(audit, files, 2, &err), NW_OK);
	assert_int_equal(nw_audit_run(audit, &err), NW_OK);
	files_end(&m, files);
	captures_end(&m);
	return audit;
}

static void assert_between(const struct onset_case *c, const struct nw_onset *o)
{
	char text[256] = "";
	size_t used = 0;

	for (size_t i = 0; i < o->between_count; i++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%s", i > 0 ? " " : "",
					 o->between[i]);
	if (strcmp(text, c->between) != 0)
		fail_msg("%s: in between '%s'", c->words, text);
}

static void assert_onset(const struct onset_case *c, const struct nw_finding *f)
{
	const struct nw_onset *o = &f->onset;

	if (!o->known)
		fail_msg("%s: no onset", c->words);
	if (o->has_last_right != (c->last_right != 0) ||
	    (o->has_last_right && o->last_right.frame != c->last_right))
		fail_msg("%s: last right in frame %d", c->words,
			 (int)o->last_right.frame);
	if (o->has_last_right) {
		assert_int_equal(o->last_right.point, 1);
		assert_true(o->last_right.value.number >=
			    view_of(0, 1).isn[1] + 1);
	}
	assert_int_equal(o->first_wrong.point, 1);
	assert_int_equal(o->first_wrong.frame, f->evidence[1].frame);
	assert_between(c, o);
	if (strcmp(o->scope, c->scope) != 0)
		fail_msg("%s: scope %s", c->words, o->scope);
	if (o->wrong != c->wrong || o->right != c->right)
		fail_msg("%s: %d wrong, %d right", c->words, (int)o->wrong,
			 (int)o->right);
	assert_non_null(o->text);
}

static void onsets_are_found(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct nw_audit *audit = run(cases[i].script);
		const struct nw_results *r = nw_audit_results(audit);
		uint32_t found = 0;

		for (size_t k = 0; k < r->finding_count; k++) {
			const struct nw_finding *f = &r->findings[k];

			if (f->class_ == NW_FAULT &&
			    strcmp(f->category, "ack") == 0) {
				found++;
				assert_onset(&cases[i], f);
			} else {
				assert_false(f->onset.known);
			}
		}
		if (found != 1)
			fail_msg("%s: %u findings", cases[i].words, found);
		nw_audit_free(audit);
	}
}

/* One point alone: an ACK from before the connection, after one that fits. */
static void one_point_shows_an_onset(void **state)
{
	struct made_audit m = captures_begin(1);
	struct made_file files[AUDIT_POINTS];
	struct nw_error err = {0};
	struct nw_audit *audit = nw_audit_new(NULL, &err);
	struct view v = view_of(0, 1);
	const struct nw_results *r;

	(void)state;
	capture_script(&m.captures[0],
		       OPENING W("2.05", DATA_1) W("2.06", ACK_2), &v);
	files_begin(&m, files);
	assert_int_equal(audit_add_made(audit, files, 1, &err), NW_OK);
	assert_int_equal(nw_audit_run(audit, &err), NW_OK);
	r = nw_audit_results(audit);
	assert_string_equal(r->findings[0].kind, "ack-below-window");
	assert_true(r->findings[0].onset.known);
	assert_int_equal(r->findings[0].onset.last_right.frame, 4);
	assert_int_equal(r->findings[0].onset.first_wrong.frame, 6);
	assert_string_equal(r->findings[0].onset.scope, "all");
	assert_int_equal(r->findings[0].onset.between_count, 1);
	assert_string_equal(r->findings[0].onset.between[0], "silence");
	nw_audit_free(audit);
	files_end(&m, files);
	captures_end(&m);
}

/* The device gives the connection another tuple between the two. */
static void a_new_mapping_is_told(void **state)
{
	struct made m = capture_begin(), near = capture_begin();
	struct view v = view_of(0, 1);
	struct onset_search search = {.was_wrong = false};
	struct made_hop h;
	struct onset onset;

	(void)state;
	capture_script(&near, OPENING, &v);
	capture_script(&m, OPENING, &v);
	v.client_port = 50000;
	capture_script(&m, R("0.05", DATA_1), &v);
	hop_begin(&h, point_of(&near), point_of(&m));
	assert_int_equal(h.traces[1].items.count, 6);
	assert_false(onset_found(&search, NULL, &h.traces[1]).known);
	onset_take(&search, NULL, &h.traces[1].items.items[3], false);
	onset_take(&search, NULL, &h.traces[1].items.items[5], true);
	onset = onset_found(&search, NULL, &h.traces[1]);
	assert_true(onset.known);
	assert_int_equal(onset.events, 1u << ONSET_MOVED);
	hop_end(&h);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(onsets_are_found),
		cmocka_unit_test(one_point_shows_an_onset),
		cmocka_unit_test(a_new_mapping_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
