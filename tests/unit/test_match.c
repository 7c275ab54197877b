/* SPDX-License-Identifier: MIT */
#include "match.h"

#include "points.h"

#define FLOWS 60

static uint32_t mix(uint32_t n, uint32_t salt)
{
	uint64_t x = (n + 1) * 0x9e3779b97f4a7c15u ^ salt * 0xbf58476d1ce4e5b9u;

	return (uint32_t)(x ^ x >> 29) * 2654435761u ^ (uint32_t)(x >> 32);
}

/* The `n`th connection as its client's side shows it. */
static struct view client_side(uint32_t n)
{
	return (struct view){
		.client = 0x0a000000 + n % 7 + 1,
		.client_port = (uint16_t)(40000 + n * 3),
		.isn = {mix(n, 1), mix(n, 2)},
		.ts = {mix(n, 3), mix(n, 4)},
		.ip_id = (uint16_t)mix(n, 5),
		.content = n + 1,
		.clock_ns = n * 37 * MS,
	};
}

/* Requests and answers as they differ from connection to connection, or all
 * of the same size, with and without TCP options. */
enum traffic { VARIED, VARIED_BARE, UNIFORM, UNIFORM_BARE };

static const char *script_of(uint32_t n, enum traffic traffic, char text[1024])
{
	bool varied = traffic < UNIFORM;
	uint32_t ask = varied ? 100 + mix(n, 20) % 900 : 100;
	uint32_t answer = varied ? 200 + mix(n, 21) % 1200 : 500;
	uint32_t ms = varied ? mix(n, 22) % 5000 : 20;
	char stamps[8][24] = {""};

	for (uint32_t i = 0; traffic % 2 == 0 && i < 8; i++)
		snprintf(stamps[i], sizeof(stamps[i]), "ts %u %u",
			 1000 + i * (10 + ms / 8), i == 0 ? 0 : 999 + i);
	snprintf(text, 1024,
		 "0.000 > S 0 %s id 11\n"
		 "0.010 < S. 0 ack 1 %s id 21\n"
		 "0.020 > . 1 ack 1 %s id 12\n"
		 "%u.%03u > P. 1+%u ack 1 %s id 13\n"
		 "6.040 < P. 1+%u ack %u %s id 22\n"
		 "6.060 > F. %u ack %u %s id 14\n"
		 "6.080 < F. %u ack %u %s id 23\n"
		 "6.090 > . %u ack %u %s id 15\n",
		 stamps[0], stamps[1], stamps[2], (30 + ms) / 1000,
		 (30 + ms) % 1000, ask, stamps[3], answer, 1 + ask, stamps[4],
		 1 + ask, 1 + answer, stamps[5], 1 + answer, 2 + ask, stamps[6],
		 2 + ask, 2 + answer, stamps[7]);
	return text;
}

static void add_flow(struct made *m, uint32_t n, enum traffic traffic,
		     const struct view *view)
{
	char text[1024];

	capture_script(m, script_of(n, traffic, text), view);
}

typedef void device(uint32_t n, struct view *view);

static void route(uint32_t n, struct view *view)
{
	(void)n;
	view->ttl = 1;
	view->transit_ns = MS / 5;
	view->clock_ns += 3600000 * MS; /* one of the clocks is an hour off */
}

static void pat(uint32_t n, struct view *view)
{
	route(n, view);
	view->client = 0xcb007101;
	view->client_port = (uint16_t)(1024 + mix(n, 6) % 60000);
}

static void dnat(uint32_t n, struct view *view)
{
	route(n, view);
	view->server = 0x0a090000 + mix(n, 7) % 3;
	view->server_port = 8080;
}

static void new_isns(uint32_t n, struct view *view)
{
	route(n, view);
	view->isn[0] = mix(n, 8);
	view->isn[1] = mix(n, 9);
}

static void new_stamps(uint32_t n, struct view *view)
{
	route(n, view);
	view->ts[0] += mix(n, 10);
	view->ts[1] += mix(n, 11);
}

static void new_ip_ids(uint32_t n, struct view *view)
{
	route(n, view);
	view->ip_id = (uint16_t)mix(n, 12);
}

