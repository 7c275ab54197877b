/* SPDX-License-Identifier: MIT
 *
 * The state of a run, shared by the parts of the simulator: the network moves
 * packets, hosts answer them, devices translate them, the book keeps truth.
 */
#ifndef NW_SIM_WORLD_H
#define NW_SIM_WORLD_H

#include "host.h"
#include "queue.h"
#include "rng.h"
#include "simpacket.h"
#include "tap.h"

/* What a hop's device does to one connection. The endpoints are those behind
 * it; deltas are added towards the server, by stream. */
struct sim_leg {
	struct nw_endpoint client, server;
	/* Of a packet that passed before the connection was moved. */
	struct nw_endpoint old_client, old_server;
	bool moved; /* has those, */
	bool moves; /* and it was this device that moved it */
	uint32_t seq_delta[2], ts_delta[2];
	uint32_t late_delta[2]; /* by a fault: since then added to it */
	uint16_t id_mask;
	bool repeated;       /* a SYN/ACK has come through again, */
	uint32_t synack_seq; /* of this number at the server's side */
	bool synack_seen;
};

struct sim_book;

struct sim_world {
	const struct sim_config *config;
	int64_t now_ns;
	struct sim_queue queue;
	struct sim_packet *pool;
	struct sim_end *ends; /* [connection * 2 + side] */
	struct sim_leg *legs; /* [connection * hops + hop] */
	struct sim_tap *taps[SIM_POINTS_MAX];
	struct sim_book *book;
	uint32_t *selected;      /* [fault * connections + connection] */
	int64_t last_sent_ns[2]; /* by side */
	int64_t last_out_ns[SIM_HOPS_MAX][2];
	uint32_t nat_used[SIM_HOPS_MAX];
	struct sim_rng network, hosts, faults;
};

static inline struct sim_end *sim_end_of(const struct sim_world *world,
					 uint32_t connection, unsigned side)
{
	return &world->ends[(size_t)connection * 2 + side];
}

/* ---- network.c ---- */

struct sim_packet *sim_packet_new(struct sim_world *world);
void sim_packet_drop(struct sim_world *world, struct sim_packet *packet);
/* The host of `side` sends; takes the packet. */
void sim_network_send(struct sim_world *world, unsigned side,
		      struct sim_packet *packet);
/* Moves the packet, which has just been seen at a point, on to the next one
 * in its direction after `delay_ns`; takes it. */
void sim_network_carry(struct sim_world *world, uint32_t hop,
		       struct sim_packet *packet, int64_t delay_ns);

/* ---- device.c ---- */

/* Works out what all devices will do to a connection. */
void sim_device_prepare(struct sim_world *world, uint32_t connection);
/* The endpoints of a packet's connection as it is seen at a point. */
void sim_device_endpoints(const struct sim_world *world,
			  const struct sim_packet *packet, uint32_t point,
			  struct nw_endpoint ends[2]);
void sim_device_translate(const struct sim_world *world, uint32_t hop,
			  struct sim_packet *packet);

static inline struct sim_leg *sim_leg_of(const struct sim_world *world,
					 uint32_t connection, uint32_t hop)
{
	size_t hops = world->config->point_count - 1;

	return &world->legs[connection * hops + hop];
}

/* ---- faults.c ---- */

/* What a device does to one packet. `out` is the packet as a faithful device
 * would pass it on; a fault changes it. */
struct sim_passage {
	struct sim_world *world;
	uint32_t hop;
	struct sim_packet in;
	struct sim_packet *out;
	const struct sim_fault *fault; /* the one at work */
	bool drop;
	bool twice;
	int64_t delay_ns;
	struct sim_packet *injected; /* goes right behind, or NULL */
	struct sim_packet *returned; /* goes back to the sender, or NULL */
};

void sim_faults_apply(struct sim_passage *passage);

/* ---- book.c ---- */

/* A row of what can be entered in the truth. */
struct sim_offence {
	const char *kind, *field, *severity, *cause, *class_;
};

struct sim_book *sim_book_open(const struct sim_world *world);
/* `rule` tells apart entries of one connection and direction. Returns the
 * culprit and, through `hit`, the number of the hit. */
uint32_t sim_book_enter(struct sim_book *book,
			const struct sim_offence *offence, uint32_t rule,
			uint32_t hop, const struct sim_packet *packet);
struct sim_hit *sim_book_hit(struct sim_book *book, uint32_t culprit);
uint32_t sim_book_last_hit(const struct sim_book *book, uint32_t culprit);
/* The frame at the point where a hit packet has now been seen. */
void sim_book_frame(struct sim_book *book, const struct sim_packet *packet,
		    uint32_t point);
void sim_book_seen(struct sim_book *book, const struct sim_packet *packet,
		   uint32_t point);
/* Finishes and hands out the truth; frees the book. */
struct sim_truth *sim_book_close(struct sim_book *book);

/* ---- report.c ---- */

void sim_report_write(const struct sim_config *config,
		      const struct sim_truth *truth, const char *directory);

#endif
