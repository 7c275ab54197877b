/* SPDX-License-Identifier: MIT
 *
 * One connection through a NAT, and what is on an untranslated tuple. Lines
 * marked A are seen at the client's side only, lines marked B behind the NAT
 * only.
 */
#include "rules/untranslated.h"

#include "hops.h"

#define OPENING                                                                \
	"0.000 > S 0 id 1\n"                                                   \
	"0.010 < S. 0 ack 1 id 51\n"                                           \
	"0.020 > . 1 ack 1 id 2\n"                                             \
	"0.030 > P. 1+100 ack 1 id 3\n"                                        \
	"0.040 < P. 1+500 ack 101 id 52\n"
#define TWO                                                                    \
	"1.000 > P. 101+60 ack 501 id 4\n"                                     \
	"1.300 > P. 161+70 ack 501 id 5\n"
#define A_TWO                                                                  \
	"A1.000 > P. 101+60 ack 501 id 4\n"                                    \
	"A1.300 > P. 161+70 ack 501 id 5\n"
#define ONE     "1.000 > P. 101+60 ack 501 id 4\n"
#define A_ONE   "A" ONE
#define AGAIN   "1.400 > P. 101+60 ack 501 id 6\n"
#define REPLY   "1.000 < P. 501+600 ack 101 id 53\n"
#define B_REPLY "B" REPLY
#define REPLIED "1.400 < P. 501+600 ack 101 id 54\n"

enum tuple_left { AS_IT_CAME, REAL_SERVER, INNER_CLIENT, ANOTHER };

static const struct {
	const char *words, *script, *leak;
	enum tuple_left left;
	bool raw;      /* the leak's numbers are those of the near side, too */
	int direction; /* of the finding; -1: none */
	uint64_t count;
} cases[] = {
	{"two packets", OPENING A_TWO, TWO, AS_IT_CAME, false, 0, 2},
	{"with their numbers as well", OPENING A_TWO, TWO, AS_IT_CAME, true, 0,
	 2},
	{"half of the tuple", OPENING A_TWO, TWO, INNER_CLIENT, false, 0, 2},
	{"one, which is repeated", OPENING A_ONE AGAIN, ONE, AS_IT_CAME, false,
	 0, 1},
	{"a real server's address", OPENING B_REPLY REPLIED, REPLY, REAL_SERVER,
	 false, 1, 1},
	{"which draws a RST", OPENING B_REPLY REPLIED, REPLY "1.001 > R 101\n",
	 REAL_SERVER, false, 1, 1},
	{"one, which may be missed", OPENING A_ONE, ONE, AS_IT_CAME, false, -1,
	 0},
	{"another tuple", OPENING A_TWO, TWO, ANOTHER, false, -1, 0},
	{"a capture of both sides", OPENING A_TWO, OPENING TWO, AS_IT_CAME,
	 true, -1, 0},
	{"that begins later", OPENING "0.500 > . 101 ack 501 id 7\n" A_TWO,
	 "0.500 > . 101 ack 501 id 7\n" TWO, AS_IT_CAME, true, -1, 0},
	{"other bytes", OPENING A_TWO,
	 "1.000 > P. 101+60 ack 501 id 4 like 7000\n"
	 "1.300 > P. 161+70 ack 501 id 5\n",
	 AS_IT_CAME, false, -1, 0},
	{"another length", OPENING A_TWO,
	 "1.000 > P. 101+60 ack 501 id 4\n"
	 "1.300 > P. 161+71 ack 501 id 5\n",
	 AS_IT_CAME, false, -1, 0},
	{"a second later", OPENING A_TWO,
	 "2.000 > P. 101+60 ack 501 id 4\n"
	 "2.300 > P. 161+70 ack 501 id 5\n",
	 AS_IT_CAME, false, -1, 0},
	{"after a FIN", OPENING "0.050 < F. 501 ack 101 id 53\n" A_TWO, TWO,
	 AS_IT_CAME, false, -1, 0},
	{"after a RST that the client's side alone saw",
	 OPENING "A0.500 < R 501\n" A_TWO, TWO, AS_IT_CAME, false, -1, 0},
	{"after five minutes",
	 OPENING "A301.0 > P. 101+60 ack 501 id 4\n"
		 "A301.3 > P. 161+70 ack 501 id 5\n",
	 "301.0 > P. 101+60 ack 501 id 4\n"
	 "301.3 > P. 161+70 ack 501 id 5\n",
	 AS_IT_CAME, false, -1, 0},
	{"before the mapping was used both ways",
	 "0.000 > S 0 id 1\n"
	 "A0.100 > S 0 id 2\n"
	 "A0.200 > S 0 id 3\n"
	 "0.310 < S. 0 ack 1 id 51\n"
	 "0.320 > . 1 ack 1 id 4\n",
	 "0.100 > S 0 id 2\n"
	 "0.200 > S 0 id 3\n",
	 AS_IT_CAME, false, -1, 0},
	{"RSTs may be anybody's",
	 OPENING "A1.000 > R 101 id 4\nA1.100 > R 101 id 5\n",
	 "1.000 > R 101 id 4\n1.100 > R 101 id 5\n", AS_IT_CAME, false, -1, 0},
};

