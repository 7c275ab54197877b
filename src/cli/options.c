/* SPDX-License-Identifier: MIT
 *
 * Options as a table: see options.h.
 */
#include "options.h"

#include "complain.h"
#include "nearest.h"
#include "timearg.h"
#include "wrap.h"

#include <string.h>

#define HELP_COLUMN 24

/* What is known while one argument is parsed. */
struct parser {
	const struct option_table *table;
	uint64_t seen; /* a bit per option */
	void *values;
	struct nw_error *err;
};

static bool unknown(const struct parser *parser, const char *argument,
		    size_t length)
{
	char name[32] = "";
	struct nearest nearest;

	if (length < sizeof(name))
		memcpy(name, argument, length);
	nearest = nearest_to(name);
	for (size_t i = 0; i < parser->table->count; i++)
		nearest_offer(&nearest, parser->table->specs[i].name);
	if (name[0] == '\0' || nearest.best == NULL)
		return complain(parser->err, NW_EUSAGE, "unknown option --%.*s",
				(int)length, argument);
	return complain(parser->err, NW_EUSAGE,
			"unknown option --%s; did you mean --%s?", name,
			nearest.best);
}

static bool set_number(const struct parser *parser,
		       const struct option_spec *spec, const char *text,
		       uint32_t *number)
{
	uint64_t value = 0;
	const char *c = text;

	for (; *c >= '0' && *c <= '9' && value <= UINT32_MAX; c++)
		value = value * 10 + (uint64_t)(*c - '0');
	if (c == text || *c != '\0' || value == 0 || value > UINT32_MAX)
		return complain(parser->err, NW_EUSAGE,
				"--%s %s: not a number from 1 to %lu",
				spec->name, text, (unsigned long)UINT32_MAX);
	*number = (uint32_t)value;
	return true;
}

static bool set_choice(const struct parser *parser,
		       const struct option_spec *spec, const char *text,
		       int *choice)
{
	for (int i = 0; spec->words[i] != NULL; i++) {
		if (strcmp(spec->words[i], text) == 0) {
			*choice = i;
			return true;
		}
	}
	return complain(parser->err, NW_EUSAGE, "--%s %s: must be %s",
			spec->name, text, spec->argument);
}

static bool set_time(const struct parser *parser,
		     const struct option_spec *spec, const char *text,
		     int64_t *time_ns)
{
	if (timearg_parse(text, time_ns))
		return true;
	return complain(parser->err, NW_EUSAGE,
			"--%s %s: not a time; write 2024-05-01T12:00:00Z, "
			"2024-05-01T12:00:00+02:00 or seconds since 1970",
			spec->name, text);
}

static bool set(const struct parser *parser, const struct option_spec *spec,
		const char *text)
{
	void *value = (char *)parser->values + spec->offset;

	switch (spec->type) {
	case OPTION_FLAG:
		*(bool *)value = true;
		return true;
	case OPTION_TEXT:
		if (*text == '\0')
			return complain(parser->err, NW_EUSAGE,
					"--%s: %s is empty", spec->name,
					spec->argument);
		*(const char **)value = text;
		return true;
	case OPTION_NUMBER:
		return set_number(parser, spec, text, value);
	case OPTION_TIME:
		return set_time(parser, spec, text, value);
	case OPTION_CHOICE:
		return set_choice(parser, spec, text, value);
	}
	return false;
}

static bool not_twice(struct parser *parser, const struct option_spec *spec)
{
	uint64_t bit = UINT64_C(1) << (spec - parser->table->specs);

	if (spec->once && (parser->seen & bit) != 0)
		return complain(parser->err, NW_EUSAGE, "--%s is given twice",
				spec->name);
	parser->seen |= bit;
	return true;
}

/* One option, `argument` being what stands behind the dashes and `next` the
 * argument behind it or NULL. *used becomes 2 when `next` is its value. */
static bool parse_one(struct parser *parser, const char *argument,
		      const char *next, int *used)
{
	size_t length = strcspn(argument, "=");
	const char *text =
		argument[length] == '=' ? argument + length + 1 : NULL;
	const struct option_spec *spec = NULL;

	for (size_t i = 0; i < parser->table->count; i++)
		if (strlen(parser->table->specs[i].name) == length &&
		    memcmp(parser->table->specs[i].name, argument, length) == 0)
			spec = &parser->table->specs[i];
	*used = 1;
	if (spec == NULL)
		return unknown(parser, argument, length);
	if (spec->type == OPTION_FLAG && text != NULL)
		return complain(parser->err, NW_EUSAGE, "--%s takes no value",
				spec->name);
	if (spec->type != OPTION_FLAG && text == NULL) {
		if (next == NULL || strncmp(next, "--", 2) == 0)
			return complain(parser->err, NW_EUSAGE,
					"--%s needs a value: %s", spec->name,
					spec->argument);
		text = next;
		*used = 2;
	}
	return not_twice(parser, spec) && set(parser, spec, text);
}

bool options_parse(const struct option_table *table, int *argc, char **argv,
		   void *values, struct nw_error *err)
{
	struct parser parser = {.table = table, .values = values, .err = err};
	int operands = 0, used, i = 0;

	while (i < *argc && strcmp(argv[i], "--") != 0) {
		if (argv[i][0] != '-' || argv[i][1] == '\0') {
			argv[operands++] = argv[i++];
			continue;
		}
		if (strcmp(argv[i], "-h") == 0)
			argv[i] = "--help";
		if (argv[i][1] != '-')
			return complain(err, NW_EUSAGE, "unknown option %s",
					argv[i]);
		if (!parse_one(&parser, argv[i] + 2,
			       i + 1 < *argc ? argv[i + 1] : NULL, &used))
			return false;
		i += used;
	}
	for (i++; i < *argc; i++)
		argv[operands++] = argv[i];
	*argc = operands;
	return true;
}

void options_help(const struct option_table *table, FILE *out)
{
	for (size_t i = 0; i < table->count; i++) {
		const struct option_spec *spec = &table->specs[i];
		bool flag = spec->type == OPTION_FLAG;
		int column =
			fprintf(out, "  --%s%s%s", spec->name, flag ? "" : " ",
				flag ? "" : spec->argument);

		if (column >= HELP_COLUMN - 1)
			column = fprintf(out, "\n") - 1;
		fprintf(out, "%*s", HELP_COLUMN - column, "");
		wrap_text(out, HELP_COLUMN, HELP_COLUMN, spec->help);
	}
}
