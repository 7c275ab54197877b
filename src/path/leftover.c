/* SPDX-License-Identifier: MIT
 *
 * Passes over what the sweep has left over. Each names the fields that must
 * agree; leftovers are sorted by them and runs of equal ones are paired in
 * time order. Identified packets come before mere neighbours, usual transit
 * times before possible ones.
 */
#include "aligner.h"

#include "hash.h"

#define LOOSE_NS (INT64_C(10) * 1000000000)
#define ID_SPACE 65536 /* IP IDs */

enum fields {
	F_SEQ = 1,
	F_ACK = 2,
	F_IP_ID = 4,
	F_TS = 8,
	F_SUM = 16,
};

static bool gather_left(const struct trace *trace, enum direction d,
			const uint32_t *mates, struct leftovers *left)
{
	const uint32_t all = (uint32_t)trace->items.count;

	for (uint32_t i = aligner_next_free(trace, 0, d, mates); i < all;
	     i = aligner_next_free(trace, i + 1, d, mates))
		left->count++;
	left->items = malloc((left->count + 1u) * sizeof(*left->items));
	left->sorted = malloc((left->count + 1u) * sizeof(*left->sorted));
	if (left->items == NULL || left->sorted == NULL)
		return false;
	left->count = 0;
	for (uint32_t i = aligner_next_free(trace, 0, d, mates); i < all;
	     i = aligner_next_free(trace, i + 1, d, mates))
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
	uint64_t key =
		hash_u64((uint64_t)s->len << 8 | (s->flags & ALIGN_CONTROL),
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
		key = hash_u64(aligner_stamp(al, trace, s), key + 3);
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
	       aligner_time_fits(al, &al->in->items.items[run->in[i].item],
				 &al->out->items.items[run->out[k].item],
				 limit);
}

static bool is_even(const struct run *run, const struct pass *pass)
{
	return pass->how == PAIR_POSITIONAL && run->in_count == run->out_count;
}

/* A SPAN port shows a packet twice; a routing loop shows it again and again,
 * with a TTL that falls. */
static bool is_own_copy(const struct record *record, const struct record *one,
			bool copied)
{
	return record_is_copy(record, one) &&
	       (!copied || record->segment.ttl != one->segment.ttl);
}

/* Do the packets of its direction around it have other IP IDs? Its own copies
 * do not count. */
static bool has_own_id(const struct trace *trace, uint32_t at)
{
	const struct trace_item *items = trace->items.items;
	const struct record *one = &items[at].record;

	for (int step = -1; step <= 1; step += 2) {
		int64_t i = (int64_t)at + step;
		bool copied = false;

		for (; i >= 0 && i < (int64_t)trace->items.count; i += step) {
			if (items[i].record.direction != one->direction)
				continue;
			if (!is_own_copy(&items[i].record, one, copied))
				break;
			copied = true;
		}
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

/* Would another packet of the run do as well as i, or as k? A copy of one that
 * is identified is none. */
static bool has_rival(const struct aligner *al, const struct run *run,
		      const struct pass *pass, uint32_t i, uint32_t k)
{
	const int64_t limit = pass->limit_ns;
	const struct trace_item *in = al->in->items.items;
	const struct trace_item *out = al->out->items.items;
	const bool own = pass->how == PAIR_IDENTIFIED;

	if (run_fits(al, run, i + 1, k, limit) &&
	    !(own && record_is_copy(&in[run->in[i].item].record,
				    &in[run->in[i + 1].item].record)))
		return true;
	return run_fits(al, run, i, k + 1, limit) &&
	       !(own && record_is_copy(&out[run->out[k].item].record,
				       &out[run->out[k + 1].item].record));
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
		} else {
			uint32_t in = run->in[i].item, out = run->out[k].item;
			struct pass sure = *pass;

			sure.how = how_sure(al, pass, in, out);
			if (!pass->alone || is_even(run, pass) ||
			    !has_rival(al, run, &sure, i, k))
				aligner_add(al, in, out, sure.how);
			i++;
			k++;
		}
	}
}

/* Calls `see` for each run of leftovers that agree in the fields. */
static void for_each_run(struct aligner *al, const struct pass *pass,
			 void (*see)(struct aligner *, const struct run *,
				     const struct pass *))
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
		see(al, &run, pass);
	}
}

