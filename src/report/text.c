/* SPDX-License-Identifier: MIT
 *
 * The summary for people. The verdict comes first and in one sentence, then
 * what proves it, then who is cleared, then what is not known: somebody who
 * stops reading after any part has read the most important that far.
 */
#include "lookup.h"
#include "outcome.h"
#include "textpart.h"
#include "words.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

/* Narrower terminals wrap by themselves, uglier than we can. */
#define MIN_WIDTH 40

static enum ink ink_of(enum nw_verdict verdict)
{
	switch (verdict) {
	case NW_CONSISTENT:
		return INK_GOOD;
	case NW_DISCREPANT:
		return INK_BAD;
	case NW_INCONCLUSIVE:
		return INK_WARN;
	}
	return INK_PLAIN;
}

static const char *fallback(enum nw_verdict verdict)
{
	switch (verdict) {
	case NW_CONSISTENT:
		return "no device changed what it should not have changed.";
	case NW_DISCREPANT:
		return "a device changed what it should not have changed.";
	case NW_INCONCLUSIVE:
		return "there was nothing that could be compared.";
	}
	return "";
}

static void headline(const struct page *page, const struct nw_results *results)
{
	const char *word = word_verdict(results->verdict);
	const char *why = results->why;

	page_ink(page, ink_of(results->verdict));
	for (const char *c = word; *c != '\0'; c++)
		fputc(toupper((unsigned char)*c), page->out);
	fputc(':', page->out);
	page_ink(page, INK_PLAIN);
	fputc(' ', page->out);
	if (why == NULL || *why == '\0')
		why = fallback(results->verdict);
	page_wrap(page, (unsigned)strlen(word) + 2, 2, why);
}

static void totals(const struct page *page, const struct nw_results *results)
{
	char points[COUNTED_TEXT], packets[COUNTED_TEXT];
	char paths[COUNTED_TEXT], complete[NUMBER_TEXT], text[PAGE_TEXT];
	int used;

	used = snprintf(
		text, sizeof(text), "%s, %s, %s",
		page_counted(results->point_count, "point", points),
		page_counted(results->packets, "TCP packet", packets),
		page_counted(results->paths_total, "connection", paths));
	if (results->point_count > 1 && results->paths_total > 0)
		used += snprintf(text + used, sizeof(text) - (size_t)used,
				 ", %s seen at every point",
				 results->paths_complete == results->paths_total
					 ? "each"
					 : page_number(results->paths_complete,
						       complete));
	snprintf(text + used, sizeof(text) - (size_t)used, ".");
	page_wrap(page, 0, 0, text);
}

/* When a point's captures begin and end; false: they hold no packets. */
static bool time_range(const struct nw_point *point, int64_t *first_ns,
		       int64_t *last_ns)
{
	bool any = false;

	for (size_t i = 0; i < point->file_count; i++) {
		const struct nw_file *file = &point->files[i];

		if (file->packets == 0)
			continue;
		if (!any || file->first_ns < *first_ns)
			*first_ns = file->first_ns;
		if (!any || file->last_ns > *last_ns)
			*last_ns = file->last_ns;
		any = true;
	}
	return any;
}

/* An inconclusive audit is nearly always a matter of which captures were
 * given: show what each holds, and say what to look at. */
static void what_to_check(const struct page *page,
			  const struct nw_results *results)
{
	page_heading(page, "What to check");
	for (size_t i = 0; i < results->point_count; i++) {
		const struct nw_point *point = &results->points[i];
		char packets[COUNTED_TEXT], flows[COUNTED_TEXT];
		char first[TIME_TEXT], last[TIME_TEXT];
		int64_t first_ns = 0, last_ns = 0;

		page_item(page, point->name, "%s, %s",
			  page_counted(point->packets, "TCP packet", packets),
			  page_counted(point->flows, "connection", flows));
		if (time_range(point, &first_ns, &last_ns))
			page_item(page, "", "%s to %s%s",
				  page_time(page, first_ns, first),
				  page_time(page, last_ns, last),
				  page->utc ? " UTC" : "");
	}
	fputc('\n', page->out);
	page_blanks(page, PAGE_INDENT);
	page_wrap(page, PAGE_INDENT, PAGE_INDENT,
		  "Were all points captured at the same time? Did the same "
		  "connections pass them? Are the points given in order, "
		  "client side first? Does a --filter, --from or --to hide "
		  "the other side's addresses or hours? Do the captures begin "
		  "before the connections, so that their SYNs are seen?");
}

static void closing(const struct page *page, const struct nw_results *results)
{
	for (size_t i = 0; i < results->finding_count; i++) {
		if (!is_accusation(results, &results->findings[i]))
			continue;
		fputc('\n', page->out);
		page_ink(page, INK_FAINT);
		page_printf(page,
			    "What it means, how it is proved: natwitness "
			    "explain %s",
			    results->findings[i].kind);
		page_ink(page, INK_PLAIN);
		fputc('\n', page->out);
		return;
	}
}

enum nw_status nw_report_text(const struct nw_results *results,
			      const struct nw_text_options *options, FILE *out,
			      struct nw_error *err)
{
	struct page page = {.out = out, .width = 80};

	if (options != NULL) {
		page.color = options->color;
		page.utc = options->utc;
		if (options->width > 0)
			page.width = options->width;
	}
	if (page.width < MIN_WIDTH)
		page.width = MIN_WIDTH;
	errno = 0;
	headline(&page, results);
	totals(&page, results);
	text_faults(&page, results);
	text_remarks(&page, results);
	if (results->verdict == NW_INCONCLUSIVE)
		what_to_check(&page, results);
	text_devices(&page, results);
	text_open_questions(&page, results);
	text_health(&page, results);
	closing(&page, results);
	return outcome_of(out, err);
}
