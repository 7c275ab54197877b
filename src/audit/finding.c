/* SPDX-License-Identifier: MIT
 *
 * The catalogue. One line a kind: id, category, field, class, severity.
 */
#include "finding.h"

static const struct kind_entry catalogue[KIND_COUNT] = {
	[KIND_ACK_UNTRANSLATED] = {"ack-untranslated", "ack", "tcp.ack",
				   NW_FAULT, NW_CRITICAL,
				   "passes the ACK number on untranslated"},
	[KIND_ACK_DOUBLE_TRANSLATED] = {"ack-double-translated", "ack",
					"tcp.ack", NW_FAULT, NW_CRITICAL,
					"translates the ACK number twice"},
	[KIND_ACK_WRONG_SIGN] = {"ack-wrong-sign", "ack", "tcp.ack", NW_FAULT,
				 NW_CRITICAL,
				 "translates the ACK number the wrong way"},
	[KIND_ACK_WRONG_DIRECTION_DELTA] =
		{"ack-wrong-direction-delta", "ack", "tcp.ack", NW_FAULT,
		 NW_CRITICAL,
		 "translates the ACK number by the other stream's offset"},
	[KIND_ACK_BYTE_ORDER] = {"ack-byte-order", "ack", "tcp.ack", NW_FAULT,
				 NW_CRITICAL,
				 "swaps the bytes of the ACK number"},
	[KIND_ACK_OFF_BY_N] = {"ack-off-by-n", "ack", "tcp.ack", NW_FAULT,
			       NW_CRITICAL,
			       "sends an ACK number that is off by a little"},
	[KIND_ACK_FOREIGN_DELTA] =
		{"ack-foreign-delta", "ack", "tcp.ack", NW_FAULT, NW_CRITICAL,
		 "translates the ACK number by another connection's offset"},
	[KIND_ACK_FOREIGN_VALUE] =
		{"ack-foreign-value", "ack", "tcp.ack", NW_FAULT, NW_CRITICAL,
		 "sends an ACK number that is due on another connection"},
	[KIND_ACK_STALE_INCARNATION] =
		{"ack-stale-incarnation", "ack", "tcp.ack", NW_FAULT,
		 NW_CRITICAL, "sends an ACK number of an earlier connection"},
	[KIND_ACK_OTHER_BACKEND] = {"ack-other-backend", "ack", "tcp.ack",
				    NW_FAULT, NW_CRITICAL,
				    "sends one server the ACK number that is "
				    "due to another"},
	[KIND_ACK_FIELD_SWAP] = {"ack-field-swap", "ack", "tcp.ack", NW_FAULT,
				 NW_CRITICAL,
				 "puts another field's number into the ACK"},
	[KIND_ACK_HALF_UPDATED] = {"ack-half-updated", "ack", "tcp.ack",
				   NW_FAULT, NW_CRITICAL,
				   "updates only half of the ACK number"},
	[KIND_ACK_CARRY_LOST] = {"ack-carry-lost", "ack", "tcp.ack", NW_FAULT,
				 NW_CRITICAL,
				 "loses a carry in the ACK number"},
	[KIND_ACK_RELATIVE] = {"ack-relative", "ack", "tcp.ack", NW_FAULT,
			       NW_CRITICAL, "sends a relative ACK number"},
	[KIND_ACK_CONSTANT] =
		{"ack-constant", "ack", "tcp.ack", NW_FAULT, NW_CRITICAL,
		 "sends the same ACK number on several connections"},
	[KIND_ACK_ALTERED_UNEXPLAINED] = {"ack-altered-unexplained", "ack",
					  "tcp.ack", NW_FAULT, NW_CRITICAL,
					  "corrupts the ACK number"},
	[KIND_ACK_BEYOND_NXT] = {"ack-beyond-nxt", "ack", "tcp.ack", NW_FAULT,
				 NW_ERROR,
				 "acknowledges data that was never sent"},
	[KIND_ACK_BELOW_WINDOW] =
		{"ack-below-window", "ack", "tcp.ack", NW_FAULT, NW_ERROR,
		 "sends an ACK number from before the connection began"},
	[KIND_ACK_HANDSHAKE_MISMATCH] = {"ack-handshake-mismatch", "ack",
					 "tcp.ack", NW_FAULT, NW_CRITICAL,
					 "answers the handshake with a number "
					 "that is not that of the SYN"},
	[KIND_ACK_REGRESSION] = {"ack-regression-at-out", "ack", "tcp.ack",
				 NW_FAULT, NW_WARNING,
				 "sends ACK numbers that go backwards"},
	[KIND_ACK_TSECR] = {"ack-tsecr-contradiction", "ack", "tcp.ack",
			    NW_FAULT, NW_ERROR,
			    "sends an ACK number that its own timestamp echo "
			    "contradicts"},
	[KIND_ACK_EARLY] = {"ack-early-by-device", "ack", "tcp.ack",
			    NW_TRANSLATION, NW_INFO,
			    "acknowledges data before the receiver does"},
	[KIND_ACK_THINNED] = {"ack-thinned", "ack", "tcp.ack", NW_TRANSLATION,
			      NW_INFO, "passes only some of the pure ACKs"},
	[KIND_SEQ_ISN_SHIFT] = {"seq-isn-shift", "seq", "tcp.seq",
				NW_TRANSLATION, NW_INFO,
				"shifts sequence numbers"},
	[KIND_SEQ_WRONG_DELTA] = {"seq-wrong-delta", "seq", "tcp.seq", NW_FAULT,
				  NW_CRITICAL, "corrupts the sequence number"},
	[KIND_TRANSLATION_CHANGED] = {"translation-changed-midflow", "seq",
				      "tcp.seq", NW_FAULT, NW_CRITICAL,
				      "changes the offset of sequence numbers "
				      "while the connection lives"},
	[KIND_DELTA_NOT_INVERSE] = {"delta-not-inverse", "seq", "tcp.seq",
				    NW_FAULT, NW_CRITICAL,
				    "does not take off ACK numbers what it "
				    "adds to sequence numbers"},
	[KIND_SYN_RTX_ISN_MISMATCH] =
		{"syn-rtx-isn-mismatch", "ack", "tcp.ack", NW_FAULT,
		 NW_CRITICAL,
		 "translates the ACK number by the offset of the client's "
		 "first SYN, not of the one that is answered"},
	[KIND_SYNACK_ISN_CHANGED] = {"synack-isn-changed", "seq", "tcp.seq",
				     NW_FAULT, NW_WARNING,
				     "answers one SYN with two numbers"},
	[KIND_RST_UNTRANSLATED] = {"rst-untranslated", "seq", "tcp.seq",
				   NW_FAULT, NW_CRITICAL,
				   "sends the RST with a wrong number"},
	[KIND_SEQ_STEP_EXPLAINED] = {"seq-delta-step-explained", "seq",
				     "tcp.seq", NW_TRANSLATION, NW_INFO,
				     "resizes payload and shifts what follows"},
	[KIND_SEQ_STEP_MISAPPLIED] =
		{"seq-delta-step-misapplied", "seq", "tcp.seq", NW_FAULT,
		 NW_CRITICAL, "uses the wrong offset around a resized payload"},
	[KIND_STREAM_GAP] = {"stream-gap-unfilled", "path", NULL, NW_FAULT,
			     NW_ERROR, "never passes a part of the stream"},
	[KIND_SACK_UNTRANSLATED] = {"sack-untranslated", "sack",
				    "tcp.options.sack", NW_FAULT, NW_ERROR,
				    "passes SACK blocks on untranslated"},
	[KIND_SACK_OUT_OF_RANGE] = {"sack-out-of-range", "sack",
				    "tcp.options.sack", NW_FAULT, NW_ERROR,
				    "sends SACK blocks of data that never was"},
	[KIND_SACK_BLOCKS_STRIPPED] = {"sack-blocks-stripped", "sack",
				       "tcp.options.sack", NW_FAULT, NW_WARNING,
				       "takes the SACK blocks away"},
	[KIND_SACK_PERM_SPLIT] = {"sack-perm-split", "sack",
				  "tcp.options.sack_perm", NW_FAULT, NW_ERROR,
				  "lets one end believe in SACK and not the "
				  "other"},
	[KIND_OPT_WSCALE_CHANGED] = {"opt-wscale-changed", "options",
				     "tcp.options.wscale.shift", NW_FAULT,
				     NW_WARNING,
				     "offers another window scale and does not "
				     "rescale the windows"},
	[KIND_PATH_DROP] = {"path-drop", "path", NULL, NW_FAULT, NW_WARNING,
			    "drops segments"},
	[KIND_PATH_INJECT_RST] = {"path-inject-rst", "path", "tcp.flags.reset",
				  NW_FAULT, NW_CRITICAL,
				  "sends a RST that the sender never sent"},
	[KIND_PATH_DEVICE_RESET] = {"path-device-reset", "path",
				    "tcp.flags.reset", NW_FAULT, NW_ERROR,
				    "resets both ends of a connection"},
	[KIND_PATH_SYN_ANSWERED] = {"path-syn-answered-by-device", "path", NULL,
				    NW_TRANSLATION, NW_INFO,
				    "answers SYNs before the server does"},
	[KIND_PROXY_TERMINATED] =
		{"proxy-terminated", "path", NULL, NW_TRANSLATION, NW_INFO,
		 "terminates connections and opens others (a proxy)"},
	[KIND_EP_DEFER_ACCEPT] =
		{"ep-defer-accept-suspected", "endpoint", NULL, NW_BEHAVIOUR,
		 NW_INFO,
		 "repeats its SYN/ACK although the handshake was complete"},
	[KIND_EP_RST_FROM_BAD_ACK] = {"ep-rst-from-bad-ack", "endpoint",
				      "tcp.seq", NW_BEHAVIOUR, NW_ERROR,
				      "answers a wrong ACK with a RST"},
	[KIND_EP_RST_IGNORED] = {"ep-rst-ignored", "endpoint", NULL,
				 NW_BEHAVIOUR, NW_WARNING,
				 "goes on after the RST"},
	[KIND_NAT_COLLISION] = {"nat-tuple-collision", "nat", NULL, NW_FAULT,
				NW_CRITICAL,
				"maps two live connections to one tuple"},
	[KIND_NAT_MAPPING_CHANGED] =
		{"nat-mapping-changed-midflow", "nat", NULL, NW_FAULT,
		 NW_CRITICAL, "moves a live connection to another outer tuple"},
	[KIND_NAT_REBOUND] = {"nat-rebound-after-close", "nat", NULL,
			      NW_TRANSLATION, NW_INFO,
			      "maps connections anew after a close"},
	[KIND_NAT_UNTRANSLATED] = {"nat-untranslated-packet", "nat", "ip.addr",
				   NW_FAULT, NW_CRITICAL,
				   "passes packets on without translating them "
				   "although the connection has a mapping"},
	[KIND_LB_BACKEND_SPLIT] = {"lb-backend-split", "nat", NULL, NW_FAULT,
				   NW_CRITICAL,
				   "opens one connection to two servers"},
	[KIND_LB_BACKEND_CHANGED] =
		{"lb-backend-changed-midflow", "nat", NULL, NW_FAULT,
		 NW_CRITICAL, "moves a live connection to another server"},
	[KIND_NAT_SNAT] = {"nat-snat", "nat", "ip.src", NW_TRANSLATION, NW_INFO,
			   "translates the client's address"},
	[KIND_NAT_DNAT] = {"nat-dnat", "nat", "ip.dst", NW_TRANSLATION, NW_INFO,
			   "translates the server's address"},
	[KIND_NAT_FULL] = {"nat-full", "nat", "ip.addr", NW_TRANSLATION,
			   NW_INFO, "translates both addresses"},
	[KIND_NAT64] = {"nat64", "nat", "ip.version", NW_TRANSLATION, NW_INFO,
			"translates between IPv6 and IPv4"},
	[KIND_NAT_PORT_PRESERVED] = {"nat-port-preserved", "nat", "tcp.srcport",
				     NW_TRANSLATION, NW_INFO,
				     "keeps the client's port"},
	[KIND_TS_OFFSET] = {"opt-ts-offset", "options",
			    "tcp.options.timestamp.tsval", NW_TRANSLATION,
			    NW_INFO, "shifts TCP timestamps"},
	[KIND_TTL_DECREMENT] = {"hdr-ttl-decrement", "header", "ip.ttl",
				NW_TRANSLATION, NW_INFO, "routes (TTL)"},
	[KIND_IP_ID_REWRITTEN] = {"hdr-ipid-rewritten", "header", "ip.id",
				  NW_TRANSLATION, NW_INFO,
				  "rewrites the IP ID"},
};

const struct kind_entry *kind_entry(enum finding_kind kind)
{
	return &catalogue[kind];
}

struct finding *findings_add(struct findings *findings, enum finding_kind kind)
{
	struct finding *f = vec_push(&findings->list);

	if (f == NULL) {
		findings->failed = true;
		return NULL;
	}
	f->kind = kind;
	f->severity = (uint8_t)catalogue[kind].severity;
	f->cause = FLOW_NONE;
	return f;
}

void finding_sight(struct finding *finding, const struct trace *trace,
		   const struct trace_item *item, uint32_t value)
{
	const size_t room =
		sizeof(finding->sightings) / sizeof(finding->sightings[0]);

	if (finding->sighting_count == room)
		return;
	finding->sightings[finding->sighting_count++] = (struct sighting){
		trace->point, item->record.file, item->record.frame,
		item->record.time_ns, value};
}
