/* SPDX-License-Identifier: MIT
 *
 * The command line: options, times, points as operands, names, suggestions.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "explain_texts.h"
#include "inputs.h"
#include "nearest.h"
#include "options.h"
#include "progress.h"
#include "stem.h"
#include "timearg.h"

#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* ---- options ---- */

struct values {
	bool flag;
	const char *text, *other;
	uint32_t number;
	int64_t time_ns;
	int choice;
};

static const char *const words[] = {"red", "green", NULL};
static const struct option_spec specs[] = {
	{"flag", NULL, OPTION_FLAG, false, offsetof(struct values, flag), NULL,
	 "a flag"},
	{"text", "TEXT", OPTION_TEXT, true, offsetof(struct values, text), NULL,
	 "a text"},
	{"other", "TEXT", OPTION_TEXT, false, offsetof(struct values, other),
	 NULL, "a text that may be repeated"},
	{"number", "N", OPTION_NUMBER, false, offsetof(struct values, number),
	 NULL, "a number"},
	{"time", "TIME", OPTION_TIME, false, offsetof(struct values, time_ns),
	 NULL, "a time"},
	{"choice", "red|green", OPTION_CHOICE, false,
	 offsetof(struct values, choice), words, "a word"},
};
static const struct option_table options = {specs,
					    sizeof(specs) / sizeof(specs[0])};

#define MAX_ARGUMENTS 16

/* Parses words separated by blanks; the operands are left in `argv`. */
static bool parse(const char *line, struct values *values, char *buffer,
		  char **argv, struct nw_error *err)
{
	int argc = 0;
	char *rest = NULL;

	*values = (struct values){.choice = -1};
	*err = (struct nw_error){.status = NW_OK};
	strcpy(buffer, line);
	for (char *word = strtok_r(buffer, " ", &rest);
	     word != NULL && argc < MAX_ARGUMENTS;
	     word = strtok_r(NULL, " ", &rest))
		argv[argc++] = word;
	if (!options_parse(&options, &argc, argv, values, err))
		return false;
	argv[argc] = NULL;
	return true;
}

static void test_values_and_operands(void **state)
{
	char buffer[256], *argv[MAX_ARGUMENTS + 1];
	struct values values;
	struct nw_error err;

	(void)state;
	assert_true(parse("a --flag --text=x=y - --number 7 --choice green "
			  "--other 1 --other=2 -- --flag",
			  &values, buffer, argv, &err));
	assert_true(values.flag);
	assert_string_equal(values.text, "x=y");
	assert_string_equal(values.other, "2");
	assert_int_equal(values.number, 7);
	assert_int_equal(values.choice, 1);
	assert_string_equal(argv[0], "a");
	assert_string_equal(argv[1], "-");
	assert_string_equal(argv[2], "--flag");
	assert_null(argv[3]);

	assert_true(parse("--text - --time 1.5", &values, buffer, argv, &err));
	assert_string_equal(values.text, "-");
	assert_int_equal(values.time_ns, 1500000000);
	assert_null(argv[0]);
}

static void test_mistakes(void **state)
{
	static const struct {
		const char *line, *text;
	} cases[] = {
		{"--txt x", "unknown option --txt; did you mean --text?"},
		{"--zebra", "unknown option --zebra"},
		{"--=x", "unknown option --"},
		{"-x", "unknown option -x"},
		{"--flag=1", "--flag takes no value"},
		{"--text", "--text needs a value: TEXT"},
		{"--text --flag", "--text needs a value: TEXT"},
		{"--text=", "--text: TEXT is empty"},
		{"--text a --text a", "--text is given twice"},
		{"--number 0", "--number 0: not a number from 1 to 4294967295"},
		{"--number 4294967296", "--number 4294967296: not a number "
					"from 1 to 4294967295"},
		{"--number 99999999999999999999999",
		 "--number 99999999999999999999999: not a number from 1 to "
		 "4294967295"},
		{"--number -1",
		 "--number -1: not a number from 1 to 4294967295"},
		{"--number 1x",
		 "--number 1x: not a number from 1 to 4294967295"},
		{"--choice blue", "--choice blue: must be red|green"},
	};
	char buffer[256], *argv[MAX_ARGUMENTS + 1];
	struct values values;
	struct nw_error err;

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		assert_false(parse(cases[i].line, &values, buffer, argv, &err));
		assert_int_equal(err.status, NW_EUSAGE);
		assert_string_equal(err.text, cases[i].text);
	}
}

/* ---- times ---- */

