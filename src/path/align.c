/* SPDX-License-Identifier: MIT
 *
 * Nearly all packets pair in one sweep over both sides in order. What is left
 * goes through passes, each naming the fields that must agree: leftovers are
 * sorted by those fields and runs of equal ones are paired in time order,
 * where the time between them is possible. Tight times come before loose
 * ones, identified packets before mere neighbours.
 */
#include "align.h"

#include "hash.h"

#include <string.h>

#define LOOK_AHEAD 16
#define LOOSE_NS   (INT64_C(10) * 1000000000)
#define ID_SPACE   65536 /* IP IDs */
#define CONTROL    (TCP_SYN | TCP_FIN | TCP_RST | TCP_ACK)

enum fields {
	F_SEQ = 1,
	F_ACK = 2,
	F_IP_ID = 4,
	F_TS = 8,
	F_SUM = 16,
};

struct entry {
	uint64_t key;
	uint32_t item;
};

/* Items without a mate, in order, and room to sort them. */
struct leftovers {
	uint32_t *items;
	struct entry *sorted;
	uint32_t count, sorted_count;
};

struct aligner {
	const struct hop *hop;
	struct alignment *alignment;
	enum direction d;
	const struct trace *in, *out;
	struct habit habit;
	/* bounds of the transit time: not below, usual, nearly all */
	int64_t early_ns, near_ns, tight_ns;
	struct leftovers left_in, left_out;
};

/* A packet's time on the clock of the point before the hop. */
static int64_t common_time(const struct aligner *al, const struct trace *trace,
			   const struct trace_item *item)
{
	int64_t t = item->record.time_ns;

	if (trace != al->hop->behind)
		return t;
	return clock_back(al->hop->clock, t);
}

static bool time_fits(const struct aligner *al, const struct trace_item *in,
		      const struct trace_item *out, int64_t limit)
{
	int64_t transit;

	if (!al->hop->clock->known)
		return true;
	transit = common_time(al, al->out, out) - common_time(al, al->in, in);
	return transit >= -al->early_ns && transit <= limit;
}

static uint32_t stamp_of(const struct aligner *al, const struct trace *trace,
			 const struct segment *s)
{
	if ((s->options & OPTION_TIMESTAMPS) == 0)
		return 0;
	return trace == al->out ? s->tsval - al->habit.ts_offset : s->tsval;
}

static bool exact(const struct aligner *al, const struct trace_item *in,
		  const struct trace_item *out)
{
	const struct segment *s = &in->record.segment;
	const struct segment *t = &out->record.segment;

	if (s->len != t->len || (s->flags & CONTROL) != (t->flags & CONTROL))
		return false;
	if (in->has_seq && out->has_seq &&
	    (uint32_t)in->seq != (uint32_t)out->seq)
		return false;
	if (in->has_ack && out->has_ack &&
	    (uint32_t)in->ack != (uint32_t)out->ack)
		return false;
	if (al->habit.ip_id_kept && s->ip_id != t->ip_id)
		return false;
	if (al->habit.ts_known &&
	    stamp_of(al, al->in, s) != stamp_of(al, al->out, t))
		return false;
	return time_fits(al, in, out, al->near_ns);
}

static void add_pair(struct aligner *al, uint32_t in, uint32_t out,
		     enum pair_how how)
{
	al->alignment->taken[al->d][in] = out;
	al->alignment->mates[al->d][out] = in;
	al->alignment->how[al->d][out] = (uint8_t)how;
}

bool alignment_next(const struct alignment *alignment, struct pair *pair)
{
	const uint32_t *mates = alignment->mates[pair->direction];

	while (++pair->out < alignment->out_count[pair->direction]) {
		if (mates[pair->out] == NO_MATE)
			continue;
		pair->in = mates[pair->out];
		pair->how = alignment->how[pair->direction][pair->out];
		return true;
	}
	return false;
}

static uint32_t next_free(const struct trace *trace, uint32_t at,
			  enum direction d, const uint32_t *mates)
{
	while (at < trace->items.count &&
	       (trace->items.items[at].record.direction != d ||
		mates[at] != NO_MATE))
		at++;
	return at;
}

/* Free items of the far side that the sweep looks at, oldest first. */
struct window {
	uint32_t items[LOOK_AHEAD];
	uint32_t count, next;
};

static void window_drop(struct window *w, uint32_t at)
{
	w->count--;
	memmove(w->items + at, w->items + at + 1,
		(w->count - at) * sizeof(*w->items));
}

static void window_fill(const struct aligner *al, struct window *w)
{
	const uint32_t *mates = al->alignment->mates[al->d];

	while (w->count < LOOK_AHEAD) {
		w->next = next_free(al->out, w->next, al->d, mates);
		if (w->next >= al->out->items.count)
			return;
		w->items[w->count++] = w->next++;
	}
}

