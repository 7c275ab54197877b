/* SPDX-License-Identifier: MIT
 *
 * The parts of the summary for people, in the order in which they are read.
 * A part that has nothing to say prints nothing.
 */
#ifndef NW_TEXTPART_H
#define NW_TEXTPART_H

#include "natwitness.h"
#include "page.h"

/* The faults: what is wrong, where, how one can see it. */
void text_faults(const struct page *page, const struct nw_results *results);

/* Warnings, and odd behaviour that no fault explains. */
void text_remarks(const struct page *page, const struct nw_results *results);

/* A row per device: guilty, cleared, or why not known. */
void text_devices(const struct page *page, const struct nw_results *results);

/* What could not be decided, and where to capture next. */
void text_open_questions(const struct page *page,
			 const struct nw_results *results);

/* What is wrong with the captures themselves. */
void text_health(const struct page *page, const struct nw_results *results);

/* Shared by the parts. */

/* One fault in full, numbered. */
void text_fault(const struct page *page, const struct nw_results *results,
		const struct nw_finding *finding, unsigned number);

/* The frames that prove it. */
void text_frames(const struct page *page, const struct nw_results *results,
		 const struct nw_finding *finding);

/* "untranslated (confirmed, p 1.0e-09): why" */
char *text_cause(const struct nw_cause *cause, char text[PAGE_TEXT]);

/* A number, several, a text, or "nothing". */
#define VALUE_TEXT 160
char *value_text(const struct nw_value *value, char text[VALUE_TEXT]);

/* Faults that make the exit code 1, and are nobody's consequence. */
bool is_accusation(const struct nw_results *results,
		   const struct nw_finding *finding);

/* "lb", "the hop fw1-out -> fw2-out", "upstream of client". */
#define WHO_TEXT 256
char *who_text(const struct nw_results *results, const char *device,
	       struct nw_hop hop, char text[WHO_TEXT]);

#endif
