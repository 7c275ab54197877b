/* SPDX-License-Identifier: MIT */
#include "feature.h"

#include "points.h"

#define SYNS                                                                   \
	"0.000 > S 0 mss 1460 ws 7 sackok ts 100 0 id 11\n"                    \
	"0.010 < S. 0 ack 1 mss 1460 ws 7 sackok ts 900 100 id 21\n"
#define REST                                                                   \
	"0.020 > . 1 ack 1 ts 105 900 id 12\n"                                 \
	"0.030 > P. 1+100 ack 1 ts 107 900 id 13\n"                            \
	"0.040 < P. 1+500 ack 101 ts 930 107 id 22\n"                          \
	"0.050 < P. 501+300 ack 101 ts 931 107 id 23\n"                        \
	"0.060 > . 101 ack 801 ts 130 931 id 14\n"                             \
	"0.070 > F. 101 ack 801 ts 140 931 id 15\n"                            \
	"0.080 < F. 801 ack 102 ts 950 140 id 24\n"                            \
	"0.090 > . 102 ack 802 ts 150 950 id 16\n"
#define CONNECTION SYNS REST

static const struct view plain = {.isn = {1000, 5000}};

static struct feature feature_of(const char *script, const struct view *view)
{
	struct point point = point_of_script(script, view);
	struct feature *features = features_new(&point), feature;

	assert_non_null(features);
	assert_int_equal(point_flow_count(&point), 1);
	feature = features[0];
	free(features);
	point_fini(&point);
	return feature;
}

/* The keys that differ, as a mask. */
static uint32_t difference(const struct feature *a, const struct feature *b)
{
	uint32_t mask = 0;

	for (int k = 0; k < FEATURE_COUNT; k++)
		mask |= (uint32_t)(a->keys[k] != b->keys[k]) << k;
	return mask;
}

#define BIT(name) (1u << FEATURE_##name)

static void everything_is_shown(void **state)
{
	struct feature f = feature_of(CONNECTION, &plain);

	(void)state;
	for (enum feature_kind k = 0; k < FEATURE_COUNT; k++)
		if (f.keys[k] == 0)
			fail_msg("no %s", feature_name(k));
	assert_int_equal(f.keys[FEATURE_ISN_CLIENT], 1000);
	assert_int_equal(f.keys[FEATURE_ISN_SERVER], 5000);
	assert_int_equal(f.keys[FEATURE_TIMESTAMP], 100);
	assert_int_equal(f.keys[FEATURE_CLIENT_PORT], 40000);
	assert_true(f.first_ns == SCRIPT_EPOCH_NS);
	assert_true(f.last_ns == SCRIPT_EPOCH_NS + 90 * MS);
	assert_true(f.syn_ns == SCRIPT_EPOCH_NS);
	assert_true(f.syn_ack_ns == SCRIPT_EPOCH_NS + 10 * MS);
	assert_true(f.think_ns == 30 * MS);
}

/* Whatever a device rewrites changes the keys of that, and no other. */
static void keys_change_with_what_is_rewritten(void **state)
{
	static const struct {
		const char *words;
		struct view view;
		uint32_t changed;
	} cases[] = {
		{"nothing but clock and TTL",
		 {.isn = {1000, 5000}, .clock_ns = 77 * MS, .ttl = 5},
		 0},
		{"source NAT with another port",
		 {.isn = {1000, 5000},
		  .client = 0xcb007101,
		  .client_port = 999},
		 BIT(CLIENT) | BIT(CLIENT_PORT)},
		{"source NAT that keeps the port",
		 {.isn = {1000, 5000}, .client = 0xcb007101},
		 BIT(CLIENT)},
		{"a load balancer",
		 {.isn = {1000, 5000},
		  .server = 0x0a090909,
		  .server_port = 8080},
		 BIT(SERVER)},
		{"a SYN proxy", {.isn = {1000, 99}}, BIT(ISN_SERVER)},
		{"randomised ISNs",
		 {.isn = {12, 99}},
		 BIT(ISN_CLIENT) | BIT(ISN_SERVER)},
		{"shifted timestamps",
		 {.isn = {1000, 5000}, .ts = {50, 70}},
		 BIT(TIMESTAMP)},
		{"rewritten IP IDs",
		 {.isn = {1000, 5000}, .ip_id = 300},
		 BIT(IP_ID)},
		{"other payload",
		 {.isn = {1000, 5000}, .content = 1},
		 BIT(PAYLOAD) | BIT(DATA_CLIENT) | BIT(DATA_SERVER) |
			 BIT(DATA_SERVER2) | BIT(HEAD_CLIENT) |
			 BIT(HEAD_SERVER)},
		{"payload cut by the snap length",
		 {.isn = {1000, 5000}, .snaplen = 60},
		 BIT(HEAD_CLIENT) | BIT(HEAD_SERVER)},
	};
	struct feature due = feature_of(CONNECTION, &plain);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct feature f = feature_of(CONNECTION, &cases[i].view);

		if (difference(&due, &f) != cases[i].changed)
			fail_msg("%s: %#x instead of %#x", cases[i].words,
				 difference(&due, &f), cases[i].changed);
	}
}

