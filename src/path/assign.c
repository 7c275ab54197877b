/* SPDX-License-Identifier: MIT
 *
 * Shortest augmenting paths with potentials (Jonker and Volgenant 1987): row
 * after row is added, and the cheapest way to make room for it is found by
 * Dijkstra's method over the columns. Rows and columns count from 1 inside,
 * column 0 is where a new row starts.
 */
#include "assign.h"

#include <math.h>
#include <stdlib.h>

struct solver {
	const double *weights;
	int n;
	double *row_potential, *column_potential, *least;
	int *row_of, *way;
	bool *used;
};

static double cost(const struct solver *s, int row, int column)
{
	double weight = s->weights[(row - 1) * s->n + column - 1];

	return weight > 0 ? -weight : 0;
}

/* One step: takes the column into the tree and returns the nearest other. */
static int grow_tree(struct solver *s, int column)
{
	int row = s->row_of[column], nearest = 0;
	double delta = INFINITY;

	s->used[column] = true;
	for (int j = 1; j <= s->n; j++) {
		double reduced;

		if (s->used[j])
			continue;
		reduced = cost(s, row, j) - s->row_potential[row] -
			  s->column_potential[j];
		if (reduced < s->least[j]) {
			s->least[j] = reduced;
			s->way[j] = column;
		}
		if (s->least[j] < delta) {
			delta = s->least[j];
			nearest = j;
		}
	}
	for (int j = 0; j <= s->n; j++) {
		if (s->used[j]) {
			s->row_potential[s->row_of[j]] += delta;
			s->column_potential[j] -= delta;
		} else {
			s->least[j] -= delta;
		}
	}
	return nearest;
}

static void add_row(struct solver *s, int row)
{
	int column = 0;

	s->row_of[0] = row;
	for (int j = 0; j <= s->n; j++) {
		s->least[j] = INFINITY;
		s->used[j] = false;
	}
	do {
		column = grow_tree(s, column);
	} while (s->row_of[column] != 0);
	while (column != 0) {
		int before = s->way[column];

		s->row_of[column] = s->row_of[before];
		column = before;
	}
}

double assign(const double *weights, int n, int *column)
{
	size_t size = (size_t)n + 1;
	double *numbers = calloc(size * 3, sizeof(*numbers));
	int *indexes = calloc(size * 2, sizeof(*indexes));
	bool *used = calloc(size, sizeof(*used));
	double sum = -1;

	if (numbers != NULL && indexes != NULL && used != NULL) {
		struct solver s = {weights,
				   n,
				   numbers,
				   numbers + size,
				   numbers + 2 * size,
				   indexes,
				   indexes + size,
				   used};

		for (int row = 1; row <= n; row++)
			add_row(&s, row);
		sum = 0;
		for (int j = 1; j <= n; j++) {
			double weight = weights[(s.row_of[j] - 1) * n + j - 1];

			column[s.row_of[j] - 1] = weight > 0 ? j - 1 : -1;
			sum += weight > 0 ? weight : 0;
		}
	}
	free(numbers);
	free(indexes);
	free(used);
	return sum;
}
