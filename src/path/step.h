/* SPDX-License-Identifier: MIT
 *
 * Devices that rewrite payload (FTP and SIP helpers, proxies that add a
 * header) change its length, and with it every later number of the stream:
 * the sequence offset becomes a step function of the place in the stream.
 */
#ifndef NW_STEP_H
#define NW_STEP_H

#include "translation.h"

/* From `in_at` on the far side's offset is the near side's plus `shift`. */
struct step {
	int64_t in_at, out_at; /* end of the resized segment at either side */
	int64_t shift;         /* in all, from here on */
};

struct steps {
	VEC(struct step) list[2]; /* by direction of the stream */
};

/* Finds the steps of both streams. false: no memory. */
bool steps_find(const struct hop *hop, struct steps *steps);
void steps_fini(struct steps *steps);

/* Takes the steps out of the far side's offsets, so that the two sides can be
 * compared; steps_undo() computes them anew. */
void steps_apply(const struct hop *hop, const struct steps *steps);
void steps_undo(const struct hop *hop, const struct steps *steps);

#endif