/* Counts packets that left before they came, by the clocks, and those that
 * took far longer than others. */
static void count_strays(struct aligner *al, const struct run *run,
			 const struct pass *pass)
{
	int64_t transit;

	if (run->in_count != 1 || run->out_count != 1)
		return;
	transit = aligner_transit(al, &al->in->items.items[run->in->item],
				  &al->out->items.items[run->out->item]);
	if (transit < -al->early_ns) {
		al->early_count++;
	} else if (transit > al->tight_ns && transit <= pass->limit_ns) {
		al->late_count++;
		if (transit > al->latest_ns)
			al->latest_ns = transit;
	}
}

/* A clock that steps back makes times useless from there on; one that steps
 * forward makes all that follows late. */
static void check_clock(struct aligner *al, const struct pass *exact_pass)
{
	uint32_t left = al->left_in.count < al->left_out.count
				? al->left_in.count
				: al->left_out.count;

	if (!al->hop->clock->known)
		return;
	for_each_run(al, exact_pass, count_strays);
	al->clock_is_off = al->early_count >= 3 && al->early_count * 4 > left;
	if (al->late_count >= 3 && al->late_count * 4 > left)
		al->tight_ns = al->latest_ns + 3000000;
}

static void pair_left(struct aligner *al, const struct pass *pass)
{
	/* Places mean nothing without a common time. */
	if (pass->how == PAIR_POSITIONAL &&
	    (!al->hop->clock->known || al->clock_is_off))
		return;
	for_each_run(al, pass, pair_run);
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

/* What agrees in all but one number, at a time that fits. */
static void pair_neighbours(struct aligner *al, unsigned ts, unsigned sum)
{
	const int64_t limits[] = {al->near_ns, al->tight_ns};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		const struct pass passes[] = {
			{F_SEQ | F_ACK | ts, limits[i], PAIR_EXACT, false},
			{F_SEQ | ts | sum, limits[i], PAIR_POSITIONAL, true},
			{F_ACK | ts | sum, limits[i], PAIR_POSITIONAL, true},
		};

		for (size_t k = 0; k < sizeof(passes) / sizeof(passes[0]); k++)
			pair_left(al, &passes[k]);
	}
}

static void pair_all_left(struct aligner *al)
{
	const unsigned ts = al->habit.ts_known ? F_TS : 0;
	const unsigned id = al->habit.ip_id_kept ? F_IP_ID : 0;
	const unsigned sum = al->habit.has_sums ? F_SUM : 0;
	const struct pass loose[] = {
		{F_SEQ | F_ACK | id | ts, LOOSE_NS, PAIR_EXACT, false},
		{F_SEQ | F_ACK | ts, LOOSE_NS, PAIR_EXACT, false},
		{F_SEQ | F_ACK, LOOSE_NS, PAIR_EXACT, false},
	};

	check_clock(al, &loose[0]);
	if (al->habit.ip_id_kept)
		pair_identified(al, ts, sum);
	/* What agrees in all and is the only one of its kind needs no hurry. */
	pair_left(al, &(struct pass){F_SEQ | F_ACK | id | ts, LOOSE_NS,
				     PAIR_EXACT, true});
	pair_neighbours(al, ts, sum);
	for (size_t i = 0; i < sizeof(loose) / sizeof(loose[0]); i++)
		pair_left(al, &loose[i]);
}

bool aligner_pair_leftovers(struct aligner *al)
{
	bool ok = gather_left(al->in, al->d, al->alignment->taken[al->d],
			      &al->left_in) &&
		  gather_left(al->out, al->d, al->alignment->mates[al->d],
			      &al->left_out);

	if (ok)
		pair_all_left(al);
	leftovers_fini(&al->left_in);
	leftovers_fini(&al->left_out);
	return ok;
}
