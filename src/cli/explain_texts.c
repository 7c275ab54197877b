/* SPDX-License-Identifier: MIT
 *
 * What the kinds of findings mean that are not about numbers: options, paths,
 * mappings, ends, captures. As for those, a kind keeps its meaning.
 */
#include "explain_texts.h"

static const struct explanation explanations[] = {
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
	 "SYN/ACK was repeated. A full accept queue, an ACK lost behind the "
	 "capture and one that a device sent look alike; the report weighs "
	 "these causes by what all connections to that server did.",
	 "Look at the server's TcpExtTCPDeferAcceptDrop and ListenOverflows "
	 "counters. It is not a fault."},
	{"ep-rst-from-bad-ack", "behaviour, error",
	 "a wrong ACK made the end answer with RST",
	 "An end without an established connection answers an unacceptable ACK "
	 "with a RST whose sequence number is that very ACK number (RFC 9293 "
	 "section 3.10.7). The socket was half-open, listening or closed.",
	 "The RST has no ACK flag, follows the segment at once, and its "
	 "sequence number is the segment's ACK number, which is outside of "
	 "what was sent. Where the client's side was captured, too, the number "
	 "that the RST has there tells more: if it is translated rightly, the "
	 "state of one direction only is wrong; if it is just what the client "
	 "waits for, the way back is as wrong as the way there.",
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
	{"nat-mapping-changed-midflow", "fault, critical",
	 "a live connection leaves on another outer tuple",
	 "The NAT gave the connection another outer address or port while it "
	 "was in use. The server does not know that tuple: it answers with a "
	 "RST, and the connection is lost (RFC 4787 REQ-11).",
	 "The first packet on the new tuple has the numbers, the length and "
	 "the payload sum that the connection's packet is due with behind the "
	 "device, and that packet is not seen on the old tuple. No RST or FIN "
	 "came before, and the mapping had not been idle for long.",
	 "Look for a failover, a changed pool or rule, or several processors "
	 "that do not share the table."},
	{"nat-untranslated-packet", "fault, critical",
	 "packets pass the NAT as they came",
	 "The connection has a mapping, and yet some of its packets leave with "
	 "the tuple of the near side, or with one end of it: a server's real "
	 "address comes to the client. Nobody there knows the connection by "
	 "that tuple, so the packet is lost or answered by a RST.",
	 "A flow on the far side with the untranslated tuple, each of whose "
	 "packets has the numbers, the length and the time of a packet of the "
	 "connection that is not seen on the mapped tuple; packets of both "
	 "directions were translated before, and nothing had closed it.",
	 "Linux does so with packets that conntrack takes for invalid, such as "
	 "those out of the window: drop invalid packets, or set "
	 "nf_conntrack_tcp_be_liberal. Look for what made them invalid."},
	{"nat-rebound-after-close", "translation, info",
	 "the NAT maps a connection anew after a close",
	 "A RST or a FIN removed the mapping, and the connection goes on from "
	 "another outer port, perhaps to another server: so it is when a SYN "
	 "is answered by a socket in TIME_WAIT and repeated.",
	 "The same client packets on two outer tuples, one after the other, "
	 "with a RST or a FIN between them.",
	 "Nothing. It is why one connection has two tuples behind the device."},
	{"lb-backend-split", "fault, critical; warning when unanswered",
	 "one connection was opened to two servers",
	 "The client's repeated SYN went to another server than the first one, "
	 "which had answered. Both hold a half-open connection with numbers of "
	 "their own, and the client's ACK fits one of them only.",
	 "Two SYNs with the client's number behind the device, to two servers, "
	 "and the first server's SYN/ACK. Without an answer the balancer may "
	 "have given that server up: a warning.",
	 "Look at the balancer's persistence: it should key on the whole tuple "
	 "from the first SYN on."},
	{"lb-backend-changed-midflow", "fault, critical",
	 "a live connection was moved to another server",
	 "Segments of an open connection began to arrive at a server that "
	 "knows nothing of it, which answers with a RST.",
	 "As for nat-mapping-changed-midflow, but the server's side of the "
	 "tuple differs.",
	 "Look for a change of the pool of servers, a failover without state, "
	 "or a hash over the servers that is not consistent."},
	{"path-drop",
	 "fault, warning; error when it was never repaired; info when so few "
	 "that it may be the capture",
	 "a segment reached the hop and did not leave it",
	 "A data segment, SYN or FIN was captured on the near side, and "
	 "neither "
	 "the far side nor any point behind it saw that packet. Devices drop "
	 "what they call invalid, what exceeds a limit, or what they have no "
	 "room for; links drop too.",
	 "The receiver kept asking for the data while later data passed, or "
	 "said nothing until the sender repeated it, or no copy ever passed. "
	 "If the receiver acknowledged it first, or a later point saw it, the "
	 "capture missed it and no device is blamed. Nor is one where so few "
	 "were lost that the far side's capture may have missed packets which "
	 "were lost behind it.",
	 "Look at the device's drop counters and at its log for the time "
	 "shown. "
	 "A few drops are normal on a busy link."},
	{"path-device-reset", "fault, error",
	 "the device resets both ends of a connection",
	 "A RST left the device towards the client and another one towards the "
	 "server, at about the same time, and neither end had sent one: an "
	 "idle timeout, a failover, a policy that ends the session.",
	 "Each RST is at one side of the device only, and on the far side of "
	 "the end in whose name it was sent nothing else of the connection is "
	 "missing. The time without packets before it is in the report: many "
	 "of the same length betray a timeout.",
	 "Compare that time with the device's idle timeout. Make the ends "
	 "send keep-alives more often than that, or raise the timeout."},
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

const struct explanation *explanation_at(size_t i)
{
	if (i < number_explanation_count)
		return &number_explanations[i];
	i -= number_explanation_count;
	return i < sizeof(explanations) / sizeof(explanations[0])
		       ? &explanations[i]
		       : NULL;
}
