/* SPDX-License-Identifier: MIT
 *
 * What the kinds of findings mean. The ids are an API: once released, a
 * kind's meaning does not change. "Shift" is what a device adds to the
 * sequence numbers of one direction; ACK numbers and SACK edges of the other
 * direction must be shifted back by the same amount.
 */
#include "explain_texts.h"

const struct explanation explanations[] = {
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
	 "with the number of the first SYN, or drops the final ACK.",
	 "Both SYNs at the client's side, and the numbers behind the device "
	 "that fit the first one only.",
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
	{"path-syn-answered-by-device", "translation, info",
	 "the device answers SYNs itself",
	 "The client got its SYN/ACK before, or without, any SYN on the "
	 "server's side: a SYN proxy or a load balancer that waits for the "
	 "first data (delayed binding).",
	 "The order of SYN and SYN/ACK at both points, by cause and not by "
	 "clock.",
	 "Nothing in itself. Such a device must shift all sequence numbers of "
	 "the server for the life of the connection, so it is the first place "
	 "to look at for wrong ACKs."},
	{"proxy-terminated", "translation, info",
	 "the device ends the connection and opens one of its own",
	 "Two independent TCP connections stand on both sides: a proxy. "
	 "Numbers, options and windows are unrelated by design, and only the "
	 "payload may be compared.",
	 "Both handshakes complete independently of each other, and the "
	 "sequence numbers of both sides have no constant shift.",
	 "Nothing. Faults within each leg are still found."},
	{"nat-snat", "translation, info", "source NAT",
	 "The device replaces the client's address or port.",
	 "The tuples of the paired connection at both points differ on the "
	 "client's side only.",
	 "Nothing, if it is meant to."},
	{"nat-dnat", "translation, info", "destination NAT",
	 "The device replaces the server's address or port, as load balancers "
	 "and port forwardings do.",
	 "The tuples of the paired connection at both points differ on the "
	 "server's side only.",
	 "Nothing, if it is meant to."},
	{"nat-full", "translation, info", "source and destination NAT",
	 "The device replaces the addresses or ports of both ends.",
	 "The tuples of the paired connection at both points differ on both "
	 "sides.",
	 "Nothing, if it is meant to."},
	{"nat64", "translation, info", "translation between IPv6 and IPv4",
	 "The connection is IPv6 on one side of the device and IPv4 on the "
	 "other.",
	 "The address families of the paired connection at both points.",
	 "Nothing. Mind that headers differ by 20 bytes, so the MSS should be "
	 "clamped."},
	{"nat-port-preserved", "translation, info",
	 "the NAT keeps the client's port",
	 "The address is replaced, the source port stays.",
	 "Source ports before and behind are equal for so many connections "
	 "that it is no chance.",
	 "Nothing. Two clients with the same port collide on such a NAT unless "
	 "it can choose another one."},
	{"opt-ts-offset", "translation, info",
	 "the device shifts TCP timestamps consistently",
	 "The timestamp clock of one end is moved by a constant, and echoes "
	 "are moved back.",
	 "The offset is the same for all pairs of segments, and the echo reply "
	 "is corrected by it.",
	 "Nothing."},
	{"opt-mss-clamped", "translation, info", "the device lowers the MSS",
	 "The MSS option in a SYN or SYN/ACK is smaller behind the device than "
	 "before it.",
	 "Both values in the paired segments.",
	 "Nothing: this is how PPPoE, tunnels and VPNs keep segments small "
	 "enough."},
	{"hdr-ttl-decrement", "translation, info",
	 "the device lowers the TTL, as routers do",
	 "Each router lowers the TTL (hop limit) by one. A constant difference "
	 "tells how many routers lie between the points.",
	 "The difference is constant over the connection and direction.",
	 "Nothing."},
	{"hdr-ipid-rewritten", "translation, info",
	 "the device writes new IP identification numbers",
	 "The identification field of IPv4 differs on both sides for nearly "
	 "all packets.",
	 "Pairs of segments with different numbers.",
	 "Nothing. Tools that pair packets by this field fail here; natwitness "
	 "does not need it."},
	{"cap-flow-unmatched", "capture artifact",
	 "a connection was found at one point only",
	 "The connection has no counterpart at the next point: it did not pass "
	 "there, was blocked by the device, or that capture does not hold it "
	 "(time, filter, interface).",
	 "No connection there agrees with it in enough independent features.",
	 "Check that the captures overlap in time and that filters do not hide "
	 "the translated addresses."},
	{"cap-match-ambiguous", "capture artifact",
	 "a connection has several equally good counterparts",
	 "Two or more connections at the next point fit equally well, as with "
	 "many identical health checks. Nothing is claimed about them.",
	 "The best candidates differ too little in evidence.",
	 "Capture payload (a longer snap length), start before the "
	 "connections, or narrow the audit with --from, --to or --filter."},
	{"cap-missed-packet", "capture artifact",
	 "the capture lost a packet that the network delivered",
	 "A segment is missing at this point although it passed: a later "
	 "acknowledgment proves it arrived.",
	 "The receiver acknowledged it, or points on both sides saw it.",
	 "Use a larger capture buffer (tcpdump -B), a shorter snap length or a "
	 "narrower filter. tcpdump prints how many packets the kernel "
	 "dropped."},
	{"ep-defer-accept-suspected", "behaviour, info",
	 "a server repeats its SYN/ACK after a complete handshake",
	 "With TCP_DEFER_ACCEPT a Linux server does not open the socket for a "
	 "bare ACK: it waits for the client's data and repeats the SYN/ACK "
	 "when they do not come. Until then it answers a wrong ACK with a RST.",
	 "The client's ACK is right and was captured, no data came before the "
	 "SYN/ACK was repeated. A full accept queue and an ACK lost behind the "
	 "capture look alike; the report says how many connections whose "
	 "request came at once show the same.",
	 "Look at the server's TcpExtTCPDeferAcceptDrop and ListenOverflows "
	 "counters. It is not a fault."},
	{"ep-rst-from-bad-ack", "behaviour, error",
	 "a wrong ACK made the end answer with RST",
	 "An end without an established connection answers an unacceptable ACK "
	 "with a RST whose sequence number is that very ACK number (RFC 9293 "
	 "section 3.10.7). The socket was half-open, listening or closed.",
	 "The RST has no ACK flag, follows the segment at once, and its "
	 "sequence number is the segment's ACK number, which is outside of "
	 "what was sent.",
	 "The RST is a consequence. Look for who made the ACK number wrong; "
	 "the report names it when more than one point was captured."},
	{"ep-rst-ignored", "behaviour, warning",
	 "an end goes on although it was sent a RST",
	 "After a RST the receiver keeps sending: the RST's sequence number "
	 "was outside of its window, so it had to ignore it, or the RST never "
	 "arrived.",
	 "The RST's number, and the window of its receiver as seen at the "
	 "point nearest to it.",
	 "If the number was right before a device and wrong behind it, see "
	 "rst-untranslated. If the RST is missing behind a device, that device "
	 "dropped it."},
	{"ack-foreign-value", "fault, critical",
	 "the ACK number of another connection",
	 "The number that left the device is due on another connection that "
	 "was "
	 "alive at the time: the device mixed up two of its entries.",
	 "The number is exactly one that the other connection's ACKs carry at "
	 "that point, which chance makes as rarely as the report says.",
	 "Look for what the two connections share in the device: a bucket, a "
	 "port, a processor."},
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
	{"opt-wscale-changed", "fault, warning; error when windows grow",
	 "one end reads the other's windows by a wrong scale",
	 "The window scale offered in the handshake is not the one that the "
	 "other end was told, and the device passes the window fields as they "
	 "are. The other end computes windows that are too small, and the "
	 "connection is slow, or too large, and it sends what is dropped.",
	 "The option in the SYN or SYN/ACK at both points, and windows that "
	 "are "
	 "the same numbers at both.",
	 "Give the SYN proxy the scale of the real server (SYNPROXY: "
	 "--wscale), "
	 "or let it stop offering the option."},
	{"nat-tuple-collision", "fault, critical",
	 "two live connections on one outer tuple",
	 "The NAT gave a new connection the outer address and port of another "
	 "client's that was still alive. Behind it both are one: the server "
	 "answers the new SYN by the state of the old connection, and answers "
	 "reach the wrong client (RFC 5382 REQ-7 forbids it).",
	 "Two inner connections of different clients, one tuple behind the "
	 "device, and packets of the first one after the SYN of the second.",
	 "Give the NAT more addresses or ports; look for static mappings that "
	 "overlap the pool, and for several devices that share an address."},
	{"path-drop", "fault, warning; error when it was never repaired",
	 "a segment reached the hop and did not leave it",
	 "A data segment, SYN or FIN was captured on the near side, and "
	 "neither "
	 "the far side nor any point behind it saw that packet. Devices drop "
	 "what they call invalid, what exceeds a limit, or what they have no "
	 "room for; links drop too.",
	 "The receiver kept asking for the data while later data passed, or "
	 "said nothing until the sender repeated it, or no copy ever passed. "
	 "If the receiver acknowledged it first, or a later point saw it, the "
	 "capture missed it and no device is blamed.",
	 "Look at the device's drop counters and at its log for the time "
	 "shown. "
	 "A few drops are normal on a busy link."},
	{"path-inject-rst", "fault, critical",
	 "a RST left the hop that never came in",
	 "The connection was reset by something in between: a firewall that "
	 "rejects, an idle timeout, an inspection engine. The end in whose "
	 "name "
	 "it was sent knows nothing of it.",
	 "No RST of that direction came in unseen behind. Its TTL is not that "
	 "of the sender's other packets, or the sender goes on sending data.",
	 "Look for the policy or the timeout in the device; its log should "
	 "name "
	 "the connection."},
};

const size_t explanation_count = sizeof(explanations) / sizeof(explanations[0]);
