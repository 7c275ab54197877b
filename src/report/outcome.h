/* SPDX-License-Identifier: MIT
 *
 * How a report ends: everything written, or an error for the caller.
 */
#ifndef NW_OUTCOME_H
#define NW_OUTCOME_H

#include "natwitness.h"

/* Flushes `out`; NW_EIO with `err` set (first one wins) when anything since
 * it was opened could not be written. The reason is that of errno, which the
 * report sets to 0 before it begins to write. */
enum nw_status outcome_of(FILE *out, struct nw_error *err);

#endif
