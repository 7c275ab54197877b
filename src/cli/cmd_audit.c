/* SPDX-License-Identifier: MIT
 *
 * natwitness audit: points in, verdict out.
 *
 * The outputs are settled before the captures are read - an hour of reading
 * must not end with a folder that cannot be written - and the JSON report
 * takes its place only after the summary was written as well: exit code 2
 * always means that an old report is untouched.
 */
#include "cmd.h"
#include "complain.h"
#include "inputs.h"
#include "options.h"
#include "outfile.h"
#include "progress.h"
#include "topofile.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

enum when { WHEN_AUTO, WHEN_ALWAYS, WHEN_NEVER };

struct arguments {
	bool help, all_paths, utc, quiet;
	const char *topology, *json, *filter;
	uint32_t max_findings, threads;
	int64_t from_ns, to_ns;
	int fail_on, color, progress;
};

static const char *const when_words[] = {"auto", "always", "never", NULL};
/* In the order of enum nw_severity_floor. */
static const char *const floor_words[] = {"error", "critical", "warning", NULL};

#define AT(member) offsetof(struct arguments, member)

static const struct option_spec specs[] = {
	{"topology", "FILE", OPTION_TEXT, true, AT(topology), NULL,
	 "Read points and devices from a topology file (JSON) instead of the "
	 "command line. Captures are looked for beside that file."},
	{"json", "FILE", OPTION_TEXT, true, AT(json), NULL,
	 "Write the full report as JSON. An existing file is replaced only "
	 "when the audit succeeds. - is standard output, and then there is no "
	 "summary."},
	{"all-paths", NULL, OPTION_FLAG, false, AT(all_paths), NULL,
	 "List the connections without faults in the report too."},
	{"max-findings", "N", OPTION_NUMBER, false, AT(max_findings), NULL,
	 "List at most N findings (default 1000). All are counted."},
	{"filter", "BPF", OPTION_TEXT, true, AT(filter), NULL,
	 "Read only packets that match, at every point, in tcpdump's "
	 "language. Mind that addresses differ on both sides of a NAT."},
	{"from", "TIME", OPTION_TIME, true, AT(from_ns), NULL,
	 "Ignore packets before TIME: 2024-05-01T12:00:00Z, with +02:00 "
	 "instead of Z, or seconds since 1970; fractions are welcome."},
	{"to", "TIME", OPTION_TIME, true, AT(to_ns), NULL,
	 "Ignore packets from TIME on."},
	{"fail-on", "critical|error|warning", OPTION_CHOICE, false, AT(fail_on),
	 floor_words,
	 "The least severe fault that makes the exit code 1 (default error)."},
	{"threads", "N", OPTION_NUMBER, false, AT(threads), NULL,
	 "Use N threads (default: one per core). The result is the same."},
	{"utc", NULL, OPTION_FLAG, false, AT(utc), NULL,
	 "Print times in UTC, not in local time. The JSON report counts "
	 "nanoseconds since 1970 UTC in any case."},
	{"color", "auto|always|never", OPTION_CHOICE, false, AT(color),
	 when_words,
	 "Colour the summary; auto: on a terminal, unless NO_COLOR is set."},
	{"quiet", NULL, OPTION_FLAG, false, AT(quiet), NULL,
	 "No summary and no progress: the exit code tells."},
	{"progress", "auto|always|never", OPTION_CHOICE, false, AT(progress),
	 when_words,
	 "Show on standard error how far the reading is; auto: on a "
	 "terminal."},
	{"help", NULL, OPTION_FLAG, false, AT(help), NULL,
	 "Print this and exit."},
};

static const struct option_table options = {specs,
					    sizeof(specs) / sizeof(specs[0])};

static void help(void)
{
	puts("usage: natwitness audit [options] [NAME=]INPUT[,INPUT...] ...\n"
	     "       natwitness audit [options] --topology FILE\n"
	     "\n"
	     "Each operand is a point where packets were captured, in order, "
	     "client side\n"
	     "first. INPUT is a capture, a folder of captures, or - for "
	     "standard input;\n"
	     "FILE#IFACE takes one interface of it. A point without NAME is "
	     "called after\n"
	     "its file. NAME= again adds captures to the same point. A "
	     "backslash before\n"
	     ", # = or \\ takes it literally.\n"
	     "\n"
	     "options:");
	options_help(&options, stdout);
	puts("\n"
	     "exit code: 0 consistent, 1 a fault was found, 2 trouble (no "
	     "report is written),\n"
	     "           3 nothing could be compared");
}

/* ---- what to audit ---- */

static bool make_plan(struct plan *plan, const struct arguments *arguments,
		      int argc, char **argv, struct nw_error *err)
{
	if (arguments->topology != NULL && argc > 0)
		return complain(err, NW_EUSAGE,
				"--topology names all points; '%s' is one too "
				"many",
				argv[0]);
	if (arguments->topology == NULL && argc == 0)
		return complain(err, NW_EUSAGE, "no captures are given");
	if (arguments->topology != NULL &&
	    !topofile_read(plan, arguments->topology, err))
		return false;
	for (int i = 0; i < argc; i++)
		if (!inputs_add(plan, argv[i], err))
			return false;
	return plan_finish(plan, err);
}

