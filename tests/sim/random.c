/* SPDX-License-Identifier: MIT
 *
 * Random cases. The clean ones do everything that is legal, so that the law
 * of silence means something; the faulty ones are as wild in translation,
 * but their captures hold what a proof needs.
 */
#include <stdio.h>

#include "simalloc.h"
#include "world.h"

static void random_hosts(struct sim_rng *rng, struct sim_config *config)
{
	bool timestamps = sim_rng_chance(rng, 0.7);
	bool sack = sim_rng_chance(rng, 0.9);

	for (int i = 0; i < 2; i++) {
		struct sim_host *host = &config->hosts[i];

		host->timestamps = timestamps;
		host->sack = sack;
		host->mss = sim_rng_chance(rng, 0.8) ? 1460 : 1380;
		host->wscale = sim_rng_chance(rng, 0.9)
				       ? (uint8_t)sim_rng_below(rng, 10)
				       : 255;
		host->delack_ns = sim_rng_between(rng, 1, 60) * SIM_MS;
		host->turnaround_ns = sim_rng_between(rng, 5, 60) * SIM_US;
		if (config->service.family == 6)
			host->mss = (uint16_t)(host->mss - 20);
	}
	if (sim_rng_chance(rng, 0.2))
		config->hosts[NW_FROM_SERVER].defer_accept =
			(uint8_t)sim_rng_between(rng, 1, 2);
}

static struct sim_shift random_shift(struct sim_rng *rng)
{
	struct sim_shift shift = {SIM_SHIFT_RANDOM, 0};

	if (sim_rng_chance(rng, 0.3))
		shift = (struct sim_shift){SIM_SHIFT_FIXED, sim_rng_u32(rng)};
	else if (sim_rng_chance(rng, 0.4))
		shift.mode = SIM_SHIFT_WRAP;
	return shift;
}

static void random_snat(struct sim_rng *rng, const struct sim_config *config,
			uint32_t index, struct sim_hop *hop)
{
	char text[NW_ADDRESS_TEXT];
	bool six = config->service.family == 6;

	hop->snat = sim_rng_chance(rng, 0.3) ? SIM_SNAT_STATIC : SIM_SNAT_PAT;
	snprintf(text, sizeof(text), six ? "2001:db8:%u::1:0" : "10.%u.16.1",
		 index + 100);
	hop->snat_address = sim_endpoint(text, 1024);
	hop->snat_ports = 32768;
}

static void random_dnat(struct sim_rng *rng, const struct sim_config *config,
			uint32_t index, struct sim_hop *hop)
{
	char text[NW_ADDRESS_TEXT];
	bool six = config->service.family == 6;
	uint16_t port = sim_rng_chance(rng, 0.5) ? 8080 : config->service.port;

	hop->backend_count =
		(uint32_t)sim_rng_between(rng, 1, SIM_BACKENDS_MAX);
	for (uint32_t i = 0; i < hop->backend_count; i++) {
		snprintf(text, sizeof(text),
			 six ? "fd00:%u::%u" : "172.20.%u.%u", index + 1,
			 i + 11);
		hop->backends[i] = sim_endpoint(text, port);
	}
}

/* Legal translations, each hop a device of its own character. */
static void random_hop(struct sim_rng *rng, const struct sim_config *config,
		       uint32_t index, struct sim_hop *hop)
{
	bool all = sim_rng_chance(rng, 0.1);

	if (all || sim_rng_chance(rng, 0.3))
		random_snat(rng, config, index, hop);
	if (all || sim_rng_chance(rng, 0.3))
		random_dnat(rng, config, index, hop);
	for (int i = 0; i < 2; i++) {
		if (all || sim_rng_chance(rng, 0.25))
			hop->isn[i] = random_shift(rng);
		if (all || sim_rng_chance(rng, 0.15))
			hop->timestamps[i] =
				(struct sim_shift){SIM_SHIFT_RANDOM, 0};
	}
	hop->rewrite_ip_id = all || sim_rng_chance(rng, 0.15);
	if (sim_rng_chance(rng, 0.15))
		hop->mss_clamp = (uint16_t)sim_rng_between(rng, 1220, 1400);
	if (sim_rng_chance(rng, 0.1))
		hop->dscp = (int16_t)sim_rng_below(rng, 64);
	hop->ttl_decrement = sim_rng_chance(rng, 0.2)
				     ? 0
				     : (uint8_t)sim_rng_between(rng, 1, 3);
	hop->delay_ns = sim_rng_between(rng, 20, 300) * SIM_US
			<< sim_rng_below(rng, 7);
	hop->jitter_ns = hop->delay_ns / sim_rng_between(rng, 4, 20);
}

