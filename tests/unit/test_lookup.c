/* SPDX-License-Identifier: MIT
 *
 * Questions about a stream on both sides of a hop. Items are named by their
 * place in a trace, offsets count from the initial numbers.
 */
#include "lookup.h"

#include "hops.h"

#define HANDSHAKE                                                              \
	"0.000 > S 0\n"                                                        \
	"0.010 < S. 0 ack 1\n"                                                 \
	"0.020 > . 1 ack 1\n"

static const struct view before = {.isn = {1000, 5000}};
static const struct view behind = {.isn = {71000, 0xfffffff0}, .ttl = 1};

struct asked {
	struct made_hop h;
	struct lookups lookups;
};

static void ask(struct asked *a, const char *script)
{
	*a = (struct asked){0};
	hop_of_script(&a->h, script, &before, &behind);
	assert_true(translation_find_bases(&a->h.hop, 1));
	lookups_reset(&a->lookups, &a->h.hop);
}

static void ask_end(struct asked *a)
{
	lookups_fini(&a->lookups);
	hop_end(&a->h);
}

static const struct trace_item *item_of(const struct asked *a, int point,
					uint32_t i)
{
	assert_true(i < a->h.traces[point].items.count);
	return &a->h.traces[point].items.items[i];
}

/* ---- borders ---- */

struct place {
	int64_t offset;
	bool border, edge;
};

static void assert_places(struct asked *a, enum direction stream,
			  const struct place *places, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		int64_t at = places[i].offset;
		bool border = lookup_is_border(&a->lookups, stream, at);
		bool edge = lookup_is_edge(&a->lookups, stream, at);

		if (border != places[i].border || edge != places[i].edge)
			fail_msg("offset %lld of stream %d: %d, %d",
				 (long long)at, (int)stream, border, edge);
	}
}

static void segments_end_at_borders(void **state)
{
	static const struct place client[] = {
		{0, false, true},    /* the SYN begins */
		{1, true, true},     /* and ends */
		{101, true, true},   /* data, seen at both sides */
		{151, true, true},   /* seen before the hop only */
		{201, true, true},   /* seen behind it only */
		{301, false, true},  /* begins behind a gap */
		{302, false, false}, /* in the middle */
		{401, false, false}, /* nobody acknowledges data without ... */
		{402, true, true},   /* ... the FIN behind it */
		{900, false, false}, /* only a RST was there */
		{1901, false, false}, {-1, false, false},
	};
	static const struct place server[] = {
		{1, true, true}, {401, false, false}, {501, true, true}};
	struct asked a;

	(void)state;
	ask(&a, HANDSHAKE "0.030 > . 1+100 ack 1\n"
			  "A0.031 > . 101+50 ack 1\n"
			  "B0.031 > . 101+100 ack 1\n"
			  "0.040 > F. 301+100 ack 1\n"
			  "0.045 < . 1+500 ack 1\n"
			  "0.050 > R 900 ack 1\n");
	assert_places(&a, FROM_CLIENT, client, COUNT(client));
	assert_places(&a, FROM_SERVER, server, COUNT(server));
	ask_end(&a);
}

/* Segments that are longer than any on the wire have borders inside. */
static void super_segments_have_borders_inside(void **state)
{
	static const struct place places[] = {
		{1, true, true},      {2, true, true},
		{3500, true, true},   /* inside the first, not the second */
		{3501, true, true},   /* the first ends */
		{3502, false, false}, /* behind both */
		{4001, false, true},  /* one of usual length begins */
		{4002, false, false}, {5461, true, true},
		{5462, false, false}, {6001, false, true},
		{6002, true, true}, /* one more than usual */
		{7461, true, true},   {7462, true, true},
		{7463, false, false},
	};
	struct asked a;

	(void)state;
	ask(&a, HANDSHAKE "0.030 > . 1+3500 ack 1\n"
			  "B0.031 > . 501+1500 ack 1\n"
			  "0.032 > . 4001+1460 ack 1\n"
			  "A0.033 > . 6001+1461 ack 1\n");
	assert_places(&a, FROM_CLIENT, places, COUNT(places));
	ask_end(&a);
}

