/* SPDX-License-Identifier: MIT
 *
 * Assignment: the pairing of two sets with the greatest sum of weights, where
 * leaving an item alone costs nothing (Hungarian method, O(n^3)).
 */
#ifndef NW_ASSIGN_H
#define NW_ASSIGN_H

#include <stdbool.h>
#include <stdint.h>

/* Items that may be put into one assignment. */
#define ASSIGN_MAX 200

/* `weights` is n x n, row by row; pairs of weight <= 0 are never chosen.
 * Fills column[row] (-1: alone) and returns the sum, or -1 without memory. */
double assign(const double *weights, int n, int *column);

#endif
