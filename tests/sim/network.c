/* SPDX-License-Identifier: MIT
 *
 * The line of points. A packet is seen at a point, crosses the hop (device
 * first, then the wire with its delay, losses and disorder), is seen at the
 * next, until it reaches a host. Without disorder a hop keeps the order of
 * each direction, as a queue does.
 */
#include <stdlib.h>

#include "simalloc.h"
#include "world.h"

struct sim_packet *sim_packet_new(struct sim_world *world)
{
	struct sim_packet *packet = world->pool;

	if (packet == NULL)
		packet = sim_alloc(1, sizeof(*packet));
	else
		world->pool = packet->next;
	*packet = (struct sim_packet){.culprit = SIM_NONE};
	return packet;
}

void sim_packet_drop(struct sim_world *world, struct sim_packet *packet)
{
	packet->next = world->pool;
	world->pool = packet;
}

static void arrive_at(struct sim_world *world, struct sim_packet *packet,
		      uint32_t point, int64_t time_ns)
{
	sim_queue_push(&world->queue, (struct sim_event){
					      .time_ns = time_ns,
					      .packet = packet,
					      .kind = SIM_EVENT_ARRIVE,
					      .point = (uint8_t)point,
				      });
}

void sim_network_send(struct sim_world *world, unsigned side,
		      struct sim_packet *packet)
{
	int64_t pause_ns = world->config->hosts[side].turnaround_ns;
	int64_t time_ns = world->now_ns + pause_ns +
			  sim_rng_between(&world->hosts, 0, pause_ns / 2);

	if (time_ns < world->last_sent_ns[side] + SIM_US)
		time_ns = world->last_sent_ns[side] + SIM_US;
	world->last_sent_ns[side] = time_ns;
	arrive_at(world, packet,
		  side == NW_FROM_CLIENT ? 0 : world->config->point_count - 1,
		  time_ns);
}

static int64_t transit(struct sim_world *world, uint32_t hop)
{
	const struct sim_hop *h = &world->config->hops[hop];

	return h->delay_ns + sim_rng_between(&world->network, 0, h->jitter_ns);
}

void sim_network_carry(struct sim_world *world, uint32_t hop,
		       struct sim_packet *packet, int64_t delay_ns)
{
	bool client = packet->direction == NW_FROM_CLIENT;
	int64_t *last_ns = &world->last_out_ns[hop][client ? 0 : 1];
	int64_t time_ns = world->now_ns + delay_ns;

	if (time_ns <= *last_ns)
		time_ns = *last_ns + SIM_US;
	*last_ns = time_ns;
	arrive_at(world, packet, client ? hop + 1 : hop, time_ns);
}

enum mishap { LOST, DOUBLED, OVERTAKEN, MISHAPS };

static void note(struct sim_world *world, uint32_t hop, enum mishap mishap,
		 const struct sim_packet *packet, struct sim_packet *traveller)
{
	static const struct sim_offence offences[MISHAPS] = {
		{"packet-dropped", "packet", "info", NULL, "missing"},
		{"packet-duplicated", "packet", "info", NULL, "extra"},
		{"packet-reordered", "packet", "info", NULL, "order"},
	};
	uint32_t rule = SIM_FAULTS_MAX + hop * MISHAPS + (uint32_t)mishap;
	uint32_t culprit = sim_book_enter(world->book, &offences[mishap], rule,
					  hop, packet);
	unsigned near = packet->direction == NW_FROM_CLIENT ? 0 : 1;

	if (mishap != DOUBLED)
		sim_book_hit(world->book, culprit)->frames[near] =
			packet->frame;
	if (traveller != NULL && traveller->culprit == SIM_NONE) {
		traveller->culprit = culprit;
		traveller->hit = sim_book_last_hit(world->book, culprit);
	}
}

