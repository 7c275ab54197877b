/* SPDX-License-Identifier: MIT
 *
 * One fault in full: what happened, where in the path of the connection,
 * which numbers, in which frames, since when it can be explained, and what it
 * led to. Sequence numbers are printed as Wireshark prints them, without
 * grouping, so that they can be searched for.
 */
#include "lookup.h"
#include "textpart.h"
#include "words.h"

#include <ctype.h>
#include <inttypes.h>
#include <math.h>
#include <string.h>

#define SHOW_FLOWS        16
#define SHOW_CAUSES       3
#define SHOW_CONSEQUENCES 6
#define SIDE_TEXT         (NW_ADDRESS_TEXT + 10)

static char *side_text(const struct nw_endpoint *end, char text[SIDE_TEXT])
{
	char address[NW_ADDRESS_TEXT];

	snprintf(text, SIDE_TEXT, end->family == 6 ? "[%s]:%u" : "%s:%u",
		 nw_address_text(end, address), (unsigned)end->port);
	return text;
}

static const char *direction_phrase(enum nw_direction direction)
{
	switch (direction) {
	case NW_FROM_CLIENT:
		return "client to server";
	case NW_FROM_SERVER:
		return "server to client";
	case NW_BOTH:
		return "both directions";
	}
	return "?";
}

static void title(const struct page *page, const struct nw_results *results,
		  const struct nw_finding *finding, unsigned number)
{
	const char *severity = word_severity(finding->severity);
	char who[WHO_TEXT], text[PAGE_TEXT];
	int column = snprintf(text, sizeof(text), "%u. ", number);

	fputc('\n', page->out);
	page_ink(page, INK_BOLD);
	page_put(page, text);
	page_ink(page, INK_BAD);
	for (; *severity != '\0'; severity++, column++)
		fputc(toupper((unsigned char)*severity), page->out);
	page_ink(page, INK_PLAIN);
	page_ink(page, INK_BOLD);
	fputc(' ', page->out);
	snprintf(text, sizeof(text), "%s: %s, %s",
		 who_text(results, finding->device, finding->between, who),
		 finding->kind, direction_phrase(finding->direction));
	page_wrap(page, (unsigned)column + 1, PAGE_INDENT, text);
	page_ink(page, INK_PLAIN);
	/* The headline may have said it in the same words. */
	if (finding->text != NULL &&
	    (results->why == NULL ||
	     strcmp(finding->text, results->why) != 0)) {
		page_blanks(page, PAGE_INDENT);
		page_wrap(page, PAGE_INDENT, PAGE_INDENT, finding->text);
	}
	fputc('\n', page->out);
}

static void labelled(const struct page *page, const char *label,
		     const char *word, const char *text, enum ink ink)
{
	page_label(page, label);
	page_printf(page, "%s ", word);
	page_ink(page, ink);
	page_put(page, text);
	page_ink(page, INK_PLAIN);
}

static void values(const struct page *page, const struct nw_finding *finding)
{
	char text[VALUE_TEXT];
	const char *field = finding->field != NULL ? finding->field : "";

	if (finding->expected.type == NW_NULL &&
	    finding->observed.type == NW_NULL)
		return;
	labelled(page, field, "expected", value_text(&finding->expected, text),
		 INK_GOOD);
	fputc('\n', page->out);
	labelled(page, "", "observed", value_text(&finding->observed, text),
		 INK_BAD);
	if (finding->difference.type == NW_NUMBER)
		page_printf(page, "  (%+" PRId64 ")",
			    finding->difference.number);
	else if (finding->difference.type != NW_NULL)
		page_printf(page, "  (difference %s)",
			    value_text(&finding->difference, text));
	fputc('\n', page->out);
}

static void where(const struct page *page, const struct nw_results *results,
		  const struct nw_finding *finding)
{
	struct nw_hop hop = finding->between;
	char count[NUMBER_TEXT], exposure[COUNTED_TEXT];

	if (hop.before == NW_NO_POINT)
		page_item(page, "Where", "already wrong at %s: upstream of it",
			  hop_behind(results, hop));
	else if (hop.behind == NW_NO_POINT)
		page_item(page, "Where",
			  "already wrong at %s: downstream of it",
			  hop_before(results, hop));
	else
		page_item(page, "Where", "between %s and %s",
			  hop_before(results, hop), hop_behind(results, hop));
	page_item(page, "How often", "%s of %s that could show it",
		  page_number(finding->count, count),
		  page_counted(finding->exposure, "segment", exposure));
	if (finding->onset.known && finding->onset.text != NULL)
		page_item(page, "Onset", "%s", finding->onset.text);
	if (finding->path == 0)
		page_item(page, "Connections", "%s",
			  page_number(finding->paths_total, count));
}

/* The line that crosses the table of a connection where it is wounded. */
static void wound(const struct page *page, const struct nw_results *results,
		  const struct nw_finding *finding)
{
	char who[WHO_TEXT];

	page_blanks(page, PAGE_INDENT);
	page_ink(page, INK_BAD);
	page_printf(page, "---- %s: the fault is here ----",
		    who_text(results, finding->device, finding->between, who));
	page_ink(page, INK_PLAIN);
	fputc('\n', page->out);
}

