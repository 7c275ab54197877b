/* SPDX-License-Identifier: MIT
 *
 * A client that tries again with another initial sequence number: does the
 * device go on with the offset of the first attempt (FINDINGS A.2)?
 */
#ifndef NW_ATTEMPT_H
#define NW_ATTEMPT_H

#include "rules/compare.h"

/* Names wrong ACKs of the hop, whose findings begin at `from`, if the offset
 * of an abandoned SYN makes them. */
void judge_attempts(const struct comparison *comparison,
		    struct findings *findings, size_t from);

#endif
