/* SPDX-License-Identifier: MIT
 *
 * Wrapping of the program's own help texts (ASCII) to 79 columns.
 */
#ifndef NW_WRAP_H
#define NW_WRAP_H

#include <stdio.h>

/* Prints `text` with the cursor at `column`; further lines are indented by
 * `indent` blanks. A line break in the text begins a new line. Ends the
 * line. */
void wrap_text(FILE *out, int column, int indent, const char *text);

#endif
