/* SPDX-License-Identifier: MIT
 *
 * The JSON report: against the schema, against what a JSON library makes of
 * it, and byte for byte where order and layout are promised.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture_results.h"
#include "jwriter.h"

#include <locale.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static char *json_of(const struct nw_results *results)
{
	struct nw_error err = {.status = NW_OK};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(nw_report_json(results, out, &err), NW_OK);
	assert_int_equal(err.status, NW_OK);
	assert_int_equal(fclose(out), 0);
	assert_int_equal(strlen(text), size);
	return text;
}

/* Each expected piece stands in the text, one behind the other. */
static void expect_in_order(const char *text, const char *const *pieces)
{
	for (; *pieces != NULL; pieces++) {
		const char *found = strstr(text, *pieces);

		if (found == NULL)
			fail_msg("not there, or too early: %s", *pieces);
		text = found + strlen(*pieces);
	}
}

static void test_clean_byte_for_byte(void **state)
{
	char *text = json_of(&fixture_clean), head[128];
	int length = snprintf(head, sizeof(head),
			      "{\n"
			      " \"schema\": \"natwitness-report/1\",\n"
			      " \"generator\": {\"name\": \"natwitness\", "
			      "\"version\": \"%s\"},\n",
			      nw_version());

	(void)state;
	assert_int_equal(strncmp(text, head, (size_t)length), 0);
	/* clang-format off */
	assert_string_equal(text + length,
	" \"verdict\": \"consistent\",\n"
	" \"summary\": {\n"
	"  \"points\": 2,\n"
	"  \"packets\": 20,\n"
	"  \"flows\": 2,\n"
	"  \"paths\": 1,\n"
	"  \"paths_complete\": 1,\n"
	"  \"unmatched_flows\": 0,\n"
	"  \"ambiguous_flows\": 0,\n"
	"  \"findings\": {\"critical\": 0, \"error\": 0, \"warning\": 0, \"info\": 0}\n"
	" },\n"
	" \"points\": [\n"
	"  {\n"
	"   \"name\": \"in\",\n"
	"   \"files\": [\n"
	"    {\"file\": \"in.pcap\", \"packets\": 10, \"first_ns\": 0, \"last_ns\": 0, \"link_type\": \"EN10MB\", \"snaplen\": 0}\n"
	"   ],\n"
	"   \"clock\": {\"offset_ns\": 0, \"uncertainty_ns\": 0, \"drift_ppm\": 0.000},\n"
	"   \"health\": {\"truncated_packets\": 0, \"skipped\": {}}\n"
	"  },\n"
	"  {\n"
	"   \"name\": \"out\",\n"
	"   \"files\": [\n"
	"    {\"file\": \"out.pcap\", \"packets\": 10, \"first_ns\": 0, \"last_ns\": 0, \"link_type\": \"EN10MB\", \"snaplen\": 0}\n"
	"   ],\n"
	"   \"clock\": null,\n"
	"   \"health\": {\"truncated_packets\": 0, \"skipped\": {}}\n"
	"  }\n"
	" ],\n"
	" \"devices\": [\n"
	"  {\n"
	"   \"name\": \"fw\",\n"
	"   \"between\": [\"in\", \"out\"],\n"
	"   \"verdict\": \"transparent\",\n"
	"   \"why\": null,\n"
	"   \"refuted_by\": null,\n"
	"   \"findings\": [],\n"
	"   \"checks\": [\n"
	"    {\"category\": \"ack\", \"direction\": \"from-client\", \"compared\": 5, \"violations\": 0, \"paths\": 1},\n"
	"    {\"category\": \"ack\", \"direction\": \"from-server\", \"compared\": 5, \"violations\": 0, \"paths\": 1}\n"
	"   ]\n"
	"  }\n"
	" ],\n"
	" \"paths\": [],\n"
	" \"findings\": [],\n"
	" \"undecided\": [],\n"
	" \"next_capture\": []\n"
	"}\n");
	/* clang-format on */
	free(text);
}

