/* SPDX-License-Identifier: MIT
 *
 * The life of a connection between its packets: opening, timers, giving up.
 * A timer is a due time in the end; the queue holds at most one live event
 * for it, which looks again when the due time has moved on meanwhile.
 */
#include "world.h"

#define SYN_TRIES  5
#define DATA_TRIES 8

void sim_end_set_timer(struct sim_world *world, struct sim_end *end,
		       enum sim_timer timer, int64_t due_ns)
{
	int64_t queued_ns = end->queued_ns[timer];

	end->due_ns[timer] = due_ns;
	if (queued_ns != 0 && queued_ns <= due_ns)
		return;
	end->queued_ns[timer] = due_ns;
	sim_queue_push(&world->queue, (struct sim_event){
					      .time_ns = due_ns,
					      .connection = end->connection,
					      .kind = SIM_EVENT_TIMER,
					      .side = end->side,
					      .timer = (uint8_t)timer,
				      });
}

void sim_end_stop(struct sim_end *end, enum sim_state state)
{
	end->state = state;
	for (int i = 0; i < SIM_TIMERS; i++)
		end->due_ns[i] = 0;
}

static void prepare(struct sim_world *world, uint32_t connection,
		    enum nw_direction side)
{
	const struct sim_connection *c =
		&world->config->connections[connection];
	const struct sim_host *host = &world->config->hosts[side];
	struct sim_end *end = sim_end_of(world, connection, side);

	*end = (struct sim_end){
		.state = SIM_LISTEN,
		.side = (uint8_t)side,
		.connection = connection,
		.self = c->client,
		.peer = c->server,
		.iss = c->isn[side],
		.rto_ns = host->syn_rto_ns,
		.timestamps = host->timestamps,
		.ip_id = (uint16_t)sim_rng_u32(&world->hosts),
	};
}

void sim_host_open(struct sim_world *world, uint32_t connection)
{
	const struct sim_connection *c =
		&world->config->connections[connection];
	struct sim_end *client = sim_end_of(world, connection, NW_FROM_CLIENT);

	/* A tuple has one socket: the one before is gone. */
	if (c->previous != SIM_NONE)
		sim_end_stop(sim_end_of(world, c->previous, NW_FROM_CLIENT),
			     SIM_DEAF);
	prepare(world, connection, NW_FROM_CLIENT);
	prepare(world, connection, NW_FROM_SERVER);
	client->state = SIM_SYN_SENT;
	sim_end_syn(world, client);
	if (c->give_up_ns > 0)
		sim_end_set_timer(world, client, SIM_TIMER_GIVE_UP,
				  world->now_ns + c->give_up_ns);
}

/* Linux with TCP_DEFER_ACCEPT counts the timeouts of a half-open connection
 * whose bare ACK has come, but repeats the SYN/ACK only when the next such
 * ACK would be taken. */
static void repeat_synack(struct sim_world *world, struct sim_end *end)
{
	uint8_t defer = world->config->hosts[end->side].defer_accept;

	if (!end->bare_ack || end->retries >= defer)
		sim_end_syn(world, end);
	else
		sim_end_set_timer(world, end, SIM_TIMER_RTO,
				  world->now_ns + end->rto_ns);
}

static void on_timeout(struct sim_world *world, struct sim_end *end)
{
	bool open = end->state == SIM_OPEN;

	if (end->retries++ >= (open ? DATA_TRIES : SYN_TRIES)) {
		sim_end_stop(end, open ? SIM_CLOSED : SIM_DEAF);
		return;
	}
	end->rto_ns *= 2;
	if (end->state == SIM_SYN_RECEIVED) {
		repeat_synack(world, end);
		return;
	}
	end->recovering = open;
	end->recover = end->next;
	end->dup_acks = 0;
	end->cwnd = end->mss;
	sim_end_repeat(world, end);
}

void sim_host_timer(struct sim_world *world, struct sim_end *end,
		    enum sim_timer timer)
{
	int64_t due_ns = end->due_ns[timer];

	if (end->queued_ns[timer] != world->now_ns)
		return; /* an earlier one was queued after this */
	end->queued_ns[timer] = 0;
	if (due_ns == 0)
		return;
	if (due_ns > world->now_ns) {
		sim_end_set_timer(world, end, timer, due_ns);
		return;
	}
	end->due_ns[timer] = 0;
	switch (timer) {
	case SIM_TIMER_RTO:
		on_timeout(world, end);
		break;
	case SIM_TIMER_DELACK:
		if (end->unacked > 0)
			sim_end_ack(world, end);
		break;
	case SIM_TIMER_APP:
		sim_app_timer(world, end);
		break;
	case SIM_TIMER_GIVE_UP:
		sim_app_close(world, end);
		break;
	}
}
