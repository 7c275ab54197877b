/* SPDX-License-Identifier: MIT
 *
 * Incarnations. A SYN that repeats the number of the flow's SYN is a
 * retransmission; one with another number before any answer is the same
 * attempt with a new ISN; one with another number after an answer is a new
 * connection on the old tuple, unless it falls inside the open window (then
 * it is a stray that the peer answers with a challenge ACK, RFC 9293
 * 3.10.7.4; a SYN/ACK for it shows that it was none). Without SYNs a long pause
 * followed by numbers from elsewhere splits a flow too.
 *
 * An end that has not heard of the close goes on repeating itself while the
 * tuple is in use again: such a segment is the old connection's.
 */
#include "flow.h"

#include "fingerprint.h"

#define IDLE_NS     (60 * INT64_C(1000000000))
#define WINDOW_SPAN (1 << 20) /* a SYN this near to the stream is a stray */
#define PAUSE_NS    INT64_C(1000000000)

static bool is_syn(const struct segment *s)
{
	return (s->flags & (TCP_SYN | TCP_ACK | TCP_RST)) == TCP_SYN;
}

static bool is_syn_ack(const struct segment *s)
{
	return (s->flags & (TCP_SYN | TCP_ACK | TCP_RST)) ==
	       (TCP_SYN | TCP_ACK);
}

enum direction flow_direction(const struct flow *flow,
			      const struct packet *packet)
{
	return endpoint_equal(&flow->tuple.ends[0], &packet->tuple.ends[0])
		       ? FROM_CLIENT
		       : FROM_SERVER;
}

/* Who is the server, when no SYN says so: services have low ports, and one
 * that accepts connections is talked to by the one that captures begin with
 * more often than not. */
static bool sender_looks_like_server(const struct packet *packet)
{
	return packet->tuple.ends[0].port < packet->tuple.ends[1].port;
}

void flow_begin(struct flow *flow, const struct packet *packet, int64_t time_ns)
{
	const struct segment *s = &packet->segment;
	bool reverse = false;

	*flow = (struct flow){.first_ns = time_ns,
			      .last_ns = time_ns,
			      .older = FLOW_NONE,
			      .newer = FLOW_NONE};
	if (is_syn_ack(s)) {
		reverse = true;
	} else if (!is_syn(s)) {
		flow->roles_guessed = true;
		reverse = sender_looks_like_server(packet);
	}
	flow->tuple = reverse ? tuple_reverse(&packet->tuple) : packet->tuple;
}

static bool is_far(struct seq s, struct seq from)
{
	int32_t off = seq_diff(s, from);

	return off > WINDOW_SPAN || off < -WINDOW_SPAN;
}

static bool syn_starts_anew(const struct flow *flow, const struct segment *s,
			    enum direction d, int64_t time_ns)
{
	const struct record_side *sender = &flow->codec.sides[d];

	if (flow_has_isn(flow, d) && seq_equal(flow->isn[d], s->seq))
		return false;
	if (!flow->data_seen && !flow_is_closed(flow) &&
	    !flow_has_isn(flow, opposite(d)))
		return false; /* same attempt, new ISN */
	if (!flow->data_seen && !flow_has_isn(flow, d) && !flow_is_closed(flow))
		return false; /* simultaneous open */
	if (flow_is_closed(flow) || time_ns - flow->last_ns > IDLE_NS)
		return true;
	return is_far(s->seq, sender->next);
}

/* Does it answer a SYN that was taken for a stray? A connection that is open
 * sends no SYN/ACK with another number. */
static bool answers_stray(const struct flow *flow, const struct segment *s)
{
	return flow->stray_seen && is_syn_ack(s) &&
	       seq_equal(s->ack, seq_add(flow->stray_syn, 1)) &&
	       !seq_equal(s->seq, flow->isn[FROM_SERVER]);
}

void flow_follow(struct flow *flow, const struct flow *older,
		 const struct packet *packet)
{
	if (!answers_stray(older, &packet->segment))
		return;
	flow->isn[FROM_CLIENT] = flow->first_syn = older->stray_syn;
	flow->isn_seen |= (uint8_t)(1u << FROM_CLIENT);
}

/* A SYN/ACK for a SYN that the capture lacks, or that seemed a stray. */
static bool syn_ack_starts_anew(const struct flow *flow,
				const struct segment *s, enum direction d)
{
	enum direction peer = opposite(d);

	if (d != FROM_SERVER || !flow->data_seen ||
	    (flow_has_isn(flow, d) && seq_equal(flow->isn[d], s->seq)) ||
	    (flow_has_isn(flow, peer) &&
	     seq_equal(s->ack, seq_add(flow->isn[peer], 1))))
		return false;
	return answers_stray(flow, s) ||
	       (is_far(s->seq, flow->codec.sides[d].next) &&
		is_far(s->ack, flow->codec.sides[peer].next));
}

