/* SPDX-License-Identifier: MIT
 *
 * Walks both sides of a stream in order. Where a segment begins at the same
 * place on both sides but ends elsewhere, either the borders moved or the
 * payload was resized; it was resized if the segments that follow begin right
 * behind and are the same, by length and content. Other borders never pass
 * that test, since the bytes behind them differ.
 */
#include "step.h"

struct place {
	int64_t seq;
	uint32_t len;
	bool fin, has_sum;
	uint16_t sum;
};

struct places {
	struct place *items;
	size_t count, capacity;
};

static int compare_place(const void *a, const void *b)
{
	const struct place *x = a, *y = b;

	if (x->seq != y->seq)
		return x->seq > y->seq ? 1 : -1;
	return (x->len > y->len) - (x->len < y->len);
}

/* Data and FINs of a stream in order, each once. */
static bool list_places(const struct trace *trace, enum direction d,
			struct places *places)
{
	size_t kept = 0;

	vec_foreach (item, &trace->items) {
		const struct segment *s = &item->record.segment;
		struct place *p;

		if (item->record.direction != d || !item->has_seq ||
		    (s->flags & (TCP_SYN | TCP_RST)) != 0 ||
		    (s->len == 0 && (s->flags & TCP_FIN) == 0))
			continue;
		p = vec_push(places);
		if (p == NULL)
			return false;
		*p = (struct place){item->seq, s->len,
				    (s->flags & TCP_FIN) != 0, s->has_sum,
				    s->sum};
	}
	if (places->count > 0)
		qsort(places->items, places->count, sizeof(struct place),
		      compare_place);
	for (size_t i = 0; i < places->count; i++)
		if (kept == 0 || compare_place(&places->items[i],
					       &places->items[kept - 1]) != 0)
			places->items[kept++] = places->items[i];
	places->count = kept;
	return true;
}

static bool same_content(const struct place *a, const struct place *b)
{
	return a->len == b->len && a->fin == b->fin &&
	       (a->len == 0 || (a->has_sum && b->has_sum && a->sum == b->sum));
}

/* Does a segment begin there? */
static bool begins_at(const struct places *places, size_t from, int64_t seq)
{
	while (from < places->count && places->items[from].seq < seq)
		from++;
	return from < places->count && places->items[from].seq == seq;
}

/* Is the segment at `in` resized at `out`? Then what follows tells. Where the
 * longer one ends at a border of the other side too, it was only merged: that
 * matters where all segments have the same content. */
static bool is_resized(const struct places *in, size_t i,
		       const struct places *out, size_t k)
{
	const struct place *a = &in->items[i], *b = &out->items[k];

	if (i + 1 >= in->count || k + 1 >= out->count)
		return false;
	if (a->len < b->len ? begins_at(in, i, a->seq + b->len)
			    : begins_at(out, k, b->seq + a->len))
		return false;
	return a[1].seq == a->seq + a->len && b[1].seq == b->seq + b->len &&
	       same_content(a + 1, b + 1);
}

static bool walk(const struct places *in, const struct places *out,
		 struct steps *steps, enum direction d)
{
	int64_t shift = 0;
	size_t i = 0, k = 0;

	while (i < in->count && k < out->count) {
		const struct place *a = &in->items[i], *b = &out->items[k];

		if (a->seq + shift < b->seq) {
			i++;
		} else if (a->seq + shift > b->seq) {
			k++;
		} else {
			if (a->len != b->len && is_resized(in, i, out, k)) {
				struct step *step = vec_push(&steps->list[d]);

				if (step == NULL)
					return false;
				shift += (int64_t)b->len - a->len;
				*step = (struct step){a->seq + a->len,
						      b->seq + b->len, shift};
			}
			i++;
			k++;
		}
	}
	return true;
}

/* Nearly every stream has the same length on both sides: no steps then. */
static bool may_have_steps(const struct hop *hop, enum direction d)
{
	int64_t in = trace_stream_end(hop_in(hop, d), d);
	int64_t out = trace_stream_end(hop_out(hop, d), d);

	return in != out && in > 1 && out > 1;
}

bool steps_find(const struct hop *hop, struct steps *steps)
{
	bool ok = true;

	for (enum direction d = FROM_CLIENT; ok && d <= FROM_SERVER; d++) {
		struct places in = {0}, out = {0};

		steps->list[d].count = 0;
		if (!may_have_steps(hop, d))
			continue;
		ok = list_places(hop_in(hop, d), d, &in) &&
		     list_places(hop_out(hop, d), d, &out) &&
		     walk(&in, &out, steps, d);
		vec_fini(&in);
		vec_fini(&out);
	}
	return ok;
}

void steps_fini(struct steps *steps)
{
	vec_fini(&steps->list[0]);
	vec_fini(&steps->list[1]);
}

/* The near side's offset for one of the far side. */
static int64_t shift_at(const struct steps *steps, enum direction stream,
			int64_t offset)
{
	int64_t shift = 0;

	vec_foreach (step, &steps->list[stream]) {
		if (offset < step->out_at)
			break;
		shift = step->shift;
	}
	return shift;
}

void steps_apply(const struct hop *hop, const struct steps *steps)
{
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		if (steps->list[d].count == 0)
			continue;
		vec_foreach (item, &hop_out(hop, d)->items) {
			if (item->record.direction == d)
				item->seq -= shift_at(steps, d, item->seq);
			else
				item->ack -= shift_at(steps, d, item->ack);
		}
	}
}

void steps_undo(const struct hop *hop, const struct steps *steps)
{
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++)
		if (steps->list[d].count > 0)
			trace_rebase(hop_out(hop, d));
}
