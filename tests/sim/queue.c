/* SPDX-License-Identifier: MIT
 *
 * A binary heap: the children of item i are 2i + 1 and 2i + 2, and no child
 * comes before its parent.
 */
#include "queue.h"

#include "simalloc.h"

static bool earlier(const struct sim_event *a, const struct sim_event *b)
{
	if (a->time_ns != b->time_ns)
		return a->time_ns < b->time_ns;
	return a->order < b->order;
}

void sim_queue_fini(struct sim_queue *queue)
{
	sim_free(queue->items);
	*queue = (struct sim_queue){0};
}

void sim_queue_push(struct sim_queue *queue, struct sim_event event)
{
	size_t i = queue->count++;

	event.order = queue->pushed++;
	queue->items = sim_grow(queue->items, &queue->capacity, queue->count,
				sizeof(*queue->items));
	for (; i > 0 && earlier(&event, &queue->items[(i - 1) / 2]);
	     i = (i - 1) / 2)
		queue->items[i] = queue->items[(i - 1) / 2];
	queue->items[i] = event;
}

bool sim_queue_pop(struct sim_queue *queue, struct sim_event *event)
{
	struct sim_event *items = queue->items;
	size_t i = 0;

	if (queue->count == 0)
		return false;
	*event = items[0];
	struct sim_event last = items[--queue->count];
	for (;;) {
		size_t child = 2 * i + 1;

		if (child + 1 < queue->count &&
		    earlier(&items[child + 1], &items[child]))
			child++;
		if (child >= queue->count || !earlier(&items[child], &last))
			break;
		items[i] = items[child];
		i = child;
	}
	items[i] = last;
	return true;
}
