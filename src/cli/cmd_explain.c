/* SPDX-License-Identifier: MIT
 *
 * natwitness explain: what a kind of finding means, how it is proved, what to
 * do about it.
 */
#include "cmd.h"
#include "complain.h"
#include "explain_texts.h"
#include "nearest.h"
#include "options.h"
#include "wrap.h"

#include <string.h>

#define LIST_COLUMN 29

static const struct option_spec specs[] = {
	{"help", NULL, OPTION_FLAG, false, 0, NULL, "Print this and exit."},
};

static const struct option_table options = {specs,
					    sizeof(specs) / sizeof(specs[0])};

static void help(void)
{
	puts("usage: natwitness explain [KIND]\n"
	     "\n"
	     "Says what a kind of finding means, how it is proved and what to "
	     "do about it.\n"
	     "Without KIND: lists all kinds.\n"
	     "\n"
	     "options:");
	options_help(&options, stdout);
}

static void list(void)
{
	const struct explanation *e;

	for (size_t i = 0; (e = explanation_at(i)) != NULL; i++) {
		int column = printf("%s", e->kind);

		printf("%*s", LIST_COLUMN - column, "");
		wrap_text(stdout, LIST_COLUMN, LIST_COLUMN, e->brief);
	}
}

static void section(const char *heading, const char *text)
{
	printf("\n%s\n  ", heading);
	wrap_text(stdout, 2, 2, text);
}

static void explain(const struct explanation *explanation)
{
	printf("%s (%s)\n  ", explanation->kind, explanation->class_);
	wrap_text(stdout, 2, 2, explanation->brief);
	section("What it means", explanation->means);
	section("How it is proved", explanation->proved);
	section("What to do", explanation->remedy);
}

static int unknown(const char *kind)
{
	struct nearest nearest = nearest_to(kind);
	const struct explanation *e;

	for (size_t i = 0; (e = explanation_at(i)) != NULL; i++)
		nearest_offer(&nearest, e->kind);
	fprintf(stderr, "natwitness: there is no finding kind '%s'", kind);
	if (nearest.best != NULL)
		fprintf(stderr, "; did you mean %s?", nearest.best);
	fprintf(stderr, "\nnatwitness: 'natwitness explain' lists them all.\n");
	return EXIT_TROUBLE;
}

int cmd_explain(int argc, char **argv)
{
	struct nw_error err = {.status = NW_OK};
	const struct explanation *e;
	bool wants_help = false;

	if (options_parse(&options, &argc, argv, &wants_help, &err) && argc > 1)
		complain(&err, NW_EUSAGE, "explain takes one kind at a time");
	if (err.status != NW_OK) {
		complain_print(&err, "explain");
		return EXIT_TROUBLE;
	}
	if (wants_help) {
		help();
		return 0;
	}
	if (argc == 0) {
		list();
		return 0;
	}
	for (size_t i = 0; (e = explanation_at(i)) != NULL; i++) {
		if (strcmp(e->kind, argv[0]) != 0)
			continue;
		explain(e);
		return 0;
	}
	return unknown(argv[0]);
}
