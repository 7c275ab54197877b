/* SPDX-License-Identifier: MIT
 *
 * What the kinds of findings about ACK, sequence and SACK numbers mean. The
 * ids are an API: once released, a kind's meaning does not change. "Shift" is
 * what a device adds to the sequence numbers of one direction; ACK numbers and
 * SACK edges of the other direction must be shifted back by the same amount.
 */
#include "explain_texts.h"

const struct explanation number_explanations[] = {
	{"ack-untranslated", "fault, critical",
	 "the ACK number was passed on without translation",
	 "The device shifts the sequence numbers of one direction, so the ACK "
	 "numbers of the other direction must be shifted back. Here the ACK "
	 "number left the device exactly as it came in. The receiver sees an "
	 "acknowledgment of bytes that it never sent: a half-open socket "
	 "answers with RST, an established one ignores the segment or answers "
	 "with an ACK of its own.",
	 "The shift is known from the SYN and the SYN/ACK at both points and "
	 "is not zero; the ACK numbers at both points are equal. The segments "
	 "were paired without looking at their ACK numbers.",
	 "Find out what is special about these segments: the first ones after "
	 "a repeated SYN/ACK, window updates, a failover, a hardware fast "
	 "path. Update the device; until then switch off its sequence "
	 "randomisation or SYN proxy for this traffic."},
	{"ack-double-translated", "fault, critical",
	 "the shift was applied twice to the ACK number",
	 "The ACK number was moved by twice the shift that belongs to this "
	 "connection, as if the segment had passed the translation two times "
	 "(hairpin, two virtual instances, retry after an exception).",
	 "ACK out minus ACK in is exactly twice the shift learnt from the "
	 "handshake at both points.",
	 "Look for a path on which a packet crosses the device twice, and for "
	 "two features that both adjust sequence numbers."},
	{"ack-wrong-sign", "fault, critical",
	 "the shift was subtracted instead of added",
	 "The ACK number was moved by the right amount in the wrong direction.",
	 "ACK out minus ACK in is exactly the negative of the shift learnt "
	 "from the handshake at both points.",
	 "This is a bug of the device: report it with the frames shown. "
	 "Switching off sequence randomisation avoids it."},
	{"ack-wrong-direction-delta", "fault, critical",
	 "the ACK number got the other direction's shift",
	 "The device keeps one shift per direction and used that of the stream "
	 "that the segment itself carries, where it needed that of the stream "
	 "that is acknowledged.",
	 "ACK out minus ACK in equals, plus or minus, the shift of the other "
	 "direction, and the two shifts differ.",
	 "This is a bug of the device: report it with the frames shown. "
	 "Switching off sequence randomisation avoids it."},
	{"ack-altered-unexplained", "fault, critical",
	 "the ACK number was changed and no known mistake explains it",
	 "The ACK number behind the device is not what its own translation of "
	 "this connection makes of the number before. None of the known "
	 "mistakes (no shift, double, wrong sign, another connection's shift "
	 "or number, byte order, constant ...) gives the number that was sent.",
	 "Both numbers are taken relative to the initial sequence numbers seen "
	 "at their own point, where a faithful device leaves them equal. They "
	 "differ, and no copy of the segment at the far side has the right "
	 "one.",
	 "The report lists the tests that were made. Capture more connections, "
	 "or start the captures earlier: a number left over from another "
	 "connection can be traced only when that connection was captured "
	 "too."},
	{"ack-beyond-nxt", "fault, error",
	 "the ACK acknowledges data that was never sent",
	 "At this point, a segment acknowledges more than the other end has "
	 "sent so far. TCP must not accept it (RFC 9293 section 3.10.7.4): an "
	 "established socket answers with an ACK and drops it, a half-open one "
	 "with RST.",
	 "The highest sequence number seen from the other end is below the ACK "
	 "number, and the missing bytes do not appear later. One further point "
	 "that saw them acquits: then this capture had missed packets.",
	 "One point shows the fault, not who did it. Capture on the other side "
	 "of the next device in the direction that the segment came from."},
	{"ack-below-window", "fault, error",
	 "the ACK is too old to belong to this connection",
	 "The segment acknowledges a position that lies further back than the "
	 "largest window ever offered. RFC 5961 section 5 has the receiver "
	 "drop it and answer with a challenge ACK.",
	 "ACK number below the acknowledged position minus the largest window "
	 "seen; the same ACK was not sent earlier by this connection, which "
	 "would make it a late duplicate.",
	 "Compare with the other side of the next device in the direction that "
	 "the segment came from. A number of the tuple's previous connection "
	 "points at stale state in that device."},
	{"ack-tsecr-contradiction", "fault, error",
	 "the ACK number denies what the timestamp echo beside it shows",
	 "The segment echoes the timestamp of data that lies beyond its ACK "
	 "number, so the host that sent it had that data, and more was "
	 "acknowledged before. The ACK number was changed on the way: by a "
	 "device between that host and this point, or a filter on the host.",
	 "Two proofs at one point. A host echoes the last segment that began "
	 "at or before its own ACK (RFC 7323 section 4.3); all segments with "
	 "the echoed timestamp begin after this ACK. And by the host's own "
	 "clock, the segment was sent later than two others that acknowledged "
	 "more, which rules out reordering.",
	 "Capture on the other side of the next device in the direction that "
	 "the segment came from."},
	{"ack-early-by-device", "translation, info",
	 "the device acknowledges data itself, before the receiver does",
	 "ACKs leave the device before the receiver's own can be there. Split "
	 "TCP and performance-enhancing proxies (RFC 3135) do so, to hide the "
	 "delay or the loss of what lies behind them. An ACK then no longer "
	 "says that the data arrived.",
	 "Most steps of the ACK number behind the device come earlier than any "
	 "ACK so far came in, by more than the clocks may be off; many of the "
	 "same numbers come in afterwards; and the capture there has the data "
	 "of the other way, so that it did not just miss the ACKs.",
	 "Nothing, if the device is meant to do it. Where a connection hangs, "
	 "look whether data that it acknowledged is also delivered."},
	{"ack-thinned", "translation, info",
	 "only some of the pure ACKs are passed on",
	 "ACKs without data are missing behind the device, again and again, "
	 "and each time a later ACK that says the same and more came through. "
	 "Cable modems, satellite links and TCP accelerators do so on purpose; "
	 "nothing is lost by it, but a sender that counts ACKs grows its "
	 "window more slowly, and fewer duplicate ACKs tell it of a loss.",
	 "At least every tenth pure ACK is missing, in many pieces, while the "
	 "packets of the other way and the data of the same way are missing at "
	 "most a quarter as often: it is not the capture that loses packets. A "
	 "capture that merges ACKs (LRO), or whose tap loses in one direction "
	 "only, looks alike.",
	 "Nothing, unless the connection is slow. Where ACKs are thinned, a "
	 "wrong one can often not be paired with what came in; such ACKs are "
	 "listed as not decided."},
	{"ack-handshake-mismatch", "fault, critical",
	 "an ACK of the handshake does not match the SYN at the same point",
	 "The SYN/ACK does not acknowledge the client's initial sequence "
	 "number plus one, or the client's first ACK not the server's. Both "
	 "are seen at one point, so no translation can excuse it. The end that "
	 "gets it answers with RST, and the connection fails or is delayed.",
	 "The numbers of SYN, SYN/ACK and ACK at this point. Fast Open (data "
	 "in the SYN) and late SYN/ACKs of an older SYN are ruled out first.",
	 "If it is the SYN/ACK, look toward the server, if it is the ACK, "
	 "toward the client: a device there answered for another SYN, or "
	 "translates one direction only."},
	{"ack-regression-at-out", "fault, warning",
	 "the ACK number goes backwards behind the device only",
	 "Before the device the ACK numbers of a direction never decrease, "
	 "behind it they do.",
	 "An ACK behind the device that came in nowhere, has a lower number "
	 "than two before it, and a later timestamp than both: no old segment "
	 "that the network delayed or doubled. The capture before the device "
	 "has all other packets of the direction.",
	 "Look at the segments around the step: a device that answers ACKs "
	 "itself, or one that changes its translation, causes this."},
	{"ack-off-by-n", "fault, critical",
	 "the ACK number is wrong by a small, telling amount",
	 "The ACK number is off by one or two, as when SYN or FIN are not "
	 "counted, or by just the length of a segment or of text that a device "
	 "inserted.",
	 "The difference to the expected number is in that short list; the "
	 "segments were paired without it.",
	 "Off by one or two: the device's handling of SYN or FIN. By a length: "
	 "a device that changes payload (application gateway, header "
	 "insertion) and corrects ACKs wrongly."},
	{"ack-byte-order", "fault, critical",
	 "the ACK number has its bytes or halves swapped",
	 "The number that was sent is the right one with its bytes reversed, "
	 "its halves swapped, or inverted.",
	 "One of a dozen such rearrangements of the expected number gives the "
	 "observed one exactly; by chance that happens once in some hundred "
	 "million cases.",
	 "A bug of the device's software for one code path; report it with the "
	 "frames shown."},
	{"ack-foreign-delta", "fault, critical",
	 "the ACK number got the shift of another connection",
	 "The device moved the ACK number by exactly the amount that belongs "
	 "to another connection that it also handles: its connection table "
	 "mixed the two up.",
	 "ACK out minus ACK in equals the shift of the connection that the "
	 "report names. The report says how many connections were tried and "
	 "how probable such a hit is by chance.",
	 "Look for what the two connections share: hash bucket, port, worker, "
	 "time of a failover or of state synchronisation. The report names "
	 "both tuples."},
	{"ack-stale-incarnation", "fault, critical",
	 "the ACK number belongs to the previous connection of the same tuple",
	 "A client port was used again, and the device still had the state of "
	 "the connection before: it sent a number of that one.",
	 "The observed number lies in the sequence range of an earlier "
	 "connection of the same tuple, seen at one of the two points. Delayed "
	 "old packets are ruled out by their timestamps.",
	 "Ports come back too soon for the device, or it does not renew its "
	 "state at a new SYN. Shorten its timeout for closed connections or "
	 "enlarge the range of ports."},
	{"ack-foreign-value", "fault, critical",
	 "the ACK number of another connection",
	 "The number that left the device is due on another connection that "
	 "was "
	 "alive at the time: the device mixed up two of its entries.",
	 "The number is exactly one that the other connection's ACKs carry at "
	 "that point, which chance makes as rarely as the report says.",
	 "Look for what the two connections share in the device: a bucket, a "
	 "port, a processor."},
	{"ack-other-backend", "fault, critical",
	 "the ACK number that is due to another server",
	 "The device sent one SYN to two servers, and then gave one of them "
	 "the ACK number that the other one's SYN/ACK asked for. The server "
	 "answers with a RST.",
	 "Two flows with the client's initial number leave the device, to two "
	 "servers, and the number lies in the stream of the other one.",
	 "Look at what the balancer does with a repeated SYN: it must stay "
	 "with the server that it chose first."},
	{"ack-field-swap", "fault, critical",
	 "another field's number in the ACK field",
	 "The ACK number is the segment's own sequence number, a timestamp or "
	 "the like.",
	 "The number equals that field of the same segment.",
	 "This is a bug of the device: report it with the frames shown."},
	{"ack-half-updated", "fault, critical",
	 "only half of the ACK number was translated",
	 "One 16-bit half is that of the number that came in, or zero, the "
	 "other one is right: the update was not done in one go.",
	 "The halves, at both points.",
	 "This is a bug of the device: report it with the frames shown."},
	{"ack-carry-lost", "fault, critical",
	 "a carry between bytes of the ACK number was lost",
	 "The number is off by exactly 2^8, 2^16 or 2^24.",
	 "The difference, at both points.",
	 "This is a bug of the device's arithmetic: report it."},
	{"ack-relative", "fault, critical", "the ACK number counts from zero",
	 "The number is an offset from the initial sequence number: the device "
	 "took the ISN off and did not add the other one.",
	 "The number equals the offset of the right one.",
	 "This is a bug of the device: report it with the frames shown."},
	{"ack-constant", "fault, critical",
	 "the same wrong ACK number on several connections",
	 "Connections that have nothing in common got the same number: a "
	 "constant, or memory that was not initialised.",
	 "The number, on all of them.",
	 "This is a bug of the device: report it with the frames shown."},
	{"seq-isn-shift", "translation, info",
	 "the device shifts sequence numbers, and does it consistently",
	 "Initial sequence numbers differ on both sides of the device by an "
	 "amount that stays constant for the connection, and ACK numbers are "
	 "shifted back. That is what sequence randomisation, SYN proxies and "
	 "delayed binding do.",
	 "The shift is the same for all pairs of segments of the direction.",
	 "Nothing, unless the device should not do it. Note that a device "
	 "which shifts must also shift SACK blocks."},
	{"seq-wrong-delta", "fault, critical",
	 "a sequence number was translated wrongly",
	 "A segment's sequence number behind the device is not the one that "
	 "the translation of this connection gives. The receiver puts the data "
	 "in the wrong place or drops the segment.",
	 "Relative to the initial number of each point, the sequence numbers "
	 "of the two copies of the segment differ. They were paired by "
	 "content, time and other fields.",
	 "Read the cause in the report: the same mistakes as for ACK numbers "
	 "are tested. Report it to the device's vendor with the frames shown."},
	{"translation-changed-midflow", "fault, critical",
	 "the shift changed in the middle of the connection",
	 "Up to some moment the device shifts sequence numbers by one amount, "
	 "afterwards by another, although no payload was resized. Everything "
	 "that follows is out of place for the receiver.",
	 "Pairs of segments give one shift before and another one behind that "
	 "moment, each supported by several pairs.",
	 "See what happened at the moment shown: a repeated SYN/ACK, an idle "
	 "pause, a failover, a state table that was synchronised or cleared."},
	{"delta-not-inverse", "fault, critical",
	 "one direction's shift is not undone in the other",
	 "The device adds a shift to the sequence numbers of one direction, "
	 "but does not take the same amount off the ACK numbers of the other.",
	 "The shift of sequence numbers in one direction and that of ACK "
	 "numbers in the other, each by a vote of several segments, do not "
	 "agree.",
	 "The device translates one direction only: look for asymmetric "
	 "routing, a fast path for one direction, or two features that "
	 "overlap."},
	{"rst-untranslated", "fault, critical",
	 "a RST was passed on with an untranslated sequence number",
	 "A RST was right before the device and has a wrong number behind it. "
	 "The receiver must ignore a RST outside of its window (RFC 9293, RFC "
	 "5961), so it keeps a connection that the other end has given up.",
	 "The RST's number is what its receiver expects before the device and "
	 "is not behind it, while the connection has a shift.",
	 "Update the device. The sign at the ends is sockets that stay until a "
	 "timeout."},
	{"seq-delta-step-explained", "translation, info",
	 "the shift changes where the device resized the payload",
	 "The device made a segment longer or shorter (an address in FTP or "
	 "SIP, an inserted header) and moves all later numbers by the "
	 "difference, as it must.",
	 "The step equals the change in length, and ACK numbers beyond that "
	 "place are moved back by the same amount.",
	 "Nothing. If the device is not meant to touch payload, switch off its "
	 "application gateway."},
	{"seq-delta-step-misapplied", "fault, critical",
	 "numbers around a resized payload are shifted by the wrong step",
	 "The device resized the payload and shifts the numbers behind it, but "
	 "a segment near that place - mostly a retransmission or a SACK - got "
	 "the shift of the other side of it.",
	 "The error is exactly plus or minus the step.",
	 "Linux remembers two offsets per direction, so two resizes in flight "
	 "go wrong. Switch off the application gateway or make it resize less "
	 "often."},
	{"syn-rtx-isn-mismatch", "fault, critical",
	 "the client sent a new SYN, the device kept the old number",
	 "A client repeated its SYN with another initial sequence number (a "
	 "new connection on the same ports). The device goes on translating "
	 "ACK numbers with the offset of the first SYN.",
	 "Both SYNs at either side of the device tell two offsets, and every "
	 "wrong ACK is off by exactly their difference.",
	 "The device must renew its state at a new SYN; update it. Until then "
	 "avoid quick reuse of ports."},
	{"synack-isn-changed", "fault, warning or critical",
	 "two SYN/ACKs for one SYN have different numbers",
	 "The same SYN was answered twice with different initial sequence "
	 "numbers. Critical when a later ACK acknowledges the one that the "
	 "server does not use: then two machines answered, or a device forgot "
	 "what it had sent.",
	 "Both SYN/ACKs at one point; retransmissions have the same number, "
	 "and SYN cookies that are issued anew are considered.",
	 "Compare their TTLs and timestamps: if these differ, two backends "
	 "answered, and the load balancer chose again for a repeated SYN."},
	{"stream-gap-unfilled", "fault, error",
	 "bytes of the stream never reached the other side",
	 "A range of bytes was seen before the device and never behind it, not "
	 "even retransmitted, although later bytes were.",
	 "The range came in three times at least, in segments with different "
	 "borders, and was covered by no segment at the other side; the "
	 "receiver went on asking for it, long after each of the copies, and "
	 "nothing else of the stream is missing there. Three like segments are "
	 "a path-drop.",
	 "Look for a device that drops by content, size or state. The report "
	 "shows the range and the frames that carried it."},
	{"sack-untranslated", "fault, error",
	 "SACK blocks were passed on without translation",
	 "The device shifts the sequence numbers of one direction and adjusts "
	 "the ACK number of the other one, but not the SACK blocks beside it. "
	 "The sender of the data sees blocks outside of what it sent; Linux "
	 "and others ignore such segments altogether, so that each loss costs "
	 "a timeout.",
	 "The edges at both points are the same numbers although the shift is "
	 "not zero. Where they should be is known from the handshake at both "
	 "points. An edge that fits a border of the data seen is never called "
	 "wrong.",
	 "Switch off sequence randomisation or SACK for this traffic until the "
	 "device is mended, and report the frames."},
	{"sack-out-of-range", "fault, error",
	 "SACK blocks were changed to data that never was",
	 "A block came in that named data of the stream, and left the device "
	 "with edges that belong to nothing the peer ever sent.",
	 "No packet came in with these blocks, and the edges are no borders of "
	 "any segment seen at either point.",
	 "Look for a device that rewrites options, and compare the frames."},
	{"sack-blocks-stripped", "fault, warning",
	 "SACK blocks do not come through although both ends agreed to them",
	 "Both ends offered SACK and both got the other's offer, but ACKs that "
	 "enter the device with SACK blocks leave it without. The sender then "
	 "does not know which data arrived: it repairs one loss per round trip "
	 "and may send again what is there already.",
	 "The handshake at both points has the option in the SYN and in the "
	 "SYN/ACK. The segments are the same ones by their IP identification, "
	 "or, by timestamps, of the same sender while not one segment behind "
	 "the device has blocks. Headers that the snap length cut do not "
	 "count.",
	 "Look for a scrubber or normaliser that removes options, and let it "
	 "remove the SACK-permitted option from SYNs instead, or nothing."},
	{"sack-perm-split", "fault, error",
	 "one end agreed to SACK, the other did not",
	 "The device changed the SACK-permitted option in one packet of the "
	 "handshake only. One end believes that SACK was agreed and sends "
	 "blocks; the other did not agree, ignores them, and takes the ACKs "
	 "for what they say without them.",
	 "SYN and SYN/ACK at both points: with the option on both at one "
	 "point, not so at the other; the packet that came out changed; and "
	 "blocks that pass the device towards the end that did not agree. "
	 "Repeated SYNs that differ, and proxies, are left out.",
	 "Let the device remove the option from the SYN, so that both ends "
	 "fall back, or from neither packet."},
};

const size_t number_explanation_count =
	sizeof(number_explanations) / sizeof(number_explanations[0]);
