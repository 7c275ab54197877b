/* SPDX-License-Identifier: MIT */
#include "endpoint.h"

#include "natwitness.h"
#include "packets.h"

#define V4(a, b, c, d, number)                                                 \
	{                                                                      \
		.address = {a, b, c, d}, .port = number, .family = 4           \
	}

static const struct endpoint client = V4(10, 0, 0, 1, 40000);
static const struct endpoint server = V4(192, 0, 2, 1, 80);

static void equality(void **state)
{
	struct endpoint other = client;

	(void)state;
	assert_true(endpoint_equal(&client, &other));
	other.port++;
	assert_false(endpoint_equal(&client, &other));
	assert_true(address_equal(&client, &other));
	other = client;
	other.family = 6; /* a00:1:: is not 10.0.0.1 */
	assert_false(endpoint_equal(&client, &other));
	assert_false(address_equal(&client, &other));
	other = client;
	other.address[15] = 1;
	assert_false(address_equal(&client, &other));
}

static void reversal(void **state)
{
	const struct tuple tuple = {{client, server}};
	const struct tuple reverse = tuple_reverse(&tuple);
	const struct tuple again = tuple_reverse(&reverse);

	(void)state;
	assert_true(endpoint_equal(&reverse.ends[0], &server));
	assert_true(endpoint_equal(&reverse.ends[1], &client));
	assert_false(tuple_equal(&tuple, &reverse));
	assert_true(tuple_equal(&tuple, &again));
}

static void texts(void **state)
{
	static const struct {
		struct nw_endpoint endpoint;
		const char *text;
	} cases[] = {
		{{.family = 4, .address = {192, 0, 2, 255}}, "192.0.2.255"},
		{{.family = 4}, "0.0.0.0"},
		{{.family = 6}, "::"},
		{{.family = 6, .address = {0x20, 1, 0xd, 0xb8, [15] = 1}},
		 "2001:db8::1"},
		{{.family = 6, .address = {[10] = 255, 255, 192, 0, 2, 1}},
		 "::ffff:192.0.2.1"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		char text[NW_ADDRESS_TEXT];

		assert_ptr_equal(nw_address_text(&cases[i].endpoint, text),
				 text);
		assert_string_equal(text, cases[i].text);
	}
}

static void longest_text_fits(void **state)
{
	struct nw_endpoint endpoint = {.family = 6};
	char text[NW_ADDRESS_TEXT];

	(void)state;
	memset(endpoint.address, 0xff, sizeof(endpoint.address));
	assert_string_equal(nw_address_text(&endpoint, text),
			    "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(equality),
		cmocka_unit_test(reversal),
		cmocka_unit_test(texts),
		cmocka_unit_test(longest_text_fits),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
