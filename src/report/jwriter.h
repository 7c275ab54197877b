/* SPDX-License-Identifier: MIT
 *
 * Writes JSON to a stream as it is told: no tree, no allocation, no locale,
 * so that a report of a million connections needs no more memory than one of
 * ten. Write errors stick to the stream; whoever opened it looks at ferror().
 */
#ifndef NW_JWRITER_H
#define NW_JWRITER_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>

/* {out} begins a document. */
struct jwriter {
	FILE *out;
	unsigned depth;
	unsigned line; /* depth of the container that is written in one line,
			  0: none */
	bool behind;   /* the open container has an item already */
};

enum jshape { JLINES, JLINE };

/* `key` is NULL for items of an array. A container that is opened as JLINE
 * has all its items, nested ones too, in one line. */
void jw_object(struct jwriter *w, const char *key, enum jshape shape);
void jw_object_end(struct jwriter *w);
void jw_array(struct jwriter *w, const char *key, enum jshape shape);
void jw_array_end(struct jwriter *w);

/* Bytes that are not UTF-8 are written as \xNN (a backslash, an x, two
 * digits); NULL is null. */
void jw_text(struct jwriter *w, const char *key, const char *text);
void jw_integer(struct jwriter *w, const char *key, int64_t number);
void jw_count(struct jwriter *w, const char *key, uint64_t number);
void jw_true(struct jwriter *w, const char *key);
void jw_null(struct jwriter *w, const char *key);

/* Rounded to so many decimals, 1 to 6; what is not finite is null. */
void jw_fixed(struct jwriter *w, const char *key, double number, int decimals);
/* Three significant digits; what is not finite is null. */
void jw_real(struct jwriter *w, const char *key, double number);

#endif
