/* SPDX-License-Identifier: MIT
 *
 * The three packets of the handshake, as one point sees them (RFC 9293
 * 3.10.7.3): the SYN/ACK acknowledges the SYN, the first ACK the SYN/ACK, and
 * one SYN has one answer.
 */
#ifndef NW_OPENING_H
#define NW_OPENING_H

#include "rules/outermost.h"

/* What is wrong with an ACK of which the window says `kind` (KIND_COUNT:
 * nothing), once the handshake is considered, too. */
enum finding_kind opening_judge(const struct outermost *check,
				const struct trace *trace,
				const struct trace_item *item,
				enum finding_kind kind);

#endif
