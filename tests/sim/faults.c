/* SPDX-License-Identifier: MIT
 *
 * The named faults: a table of {name, function, entry in the truth}. A new
 * fault is a function of a few lines and a row. Each function gets the packet
 * as it came in and as a faithful device would send it, and spoils the second.
 * Those that spoil numbers are in spoil.c.
 */
#include "simalloc.h"
#include "spoil.h"

struct fault_row {
	const char *name;
	/* False: nothing to spoil in this packet. Sets hit->want and got. */
	bool (*apply)(struct sim_passage *passage, struct sim_hit *hit);
	struct sim_offence offence;
	bool needs_shift;
};

static bool payload_flip(struct sim_passage *p, struct sim_hit *hit)
{
	if (p->out->len == 0)
		return false;
	p->out->flip ^= 0x20;
	*hit = (struct sim_hit){0};
	return true;
}

static bool drop(struct sim_passage *p, struct sim_hit *hit)
{
	*hit = (struct sim_hit){0};
	p->drop = true;
	return true;
}

/* One that says nothing but how far the data has come. */
static bool thin_acks(struct sim_passage *p, struct sim_hit *hit)
{
	if ((p->in.flags & ~SIM_PSH) != SIM_ACK || p->in.len > 0 ||
	    p->in.sack_count > 0)
		return false;
	return drop(p, hit);
}

static bool duplicate(struct sim_passage *p, struct sim_hit *hit)
{
	*hit = (struct sim_hit){0};
	p->twice = true;
	return true;
}

static bool delay(struct sim_passage *p, struct sim_hit *hit)
{
	*hit = (struct sim_hit){0};
	p->delay_ns += p->fault->value;
	return true;
}

/* In the direction of the packet, right behind it, where the receiver must
 * take it (RFC 5961: the exact number). */
static bool rst(struct sim_passage *p, struct sim_hit *hit)
{
	struct sim_packet *packet = sim_packet_new(p->world);

	*packet = *p->out;
	packet->culprit = SIM_NONE;
	packet->seq = p->out->seq + sim_packet_span(p->out);
	packet->flags = SIM_RST | SIM_ACK;
	packet->len = 0;
	packet->ip_id = 0;
	packet->window = 0;
	packet->ttl = 64;
	packet->sack_count = 0;
	packet->has_timestamps = false;
	*hit = (struct sim_hit){0};
	p->injected = packet;
	return true;
}

/* The same in the name of the receiver, back to where the packet came from. */
static bool rst_both(struct sim_passage *p, struct sim_hit *hit)
{
	bool client = p->in.direction == NW_FROM_CLIENT;
	struct sim_packet *back;

	if (!(p->in.flags & SIM_ACK) || !rst(p, hit))
		return false;
	back = sim_packet_new(p->world);
	*back = *p->injected;
	back->source = p->in.target;
	back->target = p->in.source;
	back->direction = client ? NW_FROM_SERVER : NW_FROM_CLIENT;
	back->seq = p->in.ack;
	back->ack = p->in.seq + sim_packet_span(&p->in);
	p->returned = back;
	return true;
}

/* From now on the connection has that end behind the hop, and behind all hops
 * that leave it alone; where it is translated, it is so anew. What is on its
 * way already keeps its addresses. */
static void move_end(struct sim_passage *p, unsigned side,
		     struct nw_endpoint to)
{
	const struct sim_config *config = p->world->config;

	for (uint32_t hop = p->hop; hop + 1 < config->point_count; hop++) {
		struct sim_leg *leg =
			sim_leg_of(p->world, p->in.connection, hop);
		struct nw_endpoint *end =
			side == 0 ? &leg->client : &leg->server;
		uint16_t port = to.port;

		leg->old_client = leg->client;
		leg->old_server = leg->server;
		leg->moved = true;
		leg->moves |= hop == p->hop;
		if (side == 0 && hop > p->hop &&
		    config->hops[hop].snat != SIM_SNAT_NONE)
			to = *end; /* of the pool */
		to.port = port;
		*end = to;
	}
}

static bool nat_remap(struct sim_passage *p, struct sim_hit *hit)
{
	struct nw_endpoint to =
		sim_leg_of(p->world, p->in.connection, p->hop)->client;

	if (p->in.direction != NW_FROM_CLIENT)
		return false;
	to.port = (uint16_t)(40000 + p->in.connection % 20000);
	*hit = (struct sim_hit){0};
	move_end(p, 0, to);
	p->out->source = to;
	p->out->moved = true;
	return true;
}

/* It goes on with the tuple that it came with, and gets lost farther on. */
static bool nat_leak(struct sim_passage *p, struct sim_hit *hit)
{
	if (sim_endpoint_equal(&p->in.source, &p->out->source) &&
	    sim_endpoint_equal(&p->in.target, &p->out->target))
		return false;
	*hit = (struct sim_hit){0};
	p->out->source = p->in.source;
	p->out->target = p->in.target;
	p->out->astray = true;
	return true;
}

