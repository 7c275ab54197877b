/* SPDX-License-Identifier: MIT
 *
 * What the captures leave open, and what would settle it: one question per hop
 * and matter.
 */
#include "results.h"

const char *results_empty_point(struct nw_audit *audit)
{
	vec_foreach (point, &audit->points) {
		if (point->packets == 0)
			return arena_format(
				&audit->arena,
				"there is no TCP packet in the capture of "
				"point %s; check the capture filter, the "
				"interface and the encapsulation",
				point->name);
	}
	return NULL;
}

uint64_t hop_compared(const struct nw_audit *audit, uint32_t hop)
{
	uint64_t n = 0;

	for (enum check_category c = 0; c < CHECK_COUNT; c++)
		for (int d = 0; d < 2; d++)
			n += audit->tallies[hop].checks[c][d].compared;
	return n;
}

/* One hop: its place in the audit, and the points around it. */
struct gap {
	uint32_t hop;
	const char *a, *b;
	const struct tally *tally;
};

/* Each asks about one matter; NULL: nothing is open. */
typedef const char *ask_function(struct nw_audit *audit, const struct gap *gap);

static const char *ask_matches(struct nw_audit *audit, const struct gap *gap)
{
	uint64_t flows = 0;

	vec_foreach (group, &audit->matches[gap->hop].ambiguities)
		flows += group->before.count;
	if (flows == 0)
		return NULL;
	return arena_format(&audit->arena,
			    "which of %llu connections at %s is which at %s",
			    (unsigned long long)flows, gap->a, gap->b);
}

static const char *ask_all(struct nw_audit *audit, const struct gap *gap)
{
	if (hop_compared(audit, gap->hop) > 0)
		return NULL;
	return arena_format(&audit->arena,
			    "whether anything between %s and %s alters "
			    "connections",
			    gap->a, gap->b);
}

static const char *ask_segments(struct nw_audit *audit, const struct gap *gap)
{
	if (gap->tally->undecided == 0)
		return NULL;
	return arena_format(&audit->arena,
			    "whether %llu segment(s) between %s and %s were "
			    "altered, or are others that the captures missed",
			    (unsigned long long)gap->tally->undecided, gap->a,
			    gap->b);
}

static const char *ask_offsets(struct nw_audit *audit, const struct gap *gap)
{
	if (gap->tally->by_ack == 0)
		return NULL;
	return arena_format(&audit->arena,
			    "whether the ACK numbers of %llu connection(s) "
			    "between %s and %s are all off by the same: one of "
			    "the two shows one direction only",
			    (unsigned long long)gap->tally->by_ack, gap->a,
			    gap->b);
}

static const char *ask_sacks(struct nw_audit *audit, const struct gap *gap)
{
	if (gap->tally->cut_sacks == 0)
		return NULL;
	return arena_format(&audit->arena,
			    "whether the SACK blocks of %llu segment(s) "
			    "between %s and %s were altered: the snap length "
			    "has cut them off at one of the two",
			    (unsigned long long)gap->tally->cut_sacks, gap->a,
			    gap->b);
}

static const char *ask_drops(struct nw_audit *audit, const struct gap *gap)
{
	uint64_t open = gap->tally->open[0] + gap->tally->open[1];

	if (open == 0)
		return NULL;
	return arena_format(&audit->arena,
			    "whether %llu segment(s) were lost between %s and "
			    "%s, or behind that and the capture missed them",
			    (unsigned long long)open, gap->a, gap->b);
}

static const struct matter {
	ask_function *ask;
	const char *would_decide;
} matters[] = {
	{ask_matches, "captures that begin before the connections do, with "
		      "whole packets, or traffic whose requests differ"},
	{ask_all, "captures of both points that overlap in time and cover the "
		  "same connections"},
	{ask_segments, "captures without loss at both points"},
	{ask_offsets, "captures of both directions at both points"},
	{ask_sacks, "captures with whole headers at both points: tcpdump -s 0, "
		    "or at least -s 160"},
	{ask_drops, "captures in which it happens again: a device that drops "
		    "goes on, a capture's gaps fall anywhere"},
};

#define MATTERS (sizeof(matters) / sizeof(matters[0]))

void results_undecided(struct nw_audit *audit)
{
	struct nw_results *r = &audit->results;
	const uint32_t hops = audit_hop_count(audit);
	const char *empty = results_empty_point(audit);
	struct nw_undecided *to =
		arena_alloc(&audit->arena, MATTERS * hops + 1, sizeof(*to));

	for (uint32_t h = 0; to != NULL && h < hops; h++) {
		const struct gap gap = {h, audit->points.items[h].name,
					audit->points.items[h + 1].name,
					&audit->tallies[h]};

		for (size_t i = 0; i < MATTERS; i++) {
			const char *question = matters[i].ask(audit, &gap);
			const char *decides = matters[i].would_decide;

			if (question == NULL)
				continue;
			if (matters[i].ask == ask_all && empty != NULL)
				decides = empty;
			to[r->undecided_count++] =
				(struct nw_undecided){question, decides};
		}
	}
	r->undecided = to;
}
