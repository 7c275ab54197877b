/* SPDX-License-Identifier: MIT
 *
 * Open addressing, at most half full; flows with the same key are chained in
 * their order.
 */
#include "index.h"

#include "hash.h"

static uint32_t home(const struct index *index, uint32_t key)
{
	return (uint32_t)hash_u64(key, 0x9fb21c651e98df25u) & index->mask;
}

static struct index_slot *probe(const struct index *index, uint32_t key)
{
	uint32_t at = home(index, key);

	while (index->slots[at].key != 0 && index->slots[at].key != key)
		at = (at + 1) & index->mask;
	return &index->slots[at];
}

bool index_init(struct index *index, const struct feature *features,
		uint32_t count, enum feature_kind kind)
{
	uint32_t size = 16;

	while (size < count * UINT64_C(2) && size < (1u << 31))
		size *= 2;
	*index = (struct index){.mask = size - 1};
	index->slots = calloc(size, sizeof(*index->slots));
	index->next = malloc((count + 1u) * sizeof(*index->next));
	if (index->slots == NULL || index->next == NULL) {
		index_fini(index);
		return false;
	}
	for (uint32_t i = count; i-- > 0;) {
		uint32_t key = features[i].keys[kind];
		struct index_slot *slot;

		index->next[i] = FLOW_NONE;
		if (key == 0)
			continue;
		slot = probe(index, key);
		if (slot->key != 0)
			index->next[i] = slot->head;
		slot->key = key;
		slot->head = i;
		slot->count++;
		index->present++;
		index->pairs += 2 * (uint64_t)(slot->count - 1);
	}
	return true;
}

void index_fini(struct index *index)
{
	free(index->slots);
	free(index->next);
	*index = (struct index){0};
}

const struct index_slot *index_find(const struct index *index, uint32_t key)
{
	const struct index_slot *slot;

	if (key == 0 || index->slots == NULL)
		return NULL;
	slot = probe(index, key);
	return slot->key != 0 ? slot : NULL;
}
