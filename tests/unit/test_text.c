/* SPDX-License-Identifier: MIT
 *
 * The summary for people, against what it shall look like.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fixture_results.h"
#include "page.h"

#include <stdlib.h>
#include <string.h>

static char *text_of(const struct nw_results *results,
		     const struct nw_text_options *options)
{
	struct nw_error err = {.status = NW_OK};
	char *text = NULL;
	size_t size = 0;
	FILE *out = open_memstream(&text, &size);

	assert_non_null(out);
	assert_int_equal(nw_report_text(results, options, out, &err), NW_OK);
	assert_int_equal(err.status, NW_OK);
	assert_int_equal(fclose(out), 0);
	return text;
}

static void expect(const struct nw_results *results, const char *expected)
{
	struct nw_text_options options = {.utc = true};
	char *text = text_of(results, &options);

	assert_string_equal(text, expected);
	free(text);
}

static void test_faults_in_full(void **state)
{
	(void)state;
	/* clang-format off */
	expect(&fixture_seed,
	"DISCREPANT: lb corrupts the ACK numbers of 1,235 connections.\n"
	"5 points, 734 TCP packets, 1,300 connections, 1,290 seen at every point.\n"
	"\n"
	"1. CRITICAL lb: ack-stale-incarnation, client to server\n"
	"   lb passes on 7 segments with an ACK number of the previous connection of the\n"
	"   same tuple.\n"
	"\n"
	"   tcp.ack     expected 2962498563\n"
	"               observed 2106390967  (-856107596)\n"
	"   Where       between fw2-out and lb-out\n"
	"   How often   7 of 12 segments that could show it\n"
	"\n"
	"   Connection p1, match certain\n"
	"   client   10.0.0.7:40712     -> 192.0.2.10:80\n"
	"   fw1-out  198.51.100.4:61034 -> 192.0.2.10:80\n"
	"   fw2-out  198.51.100.4:61034 -> 172.16.0.10:8000\n"
	"   ---- lb: the fault is here ----\n"
	"   lb-out   198.51.100.4:61034 -> 172.16.1.21:8080\n"
	"   server   198.51.100.4:61034 -> 172.16.1.21:8080\n"
	"\n"
	"   Frames, first at 2024-05-01 12:00:39.002000 UTC\n"
	"   fw2-out  frame 61      12:00:39.002000  2962498563\n"
	"   lb-out   frame 58      12:00:02.003000  2106390967\n"
	"   fw2-out  frame 63      12:00:39.302000  2962498563\n"
	"   lb-out   frame 60      12:00:02.303000  2106390967\n"
	"\n"
	"   Wireshark display filters\n"
	"   fw2-out.pcap: frame.number in {61, 63}\n"
	"   lb-out.pcap: frame.number in {58, 60}\n"
	"\n"
	"   Cause       stale-incarnation (likely, p 1.0e-06): 2106390967 lies 1,204\n"
	"               bytes into the previous connection of the same tuple, which ended\n"
	"               3.2 s before this one began.\n"
	"   or          random (consistent)\n"
	"   Led to      ep-rst-from-bad-ack (7 times): The server answered the wrong ACK\n"
	"               with a RST whose sequence number is that ACK: its socket was\n"
	"               half-open.\n"
	"\n"
	"2. CRITICAL lb: ack-stale-incarnation, client to server\n"
	"   The same on 1,234 more connections.\n"
	"\n"
	"   Where       between fw2-out and lb-out\n"
	"   How often   1,234 of 4,321 segments that could show it\n"
	"   Connections 1,234\n"
	"\n"
	"Also seen\n"
	" - path-dup, fw1 (1 time): fw1 sent a segment twice.\n"
	" - ep-defer-accept-suspected, downstream of server (1 time): The server repeated\n"
	"   its SYN/ACK after the client's ACK: it probably listens with\n"
	"   TCP_DEFER_ACCEPT.\n"
	"\n"
	"Devices\n"
	"   fw1               translates     source NAT; 3,634 comparisons, 0 violations\n"
	"   wan               transparent    1,234 comparisons, 0 violations\n"
	"   fw2               translates     destination NAT; 1,234 comparisons, 0\n"
	"                                    violations\n"
	"   lb                CORRUPTS       2,534 comparisons, 1,241 violations\n"
	"                                    1,241 ACK numbers that entered it right left\n"
	"                                    it wrong; both sides were captured.\n"
	"                                    refuted by: a capture between fw2 and lb\n"
	"                                    that shows the wrong number already\n"
	"   lb-out -> server  not-exercised  nothing was compared\n"
	"                                    No segment was seen at both points.\n"
	"\n"
	"Not decided\n"
	" - Which of wan and fw2 translates the destination?\n"
	"   would decide it: a capture between wan and fw2\n"
	"\n"
	"Where to capture next\n"
	" - the hop fw1-out -> fw2-out: the hop holds two devices\n"
	"   * wan does it\n"
	"   * fw2 does it\n"
	"\n"
	"Capture health\n"
	"   client      packets not audited: 1,203 not-tcp, 2 fragment\n"
	"   fw2-out     41 packets are cut by the snap length; their payload is compared\n"
	"               less sharply\n"
	"   fw2-out     4 duplicates\n"
	"   fw2-out     its clock is 37.000 s ahead of that of client (+- 512.000 us)\n"
	"   lb-out      lb-out.pcap ends in the middle of a packet (byte 1,234,567); what\n"
	"               came before was audited\n"
	"   -           cap-missed-packet: The capture at server missed one segment that\n"
	"               was acknowledged later.\n"
	"\n"
	"What it means, how it is proved: natwitness explain ack-stale-incarnation\n");
	/* clang-format on */
}

