/* SPDX-License-Identifier: MIT
 *
 * Findings: the catalogue of kinds, and a fact found on a path. A finding is
 * a fact, never an accusation: who is to blame is for the verdict.
 */
#ifndef NW_FINDING_H
#define NW_FINDING_H

#include "align.h"
#include "lookup.h"
#include "rules/echo.h"
#include "rules/onset.h"
#include "sighting.h"
#include "step.h"

/* In the order of FINDINGS A. A kind's id, once released, keeps its meaning. */
enum finding_kind {
	KIND_ACK_UNTRANSLATED,
	KIND_ACK_DOUBLE_TRANSLATED,
	KIND_ACK_WRONG_SIGN,
	KIND_ACK_WRONG_DIRECTION_DELTA,
	KIND_ACK_BYTE_ORDER,
	KIND_ACK_OFF_BY_N,
	KIND_ACK_FOREIGN_DELTA,
	KIND_ACK_FOREIGN_VALUE,
	KIND_ACK_STALE_INCARNATION,
	KIND_ACK_FIELD_SWAP,
	KIND_ACK_HALF_UPDATED,
	KIND_ACK_CARRY_LOST,
	KIND_ACK_RELATIVE,
	KIND_ACK_CONSTANT,
	KIND_ACK_ALTERED_UNEXPLAINED,
	KIND_ACK_BEYOND_NXT,
	KIND_ACK_BELOW_WINDOW,
	KIND_ACK_HANDSHAKE_MISMATCH,
	KIND_SEQ_ISN_SHIFT,
	KIND_SEQ_WRONG_DELTA,
	KIND_TRANSLATION_CHANGED,
	KIND_DELTA_NOT_INVERSE,
	KIND_SYN_RTX_ISN_MISMATCH,
	KIND_SYNACK_ISN_CHANGED,
	KIND_RST_UNTRANSLATED,
	KIND_SEQ_STEP_EXPLAINED,
	KIND_SEQ_STEP_MISAPPLIED,
	KIND_SACK_UNTRANSLATED,
	KIND_SACK_OUT_OF_RANGE,
	KIND_OPT_WSCALE_CHANGED,
	KIND_PATH_DROP,
	KIND_PATH_INJECT_RST,
	KIND_EP_DEFER_ACCEPT,
	KIND_EP_RST_FROM_BAD_ACK,
	KIND_EP_RST_IGNORED,
	KIND_NAT_COLLISION,
	KIND_NAT_SNAT,
	KIND_NAT_DNAT,
	KIND_NAT_FULL,
	KIND_NAT64,
	KIND_TS_OFFSET,
	KIND_TTL_DECREMENT,
	KIND_IP_ID_REWRITTEN,
	KIND_COUNT,
};

struct kind_entry {
	const char *id;
	const char *category;
	const char *field; /* Wireshark's name, or NULL */
	enum nw_class class_;
	enum nw_severity severity;
	const char *text; /* what the hop did, for people */
};

const struct kind_entry *kind_entry(enum finding_kind kind);

/* The hop of a fact: 0 lies between points 0 and 1; these two beyond. */
#define HOP_UPSTREAM   UINT32_MAX
#define HOP_DOWNSTREAM (UINT32_MAX - 1)

struct finding {
	enum finding_kind kind;
	uint32_t path; /* index into paths */
	uint32_t hop;
	enum direction direction;
	uint8_t match_class;  /* of the hop's link on this path */
	uint8_t severity;     /* enum nw_severity */
	bool is_open;         /* the capture may be to blame, not the hop */
	uint8_t repeated_syn; /* flags of a SYN that came again before it */
	struct numbers expected, observed;
	uint64_t count, exposure;
	int64_t onset_ns;             /* at the first point that shows it */
	struct sighting sightings[4]; /* in and out of the first two cases */
	uint32_t sighting_count;
	struct nw_cause *causes; /* in the audit's arena, best first */
	uint32_t cause_count;
	struct onset onset; /* of a wrong number */
	uint8_t echo;       /* of a RST: enum echo */
	uint32_t cause; /* index of the finding it follows from, or FLOW_NONE:
			   within the path's findings */
};

struct findings {
	VEC(struct finding) list;
	bool failed; /* no memory for one */
};

/* A new finding of that kind, or NULL: no memory, remembered. */
struct finding *findings_add(struct findings *findings, enum finding_kind kind);

/* Adds where it was seen, as long as there is room. */
void finding_sight(struct finding *finding, const struct trace *trace,
		   const struct trace_item *item, uint32_t value);

#endif
