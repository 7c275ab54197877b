/* SPDX-License-Identifier: MIT
 *
 * Features that depend on each other form a group of which the best counts:
 * payload (whole, single segments, stream heads), timestamps (value or
 * pattern), client (endpoint or port alone). Disagreement counts against a
 * pair only as far as the hop is known to leave the feature alone.
 */
#include "score.h"

#include <math.h>
#include <string.h>

#define THINK_TOLERANCE_NS INT64_C(2000000)
#define WORST_BITS         (-14.0)

static const double initial_keep[FEATURE_COUNT] = {
	[FEATURE_PAYLOAD] = 0.9,      [FEATURE_ISN_CLIENT] = 0.85,
	[FEATURE_ISN_SERVER] = 0.85,  [FEATURE_CLIENT] = 0.5,
	[FEATURE_TIMESTAMP] = 0.9,    [FEATURE_TS_PATTERN] = 0.7,
	[FEATURE_DATA_CLIENT] = 0.9,  [FEATURE_DATA_SERVER] = 0.9,
	[FEATURE_DATA_SERVER2] = 0.8, [FEATURE_HEAD_CLIENT] = 0.9,
	[FEATURE_HEAD_SERVER] = 0.9,  [FEATURE_SHAPE] = 0.8,
	[FEATURE_CLIENT_PORT] = 0.5,  [FEATURE_IP_ID] = 0.6,
	[FEATURE_SERVER] = 0.6,       [FEATURE_OPTIONS] = 0.95,
};

/* Bits of a value that is random by design; 0: as rare as counted. Tuples
 * are not random: hosts and NATs use them again, so an endpoint is worth less
 * than its 48 bits; IP IDs are counters. */
static const double nominal_bits[FEATURE_COUNT] = {
	[FEATURE_ISN_CLIENT] = 32,
	[FEATURE_ISN_SERVER] = 32,
	[FEATURE_CLIENT] = 24,
	[FEATURE_TIMESTAMP] = 32,
};

const char *evidence_name(unsigned bit)
{
	if (bit == EVIDENCE_THINK_TIME)
		return "think-time";
	if (bit == EVIDENCE_TIME)
		return "time";
	return feature_name((enum feature_kind)bit);
}

/* Bits that agreement on a value seen once is worth at most. Where values
 * repeat, the field is less random than it should be, and its collision
 * entropy counts instead. */
static void set_entropy(struct scorer *s, enum feature_kind kind)
{
	const struct index *index = &s->indexes[kind];
	double n = (double)(s->behind_count > 1 ? s->behind_count : 2);
	double seen = log2(n) + 6;
	double h = nominal_bits[kind] > 0 ? nominal_bits[kind] : seen;

	if (nominal_bits[kind] > 0 && index->pairs > 0) {
		double m = (double)index->present;
		double collision = log2(m * (m - 1) / (double)index->pairs);

		h = fmin(h, fmax(collision, seen));
	}
	s->entropy[kind] = h;
}

static bool add_index(struct scorer *s, enum feature_kind kind)
{
	if (!index_init(&s->indexes[kind], s->behind, s->behind_count, kind))
		return false;
	set_entropy(s, kind);
	return true;
}

