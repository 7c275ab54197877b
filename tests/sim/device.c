/* SPDX-License-Identifier: MIT
 *
 * Devices without fault. What a device does to a connection is fixed when the
 * connection begins, so that a repeated SYN meets the same translation; it is
 * a function of (seed, hop, connection), so that it does not depend on what
 * other connections or the network do.
 */
#include "simalloc.h"
#include "world.h"

static struct nw_endpoint pool_address(struct nw_endpoint first, uint32_t n)
{
	unsigned last = first.family == 4 ? 3 : 15;
	uint32_t low =
		(uint32_t)first.address[last - 1] << 8 | first.address[last];

	low += n;
	first.address[last - 1] = (uint8_t)(low >> 8);
	first.address[last] = (uint8_t)low;
	return first;
}

/* One outer port per connection, in an order that looks random. */
static struct nw_endpoint pat(struct sim_world *world, uint32_t hop)
{
	const struct sim_hop *h = &world->config->hops[hop];
	uint32_t n = world->nat_used[hop]++;
	uint32_t ports = h->snat_ports > 0 ? h->snat_ports : 1;
	struct nw_endpoint outer = pool_address(h->snat_address, n / ports);
	uint32_t odd = 2u * (uint32_t)(sim_hash(world->config->seed, hop, 1) &
				       0x3fff) +
		       1;

	if (h->snat_address.port + ports > 65536)
		sim_die("ports of the pool end above 65535");
	/* A power of two and an odd factor make this a permutation. */
	if ((ports & (ports - 1)) == 0)
		n = (n % ports * odd + (uint32_t)hop * 77) % ports;
	outer.port = (uint16_t)(h->snat_address.port + n % ports);
	return outer;
}

static struct nw_endpoint translate_client(struct sim_world *world,
					   uint32_t hop,
					   struct nw_endpoint client)
{
	const struct sim_hop *h = &world->config->hops[hop];
	unsigned last = client.family == 4 ? 3 : 15;

	switch (h->snat) {
	case SIM_SNAT_NONE:
		break;
	case SIM_SNAT_PAT:
		return pat(world, hop);
	case SIM_SNAT_STATIC: {
		struct nw_endpoint outer = h->snat_address;

		outer.address[last] = client.address[last];
		outer.address[last - 1] = client.address[last - 1];
		outer.port = client.port;
		return outer;
	}
	}
	return client;
}

static uint32_t delta_of(const struct sim_world *world, uint32_t hop,
			 uint32_t connection, unsigned which)
{
	const struct sim_hop *h = &world->config->hops[hop];
	struct sim_shift shift =
		which < 2 ? h->isn[which] : h->timestamps[which - 2];
	uint64_t random =
		sim_hash(world->config->seed ^ which, hop + 1000u, connection);

	switch (shift.mode) {
	case SIM_SHIFT_NONE:
		return 0;
	case SIM_SHIFT_FIXED:
		return shift.value;
	case SIM_SHIFT_RANDOM:
	case SIM_SHIFT_WRAP:
		break;
	}
	if (which < 2 && world->config->connections[connection].shift[which])
		return world->config->connections[connection].shift[which];
	return (uint32_t)(random >> 32) | 1;
}

/* Deltas that make a number pass zero within the first bytes: the client's
 * behind the device, the server's before it. */
static void wrap_deltas(struct sim_world *world, uint32_t connection)
{
	const struct sim_config *config = world->config;
	const struct sim_connection *c = &config->connections[connection];
	uint32_t isn[2] = {c->isn[0], c->isn[1]};
	uint32_t hops = config->point_count - 1;
	/* Not the same for all: a tuple used again needs another ISN. */
	uint32_t before_zero = 40 + connection * 37 % 997;

	for (uint32_t hop = 0; hop < hops; hop++) {
		struct sim_leg *leg = sim_leg_of(world, connection, hop);

		if (config->hops[hop].isn[0].mode == SIM_SHIFT_WRAP)
			leg->seq_delta[0] = 0u - before_zero - isn[0];
		isn[0] += leg->seq_delta[0];
	}
	for (uint32_t hop = hops; hop-- > 0;) {
		struct sim_leg *leg = sim_leg_of(world, connection, hop);

		if (config->hops[hop].isn[1].mode == SIM_SHIFT_WRAP)
			leg->seq_delta[1] = isn[1] + before_zero;
		isn[1] -= leg->seq_delta[1];
	}
}