static struct sim_packet *copy_of(struct sim_world *world,
				  const struct sim_packet *packet)
{
	struct sim_packet *copy = sim_packet_new(world);

	*copy = *packet;
	copy->culprit = SIM_NONE;
	return copy;
}

/* What the wire of the hop does. */
static void wire(struct sim_world *world, uint32_t hop,
		 struct sim_packet *packet, int64_t extra_ns)
{
	const struct sim_hop *h = &world->config->hops[hop];
	struct sim_rng *rng = &world->network;
	bool client = packet->direction == NW_FROM_CLIENT;
	int64_t delay_ns = transit(world, hop) + extra_ns;

	if (sim_rng_chance(rng, h->loss)) {
		note(world, hop, LOST, packet, NULL);
		sim_packet_drop(world, packet);
		return;
	}
	if (sim_rng_chance(rng, h->duplicate)) {
		struct sim_packet *copy = copy_of(world, packet);

		note(world, hop, DOUBLED, packet, copy);
		sim_network_carry(world, hop, packet, delay_ns);
		sim_network_carry(world, hop, copy, delay_ns);
		return;
	}
	if (sim_rng_chance(rng, h->reorder)) {
		/* It steps out of the queue; those behind pass it. */
		note(world, hop, OVERTAKEN, packet, packet);
		delay_ns += h->jitter_ns + 300 * SIM_US;
		if (world->last_out_ns[hop][client ? 0 : 1] >
		    world->now_ns + delay_ns)
			delay_ns = world->last_out_ns[hop][client ? 0 : 1] -
				   world->now_ns + 300 * SIM_US;
		arrive_at(world, packet, client ? hop + 1 : hop,
			  world->now_ns + delay_ns);
		return;
	}
	sim_network_carry(world, hop, packet, delay_ns);
}

static void remember_synack(struct sim_leg *leg,
			    const struct sim_packet *packet)
{
	if ((packet->flags & (SIM_SYN | SIM_ACK)) != (SIM_SYN | SIM_ACK))
		return;
	leg->repeated = leg->synack_seen && leg->synack_seq == packet->seq;
	leg->synack_seen = true;
	leg->synack_seq = packet->seq;
}

static void cross(struct sim_world *world, uint32_t hop,
		  struct sim_packet *packet)
{
	struct sim_passage passage = {
		.world = world,
		.hop = hop,
		.in = *packet,
		.out = packet,
	};
	struct sim_packet *copy = NULL;

	remember_synack(sim_leg_of(world, packet->connection, hop), packet);
	sim_device_translate(world, hop, packet);
	if (world->config->fault_count > 0)
		sim_faults_apply(&passage);
	if (passage.drop) {
		sim_packet_drop(world, packet);
		return;
	}
	if (passage.twice) {
		copy = copy_of(world, packet);
		copy->culprit = packet->culprit;
		copy->hit = packet->hit;
		packet->culprit = SIM_NONE;
	}
	wire(world, hop, packet, passage.delay_ns);
	if (copy != NULL)
		sim_network_carry(world, hop, copy, transit(world, hop));
	if (passage.injected != NULL)
		sim_network_carry(world, hop, passage.injected,
				  transit(world, hop));
	if (passage.returned != NULL)
		sim_network_carry(world, hop, passage.returned,
				  transit(world, hop));
}

static void arrive(struct sim_world *world, struct sim_packet *packet,
		   uint32_t point)
{
	bool client = packet->direction == NW_FROM_CLIENT;
	uint32_t last = client ? world->config->point_count - 1 : 0;
	unsigned receiver = client ? NW_FROM_SERVER : NW_FROM_CLIENT;
	uint64_t frames = world->taps[point]->frames;

	packet->frame = sim_tap_see(world->taps[point], packet, world->now_ns);
	/* One that was merged into the last frame is no packet of its own. */
	if (packet->frame != 0 && world->taps[point]->frames != frames)
		sim_book_seen(world->book, packet, point);
	if (packet->culprit != SIM_NONE)
		sim_book_frame(world->book, packet, point);
	packet->culprit = SIM_NONE;
	if (packet->astray) {
		sim_packet_drop(world, packet);
		return;
	}
	if (point != last) {
		cross(world, client ? point : point - 1, packet);
		return;
	}
	sim_host_receive(world, sim_end_of(world, packet->connection, receiver),
			 packet);
	sim_packet_drop(world, packet);
}