/* One sweep over both sides: pairs what agrees within a few places. Packets
 * that were passed over stay in the window for a while, or until their time
 * is over. */
static void sweep(struct aligner *al)
{
	const uint32_t *taken = al->alignment->taken[al->d];
	const struct trace_item *ins = al->in->items.items;
	const struct trace_item *outs = al->out->items.items;
	struct window w = {.count = 0};

	for (uint32_t i = next_free(al->in, 0, al->d, taken);
	     i < al->in->items.count;
	     i = next_free(al->in, i + 1, al->d, taken)) {
		uint32_t at = 0;

		window_fill(al, &w);
		while (w.count > 0 &&
		       !time_fits(al, &ins[i], &outs[w.items[0]], INT64_MAX)) {
			window_drop(&w, 0);
			window_fill(al, &w);
		}
		while (at < w.count && !exact(al, &ins[i], &outs[w.items[at]]))
			at++;
		if (at == w.count)
			continue;
		add_pair(al, i, w.items[at], PAIR_EXACT);
		window_drop(&w, at);
		if (at > LOOK_AHEAD / 2)
			window_drop(&w, 0);
	}
}

/* ---- passes over the leftovers ---- */

static bool gather_left(const struct trace *trace, enum direction d,
			const uint32_t *mates, struct leftovers *left)
{
	const uint32_t all = (uint32_t)trace->items.count;

	for (uint32_t i = next_free(trace, 0, d, mates); i < all;
	     i = next_free(trace, i + 1, d, mates))
		left->count++;
	left->items = malloc((left->count + 1u) * sizeof(*left->items));
	left->sorted = malloc((left->count + 1u) * sizeof(*left->sorted));
	if (left->items == NULL || left->sorted == NULL)
		return false;
	left->count = 0;
	for (uint32_t i = next_free(trace, 0, d, mates); i < all;
	     i = next_free(trace, i + 1, d, mates))
		left->items[left->count++] = i;
	return true;
}

/* Drops what has found a mate meanwhile. */
static void drop_paired(struct leftovers *left, const uint32_t *mates)
{
	uint32_t kept = 0;

	for (uint32_t i = 0; i < left->count; i++)
		if (mates[left->items[i]] == NO_MATE)
			left->items[kept++] = left->items[i];
	left->count = kept;
}

static void leftovers_fini(struct leftovers *left)
{
	free(left->items);
	free(left->sorted);
}

/* 0: the item lacks a field that the pass needs. */
static uint64_t key_of(const struct aligner *al, const struct trace *trace,
		       const struct trace_item *item, unsigned fields)
{
	const struct segment *s = &item->record.segment;
	uint64_t key = hash_u64((uint64_t)s->len << 8 | (s->flags & CONTROL),
				0x3c6ef372fe94f82bu);

	if (fields & F_SEQ) {
		if (!item->has_seq)
			return 0;
		key = hash_u64((uint32_t)item->seq, key);
	}
	if (fields & F_ACK) {
		if ((s->flags & TCP_ACK) != 0 && !item->has_ack)
			return 0;
		key = hash_u64((uint32_t)item->ack, key + 1);
	}
	if (fields & F_IP_ID) {
		if (s->ip_id == 0)
			return 0;
		key = hash_u64(s->ip_id, key + 2);
	}
	if (fields & F_TS)
		key = hash_u64(stamp_of(al, trace, s), key + 3);
	if ((fields & F_SUM) && s->len > 0)
		key = hash_u64(s->has_sum ? s->sum : 0x10000u, key + 4);
	return key | 1;
}

static int compare_entry(const void *a, const void *b)
{
	const struct entry *x = a, *y = b;

	if (x->key != y->key)
		return x->key > y->key ? 1 : -1;
	return (x->item > y->item) - (x->item < y->item);
}

static void sort_left(const struct aligner *al, const struct trace *trace,
		      struct leftovers *left, unsigned fields)
{
	uint32_t n = 0;

	for (uint32_t i = 0; i < left->count; i++) {
		uint32_t item = left->items[i];
		uint64_t key =
			key_of(al, trace, &trace->items.items[item], fields);

		if (key != 0)
			left->sorted[n++] = (struct entry){key, item};
	}
	left->sorted_count = n;
	if (n > 0)
		qsort(left->sorted, n, sizeof(*left->sorted), compare_entry);
}

struct run {
	const struct entry *in, *out;
	uint32_t in_count, out_count;
};

struct pass {
	unsigned fields;
	int64_t limit_ns;
	enum pair_how how;
	/* pair only where no other one would do; or, for places, where both
	 * sides have equally many */
	bool alone;
};

