/* SPDX-License-Identifier: MIT */
#include "clock.h"

#include <math.h>
#include <stdlib.h>

#include "packets.h"

#define EPOCH_NS (INT64_C(1700000000) * 1000000000)
#define MS_NS    1e6
#define SAMPLES  4000

/* Two clocks and the way between their points. */
struct world {
	double offset_ns, drift; /* at the middle of the capture */
	double delay_ns[2];      /* least delay, by direction */
	double jitter_ns;        /* mean of what comes on top */
	double seconds;
};

static double chance(void)
{
	return ((double)rand() + 0.5) / ((double)RAND_MAX + 1);
}

static size_t observe(const struct world *w, struct clock_sample *samples,
		      size_t count)
{
	for (size_t i = 0; i < count; i++) {
		double at = chance() * w->seconds * 1e9;
		bool from_client = rand() % 2;
		double jitter = -w->jitter_ns * log(chance());
		double delay = w->delay_ns[!from_client] + jitter;
		double theta =
			w->offset_ns + w->drift * (at - w->seconds * 5e8);

		samples[i] = (struct clock_sample){
			EPOCH_NS + (int64_t)at,
			(int64_t)(theta + (from_client ? delay : -delay)),
			from_client};
	}
	return count;
}

/* What the clock behind shows, according to the world. */
static double truth(const struct world *w, int64_t before_ns)
{
	return (double)(before_ns - EPOCH_NS) + w->offset_ns +
	       w->drift * ((double)(before_ns - EPOCH_NS) - w->seconds * 5e8);
}

static struct world random_world(int round)
{
	static const double seconds[] = {1, 60, 600};

	return (struct world){
		.offset_ns = (chance() - 0.5) * 7200e9,
		.drift = seconds[round % 3] > 5 ? (chance() - 0.5) * 160e-6 : 0,
		.delay_ns = {chance() * 5 * MS_NS, chance() * 5 * MS_NS},
		.jitter_ns = chance() * MS_NS,
		.seconds = seconds[round % 3],
	};
}

/* Offset, drift, delays and jitter are random: the true offset is within the
 * bounds at the middle, and near them at both ends. */
static void truth_is_inside_the_bounds(void **state)
{
	static struct clock_sample samples[SAMPLES];

	(void)state;
	srand(7);
	for (int round = 0; round < 120; round++) {
		struct world w = random_world(round);
		size_t count = 40 + (size_t)rand() % 400;
		struct clock clock;
		double off, width;

		clock = clock_fit(samples, observe(&w, samples, count));
		assert_true(clock.known);
		width = (double)clock.uncertainty_ns;
		off = (double)(clock_across(&clock, clock.mid_ns) - EPOCH_NS) -
		      truth(&w, clock.mid_ns);
		/* The hundredth that is skipped may be right, too. */
		if (fabs(off) > width + w.jitter_ns)
			fail_msg("round %d: off by %g, width %g", round, off,
				 width);
		assert_true(width <= (w.delay_ns[0] + w.delay_ns[1]) / 2 +
					     3 * w.jitter_ns);
		if (w.seconds > 100)
			assert_true(fabs(clock.drift - w.drift) < 20e-6);
	}
}

/* SYN and SYN/ACK of that many connections. */
static size_t observe_handshakes(const struct world *w,
				 struct clock_sample *samples, size_t count)
{
	for (size_t i = 0; i < count; i++) {
		double at = chance() * w->seconds * 1e9;

		for (int k = 0; k < 2; k++, at += 40e6) {
			double jitter = -w->jitter_ns * log(chance());
			double delay = w->delay_ns[k] + jitter;
			double theta = w->offset_ns +
				       w->drift * (at - w->seconds * 5e8);

			samples[2 * i + (size_t)k] = (struct clock_sample){
				EPOCH_NS + (int64_t)at,
				(int64_t)(theta + (k == 0 ? delay : -delay)),
				k == 0};
		}
	}
	return 2 * count;
}

/* Up to twenty handshakes within half a minute, and packets up to a minute
 * after: there clock_error is not exceeded by more than the jitter. */
