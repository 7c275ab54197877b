/* SPDX-License-Identifier: MIT
 *
 * Wrong sequence numbers that are all off by the same amount: not segments
 * that were corrupted, but an offset that changed while the connection lived,
 * or one that the other direction does not take off again (FINDINGS A.2).
 */
#ifndef NW_OFFSET_H
#define NW_OFFSET_H

#include "rules/compare.h"

/* Names the findings of a hop, which begin at `from`, after what they have in
 * common, and makes the wrong ACKs that come with it their consequences.
 * `start` is where the findings of the path begin. */
void judge_offsets(const struct comparison *comparison,
		   struct findings *findings, size_t start, size_t from);

#endif