static bool lb_rebalance(struct sim_passage *p, struct sim_hit *hit)
{
	struct nw_endpoint to =
		sim_leg_of(p->world, p->in.connection, p->hop)->server;

	if (p->in.direction != NW_FROM_CLIENT)
		return false;
	to.address[to.family == 4 ? 3 : 15] ^= 0x80;
	*hit = (struct sim_hit){0};
	move_end(p, 1, to);
	p->out->target = to;
	p->out->moved = true;
	return true;
}

/* The device answers for the receiver: back to where the data came from. */
static bool early_ack(struct sim_passage *p, struct sim_hit *hit)
{
	struct sim_packet *packet;

	if (p->in.len == 0 || (p->in.flags & SIM_FIN) != 0)
		return false;
	packet = sim_packet_new(p->world);
	*packet = p->in;
	packet->culprit = SIM_NONE;
	packet->direction = p->in.direction == NW_FROM_CLIENT ? NW_FROM_SERVER
							      : NW_FROM_CLIENT;
	packet->source = p->in.target;
	packet->target = p->in.source;
	packet->seq = p->in.ack;
	packet->ack = p->in.seq + p->in.len;
	packet->tsval = p->in.tsecr;
	packet->tsecr = p->in.tsval;
	packet->flags = SIM_ACK;
	packet->len = 0;
	packet->ip_id = 0;
	packet->sack_count = 0;
	*hit = (struct sim_hit){0};
	p->injected = packet;
	return true;
}

/* Behind an ACK goes another one that says less. */
static bool old_ack(struct sim_passage *p, struct sim_hit *hit)
{
	struct sim_packet *packet;

	if (p->out->len > 0 || (p->out->flags & SIM_FIN) != 0)
		return false;
	packet = sim_packet_new(p->world);
	*packet = *p->out;
	packet->culprit = SIM_NONE;
	packet->ack -= (uint32_t)p->fault->value;
	packet->ip_id = 0;
	packet->sack_count = 0;
	*hit = (struct sim_hit){.want = p->out->ack, .got = packet->ack};
	p->injected = packet;
	return true;
}

#define ACK(cause_)                                                            \
	{                                                                      \
		"ack-corrupted", "tcp.ack", "error", cause_, "ack"             \
	}
#define SEQ                                                                    \
	{                                                                      \
		"seq-corrupted", "tcp.seq", "error", NULL, "seq"               \
	}

static const struct fault_row rows[] = {
	{"ack-untranslated", sim_spoil_ack_untranslated, ACK("untranslated"),
	 true},
	{"ack-double", sim_spoil_ack_double, ACK("delta-twice"), true},
	{"ack-wrong-sign", sim_spoil_ack_wrong_sign, ACK("wrong-sign"), true},
	{"ack-foreign-delta", sim_spoil_ack_foreign_delta, ACK("foreign-delta"),
	 true},
	{"ack-stale", sim_spoil_ack_stale, ACK("stale-incarnation"), false},
	{"ack-other-delta", sim_spoil_ack_other_delta,
	 ACK("other-direction-delta"), true},
	{"ack-foreign-value", sim_spoil_ack_foreign_value, ACK("foreign-value"),
	 false},
	{"ack-field-swap", sim_spoil_ack_field_swap, ACK("field-swap"), false},
	{"ack-half", sim_spoil_ack_half, ACK("truncated"), true},
	{"ack-carry", sim_spoil_ack_carry, ACK("missing-carry"), false},
	{"ack-relative", sim_spoil_ack_relative, ACK("relative"), false},
	{"ack-byte-swap", sim_spoil_ack_byte_swap, ACK("byte-order"), false},
	{"ack-off-by-n", sim_spoil_ack_off_by_n, ACK("off-by-n"), false},
	{"ack-random", sim_spoil_ack_random, ACK(NULL), false},
	{"ack-constant", sim_spoil_ack_constant, ACK(NULL), false},
	{"seq-shift", sim_spoil_seq_shift, SEQ, false},
	{"seq-random", sim_spoil_seq_random, SEQ, false},
	{"offset-change",
	 sim_spoil_offset_change,
	 {"offset-changed", "tcp.seq", "error", NULL, "seq"},
	 false},
	{"offset-one-way",
	 sim_spoil_seq_shift,
	 {"offset-not-undone", "tcp.seq", "error", NULL, "seq"},
	 false},
	{"sack-untranslated",
	 sim_spoil_sack_untranslated,
	 {"sack-not-translated", "tcp.options.sack", "error", NULL, "sack"},
	 true},
	{"sack-stripped",
	 sim_spoil_sack_stripped,
	 {"sack-stripped", "tcp.options.sack", "warning", NULL, "sack"},
	 false},
	{"sack-perm-forged",
	 sim_spoil_sack_perm_forged,
	 {"sack-agreed-by-one", "tcp.options.sack_perm", "error", NULL, "sack"},
	 false},
	{"payload-flip",
	 payload_flip,
	 {"payload-corrupted", "tcp.payload[0]", "error", NULL, "payload"},
	 false},
	{"drop",
	 drop,
	 {"packet-dropped", "packet", "warning", NULL, "missing"},
	 false},
	{"thin-acks",
	 thin_acks,
	 {"acks-thinned", "packet", "info", NULL, "missing"},
	 false},
	{"old-ack",
	 old_ack,
	 {"ack-set-back", "tcp.ack", "warning", NULL, "extra"},
	 false},
	{"early-ack",
	 early_ack,
	 {"acks-early", "packet", "info", NULL, "extra"},
	 false},
	{"duplicate",
	 duplicate,
	 {"packet-duplicated", "packet", "warning", NULL, "extra"},
	 false},
	{"rst",
	 rst,
	 {"rst-injected", "tcp.flags", "error", NULL, "extra"},
	 false},
	{"rst-both",
	 rst_both,
	 {"rst-both-ways", "tcp.flags", "error", NULL, "extra"},
	 false},
	{"nat-remap",
	 nat_remap,
	 {"mapping-changed", "ip.src", "error", NULL, "moved"},
	 false},
	{"nat-leak",
	 nat_leak,
	 {"packet-untranslated", "ip.addr", "error", NULL, "leaked"},
	 false},
	{"lb-rebalance",
	 lb_rebalance,
	 {"backend-changed", "ip.dst", "error", NULL, "moved"},
	 false},
	{"delay", delay, {"delay", "packet", "info", NULL, "late"}, false},
};
#define ROWS (sizeof(rows) / sizeof(rows[0]))