/* Widths of the table of a connection; `stacked`: a row does not fit a line
 * and is written in three. */
struct columns {
	unsigned point, client;
	bool stacked;
};

static unsigned larger(unsigned a, unsigned b)
{
	return a > b ? a : b;
}

static struct columns measure(const struct page *page,
			      const struct nw_results *results,
			      const struct nw_path *path)
{
	struct columns columns = {0};
	unsigned server = 0;
	char side[SIDE_TEXT];

	for (size_t i = 0; i < path->flow_count && i < SHOW_FLOWS; i++) {
		const struct nw_flow *flow = &path->flows[i];
		const char *point = point_name(results, flow->point);

		columns.point = larger(columns.point, page_columns(point));
		side_text(&flow->client, side);
		columns.client = larger(columns.client, page_columns(side));
		side_text(&flow->server, side);
		server = larger(server, page_columns(side));
	}
	columns.stacked =
		PAGE_INDENT + columns.point + 2 + columns.client + 4 + server >
		page->width;
	return columns;
}

static void flow_row(const struct page *page, const struct nw_results *results,
		     const struct nw_flow *flow, const struct columns *columns)
{
	char client[SIDE_TEXT], server[SIDE_TEXT];

	side_text(&flow->client, client);
	side_text(&flow->server, server);
	page_blanks(page, PAGE_INDENT);
	page_cell(page, point_name(results, flow->point),
		  columns->stacked ? 0 : columns->point);
	if (columns->stacked) {
		fprintf(page->out, "\n%*s%s\n%*s-> %s\n", PAGE_INDENT + 5, "",
			client, PAGE_INDENT + 2, "", server);
		return;
	}
	page_put(page, "  ");
	page_cell(page, client, columns->client);
	fprintf(page->out, " -> %s\n", server);
}

/* Has a fault before this one in the list shown the connection already? */
static bool is_shown(const struct nw_results *results,
		     const struct nw_finding *finding, uint32_t path)
{
	for (const struct nw_finding *f = results->findings; f < finding; f++)
		if (f->path == path && is_accusation(results, f))
			return true;
	return false;
}

/* The connection's name at each point, with the guilty hop between. */
static void connection(const struct page *page,
		       const struct nw_results *results,
		       const struct nw_finding *finding)
{
	uint32_t id = finding->path;
	const struct nw_path *path;
	bool marked = false;
	struct columns columns;

	if (id == 0 && finding->path_count > 0)
		id = finding->paths[0];
	path = path_by_id(results, id);
	if (path == NULL ||
	    (finding->path == 0 && is_shown(results, finding, id)))
		return;
	columns = measure(page, results, path);
	fputc('\n', page->out);
	page_blanks(page, PAGE_INDENT);
	page_printf(page, "Connection p%lu%s, match %s", (unsigned long)id,
		    finding->path == 0 ? " (the first of them)" : "",
		    word_match(path->match_class));
	fputc('\n', page->out);
	for (size_t i = 0; i < path->flow_count && i < SHOW_FLOWS; i++) {
		uint32_t point = path->flows[i].point;

		if (!marked && finding->between.behind != NW_NO_POINT &&
		    point >= finding->between.behind) {
			wound(page, results, finding);
			marked = true;
		}
		flow_row(page, results, &path->flows[i], &columns);
	}
	if (!marked)
		wound(page, results, finding);
}

char *text_cause(const struct nw_cause *cause, char text[PAGE_TEXT])
{
	char chance[32] = "";

	if (isfinite(cause->p))
		snprintf(chance, sizeof(chance), ", p %.1e", cause->p);
	snprintf(text, PAGE_TEXT, "%s (%s%s)%s%s", cause->hypothesis,
		 word_claim(cause->claim), chance,
		 cause->text != NULL ? ": " : "",
		 cause->text != NULL ? cause->text : "");
	return text;
}

static void causes(const struct page *page, const struct nw_finding *finding)
{
	if (finding->cause_count == 0)
		return;
	fputc('\n', page->out);
	for (size_t i = 0; i < finding->cause_count && i < SHOW_CAUSES; i++) {
		char text[PAGE_TEXT];

		page_item(page, i == 0 ? "Cause" : "or", "%s",
			  text_cause(&finding->causes[i], text));
	}
}

static void consequences(const struct page *page,
			 const struct nw_results *results,
			 const struct nw_finding *finding)
{
	for (size_t i = 0; i < finding->consequence_count; i++) {
		const struct nw_finding *led =
			finding_by_id(results, finding->consequences[i]);
		char count[COUNTED_TEXT];

		if (i == SHOW_CONSEQUENCES) {
			page_item(page, "", "... more in the JSON report");
			return;
		}
		if (led != NULL)
			page_item(page, i == 0 ? "Led to" : "", "%s (%s): %s",
				  led->kind,
				  page_counted(led->count, "time", count),
				  led->text != NULL ? led->text : "");
	}
}

void text_fault(const struct page *page, const struct nw_results *results,
		const struct nw_finding *finding, unsigned number)
{
	title(page, results, finding, number);
	values(page, finding);
	where(page, results, finding);
	connection(page, results, finding);
	text_frames(page, results, finding);
	causes(page, finding);
	consequences(page, results, finding);
}
