/* SPDX-License-Identifier: MIT
 *
 * Wrapping of help texts: see wrap.h.
 */
#include "wrap.h"

#include <stdbool.h>
#include <string.h>

#define WIDTH 79

void wrap_text(FILE *out, int column, int indent, const char *text)
{
	bool first = true;

	while (*text != '\0') {
		int length = (int)strcspn(text, " \n");
		bool fits = column + 1 + length <= WIDTH;

		if (length > 0) {
			if (!first && fits)
				column += fprintf(out, " ");
			else if (!first)
				column = fprintf(out, "\n%*s", indent, "") - 1;
			column += fprintf(out, "%.*s", length, text);
			first = false;
			text += length;
		}
		if (*text == '\n') {
			column = fprintf(out, "\n%*s", indent, "") - 1;
			first = true;
		}
		if (*text != '\0')
			text++;
	}
	fputc('\n', out);
}
