/* SPDX-License-Identifier: MIT
 *
 * The frames that prove a fault, as rows to read and as display filters to
 * paste into Wireshark. Sequence numbers are printed without grouping, so
 * that they can be searched for.
 */
#include "lookup.h"
#include "textpart.h"

#include <inttypes.h>

#define SHOW_FRAMES 8
#define NAME_WIDTH  20

char *value_text(const struct nw_value *value, char text[VALUE_TEXT])
{
	size_t used = 0;

	switch (value->type) {
	case NW_NULL:
		snprintf(text, VALUE_TEXT, "nothing");
		return text;
	case NW_NUMBER:
		snprintf(text, VALUE_TEXT, "%" PRId64, value->number);
		return text;
	case NW_NUMBERS:
		text[0] = '\0';
		for (size_t i = 0; i < value->number_count; i++) {
			used += (size_t)snprintf(
				text + used, VALUE_TEXT - used, "%s%" PRId64,
				i > 0 ? ", " : "", value->numbers[i]);
			if (used >= VALUE_TEXT)
				break;
		}
		return text;
	case NW_TEXT:
		snprintf(text, VALUE_TEXT, "%s",
			 value->text != NULL ? value->text : "");
		return text;
	}
	return text;
}

static void frame_row(const struct page *page, const struct nw_results *results,
		      const struct nw_evidence *evidence, unsigned name_width)
{
	const char *name = point_name(results, evidence->point);
	char text[VALUE_TEXT], time[TIME_TEXT], frame[32] = "no frame";

	page_blanks(page, PAGE_INDENT);
	page_cell(page, name, name_width);
	if (page_columns(name) > name_width) {
		fputc('\n', page->out);
		page_blanks(page, PAGE_INDENT + name_width);
	}
	time[0] = '\0';
	if (evidence->frame != 0) {
		snprintf(frame, sizeof(frame), "frame %" PRIu64,
			 evidence->frame);
		page_time_of_day(page, evidence->time_ns, time);
	}
	value_text(&evidence->value, text);
	page_put(page, "  ");
	if (text[0] == '\0' && time[0] == '\0') {
		page_put(page, frame);
	} else {
		page_cell(page, frame, 12);
		page_put(page, "  ");
		page_cell(page, time, text[0] != '\0' ? 17 : 0);
		page_put(page, text);
	}
	fputc('\n', page->out);
}

/* Longer names get a line of their own. */
static unsigned name_width(const struct nw_results *results,
			   const struct nw_finding *finding)
{
	unsigned width = 0;

	for (size_t i = 0; i < finding->evidence_count && i < SHOW_FRAMES;
	     i++) {
		unsigned columns = page_columns(
			point_name(results, finding->evidence[i].point));

		if (columns > width && columns <= NAME_WIDTH)
			width = columns;
	}
	return width;
}

static bool same_file(const struct nw_evidence *a, const struct nw_evidence *b)
{
	return a->point == b->point && a->file == b->file;
}

static size_t decimals(uint64_t number)
{
	return number < 10 ? 1 : 1 + decimals(number / 10);
}

/* The frames of the file of evidence number `first` as one display filter, as
 * many of them as fit the line. */
static void filter_row(const struct page *page,
		       const struct nw_results *results,
		       const struct nw_finding *finding, size_t first)
{
	const struct nw_evidence *evidence = finding->evidence;
	const char *name =
		file_name(results, evidence[first].point, evidence[first].file);
	size_t room = page->width - PAGE_INDENT, used;
	char set[PAGE_TEXT], filter[FRAME_FILTER_TEXT];
	unsigned count = 1;

	if (room > page_columns(name) + 2)
		room -= page_columns(name) + 2;
	used = (size_t)snprintf(set, sizeof(set), "frame.number in {%" PRIu64,
				evidence[first].frame);
	for (size_t i = first + 1; i < finding->evidence_count; i++) {
		if (!same_file(&evidence[first], &evidence[i]) ||
		    evidence[i].frame == 0 || used + 24 > sizeof(set) ||
		    used + 2 + decimals(evidence[i].frame) + 1 > room)
			continue;
		used += (size_t)snprintf(set + used, sizeof(set) - used,
					 ", %" PRIu64, evidence[i].frame);
		count++;
	}
	page_blanks(page, PAGE_INDENT);
	page_put(page, name);
	page_put(page, ": ");
	page_put(page,
		 count > 1 ? set : frame_filter(evidence[first].frame, filter));
	page_put(page, count > 1 ? "}" : "");
	fputc('\n', page->out);
}

static bool is_first_of_its_file(const struct nw_finding *finding, size_t index)
{
	if (finding->evidence[index].frame == 0)
		return false;
	for (size_t i = 0; i < index; i++)
		if (finding->evidence[i].frame != 0 &&
		    same_file(&finding->evidence[i], &finding->evidence[index]))
			return false;
	return true;
}

void text_frames(const struct page *page, const struct nw_results *results,
		 const struct nw_finding *finding)
{
	unsigned width = name_width(results, finding);
	char time[TIME_TEXT];

	if (finding->evidence_count == 0)
		return;
	fputc('\n', page->out);
	page_blanks(page, PAGE_INDENT);
	page_printf(page, "Frames, first at %s%s",
		    page_time(page, finding->evidence[0].time_ns, time),
		    page->utc ? " UTC" : "");
	fputc('\n', page->out);
	for (size_t i = 0; i < finding->evidence_count && i < SHOW_FRAMES; i++)
		frame_row(page, results, &finding->evidence[i], width);
	if (finding->evidence_count > SHOW_FRAMES) {
		page_blanks(page, PAGE_INDENT);
		page_put(page, "... more in the JSON report");
		fputc('\n', page->out);
	}
	fputc('\n', page->out);
	page_blanks(page, PAGE_INDENT);
	page_put(page, "Wireshark display filters");
	fputc('\n', page->out);
	for (size_t i = 0; i < finding->evidence_count; i++)
		if (is_first_of_its_file(finding, i))
			filter_row(page, results, finding, i);
}
