/* SPDX-License-Identifier: MIT
 *
 * genpair - write what is captured on both sides of one device that does
 * source PAT, destination NAT and shifts the sequence numbers of both
 * directions, each connection by its own amounts.
 *
 *	genpair -o pair -f 1000 -p 1000000
 *	-> pair-before.pcap  pair-after.pcap
 *	   pair-truth.jsonl  one line for each connection broken on purpose
 *
 * The model. Some connections are open at a time; their packets are Poisson
 * processes of equal rate: an exponential gap, then any of them. Each is SYN,
 * SYN/ACK, ACK, then requests and responses in valid HTTP with an ACK for
 * every two segments, then FIN, FIN/ACK, ACK. An ACK has 66 bytes on the wire
 * and a full segment 1514; checksums are right on both sides, also where the
 * snap length cuts the packet. A packet takes 20 us and a random time to cross,
 * so the two files interleave differently, and its connection goes on only
 * then. Few data segments are lost behind the first side and sent again. Every
 * n-th connection (-b) has the ACK number of its first request corrupted.
 *
 * The same arguments give the same bytes.
 */
#include "genframe.h"
#include "pairfile.h"

#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MSS           1448u
#define FRAME_HEADERS 54u
#define NAME_MAX_LEN  4096

enum step {
	SEND_SYN,
	SEND_SYNACK,
	SEND_ACK,
	REQUEST,
	ACK_REQUEST,
	RESPONSE,
	ACK_RESPONSE,
	CLIENT_FIN,
	SERVER_FIN,
	LAST_ACK,
};

struct connection {
	struct genframe_flow flow;
	uint64_t id;
	uint64_t busy_ns;     /* its last packet has crossed then */
	uint32_t next_seq[2]; /* by end, before the device */
	uint32_t timestamp_base[2];
	uint16_t ip_id[2];
	uint32_t response_len, response_sent;
	uint16_t segments_unacked;
	uint32_t packets, packet_budget;
	enum step step;
	uint32_t requests;
	bool just_lost, to_be_broken;
};

static struct {
	const char *prefix;
	uint64_t connections, packets, open, seed, broken_every;
	uint32_t snaplen, segment_bytes;
	double packets_per_second, response_segments, loss;
} config = {
	.prefix = "pair",
	.connections = 1000,
	.packets = 1000000,
	.seed = 1,
	.segment_bytes = MSS,
	.packets_per_second = 200e3,
	.response_segments = 8,
	.loss = 0.0005,
};

static struct pairfile files[2];
static FILE *truth;
static uint64_t random_state;

/* ---- chance ---- */