static void random_network(struct sim_rng *rng, struct sim_config *config)
{
	struct sim_hop *hop =
		&config->hops[sim_rng_below(rng, config->point_count - 1)];

	if (sim_rng_chance(rng, 0.4))
		hop->loss = (double)sim_rng_between(rng, 1, 20) * 1e-3;
	if (sim_rng_chance(rng, 0.2))
		hop->duplicate = (double)sim_rng_between(rng, 1, 10) * 1e-3;
	if (sim_rng_chance(rng, 0.2))
		hop->reorder = (double)sim_rng_between(rng, 1, 20) * 1e-3;
}

static void random_captures(struct sim_rng *rng, struct sim_config *config)
{
	static const uint32_t snaplens[] = {96, 128, 160, 256};
	bool clocks = sim_rng_chance(rng, 0.5);
	bool late = sim_rng_chance(rng, 0.15);
	uint32_t loser = sim_rng_below(rng, config->point_count);

	for (uint32_t i = 0; i < config->point_count; i++) {
		struct sim_point *p = &config->points[i];

		p->nano = sim_rng_chance(rng, 0.5);
		p->merge = sim_rng_chance(rng, 0.15);
		if (sim_rng_chance(rng, 0.15))
			p->snaplen = snaplens[sim_rng_below(rng, 4)];
		if (clocks) {
			p->clock_offset_ns =
				sim_rng_between(rng, -5000, 5000) * SIM_MS;
			p->clock_drift_ppm =
				(double)sim_rng_between(rng, -80, 80);
		}
		if (late && sim_rng_chance(rng, 0.5))
			p->start_ns = sim_rng_between(rng, 50, 900) * SIM_MS;
	}
	if (sim_rng_chance(rng, 0.2))
		config->points[loser].loss =
			(double)sim_rng_between(rng, 1, 15) * 1e-3;
}

static void random_workload(struct sim_rng *rng, struct sim_config *config,
			    uint32_t connections)
{
	uint32_t kinds = (uint32_t)sim_rng_between(rng, 1, 3);

	if (connections == 0)
		connections = (uint32_t)sim_rng_between(rng, 3, 24);
	for (uint32_t i = 0; i < kinds; i++) {
		enum sim_workload workload =
			(enum sim_workload)sim_rng_below(rng, SIM_WORKLOADS);
		uint32_t share = connections / (kinds - i);

		if (workload == SIM_BULK && share > 3)
			workload = SIM_UNIQUE;
		sim_workload_add(config, workload, share);
		connections -= share;
	}
}

void sim_random_case(uint64_t seed, uint32_t points, uint32_t connections,
		     struct sim_config *config)
{
	struct sim_rng rng = sim_rng_of(seed, 10);
	bool many = sim_rng_chance(&rng, 0.1);

	if (points == 0)
		points = (uint32_t)sim_rng_between(&rng, 2,
						   many ? SIM_POINTS_MAX : 6);
	sim_config_init(config, points);
	config->seed = seed;
	if (sim_rng_chance(&rng, 0.2)) {
		config->clients = sim_endpoint("fd00:7::10", 0);
		config->service = sim_endpoint("2001:db8:80::80", 80);
	}
	random_hosts(&rng, config);
	for (uint32_t i = 0; i + 1 < points; i++)
		random_hop(&rng, config, i, &config->hops[i]);
	random_network(&rng, config);
	random_captures(&rng, config);
	random_workload(&rng, config, connections);
}

void sim_random_clean(uint64_t seed, struct sim_config *config)
{
	sim_random_case(seed, 0, 0, config);
}

static const char *random_fault_name(struct sim_rng *rng)
{
	const char *const *names = sim_fault_names();
	uint32_t count = 0;

	while (names[count] != NULL)
		count++;
	for (;;) {
		const char *name = names[sim_rng_below(rng, count)];

		/* A delay is nobody's fault by itself. */
		if (name != NULL && strcmp(name, "delay") != 0)
			return name;
	}
}

