/* SPDX-License-Identifier: MIT
 *
 * TCP sequence numbers: 32-bit serial arithmetic (RFC 9293 section 3.4).
 * The number is wrapped in a struct so that `a < b` does not compile: plain
 * comparison is wrong across the wrap, the commonest bug of capture tools.
 */
#ifndef NW_SEQ_H
#define NW_SEQ_H

#include <stdbool.h>
#include <stdint.h>

struct seq {
	uint32_t n;
};

static inline struct seq seq_of(uint32_t n)
{
	return (struct seq){n};
}

static inline struct seq seq_add(struct seq a, uint32_t count)
{
	return (struct seq){a.n + count};
}

/* a - b in the half circle around b: positive when a is ahead. */
static inline int32_t seq_diff(struct seq a, struct seq b)
{
	return (int32_t)(a.n - b.n);
}

static inline bool seq_before(struct seq a, struct seq b)
{
	return seq_diff(a, b) < 0;
}

static inline bool seq_equal(struct seq a, struct seq b)
{
	return a.n == b.n;
}

static inline struct seq seq_max(struct seq a, struct seq b)
{
	return seq_before(a, b) ? b : a;
}

/* Offset of `s` from `base`, as 64 bits, nearest to `near` (an offset in the
 * same stream), so that streams longer than 4 GiB keep counting. */
static inline int64_t seq_unwrap(struct seq s, struct seq base, int64_t near)
{
	uint32_t offset = s.n - base.n;
	int32_t step = (int32_t)(offset - (uint32_t)near);

	return near + step;
}

#endif
