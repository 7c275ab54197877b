/* SPDX-License-Identifier: MIT
 *
 * Points in time as people type them.
 */
#ifndef NW_TIMEARG_H
#define NW_TIMEARG_H

#include <stdbool.h>
#include <stdint.h>

/* RFC 3339 ("2024-05-01T12:00:00.5Z", "2024-05-01 12:00:00+02:00") or seconds
 * since 1970 with an optional fraction ("1714564800.123456789"), between 1970
 * and 2262. A fraction finer than nanoseconds is cut off. */
bool timearg_parse(const char *text, int64_t *time_ns);

#endif