static bool run_fits(const struct aligner *al, const struct run *run,
		     uint32_t i, uint32_t k, int64_t limit)
{
	return i < run->in_count && k < run->out_count &&
	       time_fits(al, &al->in->items.items[run->in[i].item],
			 &al->out->items.items[run->out[k].item], limit);
}

static bool is_even(const struct run *run, const struct pass *pass)
{
	return pass->how == PAIR_POSITIONAL && run->in_count == run->out_count;
}

/* Do the packets of its direction around it have other IP IDs? */
static bool has_own_id(const struct trace *trace, uint32_t at)
{
	const struct trace_item *items = trace->items.items;
	const struct record *one = &items[at].record;

	for (int step = -1; step <= 1; step += 2) {
		int64_t i = (int64_t)at + step;

		while (i >= 0 && i < (int64_t)trace->items.count &&
		       items[i].record.direction != one->direction)
			i += step;
		if (i >= 0 && i < (int64_t)trace->items.count &&
		    items[i].record.segment.ip_id == one->segment.ip_id)
			return false;
	}
	return true;
}

static enum pair_how how_sure(const struct aligner *al, const struct pass *pass,
			      uint32_t in, uint32_t out)
{
	if (pass->how == PAIR_IDENTIFIED &&
	    (!has_own_id(al->in, in) || !has_own_id(al->out, out)))
		return PAIR_POSITIONAL;
	return pass->how;
}

/* Pairs two lists of alike packets in time order. */
static void pair_run(struct aligner *al, const struct run *run,
		     const struct pass *pass)
{
	const int64_t limit = pass->limit_ns;
	uint32_t i = 0, k = 0;

	while (i < run->in_count && k < run->out_count) {
		if (!run_fits(al, run, i, k, INT64_MAX)) {
			k++; /* out came before in was sent */
		} else if (!run_fits(al, run, i, k, limit)) {
			i++; /* in is too old for this and all later ones */
		} else if (pass->alone && !is_even(run, pass) &&
			   (run_fits(al, run, i + 1, k, limit) ||
			    run_fits(al, run, i, k + 1, limit))) {
			i++;
			k++;
		} else {
			uint32_t in = run->in[i++].item;
			uint32_t out = run->out[k++].item;

			add_pair(al, in, out, how_sure(al, pass, in, out));
		}
	}
}

static void pair_by_fields(struct aligner *al, const struct pass *pass)
{
	const struct entry *in, *out, *in_end, *out_end;

	drop_paired(&al->left_in, al->alignment->taken[al->d]);
	drop_paired(&al->left_out, al->alignment->mates[al->d]);
	if (al->left_in.count == 0 || al->left_out.count == 0)
		return;
	sort_left(al, al->in, &al->left_in, pass->fields);
	sort_left(al, al->out, &al->left_out, pass->fields);
	in = al->left_in.sorted;
	out = al->left_out.sorted;
	in_end = in + al->left_in.sorted_count;
	out_end = out + al->left_out.sorted_count;
	while (in < in_end && out < out_end) {
		struct run run = {in, out, 0, 0};
		uint64_t key = in->key < out->key ? in->key : out->key;

		for (; in < in_end && in->key == key; in++)
			run.in_count++;
		for (; out < out_end && out->key == key; out++)
			run.out_count++;
		pair_run(al, &run, pass);
	}
}

static void pair_left(struct aligner *al, const struct pass *pass)
{
	/* Places mean nothing without a common time. */
	if (pass->how == PAIR_POSITIONAL && !al->hop->clock->known)
		return;
	pair_by_fields(al, pass);
}

/* IP IDs come again after 65536 packets, and some hosts stop counting: an ID
 * identifies only among the packets of a short while, and only if no other
 * packet there has it too. */
static void pair_identified(struct aligner *al, unsigned ts, unsigned sum)
{
	const int64_t tight = al->tight_ns;
	const enum pair_how how = al->in->items.count > ID_SPACE / 2
					  ? PAIR_POSITIONAL
					  : PAIR_IDENTIFIED;
	const struct pass passes[] = {
		{F_SEQ | F_ACK | F_IP_ID | ts, tight, PAIR_EXACT, false},
		{F_SEQ | F_IP_ID | ts, tight, how, true},
		{F_ACK | F_IP_ID | ts | sum, tight, how, true},
		{F_IP_ID | ts | sum, tight, how, true},
	};

	for (size_t i = 0; i < sizeof(passes) / sizeof(passes[0]); i++)
		pair_left(al, &passes[i]);
}