static void everything(uint32_t n, struct view *view)
{
	pat(n, view);
	view->server = 0x0a090000 + mix(n, 7) % 3;
	view->isn[0] = mix(n, 8);
	view->isn[1] = mix(n, 9);
	view->ts[0] += mix(n, 10);
	view->ts[1] += mix(n, 11);
	view->ip_id = (uint16_t)mix(n, 12);
}

/* ---- a hop ---- */

struct matched {
	struct point points[2];
	struct feature *features[2];
	struct match match;
};

static void match_made(struct matched *m, struct made captures[2])
{
	struct match_side sides[2];

	for (int p = 0; p < 2; p++) {
		m->points[p] = point_of(&captures[p]);
		m->features[p] = features_new(&m->points[p]);
		assert_non_null(m->features[p]);
		sides[p] = (struct match_side){&m->points[p], m->features[p]};
	}
	assert_true(match_hop(&sides[0], &sides[1], &m->match));
}

static void match_end(struct matched *m)
{
	match_fini(&m->match);
	for (int p = 0; p < 2; p++) {
		free(m->features[p]);
		point_fini(&m->points[p]);
	}
}

/* Flows 0 to FLOWS, behind the hop in another order. */
static struct made captures_before(enum traffic traffic)
{
	struct made m = capture_begin();

	for (uint32_t n = 0; n < FLOWS; n++) {
		struct view view = client_side(n);

		add_flow(&m, n, traffic, &view);
	}
	return m;
}

static uint32_t shuffled(uint32_t i)
{
	return i * 7 % FLOWS;
}

static struct made captures_behind(enum traffic traffic, device *passes)
{
	struct made m = capture_begin();

	for (uint32_t i = 0; i < FLOWS; i++) {
		uint32_t n = shuffled(i);
		struct view view = client_side(n);

		passes(n, &view);
		add_flow(&m, n, traffic, &view);
	}
	return m;
}

static void whatever_a_device_rewrites(void **state)
{
	static const struct {
		const char *words;
		device *device;
		enum traffic traffic;
	} cases[] = {
		{"a router", route, VARIED},
		{"PAT", pat, VARIED},
		{"DNAT", dnat, VARIED},
		{"randomised ISNs", new_isns, VARIED},
		{"shifted timestamps", new_stamps, VARIED},
		{"rewritten IP IDs", new_ip_ids, VARIED},
		{"everything at once", everything, VARIED},
		{"PAT, requests of one size", pat, UNIFORM},
		{"PAT, no options", pat, VARIED_BARE},
		{"everything, no options", everything, VARIED_BARE},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct matched m;

		match_made(&m,
			   (struct made[2]){captures_before(cases[i].traffic),
					    captures_behind(cases[i].traffic,
							    cases[i].device)});
		if (m.match.links.count != FLOWS)
			fail_msg("%s: %zu links", cases[i].words,
				 m.match.links.count);
		vec_foreach (link, &m.match.links) {
			if (link->before != shuffled(link->behind))
				fail_msg("%s: %u is not %u", cases[i].words,
					 link->behind, link->before);
			assert_false(link->extra);
			assert_in_range(link->match_class, NW_MATCH_CERTAIN,
					NW_MATCH_STRONG);
			assert_true(link->evidence != 0);
		}
		assert_int_equal(m.match.ambiguities.count, 0);
		assert_true(m.match.clock.known);
		assert_true(llabs(m.match.clock.offset_ns - 3600000 * MS) <=
			    m.match.clock.uncertainty_ns + 1000);
		match_end(&m);
	}
}

/* Only the bytes of the payload tell one connection from the other: there may
 * be less certainty, but no mistake. */
static void payload_alone(void **state)
{
	struct matched m;

	(void)state;
	match_made(&m,
		   (struct made[2]){captures_before(UNIFORM_BARE),
				    captures_behind(UNIFORM_BARE, everything)});
	vec_foreach (link, &m.match.links)
		assert_int_equal(link->before, shuffled(link->behind));
	match_end(&m);
}

