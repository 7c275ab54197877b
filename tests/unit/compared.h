/* SPDX-License-Identifier: MIT
 *
 * A hop for tests of the rules that compare: aligned, with its steps and
 * lookups, and what was found.
 */
#ifndef NW_TEST_COMPARED_H
#define NW_TEST_COMPARED_H

#include "hops.h"
#include "rules/compare.h"

struct compared {
	struct made_hop h;
	struct alignment alignment;
	struct steps steps;
	struct lookups lookups;
	struct findings findings;
	struct tally tally;
};

/* Everything up to the rules; returns what they are given. */
static inline struct comparison compared_begin(struct compared *c,
					       const char *script,
					       const struct view *before,
					       const struct view *behind)
{
	*c = (struct compared){0};
	hop_of_script(&c->h, script, before, behind);
	assert_true(translation_find_bases(&c->h.hop, 1));
	assert_true(steps_find(&c->h.hop, &c->steps));
	steps_apply(&c->h.hop, &c->steps);
	assert_true(align_hop(&c->h.hop, &c->alignment));
	lookups_reset(&c->lookups, &c->h.hop);
	return (struct comparison){.hop = &c->h.hop,
				   .alignment = &c->alignment,
				   .steps = &c->steps,
				   .lookups = &c->lookups,
				   .path = 3,
				   .hop_index = 2,
				   .match_class = NW_MATCH_STRONG};
}

static inline void compared_end(struct compared *c)
{
	vec_fini(&c->findings.list);
	lookups_fini(&c->lookups);
	steps_fini(&c->steps);
	alignment_fini(&c->alignment);
	hop_end(&c->h);
}

#endif
