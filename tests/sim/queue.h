/* SPDX-License-Identifier: MIT
 *
 * What is going to happen, earliest first. Events of the same instant keep
 * the order in which they were put in, which makes a run repeatable.
 */
#ifndef NW_SIM_QUEUE_H
#define NW_SIM_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_packet;

enum sim_event_kind { SIM_EVENT_ARRIVE, SIM_EVENT_TIMER };

struct sim_event {
	int64_t time_ns;
	uint64_t order;            /* set by sim_queue_push */
	struct sim_packet *packet; /* ARRIVE */
	uint32_t connection;       /* TIMER */
	enum sim_event_kind kind;
	uint8_t point;       /* ARRIVE */
	uint8_t side, timer; /* TIMER */
};

/* All zero is an empty queue. */
struct sim_queue {
	struct sim_event *items;
	size_t count, capacity;
	uint64_t pushed;
};

void sim_queue_fini(struct sim_queue *queue);
void sim_queue_push(struct sim_queue *queue, struct sim_event event);
/* False: empty. */
bool sim_queue_pop(struct sim_queue *queue, struct sim_event *event);

#endif
