/* SPDX-License-Identifier: MIT
 *
 * Text for a terminal: columns, wrapped paragraphs, colours, and numbers and
 * times as people write them. What a page prints is clean: control characters
 * and bytes that are not UTF-8 come out as \xNN.
 */
#ifndef NW_PAGE_H
#define NW_PAGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct page {
	FILE *out;
	unsigned width; /* columns */
	bool color, utc;
};

enum ink { INK_PLAIN, INK_BOLD, INK_BAD, INK_GOOD, INK_WARN, INK_FAINT };

/* Blanks that stand before a labelled line, and where its text begins. */
#define PAGE_INDENT 3
#define PAGE_COLUMN 15

/* Longest text that the formatting functions below print; the rest of a
 * longer one is cut off. */
#define PAGE_TEXT 2048

void page_ink(const struct page *page, enum ink ink);

/* Prints at the cursor. */
void page_put(const struct page *page, const char *text);
void page_printf(const struct page *page, const char *format, ...)
	__attribute__((format(printf, 2, 3)));
void page_blanks(const struct page *page, unsigned count);

/* Prints and pads with blanks up to `width` columns. */
void page_cell(const struct page *page, const char *text, unsigned width);

/* Wraps words, the cursor being at `column`; further lines begin at `indent`.
 * Ends the line. */
void page_wrap(const struct page *page, unsigned column, unsigned indent,
	       const char *text);

/* "   label       ", the cursor being at PAGE_COLUMN then, on the next line if
 * the label is too long. */
void page_label(const struct page *page, const char *label);

/* A label and its text, wrapped. */
void page_item(const struct page *page, const char *label, const char *format,
	       ...) __attribute__((format(printf, 3, 4)));

/* A heading in bold with an empty line before it. */
void page_heading(const struct page *page, const char *text);

/* Columns that the text needs. */
unsigned page_columns(const char *text);

/* "1,234" */
#define NUMBER_TEXT 28
char *page_number(uint64_t number, char text[NUMBER_TEXT]);

/* "1 packet", "1,234 packets"; `noun` is at most 30 bytes long. */
#define COUNTED_TEXT 64
char *page_counted(uint64_t number, const char *noun, char text[COUNTED_TEXT]);

/* "2024-05-01 12:00:01.123456", in local time unless utc; and only
 * "12:00:01.123456". Years beyond 9999 are "?". */
#define TIME_TEXT 40
char *page_time(const struct page *page, int64_t time_ns, char text[TIME_TEXT]);
char *page_time_of_day(const struct page *page, int64_t time_ns,
		       char text[TIME_TEXT]);

/* "37.001 s", "1.250 ms", "0.8 us" of a span that is not negative. */
#define SPAN_TEXT 40
char *page_span(int64_t span_ns, char text[SPAN_TEXT]);

#endif
