/* SPDX-License-Identifier: MIT
 *
 * Which findings the summary shows, and how fully: accusations in full as
 * long as somebody would read them, then a line each, then only their number;
 * warnings and odd behaviour as a sentence each. Consequences stand with
 * their cause (text_fault.c), translations with their device.
 */
#include "lookup.h"
#include "textpart.h"
#include "words.h"

#define SHOW_IN_FULL  5
#define SHOW_AS_LINES 20
#define SHOW_REMARKS  10

bool is_accusation(const struct nw_results *results,
		   const struct nw_finding *finding)
{
	bool serious = finding->severity == NW_CRITICAL ||
		       finding->severity == NW_ERROR;

	if (results->fail_on == NW_FAIL_ON_WARNING)
		serious = serious || finding->severity == NW_WARNING;
	return finding->class_ == NW_FAULT && serious &&
	       finding->consequence_of == 0;
}

char *who_text(const struct nw_results *results, const char *device,
	       struct nw_hop hop, char text[WHO_TEXT])
{
	if (device != NULL)
		snprintf(text, WHO_TEXT, "%s", device);
	else if (hop.before == NW_NO_POINT)
		snprintf(text, WHO_TEXT, "upstream of %s",
			 hop_behind(results, hop));
	else if (hop.behind == NW_NO_POINT)
		snprintf(text, WHO_TEXT, "downstream of %s",
			 hop_before(results, hop));
	else
		snprintf(text, WHO_TEXT, "the hop %s -> %s",
			 hop_before(results, hop), hop_behind(results, hop));
	return text;
}

static void fault_line(const struct page *page,
		       const struct nw_results *results,
		       const struct nw_finding *finding, unsigned number)
{
	char who[WHO_TEXT], count[NUMBER_TEXT], paths[COUNTED_TEXT];
	char text[PAGE_TEXT];

	if (finding->path != 0)
		snprintf(paths, sizeof(paths), "p%lu",
			 (unsigned long)finding->path);
	else
		page_counted(finding->paths_total, "connection", paths);
	page_printf(page, "%2u. ", number);
	snprintf(text, sizeof(text), "%s: %s (%s), %s, %s times",
		 who_text(results, finding->device, finding->between, who),
		 finding->kind, word_severity(finding->severity), paths,
		 page_number(finding->count, count));
	page_wrap(page, 4, 4, text);
}

void text_faults(const struct page *page, const struct nw_results *results)
{
	unsigned number = 0;

	for (size_t i = 0; i < results->finding_count; i++) {
		const struct nw_finding *finding = &results->findings[i];

		if (!is_accusation(results, finding))
			continue;
		number++;
		if (number <= SHOW_IN_FULL)
			text_fault(page, results, finding, number);
		if (number == SHOW_IN_FULL + 1)
			page_heading(page, "More faults, a line each (the JSON "
					   "report has them in full)");
		if (number > SHOW_IN_FULL &&
		    number <= SHOW_IN_FULL + SHOW_AS_LINES)
			fault_line(page, results, finding, number);
	}
	if (number > SHOW_IN_FULL + SHOW_AS_LINES) {
		char rest[NUMBER_TEXT];

		page_printf(page, "    ... and %s more in the JSON report",
			    page_number(number - SHOW_IN_FULL - SHOW_AS_LINES,
					rest));
		fputc('\n', page->out);
	}
}

static bool is_remark(const struct nw_results *results,
		      const struct nw_finding *finding)
{
	if (finding->consequence_of != 0 || is_accusation(results, finding))
		return false;
	return finding->class_ == NW_FAULT || finding->class_ == NW_BEHAVIOUR;
}

static void remark(const struct page *page, const struct nw_results *results,
		   const struct nw_finding *finding)
{
	char who[WHO_TEXT], text[PAGE_TEXT], count[COUNTED_TEXT];

	snprintf(text, sizeof(text), "%s, %s (%s): %s", finding->kind,
		 who_text(results, finding->device, finding->between, who),
		 page_counted(finding->count, "time", count),
		 finding->text != NULL ? finding->text : "");
	page_put(page, " - ");
	page_wrap(page, PAGE_INDENT, PAGE_INDENT, text);
	for (size_t i = 0; i < finding->cause_count; i++) {
		text_cause(&finding->causes[i], text);
		page_put(page, "   * ");
		page_wrap(page, PAGE_INDENT + 2, PAGE_INDENT + 2, text);
	}
}

void text_remarks(const struct page *page, const struct nw_results *results)
{
	uint64_t shown = 0;

	for (size_t i = 0; i < results->finding_count; i++) {
		if (!is_remark(results, &results->findings[i]))
			continue;
		if (shown == 0)
			page_heading(page, "Also seen");
		if (shown < SHOW_REMARKS)
			remark(page, results, &results->findings[i]);
		shown++;
	}
	if (shown > SHOW_REMARKS) {
		char rest[NUMBER_TEXT];

		page_printf(page, " - ... and %s more in the JSON report",
			    page_number(shown - SHOW_REMARKS, rest));
		fputc('\n', page->out);
	}
}
