/* SPDX-License-Identifier: MIT
 *
 * What the kinds of findings mean, in words.
 */
#ifndef NW_EXPLAIN_TEXTS_H
#define NW_EXPLAIN_TEXTS_H

#include <stddef.h>

struct explanation {
	const char *kind;
	const char *class_; /* "fault, critical", "translation", ... */
	const char *brief;  /* one line for the list */
	const char *means, *proved, *remedy;
};

/* Those of numbers come first. NULL: there are not so many. */
const struct explanation *explanation_at(size_t i);

extern const struct explanation number_explanations[];
extern const size_t number_explanation_count;

#endif
