/* SPDX-License-Identifier: MIT
 *
 * One SYN, two answers: SYN/ACKs with different initial numbers (FINDINGS
 * A.2).
 */
#ifndef NW_ANSWER_H
#define NW_ANSWER_H

#include "rules/outermost.h"

/* Checks the SYN/ACKs where they enter the audit, at the last point. */
void check_answers(const struct outermost *check, struct findings *findings);

#endif