const char *const *sim_fault_names(void)
{
	static const char *names[ROWS + 1];

	for (size_t i = 0; i < ROWS; i++)
		names[i] = rows[i].name;
	return names;
}

static const struct fault_row *row_of(const char *name)
{
	for (size_t i = 0; i < ROWS; i++)
		if (strcmp(rows[i].name, name) == 0)
			return &rows[i];
	sim_die("no fault is called %s", name);
}

bool sim_fault_needs_shift(const char *name)
{
	return row_of(name)->needs_shift;
}

static bool matches(const struct sim_passage *p, const struct sim_fault *fault)
{
	const struct sim_packet *packet = &p->in;
	uint8_t flags = packet->flags;
	bool ack = (flags & (SIM_ACK | SIM_SYN | SIM_RST)) == SIM_ACK;
	bool repeated =
		sim_leg_of(p->world, packet->connection, p->hop)->repeated;

	if (fault->hop != p->hop ||
	    (fault->direction != NW_BOTH &&
	     fault->direction != packet->direction) ||
	    (fault->connection != SIM_NONE &&
	     fault->connection != packet->connection))
		return false;
	switch (fault->select) {
	case SIM_ANY:
		return true;
	case SIM_DATA:
		return packet->len > 0;
	case SIM_ACKS:
		return ack;
	case SIM_SYN_REPEAT:
		return repeated && (flags & SIM_SYN);
	case SIM_AFTER_REPEAT:
		return repeated && ack;
	}
	return false;
}

/* Counts the packet; is it one of those to be hit? */
static bool due(struct sim_passage *p, const struct sim_fault *fault)
{
	const struct sim_config *config = p->world->config;
	size_t index = (size_t)(fault - config->faults);
	uint32_t *seen = &p->world->selected[index * config->connection_count +
					     p->in.connection];
	uint32_t every = fault->every > 0 ? fault->every : 1;
	uint32_t n = (*seen)++;

	if (n < fault->skip || (n - fault->skip) % every != 0)
		return false;
	return fault->limit == 0 || (n - fault->skip) / every < fault->limit;
}

static void enter(struct sim_passage *p, const struct fault_row *row,
		  struct sim_hit hit)
{
	struct sim_book *book = p->world->book;
	uint32_t rule = (uint32_t)(p->fault - p->world->config->faults);
	uint32_t culprit = sim_book_enter(book, &row->offence, rule, p->hop,
					  p->injected ? p->injected : &p->in);
	struct sim_packet *traveller = p->injected ? p->injected : p->out;
	bool extra = p->injected != NULL || p->twice;

	if (!extra)
		hit.frames[p->in.direction == NW_FROM_CLIENT ? 0 : 1] =
			p->in.frame;
	*sim_book_hit(book, culprit) = hit;
	traveller->culprit = culprit;
	traveller->hit = sim_book_last_hit(book, culprit);
}

void sim_faults_apply(struct sim_passage *p)
{
	const struct sim_config *config = p->world->config;

	for (uint32_t i = 0; i < config->fault_count; i++) {
		const struct sim_fault *fault = &config->faults[i];
		const struct fault_row *row = row_of(fault->name);
		struct sim_hit hit = {0};

		p->fault = fault;
		if (!matches(p, fault) || !due(p, fault))
			continue;
		if (row->apply(p, &hit))
			enter(p, row, hit);
		if (p->drop)
			return;
	}
}
