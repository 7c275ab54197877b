/* SPDX-License-Identifier: MIT
 *
 * The devices, guilty or cleared, with the number of comparisons: an
 * acquittal is worth as much as the evidence that it rests on.
 */
#include "lookup.h"
#include "textpart.h"
#include "words.h"

#include <ctype.h>
#include <string.h>

#define SHOW_KINDS 10
#define NAME_WIDTH 20

static enum ink ink_of(enum nw_device_verdict verdict)
{
	switch (verdict) {
	case NW_DEVICE_CORRUPTS:
		return INK_BAD;
	case NW_DEVICE_SUSPECT:
	case NW_DEVICE_MASKS:
		return INK_WARN;
	case NW_DEVICE_TRANSLATES:
	case NW_DEVICE_TRANSPARENT:
		return INK_GOOD;
	case NW_DEVICE_NOT_EXERCISED:
	case NW_DEVICE_NOT_OBSERVABLE:
		return INK_FAINT;
	}
	return INK_PLAIN;
}

/* Cleared devices need no words; the others do. */
static bool needs_words(enum nw_device_verdict verdict)
{
	return verdict != NW_DEVICE_TRANSLATES &&
	       verdict != NW_DEVICE_TRANSPARENT;
}

static bool is_of_device(const struct nw_results *results,
			 const struct nw_device *device,
			 const struct nw_finding *finding)
{
	for (size_t i = 0; i < device->finding_count; i++)
		if (device->findings[i] == finding->id)
			return true;
	return hop_equal(device->between, finding->between) &&
	       devices_in_hop(results, device->between) == 1;
}

struct phrases {
	const char *items[SHOW_KINDS];
	size_t count;
};

static void phrases_add(struct phrases *phrases, const char *phrase)
{
	for (size_t i = 0; i < phrases->count; i++)
		if (strcmp(phrases->items[i], phrase) == 0)
			return;
	if (phrases->count < SHOW_KINDS)
		phrases->items[phrases->count++] = phrase;
}

/* "source NAT, shifts timestamps", each once; "" for none. */
static void translations(const struct nw_results *results,
			 const struct nw_device *device, char text[PAGE_TEXT])
{
	struct phrases phrases = {.count = 0};
	size_t used = 0;

	for (size_t i = 0; i < results->finding_count; i++) {
		const struct nw_finding *finding = &results->findings[i];

		if (finding->class_ == NW_TRANSLATION &&
		    is_of_device(results, device, finding))
			phrases_add(&phrases, word_translation(finding->kind));
	}
	text[0] = '\0';
	for (size_t i = 0; i < phrases.count && used < PAGE_TEXT; i++)
		used += (size_t)snprintf(text + used, PAGE_TEXT - used, "%s%s",
					 i > 0 ? ", " : "", phrases.items[i]);
}

/* "source NAT; 1,234 comparisons, 0 violations" */
static void describe(const struct nw_results *results,
		     const struct nw_device *device, char text[PAGE_TEXT])
{
	char compared_text[COUNTED_TEXT], violations_text[COUNTED_TEXT];
	uint64_t compared = 0, violations = 0;
	size_t used;

	for (size_t i = 0; i < device->check_count; i++) {
		compared += device->checks[i].compared;
		violations += device->checks[i].violations;
	}
	translations(results, device, text);
	used = strlen(text);
	if (used > 0)
		used += (size_t)snprintf(text + used, PAGE_TEXT - used, "; ");
	if (used >= PAGE_TEXT)
		return;
	if (compared == 0)
		snprintf(text + used, PAGE_TEXT - used, "nothing was compared");
	else
		snprintf(
			text + used, PAGE_TEXT - used, "%s, %s",
			page_counted(compared, "comparison", compared_text),
			page_counted(violations, "violation", violations_text));
}

/* A hop without a named device is called by its points. */
static char *name_text(const struct nw_results *results,
		       const struct nw_device *device, char text[WHO_TEXT])
{
	if (device->name != NULL)
		snprintf(text, WHO_TEXT, "%s", device->name);
	else
		snprintf(text, WHO_TEXT, "%s -> %s",
			 hop_before(results, device->between),
			 hop_behind(results, device->between));
	return text;
}

static unsigned verdict_cell(const struct page *page,
			     enum nw_device_verdict verdict)
{
	const char *word = word_device(verdict);
	bool loud =
		verdict == NW_DEVICE_CORRUPTS || verdict == NW_DEVICE_SUSPECT;

	page_ink(page, ink_of(verdict));
	for (const char *c = word; *c != '\0'; c++)
		fputc(loud ? toupper((unsigned char)*c) : *c, page->out);
	page_ink(page, INK_PLAIN);
	return (unsigned)strlen(word);
}

struct widths {
	unsigned name, verdict;
};

static struct widths measure(const struct nw_results *results)
{
	struct widths widths = {0};
	char name[WHO_TEXT];

	for (size_t i = 0; i < results->device_count; i++) {
		const struct nw_device *device = &results->devices[i];
		unsigned columns =
			page_columns(name_text(results, device, name));
		unsigned verdict =
			(unsigned)strlen(word_device(device->verdict));

		/* Longer names get a line of their own. */
		if (columns > widths.name && columns <= NAME_WIDTH)
			widths.name = columns;
		if (verdict > widths.verdict)
			widths.verdict = verdict;
	}
	return widths;
}

static void device_row(const struct page *page,
		       const struct nw_results *results,
		       const struct nw_device *device,
		       const struct widths *widths)
{
	unsigned name_width = widths->name;
	unsigned column = PAGE_INDENT + name_width + 2;
	unsigned text_column = column + widths->verdict + 2;
	char name[WHO_TEXT], text[PAGE_TEXT];

	page_blanks(page, PAGE_INDENT);
	page_cell(page, name_text(results, device, name), name_width);
	if (page_columns(name) > name_width) {
		fputc('\n', page->out);
		page_blanks(page, PAGE_INDENT + name_width);
	}
	page_put(page, "  ");
	column += verdict_cell(page, device->verdict);
	page_blanks(page, text_column - column);
	describe(results, device, text);
	page_wrap(page, text_column, text_column, text);
	if (!needs_words(device->verdict))
		return;
	if (device->why != NULL) {
		page_blanks(page, text_column);
		page_wrap(page, text_column, text_column, device->why);
	}
	if (device->refuted_by != NULL) {
		page_blanks(page, text_column);
		page_put(page, "refuted by: ");
		page_wrap(page, text_column + 12, text_column,
			  device->refuted_by);
	}
}

void text_devices(const struct page *page, const struct nw_results *results)
{
	struct widths widths = measure(results);

	if (results->device_count == 0)
		return;
	page_heading(page, "Devices");
	for (size_t i = 0; i < results->device_count; i++)
		device_row(page, results, &results->devices[i], &widths);
}
