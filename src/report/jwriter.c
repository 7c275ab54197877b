/* SPDX-License-Identifier: MIT
 *
 * Streaming JSON writer: see jwriter.h. What the next item needs before it -
 * a comma, a line break, blanks - follows from three values: how deep we are,
 * whether an item came before, whether this container is written in one line.
 */
#include "jwriter.h"

#include "utf8.h"

#include <inttypes.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

static void line_break(struct jwriter *w)
{
	fprintf(w->out, "\n%*s", (int)w->depth, "");
}

/* Bytes from here on that stand for themselves in a string. */
static size_t plain(const char *text)
{
	size_t length = 0, step;

	for (; text[length] != '\0'; length += step) {
		unsigned char c = (unsigned char)text[length];

		if (c < 0x20 || c == 0x7f || c == '"' || c == '\\')
			break;
		step = c < 0x80 ? 1 : utf8_sequence(text + length);
		if (step == 0)
			break;
	}
	return length;
}

static void quoted(struct jwriter *w, const char *text)
{
	putc('"', w->out);
	while (*text != '\0') {
		size_t length = plain(text);
		unsigned char c = (unsigned char)text[length];

		fwrite(text, 1, length, w->out);
		text += length;
		if (c == '\0')
			break;
		if (c == '"' || c == '\\')
			fprintf(w->out, "\\%c", c);
		else if (c < 0x80)
			fprintf(w->out, "\\u%04x", c);
		else
			fprintf(w->out, "\\\\x%02x", c);
		text++;
	}
	putc('"', w->out);
}

/* All that goes before an item's value. */
static void item(struct jwriter *w, const char *key)
{
	if (w->behind)
		fputc(',', w->out);
	if (w->line > 0 && w->behind)
		fputc(' ', w->out);
	else if (w->line == 0 && w->depth > 0)
		line_break(w);
	w->behind = true;
	if (key != NULL) {
		quoted(w, key);
		fputs(": ", w->out);
	}
}

static void open_container(struct jwriter *w, char bracket, enum jshape shape)
{
	fputc(bracket, w->out);
	w->depth++;
	if (shape == JLINE && w->line == 0)
		w->line = w->depth;
	w->behind = false;
}

static void close_container(struct jwriter *w, char bracket)
{
	bool in_line = w->line > 0;

	if (w->line == w->depth)
		w->line = 0;
	w->depth--;
	if (w->behind && !in_line)
		line_break(w);
	fputc(bracket, w->out);
	w->behind = true;
	if (w->depth == 0)
		fputc('\n', w->out);
}

void jw_object(struct jwriter *w, const char *key, enum jshape shape)
{
	item(w, key);
	open_container(w, '{', shape);
}

void jw_object_end(struct jwriter *w)
{
	close_container(w, '}');
}

void jw_array(struct jwriter *w, const char *key, enum jshape shape)
{
	item(w, key);
	open_container(w, '[', shape);
}

void jw_array_end(struct jwriter *w)
{
	close_container(w, ']');
}

void jw_text(struct jwriter *w, const char *key, const char *text)
{
	if (text == NULL) {
		jw_null(w, key);
		return;
	}
	item(w, key);
	quoted(w, text);
}

void jw_integer(struct jwriter *w, const char *key, int64_t number)
{
	item(w, key);
	fprintf(w->out, "%" PRId64, number);
}

void jw_count(struct jwriter *w, const char *key, uint64_t number)
{
	item(w, key);
	fprintf(w->out, "%" PRIu64, number);
}

void jw_true(struct jwriter *w, const char *key)
{
	item(w, key);
	fputs("true", w->out);
}

void jw_null(struct jwriter *w, const char *key)
{
	item(w, key);
	fputs("null", w->out);
}

/* In integers, since printf() asks the locale for the decimal point. */
void jw_fixed(struct jwriter *w, const char *key, double number, int decimals)
{
	int64_t unit = 1, units;
	double scaled;

	for (int i = 0; i < decimals; i++)
		unit *= 10;
	if (!isfinite(number)) {
		jw_null(w, key);
		return;
	}
	scaled = round(number * (double)unit);
	units = fabs(scaled) < 9e18 ? (int64_t)scaled : 0;
	item(w, key);
	fprintf(w->out, "%s%" PRId64 ".%0*" PRId64, units < 0 ? "-" : "",
		(int64_t)llabs(units / unit), decimals,
		(int64_t)llabs(units % unit));
}

void jw_real(struct jwriter *w, const char *key, double number)
{
	char text[32];
	size_t digits;

	if (!isfinite(number)) {
		jw_null(w, key);
		return;
	}
	item(w, key);
	/* The form is d<point>dde-dd, the point as the locale wants it. */
	snprintf(text, sizeof(text), "%.2e", number);
	digits = strspn(text, "-0123456789");
	fwrite(text, 1, digits, w->out);
	fputc('.', w->out);
	fputs(text + digits + strcspn(text + digits, "0123456789"), w->out);
}
