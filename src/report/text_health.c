/* SPDX-License-Identifier: MIT
 *
 * What is not known: open questions, where to capture next, and how far the
 * captures themselves can be trusted.
 */
#include "lookup.h"
#include "textpart.h"

#include <inttypes.h>
#include <string.h>

/* Clocks closer than this are as good as one; NTP does not do better. */
#define CLOCK_WORTH_A_NOTE_NS 10000000
#define SHOW_QUESTIONS        10
#define SHOW_ARTIFACTS        10

static void undecided(const struct page *page, const struct nw_results *results)
{
	if (results->undecided_count == 0)
		return;
	page_heading(page, "Not decided");
	for (size_t i = 0; i < results->undecided_count; i++) {
		const struct nw_undecided *open = &results->undecided[i];

		if (i == SHOW_QUESTIONS) {
			page_put(page, " - ... more in the JSON report");
			fputc('\n', page->out);
			return;
		}
		page_put(page, " - ");
		page_wrap(page, PAGE_INDENT, PAGE_INDENT,
			  open->question != NULL ? open->question : "");
		if (open->would_decide == NULL)
			continue;
		page_put(page, "   would decide it: ");
		page_wrap(page, 20, PAGE_INDENT, open->would_decide);
	}
}

/* What the next capture may show, and what that would mean. */
static void outcome(const struct page *page, const char *text)
{
	if (text == NULL)
		return;
	page_put(page, "   * ");
	page_wrap(page, 5, 5, text);
}

static void next_captures(const struct page *page,
			  const struct nw_results *results)
{
	if (results->next_capture_count == 0)
		return;
	page_heading(page, "Where to capture next");
	for (size_t i = 0; i < results->next_capture_count; i++) {
		const struct nw_next_capture *next = &results->next_captures[i];
		char who[WHO_TEXT], text[PAGE_TEXT];

		snprintf(text, sizeof(text), "%s: %s",
			 who_text(results, NULL, next->between, who),
			 next->why != NULL ? next->why : "");
		page_put(page, " - ");
		page_wrap(page, PAGE_INDENT, PAGE_INDENT, text);
		outcome(page, next->if_before);
		outcome(page, next->if_after);
	}
}

void text_open_questions(const struct page *page,
			 const struct nw_results *results)
{
	undecided(page, results);
	next_captures(page, results);
}

/* The heading comes with the first note only. */
struct notes {
	const struct page *page;
	bool begun;
};

static void note(struct notes *notes, const char *point, const char *text)
{
	if (!notes->begun)
		page_heading(notes->page, "Capture health");
	notes->begun = true;
	page_item(notes->page, point, "%s", text);
}

/* "3 packets skipped: 2 not-tcp, 1 fragment" */
static void note_counts(struct notes *notes, const char *point,
			const char *intro, const struct nw_count *counts,
			size_t count)
{
	char text[PAGE_TEXT], number[NUMBER_TEXT];
	size_t used = (size_t)snprintf(text, sizeof(text), "%s", intro);
	bool any = false;

	for (size_t i = 0; i < count && used < sizeof(text); i++) {
		if (counts[i].count == 0)
			continue;
		used += (size_t)snprintf(text + used, sizeof(text) - used,
					 "%s%s %s", any ? ", " : "",
					 page_number(counts[i].count, number),
					 counts[i].name);
		any = true;
	}
	if (any)
		note(notes, point, text);
}

static void note_files(struct notes *notes, const struct nw_point *point)
{
	char text[PAGE_TEXT], number[NUMBER_TEXT];

	for (size_t i = 0; i < point->file_count; i++) {
		const struct nw_file *file = &point->files[i];

		if (file->cut) {
			snprintf(text, sizeof(text),
				 "%s ends in the middle of a packet (byte %s); "
				 "what came before was audited",
				 file->name,
				 page_number(file->cut_offset, number));
			note(notes, point->name, text);
		}
		if (file->packets == 0) {
			snprintf(text, sizeof(text),
				 "%s holds no packets that were selected",
				 file->name);
			note(notes, point->name, text);
		}
	}
	if (point->truncated_packets > 0) {
		snprintf(text, sizeof(text),
			 "%s packets are cut by the snap "
			 "length; their payload is "
			 "compared less sharply",
			 page_number(point->truncated_packets, number));
		note(notes, point->name, text);
	}
}

static void note_clock(struct notes *notes, const struct nw_results *results,
		       const struct nw_point *point)
{
	int64_t offset = point->clock_offset_ns;
	char text[PAGE_TEXT], span[SPAN_TEXT], margin[SPAN_TEXT];

	if (!point->clock_known || offset == INT64_MIN)
		return;
	if (offset < 0)
		offset = -offset;
	if (offset < CLOCK_WORTH_A_NOTE_NS ||
	    offset <= point->clock_uncertainty_ns)
		return;
	snprintf(text, sizeof(text), "its clock is %s %s of that of %s (+- %s)",
		 page_span(offset, span),
		 point->clock_offset_ns > 0 ? "ahead" : "behind",
		 point_name(results, 0),
		 page_span(point->clock_uncertainty_ns, margin));
	note(notes, point->name, text);
}

static void note_artifacts(struct notes *notes,
			   const struct nw_results *results)
{
	size_t shown = 0;

	for (size_t i = 0; i < results->finding_count; i++) {
		const struct nw_finding *finding = &results->findings[i];
		char text[PAGE_TEXT];

		if (finding->class_ != NW_ARTIFACT || finding->text == NULL)
			continue;
		if (shown++ == SHOW_ARTIFACTS) {
			note(notes, "-", "... more in the JSON report");
			return;
		}
		snprintf(text, sizeof(text), "%s: %s", finding->kind,
			 finding->text);
		note(notes,
		     finding->evidence_count > 0
			     ? point_name(results, finding->evidence[0].point)
			     : "-",
		     text);
	}
}

void text_health(const struct page *page, const struct nw_results *results)
{
	struct notes notes = {.page = page};

	for (size_t i = 0; i < results->point_count; i++) {
		const struct nw_point *point = &results->points[i];

		note_files(&notes, point);
		note_counts(&notes, point->name,
			    "packets not audited: ", point->skipped,
			    point->skipped_count);
		note_counts(&notes, point->name, "", point->notes,
			    point->note_count);
		note_clock(&notes, results, point);
	}
	note_artifacts(&notes, results);
}
