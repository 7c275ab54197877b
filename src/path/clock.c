/* SPDX-License-Identifier: MIT
 *
 * For a given drift the tightest upper bound is the least of the samples from
 * the client and the tightest lower bound the greatest of those from the
 * server. The width between them is concave in the drift, so a ternary search
 * finds the drift with most room. A few samples on each side may be wrong (a
 * lost copy, a mistaken pair): the bounds skip the outermost hundredth.
 */
#include "clock.h"

#include <math.h>
#include <stdlib.h>

#define MAX_DRIFT  500e-6
#define STEPS      40
#define DRIFT_SPAN (INT64_C(5) * 1000000000) /* shorter: drift is noise */
#define MAX_USED   8192
#define LEAST_SIDE 3 /* samples of each direction that show a drift */

struct fit {
	const struct clock_sample *samples;
	size_t count, from_client;
	int64_t mid_ns, base_ns; /* large common parts taken out */
	double *scratch;
};

static int compare_double(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Bound of one direction under a drift, robust against few outliers. */
static double bound(const struct fit *fit, double drift, bool from_client)
{
	size_t n = 0, skip;

	for (size_t i = 0; i < fit->count; i++) {
		const struct clock_sample *s = &fit->samples[i];
		double u = (double)(s->before_ns - fit->mid_ns);

		if (s->from_client == from_client)
			fit->scratch[n++] =
				(double)(s->diff_ns - fit->base_ns) - drift * u;
	}
	qsort(fit->scratch, n, sizeof(*fit->scratch), compare_double);
	skip = n / 100;
	return from_client ? fit->scratch[skip] : fit->scratch[n - 1 - skip];
}

static double width(const struct fit *fit, double drift)
{
	return bound(fit, drift, true) - bound(fit, drift, false);
}

static double best_drift(const struct fit *fit)
{
	double low = -MAX_DRIFT, high = MAX_DRIFT;

	for (int i = 0; i < STEPS; i++) {
		double a = low + (high - low) / 3, b = high - (high - low) / 3;

		if (width(fit, a) < width(fit, b))
			low = a;
		else
			high = b;
	}
	return (low + high) / 2;
}

static double sorted_at(const struct fit *fit, size_t index)
{
	qsort(fit->scratch, fit->count, sizeof(*fit->scratch), compare_double);
	return fit->scratch[index];
}

/* How long packets take by this clock, and how much that varies. */
static void set_spread(const struct fit *fit, struct clock *clock)
{
	for (size_t i = 0; i < fit->count; i++) {
		const struct clock_sample *s = &fit->samples[i];
		double off = (double)(s->before_ns + s->diff_ns -
				      clock_across(clock, s->before_ns));

		fit->scratch[i] = s->from_client ? off : -off;
	}
	clock->transit_ns = (int64_t)sorted_at(fit, fit->count / 2);
	for (size_t i = 0; i < fit->count; i++)
		fit->scratch[i] =
			fabs(fit->scratch[i] - (double)clock->transit_ns);
	clock->jitter_ns = (int64_t)sorted_at(fit, fit->count / 2);
	clock->spread_ns =
		llabs(clock->transit_ns) +
		(int64_t)fit->scratch[fit->count - 1 - fit->count / 50];
}

static int compare_sample(const void *a, const void *b)
{
	const struct clock_sample *x = a, *y = b;

	return (x->before_ns > y->before_ns) - (x->before_ns < y->before_ns);
}

/* Keeps every n-th sample: the fit needs hundreds, not millions. */
static size_t thin(struct clock_sample *samples, size_t count)
{
	size_t step = count / MAX_USED + 1, kept = 0;

	for (size_t i = 0; i < count; i += step)
		samples[kept++] = samples[i];
	return kept;
}

/* With samples enough over a time long enough the drift is found, and known as
 * well as the bounds are narrow for their length. */
static void set_drift(const struct fit *fit, struct clock *clock)
{
	const size_t from_server = fit->count - fit->from_client;
	int64_t first = fit->samples[0].before_ns;
	int64_t last = fit->samples[fit->count - 1].before_ns;

	clock->from_ns = clock->to_ns = fit->mid_ns;
	clock->drift_error = MAX_DRIFT;
	if (last - first <= DRIFT_SPAN || fit->from_client < LEAST_SIDE ||
	    from_server < LEAST_SIDE)
		return;
	clock->drift = best_drift(fit);
	clock->drift_error =
		fabs(width(fit, clock->drift)) / (double)(last - first);
	clock->from_ns = first;
	clock->to_ns = last;
}

static struct clock settle(const struct fit *fit)
{
	struct clock clock = {.mid_ns = fit->mid_ns};
	double high, low;

	set_drift(fit, &clock);
	if (fit->from_client == 0 || fit->from_client == fit->count) {
		/* One direction only: bounded on one side. */
		bool from_client = fit->from_client > 0;

		high = low = bound(fit, 0, from_client);
	} else {
		high = bound(fit, clock.drift, true);
		low = bound(fit, clock.drift, false);
	}
	clock.known = true;
	clock.offset_ns = fit->base_ns + (int64_t)((high + low) / 2);
	clock.uncertainty_ns =
		(int64_t)((high > low ? high - low : low - high) / 2);
	set_spread(fit, &clock);
	return clock;
}

struct clock clock_fit(struct clock_sample *samples, size_t count)
{
	struct clock clock = {0};
	struct fit fit = {.samples = samples};

	if (count == 0)
		return clock;
	qsort(samples, count, sizeof(*samples), compare_sample);
	fit.count = thin(samples, count);
	fit.scratch = malloc(fit.count * sizeof(*fit.scratch));
	if (fit.scratch == NULL)
		return clock;
	fit.base_ns = samples[0].diff_ns;
	fit.mid_ns =
		samples[0].before_ns +
		(samples[fit.count - 1].before_ns - samples[0].before_ns) / 2;
	for (size_t i = 0; i < fit.count; i++)
		fit.from_client += samples[i].from_client;
	clock = settle(&fit);
	free(fit.scratch);
	return clock;
}
