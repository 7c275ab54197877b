/* SPDX-License-Identifier: MIT
 *
 * Configurations: a plain one to start from, copies, and text for addresses
 * (own code, so that nothing of the program under test writes the truth).
 */
#include <arpa/inet.h>
#include <stdio.h>

#include "simalloc.h"
#include "world.h"

static const struct sim_host plain_host = {
	.mss = 1460,
	.wscale = 7,
	.sack = true,
	.timestamps = true,
	.ttl = 64,
	.window = 64240,
	.syn_rto_ns = 1 * SIM_S,
	.rto_ns = 200 * SIM_MS,
	.delack_ns = 40 * SIM_MS,
	.turnaround_ns = 20 * SIM_US,
};

void sim_config_init(struct sim_config *config, uint32_t points)
{
	if (points < 2 || points > SIM_POINTS_MAX)
		sim_die("%u points: from 2 to %d are possible", points,
			SIM_POINTS_MAX);
	*config = (struct sim_config){
		.name = "simulated",
		.epoch_ns = 1700000000 * SIM_S,
		.hosts = {plain_host, plain_host},
		.point_count = points,
		.clients = sim_endpoint("192.168.7.10", 0),
		.service = sim_endpoint("198.51.100.80", 80),
	};
	for (uint32_t i = 0; i < points; i++)
		snprintf(config->points[i].name, SIM_NAME, "p%u", i);
	for (uint32_t i = 0; i + 1 < points; i++) {
		struct sim_hop *hop = &config->hops[i];

		snprintf(hop->devices[0], SIM_NAME, "d%u", i + 1);
		hop->device_count = 1;
		hop->delay_ns = 500 * SIM_US;
		hop->jitter_ns = 100 * SIM_US;
		hop->ttl_decrement = 1;
		hop->dscp = -1;
	}
}

void sim_config_fini(struct sim_config *config)
{
	sim_free(config->connections);
	config->connections = NULL;
	config->connection_count = 0;
	config->connection_capacity = 0;
}

void sim_config_copy(struct sim_config *to, const struct sim_config *from)
{
	*to = *from;
	to->connections =
		sim_alloc(from->connection_count, sizeof(*to->connections));
	to->connection_capacity = from->connection_count;
	if (from->connection_count > 0)
		memcpy(to->connections, from->connections,
		       from->connection_count * sizeof(*to->connections));
}

struct sim_connection *sim_config_add(struct sim_config *config)
{
	struct sim_connection *added;

	config->connections = sim_grow(
		config->connections, &config->connection_capacity,
		config->connection_count + 1u, sizeof(*config->connections));
	added = &config->connections[config->connection_count++];
	*added = (struct sim_connection){.previous = SIM_NONE};
	return added;
}

void sim_config_calm(struct sim_config *config)
{
	for (uint32_t i = 0; i < config->point_count; i++) {
		config->points[i].loss = 0;
		config->points[i].start_ns = 0;
		config->points[i].merge = false;
	}
	for (uint32_t i = 0; i + 1 < config->point_count; i++) {
		config->hops[i].loss = 0;
		config->hops[i].duplicate = 0;
		config->hops[i].reorder = 0;
	}
}

char *sim_address_text(const struct nw_endpoint *endpoint,
		       char text[NW_ADDRESS_TEXT])
{
	int family = endpoint->family == 4 ? AF_INET : AF_INET6;

	if (inet_ntop(family, endpoint->address, text, NW_ADDRESS_TEXT) == NULL)
		text[0] = '\0';
	return text;
}

struct nw_endpoint sim_endpoint(const char *address, uint16_t port)
{
	struct nw_endpoint endpoint = {.family = 4, .port = port};

	if (inet_pton(AF_INET, address, endpoint.address) == 1)
		return endpoint;
	endpoint.family = 6;
	if (inet_pton(AF_INET6, address, endpoint.address) != 1)
		sim_die("%s is no address", address);
	return endpoint;
}
