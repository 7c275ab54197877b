/* SPDX-License-Identifier: MIT */
#include "assign.h"

#include <math.h>
#include <stdlib.h>

#include "packets.h"

#define MOST 6

/* The greatest sum by trying everything. */
static double brute_force(const double *weights, int n, int row, unsigned used)
{
	double best;

	if (row == n)
		return 0;
	best = brute_force(weights, n, row + 1, used); /* alone */
	for (int j = 0; j < n; j++) {
		double weight = weights[row * n + j], sum;

		if ((used >> j & 1) != 0 || weight <= 0)
			continue;
		sum = weight + brute_force(weights, n, row + 1, used | 1u << j);
		if (sum > best)
			best = sum;
	}
	return best;
}

static void assert_solved(const double *weights, int n, double due)
{
	int column[ASSIGN_MAX];
	double sum = assign(weights, n, column), chosen = 0;
	bool used[ASSIGN_MAX] = {false};

	for (int row = 0; row < n; row++) {
		int j = column[row];

		assert_in_range(j + 1, 0, n);
		if (j < 0)
			continue;
		assert_false(used[j]);
		used[j] = true;
		assert_true(weights[row * n + j] > 0);
		chosen += weights[row * n + j];
	}
	assert_true(fabs(sum - due) < 1e-9);
	assert_true(fabs(chosen - due) < 1e-9);
}

/* Whole numbers make ties, negative ones and zeros holes. */
static void as_good_as_trying_everything(void **state)
{
	(void)state;
	srand(1);
	for (int round = 0; round < 3000; round++) {
		double weights[MOST * MOST];
		int n = rand() % (MOST + 1);

		for (int i = 0; i < n * n; i++) {
			weights[i] = rand() % 30 - 10;
			if (round % 2)
				weights[i] += rand() / (double)RAND_MAX;
		}
		assert_solved(weights, n, brute_force(weights, n, 0, 0));
	}
}

/* The best pair of one row is given up for a better whole. */
static void greed_is_not_enough(void **state)
{
	static const double weights[] = {
		10, 9, 0, /**/
		9,  1, 0, /**/
		0,  0, -5,
	};
	int column[3];

	(void)state;
	assert_true(fabs(assign(weights, 3, column) - 18) < 1e-9);
	assert_int_equal(column[0], 1);
	assert_int_equal(column[1], 0);
	assert_int_equal(column[2], -1);
}

/* As large as knots may be: the diagonal is worth more than all else. */
static void largest_size(void **state)
{
	static double weights[ASSIGN_MAX * ASSIGN_MAX];

	(void)state;
	for (int i = 0; i < ASSIGN_MAX; i++)
		for (int j = 0; j < ASSIGN_MAX; j++)
			weights[i * ASSIGN_MAX + j] =
				i == (j + 7) % ASSIGN_MAX ? 20 : (i * j) % 19;
	assert_solved(weights, ASSIGN_MAX, 20.0 * ASSIGN_MAX);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(as_good_as_trying_everything),
		cmocka_unit_test(greed_is_not_enough),
		cmocka_unit_test(largest_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
