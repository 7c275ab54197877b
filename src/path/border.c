/* SPDX-License-Identifier: MIT
 *
 * Data whose borders moved (TSO, GRO, resegmentation): what is left behind is
 * paired with the segment that carried its last byte.
 */
#include "aligner.h"

#include "bisect.h"

static int compare_by_seq(const void *a, const void *b, void *context)
{
	const struct trace_item *items = context;
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;

	if (items[x].seq != items[y].seq)
		return items[x].seq > items[y].seq ? 1 : -1;
	return (x > y) - (x < y);
}

static bool is_data(const struct trace_item *item, enum direction d)
{
	return item->record.direction == d && item->has_seq &&
	       item->record.segment.len > 0;
}

/* Data segments of a side in stream order, paired or not; NULL: no memory. */
static uint32_t *data_by_seq(const struct trace *trace, enum direction d,
			     uint32_t *count)
{
	uint32_t *data = malloc((trace->items.count + 1) * sizeof(*data));

	for (uint32_t i = 0; data != NULL && i < trace->items.count; i++)
		if (is_data(&trace->items.items[i], d))
			data[(*count)++] = i;
	if (data != NULL && *count > 0)
		qsort_r(data, *count, sizeof(*data), compare_by_seq,
			trace->items.items);
	return data;
}

/* Finds a segment that ends where this one does (a merge's last member) or
 * covers its end (a split's whole). */
static uint32_t find_cover(const struct trace *trace, const uint32_t *data,
			   uint32_t count, int64_t end)
{
	size_t low = bisect(i, count, trace->items.items[data[i]].seq < end);

	while (low-- > 0) {
		const struct trace_item *item = &trace->items.items[data[low]];

		if (trace_end(item) >= end)
			return data[low];
		if (item->seq + (1 << 17) < end)
			break;
	}
	return NO_MATE;
}

static void pair_cover(struct aligner *al, const uint32_t *data, uint32_t count,
		       uint32_t out)
{
	const struct trace_item *item = &al->out->items.items[out];
	uint32_t in;

	if (!is_data(item, al->d))
		return;
	in = find_cover(al->in, data, count,
			item->seq + item->record.segment.len);
	if (in == NO_MATE)
		return;
	al->alignment->mates[al->d][out] = in;
	al->alignment->how[al->d][out] = PAIR_RESEGMENTED;
	if (al->alignment->taken[al->d][in] == NO_MATE)
		al->alignment->taken[al->d][in] = out;
}

bool aligner_pair_resegmented(struct aligner *al)
{
	const uint32_t *mates = al->alignment->mates[al->d];
	const uint32_t all = (uint32_t)al->out->items.count;
	uint32_t i = aligner_next_free(al->out, 0, al->d, mates), count = 0;
	uint32_t *data;

	if (i >= all)
		return true;
	data = data_by_seq(al->in, al->d, &count);
	for (; data != NULL && i < all;
	     i = aligner_next_free(al->out, i + 1, al->d, mates))
		pair_cover(al, data, count, i);
	free(data);
	return data != NULL;
}
