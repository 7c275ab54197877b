/* SPDX-License-Identifier: MIT
 *
 * Options as a table: what a command accepts, what it means, and where its
 * value goes. `--name=value` and `--name value` are the same, `--` ends the
 * options, `-` is an operand, and options may stand behind operands.
 */
#ifndef NW_OPTIONS_H
#define NW_OPTIONS_H

#include "natwitness.h"

enum option_type {
	OPTION_FLAG,   /* bool */
	OPTION_TEXT,   /* const char *, borrowed from argv */
	OPTION_NUMBER, /* uint32_t */
	OPTION_TIME,   /* int64_t, ns since 1970 */
	OPTION_CHOICE, /* int, index of the word */
};

struct option_spec {
	const char *name;     /* without the dashes */
	const char *argument; /* as the help shows it; a flag has none */
	enum option_type type;
	bool once;     /* twice is an error, since one of the two would be lost;
			  other options: the last one counts */
	size_t offset; /* of the value in the command's struct */
	const char *const *words; /* of a choice, NULL behind the last */
	const char *help;
};

/* At most 64. */
struct option_table {
	const struct option_spec *specs;
	size_t count;
};

/* Fills the struct at `values` (defaults are in it already) and moves the
 * operands to the front of `argv`; *argc becomes their number. */
bool options_parse(const struct option_table *table, int *argc, char **argv,
		   void *values, struct nw_error *err);

/* Prints each option with its explanation. */
void options_help(const struct option_table *table, FILE *out);

#endif
