/* SPDX-License-Identifier: MIT
 *
 * How far a cause may be claimed (FINDINGS B.3). One wrong number that a
 * hypothesis foretells may be chance; that chance hits k times, with numbers
 * that have nothing to do with each other, is as rare as all hits together.
 */
#ifndef NW_SUPPORT_H
#define NW_SUPPORT_H

#include "hypothesis.h"

/* Limits of the chance that all tests of all numbers give such a hit. */
#define CHANCE_CONFIRMED  1e-6
#define CHANCE_LIKELY     1e-3
#define CHANCE_COMPATIBLE 5e-2

enum nw_claim support_claim(double chance);

/* Numbers that hit one hypothesis, each of them with a chance that is likely
 * at least; sorted by support_sort(). */
struct support {
	struct supporters {
		VEC(uint32_t) numbers, differences;
		double chance; /* the largest one */
		uint64_t distinct;
	} by[HYPOTHESIS_COUNT];
};

/* Adds a number that hit. Those less than likely are left out. false: no
 * memory. */
bool support_add(struct support *support, enum hypothesis hypothesis,
		 double chance, uint32_t number, uint32_t difference);
void support_sort(struct support *support);
void support_fini(struct support *support);

/* How many numbers support the hypothesis independently: those that differ in
 * value and in how far they are off. The same error made twice is one. */
uint64_t support_count(const struct support *support,
		       enum hypothesis hypothesis);

/* Chance of a hit of that chance, together with all the others. */
double support_chance(const struct support *support, enum hypothesis hypothesis,
		      double chance);

/* Makes the claims of causes as strong as all the numbers together. */
void support_strengthen(const struct support *support, struct arena *arena,
			struct nw_cause *causes, uint32_t count);

#endif