static void test_times(void **state)
{
	static const struct {
		const char *text;
		int64_t ns;
	} good[] = {
		{"0", 0},
		{"1714564800", INT64_C(1714564800000000000)},
		{"1714564800.5", INT64_C(1714564800500000000)},
		{"1714564800.1234567899", INT64_C(1714564800123456789)},
		{"1970-01-01T00:00:00Z", 0},
		{"2024-05-01T12:00:00Z", INT64_C(1714564800000000000)},
		{"2024-05-01 12:00:00.25z", INT64_C(1714564800250000000)},
		{"2024-05-01T14:00:00+02:00", INT64_C(1714564800000000000)},
		{"2024-05-01t02:30:00-09:30", INT64_C(1714564800000000000)},
		{"2000-02-29T23:59:60Z", INT64_C(951868800000000000)},
		{"2261-12-31T23:59:59.999999999Z",
		 INT64_C(9214646399999999999)},
	};
	static const char *const bad[] = {
		"",
		"x",
		"-1",
		"1.",
		".5",
		"1714564800 ",
		"99999999999999999999",
		"2024-05-01",
		"2024-05-01T12:00:00",
		"2024-05-01T12:00Z",
		"2024-05-01T12:00:00.Z",
		"2024-05-01T24:00:00Z",
		"2024-05-01T12:60:00Z",
		"2023-02-29T12:00:00Z",
		"2024-13-01T12:00:00Z",
		"2024-00-01T12:00:00Z",
		"2024-05-01T12:00:00+2:00",
		"2024-05-01T12:00:00Zx",
		"1969-12-31T23:59:59Z",
		"9999-12-31T23:59:59Z",
	};
	int64_t ns;

	(void)state;
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_true(timearg_parse(good[i].text, &ns));
		assert_true(ns == good[i].ns);
	}
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		if (timearg_parse(bad[i], &ns))
			fail_msg("taken for a time: '%s'", bad[i]);
}

/* ---- points ---- */

static struct plan plan_of(const char *const *operands, struct nw_error *err)
{
	struct plan plan = {0};

	*err = (struct nw_error){.status = NW_OK};
	for (; *operands != NULL; operands++)
		if (!inputs_add(&plan, *operands, err))
			return plan;
	plan_finish(&plan, err);
	return plan;
}

static void expect_capture(const struct plan *plan, size_t point, size_t index,
			   const char *file, const char *name)
{
	assert_in_range(index, 0, plan->points[point].count - 1);
	assert_string_equal(plan->points[point].captures[index].file, file);
	assert_string_equal(plan->points[point].captures[index].name, name);
}

static void test_points(void **state)
{
	static const char *const operands[] = {
		"before/lb.pcap",
		"after/lb.pcapng",
		"web=w1/e.pcap,w2/e.pcap",
		"-#eth0",
		"web=x\\,\\#\\=.p",
		"10.0.0.1.pcap.gz",
		NULL,
	};
	struct nw_error err;
	struct plan plan = plan_of(operands, &err);

	(void)state;
	assert_int_equal(err.status, NW_OK);
	assert_int_equal(plan.point_count, 5);
	assert_string_equal(plan.points[0].name, "before/lb");
	expect_capture(&plan, 0, 0, "before/lb.pcap", "lb.pcap");
	assert_string_equal(plan.points[1].name, "after/lb");
	assert_string_equal(plan.points[2].name, "web");
	assert_int_equal(plan.points[2].count, 3);
	expect_capture(&plan, 2, 0, "w1/e.pcap", "w1/e.pcap");
	expect_capture(&plan, 2, 1, "w2/e.pcap", "w2/e.pcap");
	expect_capture(&plan, 2, 2, "x,#=.p", "x,#=.p");
	assert_string_equal(plan.points[3].name, "stdin");
	assert_string_equal(plan.points[3].captures[0].interface, "eth0");
	assert_string_equal(plan.points[4].name, "10.0.0.1");
	plan_fini(&plan);
}

static void test_wrong_points(void **state)
{
	static const struct {
		const char *operands[3];
		const char *text;
	} cases[] = {
		{{"=a"}, "'=a': the name before = is missing"},
		{{"a="}, "'a=': a file name is missing"},
		{{""}, "'': a file name is missing"},
		{{"a,"}, "'a,': a file name is missing"},
		{{"#eth0"}, "'#eth0': a file name is missing"},
		{{"a#"},
		 "'a#': the name or number of an interface is missing "
		 "behind #"},
		{{"-", "x=-"}, "standard input (-) can be read once only"},
		{{"x=a,a"}, "a is given twice for the same point"},
		{{"a.pcap", "a.cap"},
		 "two points would be called a: name "
		 "them, as in outside=a.cap"},
		{{"upstream=a"},
		 "a point cannot be called upstream: reports "
		 "call so what lies beyond the outermost "
		 "points"},
		{{"downstream.pcap"},
		 "a point cannot be called downstream: "
		 "name it, as in outside=downstream.pcap"},
		{{"./a=b"},
		 "'./a=b': a point's name has no /; in the name of "
		 "a file write \\= for ="},
	};

	(void)state;
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *operands[] = {cases[i].operands[0],
					  cases[i].operands[1], NULL};
		struct nw_error err;
		struct plan plan = plan_of(operands, &err);

		assert_int_equal(err.status, NW_EUSAGE);
		assert_string_equal(err.text, cases[i].text);
		plan_fini(&plan);
	}
}

