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
	PAIR_EXACT,       /* seq, ack and length agree */
	PAIR_IDENTIFIED,  /* IP ID and the rest say: the same packet */
	PAIR_POSITIONAL,  /* the only one of its kind at this place */
	PAIR_RESEGMENTED, /* same bytes, other borders: in covers out */
};

struct pair {
	uint32_t in, out; /* items of hop_in() and hop_out() */
	enum direction direction;
	enum pair_how how;
};

#define NO_MATE UINT32_MAX

/* By direction of travel. */
struct alignment {
	uint32_t *mates[2]; /* out item -> in item, or NO_MATE */
	uint32_t *taken[2]; /* in item -> out item, or NO_MATE */
	uint8_t *how[2];    /* out item -> enum pair_how */
	uint32_t out_count[2];
	struct habit habits[2];
	uint64_t alone_in[2], alone_out[2];
};

/* The next pair of a direction by its place on the far side; begin with a
 * zeroed pair, `direction` set and out = NO_MATE. false: no more. */
bool alignment_next(const struct alignment *alignment, struct pair *pair);

#define alignment_begin(d) ((struct pair){.out = NO_MATE, .direction = (d)})

/* Aligns both directions. An alignment may be used again and again. false: no
 * memory. */
bool align_hop(const struct hop *hop, struct alignment *alignment);
void alignment_fini(struct alignment *alignment);

#endif