static void test_findings(void **state)
{
	static const char *const pieces[] = {
		"\n \"findings\": [\n  {\n   \"id\": 1,\n",
		"   \"kind\": \"ack-stale-incarnation\",\n",
		"   \"class\": \"fault\",\n",
		"   \"category\": \"ack\",\n",
		"   \"severity\": \"critical\",\n",
		"   \"path\": \"p1\",\n",
		"   \"direction\": \"from-client\",\n",
		"   \"field\": \"tcp.ack\",\n",
		"   \"expected\": 2962498563,\n",
		"   \"observed\": 2106390967,\n",
		"   \"difference\": -856107596,\n",
		"   \"count\": 7,\n",
		"   \"exposure\": 12,\n",
		"   \"blame\": {\"device\": \"lb\", \"between\": "
		"[\"fw2-out\", \"lb-out\"], \"text\": \"lb passes on",
		"   \"evidence\": [\n    {\"point\": \"fw2-out\", \"file\": "
		"\"fw2-out.pcap\", \"frame\": 61, \"time_ns\": "
		"1714564839002000000, \"value\": 2962498563, \"filter\": "
		"\"frame.number == 61\"},\n",
		"   \"causes\": [\n    {\"hypothesis\": "
		"\"stale-incarnation\", \"verdict\": \"likely\", \"p\": "
		"1.00e-06, \"text\": ",
		"    {\"hypothesis\": \"random\", \"verdict\": "
		"\"consistent\", \"p\": null, \"text\": null}\n",
		"   \"consequences\": [4],\n",
		"   \"consequence_of\": null\n",
		"   \"paths\": [\"p1\", \"p5\", \"p9\"],\n",
		"   \"paths_count\": 1234,\n",
		"   \"expected\": null,\n",
		"   \"observed\": \"RST\",\n",
		"\"between\": [\"server\", \"downstream\"]",
		"   \"consequence_of\": 1\n",
		"   \"expected\": [1, 1461],\n",
		"\"between\": [\"upstream\", \"client\"]",
		NULL,
	};
	char *text = json_of(&fixture_seed);

	(void)state;
	expect_in_order(text, pieces);
	free(text);
}

static void test_paths(void **state)
{
	static const char *const pieces[] = {
		"  {\n   \"id\": \"p1\",\n",
		"   \"match\": {\"class\": \"certain\", \"bits\": 61.2, "
		"\"margin\": 40.1, \"evidence\": [\"client-endpoint\", "
		"\"isn\", \"payload\"]},\n",
		"    {\"point\": \"client\", \"client\": {\"address\": "
		"\"10.0.0.7\", \"port\": 40712}, \"server\": {\"address\": "
		"\"192.0.2.10\", \"port\": 80}, \"isn_client\": 4026531839, "
		"\"isn_server\": 2962498562, \"packets\": 14, \"first_ns\": "
		"1714564801000000000, \"last_ns\": 1714564809000000000, "
		"\"filter\": \"ip.addr == 10.0.0.7 && ip.addr == 192.0.2.10 "
		"&& tcp.port == 40712 && tcp.port == 80\"},\n",
		"\"isn_client\": null",
		"\"roles_guessed\": true",
		"    {\"between\": [\"fw2-out\", \"lb-out\"], \"kinds\": "
		"[\"nat-dnat\", \"seq-isn-shift\"], "
		"\"seq_offset_from_client\": 4294967295, "
		"\"seq_offset_from_server\": null}\n",
		"\"flags\": \"SYN\"",
		"\"flags\": \"PSH,ACK\", \"seq\": 4026531840, \"ack\": "
		"2962498563, \"relative_seq\": 1, \"relative_ack\": 1, "
		"\"length\": 412, \"window\": 502, \"finding\": 1},\n",
		NULL,
	};
	char *text = json_of(&fixture_seed);

	(void)state;
	expect_in_order(text, pieces);
	free(text);
}