static void touch(const char *folder, const char *name)
{
	char file[256];
	FILE *out;

	snprintf(file, sizeof(file), "%s/%s", folder, name);
	out = fopen(file, "w");
	assert_non_null(out);
	fclose(out);
}

static void test_folders(void **state)
{
	static const char *const files[] = {"x.pcap10", "x.pcap9", "x.pcap",
					    "a.cap",    ".h.pcap", "notes.txt",
					    "z.pcapng"};
	static const char *const wanted[] = {"a.cap", "x.pcap", "x.pcap9",
					     "x.pcap10", "z.pcapng"};
	char folder[] = "/tmp/nw-test-folder-XXXXXX", file[256];
	const char *operands[] = {folder, NULL};
	struct nw_error err;
	struct plan plan;

	(void)state;
	assert_non_null(mkdtemp(folder));
	plan = plan_of(operands, &err);
	assert_int_equal(err.status, NW_EIO);
	plan_fini(&plan);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++)
		touch(folder, files[i]);
	snprintf(file, sizeof(file), "%s/sub.pcap", folder);
	assert_int_equal(mkdir(file, 0700), 0);
	plan = plan_of(operands, &err);
	assert_int_equal(err.status, NW_OK);
	assert_int_equal(plan.points[0].count, 5);
	for (size_t i = 0; i < 5; i++)
		assert_string_equal(plan.points[0].captures[i].name, wanted[i]);
	plan_fini(&plan);
	assert_int_equal(rmdir(file), 0);
	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(file, sizeof(file), "%s/%s", folder, files[i]);
		assert_int_equal(unlink(file), 0);
	}
	assert_int_equal(rmdir(folder), 0);
}

static void test_what_is_a_capture(void **state)
{
	(void)state;
	assert_true(stem_is_capture("x.pcap"));
	assert_true(stem_is_capture("d/x.pcapng"));
	assert_true(stem_is_capture("x.cap"));
	assert_true(stem_is_capture("x.pcap12"));
	assert_true(stem_is_capture("x.pcap.12"));
	assert_true(stem_is_capture("x.pcap.gz"));
	assert_true(stem_is_capture("x.pcap3.zst"));
	assert_false(stem_is_capture("x.txt"));
	assert_false(stem_is_capture(".pcap"));
	assert_false(stem_is_capture("d.pcap/x"));
	assert_false(stem_is_capture(".x.pcap"));
	assert_false(stem_is_capture("pcap"));
	assert_false(stem_is_capture("x.gz"));
}

/* ---- the rest ---- */

static void test_nearest(void **state)
{
	struct nearest nearest = nearest_to("ack-untranslatd");

	(void)state;
	nearest_offer(&nearest, "ack-wrong-sign");
	assert_null(nearest.best);
	nearest_offer(&nearest, "ack-untranslated");
	nearest_offer(&nearest, "rst-untranslated");
	assert_string_equal(nearest.best, "ack-untranslated");
}

static void test_progress_text(void **state)
{
	char text[PROGRESS_TEXT];

	(void)state;
	assert_string_equal(progress_text(1200000000, 2600000000,
					  INT64_C(4000000000), text),
			    "natwitness: 46 %, 1.2 GB of 2.6 GB, 300 MB/s, "
			    "5 s left");
	assert_string_equal(progress_text(1500, 0, 1000000000, text),
			    "natwitness: 1.5 kB read, 1.5 kB/s");
	assert_string_equal(progress_text(0, 10, 0, text),
			    "natwitness: 0 B read, 0 B/s");
}

static bool is_id(const char *kind)
{
	return kind[strspn(kind, "abcdefghijklmnopqrstuvwxyz0123456789-")] ==
	       '\0';
}

static void test_explanations(void **state)
{
	const struct explanation *e;
	size_t count = 0;

	(void)state;
	for (size_t i = 0; (e = explanation_at(i)) != NULL; i++) {
		assert_true(is_id(e->kind));
		assert_true(strlen(e->kind) < 28);
		assert_true(strlen(e->brief) < 80);
		assert_true(strlen(e->means) > 20);
		assert_true(strlen(e->proved) > 20);
		assert_true(strlen(e->remedy) > 5);
		for (size_t j = 0; j < i; j++)
			assert_string_not_equal(e->kind,
						explanation_at(j)->kind);
		count++;
	}
	assert_true(count > 50);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_values_and_operands),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_times),
		cmocka_unit_test(test_points),
		cmocka_unit_test(test_wrong_points),
		cmocka_unit_test(test_folders),
		cmocka_unit_test(test_what_is_a_capture),
		cmocka_unit_test(test_nearest),
		cmocka_unit_test(test_progress_text),
		cmocka_unit_test(test_explanations),
	};

	return cmocka_run_group_tests_name("options", tests, NULL, NULL);
}
