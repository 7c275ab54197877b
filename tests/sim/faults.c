/* SPDX-License-Identifier: MIT
 *
 * The named faults: a table of {name, function, entry in the truth}. A new
 * fault is a function of a few lines and a row. Each function gets the packet
 * as it came in and as a faithful device would send it, and spoils the second.
 */
#include "simalloc.h"
#include "world.h"

struct fault_row {
	const char *name;
	/* False: nothing to spoil in this packet. Sets hit->want and got. */
	bool (*apply)(struct sim_passage *passage, struct sim_hit *hit);
	struct sim_offence offence;
	bool needs_shift;
};

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

static bool ack_untranslated(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, p->in.ack);
}

static bool ack_double(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, p->in.ack + 2 * ack_shift(p));
}

static bool ack_wrong_sign(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, p->in.ack - ack_shift(p));
}

/* The delta of another connection that the device knows. */
static bool ack_foreign_delta(struct sim_passage *p, struct sim_hit *hit)
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

/* The number that was right for the tuple's earlier connection. */
static bool ack_stale(struct sim_passage *p, struct sim_hit *hit)
{
	const struct sim_connection *c =
		&p->world->config->connections[p->in.connection];
	unsigned peer = p->in.direction == NW_FROM_CLIENT ? 1 : 0;
	const struct sim_connection *old;
	uint32_t value;

	if (c->previous == SIM_NONE)
		return false;
	old = &p->world->config->connections[c->previous];
	value = old->isn[peer] + 1; /* at its own host; then to this point */
	for (uint32_t h = 0; h + 1 < p->world->config->point_count; h++) {
		const struct sim_leg *leg =
			sim_leg_of(p->world, c->previous, h);

		if (peer == 1 && h > p->hop)
			value -= leg->seq_delta[1];
		if (peer == 0 && h < p->hop)
			value += leg->seq_delta[0];
	}
	return set_ack(p, hit, value);
}

static bool ack_byte_swap(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, __builtin_bswap32(p->out->ack));
}

static bool ack_off_by_n(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, p->out->ack + (uint32_t)p->fault->value);
}

static bool ack_random(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, sim_rng_u32(&p->world->faults));
}

static bool ack_constant(struct sim_passage *p, struct sim_hit *hit)
{
	return set_ack(p, hit, (uint32_t)p->fault->value);
}

static bool seq_shift(struct sim_passage *p, struct sim_hit *hit)
{
	return set_seq(p, hit, p->out->seq + (uint32_t)p->fault->value);
}

static bool seq_random(struct sim_passage *p, struct sim_hit *hit)
{
	return set_seq(p, hit, sim_rng_u32(&p->world->faults));
}

static bool sack_untranslated(struct sim_passage *p, struct sim_hit *hit)
{
	if (p->out->sack_count == 0 || ack_shift(p) == 0)
		return false;
	*hit = (struct sim_hit){.want = p->out->sack[0].left,
				.got = p->in.sack[0].left};
	memcpy(p->out->sack, p->in.sack, sizeof(p->out->sack));
	return true;
}

static bool sack_stripped(struct sim_passage *p, struct sim_hit *hit)
{
	if (p->out->sack_count == 0)
		return false;
	*hit = (struct sim_hit){.want = p->out->sack[0].left};
	p->out->sack_count = 0;
	return true;
}

/* Tells the one end that the other one can do SACK. */
static bool sack_perm_forged(struct sim_passage *p, struct sim_hit *hit)
{
	if (!(p->out->flags & SIM_SYN) || p->out->has_sack_permitted)
		return false;
	*hit = (struct sim_hit){.want = 0, .got = 1};
	p->out->has_sack_permitted = true;
	return true;
}

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
	{"ack-untranslated", ack_untranslated, ACK("untranslated"), true},
	{"ack-double", ack_double, ACK("delta-twice"), true},
	{"ack-wrong-sign", ack_wrong_sign, ACK("wrong-sign"), true},
	{"ack-foreign-delta", ack_foreign_delta, ACK("foreign-delta"), true},
	{"ack-stale", ack_stale, ACK("stale-incarnation"), false},
	{"ack-byte-swap", ack_byte_swap, ACK("byte-order"), false},
	{"ack-off-by-n", ack_off_by_n, ACK("off-by-n"), false},
	{"ack-random", ack_random, ACK(NULL), false},
	{"ack-constant", ack_constant, ACK(NULL), false},
	{"seq-shift", seq_shift, SEQ, false},
	{"seq-random", seq_random, SEQ, false},
	{"sack-untranslated",
	 sack_untranslated,
	 {"sack-not-translated", "tcp.options.sack", "error", NULL, "sack"},
	 true},
	{"sack-stripped",
	 sack_stripped,
	 {"sack-stripped", "tcp.options.sack", "warning", NULL, "sack"},
	 false},
	{"sack-perm-forged",
	 sack_perm_forged,
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