static void test_clean_run_is_short(void **state)
{
	(void)state;
	/* clang-format off */
	expect(&fixture_clean,
	"CONSISTENT: no device changed what it should not have changed.\n"
	"2 points, 20 TCP packets, 1 connection, each seen at every point.\n"
	"\n"
	"Devices\n"
	"   fw  transparent  10 comparisons, 0 violations\n");
	/* clang-format on */
}

static void test_inconclusive_says_what_to_check(void **state)
{
	(void)state;
	/* clang-format off */
	expect(&fixture_nothing,
	"INCONCLUSIVE: no connection was found at two points.\n"
	"2 points, 20 TCP packets, 2 connections, 0 seen at every point.\n"
	"\n"
	"What to check\n"
	"   in          10 TCP packets, 1 connection\n"
	"               1970-01-01 00:00:00.000000 to 1970-01-01 00:00:00.000000 UTC\n"
	"   out         10 TCP packets, 1 connection\n"
	"               1970-01-01 00:00:00.000000 to 1970-01-01 00:00:00.000000 UTC\n"
	"\n"
	"   Were all points captured at the same time? Did the same connections pass\n"
	"   them? Are the points given in order, client side first? Does a --filter,\n"
	"   --from or --to hide the other side's addresses or hours? Do the captures\n"
	"   begin before the connections, so that their SYNs are seen?\n");
	/* clang-format on */
}

static size_t count_of(const char *text, const char *what)
{
	size_t count = 0;

	for (; (text = strstr(text, what)) != NULL; text += strlen(what))
		count++;
	return count;
}

static void test_many_faults_get_shorter(void **state)
{
	char *text = text_of(&fixture_many, NULL);

	(void)state;
	assert_int_equal(count_of(text, "expected 1\n"), 5);
	assert_non_null(strstr(text, "\n 6. the hop in -> out: seq-wrong-delta "
				     "(error), p6, 6 times\n"));
	assert_non_null(strstr(text, "\n25. the hop"));
	assert_null(strstr(text, "\n26. "));
	assert_non_null(strstr(text, "... and 5 more in the JSON report\n"));
	free(text);
}

/* Words that are longer than a line may stand out, nothing else; and no line
 * ends in blanks. */
