/* SPDX-License-Identifier: MIT
 *
 * One capture file of a pair. Packets are handed over in any order that is
 * nearly that of time, and are written in order of time.
 */
#ifndef NW_PAIRFILE_H
#define NW_PAIRFILE_H

#include <stddef.h>
#include <stdint.h>

#define PAIRFILE_FRAME_MAX 1514u

struct pairfile_slot {
	uint64_t time_ns;
	uint32_t next_free;
	uint32_t cap_len, wire_len;
	uint8_t frame[PAIRFILE_FRAME_MAX];
};

/* Slots are reused through a list of free ones; `heap` holds the indexes of
 * those that wait, the earliest first. */
struct pairfile {
	int fd;
	uint8_t *buffer;
	size_t used;
	struct pairfile_slot *slots;
	uint32_t *heap;
	uint32_t slot_count, free_list, waiting;
	uint64_t packets, bytes;
};

/* All of these end the program when something fails. */
void pairfile_open(struct pairfile *file, const char *name, uint32_t snaplen);
/* A slot to be filled in, with its time; then handed over by its index. */
uint32_t pairfile_slot(struct pairfile *file);
void pairfile_add(struct pairfile *file, uint32_t slot);
/* Writes what waits up to that time: nothing earlier may come afterwards. */
void pairfile_drain(struct pairfile *file, uint64_t until_ns);
void pairfile_close(struct pairfile *file);

_Noreturn void pairfile_die(const char *what);

#endif