static uint64_t mix(uint64_t z)
{
	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static uint64_t random_u64(void)
{
	return mix(random_state += UINT64_C(0x9e3779b97f4a7c15));
}

static uint32_t random_u32(void)
{
	return (uint32_t)random_u64();
}

/* In (0, 1]. */
static double random_unit(void)
{
	return (double)((random_u64() >> 11) + 1) * 0x1p-53;
}

static uint64_t random_below(uint64_t limit)
{
	return (uint64_t)(((unsigned __int128)random_u64() * limit) >> 64);
}

static double random_exponential(double mean)
{
	return -mean * log(random_unit());
}

/* ---- connections ---- */

static void emit(const struct connection *c, enum side side, uint64_t time_ns,
		 const struct genframe_packet *packet)
{
	uint32_t index = pairfile_slot(&files[side]);
	struct pairfile_slot *slot = &files[side].slots[index];

	slot->time_ns = time_ns;
	genframe_write(slot, &c->flow, side, packet, config.snaplen);
	pairfile_add(&files[side], index);
}

/* What the device adds to the ACK number of the first request, or 0. */
static uint32_t corruption(struct connection *c,
			   const struct genframe_packet *packet,
			   uint64_t far_ns)
{
	if (!c->to_be_broken || packet->sender != CLIENT ||
	    !packet->payload_len || c->requests != 1)
		return 0;

	uint32_t wrong = (uint32_t)(mix(c->id) | 0x01000000);
	uint32_t right_ack = packet->ack + c->flow.shift[SERVER];

	c->to_be_broken = false;
	fprintf(truth,
		"{\"flow\":%" PRIu64 ",\"ts_ns\":%" PRIu64
		",\"expected_ack\":%" PRIu32 ",\"seen_ack\":%" PRIu32
		",\"snat_port\":%u}\n",
		c->id, far_ns, right_ack, right_ack + wrong,
		(unsigned)c->flow.port[BEHIND][CLIENT]);
	return wrong;
}

/* One packet; when it is lost only the side it comes from sees it. */
static void cross(struct connection *c, uint64_t now_ns,
		  struct genframe_packet packet, bool lost)
{
	enum side from = packet.sender == CLIENT ? BEFORE : BEHIND;
	uint32_t now_ms = (uint32_t)(now_ns / 1000000);

	packet.seq = c->next_seq[packet.sender];
	packet.ack = c->next_seq[!packet.sender];
	packet.ts_value = c->timestamp_base[packet.sender] + now_ms;
	if (packet.flags != SYN)
		packet.ts_echo = c->timestamp_base[!packet.sender] + now_ms - 3;
	packet.ip_id = c->ip_id[packet.sender]++;
	c->busy_ns = now_ns + 20000 + (uint64_t)random_exponential(10000);
	emit(c, from, now_ns, &packet);
	if (!lost) {
		packet.ack += corruption(c, &packet, c->busy_ns);
		emit(c, !from, c->busy_ns, &packet);
	}
	c->packets++;
}

static void cross_empty(struct connection *c, uint64_t now_ns, enum end sender,
			uint32_t flags)
{
	struct genframe_packet packet = {.sender = sender, .flags = flags};

	cross(c, now_ns, packet, false);
	if (flags & (SYN | FIN))
		c->next_seq[sender]++;
}

/* A data segment; false when it was lost, and has to be
 * sent again. */
static bool cross_data(struct connection *c, uint64_t now_ns,
		       struct genframe_packet packet)
{
	uint64_t salt = packet.sender == CLIENT ? 31 : 17;
	uint64_t place = mix(c->id * salt + c->next_seq[packet.sender]);
	bool lost = !c->just_lost && random_unit() < config.loss;

	packet.pool_off = (uint32_t)(place % GENFRAME_POOL & ~UINT64_C(1));
	cross(c, now_ns, packet, lost);
	c->just_lost = lost;
	if (lost)
		return false;
	c->next_seq[packet.sender] += packet.payload_len;
	return true;
}

static void send_request(struct connection *c, uint64_t now_ns)
{
	uint32_t seq = c->next_seq[CLIENT];
	uint32_t length = 150 + (uint32_t)(mix(seq) % 600);
	char head[GENFRAME_HEAD + 1];
	struct genframe_packet request = {
		.sender = CLIENT,
		.flags = PSH | ACK,
		.head = head,
	};
	double segments;

	if (!c->just_lost)
		c->requests++;
	snprintf(head, sizeof(head),
		 "POST /o/%08" PRIx32 " HTTP/1.1\r\n"
		 "Host: a.test\r\nContent-Length: %03" PRIu32 "\r\n\r\n",
		 seq, length - GENFRAME_HEAD);
	request.payload_len = length;
	if (!cross_data(c, now_ns, request))
		return;
	segments = random_exponential(config.response_segments - 0.5);
	c->response_len =
		GENFRAME_HEAD + 1 + (uint32_t)(segments * config.segment_bytes);
	c->response_sent = 0;
	c->segments_unacked = 0;
	c->step = ACK_REQUEST;
}

static void send_response(struct connection *c, uint64_t now_ns)
{
	uint32_t length = c->response_len - c->response_sent;
	bool last = length <= config.segment_bytes;
	char head[GENFRAME_HEAD + 1];
	struct genframe_packet response = {
		.sender = SERVER,
		.flags = last ? ACK | PSH : ACK,
	};

	if (!last)
		length = config.segment_bytes;
	response.payload_len = length;
	if (!c->response_sent && length >= GENFRAME_HEAD) {
		snprintf(head, sizeof(head),
			 "HTTP/1.1 200 OK\r\nContent-Type: a/bc\r\n"
			 "Content-Length: %07" PRIu32 "\r\n\r\n",
			 c->response_len - GENFRAME_HEAD);
		response.head = head;
	}
	if (!cross_data(c, now_ns, response))
		return;
	c->response_sent += length;
	if (++c->segments_unacked == 2 || last)
		c->step = ACK_RESPONSE;
}

static enum step after_response(const struct connection *c)
{
	if (c->response_sent < c->response_len)
		return RESPONSE;
	return c->packets + 3 < c->packet_budget ? REQUEST : CLIENT_FIN;
}

/* Returns false when that was its last packet. */
static bool connection_step(struct connection *c, uint64_t now_ns)
{
	switch (c->step) {
	case SEND_SYN:
		cross_empty(c, now_ns, CLIENT, SYN);
		c->step = SEND_SYNACK;
		break;
	case SEND_SYNACK:
		cross_empty(c, now_ns, SERVER, SYN | ACK);
		c->step = SEND_ACK;
		break;
	case SEND_ACK:
		cross_empty(c, now_ns, CLIENT, ACK);
		c->step = REQUEST;
		break;
	case REQUEST:
		send_request(c, now_ns);
		break;
	case ACK_REQUEST:
		cross_empty(c, now_ns, SERVER, ACK);
		c->step = RESPONSE;
		break;
	case RESPONSE:
		send_response(c, now_ns);
		break;
	case ACK_RESPONSE:
		cross_empty(c, now_ns, CLIENT, ACK);
		c->segments_unacked = 0;
		c->step = after_response(c);
		break;
	case CLIENT_FIN:
		cross_empty(c, now_ns, CLIENT, FIN | ACK);
		c->step = SERVER_FIN;
		break;
	case SERVER_FIN:
		cross_empty(c, now_ns, SERVER, FIN | ACK);
		c->step = LAST_ACK;
		break;
	case LAST_ACK:
		cross_empty(c, now_ns, CLIENT, ACK);
		return false;
	}
	return true;
}

/* The client 10.x asks 198.51.100.10:443; behind the device a port of the pool
 * 203.0.113.x asks one of sixteen servers. */
static void connection_init(struct connection *c, uint64_t id)
{
	double mean = (double)config.packets / (double)config.connections;
	double budget;

	*c = (struct connection){.id = id};
	c->flow.address[BEFORE][CLIENT] = 0x0a000002 + (uint32_t)(id % 65521);
	c->flow.port[BEFORE][CLIENT] =
		(uint16_t)(32768 + (id / 65521 * 7919 + id * 17) % 28000);
	c->flow.address[BEFORE][SERVER] = 0xc633640a;
	c->flow.port[BEFORE][SERVER] = 443;
	c->flow.address[BEHIND][CLIENT] = 0xcb007101 + (uint32_t)(id / 60000);
	c->flow.port[BEHIND][CLIENT] =
		(uint16_t)(1024 + id % 60000 * 7 % 60000);
	c->flow.address[BEHIND][SERVER] = 0xac100001 + (uint32_t)(mix(id) % 16);
	c->flow.port[BEHIND][SERVER] = 8443;
	c->flow.window = 501 + (uint32_t)(id & 31);
	for (int end = CLIENT; end <= SERVER; end++)
		c->next_seq[end] = random_u32();
	for (int end = CLIENT; end <= SERVER; end++)
		c->flow.shift[end] = random_u32();
	for (int end = CLIENT; end <= SERVER; end++)
		c->timestamp_base[end] = random_u32();
	for (int end = CLIENT; end <= SERVER; end++)
		c->ip_id[end] = (uint16_t)random_u64();
	budget = random_exponential(mean - 9.5);
	c->packet_budget = 10 + (uint32_t)(budget > 0 ? budget : 0);
	c->to_be_broken = config.broken_every &&
			  id % config.broken_every == config.broken_every - 1;
}

static void run(struct connection *open)
{
	const uint64_t start_ns = UINT64_C(1700000000000000000);
	double elapsed_ns = 0;
	uint64_t next_id = 0, count = 0;

	while (count < config.open)
		connection_init(&open[count++], next_id++);
	for (uint64_t steps = 0; count; steps++) {
		elapsed_ns +=
			random_exponential(1e9 / config.packets_per_second);
		uint64_t now_ns = start_ns + (uint64_t)elapsed_ns;
		struct connection *c = &open[random_below(count)];

		/* An end answers only what has arrived. */
		if (now_ns < c->busy_ns) {
			now_ns = c->busy_ns + 1000;
			elapsed_ns = (double)(now_ns - start_ns);
		}
		if (!connection_step(c, now_ns)) {
			if (next_id < config.connections)
				connection_init(c, next_id++);
			else
				*c = open[--count];
		}
		if ((steps & 15) == 0) {
			pairfile_drain(&files[BEFORE], now_ns);
			pairfile_drain(&files[BEHIND], now_ns);
		}
	}
}

static void usage(void)
{
	fputs("usage: genpair -o PREFIX [-f CONNECTIONS] [-p PACKETS]\n"
	      "\t-c OPEN\tconnections open at a time\n"
	      "\t-s SNAP\tsnap length, 0: whole packets\n"
	      "\t-b N\tbreak every n-th connection\n"
	      "\t-R RATE\tpackets a second\n"
	      "\t-r N\tmean number of segments in a response\n"
	      "\t-m N\tbytes in a full segment\n"
	      "\t-L SHARE\tof the data segments is lost\n"
	      "\t-S SEED\n",
	      stderr);
	exit(2);
}

static void read_arguments(int argc, char **argv)
{
	uint64_t *const numbers[256] = {
		['f'] = &config.connections,  ['p'] = &config.packets,
		['c'] = &config.open,         ['S'] = &config.seed,
		['b'] = &config.broken_every,
	};
	uint32_t *const small_numbers[256] = {
		['s'] = &config.snaplen,
		['m'] = &config.segment_bytes,
	};
	double *const fractions[256] = {
		['R'] = &config.packets_per_second,
		['r'] = &config.response_segments,
		['L'] = &config.loss,
	};
	int option;

	while ((option = getopt(argc, argv, "o:f:p:c:s:S:R:r:L:b:m:")) != -1) {
		unsigned char letter = (unsigned char)option;

		if (option == 'o')
			config.prefix = optarg;
		else if (numbers[letter])
			*numbers[letter] = strtoull(optarg, NULL, 0);
		else if (small_numbers[letter])
			*small_numbers[letter] =
				(uint32_t)strtoul(optarg, NULL, 0);
		else if (fractions[letter])
			*fractions[letter] = strtod(optarg, NULL);
		else
			usage();
	}
	if (optind < argc || !config.connections || !config.segment_bytes ||
	    config.segment_bytes > MSS ||
	    (config.snaplen && config.snaplen < FRAME_HEADERS + 20))
		usage();
	if (!config.open)
		config.open = 1000;
	if (config.open > config.connections)
		config.open = config.connections;
}

int main(int argc, char **argv)
{
	static const char *const suffixes[] = {"before", "after"};
	char name[NAME_MAX_LEN];
	struct connection *open;

	read_arguments(argc, argv);
	random_state = config.seed * UINT64_C(0x2545f4914f6cdd1d);
	genframe_init(random_u64);
	snprintf(name, sizeof(name), "%s-truth.jsonl", config.prefix);
	truth = fopen(name, "w");
	open = calloc(config.open, sizeof(*open));
	if (!truth || !open)
		pairfile_die(name);
	for (int side = BEFORE; side <= BEHIND; side++) {
		snprintf(name, sizeof(name), "%s-%s.pcap", config.prefix,
			 suffixes[side]);
		pairfile_open(&files[side], name, config.snaplen);
	}
	run(open);
	for (int side = BEFORE; side <= BEHIND; side++) {
		pairfile_close(&files[side]);
		printf("%s: %" PRIu64 " packets, %" PRIu64 " bytes\n",
		       suffixes[side], files[side].packets, files[side].bytes);
	}
	free(open);
	return fclose(truth) == 0 ? 0 : 1;
}
