/* SPDX-License-Identifier: MIT
 *
 * What a host sends. Congestion control is the simplest that behaves: a
 * window that opens by what is acknowledged and halves on loss, New Reno
 * repair. SACK blocks are sent and not used.
 */
#include "world.h"

#define CHALLENGE_NS (500 * SIM_MS)

static const struct sim_host *host_of(const struct sim_world *world,
				      const struct sim_end *end)
{
	return &world->config->hosts[end->side];
}

static uint16_t window_field(const struct sim_world *world,
			     const struct sim_end *end, bool syn)
{
	uint32_t window = host_of(world, end)->window;

	if (!syn)
		window >>= end->own_wscale;
	return (uint16_t)(window > 65535 ? 65535 : window);
}

static uint32_t clock_of(const struct sim_world *world,
			 const struct sim_end *end)
{
	const struct sim_connection *c =
		&world->config->connections[end->connection];

	return c->ts_offset[end->side] + (uint32_t)(world->now_ns / SIM_MS);
}

static struct sim_packet *packet_of(struct sim_world *world,
				    struct sim_end *end, uint64_t offset,
				    uint8_t flags)
{
	struct sim_packet *packet = sim_packet_new(world);

	packet->source = end->self;
	packet->target = end->peer;
	packet->moved = end->moved;
	packet->connection = end->connection;
	packet->direction = (enum nw_direction)end->side;
	packet->seq = end->iss + (uint32_t)offset;
	packet->flags = flags;
	packet->ttl = host_of(world, end)->ttl;
	packet->window = window_field(world, end, flags & SIM_SYN);
	if (flags & SIM_ACK)
		packet->ack = end->irs + (uint32_t)end->rcv_next;
	if (end->timestamps) {
		packet->has_timestamps = true;
		packet->tsval = clock_of(world, end);
		packet->tsecr = flags & SIM_ACK ? end->ts_recent : 0;
	}
	/* Linux leaves the IP ID 0 where no socket exists yet. */
	if (end->state != SIM_SYN_RECEIVED)
		packet->ip_id = end->ip_id++;
	return packet;
}

static void send(struct sim_world *world, struct sim_end *end,
		 struct sim_packet *packet)
{
	if (packet->flags & SIM_ACK) {
		end->ack_now = false;
		end->unacked = 0;
		end->rcv_acked = end->rcv_next;
		end->due_ns[SIM_TIMER_DELACK] = 0;
	}
	sim_network_send(world, end->side, packet);
}

static void start_timer(struct sim_world *world, struct sim_end *end)
{
	if (end->due_ns[SIM_TIMER_RTO] == 0)
		sim_end_set_timer(world, end, SIM_TIMER_RTO,
				  world->now_ns + end->rto_ns);
}

void sim_end_syn(struct sim_world *world, struct sim_end *end)
{
	const struct sim_host *host = host_of(world, end);
	bool answer = end->state == SIM_SYN_RECEIVED;
	uint8_t flags = SIM_SYN;
	struct sim_packet *packet;

	if (answer)
		flags |= SIM_ACK;
	packet = packet_of(world, end, 0, flags);
	packet->has_mss = true;
	packet->mss = host->mss;
	packet->has_sack_permitted = answer ? end->sack : host->sack;
	packet->has_wscale = answer ? end->scaled : host->wscale < 15;
	packet->wscale = host->wscale;
	if (end->next == 0)
		end->next = 1;
	send(world, end, packet);
	start_timer(world, end);
}

static void add_sack(const struct sim_end *end, struct sim_packet *packet)
{
	uint8_t most = packet->has_timestamps ? 3 : SIM_SACK_MAX;

	if (!end->sack)
		return;
	for (;
	     packet->sack_count < end->range_count && packet->sack_count < most;
	     packet->sack_count++) {
		const struct sim_range *r = &end->ranges[packet->sack_count];

		packet->sack[packet->sack_count] = (struct sim_sack){
			end->irs + (uint32_t)r->begin,
			end->irs + (uint32_t)r->end,
		};
	}
}

void sim_end_ack(struct sim_world *world, struct sim_end *end)
{
	struct sim_packet *packet = packet_of(world, end, end->next, SIM_ACK);

	add_sack(end, packet);
	send(world, end, packet);
}

void sim_end_challenge(struct sim_world *world, struct sim_end *end)
{
	if (end->challenged_ns != 0 &&
	    world->now_ns - end->challenged_ns < CHALLENGE_NS)
		return;
	end->challenged_ns = world->now_ns;
	sim_end_ack(world, end);
}

/* Sends [offset, offset + len) and the FIN when it follows and is wanted. */
static uint64_t send_range(struct sim_world *world, struct sim_end *end,
			   uint64_t offset, uint32_t len)
{
	bool last = offset + len == end->limit;
	uint8_t flags = SIM_ACK;
	struct sim_packet *packet;

	if (last && len > 0)
		flags |= SIM_PSH;
	if (last && end->fin_wanted)
		flags |= SIM_FIN;
	packet = packet_of(world, end, offset, flags);
	packet->len = len;
	packet->offset = offset - 1;
	send(world, end, packet);
	return offset + len + ((flags & SIM_FIN) != 0);
}

static uint64_t end_of_stream(const struct sim_end *end)
{
	return end->limit + end->fin_wanted;
}

void sim_end_output(struct sim_world *world, struct sim_end *end)
{
	while (end->state == SIM_OPEN && end->next < end_of_stream(end)) {
		uint64_t window = end->cwnd < end->peer_window
					  ? end->cwnd
					  : end->peer_window;
		uint64_t flight = end->next - end->una;
		uint64_t left = end->limit - end->next;
		uint32_t len = left < end->mss ? (uint32_t)left : end->mss;

		if (flight > 0 && flight + len > window)
			break;
		if (end->rtt_end == 0) {
			end->rtt_end = end->next + len;
			end->rtt_sent_ns = world->now_ns;
		}
		end->next = send_range(world, end, end->next, len);
		start_timer(world, end);
	}
}

void sim_end_repeat(struct sim_world *world, struct sim_end *end)
{
	uint64_t left;

	end->rtt_end = 0; /* Karn: what was repeated cannot be timed */
	if (end->una == 0) {
		sim_end_syn(world, end);
		return;
	}
	if (end->una >= end->next)
		return;
	left = end->limit > end->una ? end->limit - end->una : 0;
	if (left > end->next - end->una)
		left = end->next - end->una;
	uint64_t sent = send_range(world, end, end->una,
				   left < end->mss ? (uint32_t)left : end->mss);
	if (sent > end->next)
		end->next = sent;
	start_timer(world, end);
}

void sim_end_refuse(struct sim_world *world, struct sim_end *end,
		    const struct sim_packet *packet)
{
	struct sim_packet *rst;

	if (packet->flags & SIM_RST)
		return;
	rst = packet_of(world, end, 0, SIM_RST);
	rst->source = packet->target; /* a listener has no own address yet */
	rst->target = packet->source;
	rst->window = 0;
	rst->ip_id = 0;
	rst->has_timestamps = false;
	if (packet->flags & SIM_ACK) {
		rst->seq = packet->ack;
	} else {
		rst->seq = 0;
		rst->flags = SIM_RST | SIM_ACK;
		rst->ack = packet->seq + sim_packet_span(packet);
	}
	sim_network_send(world, end->side, rst);
}

void sim_end_abort(struct sim_world *world, struct sim_end *end)
{
	send(world, end, packet_of(world, end, end->next, SIM_RST | SIM_ACK));
	sim_end_stop(end, SIM_CLOSED);
}
