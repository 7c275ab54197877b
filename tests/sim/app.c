/* SPDX-License-Identifier: MIT
 *
 * The application: the client asks, the server answers, one of them closes
 * first. Each end waits for one step at a time; `exchange` counts the
 * messages that it has sent.
 */
#include "world.h"

static const struct sim_connection *connection_of(const struct sim_world *world,
						  const struct sim_end *end)
{
	return &world->config->connections[end->connection];
}

static void wait_for(struct sim_world *world, struct sim_end *end,
		     enum sim_step step, int64_t delay_ns)
{
	if (end->step != SIM_STEP_NONE || end->fin_wanted)
		return;
	end->step = step;
	if (delay_ns <= 0)
		sim_app_timer(world, end);
	else
		sim_end_set_timer(world, end, SIM_TIMER_APP,
				  world->now_ns + delay_ns);
}

/* Where the peer's first `count` messages end in its stream. */
static uint64_t end_of_messages(const struct sim_connection *c,
				enum nw_direction direction, uint32_t count)
{
	uint64_t end = 1;

	for (uint32_t i = 0; i < count; i++)
		end += direction == NW_FROM_CLIENT ? c->exchanges[i].request
						   : c->exchanges[i].response;
	return end;
}

static void client_progress(struct sim_world *world, struct sim_end *end)
{
	const struct sim_connection *c = connection_of(world, end);

	if (end->rcv_next < end_of_messages(c, NW_FROM_SERVER, end->exchange))
		return;
	if (end->exchange < c->exchange_count)
		wait_for(world, end, SIM_STEP_SEND,
			 c->exchanges[end->exchange].think_ns);
	else if (c->close == SIM_CLOSE_CLIENT || c->close == SIM_CLOSE_RESET)
		wait_for(world, end, SIM_STEP_CLOSE, c->close_ns);
}

static void server_progress(struct sim_world *world, struct sim_end *end)
{
	const struct sim_connection *c = connection_of(world, end);

	if (end->exchange == c->exchange_count) {
		if (c->close == SIM_CLOSE_SERVER)
			wait_for(world, end, SIM_STEP_CLOSE, c->close_ns);
		return;
	}
	if (end->rcv_next >=
	    end_of_messages(c, NW_FROM_CLIENT, end->exchange + 1u))
		wait_for(world, end, SIM_STEP_SEND,
			 c->exchanges[end->exchange].serve_ns);
}

void sim_app_progress(struct sim_world *world, struct sim_end *end)
{
	if (end->state != SIM_OPEN)
		return;
	if (end->side == NW_FROM_CLIENT)
		client_progress(world, end);
	else
		server_progress(world, end);
	if (end->fin_received && end->state == SIM_OPEN)
		wait_for(world, end, SIM_STEP_CLOSE,
			 connection_of(world, end)->peer_close_ns);
}

void sim_app_close(struct sim_world *world, struct sim_end *end)
{
	if (end->state == SIM_SYN_SENT)
		sim_end_stop(end, SIM_CLOSED);
	if (end->state != SIM_OPEN || end->fin_wanted)
		return;
	end->fin_wanted = true;
	sim_end_output(world, end);
}

void sim_app_timer(struct sim_world *world, struct sim_end *end)
{
	const struct sim_connection *c = connection_of(world, end);
	enum sim_step step = end->step;

	end->step = SIM_STEP_NONE;
	if (end->state != SIM_OPEN)
		return;
	if (step == SIM_STEP_CLOSE && c->close == SIM_CLOSE_RESET &&
	    end->side == NW_FROM_CLIENT) {
		sim_end_abort(world, end);
	} else if (step == SIM_STEP_CLOSE) {
		sim_app_close(world, end);
	} else if (step == SIM_STEP_SEND) {
		const struct sim_exchange *e = &c->exchanges[end->exchange++];

		end->limit +=
			end->side == NW_FROM_CLIENT ? e->request : e->response;
		sim_end_output(world, end);
		/* A server may close right behind its last answer. */
		sim_app_progress(world, end);
	}
}
