/* SPDX-License-Identifier: MIT
 *
 * The middlebox simulator: clients and servers with a small real TCP, up to
 * sixteen capture points in a row, and between neighbouring points a hop whose
 * device translates, and may go wrong in a named way. It writes one pcap per
 * point with the truth beside it, and hands the same truth to the caller.
 *
 *	struct sim_config config;
 *	sim_random_fault(seed, &config);
 *	struct sim_truth *truth = sim_run(&config, directory);
 *	...
 *	sim_truth_free(truth);
 *	sim_config_fini(&config);
 *
 * Nothing depends on the wall clock: one configuration, one set of bytes.
 * This is test code: lack of memory or a failed write ends the program.
 */
#ifndef NW_SIM_H
#define NW_SIM_H

#include "natwitness.h"

#define SIM_POINTS_MAX    16
#define SIM_HOPS_MAX      (SIM_POINTS_MAX - 1)
#define SIM_BACKENDS_MAX  4
#define SIM_EXCHANGES_MAX 4
#define SIM_FAULTS_MAX    4
#define SIM_NAME          24
#define SIM_NONE          UINT32_MAX

#define SIM_US ((int64_t)1000)
#define SIM_MS (1000 * SIM_US)
#define SIM_S  (1000 * SIM_MS)

/* ---- the two kinds of hosts: [0] clients, [1] servers ---- */

struct sim_host {
	uint16_t mss;          /* offered */
	uint8_t wscale;        /* offered; 255: option not sent */
	bool sack, timestamps; /* offered */
	uint8_t ttl;
	uint32_t window;    /* bytes offered all the time */
	int64_t syn_rto_ns; /* first SYN or SYN/ACK timeout */
	int64_t rto_ns;     /* shortest data timeout */
	int64_t delack_ns;
	int64_t turnaround_ns; /* from a stimulus to the packet */
	uint8_t defer_accept;  /* SYN/ACK timeouts for which a bare ACK is
				  ignored (Linux TCP_DEFER_ACCEPT); 0: off */
	bool deaf_after_rst;   /* its own packet filter drops what follows on
				  a connection that it has reset */
};

/* ---- points ---- */

struct sim_point {
	char name[SIM_NAME];
	double loss;      /* of the capture, 0..1 */
	uint32_t snaplen; /* 0: whole packets */
	int64_t clock_offset_ns;
	double clock_drift_ppm;
	bool nano;  /* pcap with nanoseconds */
	bool merge; /* neighbouring segments seen as one (GRO, TSO) */
	int64_t start_ns, stop_ns; /* stop 0: never */
};

/* ---- hops ---- */

enum sim_snat { SIM_SNAT_NONE, SIM_SNAT_STATIC, SIM_SNAT_PAT };
enum sim_shift_mode {
	SIM_SHIFT_NONE,
	SIM_SHIFT_FIXED,  /* `value` is added towards the server */
	SIM_SHIFT_RANDOM, /* per connection */
	SIM_SHIFT_WRAP,   /* the number behind the device wraps soon */
};

struct sim_shift {
	enum sim_shift_mode mode;
	uint32_t value;
};

struct sim_hop {
	char devices[2][SIM_NAME]; /* nearer the client first */
	uint32_t device_count;
	uint32_t worker; /* the one that translates and errs */
	int64_t delay_ns, jitter_ns;
	double loss, duplicate, reorder; /* by the network, 0..1 */
	enum sim_snat snat;
	struct nw_endpoint snat_address; /* first of the pool; port: lowest */
	uint32_t snat_ports;             /* per address of the pool */
	struct nw_endpoint backends[SIM_BACKENDS_MAX]; /* DNAT */
	uint32_t backend_count;
	struct sim_shift isn[2];        /* stream of the client, server */
	struct sim_shift timestamps[2]; /* clock of the client, server */
	bool rewrite_ip_id;
	uint16_t mss_clamp; /* 0: none */
	uint8_t ttl_decrement;
	uint8_t ttl_set; /* 0: decrement only */
	int16_t dscp;    /* -1: kept */
};

/* ---- connections ---- */

/* One request and its response. */
struct sim_exchange {
	uint32_t request, response; /* bytes */
	int64_t think_ns;           /* client, before the request */
	int64_t serve_ns;           /* server, before the response */
};

enum sim_close {
	SIM_CLOSE_CLIENT, /* the client's FIN comes first */
	SIM_CLOSE_SERVER,
	SIM_CLOSE_RESET, /* the client resets instead */
	SIM_CLOSE_NONE,  /* left open */
};

struct sim_connection {
	int64_t start_ns;
	struct nw_endpoint client, server; /* as the client sees them */
	uint32_t isn[2];
	uint32_t ts_offset[2];
	uint64_t payload_key; /* equal keys and sizes: equal payloads */
	char id[12];          /* stands in the request */
	struct sim_exchange exchanges[SIM_EXCHANGES_MAX];
	uint32_t exchange_count;
	enum sim_close close;
	int64_t close_ns;      /* from the last byte to the first FIN */
	int64_t peer_close_ns; /* from that FIN to the other; 0: at once */
	int64_t give_up_ns;    /* after start the client closes; 0: never */
	uint32_t shift[2];     /* what SIM_SHIFT_RANDOM comes to; 0: random */
	uint32_t previous;     /* earlier incarnation of the client's tuple,
				  or SIM_NONE */
};

/* ---- faults ---- */

