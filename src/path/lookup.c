/* SPDX-License-Identifier: MIT
 *
 * Sorted arrays, searched by halving.
 */
#include "lookup.h"

#include "bisect.h"

#include "hash.h"

static int compare_i64(const void *a, const void *b)
{
	int64_t x = *(const int64_t *)a, y = *(const int64_t *)b;

	return (x > y) - (x < y);
}

static int compare_u64(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return (x > y) - (x < y);
}

static int compare_long(const void *a, const void *b)
{
	return compare_i64(&((const struct long_segment *)a)->begin,
			   &((const struct long_segment *)b)->begin);
}

/* Sorts a vec of numbers, if there is anything to sort. */
#define sort_vec(v, compare)                                                   \
	do {                                                                   \
		if ((v)->count > 0)                                            \
			qsort((v)->items, (v)->count, sizeof((v)->items[0]),   \
			      (compare));                                      \
	} while (0)

void lookups_reset(struct lookups *l, const struct hop *hop)
{
	l->hop = hop;
	l->failed = false;
	for (int d = 0; d < 2; d++)
		l->streams[d].built = false;
}

void lookups_fini(struct lookups *l)
{
	for (int d = 0; d < 2; d++) {
		struct lookup *s = &l->streams[d];

		vec_fini(&s->begins);
		vec_fini(&s->borders);
		vec_fini(&s->longs);
		vec_fini(&s->contents[0]);
		vec_fini(&s->contents[1]);
		vec_fini(&s->blocks);
		vec_fini(&s->ends);
	}
}

static uint64_t content_of(const struct segment *s)
{
	return (uint64_t)s->len << 17 | (s->has_sum ? s->sum : 0x10000u);
}

/* Blocks in canonical space: a translation that is faithful keeps them. */
static uint64_t blocks_of(const struct trace *trace,
			  const struct trace_item *item)
{
	enum direction peer = opposite(item->record.direction);
	uint32_t isn = trace->bases[item->member].isn[peer].n;
	uint64_t hash = item->record.segment.sack_count;

	for (uint32_t i = 0; i < item->record.segment.sack_count; i++) {
		const struct sack_block *b = &item->record.sack[i];

		hash = hash_u64(hash ^ (b->left.n - isn),
				(uint64_t)(b->right.n - isn));
	}
	return hash;
}

static bool add_borders(struct lookup *s, const struct trace_item *item)
{
	int64_t *place;
	struct long_segment *segment;

	if (!item->has_seq || (item->record.segment.flags & TCP_RST) != 0)
		return true;
	place = vec_push(&s->begins);
	if (place == NULL)
		return false;
	*place = item->seq;
	place = vec_push(&s->borders);
	if (place == NULL)
		return false;
	*place = trace_end(item);
	if (item->record.segment.len <= LARGEST_MSS)
		return true;
	segment = vec_push(&s->longs);
	if (segment == NULL)
		return false;
	*segment = (struct long_segment){item->seq, trace_end(item)};
	return true;
}

static bool add_item(struct lookup *s, const struct trace *trace,
		     const struct trace_item *item, int side)
{
	uint64_t *place;

	if (!add_borders(s, item))
		return false;
	if (item->record.segment.len > 0) {
		place = vec_push(&s->contents[side]);
		if (place == NULL)
			return false;
		*place = content_of(&item->record.segment);
	}
	if (side == 0 && item->record.segment.sack_count > 0) {
		place = vec_push(&s->blocks);
		if (place == NULL)
			return false;
		*place = blocks_of(trace, item);
	}
	return true;
}

/* The stream's end so far, at each item of the trace that its ACKs leave. */
static bool build_ends(struct lookup *s, const struct trace *trace,
		       enum direction stream)
{
	int64_t end = 0;

	vec_foreach (item, &trace->items) {
		int64_t *place = vec_push(&s->ends);

		if (place == NULL)
			return false;
		*place = end;
		if (item->record.direction == stream && item->has_seq &&
		    (item->record.segment.flags & TCP_RST) == 0 &&
		    trace_end(item) > end)
			end = trace_end(item);
	}
	return true;
}