static bool check(const struct arguments *arguments, struct nw_error *err)
{
	if (arguments->from_ns != 0 && arguments->to_ns != 0 &&
	    arguments->from_ns >= arguments->to_ns)
		return complain(err, NW_EUSAGE,
				"--from is not before --to: no packet can lie "
				"between");
	return true;
}

/* ---- what to show ---- */

static bool is_plain_terminal(int fd)
{
	const char *term = getenv("TERM");

	return isatty(fd) && (term == NULL || strcmp(term, "dumb") != 0);
}

static bool wants_color(int when)
{
	const char *no_color = getenv("NO_COLOR");

	if (when == WHEN_AUTO)
		return is_plain_terminal(STDOUT_FILENO) &&
		       (no_color == NULL || *no_color == '\0');
	return when == WHEN_ALWAYS;
}

static bool wants_progress(const struct arguments *arguments)
{
	if (arguments->progress == WHEN_AUTO)
		return !arguments->quiet && is_plain_terminal(STDERR_FILENO);
	return arguments->progress == WHEN_ALWAYS;
}

/* Longer lines than a hundred columns are hard to read. */
static uint32_t text_width(void)
{
	struct winsize size;

	if (!isatty(STDOUT_FILENO) ||
	    ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) != 0 || size.ws_col == 0)
		return 80;
	return size.ws_col < 100 ? size.ws_col : 100;
}

/* ---- the audit ---- */

static struct nw_audit *make_audit(const struct arguments *arguments,
				   const struct plan *plan,
				   struct progress *progress,
				   struct nw_error *err)
{
	struct nw_options asked = {
		.all_paths = arguments->all_paths,
		.max_findings = arguments->max_findings,
		.threads = arguments->threads,
		.filter = arguments->filter,
		.from_ns = arguments->from_ns,
		.to_ns = arguments->to_ns,
		.fail_on = (enum nw_severity_floor)arguments->fail_on,
	};
	struct nw_audit *audit;

	if (wants_progress(arguments)) {
		asked.progress = progress_update;
		asked.progress_context = progress;
	}
	audit = nw_audit_new(&asked, err);
	if (audit != NULL && plan_apply(plan, audit, err))
		return audit;
	nw_audit_free(audit);
	return NULL;
}

static bool run(struct nw_audit *audit, struct nw_error *err)
{
	return nw_audit_run(audit, err) == NW_OK;
}

/* Which of the outputs it was that could not be written. */
static bool failed(const char *output, const struct nw_error *why,
		   struct nw_error *err)
{
	return complain(err, why->status, "%s: %s", output, why->text);
}

/* Writes all that was asked for; nothing is final before the last step. */
static bool report(const struct nw_results *results,
		   const struct arguments *arguments, struct outfile *json,
		   struct nw_error *err)
{
	struct nw_text_options text = {.color = wants_color(arguments->color),
				       .utc = arguments->utc,
				       .width = text_width()};
	struct nw_error why = {.status = NW_OK};

	if (json->stream != NULL &&
	    nw_report_json(results, json->stream, &why) != NW_OK)
		return failed(json->name, &why, err);
	if (!arguments->quiet && !json->is_stdout &&
	    nw_report_text(results, &text, stdout, &why) != NW_OK)
		return failed("standard output", &why, err);
	return json->stream == NULL || outfile_commit(json, err);
}

static int audit(const struct arguments *arguments, const struct plan *plan,
		 struct nw_error *err)
{
	struct outfile json = {0};
	struct progress progress;
	struct nw_audit *audit = NULL;
	int code = EXIT_TROUBLE;
	bool ok = true;

	outfile_guard_signals();
	if (arguments->json != NULL)
		ok = outfile_open(&json, arguments->json, err);
	progress_begin(&progress, is_plain_terminal(STDERR_FILENO));
	if (ok)
		audit = make_audit(arguments, plan, &progress, err);
	ok = audit != NULL && run(audit, err);
	progress_end(&progress);
	if (ok && report(nw_audit_results(audit), arguments, &json, err))
		code = nw_exit_code(nw_audit_results(audit));
	outfile_abort(&json);
	nw_audit_free(audit);
	return code;
}

int cmd_audit(int argc, char **argv)
{
	struct arguments arguments = {.help = false};
	struct nw_error err = {.status = NW_OK};
	struct plan plan = {0};
	int code = EXIT_TROUBLE;

	if (!options_parse(&options, &argc, argv, &arguments, &err)) {
		complain_print(&err, "audit");
		return EXIT_TROUBLE;
	}
	if (arguments.help) {
		help();
		return 0;
	}
	if (check(&arguments, &err) &&
	    make_plan(&plan, &arguments, argc, argv, &err))
		code = audit(&arguments, &plan, &err);
	if (err.status != NW_OK)
		complain_print(&err, "audit");
	plan_fini(&plan);
	return code;
}