static void error_grows_beyond_the_samples(void **state)
{
	static struct clock_sample samples[40];

	(void)state;
	srand(11);
	for (int round = 0; round < 4000; round++) {
		struct world w = random_world(round);
		size_t pairs = 1 + (size_t)rand() % 20;
		struct clock clock;

		w.drift = (chance() - 0.5) * 400e-6;
		w.seconds = chance() * 30;
		clock = clock_fit(samples,
				  observe_handshakes(&w, samples, pairs));
		for (double late = 0; late <= 60e9; late += 10e9) {
			int64_t at =
				EPOCH_NS + (int64_t)(w.seconds * 1e9 + late);
			double off =
				(double)(clock_across(&clock, at) - EPOCH_NS) -
				truth(&w, at);

			if (fabs(off) >
			    (double)clock_error(&clock, at) + 4 * w.jitter_ns)
				fail_msg("round %d, %zu pairs in %g s, %g s "
					 "on: off by %g, said %lld",
					 round, pairs, w.seconds, late / 1e9,
					 off,
					 (long long)clock_error(&clock, at));
		}
	}
}

/* Without jitter and with equal delays the offset is exact. */
static void offset_is_the_middle(void **state)
{
	static const double offsets[] = {0, 37e9, -3600e9, 250};
	struct clock_sample samples[30];

	(void)state;
	for (size_t i = 0; i < COUNT(offsets); i++) {
		const struct world w = {.offset_ns = offsets[i],
					.delay_ns = {2 * MS_NS, 2 * MS_NS},
					.seconds = 1};
		struct clock clock =
			clock_fit(samples, observe(&w, samples, 30));

		assert_true(llabs(clock.offset_ns - (int64_t)offsets[i]) < 3);
		assert_true(llabs(clock.uncertainty_ns - 2000000) < 3);
		assert_true(clock.drift == 0);
	}
}

static void drift_is_found(void **state)
{
	static const double drifts[] = {80e-6, -80e-6, 400e-6, 0.1e-6};
	static struct clock_sample samples[SAMPLES];

	(void)state;
	for (size_t i = 0; i < COUNT(drifts); i++) {
		const struct world w = {.offset_ns = 5e9,
					.drift = drifts[i],
					.delay_ns = {0.3 * MS_NS, 0.2 * MS_NS},
					.jitter_ns = 0.1 * MS_NS,
					.seconds = 600};
		struct clock clock =
			clock_fit(samples, observe(&w, samples, SAMPLES));

		assert_true(fabs(clock.drift - drifts[i]) < 1e-6);
	}
}

/* One direction alone bounds the offset on one side: it is the bound. */
static void one_direction_only(void **state)
{
	struct clock_sample samples[] = {
		{1000, 70, true}, {2000, 50, true}, {3000, 90, true}};
	struct clock clock = clock_fit(samples, 3);

	(void)state;
	assert_true(clock.known);
	assert_int_equal(clock.offset_ns, 50);
	for (size_t i = 0; i < COUNT(samples); i++)
		samples[i].from_client = false;
	clock = clock_fit(samples, 3);
	assert_int_equal(clock.offset_ns, 90);
}

/* One mistaken pair in two hundred does not move the bounds. */
static void an_outlier_is_skipped(void **state)
{
	const struct world w = {.offset_ns = 1e9,
				.delay_ns = {MS_NS, MS_NS},
				.jitter_ns = 0.1 * MS_NS,
				.seconds = 1};
	struct clock_sample samples[400];
	struct clock clock;

	(void)state;
	srand(3);
	observe(&w, samples, 400);
	samples[17].diff_ns -= INT64_C(40) * 1000000000;
	samples[18].diff_ns += INT64_C(40) * 1000000000;
	clock = clock_fit(samples, 400);
	assert_true(fabs((double)clock.offset_ns - w.offset_ns) < 0.2 * MS_NS);
}

static void samples_in_any_order_and_number(void **state)
{
	static struct clock_sample samples[30000];
	const struct world w = {
		.offset_ns = -2e9, .delay_ns = {MS_NS, MS_NS}, .seconds = 50};
	struct clock clock = clock_fit(NULL, 0);

	(void)state;
	assert_false(clock.known);
	clock = clock_fit(samples, observe(&w, samples, 30000));
	assert_true(llabs(clock.offset_ns + 2000000000) < 1000);
	clock = clock_fit(samples, observe(&w, samples, 1));
	assert_true(clock.known);
	assert_int_equal(clock.uncertainty_ns, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(truth_is_inside_the_bounds),
		cmocka_unit_test(error_grows_beyond_the_samples),
		cmocka_unit_test(offset_is_the_middle),
		cmocka_unit_test(drift_is_found),
		cmocka_unit_test(one_direction_only),
		cmocka_unit_test(an_outlier_is_skipped),
		cmocka_unit_test(samples_in_any_order_and_number),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