/* What happens to packets on the way does not change what a flow is. */
static void keys_survive_the_way(void **state)
{
	static const struct {
		const char *words, *script;
		uint32_t changed;
	} cases[] = {
		{"data retransmitted",
		 SYNS "0.029 > P. 1+100 ack 1 ts 107 900 id 90\n" REST,
		 BIT(TS_PATTERN)},
		{"data between two directions in another order",
		 SYNS "0.020 > . 1 ack 1 ts 105 900 id 12\n"
		      "0.030 > P. 1+100 ack 1 ts 107 900 id 13\n"
		      "0.060 > . 101 ack 801 ts 130 931 id 14\n"
		      "0.061 < P. 1+500 ack 101 ts 930 107 id 22\n"
		      "0.062 < P. 501+300 ack 101 ts 931 107 id 23\n"
		      "0.070 > F. 101 ack 801 ts 140 931 id 15\n"
		      "0.080 < F. 801 ack 102 ts 950 140 id 24\n"
		      "0.090 > . 102 ack 802 ts 150 950 id 16\n",
		 0},
		{"a wrong ACK number",
		 SYNS "0.020 > . 1 ack 123456 ts 105 900 id 12\n"
		      "0.030 > P. 1+100 ack 99 ts 107 900 id 13\n"
		      "0.040 < P. 1+500 ack 101 ts 930 107 id 22\n"
		      "0.050 < P. 501+300 ack 101 ts 931 107 id 23\n"
		      "0.060 > . 101 ack 7 ts 130 931 id 14\n"
		      "0.070 > F. 101 ack 801 ts 140 931 id 15\n"
		      "0.080 < F. 801 ack 102 ts 950 140 id 24\n"
		      "0.090 > . 102 ack 802 ts 150 950 id 16\n",
		 0},
	};
	struct feature due = feature_of(CONNECTION, &plain);

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct feature f = feature_of(cases[i].script, &plain);

		if (difference(&due, &f) != cases[i].changed)
			fail_msg("%s: %#x instead of %#x", cases[i].words,
				 difference(&due, &f), cases[i].changed);
	}
}

/* Other borders: single segments differ, heads and shape do not. */
static void heads_survive_resegmentation(void **state)
{
	static const char merged[] =
		SYNS "0.020 > . 1 ack 1 ts 105 900 id 12\n"
		     "0.030 > P. 1+100 ack 1 ts 107 900 id 13\n"
		     "0.040 < P. 1+800 ack 101 ts 930 107 id 22\n"
		     "0.070 > F. 101 ack 801 ts 140 931 id 15\n"
		     "0.080 < F. 801 ack 102 ts 950 140 id 24\n";
	struct feature due = feature_of(CONNECTION, &plain);
	struct feature f = feature_of(merged, &plain);

	(void)state;
	assert_int_equal(difference(&due, &f) &
				 (BIT(HEAD_CLIENT) | BIT(HEAD_SERVER) |
				  BIT(DATA_CLIENT) | BIT(SHAPE)),
			 0);
	assert_int_not_equal(difference(&due, &f) & BIT(PAYLOAD), 0);
}

/* Clocks are fitted to SYNs of which there is one copy only. */
static void repeated_syns_are_no_clock_samples(void **state)
{
	struct feature f =
		feature_of("0.0 > S 0\n1.0 > S 0\n1.1 < S. 0 ack 1\n", &plain);

	(void)state;
	assert_true(f.syn_ns == 0);
	assert_true(f.syn_ack_ns == SCRIPT_EPOCH_NS + 1100 * MS);
}

static void what_is_missing_is_zero(void **state)
{
	struct feature f = feature_of("0.03 > P. 1+100 ack 1\n", &plain);
	const uint32_t zero = BIT(ISN_CLIENT) | BIT(ISN_SERVER) |
			      BIT(TIMESTAMP) | BIT(TS_PATTERN) | BIT(SHAPE) |
			      BIT(IP_ID) | BIT(OPTIONS) | BIT(DATA_SERVER);

	(void)state;
	for (int k = 0; k < FEATURE_COUNT; k++)
		if (zero >> k & 1)
			assert_int_equal(f.keys[k], 0);
	assert_int_not_equal(f.keys[FEATURE_DATA_CLIENT], 0);
	/* An ISN of 0 is an ISN. */
	f = feature_of(CONNECTION, &(struct view){0});
	assert_int_not_equal(f.keys[FEATURE_ISN_CLIENT], 0);
}

static void names_are_stable(void **state)
{
	(void)state;
	for (enum feature_kind k = 0; k < FEATURE_COUNT; k++)
		assert_non_null(feature_name(k));
	assert_string_equal(feature_name(FEATURE_PAYLOAD), "payload");
	assert_string_equal(feature_name(FEATURE_OPTIONS), "options");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(everything_is_shown),
		cmocka_unit_test(keys_change_with_what_is_rewritten),
		cmocka_unit_test(keys_survive_the_way),
		cmocka_unit_test(heads_survive_resegmentation),
		cmocka_unit_test(repeated_syns_are_no_clock_samples),
		cmocka_unit_test(what_is_missing_is_zero),
		cmocka_unit_test(names_are_stable),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
