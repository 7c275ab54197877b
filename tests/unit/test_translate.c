/* SPDX-License-Identifier: MIT
 *
 * What a hop does to a connection, and the sums of it.
 */
#include "rules/translate.h"

#include "hops.h"

#define SCRIPT                                                                 \
	"0.000 > S 0 id 1 ts 100 0\n"                                          \
	"0.010 < S. 0 ack 1 id 51 ts 900 100\n"                                \
	"0.020 > . 1 ack 1 id 2 ts 110 900\n"                                  \
	"0.030 > P. 1+100 ack 1 id 3 ts 120 900\n"                             \
	"0.040 < P. 1+500 ack 101 id 52 ts 930 120\n"                          \
	"0.050 > . 101 ack 501 id 4 ts 140 930\n"                              \
	"0.060 < P. 501+500 ack 101 id 53 ts 940 140\n"

static const struct view plain = {.isn = {1000, 5000}};

/* ---- addresses ---- */

static struct endpoint end_of(uint8_t family, uint8_t last, uint16_t port)
{
	struct endpoint e = {.family = family, .port = port};

	e.address[0] = 10;
	e.address[family == 4 ? 3 : 15] = last;
	return e;
}

static struct tuple tuple_of(uint8_t family, uint8_t client, uint16_t port,
			     uint8_t server)
{
	return (struct tuple){
		{end_of(family, client, port), end_of(family, server, 80)}};
}

static void tuples(void **state)
{
	const struct {
		const char *words;
		struct tuple behind;
		enum finding_kind kind;
	} cases[] = {
		{"routed", tuple_of(4, 1, 40000, 9), KIND_COUNT},
		{"client's address", tuple_of(4, 2, 40000, 9), KIND_NAT_SNAT},
		{"client's port", tuple_of(4, 1, 1024, 9), KIND_NAT_SNAT},
		{"server", tuple_of(4, 1, 40000, 8), KIND_NAT_DNAT},
		{"both", tuple_of(4, 2, 1024, 8), KIND_NAT_FULL},
		{"IPv6", tuple_of(6, 1, 40000, 9), KIND_NAT64},
	};
	const struct tuple before = tuple_of(4, 1, 40000, 9);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++)
		if (translate_tuple(&before, &cases[i].behind) != cases[i].kind)
			fail_msg("%s", cases[i].words);
}

/* ---- what packets show ---- */

static void translate_view(const struct view *behind, const char *script,
			   uint32_t path, struct habits_seen *seen)
{
	struct alignment alignment = {0};
	struct made_hop h;

	hop_of_script(&h, script, &plain, behind);
	assert_true(translation_find_bases(&h.hop, 1));
	assert_true(align_hop(&h.hop, &alignment));
	translate_hop(&(struct crossing){&h.hop, &alignment,
					 &point_flow(&h.points[0], 0)->tuple,
					 &point_flow(&h.points[1], 0)->tuple,
					 path},
		      seen);
	alignment_fini(&alignment);
	hop_end(&h);
}

#define PACKETS_C 4
#define PACKETS_S 3

/* All that is seen, by kind and direction: nothing else may be. */
static const struct {
	const char *words;
	struct view behind;
	struct {
		enum finding_kind kind;
		int direction;
		uint64_t packets;
	} seen[4];
	size_t count;
} views[] = {
	{"nothing", {.isn = {1000, 5000}}, {{0}}, 0},
	{"TTL",
	 {.isn = {1000, 5000}, .ttl = 1},
	 {{KIND_TTL_DECREMENT, 0, PACKETS_C}},
	 1},
	{"address",
	 {.isn = {1000, 5000}, .client = 0xcb007101},
	 {{KIND_NAT_SNAT, 0, 0}},
	 1},
	{"the client's stream",
	 {.isn = {71000, 5000}},
	 {{KIND_SEQ_ISN_SHIFT, 0, 0}},
	 1},
	{"the server's stream",
	 {.isn = {1000, 4999}},
	 {{KIND_SEQ_ISN_SHIFT, 1, 0}},
	 1},
	{"both clocks",
	 {.isn = {1000, 5000}, .ts = {7, 70000}},
	 {{KIND_TS_OFFSET, 0, 0}, {KIND_TS_OFFSET, 1, 0}},
	 2},
	{"IP IDs",
	 {.isn = {1000, 5000}, .ip_id = 5000},
	 {{KIND_IP_ID_REWRITTEN, 0, PACKETS_C},
	  {KIND_IP_ID_REWRITTEN, 1, PACKETS_S}},
	 2},
};

