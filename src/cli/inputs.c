/* SPDX-License-Identifier: MIT
 *
 * Points as operands: see inputs.h.
 */
#include "inputs.h"

#include "complain.h"

#include <stdlib.h>
#include <string.h>

static bool is_escape(const char *text)
{
	return text[0] == '\\' && text[1] != '\0' &&
	       strchr(",#=\\", text[1]) != NULL;
}

/* Bytes before the first `c` that no backslash hides, or before the end. */
static size_t span_before(const char *text, size_t length, char c)
{
	size_t i = 0;

	while (i < length && text[i] != c)
		i += is_escape(text + i) && i + 1 < length ? 2 : 1;
	return i < length ? i : length;
}

/* A copy without the escaping backslashes; NULL: no memory. */
static char *unescaped(const char *text, size_t length)
{
	char *copy = malloc(length + 1);
	size_t used = 0;

	if (copy == NULL)
		return NULL;
	for (size_t i = 0; i < length; i++) {
		if (is_escape(text + i) && i + 1 < length)
			i++;
		copy[used++] = text[i];
	}
	copy[used] = '\0';
	return copy;
}

static bool add_input(struct plan *plan, size_t point, const char *text,
		      size_t length, struct nw_error *err)
{
	size_t file = span_before(text, length, '#');
	bool has_interface = file < length;
	struct capture capture = {.file = unescaped(text, file)};
	bool ok;

	if (has_interface)
		capture.interface =
			unescaped(text + file + 1, length - file - 1);
	if (capture.file == NULL || (has_interface && !capture.interface))
		ok = complain_no_memory(err);
	else if (*capture.file == '\0')
		ok = complain(err, NW_EUSAGE, "'%.*s': a file name is missing",
			      (int)length, text);
	else if (has_interface && *capture.interface == '\0')
		ok = complain(err, NW_EUSAGE,
			      "'%.*s': the name or number of an interface is "
			      "missing behind #",
			      (int)length, text);
	else
		ok = plan_add(plan, point, &capture, err);
	free(capture.file);
	free(capture.interface);
	return ok;
}

/* The point that the operand names, or a new one without a name. */
static size_t point_of(struct plan *plan, const char *operand, size_t length,
		       struct nw_error *err)
{
	size_t point = SIZE_MAX;
	char *name;

	if (operand[length] != '=')
		return plan_point(plan, NULL, err);
	name = unescaped(operand, length);
	if (name == NULL)
		complain_no_memory(err);
	else if (*name == '\0')
		complain(err, NW_EUSAGE, "'%s': the name before = is missing",
			 operand);
	else if (strchr(name, '/') != NULL)
		complain(err, NW_EUSAGE,
			 "'%s': a point's name has no /; in the name of a file "
			 "write \\= for =",
			 operand);
	else
		point = plan_point(plan, name, err);
	free(name);
	return point;
}

bool inputs_add(struct plan *plan, const char *operand, struct nw_error *err)
{
	size_t name = span_before(operand, strlen(operand), '=');
	const char *text = operand[name] == '=' ? operand + name + 1 : operand;
	size_t point = point_of(plan, operand, name, err);
	size_t length;

	if (point == SIZE_MAX)
		return false;
	for (;; text += length + 1) {
		length = span_before(text, strlen(text), ',');
		if (length == 0)
			return complain(err, NW_EUSAGE,
					"'%s': a file name is missing",
					operand);
		if (!add_input(plan, point, text, length, err))
			return false;
		if (text[length] == '\0')
			return true;
	}
}