static void a_stream_without_packets(void **state)
{
	struct asked a;

	(void)state;
	ask(&a, "0.000 > S 0\n0.100 > S 0\n");
	assert_false(lookup_is_border(&a.lookups, FROM_SERVER, 1));
	assert_false(lookup_is_edge(&a.lookups, FROM_SERVER, 0));
	assert_true(lookup_is_border(&a.lookups, FROM_CLIENT, 1));
	ask_end(&a);
}

/* ---- contents ---- */

static void contents_are_unique_by_side(void **state)
{
	static const struct {
		const char *words;
		uint32_t item;
		bool unique[2];
	} cases[] = {
		{"the only one", 3, {true, true}},
		{"sent again before the hop", 4, {false, true}},
		{"another place with the same bytes", 5, {false, false}},
		{"the same bytes, but less of them", 6, {true, true}},
	};
	struct asked a;

	(void)state;
	ask(&a, HANDSHAKE "0.030 > . 1+100 ack 1\n"
			  "0.031 > . 101+100 ack 1\n"
			  "0.032 > . 201+100 ack 1\n"
			  "0.033 > . 301+60 ack 1 like 1\n"
			  "A0.034 > . 101+100 ack 1\n"
			  "0.035 > . 361+100 ack 1 like 201\n"
			  "0.036 < . 1+100 ack 1\n");
	for (size_t i = 0; i < COUNT(cases); i++)
		for (int side = 0; side < 2; side++)
			if (lookup_is_unique(&a.lookups,
					     item_of(&a, side, cases[i].item),
					     side) != cases[i].unique[side])
				fail_msg("%s: side %d", cases[i].words, side);
	/* From the server the near side is the one behind the hop. */
	assert_true(lookup_is_unique(&a.lookups, item_of(&a, 1, 8), 0));
	ask_end(&a);
}

/* What cannot be summed may be like anything. */
static void contents_without_a_sum_are_not_unique(void **state)
{
	struct trace_item item;
	struct asked a;

	(void)state;
	ask(&a, HANDSHAKE "0.030 > . 1+100 ack 1\n");
	item = *item_of(&a, 0, 3);
	assert_true(lookup_is_unique(&a.lookups, &item, 0));
	item.record.segment.has_sum = false;
	assert_false(lookup_is_unique(&a.lookups, &item, 0));
	ask_end(&a);
}

/* ---- SACK blocks ---- */

#define LATE_DATA                                                              \
	HANDSHAKE "0.030 < . 101+100 ack 1\n"                                  \
		  "0.031 < . 301+100 ack 1\n"

