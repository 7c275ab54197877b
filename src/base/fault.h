/* SPDX-License-Identifier: MIT
 *
 * Program errors. The first error wins: a function that is handed an error
 * which is already set leaves it alone.
 */
#ifndef NW_FAULT_H
#define NW_FAULT_H

#include "natwitness.h"

/* Fills `err` (may be NULL) unless it holds an error; returns `status`. */
enum nw_status fault_set(struct nw_error *err, enum nw_status status,
			 const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "out of memory while <what>" */
enum nw_status fault_no_memory(struct nw_error *err, const char *what);

#endif
