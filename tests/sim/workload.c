/* SPDX-License-Identifier: MIT
 *
 * Workloads: who connects when, and what they say. Each connection gets a
 * client tuple of its own unless the workload is about tuples used again.
 */
#include <stdio.h>

#include "simalloc.h"
#include "world.h"

#define CLIENTS       200
#define PORTS         40000
#define REUSE_WAIT_NS (9 * SIM_S)

struct draw {
	struct sim_config *config;
	struct sim_rng rng;
	int64_t now_ns;
	enum sim_workload workload;
};

static uint32_t between(struct draw *d, uint32_t low, uint32_t high)
{
	return (uint32_t)sim_rng_between(&d->rng, low, high);
}

static void name_it(struct draw *d, struct sim_connection *c)
{
	static const char digits[] = "abcdefghjkmnpqrstuvwxyz123456789";
	uint64_t bits = sim_rng_u64(&d->rng);

	for (int i = 0; i < 11; i++)
		c->id[i] = digits[bits >> (5 * i) & 31];
	c->payload_key = bits;
	c->isn[0] = sim_rng_u32(&d->rng);
	c->isn[1] = sim_rng_u32(&d->rng);
	c->ts_offset[0] = sim_rng_u32(&d->rng);
	c->ts_offset[1] = sim_rng_u32(&d->rng);
}

static void address(struct draw *d, struct sim_connection *c, uint32_t index)
{
	unsigned last = c->client.family == 4 ? 3 : 15;
	uint32_t host = sim_rng_below(&d->rng, CLIENTS);

	host = (host + index / PORTS) % CLIENTS;
	c->client.address[last] = (uint8_t)(c->client.address[last] + host);
	c->client.port = (uint16_t)(20000 + (uint64_t)index * 7919 % PORTS);
}

static void add_exchange(struct draw *d, struct sim_connection *c)
{
	struct sim_exchange *e = &c->exchanges[c->exchange_count++];

	*e = (struct sim_exchange){
		.request = between(d, 58, 400),
		.response = between(d, 60, 6000),
		.think_ns = between(d, 1, 90) * SIM_MS,
		.serve_ns = between(d, 1, 20) * SIM_MS,
	};
	if (d->workload == SIM_BULK)
		e->response = between(d, 100000, 400000);
	if (d->workload == SIM_SHORT)
		e->response = between(d, 60, 300);
	if (d->workload == SIM_LATE && c->exchange_count == 1)
		e->think_ns = between(d, 1100, 2600) * SIM_MS;
	if (d->workload == SIM_CLONES || d->workload == SIM_CHECKS)
		*e = (struct sim_exchange){80, 200, 2 * SIM_MS, 1 * SIM_MS};
}

static void close_somehow(struct draw *d, struct sim_connection *c)
{
	uint32_t dice = sim_rng_below(&d->rng, 10);

	c->close = dice < 5   ? SIM_CLOSE_CLIENT
		   : dice < 8 ? SIM_CLOSE_SERVER
		   : dice < 9 ? SIM_CLOSE_RESET
			      : SIM_CLOSE_NONE;
	c->close_ns = between(d, 0, 30) * SIM_MS;
	c->peer_close_ns = dice % 2 ? 0 : between(d, 1, 60) * SIM_MS;
	if (d->workload == SIM_REUSE)
		c->close = dice < 5 ? SIM_CLOSE_CLIENT : SIM_CLOSE_SERVER;
}

/* The same tuple once more, with ISNs that have moved on (RFC 6528), so that
 * a socket in TIME-WAIT takes the SYN. */
static void reuse(struct draw *d, struct sim_connection *c, uint32_t index)
{
	const struct sim_connection *old;
	uint32_t previous = index - 1;

	if (index == 0 || sim_rng_chance(&d->rng, 0.3))
		return;
	old = &d->config->connections[previous];
	if (old->close != SIM_CLOSE_CLIENT && old->close != SIM_CLOSE_SERVER)
		return;
	c->client = old->client;
	c->previous = previous;
	d->now_ns = old->start_ns + REUSE_WAIT_NS;
	c->start_ns = d->now_ns;
	for (int i = 0; i < 2; i++) {
		c->isn[i] = old->isn[i] + (uint32_t)(REUSE_WAIT_NS / 64) +
			    between(d, 1, 10000);
		c->ts_offset[i] = old->ts_offset[i];
	}
}

static void step(struct draw *d)
{
	switch (d->workload) {
	case SIM_CHECKS:
		d->now_ns += 2 * SIM_S;
		break;
	case SIM_SHORT:
		d->now_ns += between(d, 50, 1500) * SIM_US;
		break;
	case SIM_UNIQUE:
	case SIM_CLONES:
	case SIM_LATE:
	case SIM_REUSE:
	case SIM_BULK:
		d->now_ns += between(d, 5, 150) * SIM_MS;
		break;
	}
}

void sim_workload_add(struct sim_config *config, enum sim_workload workload,
		      uint32_t count)
{
	struct draw d = {
		.config = config,
		.rng = sim_rng_of(config->seed,
				  100 + (uint64_t)workload +
					  16ull * config->connection_count),
		.now_ns = 10 * SIM_MS,
		.workload = workload,
	};
	bool same = workload == SIM_CLONES || workload == SIM_CHECKS;
	uint32_t first = config->connection_count;

	for (uint32_t i = 0; i < count; i++) {
		uint32_t index = config->connection_count;
		struct sim_connection *c = sim_config_add(config);
		uint32_t exchanges =
			same || workload == SIM_BULK ? 1 : between(&d, 1, 3);

		step(&d);
		c->start_ns = d.now_ns;
		c->client = config->clients;
		c->server = config->service;
		name_it(&d, c);
		if (workload != SIM_CHECKS)
			address(&d, c, index);
		else
			c->client.port = (uint16_t)(20000 + index % PORTS);
		while (c->exchange_count < exchanges)
			add_exchange(&d, c);
		close_somehow(&d, c);
		if (same) {
			c->payload_key = 1;
			snprintf(c->id, sizeof(c->id), "healthcheck");
			c->close = SIM_CLOSE_CLIENT;
		}
		if (workload == SIM_REUSE && index > first)
			reuse(&d, c, index);
	}
}
