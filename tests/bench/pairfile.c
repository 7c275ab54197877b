/* SPDX-License-Identifier: MIT
 *
 * A heap of packets in front of a buffered pcap file with nanoseconds. What
 * happens on the far side of the device happens a little later, and not in the
 * order in which it was caused: the heap puts it in order.
 */
#include "pairfile.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define BUFFER_BYTES (4u << 20)
#define FIRST_SLOTS  256u
#define NO_SLOT      UINT32_MAX

void pairfile_die(const char *what)
{
	fprintf(stderr, "genpair: %s: %s\n", what, strerror(errno));
	exit(1);
}

static void flush(struct pairfile *file)
{
	for (size_t done = 0; done < file->used;) {
		ssize_t count =
			write(file->fd, file->buffer + done, file->used - done);

		if (count < 0)
			pairfile_die("write");
		done += (size_t)count;
	}
	file->used = 0;
}

static void append(struct pairfile *file, const void *bytes, size_t size)
{
	if (file->used + size > BUFFER_BYTES)
		flush(file);
	memcpy(file->buffer + file->used, bytes, size);
	file->used += size;
	file->bytes += size;
}

void pairfile_open(struct pairfile *file, const char *name, uint32_t snaplen)
{
	const uint32_t header[6] = {
		0xa1b23c4d, 2 | 4 << 16, 0, 0, snaplen ? snaplen : 262144, 1,
	};

	*file = (struct pairfile){.free_list = NO_SLOT};
	file->fd = open(name, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (file->fd < 0)
		pairfile_die(name);
	file->buffer = malloc(BUFFER_BYTES);
	if (!file->buffer)
		pairfile_die("buffer");
	append(file, header, sizeof(header));
}

static void grow(struct pairfile *file)
{
	uint32_t old = file->slot_count;
	uint32_t count = old ? 2 * old : FIRST_SLOTS;

	file->slots = realloc(file->slots, count * sizeof(*file->slots));
	file->heap = realloc(file->heap, count * sizeof(*file->heap));
	if (!file->slots || !file->heap)
		pairfile_die("slots");
	for (uint32_t i = old; i < count; i++)
		file->slots[i].next_free = i + 1 < count ? i + 1 : NO_SLOT;
	file->free_list = old;
	file->slot_count = count;
}

uint32_t pairfile_slot(struct pairfile *file)
{
	if (file->free_list == NO_SLOT)
		grow(file);

	uint32_t slot = file->free_list;

	file->free_list = file->slots[slot].next_free;
	return slot;
}

static uint64_t time_at(const struct pairfile *file, uint32_t place)
{
	return file->slots[file->heap[place]].time_ns;
}

void pairfile_add(struct pairfile *file, uint32_t slot)
{
	uint64_t time_ns = file->slots[slot].time_ns;
	uint32_t place = file->waiting++;

	while (place && time_at(file, (place - 1) / 2) > time_ns) {
		file->heap[place] = file->heap[(place - 1) / 2];
		place = (place - 1) / 2;
	}
	file->heap[place] = slot;
}

static uint32_t take_earliest(struct pairfile *file)
{
	uint32_t earliest = file->heap[0];
	uint32_t last = file->heap[--file->waiting];
	uint32_t place = 0;

	for (;;) {
		uint32_t child = 2 * place + 1;

		if (child >= file->waiting)
			break;
		if (child + 1 < file->waiting &&
		    time_at(file, child + 1) < time_at(file, child))
			child++;
		if (time_at(file, child) >= file->slots[last].time_ns)
			break;
		file->heap[place] = file->heap[child];
		place = child;
	}
	file->heap[place] = last;
	return earliest;
}

void pairfile_drain(struct pairfile *file, uint64_t until_ns)
{
	while (file->waiting && time_at(file, 0) <= until_ns) {
		uint32_t index = take_earliest(file);
		struct pairfile_slot *slot = &file->slots[index];
		const uint32_t header[4] = {
			(uint32_t)(slot->time_ns / 1000000000u),
			(uint32_t)(slot->time_ns % 1000000000u),
			slot->cap_len,
			slot->wire_len,
		};

		append(file, header, sizeof(header));
		append(file, slot->frame, slot->cap_len);
		file->packets++;
		slot->next_free = file->free_list;
		file->free_list = index;
	}
}

void pairfile_close(struct pairfile *file)
{
	pairfile_drain(file, UINT64_MAX);
	flush(file);
	if (close(file->fd) != 0)
		pairfile_die("close");
	free(file->buffer);
	free(file->slots);
	free(file->heap);
}