static void what_packets_show(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(views); i++) {
		struct habits_seen *seen = calloc(1, sizeof(*seen));
		uint64_t sum = 0;

		assert_non_null(seen);
		translate_view(&views[i].behind, SCRIPT, 6, seen);
		for (size_t k = 0; k < views[i].count; k++) {
			const struct habit_count *c =
				&seen->counts[views[i].seen[k].kind]
					     [views[i].seen[k].direction];

			if (c->paths != 1 || c->first_count != 1 ||
			    c->first_paths[0] != 6 ||
			    c->packets != views[i].seen[k].packets)
				fail_msg("%s: %llu paths, %llu packets",
					 views[i].words,
					 (unsigned long long)c->paths,
					 (unsigned long long)c->packets);
		}
		for (int k = 0; k < KIND_COUNT; k++)
			for (int d = 0; d < 2; d++)
				sum += seen->counts[k][d].paths;
		/* The server's packets have a higher TTL where the view takes
		 * less off: no decrement in their direction of travel. */
		if (sum != views[i].count)
			fail_msg("%s: %llu habits", views[i].words,
				 (unsigned long long)sum);
		free(seen);
	}
}

/* Nine of ten packets and more make a habit. */
static void one_packet_is_no_habit(void **state)
{
	struct habits_seen *seen = calloc(1, sizeof(*seen));

	(void)state;
	assert_non_null(seen);
	translate_view(&plain,
		       "0.000 > S 0 id 1\n"
		       "0.010 < S. 0 ack 1 id 51\n"
		       "0.020 > . 1 ack 1 id 2\n"
		       "A0.030 > P. 1+100 ack 1 id 3\n"
		       "B0.030 > P. 1+100 ack 1 id 3 ttl 60\n",
		       0, seen);
	assert_int_equal(seen->counts[KIND_TTL_DECREMENT][0].paths, 0);
	free(seen);
}

static void steps_of_either_stream(void **state)
{
	struct habits_seen *seen = calloc(1, sizeof(*seen));
	struct steps steps = {0};
	struct step *step = vec_push(&steps.list[FROM_SERVER]);

	(void)state;
	assert_non_null(seen);
	assert_non_null(step);
	*step = (struct step){101, 107, 6};
	translate_steps(&steps, 3, seen);
	assert_int_equal(seen->counts[KIND_SEQ_STEP_EXPLAINED][1].paths, 1);
	assert_int_equal(seen->counts[KIND_SEQ_STEP_EXPLAINED][0].paths, 0);
	steps_fini(&steps);
	free(seen);
}

/* ---- sums ---- */

/* Threads bring paths in any order; the lowest three are named. */
static void the_lowest_paths_are_kept(void **state)
{
	static const struct {
		const char *words;
		uint32_t mine[4], others[4]; /* ended by 0 */
		uint32_t first[3];
		uint32_t count;
	} cases[] = {
		{"none", {0}, {0}, {0}, 0},
		{"one", {0}, {7}, {7}, 1},
		{"in order", {1, 2}, {3, 4}, {1, 2, 3}, 3},
		{"the others first", {8, 9}, {1, 2}, {1, 2, 8}, 3},
		{"in between", {1, 5, 9}, {3, 7}, {1, 3, 5}, 3},
		{"all higher", {1, 2, 3}, {4, 5, 6}, {1, 2, 3}, 3},
		{"backwards", {9, 6, 3, 1}, {8, 5, 2}, {1, 2, 3}, 3},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct habits_seen *sum = calloc(2, sizeof(*sum));
		const struct habit_count *c;
		uint32_t all = 0;
		struct steps steps = {0};

		assert_non_null(sum);
		assert_non_null(vec_push(&steps.list[0]));
		for (int k = 0; k < 4 && cases[i].mine[k] != 0; k++, all++)
			translate_steps(&steps, cases[i].mine[k], &sum[0]);
		for (int k = 0; k < 4 && cases[i].others[k] != 0; k++, all++)
			translate_steps(&steps, cases[i].others[k], &sum[1]);
		sum[0].counts[KIND_SEQ_STEP_EXPLAINED][0].packets = 5;
		sum[1].counts[KIND_SEQ_STEP_EXPLAINED][0].packets = 6;
		habits_seen_add(&sum[0], &sum[1]);
		c = &sum[0].counts[KIND_SEQ_STEP_EXPLAINED][0];
		if (c->paths != all || c->packets != 11 ||
		    c->first_count != cases[i].count ||
		    memcmp(c->first_paths, cases[i].first,
			   c->first_count * sizeof(uint32_t)) != 0)
			fail_msg("%s: %llu paths, %u %u %u", cases[i].words,
				 (unsigned long long)c->paths,
				 c->first_paths[0], c->first_paths[1],
				 c->first_paths[2]);
		steps_fini(&steps);
		free(sum);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(tuples),
		cmocka_unit_test(what_packets_show),
		cmocka_unit_test(one_packet_is_no_habit),
		cmocka_unit_test(steps_of_either_stream),
		cmocka_unit_test(the_lowest_paths_are_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
