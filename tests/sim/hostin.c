/* SPDX-License-Identifier: MIT
 *
 * What a host does with a segment: RFC 9293 section 3.10.7, and where Linux
 * differs in a way that captures show, Linux (ACK before SEQ in SYN-RECEIVED,
 * TCP_DEFER_ACCEPT, silence towards an ACK for what was never sent).
 */
#include "world.h"

/* The offset in a stream with this ISN that is nearest to `near`. */
static int64_t unwrap(uint32_t number, uint32_t isn, uint64_t near)
{
	return (int64_t)near + (int32_t)(number - (isn + (uint32_t)near));
}

static void learn_options(const struct sim_world *world, struct sim_end *end,
			  const struct sim_packet *syn)
{
	const struct sim_host *host = &world->config->hosts[end->side];
	uint16_t offered = syn->has_mss ? syn->mss : 536;
	bool scaled = host->wscale < 15 && syn->has_wscale;

	end->irs = syn->seq;
	end->rcv_next = end->rcv_acked = 1;
	end->timestamps = host->timestamps && syn->has_timestamps;
	end->sack = host->sack && syn->has_sack_permitted;
	end->scaled = scaled;
	end->own_wscale = scaled ? host->wscale : 0;
	end->peer_wscale = scaled ? syn->wscale : 0;
	end->mss = offered < host->mss ? offered : host->mss;
	if (end->timestamps)
		end->mss = (uint16_t)(end->mss - 12);
	end->ts_recent = syn->tsval;
	end->peer_window = syn->window;
	end->cwnd = 10u * end->mss;
}

static void on_listen(struct sim_world *world, struct sim_end *end,
		      const struct sim_packet *packet)
{
	if ((packet->flags & (SIM_SYN | SIM_ACK | SIM_RST)) != SIM_SYN) {
		sim_end_refuse(world, end, packet);
		return;
	}
	/* Answers go where the request came from: the NAT's address. */
	end->self = packet->target;
	end->peer = packet->source;
	learn_options(world, end, packet);
	end->state = SIM_SYN_RECEIVED;
	sim_end_syn(world, end);
}

static void opened(struct sim_end *end)
{
	end->state = SIM_OPEN;
	end->una = end->limit = 1;
	end->retries = 0;
	end->due_ns[SIM_TIMER_RTO] = 0;
}

static void on_syn_sent(struct sim_world *world, struct sim_end *end,
			const struct sim_packet *packet)
{
	bool good = packet->ack == end->iss + 1;

	if ((packet->flags & SIM_ACK) && !good) {
		sim_end_refuse(world, end, packet);
		return;
	}
	if (packet->flags & SIM_RST) {
		if (good)
			sim_end_stop(end, SIM_CLOSED);
		return;
	}
	if ((packet->flags & (SIM_SYN | SIM_ACK)) != (SIM_SYN | SIM_ACK))
		return;
	learn_options(world, end, packet);
	opened(end);
	end->rto_ns = world->config->hosts[end->side].rto_ns;
	sim_end_ack(world, end);
	sim_app_progress(world, end);
}

/* Has the half-open end become open, so that the segment goes on? */
static bool on_syn_received(struct sim_world *world, struct sim_end *end,
			    const struct sim_packet *packet)
{
	const struct sim_host *host = &world->config->hosts[end->side];

	if (packet->flags & SIM_RST) {
		if (packet->seq == end->irs + 1)
			sim_end_stop(end, SIM_CLOSED);
		return false;
	}
	if (packet->flags & SIM_SYN) {
		if (packet->seq == end->irs)
			sim_end_syn(world, end);
		return false;
	}
	if (!(packet->flags & SIM_ACK))
		return false;
	if (packet->ack != end->iss + 1) {
		sim_end_refuse(world, end, packet);
		if (host->deaf_after_rst)
			sim_end_stop(end, SIM_DEAF);
		return false;
	}
	if (packet->len == 0 && !(packet->flags & SIM_FIN) &&
	    end->retries < host->defer_accept) {
		end->bare_ack = true;
		return false;
	}
	opened(end);
	end->rto_ns = host->rto_ns;
	return true;
}

