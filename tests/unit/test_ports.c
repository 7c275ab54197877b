/* SPDX-License-Identifier: MIT
 *
 * Connections of one hop, by the client's ports before and behind it.
 */
#include "rules/ports.h"

#include "packets.h"

#define MOST    8
#define ISN     (1u << FEATURE_ISN_CLIENT)
#define PORT    (1u << FEATURE_CLIENT_PORT)
#define INNER   1 /* last byte of the address */
#define OUTER   9
#define NO_PORT 0

struct crossed {
	uint16_t before, behind;
	uint32_t evidence; /* 0: ISN and port */
	enum { PLAIN, POSSIBLE, GUESSED, EXTRA, SAME_ADDRESS } how;
};

#define GETS(port, other)                                                      \
	{                                                                      \
		.before = (port), .behind = (other)                            \
	}
#define KEPT(port) GETS(port, port)
#define BUT(port, what)                                                        \
	{                                                                      \
		.before = (port), .behind = (port), .how = what                \
	}
#define BY_PORT(port)                                                          \
	{                                                                      \
		.before = (port), .behind = (port), .evidence = PORT           \
	}

static const struct {
	const char *words;
	struct crossed flows[MOST]; /* ended by NO_PORT */
	uint64_t paths;
} cases[] = {
	{"ports are kept", {KEPT(40000), KEPT(41000), KEPT(42000)}, 3},
	{"but for one that was taken",
	 {KEPT(40000), KEPT(41000), KEPT(42000), GETS(42000, 1025)},
	 3},
	{"two may be chance", {KEPT(40000), KEPT(41000)}, 0},
	{"one port thrice", {KEPT(40000), KEPT(40000), KEPT(40000)}, 0},
	{"two counters side by side",
	 {KEPT(40000), KEPT(40001), KEPT(40002), KEPT(40003)},
	 0},
	{"that count by twos",
	 {KEPT(40000), KEPT(40002), KEPT(40004), KEPT(40006)},
	 0},
	{"half of them",
	 {KEPT(40000), KEPT(41000), KEPT(42000), GETS(43000, 1024),
	  GETS(44000, 1025), GETS(45000, 1026)},
	 0},
	{"other ports",
	 {GETS(40000, 1024), GETS(41000, 1030), GETS(42000, 1080)},
	 0},
	{"the address is kept as well",
	 {BUT(40000, SAME_ADDRESS), BUT(41000, SAME_ADDRESS),
	  BUT(42000, SAME_ADDRESS)},
	 0},
	{"a NAT for some clients only",
	 {KEPT(40000), KEPT(41000), KEPT(42000), BUT(43000, SAME_ADDRESS)},
	 3},
	{"matched by the ports",
	 {BY_PORT(40000), BY_PORT(41000), BY_PORT(42000)},
	 0},
	{"matches that are not sure",
	 {BUT(40000, POSSIBLE), BUT(41000, POSSIBLE), BUT(42000, POSSIBLE)},
	 0},
	{"who is the client is a guess",
	 {BUT(443, GUESSED), BUT(8443, GUESSED), BUT(80, GUESSED)},
	 0},
	{"connections that moved",
	 {BUT(40000, EXTRA), BUT(41000, EXTRA), BUT(42000, EXTRA)},
	 0},
};

static void add(struct point *point, uint8_t address, uint16_t port,
		bool guessed)
{
	struct flow *flow = vec_push(&point->table.flows);

	assert_non_null(flow);
	flow->tuple.ends[FROM_CLIENT].family = 4;
	flow->tuple.ends[FROM_CLIENT].port = port;
	flow->tuple.ends[FROM_CLIENT].address[3] = address;
	flow->roles_guessed = guessed;
}

static uint64_t count(const struct crossed *flows, uint32_t *first)
{
	static const uint32_t path_of[MOST] = {10, 11, 12, 13, 14, 15, 16, 17};
	struct habits_seen *seen = calloc(1, sizeof(*seen));
	struct point before = {0}, behind = {0};
	struct match match = {0};
	const struct habit_count *c;
	uint64_t paths;

	assert_non_null(seen);
	for (uint32_t i = 0; i < MOST && flows[i].before != NO_PORT; i++) {
		const struct crossed *f = &flows[i];
		struct link *link = vec_push(&match.links);

		assert_non_null(link);
		link->before = link->behind = i;
		link->evidence = f->evidence != 0 ? f->evidence : ISN | PORT;
		link->match_class = f->how == POSSIBLE ? NW_MATCH_POSSIBLE
						       : NW_MATCH_STRONG;
		link->extra = f->how == EXTRA;
		add(&before, INNER, f->before, f->how == GUESSED);
		add(&behind, f->how == SAME_ADDRESS ? INNER : OUTER, f->behind,
		    f->how == GUESSED);
	}
	assert_true(translate_ports(
		&(struct hop_flows){&before, &behind, &match, path_of}, seen));
	c = &seen->counts[KIND_NAT_PORT_PRESERVED][FROM_CLIENT];
	paths = c->paths;
	*first = c->first_paths[0];
	vec_fini(&before.table.flows);
	vec_fini(&behind.table.flows);
	vec_fini(&match.links);
	free(seen);
	return paths;
}

static void when_ports_are_kept(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint32_t first;
		uint64_t paths = count(cases[i].flows, &first);

		if (paths != cases[i].paths || (paths > 0 && first != 10))
			fail_msg("%s: %llu paths", cases[i].words,
				 (unsigned long long)paths);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(when_ports_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
