/* SPDX-License-Identifier: MIT
 *
 * samples/question-57187: the case that this project began with, as it would
 * have looked with captures on both sides of every device.
 *
 * The numbers at the server are those of the question. Their explanation is
 * invented: the load balancer gives each connection a server ISN of its own,
 * and forgets to translate the client's ACKs once it has seen the SYN/ACK
 * repeated. So the wrong number, 2106390967, is the one that the client was
 * told; and the RST, which carries it back as SEQ, is translated and so falls
 * outside the client's window: that is why the client goes on.
 */
#include <stdio.h>
#include <string.h>

#include "sim.h"

#define ISN_AT_SERVER 2962498562u /* frame 71 of server.pcap */
#define ISN_BEFORE_LB 2106390966u /* the wrong ACK less one */

enum hop { FW1, WAN_FW2, LB, LAN };

static void points(struct sim_config *config)
{
	static const char *const names[] = {"client", "fw1-out", "fw2-out",
					    "lb-out", "server"};

	for (uint32_t i = 0; i < config->point_count; i++) {
		struct sim_point *p = &config->points[i];

		snprintf(p->name, SIM_NAME, "%s", names[i]);
		/* Stopped before the client's next attempt. */
		p->stop_ns = 20050 * SIM_MS;
	}
}

static void hop(struct sim_config *config, enum hop index, const char *device,
		const int64_t delay_us[2], uint8_t ttl_decrement)
{
	struct sim_hop *h = &config->hops[index];

	snprintf(h->devices[0], SIM_NAME, "%s", device);
	h->delay_ns = delay_us[0] * SIM_US;
	h->jitter_ns = delay_us[1] * SIM_US;
	h->ttl_decrement = ttl_decrement;
}

static void hops(struct sim_config *config)
{
	struct sim_hop *fw1 = &config->hops[FW1];
	struct sim_hop *lb = &config->hops[LB];

	hop(config, FW1, "fw1", (int64_t[]){180, 60}, 1);
	hop(config, WAN_FW2, "wan", (int64_t[]){39000, 1500}, 10);
	hop(config, LB, "lb", (int64_t[]){240, 80}, 1);
	hop(config, LAN, "lan", (int64_t[]){30, 15}, 0);
	fw1->snat = SIM_SNAT_PAT;
	fw1->snat_address = sim_endpoint("203.0.113.154", 11690);
	fw1->snat_ports = 20000;
	snprintf(config->hops[WAN_FW2].devices[1], SIM_NAME, "fw2");
	config->hops[WAN_FW2].device_count = 2;
	config->hops[WAN_FW2].worker = 1;
	lb->backends[0] = sim_endpoint("10.178.79.168", 80);
	lb->backend_count = 1;
	lb->isn[NW_FROM_SERVER].mode = SIM_SHIFT_RANDOM;
}

static void hosts(struct sim_config *config)
{
	struct sim_host *client = &config->hosts[0];
	struct sim_host *server = &config->hosts[1];

	client->timestamps = server->timestamps = false;
	client->window = 5888;
	client->rto_ns = 400 * SIM_MS;
	client->delack_ns = 100 * SIM_US;
	server->window = 14720;
	server->delack_ns = 200 * SIM_US;
	server->syn_rto_ns = 1300 * SIM_MS;
	server->defer_accept = 1;
	server->deaf_after_rst = true;
}

/* One request, about 82 ms after the handshake has been completed. */
static struct sim_connection *good(struct sim_config *config, int64_t start_ms)
{
	sim_workload_add(config, SIM_UNIQUE, 1);

	struct sim_connection *c =
		&config->connections[config->connection_count - 1];
	c->start_ns = start_ms * SIM_MS;
	c->exchanges[0] = (struct sim_exchange){
		.request = 58,
		.response = 240,
		.think_ns = 82 * SIM_MS,
		.serve_ns = 3 * SIM_MS,
	};
	c->exchange_count = 1;
	c->close = SIM_CLOSE_CLIENT;
	c->close_ns = 5 * SIM_MS;
	c->peer_close_ns = 0;
	return c;
}

static void bad(struct sim_config *config, int64_t start_ms)
{
	struct sim_connection *c = good(config, start_ms);

	c->client = sim_endpoint("192.168.7.21", 40712);
	memcpy(c->id, "sn3rwq23w64", sizeof(c->id));
	c->isn[0] = 1133375435;
	c->isn[1] = ISN_AT_SERVER;
	c->shift[NW_FROM_SERVER] = ISN_AT_SERVER - ISN_BEFORE_LB;
	c->exchanges[0].think_ns = 1420 * SIM_MS;
	c->give_up_ns = 19950 * SIM_MS - c->start_ns;
}

static void connections(struct sim_config *config)
{
	static const int64_t before[] = {3, 587, 1214, 1790, 2433, 3021, 3604};
	static const int64_t behind[] = {8590, 9405, 11870};

	for (size_t i = 0; i < sizeof(before) / sizeof(before[0]); i++)
		good(config, before[i]);
	/* Quick enough for the answer to carry the ACK: one packet less, so
	 * that the bad connection starts in frame 70, as in the question. */
	config->connections[2].exchanges[0].serve_ns = 50 * SIM_US;
	bad(config, 6160);
	for (size_t i = 0; i < sizeof(behind) / sizeof(behind[0]); i++)
		good(config, behind[i]);
}

static void faults(struct sim_config *config)
{
	uint32_t victim = 7;

	/* A queue in the internet, where the repeated SYN/ACK loses 209 ms:
	 * the client's answer to it comes behind the request (frame 76). */
	config->faults[0] = (struct sim_fault){
		.name = "delay",
		.hop = WAN_FW2,
		.direction = NW_FROM_SERVER,
		.connection = victim,
		.select = SIM_SYN_REPEAT,
		.value = 209 * SIM_MS,
	};
	config->faults[1] = (struct sim_fault){
		.name = "ack-untranslated",
		.hop = LB,
		.direction = NW_FROM_CLIENT,
		.connection = victim,
		.select = SIM_AFTER_REPEAT,
	};
	config->fault_count = 2;
}

void sim_sample_57187(struct sim_config *config)
{
	sim_config_init(config, 5);
	snprintf(config->name, SIM_NAME, "question-57187");
	config->seed = 57187;
	config->epoch_ns = 1452000000 * SIM_S;
	points(config);
	hops(config);
	hosts(config);
	connections(config);
	faults(config);
}