/* Connections in the order of their start. */
static int by_start(const void *a, const void *b, void *context)
{
	const struct sim_config *config = context;
	uint32_t i = *(const uint32_t *)a, j = *(const uint32_t *)b;
	int64_t left = config->connections[i].start_ns;
	int64_t right = config->connections[j].start_ns;

	if (left != right)
		return left < right ? -1 : 1;
	return i < j ? -1 : i > j;
}

static uint32_t *starts_of(const struct sim_config *config)
{
	uint32_t *order = sim_alloc(config->connection_count, sizeof(*order));

	for (uint32_t i = 0; i < config->connection_count; i++)
		order[i] = i;
	qsort_r(order, config->connection_count, sizeof(*order), by_start,
		(void *)config);
	return order;
}

static void handle(struct sim_world *world, const struct sim_event *event)
{
	world->now_ns = event->time_ns;
	if (event->kind == SIM_EVENT_ARRIVE) {
		arrive(world, event->packet, event->point);
	} else {
		struct sim_end *end =
			sim_end_of(world, event->connection, event->side);

		sim_host_timer(world, end, (enum sim_timer)event->timer);
	}
}

static void loop(struct sim_world *world)
{
	const struct sim_config *config = world->config;
	uint32_t *order = starts_of(config), started = 0;
	struct sim_event event;

	for (;;) {
		bool more = world->queue.count > 0;

		if (started < config->connection_count) {
			uint32_t next = order[started];
			int64_t start_ns = config->connections[next].start_ns;

			if (!more ||
			    start_ns <= world->queue.items[0].time_ns) {
				world->now_ns = start_ns;
				sim_device_prepare(world, next);
				sim_host_open(world, next);
				started++;
				continue;
			}
		}
		if (!sim_queue_pop(&world->queue, &event))
			break;
		handle(world, &event);
	}
	sim_free(order);
}

static void world_init(struct sim_world *world, const struct sim_config *config,
		       const char *directory)
{
	size_t connections = config->connection_count;
	size_t hops = config->point_count - 1;

	*world = (struct sim_world){.config = config};
	world->ends = sim_alloc(2 * connections, sizeof(*world->ends));
	world->legs = sim_alloc(connections * hops, sizeof(*world->legs));
	world->selected = sim_alloc(config->fault_count * connections,
				    sizeof(*world->selected));
	world->network = sim_rng_of(config->seed, 1);
	world->hosts = sim_rng_of(config->seed, 2);
	world->faults = sim_rng_of(config->seed, 3);
	for (uint32_t i = 0; i < config->point_count; i++)
		world->taps[i] = sim_tap_open(config, i, directory);
	world->book = sim_book_open(world);
}

struct sim_truth *sim_run(const struct sim_config *config,
			  const char *directory)
{
	struct sim_world world;
	struct sim_truth *truth;

	world_init(&world, config, directory);
	loop(&world);
	truth = sim_book_close(world.book);
	for (uint32_t i = 0; i < config->point_count; i++) {
		truth->frames[i] = world.taps[i]->frames;
		truth->frames_lost[i] = world.taps[i]->lost;
		sim_tap_close(world.taps[i]);
	}
	while (world.pool != NULL) {
		struct sim_packet *packet = world.pool;

		world.pool = packet->next;
		sim_free(packet);
	}
	sim_queue_fini(&world.queue);
	sim_free(world.ends);
	sim_free(world.legs);
	sim_free(world.selected);
	sim_report_write(config, truth, directory);
	return truth;
}
