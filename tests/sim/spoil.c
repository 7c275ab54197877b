/* SPDX-License-Identifier: MIT
 *
 * How ACK, sequence and SACK numbers are spoiled: each function gets the packet
 * as it came in and as a faithful device would send it, and makes the second
 * wrong.
 */
#include "spoil.h"

#include <string.h>

/* Shift of the ACK in the direction of travel (D in FINDINGS A). */
static uint32_t ack_shift(const struct sim_passage *p)
{
	return p->out->ack - p->in.ack;
}

static bool set_ack(struct sim_passage *p, struct sim_hit *hit, uint32_t value)
{
	if (!(p->out->flags & SIM_ACK) || value == p->out->ack)
		return false;
	*hit = (struct sim_hit){.want = p->out->ack, .got = value};
	p->out->ack = value;
	return true;
}

static bool set_seq(struct sim_passage *p, struct sim_hit *hit, uint32_t value)
{
	if (value == p->out->seq)
		return false;
	*hit = (struct sim_hit){.want = p->out->seq, .got = value};
	p->out->seq = value;
	return true;
}

bool sim_spoil_ack_untranslated(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, p->in.ack);
}

bool sim_spoil_ack_double(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, p->in.ack + 2 * ack_shift(p));
}

bool sim_spoil_ack_wrong_sign(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, p->in.ack - ack_shift(p));
}

/* The delta of another connection that the device knows. */
bool sim_spoil_ack_foreign_delta(struct sim_passage *p, struct sim_hit *hit)
{
	uint32_t count = p->world->config->connection_count;
	uint32_t other;
	bool client = p->in.direction == NW_FROM_CLIENT;
	const struct sim_leg *leg;

	for (uint32_t i = 1; i < count; i++) {
		other = (p->in.connection + count - i) % count;
		leg = sim_leg_of(p->world, other, p->hop);
		if (leg->client.family == 0 ||
		    p->world->config->connections[other].start_ns >
			    p->world->now_ns)
			continue;
		return set_ack(p, hit,
			       p->in.ack + (client ? leg->seq_delta[1]
						   : 0u - leg->seq_delta[0]));
	}
	return false;
}

/* First number of the stream of a connection as it is on the far side of the
 * hop: its host's, translated by all devices on the way. */
static uint32_t first_number(const struct sim_passage *p, uint32_t connection,
			     unsigned stream)
{
	const struct sim_config *config = p->world->config;
	uint32_t value = config->connections[connection].isn[stream] + 1;

	for (uint32_t h = 0; h + 1 < config->point_count; h++) {
		const struct sim_leg *leg = sim_leg_of(p->world, connection, h);

		if (stream == 1 && h > p->hop)
			value -= leg->seq_delta[1];
		if (stream == 0 && h < p->hop)
			value += leg->seq_delta[0];
	}
	return value;
}

/* The shift of the other stream, in the direction of travel. */
bool sim_spoil_ack_other_delta(struct sim_passage *p, struct sim_hit *hit)
{
	const struct sim_leg *leg =
		sim_leg_of(p->world, p->in.connection, p->hop);
	bool client = p->in.direction == NW_FROM_CLIENT;

	return set_ack(p, hit,
		       p->in.ack + (client ? leg->seq_delta[0]
					   : 0u - leg->seq_delta[1]));
}

/* Where another connection that the device knows begins, on the far side. An
 * earlier one on the same tuple is ack-stale's. */
bool sim_spoil_ack_foreign_value(struct sim_passage *p, struct sim_hit *hit)
{
	const struct sim_config *config = p->world->config;
	const struct sim_connection *all = config->connections;
	uint32_t count = config->connection_count;
	unsigned peer = p->in.direction == NW_FROM_CLIENT ? 1 : 0;

	for (uint32_t i = 1; i < count; i++) {
		uint32_t other = (p->in.connection + count - i) % count;

		if (!sim_leg_of(p->world, other, p->hop)->synack_seen ||
		    all[other].client.port == all[p->in.connection].client.port)
			continue;
		return set_ack(p, hit, first_number(p, other, peer));
	}
	return false;
}

bool sim_spoil_ack_field_swap(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, p->out->seq);
}

/* The upper half is translated, the lower one is as it came. */
bool sim_spoil_ack_half(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit,
		       (p->out->ack & 0xffff0000) | (p->in.ack & 0xffff));
}

bool sim_spoil_ack_carry(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, p->out->ack - (1u << 16));
}

bool sim_spoil_ack_relative(struct sim_passage *p, struct sim_hit *hit)
{
	unsigned peer = p->in.direction == NW_FROM_CLIENT ? 1 : 0;

	return set_ack(p, hit,
		       p->out->ack + 1 -
			       first_number(p, p->in.connection, peer));
}

/* The number that was right for the tuple's earlier connection. */
bool sim_spoil_ack_stale(struct sim_passage *p, struct sim_hit *hit)
{
	const struct sim_connection *c =
		&p->world->config->connections[p->in.connection];
	unsigned peer = p->in.direction == NW_FROM_CLIENT ? 1 : 0;

	return c->previous != SIM_NONE &&
	       set_ack(p, hit, first_number(p, c->previous, peer));
}

bool sim_spoil_ack_byte_swap(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, __builtin_bswap32(p->out->ack));
}

bool sim_spoil_ack_off_by_n(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, p->out->ack + (uint32_t)p->fault->value);
}

bool sim_spoil_ack_random(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, sim_rng_u32(&p->world->faults));
}

bool sim_spoil_ack_constant(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, (uint32_t)p->fault->value);
}

bool sim_spoil_seq_shift(struct sim_passage *p, struct sim_hit *hit)
{
	return set_seq(p, hit, p->out->seq + (uint32_t)p->fault->value);
}

bool sim_spoil_seq_random(struct sim_passage *p, struct sim_hit *hit)
{
	return set_seq(p, hit, sim_rng_u32(&p->world->faults));
}

/* From the first hit on another offset for the stream, which is taken off the
 * ACKs that come back, too. */
bool sim_spoil_offset_change(struct sim_passage *p, struct sim_hit *hit)
{
	struct sim_leg *leg = sim_leg_of(p->world, p->in.connection, p->hop);
	uint32_t more = (uint32_t)p->fault->value;

	if (p->in.direction == NW_FROM_CLIENT)
		leg->late_delta[0] = more;
	else
		leg->late_delta[1] = 0u - more;
	return sim_spoil_seq_shift(p, hit);
}

bool sim_spoil_sack_untranslated(struct sim_passage *p, struct sim_hit *hit)
{
	if (p->out->sack_count == 0 || ack_shift(p) == 0)
		return false;
	*hit = (struct sim_hit){.want = p->out->sack[0].left,
				.got = p->in.sack[0].left};
	memcpy(p->out->sack, p->in.sack, sizeof(p->out->sack));
	return true;
}

bool sim_spoil_sack_stripped(struct sim_passage *p, struct sim_hit *hit)
{
	if (p->out->sack_count == 0)
		return false;
	*hit = (struct sim_hit){.want = p->out->sack[0].left};
	p->out->sack_count = 0;
	return true;
}

/* Tells the one end that the other one can do SACK. */
bool sim_spoil_sack_perm_forged(struct sim_passage *p, struct sim_hit *hit)
{
	if (!(p->out->flags & SIM_SYN) || p->out->has_sack_permitted)
		return false;
	*hit = (struct sim_hit){.want = 0, .got = 1};
	p->out->has_sack_permitted = true;
	return true;
}
