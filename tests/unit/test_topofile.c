/* SPDX-License-Identifier: MIT
 *
 * Topology files: what is taken, and what each mistake is told to be.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "topofile.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char folder[] = "/tmp/nw-test-topofile-XXXXXX";
static char file[sizeof(folder) + 16];

static int set_up(void **state)
{
	(void)state;
	if (mkdtemp(folder) == NULL)
		return -1;
	snprintf(file, sizeof(file), "%s/t.json", folder);
	return 0;
}

static int tear_down(void **state)
{
	(void)state;
	return unlink(file) == 0 && rmdir(folder) == 0 ? 0 : -1;
}

static bool read_text(const char *text, struct plan *plan, struct nw_error *err)
{
	FILE *out = fopen(file, "w");

	*plan = (struct plan){0};
	*err = (struct nw_error){.status = NW_OK};
	assert_non_null(out);
	assert_int_not_equal(fputs(text, out), EOF);
	assert_int_equal(fclose(out), 0);
	return topofile_read(plan, file, err) && plan_finish(plan, err);
}

static void test_everything(void **state)
{
	struct plan plan;
	struct nw_error err;
	char beside[sizeof(folder) + 16];

	(void)state;
	assert_true(read_text(
		"{\"note\": 1, \"x-mine\": {\"a\": []}, \"points\": [\n"
		" {\"name\": \"in\", \"files\": [\"a.pcap\", \"/b/a.pcap\"],\n"
		"  \"interface\": \"2\", \"filter\": \"tcp port 80\"},\n"
		" {\"name\": \"out\", \"files\": [\"-\"], \"note\": \"\"}],\n"
		" \"devices\": [\n"
		" {\"name\": \"fw\", \"between\": [\"in\", \"out\"]},\n"
		" {\"name\": \"lb\", \"between\": [\"in\", \"out\"], "
		"\"policy\":"
		"  {\"allow\": [\"snat\", \"nat-dnat\", \"isn-shift\"]}}]}",
		&plan, &err));
	assert_int_equal(plan.point_count, 2);
	assert_string_equal(plan.points[0].name, "in");
	assert_int_equal(plan.points[0].count, 2);
	snprintf(beside, sizeof(beside), "%s/a.pcap", folder);
	assert_string_equal(plan.points[0].captures[0].file, beside);
	assert_string_equal(plan.points[0].captures[0].interface, "2");
	assert_string_equal(plan.points[0].captures[0].filter, "tcp port 80");
	assert_string_equal(plan.points[0].captures[1].file, "/b/a.pcap");
	assert_string_equal(plan.points[0].captures[1].name, "b/a.pcap");
	assert_string_equal(plan.points[1].captures[0].file, "-");
	assert_null(plan.points[1].captures[0].interface);
	assert_int_equal(plan.device_count, 2);
	assert_string_equal(plan.devices[1].name, "lb");
	assert_int_equal(plan.devices[1].before, 0);
	plan_fini(&plan);
}

#define A    "{\"name\": \"a\", \"files\": [\"a.pcap\"]}"
#define B    "{\"name\": \"b\", \"files\": [\"b.pcap\"]}"
#define C    "{\"name\": \"c\", \"files\": [\"c.pcap\"]}"
#define ABC  "{\"points\": [" A ", " B ", " C "]"
#define D(x) ABC ", \"devices\": [" x "]}"

static const struct {
	const char *text, *message; /* behind "<file>" */
} mistakes[] = {
	{"", ":1:0: '[' or '{' expected near end of file"},
	{"{\"points\": [],}", ":1:15: string or '}' expected near '}'"},
	{"[]", ": must be an object"},
	{"{}", ": points is missing"},
	{"{\"points\": {}}", ": points must be an array that is not empty"},
	{"{\"point\": []}", ": unknown key \"point\" (\"points\"?); call it "
			    "\"x-point\" if it is your own"},
	{"{\"points\": [1]}", ": points[0] must be an object"},
	{"{\"points\": [{}]}", ": points[0].name is missing"},
	{"{\"points\": [{\"name\": \"\", \"files\": [\"a\"]}]}",
	 ": points[0].name must be a string that is not empty"},
	{"{\"points\": [{\"name\": \"a\"}]}", ": points[0].files is missing"},
	{"{\"points\": [{\"name\": \"a\", \"files\": \"a\"}]}",
	 ": points[0].files must be an array that is not empty"},
	{"{\"points\": [{\"name\": \"a\", \"files\": [7]}]}",
	 ": points[0] has a file that is not a string"},
	{"{\"points\": [{\"name\": \"a\", \"files\": [\"a\"], "
	 "\"interface\": 2}]}",
	 ": points[0].interface must be a string that is not empty"},
	{"{\"points\": [{\"name\": \"a\", \"files\": [\"a\"], "
	 "\"fliter\": \"tcp\"}]}",
	 ": points[0] has an unknown key \"fliter\" (\"filter\"?); call it "
	 "\"x-fliter\" if it is your own"},
	{"{\"points\": [{\"name\": \"a\", \"files\": [\"a\"], "
	 "\"name\": \"b\"}]}",
	 ":1:48: duplicate object key near '\"name\"'"},
	{"{\"points\": [" A ", " A "]}",
	 ": points[1] has the name of an earlier point"},
	{ABC ", \"devices\": {}}", ": devices must be an array"},
	{D("{\"between\": [\"a\", \"b\"]}"), ": devices[0].name is missing"},
	{D("{\"name\": \"x\"}"),
	 ": devices[0] needs \"between\": [two names of points]"},
	{D("{\"name\": \"x\", \"between\": [\"a\", \"b\", \"c\"]}"),
	 ": devices[0] needs \"between\": [two names of points]"},
	{D("{\"name\": \"x\", \"between\": [\"a\", \"z\"]}"),
	 ": devices[0].between: there is no point \"z\""},
	{D("{\"name\": \"x\", \"between\": [\"a\", \"c\"]}"),
	 ": devices[0].between: \"a\" and \"c\" are not two points that "
	 "follow each other, the one nearer the client first"},
	{D("{\"name\": \"x\", \"between\": [\"b\", \"a\"]}"),
	 ": devices[0].between: \"b\" and \"a\" are not two points that "
	 "follow each other, the one nearer the client first"},
	{D("{\"name\": \"x\", \"between\": [\"a\", \"b\"]}, "
	   "{\"name\": \"x\", \"between\": [\"b\", \"c\"]}"),
	 ": devices[1] has the name of an earlier device"},
	{D("{\"name\": \"x\", \"between\": [\"a\", \"b\"], \"policy\": []}"),
	 ": devices[0].policy must be an object"},
	{D("{\"name\": \"x\", \"between\": [\"a\", \"b\"], "
	   "\"policy\": {\"allow\": \"snat\"}}"),
	 ": devices[0].policy.allow must be an array of words"},
	{D("{\"name\": \"x\", \"between\": [\"a\", \"b\"], "
	   "\"policy\": {\"allow\": [\"snatt\"]}}"),
	 ": devices[0].policy.allow: \"snatt\" is no kind of translation; did "
	 "you mean \"snat\"?"},
};