/* Both SYNs are missing: after a close, or a long pause, both numbers come
 * from elsewhere. */
static bool rest_starts_anew(const struct flow *flow, const struct segment *s,
			     enum direction d, int64_t time_ns)
{
	int64_t idle = time_ns - flow->last_ns;
	bool closing = flow->rst_seen || flow->fin_seen != 0;

	if ((s->flags & TCP_RST) != 0 || (s->flags & TCP_ACK) == 0 ||
	    idle < (closing ? PAUSE_NS : IDLE_NS))
		return false;
	return is_far(s->seq, flow->codec.sides[d].next) &&
	       is_far(s->ack, flow->codec.sides[opposite(d)].next);
}

bool flow_is_succeeded(const struct flow *flow, const struct packet *packet,
		       int64_t time_ns)
{
	const struct segment *s = &packet->segment;
	enum direction d = flow_direction(flow, packet);

	if (is_syn(s))
		return syn_starts_anew(flow, s, d, time_ns);
	if (is_syn_ack(s))
		return syn_ack_starts_anew(flow, s, d);
	return rest_starts_anew(flow, s, d, time_ns);
}

/* ---- stragglers ---- */

static bool has_sent(const struct flow *flow, enum direction d)
{
	return flow->codec.sides[d].flags != 0;
}

/* Is the number one that the sender's stream has had? What goes beyond that is
 * a connection that lives: a device has given its tuple away. */
static bool is_known(const struct flow *flow, struct seq number,
		     enum direction sender)
{
	const struct seq isn = flow->isn[sender], end = flow->end[sender];

	return has_sent(flow, sender) && flow_has_isn(flow, sender) &&
	       number.n - isn.n <= end.n - isn.n;
}

/* Not a number of the stream; nothing is foreign to one that is unknown. */
static bool is_foreign(const struct flow *flow, struct seq number,
		       enum direction sender)
{
	return has_sent(flow, sender) && !is_known(flow, number, sender) &&
	       is_far(number, flow->end[sender]);
}

static uint32_t distance(uint32_t a, uint32_t b)
{
	return a - b < b - a ? a - b : b - a;
}

/* Is it what that end sent last, once more, or says that it has all? */
static bool is_repetition(const struct flow *flow, const struct segment *s,
			  enum direction d)
{
	const struct record_side *last = &flow->codec.sides[d];

	if (segment_space(s) == 0)
		return seq_equal(s->seq, flow->end[d]) &&
		       seq_equal(s->ack, flow->end[opposite(d)]);
	return s->len == last->len && s->flags == last->flags &&
	       seq_equal(s->ack, last->ack) &&
	       seq_equal(seq_add(s->seq, segment_space(s)), last->next);
}

/* Is one of its numbers no number of the newer connection, and not because a
 * device took it from the old one? Beside such a number stands an echo of the
 * new connection; without timestamps the other number has to tell. */
static bool is_strange(const struct flow *older, const struct flow *newer,
		       const struct segment *s, enum direction d)
{
	const uint32_t old = older->codec.sides[opposite(d)].tsval;
	const uint32_t new = newer->codec.sides[opposite(d)].tsval;
	const bool seq = is_foreign(newer, s->seq, d);
	const bool ack = is_foreign(newer, s->ack, opposite(d));

	if ((s->options & OPTION_TIMESTAMPS) == 0 || s->tsecr == 0 ||
	    old == 0 || new == 0)
		return seq || (ack && (!has_sent(newer, d) ||
				       is_repetition(older, s, d)));
	return (seq || ack) &&
	       distance(s->tsecr, old) < distance(s->tsecr, new);
}

bool flow_has_straggler(const struct flow *older, const struct flow *newer,
			const struct packet *packet)
{
	const struct segment *s = &packet->segment;
	const enum direction d = flow_direction(older, packet);
	const enum direction now = flow_direction(newer, packet);

	/* A RST has the numbers of what it answers. */
	if ((s->flags & (TCP_SYN | TCP_RST | TCP_ACK)) != TCP_ACK || d != now)
		return false;
	/* A socket in TIME_WAIT answers the new SYN with its old numbers. */
	if (segment_space(s) == 0 && !has_sent(newer, d))
		return false;
	return is_known(older, s->seq, d) &&
	       is_known(older, seq_add(s->seq, segment_space(s)), d) &&
	       is_known(older, s->ack, opposite(d)) &&
	       is_strange(older, newer, s, d);
}