static int compare_ns(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

bool scorer_init(struct scorer *s)
{
	memcpy(s->keep, initial_keep, sizeof(s->keep));
	/* 9 of 10 flows have a counterpart, until counted. */
	s->break_even = log2((double)s->behind_count + 1) - log2(9);
	for (enum feature_kind k = 0; k < FEATURE_STRONG; k++)
		if (!add_index(s, k))
			return false;
	return add_index(s, FEATURE_SERVER) && add_index(s, FEATURE_OPTIONS);
}

bool scorer_widen(struct scorer *s)
{
	for (enum feature_kind k = FEATURE_STRONG; k < FEATURE_INDEXED; k++)
		if (!add_index(s, k))
			return false;
	s->think = malloc((s->behind_count + 1u) * sizeof(*s->think));
	s->start = malloc((s->behind_count + 1u) * sizeof(*s->start));
	if (s->think == NULL || s->start == NULL)
		return false;
	for (uint32_t i = 0; i < s->behind_count; i++) {
		s->start[i] = s->behind[i].first_ns;
		if (s->behind[i].think_ns > 0)
			s->think[s->think_count++] = s->behind[i].think_ns;
	}
	qsort(s->start, s->behind_count, sizeof(*s->start), compare_ns);
	qsort(s->think, s->think_count, sizeof(*s->think), compare_ns);
	return true;
}

void scorer_fini(struct scorer *s)
{
	for (enum feature_kind k = 0; k < FEATURE_COUNT; k++)
		index_fini(&s->indexes[k]);
	free(s->think);
	free(s->start);
	*s = (struct scorer){0};
}

void scorer_set_clock(struct scorer *s, const struct clock *clock)
{
	s->clock = *clock;
	s->time_window_ns =
		clock->uncertainty_ns + clock->spread_ns * 2 + 200000;
}

void habits_note(struct habits *habits, const struct feature *a,
		 const struct feature *b)
{
	for (enum feature_kind k = 0; k < FEATURE_COUNT; k++) {
		if (a->keys[k] == 0 || b->keys[k] == 0)
			continue;
		if (a->keys[k] == b->keys[k])
			habits->same[k]++;
		else
			habits->other[k]++;
	}
}

void scorer_learn(struct scorer *s, const struct habits *habits)
{
	/* The initial value weighs as much as two observations. */
	for (enum feature_kind k = 0; k < FEATURE_COUNT; k++)
		s->keep[k] = (habits->same[k] + 2 * initial_keep[k]) /
			     (habits->same[k] + habits->other[k] + 2.0);
}

static bool agree(const struct feature *a, const struct feature *b,
		  enum feature_kind kind)
{
	return a->keys[kind] != 0 && a->keys[kind] == b->keys[kind];
}

static bool disagree(const struct feature *a, const struct feature *b,
		     enum feature_kind kind)
{
	return a->keys[kind] != 0 && b->keys[kind] != 0 &&
	       a->keys[kind] != b->keys[kind];
}

static double bits_for(const struct scorer *s, enum feature_kind kind,
		       uint32_t key)
{
	const struct index_slot *slot = index_find(&s->indexes[kind], key);
	double p = exp2(-s->entropy[kind]);

	if (slot == NULL)
		return 0; /* not indexed (yet): no evidence */
	if (slot->count > 1)
		p = fmax(p, (slot->count - 1.0) / s->behind_count);
	return fmax(0, log2(s->keep[kind] / p));
}

static double bits_against(const struct scorer *s, enum feature_kind kind)
{
	return fmax(WORST_BITS, log2(1 - s->keep[kind]));
}

/* The best of a group of features that depend on each other. */
static double group_bits(const struct scorer *s, const uint32_t pair[2],
			 const enum feature_kind *kinds, struct score *score)
{
	const struct feature *a = &s->before[pair[0]], *b = &s->behind[pair[1]];
	double best = 0, against = 0;
	bool any = false;

	for (; *kinds != FEATURE_COUNT; kinds++) {
		if (agree(a, b, *kinds)) {
			double bits = bits_for(s, *kinds, a->keys[*kinds]);

			any = true;
			if (bits > 0)
				score->evidence |= 1u << *kinds;
			best = fmax(best, bits);
		} else if (disagree(a, b, *kinds)) {
			against = fmin(against, bits_against(s, *kinds));
		}
	}
	return any ? best : against;
}

static double count_within(const int64_t *sorted, uint32_t count, int64_t low,
			   int64_t high)
{
	uint32_t ends[2];

	for (int k = 0; k < 2; k++) {
		uint32_t from = 0, to = count;
		int64_t limit = k == 0 ? low : high + 1;

		while (from < to) {
			uint32_t mid = from + (to - from) / 2;

			if (sorted[mid] < limit)
				from = mid + 1;
			else
				to = mid;
		}
		ends[k] = from;
	}
	return (double)(ends[1] - ends[0]);
}

/* Bits of two times that are within a window of each other, the window's
 * population being counted with the flow itself left out. */
static double window_bits(double within, double all)
{
	double p = fmax(within - 1, 0.25) / all;

	return fmax(0, log2(0.95 / p));
}

static void add_think_time(const struct scorer *s, const struct feature *a,
			   const struct feature *b, struct score *score)
{
	int64_t off = a->think_ns - b->think_ns;
	double within;

	if (s->think == NULL || a->think_ns <= 0 || b->think_ns <= 0)
		return;
	if (off > THINK_TOLERANCE_NS || off < -THINK_TOLERANCE_NS) {
		score->bits -= 2;
		return;
	}
	within = count_within(s->think, s->think_count,
			      a->think_ns - THINK_TOLERANCE_NS,
			      a->think_ns + THINK_TOLERANCE_NS);
	score->bits += window_bits(within, s->think_count);
	score->evidence |= 1u << EVIDENCE_THINK_TIME;
}

static void add_time(const struct scorer *s, const struct feature *a,
		     const struct feature *b, struct score *score)
{
	int64_t due, off, w = s->time_window_ns;
	double within;

	if (!s->clock.known || s->start == NULL)
		return;
	due = clock_across(&s->clock, a->first_ns);
	off = b->first_ns - due;
	if (off > w || off < -w) {
		/* A flow whose first packets one capture lacks starts late
		 * there, but it never lives outside the other one's time. */
		bool apart =
			b->first_ns > clock_across(&s->clock, a->last_ns) + w ||
			b->last_ns < due - w;

		score->bits -= apart ? 14 : 5;
		return;
	}
	within = count_within(s->start, s->behind_count, due - w, due + w);
	score->bits += window_bits(within, s->behind_count);
	score->evidence |= 1u << EVIDENCE_TIME;
}

/* Payload: the whole, or else what each end sent. Agreement anywhere counts
 * once, by its rarest part; an end whose data differ altogether counts
 * against, whatever the other end sent: greetings and error pages are alike
 * on all connections. */
static void add_payload(const struct scorer *s, const uint32_t pair[2],
			struct score *score)
{
	static const enum feature_kind parts[][4] = {
		{FEATURE_PAYLOAD, FEATURE_COUNT},
		{FEATURE_DATA_CLIENT, FEATURE_HEAD_CLIENT, FEATURE_COUNT},
		{FEATURE_DATA_SERVER, FEATURE_DATA_SERVER2, FEATURE_HEAD_SERVER,
		 FEATURE_COUNT},
	};
	double whole = group_bits(s, pair, parts[0], score);
	double best = fmax(0, whole);

	for (size_t i = 1; i < 3; i++) {
		double bits = group_bits(s, pair, parts[i], score);

		best = fmax(best, bits);
		/* Where the whole agrees, a part that does not is noise. */
		score->bits += whole > 0 ? 0 : fmin(0, bits);
	}
	score->bits += best;
}

struct score score_pair(const struct scorer *s, uint32_t before,
			uint32_t behind)
{
	static const enum feature_kind groups[][8] = {
		{FEATURE_CLIENT, FEATURE_CLIENT_PORT, FEATURE_COUNT},
		{FEATURE_TIMESTAMP, FEATURE_TS_PATTERN, FEATURE_COUNT},
		{FEATURE_SHAPE, FEATURE_COUNT},
		{FEATURE_IP_ID, FEATURE_COUNT},
		{FEATURE_SERVER, FEATURE_COUNT},
		{FEATURE_OPTIONS, FEATURE_COUNT},
	};
	static const enum feature_kind isns[][2] = {
		{FEATURE_ISN_CLIENT, FEATURE_COUNT},
		{FEATURE_ISN_SERVER, FEATURE_COUNT},
	};
	const uint32_t pair[2] = {before, behind};
	struct score score = {0};

	add_payload(s, pair, &score);
	for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		score.bits += group_bits(s, pair, groups[i], &score);
	for (size_t i = 0; i < 2; i++)
		score.isn_bits[i] = group_bits(s, pair, isns[i], &score);
	score.bits += score.isn_bits[0] + score.isn_bits[1];
	add_think_time(s, &s->before[before], &s->behind[behind], &score);
	add_time(s, &s->before[before], &s->behind[behind], &score);
	return score;
}
