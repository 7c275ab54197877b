/* SPDX-License-Identifier: MIT
 *
 * UTF-8 by the table of RFC 3629 section 4: no overlong forms, no
 * surrogates, nothing beyond U+10FFFF.
 */
#include "utf8.h"

#include <stdbool.h>
#include <stdint.h>

/* Lead bytes, and the range of the byte that follows; further ones are
 * 80..bf. */
static const struct {
	uint8_t first, last, low, high;
	size_t length;
} forms[] = {
	{0x01, 0x7f, 0, 0, 1},       {0xc2, 0xdf, 0x80, 0xbf, 2},
	{0xe0, 0xe0, 0xa0, 0xbf, 3}, {0xe1, 0xec, 0x80, 0xbf, 3},
	{0xed, 0xed, 0x80, 0x9f, 3}, {0xee, 0xef, 0x80, 0xbf, 3},
	{0xf0, 0xf0, 0x90, 0xbf, 4}, {0xf1, 0xf3, 0x80, 0xbf, 4},
	{0xf4, 0xf4, 0x80, 0x8f, 4},
};

static bool between(uint8_t byte, uint8_t low, uint8_t high)
{
	return byte >= low && byte <= high;
}

size_t utf8_sequence(const char *text)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t form = 0, count = sizeof(forms) / sizeof(forms[0]);

	while (form < count &&
	       !between(bytes[0], forms[form].first, forms[form].last))
		form++;
	if (form == count)
		return 0;
	for (size_t i = 1; i < forms[form].length; i++) {
		uint8_t low = i == 1 ? forms[form].low : 0x80;
		uint8_t high = i == 1 ? forms[form].high : 0xbf;

		/* The NUL at the end is outside of every range. */
		if (!between(bytes[i], low, high))
			return 0;
	}
	return forms[form].length;
}

size_t utf8_printable(const char *text)
{
	const uint8_t *bytes = (const uint8_t *)text;
	size_t length = utf8_sequence(text);

	if (length == 1 && (bytes[0] < 0x20 || bytes[0] == 0x7f))
		return 0;
	if (length == 2 && bytes[0] == 0xc2 && bytes[1] < 0xa0)
		return 0;
	return length;
}
