/* SPDX-License-Identifier: MIT
 *
 * Reads the translation off a hop's aligned packets.
 */
#include "rules/translate.h"

#include "rules/earlyack.h"
#include "rules/loneack.h"

enum finding_kind translate_tuple(const struct tuple *before,
				  const struct tuple *behind)
{
	bool client = endpoint_equal(&before->ends[0], &behind->ends[0]);
	bool server = endpoint_equal(&before->ends[1], &behind->ends[1]);

	if (before->ends[0].family != behind->ends[0].family)
		return KIND_NAT64;
	if (client && server)
		return KIND_COUNT;
	if (client)
		return KIND_NAT_DNAT;
	return server ? KIND_NAT_SNAT : KIND_NAT_FULL;
}

static void count_path(struct habit_count *count, uint32_t path,
		       uint64_t packets)
{
	uint32_t at = count->first_count, room = 3;

	count->paths++;
	count->packets += packets;
	/* Threads bring paths in any order: the lowest ones are kept. */
	if (at == room) {
		if (path > count->first_paths[room - 1])
			return;
		at--;
	} else {
		count->first_count++;
	}
	for (; at > 0 && count->first_paths[at - 1] > path; at--)
		count->first_paths[at] = count->first_paths[at - 1];
	count->first_paths[at] = path;
}

struct header_counts {
	uint64_t pairs, ttl_lower, ip_id_other;
};

static struct header_counts compare_headers(const struct hop *hop,
					    const struct alignment *alignment,
					    enum direction d)
{
	struct header_counts counts = {0};

	struct pair pair = alignment_begin(d);

	while (alignment_next(alignment, &pair)) {
		const struct segment *in, *out;

		if (pair.how == PAIR_RESEGMENTED)
			continue;
		in = &hop_in(hop, d)->items.items[pair.in].record.segment;
		out = &hop_out(hop, d)->items.items[pair.out].record.segment;
		counts.pairs++;
		counts.ttl_lower += out->ttl < in->ttl;
		counts.ip_id_other += in->ip_id != out->ip_id &&
				      (in->ip_id != 0 || out->ip_id != 0);
	}
	return counts;
}

static void note_numbers(const struct crossing *c, enum direction d,
			 struct habits_seen *seen)
{
	const struct habit *habit = &c->alignment->habits[d];
	const struct base *a, *b;

	if (c->hop->before->member_count == 0 ||
	    c->hop->behind->member_count == 0)
		return;
	a = &c->hop->before->bases[0];
	b = &c->hop->behind->bases[0];
	if (a->known[d] && b->known[d] && !seq_equal(a->isn[d], b->isn[d]))
		count_path(&seen->counts[KIND_SEQ_ISN_SHIFT][d], c->path, 0);
	if (habit->ts_known && habit->ts_offset != 0)
		count_path(&seen->counts[KIND_TS_OFFSET][d], c->path, 0);
}

void translate_hop(const struct crossing *c, struct habits_seen *seen)
{
	enum finding_kind nat = translate_tuple(c->before, c->behind);

	if (nat != KIND_COUNT)
		count_path(&seen->counts[nat][FROM_CLIENT], c->path, 0);
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++) {
		struct header_counts headers =
			compare_headers(c->hop, c->alignment, d);

		note_numbers(c, d, seen);
		if (lone_acks_are_thinned(c->hop, c->alignment, d))
			count_path(&seen->counts[KIND_ACK_THINNED][d], c->path,
				   0);
		if (acks_are_early(c->hop, c->alignment, d))
			count_path(&seen->counts[KIND_ACK_EARLY][d], c->path,
				   0);
		if (headers.pairs == 0)
			continue;
		if (headers.ttl_lower * 10 > headers.pairs * 9)
			count_path(&seen->counts[KIND_TTL_DECREMENT][d],
				   c->path, headers.ttl_lower);
		if (headers.ip_id_other * 10 > headers.pairs * 9)
			count_path(&seen->counts[KIND_IP_ID_REWRITTEN][d],
				   c->path, headers.ip_id_other);
	}
}

void translate_steps(const struct steps *steps, uint32_t path,
		     struct habits_seen *seen)
{
	for (enum direction d = FROM_CLIENT; d <= FROM_SERVER; d++)
		if (steps->list[d].count > 0)
			count_path(&seen->counts[KIND_SEQ_STEP_EXPLAINED][d],
				   path, 0);
}

void translate_note(struct habits_seen *seen, enum finding_kind kind,
		    enum direction d, uint32_t path)
{
	count_path(&seen->counts[kind][d], path, 0);
}

void habits_seen_add(struct habits_seen *sum, const struct habits_seen *more)
{
	for (int k = 0; k < KIND_COUNT; k++) {
		for (int d = 0; d < 2; d++) {
			const struct habit_count *m = &more->counts[k][d];
			struct habit_count *s = &sum->counts[k][d];

			for (uint32_t i = 0; i < m->first_count; i++)
				count_path(s, m->first_paths[i], 0);
			s->paths += m->paths - m->first_count;
			s->packets += m->packets;
		}
	}
}