static void test_mistakes(void **state)
{
	(void)state;
	for (size_t i = 0; i < sizeof(mistakes) / sizeof(mistakes[0]); i++) {
		struct plan plan;
		struct nw_error err;
		char wanted[512];

		assert_false(read_text(mistakes[i].text, &plan, &err));
		assert_int_equal(err.status, NW_EFORMAT);
		snprintf(wanted, sizeof(wanted), "%s%s", file,
			 mistakes[i].message);
		assert_string_equal(err.text, wanted);
		plan_fini(&plan);
	}
}

static void test_reserved_name(void **state)
{
	struct plan plan;
	struct nw_error err;

	(void)state;
	assert_false(read_text("{\"points\": [{\"name\": \"upstream\", "
			       "\"files\": [\"a\"]}]}",
			       &plan, &err));
	assert_int_equal(err.status, NW_EUSAGE);
	plan_fini(&plan);
}

static void test_missing_file(void **state)
{
	struct plan plan = {0};
	struct nw_error err = {.status = NW_OK};

	(void)state;
	assert_false(topofile_read(&plan, "/nonexistent/t.json", &err));
	assert_int_equal(err.status, NW_EIO);
	assert_non_null(strstr(err.text, "/nonexistent/t.json"));
	plan_fini(&plan);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_everything),
		cmocka_unit_test(test_mistakes),
		cmocka_unit_test(test_reserved_name),
		cmocka_unit_test(test_missing_file),
	};

	return cmocka_run_group_tests_name("topofile", tests, set_up,
					   tear_down);
}