/* What a hop was seen to keep, and what not. */
static void habits_are_learned(void **state)
{
	struct matched m;

	(void)state;
	match_made(&m, (struct made[2]){captures_before(VARIED),
					captures_behind(VARIED, pat)});
	assert_true(m.match.keep[FEATURE_ISN_CLIENT] > 0.9);
	assert_true(m.match.keep[FEATURE_CLIENT] < 0.1);
	match_end(&m);
	match_made(&m, (struct made[2]){captures_before(VARIED),
					captures_behind(VARIED, new_isns)});
	assert_true(m.match.keep[FEATURE_ISN_CLIENT] < 0.1);
	assert_true(m.match.keep[FEATURE_CLIENT] > 0.9);
	match_end(&m);
}

/* Half of the flows are missing at one side: the others still find theirs,
 * and what is alone stays alone. */
static void missing_flows_stay_alone(void **state)
{
	(void)state;
	for (int side = 0; side < 2; side++) {
		struct made captures[2] = {capture_begin(), capture_begin()};
		struct matched m;

		for (uint32_t n = 0; n < FLOWS; n++) {
			struct view a = client_side(n), b = a;

			everything(n, &b);
			if (side != 0 || n % 2 == 0)
				add_flow(&captures[0], n, VARIED, &a);
			if (side != 1 || n % 2 == 0)
				add_flow(&captures[1], n, VARIED, &b);
		}
		match_made(&m, captures);
		assert_int_equal(m.match.links.count, FLOWS / 2);
		vec_foreach (link, &m.match.links)
			assert_int_equal(link->before * (side == 1 ? 1 : 2),
					 link->behind * (side == 1 ? 2 : 1));
		match_end(&m);
	}
}

/* Three connections through a device that rewrites all, and shifts the end of
 * one while it lives: no pair is clear, but two tell the clocks, and those the
 * third one. */
static void few_flows_tell_the_clock(void **state)
{
	struct made captures[2] = {capture_begin(), capture_begin()};
	struct matched m;

	(void)state;
	for (uint32_t n = 0; n < 3; n++) {
		struct view a = client_side(n), b = a;

		everything(n, &b);
		a.side = 'A';
		b.side = 'B';
		for (int p = 0; n < 2 && p < 2; p++)
			add_flow(&captures[p], n, VARIED_BARE, p ? &b : &a);
		for (int p = 0; n == 2 && p < 2; p++)
			capture_script(&captures[p],
				       "0.000 > S 0 id 11\n"
				       "0.010 < S. 0 ack 1 id 21\n"
				       "0.020 > . 1 ack 1 id 12\n"
				       "0.030 > P. 1+100 ack 1 id 13\n"
				       "0.040 < P. 1+500 ack 101 id 22\n"
				       "A0.060 > F. 101 ack 501 id 14\n"
				       "B0.060 > F. 9101 ack 501 id 14\n"
				       "0.080 < F. 501 ack 102 id 23\n",
				       p ? &b : &a);
	}
	match_made(&m, captures);
	assert_true(m.match.clock.known);
	assert_int_equal(m.match.links.count, 3);
	vec_foreach (link, &m.match.links)
		assert_int_equal(link->before, link->behind);
	match_end(&m);
}

static void strangers_are_not_paired(void **state)
{
	struct made captures[2] = {captures_before(VARIED), capture_begin()};
	struct matched m;

	(void)state;
	for (uint32_t n = 0; n < FLOWS; n++) {
		struct view view = client_side(n + 1000);

		everything(n + 1000, &view);
		view.clock_ns += (n * 111) * MS;
		add_flow(&captures[1], n + 1000, VARIED, &view);
	}
	match_made(&m, captures);
	assert_int_equal(m.match.links.count, 0);
	match_end(&m);
}

/* Health checks, one like the other, through a device that rewrites all that
 * could tell them apart: they are called ambiguous, not paired by luck. */
