/* SPDX-License-Identifier: MIT
 *
 * Keeps the truth while it happens. Hits of the same rule on one connection
 * in one direction are one culprit; a small hash table finds it again.
 */
#include "simalloc.h"
#include "world.h"

struct slot {
	uint64_t key; /* 0: empty */
	uint32_t culprit;
};

struct sim_book {
	const struct sim_world *world;
	struct sim_truth *truth;
	struct slot *slots;
	size_t slot_count; /* a power of two */
};

struct sim_book *sim_book_open(const struct sim_world *world)
{
	const struct sim_config *config = world->config;
	struct sim_book *book = sim_alloc(1, sizeof(*book));
	struct sim_truth *truth = sim_alloc(1, sizeof(*truth));

	truth->point_count = config->point_count;
	truth->connection_count = config->connection_count;
	truth->seen = sim_alloc((size_t)config->connection_count *
					config->point_count,
				sizeof(*truth->seen));
	book->world = world;
	book->truth = truth;
	book->slot_count = 64;
	book->slots = sim_alloc(book->slot_count, sizeof(*book->slots));
	return book;
}

static struct slot *find(const struct sim_book *book, uint64_t key)
{
	size_t i = sim_mix(key) & (book->slot_count - 1);

	while (book->slots[i].key != 0 && book->slots[i].key != key)
		i = (i + 1) & (book->slot_count - 1);
	return &book->slots[i];
}

static void widen(struct sim_book *book)
{
	struct slot *old = book->slots;
	size_t count = book->slot_count;

	book->slot_count *= 2;
	book->slots = sim_alloc(book->slot_count, sizeof(*book->slots));
	for (size_t i = 0; i < count; i++)
		if (old[i].key != 0)
			*find(book, old[i].key) = old[i];
	sim_free(old);
}

static uint32_t add_culprit(struct sim_book *book,
			    const struct sim_offence *offence, uint32_t hop,
			    const struct sim_packet *packet)
{
	const struct sim_hop *h = &book->world->config->hops[hop];
	struct sim_truth *truth = book->truth;
	bool network = strcmp(offence->severity, "info") == 0;

	truth->culprits =
		sim_grow(truth->culprits, &truth->culprit_capacity,
			 truth->culprit_count + 1, sizeof(*truth->culprits));
	truth->culprits[truth->culprit_count] = (struct sim_culprit){
		.kind = offence->kind,
		.field = offence->field,
		.severity = offence->severity,
		.cause = offence->cause,
		.class_ = offence->class_,
		.hop = hop,
		.device =
			network || h->device_count == 0 ? SIM_NONE : h->worker,
		.direction = packet->direction,
		.connection = packet->connection,
	};
	return (uint32_t)truth->culprit_count++;
}

uint32_t sim_book_enter(struct sim_book *book,
			const struct sim_offence *offence, uint32_t rule,
			uint32_t hop, const struct sim_packet *packet)
{
	uint64_t key = ((uint64_t)packet->connection << 16 | rule << 1 |
			(uint64_t)packet->direction) +
		       1;
	struct slot *slot = find(book, key);
	struct sim_culprit *culprit;

	if (slot->key == 0) {
		*slot = (struct slot){key,
				      add_culprit(book, offence, hop, packet)};
		if (2 * book->truth->culprit_count > book->slot_count)
			widen(book);
		slot = find(book, key);
	}
	culprit = &book->truth->culprits[slot->culprit];
	culprit->hits =
		sim_grow(culprit->hits, &culprit->hit_capacity,
			 culprit->hit_count + 1, sizeof(*culprit->hits));
	culprit->hits[culprit->hit_count++] = (struct sim_hit){0};
	return slot->culprit;
}

struct sim_hit *sim_book_hit(struct sim_book *book, uint32_t culprit)
{
	struct sim_culprit *c = &book->truth->culprits[culprit];

	return &c->hits[c->hit_count - 1];
}

uint32_t sim_book_last_hit(const struct sim_book *book, uint32_t culprit)
{
	return (uint32_t)book->truth->culprits[culprit].hit_count - 1;
}

void sim_book_frame(struct sim_book *book, const struct sim_packet *packet,
		    uint32_t point)
{
	struct sim_culprit *c = &book->truth->culprits[packet->culprit];

	c->hits[packet->hit].frames[point == c->hop ? 0 : 1] = packet->frame;
}

void sim_book_seen(struct sim_book *book, const struct sim_packet *packet,
		   uint32_t point)
{
	struct sim_seen *seen =
		&book->truth->seen[(size_t)packet->connection *
					   book->truth->point_count +
				   point];
	struct nw_endpoint ends[2];

	if (seen->packets++ == 0) {
		sim_device_endpoints(book->world, packet, point, ends);
		seen->client = ends[0];
		seen->server = ends[1];
	}
	if (packet->flags & SIM_SYN) {
		seen->has_isn[packet->direction] = true;
		seen->isn[packet->direction] = packet->seq;
	}
}

/* What no capture shows did not happen, as far as anybody can tell: hits
 * before the first capture began or after the last one ended. */
static void forget_unseen(struct sim_truth *truth)
{
	size_t kept = 0;

	for (size_t i = 0; i < truth->culprit_count; i++) {
		struct sim_culprit *c = &truth->culprits[i];
		size_t hits = 0;

		for (size_t k = 0; k < c->hit_count; k++)
			if (c->hits[k].frames[0] || c->hits[k].frames[1])
				c->hits[hits++] = c->hits[k];
		c->hit_count = hits;
		if (hits > 0)
			truth->culprits[kept++] = *c;
		else
			sim_free(c->hits);
	}
	truth->culprit_count = kept;
}

struct sim_truth *sim_book_close(struct sim_book *book)
{
	struct sim_truth *truth = book->truth;

	forget_unseen(truth);
	sim_free(book->slots);
	sim_free(book);
	return truth;
}

void sim_truth_free(struct sim_truth *truth)
{
	if (truth == NULL)
		return;
	for (size_t i = 0; i < truth->culprit_count; i++)
		sim_free(truth->culprits[i].hits);
	sim_free(truth->culprits);
	sim_free(truth->seen);
	sim_free(truth);
}

bool sim_truth_clean(const struct sim_truth *truth)
{
	for (size_t i = 0; i < truth->culprit_count; i++)
		if (strcmp(truth->culprits[i].severity, "info") != 0)
			return false;
	return true;
}
