/* SPDX-License-Identifier: MIT
 *
 * Memory for test programs: there is some, or the program ends.
 */
#ifndef NW_SIM_SIMALLOC_H
#define NW_SIM_SIMALLOC_H

#include <stddef.h>

/* Prints "sim: " and the message and ends the program. */
_Noreturn void sim_die(const char *format, ...)
	__attribute__((format(printf, 1, 2)));

/* Zeroed. */
void *sim_alloc(size_t count, size_t size);
/* `items` with room for `need`; what is new is not zeroed. */
void *sim_grow(void *items, size_t *capacity, size_t need, size_t size);
void sim_free(void *memory);

#endif
