/* SPDX-License-Identifier: MIT
 *
 * Where does a wrong number come from? Each hypothesis names a bug that makes
 * exactly one number, or one of few; a hit says as much as such a hit is rare
 * (FINDINGS B.2). All arithmetic is modulo 2^32.
 */
#ifndef NW_HYPOTHESIS_H
#define NW_HYPOTHESIS_H

#include "finding.h"

/* In the order of FINDINGS B.2. */
enum hypothesis {
	HYPOTHESIS_UNTRANSLATED,
	HYPOTHESIS_DELTA_TWICE,
	HYPOTHESIS_WRONG_SIGN,
	HYPOTHESIS_OTHER_DIRECTION,
	HYPOTHESIS_FOREIGN_DELTA,
	HYPOTHESIS_FOREIGN_VALUE,
	HYPOTHESIS_STALE,
	HYPOTHESIS_BYTE_ORDER,
	HYPOTHESIS_FIELD_SWAP,
	HYPOTHESIS_OWN_STREAM,
	HYPOTHESIS_TRUNCATED,
	HYPOTHESIS_MISSING_CARRY,
	HYPOTHESIS_OFF_BY_N,
	HYPOTHESIS_RELATIVE,
	HYPOTHESIS_UNSENT_DATA,
	HYPOTHESIS_OTHER_BACKEND,
	HYPOTHESIS_CONSTANT,
	HYPOTHESIS_CORRECTED_ACK,
	HYPOTHESIS_COUNT,
};

/* Half-open range of numbers, mod 2^32; empty when they are equal. */
struct range {
	uint32_t begin, end;
};

#define STALE_MAX 16
#define LEGS_MAX  4

/* All that the tests may use of one wrong number. */
struct clue {
	uint32_t observed, expected;
	bool is_seq;     /* the sequence number itself, not the ACK */
	bool has_before; /* the number was seen before the hop */
	uint32_t before;
	uint32_t shift;                /* due from before to expected */
	uint32_t other_shift;          /* that of the other stream */
	uint32_t offset;               /* canonical, of the expected number */
	struct record in, out;         /* the segment at either side */
	struct range own[2];           /* the sender's stream, at in and out */
	struct range stale[STALE_MAX]; /* of earlier incarnations */
	uint32_t stale_count;
	struct range legs[LEGS_MAX]; /* streams of other servers that the
					same SYN was sent to */
	uint32_t leg_count;
	uint32_t window;  /* that the sender offers, scaled */
	uint32_t seen[2]; /* end of the peer's data seen at in and out */
	/* looked up by the caller: */
	uint32_t foreign_deltas; /* deltas known at the hop: how many ... */
	bool foreign_delta;      /* ... and whether one of them fits */
	uint32_t foreign_values; /* numbers of other live connections ... */
	bool foreign_value;
	uint32_t values; /* other wrong numbers of the audit ... */
	bool repeated;   /* ... and whether one is this */
};

/* What a test found: how many numbers it would have accepted. */
struct trial {
	bool possible; /* the hypothesis can be tested at all */
	bool hit;
	double numbers;
};

struct trial hypothesis_test(enum hypothesis hypothesis,
			     const struct clue *clue);

/* Stable id, as reports call it. */
const char *hypothesis_name(enum hypothesis hypothesis);

/* Weight before any evidence (FINDINGS B.3). */
double hypothesis_prior(enum hypothesis hypothesis);

/* Half a sentence: "the number is ..." */
const char *hypothesis_text(enum hypothesis hypothesis);

#endif