/* False: the segment was of no use and has been answered. */
static bool acceptable(struct sim_world *world, struct sim_end *end,
		       const struct sim_packet *packet)
{
	uint64_t window = world->config->hosts[end->side].window;
	int64_t begin = unwrap(packet->seq, end->irs, end->rcv_next);
	int64_t last = begin + sim_packet_span(packet);
	bool fits = last >= (int64_t)end->rcv_acked &&
		    begin <= (int64_t)(end->rcv_next + window);

	if (packet->flags & SIM_RST) {
		if (fits && begin == (int64_t)end->rcv_next)
			sim_end_stop(end, SIM_CLOSED);
		else if (fits)
			sim_end_challenge(world, end);
		return false;
	}
	if (!fits && packet->len > 0) {
		sim_end_ack(world, end);
		return false;
	}
	if (!fits || (packet->flags & SIM_SYN)) {
		sim_end_challenge(world, end);
		return false;
	}
	return (packet->flags & SIM_ACK) != 0;
}

static void measure(struct sim_world *world, struct sim_end *end, uint64_t ack)
{
	int64_t least = world->config->hosts[end->side].rto_ns;

	if (end->rtt_end == 0 || ack < end->rtt_end)
		return;
	end->rto_ns = 3 * (world->now_ns - end->rtt_sent_ns);
	if (end->rto_ns < least)
		end->rto_ns = least;
	end->rtt_end = 0;
}

static void advance(struct sim_world *world, struct sim_end *end, uint64_t ack)
{
	uint64_t news = ack - end->una;

	measure(world, end, ack);
	end->una = ack;
	end->retries = 0;
	end->dup_acks = 0;
	end->due_ns[SIM_TIMER_RTO] = 0;
	if (end->una < end->next)
		sim_end_set_timer(world, end, SIM_TIMER_RTO,
				  world->now_ns + end->rto_ns);
	if (end->recovering && ack < end->recover) {
		sim_end_repeat(world, end);
	} else {
		end->recovering = false;
		if (end->cwnd < (1u << 22))
			end->cwnd +=
				(uint32_t)(news < end->mss ? news : end->mss);
	}
}

static void count_duplicate(struct sim_world *world, struct sim_end *end)
{
	if (++end->dup_acks != 3 || end->recovering)
		return;
	end->recovering = true;
	end->recover = end->next;
	end->cwnd =
		end->cwnd / 2 > 2u * end->mss ? end->cwnd / 2 : 2u * end->mss;
	sim_end_repeat(world, end);
}

/* False: the ACK is not possible, nothing of the segment counts. */
static bool take_ack(struct sim_world *world, struct sim_end *end,
		     const struct sim_packet *packet)
{
	int64_t ack = unwrap(packet->ack, end->iss, end->una);

	if (ack > (int64_t)end->next) {
		if (packet->len > 0)
			sim_end_challenge(world, end);
		return false;
	}
	if (ack < (int64_t)end->una - (int64_t)end->peer_window) {
		sim_end_challenge(world, end);
		return false;
	}
	if (ack > (int64_t)end->una)
		advance(world, end, (uint64_t)ack);
	else if (ack == (int64_t)end->una && end->una < end->next &&
		 packet->len == 0 && !(packet->flags & SIM_FIN))
		count_duplicate(world, end);
	end->peer_window = (uint32_t)packet->window << end->peer_wscale;
	return true;
}

static void remember(struct sim_end *end, struct sim_range range)
{
	uint8_t i = 0;

	while (i < end->range_count) {
		struct sim_range *r = &end->ranges[i];

		if (r->begin > range.end || r->end < range.begin) {
			i++;
			continue;
		}
		range.begin = r->begin < range.begin ? r->begin : range.begin;
		range.end = r->end > range.end ? r->end : range.end;
		*r = end->ranges[--end->range_count];
	}
	if (end->range_count == SIM_RANGES_MAX)
		return; /* no room: the peer will send it again */
	for (i = end->range_count++; i > 0; i--)
		end->ranges[i] = end->ranges[i - 1];
	end->ranges[0] = range;
}