static bool begins(const char *name, const char *with)
{
	return strncmp(name, with, strlen(with)) == 0;
}

/* Is the client's tuple used again later? */
static bool is_succeeded(const struct sim_config *config, uint32_t connection)
{
	for (uint32_t i = 0; i < config->connection_count; i++)
		if (config->connections[i].previous == connection)
			return true;
	return false;
}

/* A connection that this fault can happen to. One that hangs for good would
 * still send when its tuple is used again. */
static uint32_t victim(struct sim_rng *rng, const struct sim_fault *fault,
		       const struct sim_config *config)
{
	bool stale = strcmp(fault->name, "ack-stale") == 0;
	bool hangs = begins(fault->name, "offset-");
	uint32_t first = sim_rng_below(rng, config->connection_count);

	for (uint32_t i = 0; i < config->connection_count; i++) {
		uint32_t n = (first + i) % config->connection_count;

		if (stale && config->connections[n].previous == SIM_NONE)
			continue;
		if (!hangs || !is_succeeded(config, n))
			return n;
	}
	return first;
}

static void choose_packets(struct sim_rng *rng, struct sim_fault *fault)
{
	bool ack = begins(fault->name, "ack-");

	fault->select = ack ? SIM_ACKS : SIM_DATA;
	fault->skip = ack ? sim_rng_below(rng, 4) : 0;
	fault->every = 1 + (ack ? sim_rng_below(rng, 3) : 0);
	fault->limit = ack ? 1 + sim_rng_below(rng, 5) : 1;
	fault->value = sim_rng_between(rng, 1, 3000);
	if (sim_rng_chance(rng, 0.5))
		fault->value = -fault->value;
	if (strcmp(fault->name, "ack-constant") == 0)
		fault->value = sim_rng_u32(rng);
	if (begins(fault->name, "offset-")) {
		fault->select = SIM_ACKS;
		fault->skip = sim_rng_below(rng, 6);
		fault->limit = 0;
		fault->value = (INT64_C(1) << 24) + sim_rng_u32(rng) / 2;
	}
	if (begins(fault->name, "sack-")) {
		fault->select = SIM_ACKS;
		fault->limit = 0;
	}
	/* One that is repeated at once looks like its repetition. */
	if (strcmp(fault->name, "nat-leak") == 0)
		fault->limit = 2;
	if (strcmp(fault->name, "early-ack") == 0) {
		fault->direction = NW_FROM_SERVER;
		fault->limit = 0;
	}
	if (strcmp(fault->name, "old-ack") == 0) {
		fault->direction = NW_FROM_CLIENT;
		fault->select = SIM_ACKS;
		fault->skip = 70;
		fault->every = 20;
		fault->limit = 3;
		fault->value = 90000;
	}
	if (strcmp(fault->name, "thin-acks") == 0) {
		fault->direction = NW_FROM_CLIENT;
		fault->select = SIM_ACKS;
		fault->skip = 8;
		fault->every = 2;
		fault->limit = 0;
	}
	if (strcmp(fault->name, "sack-perm-forged") == 0) {
		fault->direction = NW_FROM_SERVER;
		fault->select = SIM_ANY;
	}
}

/* Blocks by disorder: nothing that was hit is lost. A segment that lost its
 * blocks must be known again; the server must not agree to SACK by itself. */
static void prepare_disorder(const struct sim_fault *fault,
			     struct sim_config *config)
{
	bool stripped = strcmp(fault->name, "sack-stripped") == 0;

	for (uint32_t i = 0; i + 1 < config->point_count; i++)
		config->hops[i].loss = 0;
	config->hops[fault->hop].reorder = 0.1;
	config->hosts[1].sack = stripped;
	if (!stripped)
		return;
	config->hosts[0].timestamps = config->hosts[1].timestamps = true;
	config->hops[fault->hop].rewrite_ip_id = false;
}

/* The hop must shift what the fault gets wrong; SACK blocks need disorder in
 * another hop or, with two points, in this one. */
static void prepare_hop(struct sim_rng *rng, const struct sim_fault *fault,
			struct sim_config *config)
{
	struct sim_hop *hop = &config->hops[fault->hop];
	unsigned peer = fault->direction == NW_FROM_CLIENT ? 1 : 0;

