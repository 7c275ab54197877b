/* SPDX-License-Identifier: MIT
 *
 * Text for a terminal: see page.h.
 */
#include "page.h"

#include "utf8.h"

#include <inttypes.h>
#include <stdarg.h>
#include <string.h>
#include <time.h>

#define NS_PER_S 1000000000

void page_ink(const struct page *page, enum ink ink)
{
	static const char *const codes[] = {
		[INK_PLAIN] = "\033[0m",  [INK_BOLD] = "\033[1m",
		[INK_BAD] = "\033[1;31m", [INK_GOOD] = "\033[1;32m",
		[INK_WARN] = "\033[33m",  [INK_FAINT] = "\033[2m",
	};

	if (page->color)
		fputs(codes[ink], page->out);
}

/* One character of `text`, or an escape for one that must not be printed.
 * Returns the bytes taken; `columns` grows by those printed. */
static size_t put_one(const struct page *page, const char *text,
		      unsigned *columns)
{
	size_t length = utf8_printable(text);

	if (length == 0) {
		if (page != NULL)
			fprintf(page->out, "\\x%02x", (unsigned char)*text);
		*columns += 4;
		return 1;
	}
	if (page != NULL)
		fwrite(text, 1, length, page->out);
	*columns += 1;
	return length;
}

void page_put(const struct page *page, const char *text)
{
	unsigned columns = 0;

	while (*text != '\0')
		text += put_one(page, text, &columns);
}

unsigned page_columns(const char *text)
{
	unsigned columns = 0;

	while (*text != '\0')
		text += put_one(NULL, text, &columns);
	return columns;
}

void page_printf(const struct page *page, const char *format, ...)
{
	char text[PAGE_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	page_put(page, text);
}

void page_blanks(const struct page *page, unsigned count)
{
	fprintf(page->out, "%*s", (int)count, "");
}

void page_cell(const struct page *page, const char *text, unsigned width)
{
	unsigned columns = page_columns(text);

	page_put(page, text);
	if (columns < width)
		page_blanks(page, width - columns);
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\n' || c == '\t';
}

/* The word at `text`: its bytes, and its columns. */
static size_t word(const char *text, unsigned *columns)
{
	size_t length = 0;

	*columns = 0;
	while (text[length] != '\0' && !is_blank(text[length]))
		length += put_one(NULL, text + length, columns);
	return length;
}

void page_wrap(const struct page *page, unsigned column, unsigned indent,
	       const char *text)
{
	bool first = true;

	while (*text != '\0') {
		unsigned columns, ignored = 0;
		const char *end;

		if (is_blank(*text)) {
			text++;
			continue;
		}
		end = text + word(text, &columns);
		if (!first && column + 1 + columns > page->width) {
			fputc('\n', page->out);
			page_blanks(page, indent);
			column = indent;
		} else if (!first) {
			fputc(' ', page->out);
			column++;
		}
		while (text < end)
			text += put_one(page, text, &ignored);
		column += columns;
		first = false;
	}
	fputc('\n', page->out);
}

void page_label(const struct page *page, const char *label)
{
	unsigned room = PAGE_COLUMN - PAGE_INDENT - 1;

	page_blanks(page, PAGE_INDENT);
	page_cell(page, label, room);
	if (page_columns(label) > room) {
		fputc('\n', page->out);
		page_blanks(page, PAGE_COLUMN - 1);
	}
	fputc(' ', page->out);
}

void page_item(const struct page *page, const char *label, const char *format,
	       ...)
{
	char text[PAGE_TEXT];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	page_label(page, label);
	page_wrap(page, PAGE_COLUMN, PAGE_COLUMN, text);
}

void page_heading(const struct page *page, const char *text)
{
	fputc('\n', page->out);
	page_ink(page, INK_BOLD);
	page_put(page, text);
	page_ink(page, INK_PLAIN);
	fputc('\n', page->out);
}

char *page_number(uint64_t number, char text[NUMBER_TEXT])
{
	char digits[24];
	int count = snprintf(digits, sizeof(digits), "%" PRIu64, number);
	size_t used = 0;

	for (int i = 0; i < count; i++) {
		if (i > 0 && (count - i) % 3 == 0)
			text[used++] = ',';
		text[used++] = digits[i];
	}
	text[used] = '\0';
	return text;
}

char *page_counted(uint64_t number, const char *noun, char text[COUNTED_TEXT])
{
	char digits[NUMBER_TEXT];

	snprintf(text, COUNTED_TEXT, "%s %s%s", page_number(number, digits),
		 noun, number == 1 ? "" : "s");
	return text;
}

static char *time_text(const struct page *page, int64_t time_ns,
		       const char *format, char text[TIME_TEXT])
{
	int64_t rest = time_ns % NS_PER_S;
	time_t seconds = (time_t)(time_ns / NS_PER_S);
	size_t used;
	struct tm tm;

	if (rest < 0) {
		rest += NS_PER_S;
		seconds--;
	}
	if ((page->utc ? gmtime_r(&seconds, &tm)
		       : localtime_r(&seconds, &tm)) == NULL) {
		snprintf(text, TIME_TEXT, "?");
		return text;
	}
	used = strftime(text, TIME_TEXT - 8, format, &tm);
	snprintf(text + used, TIME_TEXT - used, ".%06d", (int)(rest / 1000));
	return text;
}

char *page_time(const struct page *page, int64_t time_ns, char text[TIME_TEXT])
{
	return time_text(page, time_ns, "%Y-%m-%d %H:%M:%S", text);
}

char *page_time_of_day(const struct page *page, int64_t time_ns,
		       char text[TIME_TEXT])
{
	return time_text(page, time_ns, "%H:%M:%S", text);
}

char *page_span(int64_t span_ns, char text[SPAN_TEXT])
{
	if (span_ns >= NS_PER_S)
		snprintf(text, SPAN_TEXT, "%" PRId64 ".%03d s",
			 span_ns / NS_PER_S,
			 (int)(span_ns % NS_PER_S / 1000000));
	else if (span_ns >= 1000000)
		snprintf(text, SPAN_TEXT, "%d.%03d ms",
			 (int)(span_ns / 1000000),
			 (int)(span_ns % 1000000 / 1000));
	else
		snprintf(text, SPAN_TEXT, "%d.%03d us", (int)(span_ns / 1000),
			 (int)(span_ns % 1000));
	return text;
}