static void pair_all_left(struct aligner *al)
{
	const unsigned ts = al->habit.ts_known ? F_TS : 0;
	const unsigned id = al->habit.ip_id_kept ? F_IP_ID : 0;
	const unsigned sum = al->habit.has_sums ? F_SUM : 0;
	const int64_t limits[] = {al->near_ns, al->tight_ns};
	const struct pass loose[] = {
		{F_SEQ | F_ACK | id | ts, LOOSE_NS, PAIR_EXACT, false},
		{F_SEQ | F_ACK | ts, LOOSE_NS, PAIR_EXACT, false},
		{F_SEQ | F_ACK, LOOSE_NS, PAIR_EXACT, false},
	};

	if (al->habit.ip_id_kept)
		pair_identified(al, ts, sum);
	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		const struct pass passes[] = {
			{F_SEQ | F_ACK | ts, limits[i], PAIR_EXACT, false},
			{F_SEQ | ts | sum, limits[i], PAIR_POSITIONAL, true},
			{F_ACK | ts | sum, limits[i], PAIR_POSITIONAL, true},
		};

		for (size_t k = 0; k < sizeof(passes) / sizeof(passes[0]); k++)
			pair_left(al, &passes[k]);
	}
	for (size_t i = 0; i < sizeof(loose) / sizeof(loose[0]); i++)
		pair_left(al, &loose[i]);
}

/* ---- other borders ---- */

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
	uint32_t low = 0, high = count;

	while (low < high) {
		uint32_t mid = low + (high - low) / 2;

		if (trace->items.items[data[mid]].seq < end)
			low = mid + 1;
		else
			high = mid;
	}
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

/* Data whose borders moved: each segment behind that is left is paired with
 * the one that carried its last byte. */
static bool pair_resegmented(struct aligner *al)
{
	uint32_t count = 0;
	uint32_t *data;

	drop_paired(&al->left_out, al->alignment->mates[al->d]);
	if (al->left_out.count == 0)
		return true;
	data = data_by_seq(al->in, al->d, &count);
	for (uint32_t i = 0; data != NULL && i < al->left_out.count; i++)
		pair_cover(al, data, count, al->left_out.items[i]);
	free(data);
	return data != NULL;
}

/* ---- the whole ---- */

static void count_alone(struct aligner *al)
{
	struct alignment *a = al->alignment;

	for (uint32_t i = 0; i < al->in->items.count; i++)
		if (al->in->items.items[i].record.direction == al->d)
			a->alone_in[al->d] += a->taken[al->d][i] == NO_MATE;
	for (uint32_t i = 0; i < al->out->items.count; i++)
		if (al->out->items.items[i].record.direction == al->d)
			a->alone_out[al->d] += a->mates[al->d][i] == NO_MATE;
}

static bool align_direction(struct aligner *al)
{
	const struct clock *clock = al->hop->clock;
	bool ok;

	al->in = hop_in(al->hop, al->d);
	al->out = hop_out(al->hop, al->d);
	al->habit = translation_habit(al->hop, al->d);
	al->alignment->habits[al->d] = al->habit;
	al->early_ns = clock->uncertainty_ns + 1000000;
	al->near_ns = clock->transit_ns + 4 * clock->jitter_ns + 1000000;
	al->tight_ns = clock->uncertainty_ns + 4 * clock->spread_ns + 3000000;
	sweep(al);
	ok = gather_left(al->in, al->d, al->alignment->taken[al->d],
			 &al->left_in) &&
	     gather_left(al->out, al->d, al->alignment->mates[al->d],
			 &al->left_out);
	if (ok) {
		pair_all_left(al);
		ok = pair_resegmented(al);
		count_alone(al);
	}
	leftovers_fini(&al->left_in);
	leftovers_fini(&al->left_out);
	return ok;
}

static bool prepare(uint32_t **mates, size_t count)
{
	uint32_t *grown = realloc(*mates, (count + 1) * sizeof(*grown));

	if (grown == NULL)
		return false;
	memset(grown, 0xff, (count + 1) * sizeof(*grown));
	*mates = grown;
	return true;
}

bool align_hop(const struct hop *hop, struct alignment *alignment)
{
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		struct aligner al = {
			.hop = hop, .alignment = alignment, .d = d};

		size_t out_count = hop_out(hop, d)->items.count;
		uint8_t *how = realloc(alignment->how[d], out_count + 1);

		if (how == NULL)
			return false;
		alignment->how[d] = how;
		alignment->out_count[d] = (uint32_t)out_count;
		alignment->alone_in[d] = alignment->alone_out[d] = 0;
		if (!prepare(&alignment->mates[d], out_count) ||
		    !prepare(&alignment->taken[d],
			     hop_in(hop, d)->items.count) ||
		    !align_direction(&al))
			return false;
	}
	return true;
}

void alignment_fini(struct alignment *alignment)
{
	for (int d = 0; d < 2; d++) {
		free(alignment->how[d]);
		free(alignment->mates[d]);
		free(alignment->taken[d]);
	}
	*alignment = (struct alignment){0};
}