static void expect_width(const struct nw_results *results, uint32_t width)
{
	struct nw_text_options options = {.utc = true, .width = width};
	char *text = text_of(results, &options), *rest = NULL;

	for (char *line = strtok_r(text, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		size_t length = strlen(line);

		assert_true(length == 0 || line[length - 1] != ' ');
		if (strstr(line, "AVeryLongWord") == NULL)
			assert_in_range(page_columns(line), 0, width);
	}
	free(text);
}

static void test_fits_the_width(void **state)
{
	(void)state;
	expect_width(&fixture_seed, 80);
	expect_width(&fixture_seed, 100);
	expect_width(&fixture_hostile, 80);
	expect_width(&fixture_many, 80);
	expect_width(&fixture_nothing, 80);
}

static void test_hostile_names_are_escaped(void **state)
{
	char *text = text_of(&fixture_hostile, NULL);

	(void)state;
	for (const char *c = text; *c != '\0'; c++)
		assert_true(*c == '\n' || ((unsigned char)*c >= 0x20 &&
					   (unsigned char)*c < 0x7f));
	assert_non_null(strstr(text, "not \\xff utf-8 \"\\.pcap"));
	assert_non_null(strstr(text, "  [2001:db8:ffff:ffff:ffff:ffff:ffff:"
				     "fff1]:65535\n"));
	assert_non_null(strstr(text, "     -> [2001:db8:ffff:ffff:ffff:ffff:"
				     "ffff:fff2]:65534\n"));
	free(text);
}

static void test_color_only_when_asked(void **state)
{
	struct nw_text_options options = {.color = true, .utc = true};
	char *text = text_of(&fixture_seed, NULL);

	(void)state;
	assert_null(strchr(text, '\033'));
	free(text);
	text = text_of(&fixture_seed, &options);
	assert_int_equal(strncmp(text, "\033[1;31mDISCREPANT:\033[0m ", 23), 0);
	free(text);
}

static void test_failed_write_is_reported(void **state)
{
	struct nw_error err = {.status = NW_OK};
	FILE *full = fopen("/dev/full", "w");

	(void)state;
	if (full == NULL)
		skip();
	assert_int_equal(nw_report_text(&fixture_seed, NULL, full, &err),
			 NW_EIO);
	assert_string_equal(err.text, "cannot write the report: No space left "
				      "on device");
	/* The first error wins, and none need be asked for. */
	strcpy(err.text, "first");
	assert_int_equal(nw_report_text(&fixture_seed, NULL, full, &err),
			 NW_EIO);
	assert_string_equal(err.text, "first");
	assert_int_equal(nw_report_text(&fixture_seed, NULL, full, NULL),
			 NW_EIO);
	fclose(full);
}

static void test_numbers(void **state)
{
	char number[NUMBER_TEXT], counted[COUNTED_TEXT], span[SPAN_TEXT];

	(void)state;
	assert_string_equal(page_number(0, number), "0");
	assert_string_equal(page_number(999, number), "999");
	assert_string_equal(page_number(1000, number), "1,000");
	assert_string_equal(page_number(UINT64_MAX, number),
			    "18,446,744,073,709,551,615");
	assert_string_equal(page_counted(1, "packet", counted), "1 packet");
	assert_string_equal(page_counted(0, "packet", counted), "0 packets");
	assert_string_equal(page_span(1, span), "0.001 us");
	assert_string_equal(page_span(999999, span), "999.999 us");
	assert_string_equal(page_span(37000123456, span), "37.000 s");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_faults_in_full),
		cmocka_unit_test(test_clean_run_is_short),
		cmocka_unit_test(test_inconclusive_says_what_to_check),
		cmocka_unit_test(test_many_faults_get_shorter),
		cmocka_unit_test(test_fits_the_width),
		cmocka_unit_test(test_hostile_names_are_escaped),
		cmocka_unit_test(test_color_only_when_asked),
		cmocka_unit_test(test_failed_write_is_reported),
		cmocka_unit_test(test_numbers),
	};

	return cmocka_run_group_tests_name("text", tests, NULL, NULL);
}