static void test_ipv6_and_names_that_are_not_utf8(void **state)
{
	static const char *const pieces[] = {
		"{\"file\": \"\\u001b[31mred.pcap\"",
		"{\"file\": \"not \\\\xff utf-8 \\\"\\\\.pcap\"",
		"{\"file\": \"gr\xc3\xbc\xc3\x9f"
		"e\\u000a.pcap\"",
		"\"bits\": 0.0, \"margin\": null",
		"\"ipv6.addr == 2001:db8:ffff:ffff:ffff:ffff:ffff:fff1 && "
		"ipv6.addr == 2001:db8:ffff:ffff:ffff:ffff:ffff:fff2 && "
		"tcp.port == 65535 && tcp.port == 65534\"",
		"\"frame\": 18446744073709551615, \"time_ns\": -1, "
		"\"value\": [4294967295, 0]",
		"{\"point\": \"?\", \"file\": \"?\"",
		NULL,
	};
	char *text = json_of(&fixture_hostile);

	(void)state;
	expect_in_order(text, pieces);
	free(text);
}

/* ctest runs us in tests/; elsewhere the schema is not looked for. */
static void test_schema(void **state)
{
	static const struct nw_results *const all[] = {
		&fixture_seed,    &fixture_hostile, &fixture_clean,
		&fixture_nothing, &fixture_many,
	};
	const char *python = access("/usr/bin/python3", X_OK) == 0
				     ? "/usr/bin/python3"
				     : "python3";

	(void)state;
	if (access("golden/validate.py", R_OK) != 0)
		skip();
	for (size_t i = 0; i < sizeof(all) / sizeof(all[0]); i++) {
		char file[] = "/tmp/nw-test-json-XXXXXX", command[256];
		int fd = mkstemp(file);
		FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

		assert_non_null(out);
		assert_int_equal(nw_report_json(all[i], out, NULL), NW_OK);
		assert_int_equal(fclose(out), 0);
		snprintf(command, sizeof(command),
			 "%s golden/validate.py ../docs/report.schema.json %s",
			 python, file);
		assert_int_equal(system(command), 0);
		assert_int_equal(unlink(file), 0);
	}
}

static void test_failed_write_is_reported(void **state)
{
	struct nw_error err = {.status = NW_OK};
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (full == NULL)
		skip();
	assert_int_equal(nw_report_json(&fixture_seed, full, &err), NW_EIO);
	assert_int_equal(err.status, NW_EIO);
	assert_string_equal(err.text, "cannot write the report: No space left "
				      "on device");
	fclose(full);
}

static void expect_number(double number, int decimals, const char *expected)
{
	char *text = NULL;
	size_t size = 0;
	struct jwriter w = {.out = open_memstream(&text, &size)};

	assert_non_null(w.out);
	if (decimals > 0)
		jw_fixed(&w, NULL, number, decimals);
	else
		jw_real(&w, NULL, number);
	fclose(w.out);
	assert_string_equal(text, expected);
	free(text);
}

static void test_numbers(void **state)
{
	(void)state;
	expect_number(61.25, 1, "61.3");
	expect_number(-0.25, 1, "-0.3");
	expect_number(-0.04, 1, "0.0");
	expect_number(12.0625, 3, "12.063");
	expect_number(-1.005, 3, "-1.005");
	expect_number(NAN, 1, "null");
	expect_number(1e-9, 0, "1.00e-09");
	expect_number(0, 0, "0.00e+00");
	expect_number(INFINITY, 0, "null");
}

/* A program that uses the library may have set a locale with a comma. */
static void test_locale_does_not_matter(void **state)
{
	static const char *const names[] = {"de_DE.UTF-8", "fr_FR.UTF-8",
					    "de_DE"};
	size_t i = 0;

	(void)state;
	while (i < 3 && setlocale(LC_NUMERIC, names[i]) == NULL)
		i++;
	if (i == 3)
		skip();
	expect_number(1e-9, 0, "1.00e-09");
	expect_number(61.25, 1, "61.3");
	setlocale(LC_NUMERIC, "C");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_clean_byte_for_byte),
		cmocka_unit_test(test_findings),
		cmocka_unit_test(test_paths),
		cmocka_unit_test(test_ipv6_and_names_that_are_not_utf8),
		cmocka_unit_test(test_schema),
		cmocka_unit_test(test_failed_write_is_reported),
		cmocka_unit_test(test_numbers),
		cmocka_unit_test(test_locale_does_not_matter),
	};

	return cmocka_run_group_tests_name("json", tests, NULL, NULL);
}