static const struct view inner = {.isn = {1000, 5000}, .side = 'A'};
static const struct view outer = {.client = 0xcb007101,
				  .client_port = 1024,
				  .server = 0xac100001,
				  .server_port = 8080,
				  .isn = {71000, 95000},
				  .side = 'B'};

static bool is_reply(size_t i)
{
	return cases[i].left == REAL_SERVER;
}

/* The leak as the far side sees it. */
static struct view leak_view(size_t i)
{
	struct view v = is_reply(i) ? inner : outer;
	const struct view *near = is_reply(i) ? &outer : &inner;

	v.side = '\0';
	if (cases[i].left == AS_IT_CAME || cases[i].left == INNER_CLIENT) {
		v.client = near->client;
		v.client_port = near->client_port;
	}
	if (cases[i].left == AS_IT_CAME || cases[i].left == REAL_SERVER) {
		v.server = near->server;
		v.server_port = near->server_port;
	}
	if (cases[i].left == ANOTHER)
		v.client_port = 2000;
	if (cases[i].raw)
		memcpy(v.isn, near->isn, sizeof(v.isn));
	return v;
}

struct checked {
	struct made_hop h;
	struct alignment alignment;
	struct findings findings;
};

/* The first flow of each side is the connection's. */
static void load(struct checked *k, size_t i)
{
	struct made sides[2] = {capture_begin(), capture_begin()};
	const struct view leak = leak_view(i);

	*k = (struct checked){0};
	capture_script(&sides[0], cases[i].script, &inner);
	capture_script(&sides[1], cases[i].script, &outer);
	capture_script(&sides[is_reply(i) ? 0 : 1], cases[i].leak, &leak);
	hop_begin(&k->h, point_of(&sides[0]), point_of(&sides[1]));
	for (uint32_t p = 0; p < 2; p++)
		assert_true(trace_load(&k->h.traces[p], &k->h.points[p],
				       &(struct path_flow){p, 0, 0}, 1));
	assert_true(translation_find_bases(&k->h.hop, 1));
	assert_true(align_hop(&k->h.hop, &k->alignment));
}

static bool check(struct checked *k)
{
	const struct crossing_flows crossing = {
		.hop = &k->h.hop,
		.alignment = &k->alignment,
		.path = 3,
		.hop_index = 2,
		.match_class = NW_MATCH_STRONG,
	};

	return check_untranslated(
		&(struct mapped){
			.crossing = &crossing,
			.points = {&k->h.points[0], &k->h.points[1]},
			.tuples = {&point_flow(&k->h.points[0], 0)->tuple,
				   &point_flow(&k->h.points[1], 0)->tuple}},
		&k->findings);
}

static void unload(struct checked *k)
{
	alignment_fini(&k->alignment);
	vec_fini(&k->findings.list);
	hop_end(&k->h);
}

static void what_leaks(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const bool wanted = cases[i].direction >= 0;
		const struct finding *f;
		struct checked k;

		load(&k, i);
		if (check(&k) != (cases[i].direction == 0) ||
		    k.findings.list.count != wanted)
			fail_msg("%s: %zu findings", cases[i].words,
				 k.findings.list.count);
		f = k.findings.list.items;
		if (wanted &&
		    (f->kind != KIND_NAT_UNTRANSLATED ||
		     (int)f->direction != cases[i].direction ||
		     f->count != cases[i].count || f->sighting_count != 2 ||
		     f->hop != 2 || f->path != 3))
			fail_msg("%s: %llu of direction %d", cases[i].words,
				 (unsigned long long)f->count,
				 (int)f->direction);
		unload(&k);
	}
}

/* Without a common time it may be another packet, and a proxy has none. */
static void what_cannot_be_told(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct checked k;

		load(&k, i);
		k.h.clock.known = false;
		assert_false(check(&k));
		k.h.clock.known = true;
		k.h.hop.is_proxy = true;
		assert_false(check(&k));
		assert_int_equal(k.findings.list.count, 0);
		unload(&k);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_leaks),
		cmocka_unit_test(what_cannot_be_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
