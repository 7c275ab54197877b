/* SPDX-License-Identifier: MIT
 *
 * Names made of file names. Names that collide show one folder more until
 * they differ or there are no more folders to show.
 */
#include "stem.h"

#include <stdlib.h>
#include <string.h>

void stems_fini(struct stems *stems)
{
	for (size_t i = 0; i < stems->count; i++)
		free(stems->items[i].name);
	free(stems->items);
	stems->items = NULL;
	stems->count = 0;
}

bool stems_add(struct stems *stems, const char *file, const char *name)
{
	struct stem *items =
		realloc(stems->items, (stems->count + 1) * sizeof(*items));
	struct stem added = {.file = file, .fixed = name != NULL};

	if (items == NULL)
		return false;
	stems->items = items;
	if (name != NULL) {
		added.name = strdup(name);
		if (added.name == NULL)
			return false;
	}
	items[stems->count++] = added;
	return true;
}

static bool ends_in(const char *text, size_t length, const char *end)
{
	size_t count = strlen(end);

	return length > count && memcmp(text + length - count, end, count) == 0;
}

static size_t without_one_of(const char *text, size_t length,
			     const char *const *ends)
{
	for (; *ends != NULL; ends++)
		if (ends_in(text, length, *ends))
			return length - strlen(*ends);
	return length;
}

static size_t without_number(const char *text, size_t length)
{
	size_t rest = length;

	while (rest > 0 && text[rest - 1] >= '0' && text[rest - 1] <= '9')
		rest--;
	if (rest < length && rest > 0 && text[rest - 1] == '.')
		rest--;
	return rest;
}

/* Length of the name before what marks it as a capture, or 0. */
static size_t capture_stem(const char *name)
{
	static const char *const packed[] = {".gz", ".zst", ".lz4",
					     ".xz", ".bz2", NULL};
	static const char *const kinds[] = {".pcapng", ".pcap", ".cap", NULL};
	size_t length = without_one_of(name, strlen(name), packed);
	size_t plain = without_one_of(name, length, kinds);

	if (plain < length)
		return plain;
	length = without_number(name, length);
	plain = without_one_of(name, length, kinds);
	return plain < length ? plain : 0;
}

static const char *base_of(const char *file)
{
	const char *slash = strrchr(file, '/');

	return slash != NULL ? slash + 1 : file;
}

bool stem_is_capture(const char *file)
{
	const char *base = base_of(file);

	return base[0] != '.' && capture_stem(base) > 0;
}

/* Length of a file's last component without its extension. */
static size_t stem_length(const char *base)
{
	size_t length = capture_stem(base);
	const char *dot = strrchr(base, '.');

	if (length > 0)
		return length;
	return dot != NULL && dot > base ? (size_t)(dot - base) : strlen(base);
}

/* Where the name begins that shows `parents` folders; NULL: there are not so
 * many. The root is nobody's name. */
static const char *with_parents(const char *file, size_t parents)
{
	const char *begin = base_of(file);

	for (; parents > 0; parents--) {
		if (begin == file)
			return NULL;
		begin--; /* on the slash */
		while (begin > file && begin[-1] == '/')
			begin--;
		if (begin == file)
			return NULL;
		while (begin > file && begin[-1] != '/')
			begin--;
	}
	return begin;
}

static bool make_name(const struct stems *stems, struct stem *stem)
{
	const char *begin = with_parents(stem->file, stem->parents);
	const char *base = base_of(stem->file);
	size_t length = strlen(base);

	if (stem->fixed)
		return true;
	if (strcmp(stem->file, "-") == 0) {
		begin = base = "stdin";
		length = strlen(base);
	} else if (stems->strip) {
		length = stem_length(base);
	}
	free(stem->name);
	stem->name = strndup(begin, (size_t)(base - begin) + length);
	return stem->name != NULL;
}

static bool collides(const struct stems *stems, size_t index)
{
	for (size_t i = 0; i < stems->count; i++)
		if (i != index &&
		    strcmp(stems->items[i].name, stems->items[index].name) == 0)
			return true;
	return false;
}

bool stems_settle(struct stems *stems)
{
	bool grown = true;

	for (size_t i = 0; i < stems->count; i++)
		if (!make_name(stems, &stems->items[i]))
			return false;
	while (grown) {
		grown = false;
		/* Decide for all before any name changes, so that the two of
		 * a pair are treated alike. */
		for (size_t i = 0; i < stems->count; i++) {
			struct stem *stem = &stems->items[i];

			if (stem->fixed || !collides(stems, i) ||
			    !with_parents(stem->file, stem->parents + 1))
				continue;
			stem->parents++;
			grown = true;
		}
		for (size_t i = 0; i < stems->count; i++)
			if (!make_name(stems, &stems->items[i]))
				return false;
	}
	return true;
}