static void clones_are_ambiguous(void **state)
{
	struct made captures[2] = {capture_begin(), capture_begin()};
	struct matched m;
	size_t grouped[2] = {0, 0};

	(void)state;
	for (uint32_t n = 0; n < 8; n++) {
		struct view a = client_side(n), b;

		a.content = 1;
		a.clock_ns = n; /* all at once */
		a.ts[0] = a.ts[1] = 0;
		b = a;
		everything(n, &b);
		b.clock_ns = 3600000 * MS + 7 - n;
		b.ts[0] = b.ts[1] = 5;
		add_flow(&captures[0], n, UNIFORM_BARE, &a);
		add_flow(&captures[1], n, UNIFORM_BARE, &b);
	}
	match_made(&m, captures);
	assert_int_equal(m.match.links.count, 0);
	vec_foreach (group, &m.match.ambiguities) {
		grouped[0] += group->before.count;
		grouped[1] += group->behind.count;
	}
	assert_int_equal(grouped[0], 8);
	assert_int_equal(grouped[1], 8);
	match_end(&m);
}

/* One tuple, used again and again by different connections. */
static void reused_tuples(void **state)
{
	struct made captures[2] = {capture_begin(), capture_begin()};
	struct matched m;

	(void)state;
	for (uint32_t n = 0; n < 20; n++) {
		struct view a = client_side(n), b;

		a.client = 0x0a000001;
		a.client_port = 40000;
		a.clock_ns = n * 7000 * MS;
		b = a;
		new_isns(n, &b);
		add_flow(&captures[0], n, VARIED, &a);
		add_flow(&captures[1], n, VARIED, &b);
	}
	match_made(&m, captures);
	assert_int_equal(m.match.links.count, 20);
	vec_foreach (link, &m.match.links)
		assert_int_equal(link->before, link->behind);
	match_end(&m);
}

/* The device moves one connection to another port half way. */
static void an_extra_tuple_is_an_extra_link(void **state)
{
	static const char whole[] = "0.000 > S 0 id 11\n"
				    "0.010 < S. 0 ack 1 id 21\n"
				    "0.020 > . 1 ack 1 id 12\n"
				    "0.030 > P. 1+100 ack 1 id 13\n"
				    "0.040 < P. 1+500 ack 101 id 22\n"
				    "0.060 > P. 101+150 ack 501 id 14\n"
				    "0.070 < P. 501+700 ack 251 id 23\n";
	struct made captures[2] = {captures_before(VARIED),
				   captures_behind(VARIED, dnat)};
	struct view a = client_side(200), b = a;
	struct matched m;
	unsigned extras = 0;

	(void)state;
	dnat(200, &b);
	capture_script(&captures[0], whole, &a);
	capture_script(&captures[1], whole, &b);
	b.server_port = 9090; /* the SYN comes once more, to another server */
	b.clock_ns += 5 * MS;
	capture_script(&captures[1], "0.000 > S 0 id 11\n", &b);
	match_made(&m, captures);
	assert_int_equal(m.match.links.count, FLOWS + 2);
	vec_foreach (link, &m.match.links) {
		extras += link->extra;
		if (link->extra)
			assert_int_equal(link->before, FLOWS);
	}
	assert_int_equal(extras, 1);
	assert_true(m.match.links.items[FLOWS + 1].extra); /* the last one */
	match_end(&m);
}

static void empty_sides(void **state)
{
	(void)state;
	for (int side = 0; side < 3; side++) {
		struct made captures[2] = {
			side == 0 ? captures_before(UNIFORM_BARE)
				  : capture_begin(),
			side == 1 ? captures_before(UNIFORM_BARE)
				  : capture_begin()};
		struct matched m;

		match_made(&m, captures);
		assert_int_equal(m.match.links.count, 0);
		assert_int_equal(m.match.ambiguities.count, 0);
		assert_false(m.match.clock.known);
		match_end(&m);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(whatever_a_device_rewrites),
		cmocka_unit_test(payload_alone),
		cmocka_unit_test(habits_are_learned),
		cmocka_unit_test(missing_flows_stay_alone),
		cmocka_unit_test(few_flows_tell_the_clock),
		cmocka_unit_test(strangers_are_not_paired),
		cmocka_unit_test(clones_are_ambiguous),
		cmocka_unit_test(reused_tuples),
		cmocka_unit_test(an_extra_tuple_is_an_extra_link),
		cmocka_unit_test(empty_sides),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
