/* SPDX-License-Identifier: MIT
 *
 * One end of a connection: TCP and the application on top of it. Positions in
 * a stream are 64-bit offsets from its ISN: 0 is the SYN, 1 the first byte,
 * then the FIN; they become 32-bit numbers only on the wire.
 */
#ifndef NW_SIM_HOST_H
#define NW_SIM_HOST_H

#include "simpacket.h"

struct sim_world;

enum sim_state {
	SIM_LISTEN,
	SIM_SYN_SENT,
	SIM_SYN_RECEIVED,
	SIM_OPEN, /* ESTABLISHED to CLOSING; the FIN fields tell which */
	SIM_TIME_WAIT,
	SIM_CLOSED, /* answers with RST, as no socket does */
	SIM_DEAF,   /* answers nothing */
};

enum sim_timer {
	SIM_TIMER_RTO,
	SIM_TIMER_DELACK,
	SIM_TIMER_APP,
	SIM_TIMER_GIVE_UP,
};
#define SIM_TIMERS 4

enum sim_step { SIM_STEP_NONE, SIM_STEP_SEND, SIM_STEP_CLOSE };

#define SIM_RANGES_MAX 4

struct sim_range {
	uint64_t begin, end; /* half-open */
};

struct sim_end {
	enum sim_state state;
	uint8_t side; /* what it sends: NW_FROM_CLIENT or NW_FROM_SERVER */
	uint32_t connection;
	struct nw_endpoint self, peer;
	bool moved; /* they are no longer those of the first packet */
	/* What it sends. */
	uint32_t iss;
	uint64_t una, next, limit; /* limit: end of what was written */
	bool fin_wanted;
	uint64_t recover; /* repairs losses up to here */
	bool recovering;
	uint32_t cwnd, peer_window, dup_acks;
	uint8_t retries;
	int64_t rto_ns, rtt_sent_ns;
	uint64_t rtt_end; /* this offset is being timed; 0: none */
	/* What it receives. */
	uint32_t irs;
	uint64_t rcv_next, rcv_acked, peer_fin;  /* peer_fin 0: not known */
	struct sim_range ranges[SIM_RANGES_MAX]; /* newest first */
	uint8_t range_count;
	bool fin_received;
	bool passive; /* its FIN came second */
	bool ack_now;
	uint8_t unacked; /* segments */
	int64_t challenged_ns;
	/* What was agreed. */
	uint16_t mss;
	uint8_t peer_wscale, own_wscale;
	bool sack, timestamps, scaled;
	bool bare_ack; /* came while half open */
	uint32_t ts_recent;
	uint16_t ip_id;
	/* The application. */
	uint8_t exchange;
	enum sim_step step;
	/* Timers: when they are due, and for when one is queued; 0: none. */
	int64_t due_ns[SIM_TIMERS], queued_ns[SIM_TIMERS];
};

/* ---- host.c: life of a connection ---- */

void sim_host_open(struct sim_world *world, uint32_t connection);
void sim_host_timer(struct sim_world *world, struct sim_end *end,
		    enum sim_timer timer);
void sim_end_set_timer(struct sim_world *world, struct sim_end *end,
		       enum sim_timer timer, int64_t due_ns);
/* Nothing more happens at this end by itself. */
void sim_end_stop(struct sim_end *end, enum sim_state state);

/* ---- hostin.c ---- */

void sim_host_receive(struct sim_world *world, struct sim_end *end,
		      const struct sim_packet *packet);

/* ---- hostout.c ---- */

/* Sends what the windows allow. */
void sim_end_output(struct sim_world *world, struct sim_end *end);
/* Sends the first unacknowledged segment once more. */
void sim_end_repeat(struct sim_world *world, struct sim_end *end);
void sim_end_syn(struct sim_world *world, struct sim_end *end);
void sim_end_ack(struct sim_world *world, struct sim_end *end);
/* An ACK that answers something odd: not more than one in 500 ms. */
void sim_end_challenge(struct sim_world *world, struct sim_end *end);
/* RST that a closed or half-open end sends to `packet` (RFC 9293 3.10.7). */
void sim_end_refuse(struct sim_world *world, struct sim_end *end,
		    const struct sim_packet *packet);
void sim_end_abort(struct sim_world *world, struct sim_end *end);

/* ---- app.c ---- */

/* Has the connection opened, or have bytes or a FIN come in? */
void sim_app_progress(struct sim_world *world, struct sim_end *end);
void sim_app_timer(struct sim_world *world, struct sim_end *end);
void sim_app_close(struct sim_world *world, struct sim_end *end);

#endif
