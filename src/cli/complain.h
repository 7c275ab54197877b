/* SPDX-License-Identifier: MIT
 *
 * Messages to the user: everything that is not a report goes to stderr and
 * begins with "natwitness: ".
 */
#ifndef NW_COMPLAIN_H
#define NW_COMPLAIN_H

#include "natwitness.h"

/* Fills `err` unless it holds an error already; returns false, so that
 * `return complain(...)` ends a function that went wrong. */
bool complain(struct nw_error *err, enum nw_status status, const char *format,
	      ...) __attribute__((format(printf, 3, 4)));
bool complain_no_memory(struct nw_error *err);

/* Prints an error; one in usage with a hint to the command's help. */
void complain_print(const struct nw_error *err, const char *command);

#endif