/* ---- what is noted ---- */

static void note_syn(struct flow *flow, const struct segment *s,
		     enum direction d)
{
	bool answered = flow_has_isn(flow, opposite(d));

	if (d == FROM_CLIENT && flow_has_isn(flow, opposite(d)) &&
	    flow->data_seen && !seq_equal(s->seq, flow->isn[d])) {
		flow->stray_syn = s->seq;
		flow->stray_seen = true;
	}
	if (flow_has_isn(flow, d) && (flow->data_seen || answered))
		return;
	if (!flow_has_isn(flow, d))
		flow->first_syn = s->seq;
	if (d == FROM_SERVER)
		flow->answer = s->seq;
	flow->isn[d] = s->seq;
	flow->isn_seen |= (uint8_t)(1u << d);
}

/* Of several SYN/ACKs the one that the client answered counts; the SYN that
 * it acknowledges is the one whose number the connection uses. */
static void note_syn_ack(struct flow *flow, const struct segment *s,
			 enum direction d)
{
	if (flow_has_isn(flow, d) && flow->data_seen)
		return;
	if (!flow_has_isn(flow, d))
		flow->answer = s->seq;
	flow->isn[d] = s->seq;
	flow->isn_seen |= (uint8_t)(1u << d);
	if (flow_has_isn(flow, opposite(d)) &&
	    seq_equal(s->ack, seq_add(flow->first_syn, 1)))
		flow->isn[opposite(d)] = flow->first_syn;
}

/* The first segment behind the SYNs. The client may have answered the first
 * SYN/ACK while another one came; and if it goes on where the SYN/ACK expects
 * it to, far from its SYN, then both mean a SYN that the capture lacks. */
static void note_first(struct flow *flow, const struct segment *s,
		       enum direction d)
{
	flow->data_seen = true;
	if (d != FROM_CLIENT || !flow_has_isn(flow, FROM_SERVER) ||
	    (s->flags & (TCP_ACK | TCP_RST)) != TCP_ACK)
		return;
	if (seq_equal(s->ack, seq_add(flow->answer, 1)))
		flow->isn[FROM_SERVER] = flow->answer;
	if (flow_has_isn(flow, FROM_CLIENT) &&
	    seq_equal(s->seq, flow->codec.sides[FROM_SERVER].ack) &&
	    is_far(s->seq, flow->isn[FROM_CLIENT]))
		flow->isn[FROM_CLIENT] = seq_add(s->seq, (uint32_t)-1);
}

/* First bytes of the stream: the one feature of a flow that survives both
 * another segmentation and a proxy. */
static void note_head(struct flow *flow, const struct segment *s,
		      enum direction d)
{
	uint32_t want = s->len < FLOW_HEAD_BYTES ? s->len : FLOW_HEAD_BYTES;

	if (s->cap_len < want)
		return;
	if (flow_has_isn(flow, d) &&
	    !seq_equal(s->seq, seq_add(flow->isn[d], 1)))
		return;
	flow->head[d] = fingerprint(s->payload, want);
	flow->head_seen |= (uint8_t)(1u << d);
}

/* A number from elsewhere does not move the end. */
static void note_end(struct flow *flow, const struct segment *s,
		     enum direction d)
{
	const struct seq end = seq_add(s->seq, segment_space(s));

	if (s->flags & TCP_RST)
		return;
	if (!has_sent(flow, d) || (s->flags & TCP_SYN) != 0 ||
	    (seq_before(flow->end[d], end) && !is_far(end, flow->end[d])))
		flow->end[d] = end;
}

void flow_note(struct flow *flow, const struct packet *packet,
	       enum direction direction, int64_t time_ns)
{
	const struct segment *s = &packet->segment;

	if (is_syn(s))
		note_syn(flow, s, direction);
	else if (is_syn_ack(s))
		note_syn_ack(flow, s, direction);
	else if (!flow->data_seen)
		note_first(flow, s, direction);
	if (s->len > 0 && (flow->head_seen >> direction & 1) == 0 &&
	    (s->flags & (TCP_SYN | TCP_RST)) == 0)
		note_head(flow, s, direction);
	note_end(flow, s, direction);
	if (s->flags & TCP_FIN)
		flow->fin_seen |= (uint8_t)(1u << direction);
	if (s->flags & TCP_RST)
		flow->rst_seen = true;
	if (time_ns < flow->last_ns)
		flow->unordered = true;
	else
		flow->last_ns = time_ns;
	if (time_ns < flow->first_ns)
		flow->first_ns = time_ns;
	flow->packets++;
}