static void close_holes(struct sim_end *end)
{
	for (uint8_t i = 0; i < end->range_count; i++) {
		if (end->ranges[i].begin > end->rcv_next)
			continue;
		if (end->ranges[i].end > end->rcv_next)
			end->rcv_next = end->ranges[i].end;
		end->ranges[i] = end->ranges[--end->range_count];
		i = UINT8_MAX; /* start again: another may touch now */
	}
}

static void take_bytes(struct sim_world *world, struct sim_end *end,
		       const struct sim_packet *packet)
{
	int64_t begin = unwrap(packet->seq, end->irs, end->rcv_next);
	uint64_t last = (uint64_t)(begin + packet->len);

	if (packet->flags & SIM_FIN)
		end->peer_fin = last;
	if (packet->len > 0 && begin > (int64_t)end->rcv_next) {
		remember(end, (struct sim_range){(uint64_t)begin, last});
		end->ack_now = true;
	} else if (packet->len > 0 && last <= end->rcv_next) {
		end->ack_now = true;
	} else if (packet->len > 0) {
		end->ack_now |= end->range_count > 0;
		end->rcv_next = last;
		close_holes(end);
		end->unacked++;
	}
	if (end->peer_fin > 0 && end->rcv_next == end->peer_fin) {
		end->rcv_next++;
		end->fin_received = true;
		end->passive = !end->fin_wanted;
	}
	if (packet->flags & SIM_FIN)
		end->ack_now = true;
	if (end->unacked >= 2)
		end->ack_now = true;
	else if (end->unacked == 1 && end->due_ns[SIM_TIMER_DELACK] == 0)
		sim_end_set_timer(
			world, end, SIM_TIMER_DELACK,
			world->now_ns +
				world->config->hosts[end->side].delack_ns);
}

/* Both FINs through: who sent the first one waits, the other is gone. */
static void finish(struct sim_end *end)
{
	bool ours_acked = end->fin_wanted && end->una == end->limit + 1;

	if (!ours_acked || !end->fin_received)
		return;
	sim_end_stop(end, end->passive ? SIM_CLOSED : SIM_TIME_WAIT);
}

static void on_open(struct sim_world *world, struct sim_end *end,
		    const struct sim_packet *packet)
{
	if (!acceptable(world, end, packet) || !take_ack(world, end, packet))
		return;
	if (end->timestamps &&
	    unwrap(packet->seq, end->irs, end->rcv_acked) <=
		    (int64_t)end->rcv_acked &&
	    (int32_t)(packet->tsval - end->ts_recent) >= 0)
		end->ts_recent = packet->tsval;
	take_bytes(world, end, packet);
	sim_app_progress(world, end);
	if (end->state != SIM_OPEN)
		return;
	sim_end_output(world, end);
	if (end->ack_now)
		sim_end_ack(world, end);
	finish(end);
}

/* A device on the way has moved the connection: it goes on where its packets
 * come from and go to now. */
static void follow_move(struct sim_end *end, const struct sim_packet *packet)
{
	if (!packet->moved || end->state == SIM_LISTEN)
		return;
	end->self = packet->target;
	end->peer = packet->source;
	end->moved = true;
}

void sim_host_receive(struct sim_world *world, struct sim_end *end,
		      const struct sim_packet *packet)
{
	follow_move(end, packet);
	switch (end->state) {
	case SIM_LISTEN:
		on_listen(world, end, packet);
		break;
	case SIM_SYN_SENT:
		on_syn_sent(world, end, packet);
		break;
	case SIM_SYN_RECEIVED:
		if (on_syn_received(world, end, packet))
			on_open(world, end, packet);
		break;
	case SIM_OPEN:
		on_open(world, end, packet);
		break;
	case SIM_TIME_WAIT:
		if (!(packet->flags & SIM_RST) && sim_packet_span(packet) > 0)
			sim_end_challenge(world, end);
		break;
	case SIM_CLOSED:
		sim_end_refuse(world, end, packet);
		break;
	case SIM_DEAF:
		break;
	}
}