static bool build(struct lookup *s, const struct hop *hop,
		  enum direction stream)
{
	const struct trace *sides[2] = {hop_in(hop, stream),
					hop_out(hop, stream)};

	s->begins.count = s->borders.count = 0;
	s->longs.count = s->blocks.count = 0;
	s->contents[0].count = s->contents[1].count = s->ends.count = 0;
	for (int side = 0; side < 2; side++)
		vec_foreach (item, &sides[side]->items)
			if (item->record.direction == stream &&
			    !add_item(s, sides[side], item, side))
				return false;
	sort_vec(&s->begins, compare_i64);
	sort_vec(&s->borders, compare_i64);
	sort_vec(&s->longs, compare_long);
	sort_vec(&s->contents[0], compare_u64);
	sort_vec(&s->contents[1], compare_u64);
	sort_vec(&s->blocks, compare_u64);
	/* ACKs of this stream travel the other way. */
	return build_ends(s, hop_out(hop, opposite(stream)), stream);
}

static const struct lookup *stream_of(struct lookups *l, enum direction stream)
{
	struct lookup *s = &l->streams[stream];

	if (!s->built && !l->failed)
		l->failed = !build(s, l->hop, stream);
	s->built = true;
	return l->failed ? NULL : s;
}

bool lookup_is_border(struct lookups *l, enum direction stream, int64_t offset)
{
	const struct lookup *s = stream_of(l, stream);
	size_t low;

	if (s == NULL || (s->borders.count > 0 &&
			  bsearch(&offset, s->borders.items, s->borders.count,
				  sizeof(offset), compare_i64) != NULL))
		return true;
	low = bisect(i, s->longs.count, s->longs.items[i].begin < offset);
	/* A super-segment is at most 64 KiB long: few begin so near. */
	for (; low > 0 && s->longs.items[low - 1].begin + (1 << 16) >= offset;
	     low--)
		if (offset < s->longs.items[low - 1].end)
			return true;
	return false;
}

bool lookup_is_edge(struct lookups *l, enum direction stream, int64_t offset)
{
	const struct lookup *s = stream_of(l, stream);

	return lookup_is_border(l, stream, offset) ||
	       (s->begins.count > 0 &&
		bsearch(&offset, s->begins.items, s->begins.count,
			sizeof(offset), compare_i64) != NULL);
}

bool lookup_is_unique(struct lookups *l, const struct trace_item *item,
		      int side)
{
	const struct lookup *s = stream_of(l, item->record.direction);
	uint64_t key = content_of(&item->record.segment);
	const uint64_t *found, *end;

	if (s == NULL || !item->record.segment.has_sum ||
	    s->contents[side].count == 0)
		return false;
	found = bsearch(&key, s->contents[side].items, s->contents[side].count,
			sizeof(key), compare_u64);
	end = s->contents[side].items + s->contents[side].count;
	return found != NULL &&
	       (found == s->contents[side].items || found[-1] != key) &&
	       (found + 1 == end || found[1] != key);
}

bool lookup_came_in(struct lookups *l, const struct trace_item *item)
{
	enum direction d = item->record.direction;
	const struct lookup *s = stream_of(l, d);
	uint64_t key;

	if (s == NULL)
		return true;
	key = blocks_of(hop_out(l->hop, d), item);
	return s->blocks.count > 0 &&
	       bsearch(&key, s->blocks.items, s->blocks.count, sizeof(key),
		       compare_u64) != NULL;
}

int64_t lookup_peer_end(struct lookups *l, enum direction d, uint32_t item)
{
	const struct lookup *s = stream_of(l, opposite(d));

	return s == NULL || item >= s->ends.count ? INT64_MAX
						  : s->ends.items[item];
}

int64_t lookup_stream_end(struct lookups *l, enum direction stream)
{
	const struct lookup *s = stream_of(l, stream);

	if (s == NULL)
		return INT64_MAX;
	return s->borders.count == 0 ? 0
				     : s->borders.items[s->borders.count - 1];
}