	if (sim_fault_needs_shift(fault->name) &&
	    hop->isn[peer].mode == SIM_SHIFT_NONE)
		hop->isn[peer].mode = SIM_SHIFT_RANDOM;
	if (strcmp(fault->name, "ack-foreign-delta") == 0)
		hop->isn[peer].mode = SIM_SHIFT_RANDOM;
	if (strcmp(fault->name, "ack-other-delta") == 0)
		hop->isn[0].mode = hop->isn[1].mode = SIM_SHIFT_RANDOM;
	if (strcmp(fault->name, "nat-leak") == 0 && hop->snat == SIM_SNAT_NONE)
		random_snat(rng, config, fault->hop, hop);
	/* What is translated farther on hides which server was meant. */
	if (begins(fault->name, "lb-"))
		for (uint32_t i = fault->hop; i + 1 < config->point_count; i++)
			config->hops[i].backend_count = 0;
	if (begins(fault->name, "sack-")) {
		uint32_t other = sim_rng_below(rng, config->point_count - 1);

		config->hops[other].loss = 0.02;
		config->hosts[0].sack = config->hosts[1].sack = true;
	}
	if (strcmp(fault->name, "sack-stripped") == 0 ||
	    strcmp(fault->name, "sack-perm-forged") == 0)
		prepare_disorder(fault, config);
}

/* What only a long download shows. */
static bool is_about_bulk(const struct sim_fault *fault)
{
	return strcmp(fault->name, "thin-acks") == 0 ||
	       strcmp(fault->name, "early-ack") == 0 ||
	       strcmp(fault->name, "old-ack") == 0;
}

void sim_random_spoil(uint64_t seed, const char *name,
		      struct sim_config *config)
{
	struct sim_rng rng = sim_rng_of(seed, 20);
	struct sim_fault fault = {
		.name = name != NULL ? name : random_fault_name(&rng),
		.direction = (enum nw_direction)sim_rng_below(&rng, 2),
	};

	if (config->fault_count == SIM_FAULTS_MAX)
		sim_die("no more than %d faults in a case", SIM_FAULTS_MAX);
	sim_config_calm(config);
	fault.hop = sim_rng_below(&rng, config->point_count - 1);
	if (strcmp(fault.name, "ack-stale") == 0)
		sim_workload_add(config, SIM_REUSE, 4);
	if (begins(fault.name, "sack-")) {
		fault.direction = NW_FROM_CLIENT;
		sim_workload_add(config, SIM_BULK, 2);
	}
	if (strcmp(fault.name, "nat-remap") == 0 || begins(fault.name, "lb-"))
		fault.direction = NW_FROM_CLIENT;
	if (is_about_bulk(&fault))
		sim_workload_add(config, SIM_BULK, 1);
	fault.connection = victim(&rng, &fault, config);
	if (begins(fault.name, "sack-") || is_about_bulk(&fault))
		fault.connection = config->connection_count - 1;
	if (strcmp(fault.name, "thin-acks") == 0)
		config->connections[fault.connection].exchanges[0].response =
			600000;
	/* The receiver is slow to answer. */
	if (strcmp(fault.name, "early-ack") == 0)
		config->hosts[0].turnaround_ns = 30 * SIM_MS;
	/* Only the sender's clock tells it from an old packet. */
	if (strcmp(fault.name, "old-ack") == 0)
		config->hosts[0].timestamps = config->hosts[1].timestamps =
			true;
	choose_packets(&rng, &fault);
	prepare_hop(&rng, &fault, config);
	config->faults[config->fault_count++] = fault;
}

void sim_random_fault(uint64_t seed, struct sim_config *config)
{
	struct sim_rng rng = sim_rng_of(seed, 30);

	sim_random_case(seed, 0, 0, config);
	/* Clones can only be matched as a set: nothing to accuse there. */
	config->connection_count = 0;
	sim_workload_add(config, SIM_UNIQUE, 2 + sim_rng_below(&rng, 6));
	sim_workload_add(config, SIM_LATE, 1 + sim_rng_below(&rng, 3));
	sim_workload_add(config, SIM_REUSE, sim_rng_below(&rng, 4));
	sim_random_spoil(seed, NULL, config);
}
