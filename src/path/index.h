/* SPDX-License-Identifier: MIT
 *
 * From a feature's key to the flows that show it: a flat multimap over one
 * key of an array of features. It answers two questions: which flows, and how
 * many - the second is the rarity that evidence is weighed by.
 */
#ifndef NW_INDEX_H
#define NW_INDEX_H

#include "feature.h"

struct index_slot {
	uint32_t key; /* 0: free */
	uint32_t head;
	uint32_t count;
};

struct index {
	struct index_slot *slots;
	uint32_t *next; /* per flow: the next one with the same key */
	uint32_t mask;
	uint32_t present; /* flows that show the feature */
	uint64_t pairs;   /* ordered pairs of flows with the same key */
};

bool index_init(struct index *index, const struct feature *features,
		uint32_t count, enum feature_kind kind);
void index_fini(struct index *index);

/* The slot of that key, or NULL. */
const struct index_slot *index_find(const struct index *index, uint32_t key);

#endif