enum sim_select {
	SIM_ANY,
	SIM_DATA,         /* segments with payload */
	SIM_ACKS,         /* segments with ACK, no SYN and no RST */
	SIM_SYN_REPEAT,   /* a repeated SYN/ACK */
	SIM_AFTER_REPEAT, /* as SIM_ACKS, once a SYN/ACK was repeated: the
			     late request and all that follows */
};

struct sim_fault {
	const char *name; /* a row of sim_fault_names() */
	uint32_t hop;
	enum nw_direction direction;
	uint32_t connection; /* SIM_NONE: all */
	enum sim_select select;
	uint32_t skip;  /* so many selected packets are spared first */
	uint32_t every; /* of the rest each so-many-th is hit; 0 as 1 */
	uint32_t limit; /* hits per connection; 0: no limit */
	int64_t value;  /* n of off-by-n, the constant, ... */
};

/* Names of all faults, ended by NULL. */
const char *const *sim_fault_names(void);
/* Does this fault need a hop that shifts the numbers that it spoils? */
bool sim_fault_needs_shift(const char *name);

/* ---- a whole case ---- */

struct sim_config {
	char name[SIM_NAME];
	uint64_t seed;
	int64_t epoch_ns; /* time zero of the simulation, since 1970 UTC */
	struct sim_host hosts[2];
	struct sim_point points[SIM_POINTS_MAX];
	uint32_t point_count;
	struct sim_hop hops[SIM_HOPS_MAX]; /* hop i: points i, i + 1 */
	struct sim_fault faults[SIM_FAULTS_MAX];
	uint32_t fault_count;
	struct sim_connection *connections; /* owned; sim_config_fini */
	uint32_t connection_count;
	size_t connection_capacity;
	/* Where sim_workload_add finds clients (first address) and server. */
	struct nw_endpoint clients, service;
};

/* Plain hosts, `points` points p0, p1, ... and routers between them. */
void sim_config_init(struct sim_config *config, uint32_t points);
void sim_config_fini(struct sim_config *config);
/* A deep copy for `to`, which holds nothing yet. */
void sim_config_copy(struct sim_config *to, const struct sim_config *from);
/* No losses, copies or disorder on the way, captures that have everything. */
void sim_config_calm(struct sim_config *config);
/* A new zeroed connection; pointers to others are invalid then. */
struct sim_connection *sim_config_add(struct sim_config *config);

enum sim_workload {
	SIM_UNIQUE, /* every payload differs */
	SIM_CLONES, /* all requests and responses are equal */
	SIM_CHECKS, /* periodic health checks of one monitor */
	SIM_LATE,   /* requests long after the handshake */
	SIM_REUSE,  /* client tuples used again after the close */
	SIM_SHORT,  /* many tiny connections at once */
	SIM_BULK,   /* responses of hundreds of segments */
};
#define SIM_WORKLOADS 7

/* An endpoint from text like "192.0.2.1" or "2001:db8::1", and back. */
struct nw_endpoint sim_endpoint(const char *address, uint16_t port);
char *sim_address_text(const struct nw_endpoint *endpoint,
		       char text[NW_ADDRESS_TEXT]);

/* Adds `count` connections of a kind, drawn from config->seed. */
void sim_workload_add(struct sim_config *config, enum sim_workload workload,
		      uint32_t count);

/* A random legal case; and one with one fault that the captures can prove,
 * without capture loss and late starts. */
void sim_random_clean(uint64_t seed, struct sim_config *config);
void sim_random_fault(uint64_t seed, struct sim_config *config);
/* The parts of them: a legal case of a size (0: the seed chooses), and a
 * fault put into a case (name NULL: the seed chooses), whose conditions are
 * made such that the fault can happen and can be seen. */
void sim_random_case(uint64_t seed, uint32_t points, uint32_t connections,
		     struct sim_config *config);
void sim_random_spoil(uint64_t seed, const char *name,
		      struct sim_config *config);

/* The case of samples/question-57187. */
void sim_sample_57187(struct sim_config *config);

/* ---- the truth ---- */

struct sim_hit {
	uint32_t want, got;
	uint32_t frames[2]; /* at the point before and behind; 0: none */
};

/* What one device did wrong on one connection in one direction. Losses of the
 * network are here too, with severity info. */
struct sim_culprit {
	const char *kind, *field, *severity;
	const char *cause;  /* hypothesis that explains it, or NULL */
	const char *class_; /* of its frames: "ack", "missing", "extra" */
	uint32_t hop;
	uint32_t device; /* index into the hop's, or SIM_NONE */
	enum nw_direction direction;
	uint32_t connection;
	struct sim_hit *hits;
	size_t hit_count, hit_capacity;
};

struct sim_seen {
	struct nw_endpoint client, server;
	uint32_t isn[2];
	bool has_isn[2];
	uint32_t packets; /* captured at this point */
};

struct sim_truth {
	uint32_t point_count, connection_count;
	struct sim_culprit *culprits;
	size_t culprit_count, culprit_capacity;
	struct sim_seen *seen; /* [connection * point_count + point] */
	uint64_t frames[SIM_POINTS_MAX];      /* written */
	uint64_t frames_lost[SIM_POINTS_MAX]; /* by the capture */
};

/* Runs the case and writes NAME.pcap per point, topology.json, truth.json and
 * flow_map.json into `directory`, which exists. Caller frees the truth. */
struct sim_truth *sim_run(const struct sim_config *config,
			  const char *directory);
void sim_truth_free(struct sim_truth *truth);
/* Is anything of severity error or warning in it? */
bool sim_truth_clean(const struct sim_truth *truth);

#endif