void sim_device_prepare(struct sim_world *world, uint32_t connection)
{
	const struct sim_config *config = world->config;
	const struct sim_connection *c = &config->connections[connection];
	struct nw_endpoint client = c->client, server = c->server;

	for (uint32_t hop = 0; hop + 1 < config->point_count; hop++) {
		const struct sim_hop *h = &config->hops[hop];
		struct sim_leg *leg = sim_leg_of(world, connection, hop);
		uint64_t pick = sim_hash(config->seed, hop + 2000u, connection);

		client = translate_client(world, hop, client);
		if (h->backend_count > 0)
			server = h->backends[pick % h->backend_count];
		*leg = (struct sim_leg){.client = client, .server = server};
		for (unsigned i = 0; i < 2; i++) {
			leg->seq_delta[i] = delta_of(world, hop, connection, i);
			leg->ts_delta[i] =
				delta_of(world, hop, connection, i + 2);
		}
		if (h->rewrite_ip_id)
			leg->id_mask = (uint16_t)(pick >> 40 | 1);
	}
	wrap_deltas(world, connection);
}

void sim_device_endpoints(const struct sim_world *world,
			  const struct sim_packet *packet, uint32_t point,
			  struct nw_endpoint ends[2])
{
	const struct sim_connection *c =
		&world->config->connections[packet->connection];

	ends[0] = c->client;
	ends[1] = c->server;
	if (point > 0) {
		const struct sim_leg *leg =
			sim_leg_of(world, packet->connection, point - 1);
		const bool old = leg->moved && !packet->moved;

		ends[0] = old ? leg->old_client : leg->client;
		ends[1] = old ? leg->old_server : leg->server;
	}
}

static void translate_numbers(const struct sim_leg *leg,
			      struct sim_packet *packet)
{
	bool client = packet->direction == NW_FROM_CLIENT;
	uint32_t own = leg->seq_delta[client ? 0 : 1];
	/* Its own late offset is added by the fault, which keeps book. */
	uint32_t other = leg->seq_delta[client ? 1 : 0] +
			 leg->late_delta[client ? 1 : 0];
	uint32_t ts_own = leg->ts_delta[client ? 0 : 1];
	uint32_t ts_other = leg->ts_delta[client ? 1 : 0];

	if (!client) { /* deltas are defined towards the server */
		own = 0u - own;
		other = 0u - other;
		ts_own = 0u - ts_own;
		ts_other = 0u - ts_other;
	}
	packet->seq += own;
	if (packet->flags & SIM_ACK)
		packet->ack += other;
	for (unsigned i = 0; i < packet->sack_count; i++) {
		packet->sack[i].left += other;
		packet->sack[i].right += other;
	}
	if (packet->has_timestamps) {
		packet->tsval += ts_own;
		if (packet->flags & SIM_ACK)
			packet->tsecr += ts_other;
	}
}

void sim_device_translate(const struct sim_world *world, uint32_t hop,
			  struct sim_packet *packet)
{
	const struct sim_hop *h = &world->config->hops[hop];
	const struct sim_leg *leg = sim_leg_of(world, packet->connection, hop);
	bool client = packet->direction == NW_FROM_CLIENT;
	struct nw_endpoint ends[2];

	packet->moved |= client && leg->moves;
	sim_device_endpoints(world, packet, client ? hop + 1 : hop, ends);
	packet->source = ends[client ? 0 : 1];
	packet->target = ends[client ? 1 : 0];
	translate_numbers(leg, packet);
	if (packet->ip_id != 0)
		packet->ip_id ^= leg->id_mask;
	if (packet->has_mss && h->mss_clamp > 0 && packet->mss > h->mss_clamp)
		packet->mss = h->mss_clamp;
	packet->ttl = h->ttl_set > 0
			      ? h->ttl_set
			      : (uint8_t)(packet->ttl - h->ttl_decrement);
	if (h->dscp >= 0)
		packet->tos = (uint8_t)(h->dscp << 2 | (packet->tos & 3));
}
