/* SPDX-License-Identifier: MIT
 *
 * Pairs the packets of a hop's two sides. First those that agree in all that
 * identifies a packet; then, for each field under test, packets that agree in
 * everything but that field. A field under test never helps to pair the
 * packets that are used to test it.
 */
#ifndef NW_ALIGN_H
#define NW_ALIGN_H

#include "translation.h"

enum pair_how {
	PAIR_EXACT,	  /* seq, ack and length agree */
	PAIR_IDENTIFIED,  /* IP ID and the rest say: the same packet */
	PAIR_POSITIONAL,  /* the only one of its kind at this place */
	PAIR_RESEGMENTED, /* same bytes, other borders: in covers out */
};

struct pair {
	uint32_t in, out; /* items of hop_in() and hop_out() */
	uint8_t direction;
	uint8_t how; /* enum pair_how */
};

#define NO_MATE UINT32_MAX

struct alignment {
	VEC(struct pair) pairs;
	uint32_t *mates[2]; /* by direction: out item -> in item, NO_MATE */
	uint32_t *taken[2]; /* by direction: in item -> out item, NO_MATE */
	struct habit habits[2];
	uint64_t paired[2], alone_in[2], alone_out[2]; /* by direction */
};

/* Aligns both directions. An alignment may be used again and again. false: no
 * memory. */
bool align_hop(const struct hop *hop, struct alignment *alignment);
void alignment_fini(struct alignment *alignment);

#endif
