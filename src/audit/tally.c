/* SPDX-License-Identifier: MIT
 *
 * Sums of comparisons, over the paths of a thread and over all threads.
 */
#include "tally.h"

#include <string.h>

void tally_add(struct tally *sum, const struct tally *more)
{
	for (enum check_category c = 0; c < CHECK_COUNT; c++) {
		for (int d = 0; d < 2; d++) {
			struct check *s = &sum->checks[c][d];
			const struct check *m = &more->checks[c][d];

			s->compared += m->compared;
			s->violations += m->violations;
			s->paths += m->paths;
		}
	}
	sum->paths += more->paths;
	sum->undecided += more->undecided;
	sum->by_ack += more->by_ack;
	sum->cut_sacks += more->cut_sacks;
	for (int d = 0; d < 2; d++) {
		sum->stripped_sacks[d] += more->stripped_sacks[d];
		sum->missed[d] += more->missed[d];
		sum->dropped[d] += more->dropped[d];
		sum->open[d] += more->open[d];
	}
}

void tally_acquit(struct tally *tally)
{
	for (enum check_category c = 0; c < CHECK_COUNT; c++)
		for (int d = 0; d < 2; d++)
			tally->checks[c][d].violations = 0;
	tally->undecided = tally->cut_sacks = 0;
}

static const char *const check_names[CHECK_COUNT] = {
	[CHECK_ACK] = "ack",
	[CHECK_SEQ] = "seq",
	[CHECK_SACK] = "sack",
	[CHECK_PATH] = "path",
};

const char *check_name(enum check_category category)
{
	return check_names[category];
}

enum check_category check_of(const struct kind_entry *kind)
{
	for (enum check_category c = 0; c < CHECK_COUNT; c++)
		if (strcmp(check_names[c], kind->category) == 0)
			return c;
	return CHECK_COUNT;
}
