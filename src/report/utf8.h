/* SPDX-License-Identifier: MIT
 *
 * Names of files and interfaces are bytes that somebody else chose: they may
 * not be UTF-8, and they may hold control characters that a terminal obeys.
 */
#ifndef NW_UTF8_H
#define NW_UTF8_H

#include <stddef.h>

/* Length of the well-formed UTF-8 sequence (RFC 3629) that begins here: 1 to
 * 4, or 0 when there is none (also at the end of the string). */
size_t utf8_sequence(const char *text);

/* The same, but 0 for control characters (C0, DEL, C1) too. */
size_t utf8_printable(const char *text);

#endif