static void blocks_that_came_in(void **state)
{
	static const struct {
		const char *words, *out;
		bool came_in;
	} cases[] = {
		{"the same", "0.040 > . 1 ack 1 sack 101 201\n", true},
		{"of another packet",
		 "B0.040 > . 1 ack 1 sack 301 401 sack 101 201\n", true},
		{"as they were before the hop",
		 "B0.040 > . 1 ack 1 sack 5117 5217\n", false},
		{"in another order",
		 "B0.040 > . 1 ack 1 sack 101 201 sack 301 401\n", false},
		{"one of two", "B0.040 > . 1 ack 1 sack 301 401\n", false},
		{"half of one", "B0.040 > . 1 ack 1 sack 101 200\n", false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct asked a;
		char script[512];

		snprintf(script, sizeof(script),
			 LATE_DATA
			 "A0.040 > . 1 ack 1 sack 101 201\n%s"
			 "A0.041 > . 1 ack 1 sack 301 401 sack 101 201\n",
			 cases[i].out);
		ask(&a, script);
		if (lookup_came_in(&a.lookups, item_of(&a, 1, 5)) !=
		    cases[i].came_in)
			fail_msg("%s", cases[i].words);
		ask_end(&a);
	}
}

/* ---- how far the peer had come ---- */

static void the_peer_had_come_so_far(void **state)
{
	/* By the place of an item behind the hop, where ACKs from the client
	 * leave it. */
	static const int64_t ends[] = {0, 0, 1, 1, 101, 301, 301, 301, 301};
	struct asked a;

	(void)state;
	ask(&a, HANDSHAKE "0.030 < . 1+100 ack 1\n"
			  "0.031 < . 201+100 ack 1\n"
			  "A0.032 < . 301+100 ack 1\n"
			  "0.033 < . 101+100 ack 1\n"
			  "0.034 < R 9000 ack 1\n"
			  "0.035 > . 1 ack 301\n"
			  "0.036 > P. 1+50 ack 301\n");
	for (uint32_t i = 0; i < COUNT(ends); i++)
		assert_true(lookup_peer_end(&a.lookups, FROM_CLIENT, i) ==
			    ends[i]);
	assert_true(lookup_peer_end(&a.lookups, FROM_CLIENT, 99) == INT64_MAX);
	/* ACKs from the server leave it before the hop, which has one item
	 * more. */
	assert_true(lookup_peer_end(&a.lookups, FROM_SERVER, 9) == 1);
	assert_true(lookup_peer_end(&a.lookups, FROM_SERVER, 3) == 1);
	assert_true(lookup_peer_end(&a.lookups, FROM_SERVER, 0) == 0);
	ask_end(&a);
}

/* ---- use again, and no memory ---- */

static void every_hop_has_its_own_answers(void **state)
{
	struct asked a, b;

	(void)state;
	ask(&a, HANDSHAKE "0.030 > . 1+100 ack 1\n"
			  "0.040 > . 101+3000 ack 1\n");
	ask(&b, HANDSHAKE "0.030 > . 1+50 ack 1\n");
	assert_true(lookup_is_border(&a.lookups, FROM_CLIENT, 101));
	assert_false(lookup_is_border(&a.lookups, FROM_CLIENT, 51));
	lookups_reset(&a.lookups, &b.h.hop);
	assert_false(lookup_is_border(&a.lookups, FROM_CLIENT, 101));
	assert_false(lookup_is_border(&a.lookups, FROM_CLIENT, 2000));
	assert_true(lookup_is_border(&a.lookups, FROM_CLIENT, 51));
	assert_true(lookup_is_unique(&a.lookups, item_of(&b, 0, 3), 0));
	assert_true(lookup_peer_end(&a.lookups, FROM_CLIENT, 4) == INT64_MAX);
	ask_end(&b);
	ask_end(&a);
}

/* No answer may lead to an accusation then. */
static void without_memory_answers_are_cautious(void **state)
{
	struct asked a;

	(void)state;
	ask(&a, HANDSHAKE "0.030 > . 1+100 ack 1 sack 5 6\n");
	a.lookups.failed = true;
	assert_true(lookup_is_border(&a.lookups, FROM_CLIENT, 77));
	assert_true(lookup_is_edge(&a.lookups, FROM_CLIENT, 77));
	assert_false(lookup_is_unique(&a.lookups, item_of(&a, 0, 3), 0));
	assert_true(lookup_came_in(&a.lookups, item_of(&a, 1, 3)));
	assert_true(lookup_peer_end(&a.lookups, FROM_CLIENT, 0) == INT64_MAX);
	ask_end(&a);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(segments_end_at_borders),
		cmocka_unit_test(super_segments_have_borders_inside),
		cmocka_unit_test(a_stream_without_packets),
		cmocka_unit_test(contents_are_unique_by_side),
		cmocka_unit_test(contents_without_a_sum_are_not_unique),
		cmocka_unit_test(blocks_that_came_in),
		cmocka_unit_test(the_peer_had_come_so_far),
		cmocka_unit_test(every_hop_has_its_own_answers),
		cmocka_unit_test(without_memory_answers_are_cautious),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
