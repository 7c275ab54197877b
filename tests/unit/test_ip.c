/* SPDX-License-Identifier: MIT */
#include "ip.h"
#include "packets.h"

#define TCP6 DATA6_ADDRESSES DATA6_TCP

struct ip_case {
	const char *line;
	const char *hex;
	uint32_t more; /* bytes on the wire behind those in hex */
	enum skip skip;
	uint32_t len; /* IP payload on the wire: TCP header and data */
	bool source_routed;
};

static const struct ip_case cases[] = {
	/* IPv4 */
	{"length 5", DATA, 0, SKIP_NONE, 37, false},
	{"link padding behind", ACK "000000000000", 0, SKIP_NONE, 20, false},
	{"cut in the payload",
	 "450005dc 00004000 40060000 c0000201 c633640a 9f", 1479, SKIP_NONE,
	 1480, false},
	{"total length beyond the frame: cut",
	 "450005dc 00004000 40060000 c0000201 c633640a 9f", 0, SKIP_NONE, 1480,
	 false},
	{"total length 0 (TSO): the frame rules",
	 "45000000 00004000 40060000 c0000201 c633640a 9f", 65159, SKIP_NONE,
	 65160, false},
	{"total length below the header",
	 "45000013 00004000 40060000 c0000201 "
	 "c633640a",
	 0, SKIP_MALFORMED, 0, false},
	{"header length 4 words",
	 "44000028 00004000 40060000 c0000201 c633640a", 0, SKIP_MALFORMED, 0,
	 false},
	{"header length beyond total length",
	 "4f000028 00004000 40060000 c0000201 c633640a 00000000 00000000 "
	 "00000000 00000000 00000000",
	 0, SKIP_MALFORMED, 0, false},
	{"version 5", "55000028 00004000 40060000 c0000201 c633640a", 0,
	 SKIP_NOT_IP, 0, false},
	{"header cut", "45000028 00004000 40060000 c000", 20, SKIP_CUT, 0,
	 false},
	{"nothing", "", 20, SKIP_CUT, 0, false},
	{"router alert option",
	 "4600003d 12344000 40060000 c0000201 c633640a 94040000" DATA_TCP
		 DATA_PAYLOAD,
	 0, SKIP_NONE, 37, false},
	{"options cut", "4700003d 12344000 40060000 c0000201 c633640a 94040000",
	 41, SKIP_CUT, 0, false},
	{"loose source route",
	 "4800003d 12344000 40060000 c0000201 c633640a 01 83 07 04 c0000202 00 "
	 "000000" DATA_TCP DATA_PAYLOAD,
	 0, SKIP_NONE, 29, true},
	{"option of length 0",
	 "4600003d 12344000 40060000 c0000201 c633640a 94000000" DATA_TCP
		 DATA_PAYLOAD,
	 0, SKIP_NONE, 37, false},
	{"option that passes the end",
	 "4600003d 12344000 40060000 c0000201 c633640a 07ff0000" DATA_TCP
		 DATA_PAYLOAD,
	 0, SKIP_NONE, 37, false},
	{"first fragment",
	 "45000039 12342000 40060000 c0000201 c633640a" DATA_TCP, 0,
	 SKIP_FRAGMENT, 0, false},
	{"last fragment",
	 "45000039 12340003 40060000 c0000201 c633640a" DATA_TCP, 0,
	 SKIP_FRAGMENT, 0, false},
	{"fragment of UDP", "45000039 12342000 40110000 c0000201 c633640a", 37,
	 SKIP_NOT_TCP, 0, false},
	{"fragment of ICMP", "45000039 12342000 40010000 c0000201 c633640a", 37,
	 SKIP_ICMP, 0, false},
	{"ICMP", "45000039 12344000 40010000 c0000201 c633640a", 37, SKIP_ICMP,
	 0, false},
	{"UDP", "45000039 12344000 40110000 c0000201 c633640a", 37,
	 SKIP_NOT_TCP, 0, false},
	{"authentication header",
	 "45000051 12344000 40330000 c0000201 c633640a 06 04 0000 00000001 "
	 "00000001 00000000 00000000 00000000" DATA_TCP DATA_PAYLOAD,
	 0, SKIP_NONE, 37, false},
	/* IPv6 */
	{"IP6, length 6", DATA6, 0, SKIP_NONE, 26, false},
	{"IP6 header cut", "6b800000 001a0640 20010db8", 54, SKIP_CUT, 0,
	 false},
	{"hop-by-hop",
	 "60000000 0022 00 40" DATA6_ADDRESSES "06 00 0502000001 00" DATA6_TCP,
	 0, SKIP_NONE, 26, false},
	{"jumbogram",
	 "60000000 0000 00 40" DATA6_ADDRESSES "06 00 c204 00020000" DATA6_TCP,
	 131038, SKIP_NONE, 131064, false},
	{"destination options, 16 bytes",
	 "60000000 002a 3c 40" DATA6_ADDRESSES
	 "06 01 010c 000000000000000000000000" DATA6_TCP,
	 0, SKIP_NONE, 26, false},
	{"routing header, no segments left",
	 "60000000 0022 2b 40" DATA6_ADDRESSES "06 00 04 00 00000000" DATA6_TCP,
	 0, SKIP_NONE, 26, false},
	{"routing header, one segment left",
	 "60000000 0022 2b 40" DATA6_ADDRESSES "06 00 04 01 00000000" DATA6_TCP,
	 0, SKIP_NONE, 26, true},
	{"atomic fragment",
	 "60000000 0022 2c 40" DATA6_ADDRESSES "06 00 0000 12345678" DATA6_TCP,
	 0, SKIP_NONE, 26, false},
	{"first fragment",
	 "60000000 0022 2c 40" DATA6_ADDRESSES "06 00 0001 12345678" DATA6_TCP,
	 0, SKIP_FRAGMENT, 0, false},
	{"last fragment",
	 "60000000 0022 2c 40" DATA6_ADDRESSES "06 00 0100 12345678" DATA6_TCP,
	 0, SKIP_FRAGMENT, 0, false},
	{"fragment of destination options",
	 "60000000 0022 2c 40" DATA6_ADDRESSES "3c 00 0001 12345678" DATA6_TCP,
	 0, SKIP_FRAGMENT, 0, false},
	{"fragment of UDP",
	 "60000000 0022 2c 40" DATA6_ADDRESSES "11 00 0001 12345678" DATA6_TCP,
	 0, SKIP_NOT_TCP, 0, false},
	{"hop-by-hop, routing, fragment, authentication, destination",
	 "60000000 0052 00 40" DATA6_ADDRESSES
	 "2b 00 0104 00000000 2c 00 0400 00000000 33 00 0000 12345678 "
	 "3c 04 0000 00000001 00000001 00000000 00000000 00000000 "
	 "06 00 0104 00000000" DATA6_TCP,
	 0, SKIP_NONE, 26, false},
	{"extension longer than the packet",
	 "60000000 0022 3c 40" DATA6_ADDRESSES "06 ff 0104 00000000" DATA6_TCP,
	 0, SKIP_MALFORMED, 0, false},
	{"extension cut",
	 "60000000 0822 3c 40" DATA6_ADDRESSES "06 ff 0104 00000000" DATA6_TCP,
	 2048, SKIP_CUT, 0, false},
	{"payload shorter than an extension",
	 "60000000 0004 3c 40" DATA6_ADDRESSES "06 00 0104 00000000", 0,
	 SKIP_MALFORMED, 0, false},
	{"ICMP6", "60000000 0008 3a 40" DATA6_ADDRESSES "8000000000000000", 0,
	 SKIP_ICMP, 0, false},
	{"no next header", "60000000 0000 3b 40" DATA6_ADDRESSES, 0,
	 SKIP_NOT_TCP, 0, false},
	{"ESP", "60000000 0008 32 40" DATA6_ADDRESSES "0000000100000001", 0,
	 SKIP_NOT_TCP, 0, false},
};

static struct layer layer_of(const struct ip_case *c, const uint8_t *bytes,
			     size_t len)
{
	return (struct layer){
		.bytes = {bytes, len},
		.len = (uint32_t)len + c->more,
		.next = VERSION_BY_NIBBLE,
	};
}

static void headers_lead_to_tcp(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct ip_case *c = &cases[i];
		uint8_t bytes[PACKET_ROOM];
		size_t len = from_hex(c->hex, bytes);
		struct layer layer = layer_of(c, bytes, len);
		struct packet packet = {0};

		print_message("%s\n", c->line);
		assert_int_equal(ip_decode(&layer, &packet), c->skip);
		if (c->skip != SKIP_NONE)
			continue;
		assert_int_equal(layer.len, c->len);
		assert_true(layer.bytes.left <= layer.len);
		assert_int_equal(packet.source_routed, c->source_routed);
	}
}

static void the_link_headers_word_counts(void **state)
{
	uint8_t bytes[PACKET_ROOM];
	size_t len = from_hex(ACK, bytes);
	struct packet packet = {0};
	struct layer layer = {{bytes, len}, (uint32_t)len, VERSION_6};

	(void)state;
	assert_int_equal(ip_decode(&layer, &packet), SKIP_MALFORMED);
	len = from_hex(DATA6, bytes);
	layer = (struct layer){{bytes, len}, (uint32_t)len, VERSION_4};
	assert_int_equal(ip_decode(&layer, &packet), SKIP_MALFORMED);
}

static void fields_of_ipv4(void **state)
{
	static const uint8_t from[16] = {192, 0, 2, 1};
	static const uint8_t to[16] = {198, 51, 100, 10};
	uint8_t bytes[PACKET_ROOM];
	size_t len = from_hex(SYN, bytes);
	struct layer layer = {{bytes, len}, (uint32_t)len, VERSION_4};
	struct packet packet;

	(void)state;
	memset(&packet, 0xff, sizeof(packet));
	assert_int_equal(ip_decode(&layer, &packet), SKIP_NONE);
	assert_memory_equal(packet.tuple.ends[0].address, from, 16);
	assert_memory_equal(packet.tuple.ends[1].address, to, 16);
	assert_int_equal(packet.tuple.ends[0].family, 4);
	assert_int_equal(packet.tuple.ends[1].family, 4);
	assert_int_equal(packet.segment.tos, 2);
	assert_int_equal(packet.segment.ttl, 64);
	assert_int_equal(packet.segment.ip_id, 0x1234);
	assert_true(packet.segment.dont_fragment);
}

static void fields_of_ipv6(void **state)
{
	uint8_t bytes[PACKET_ROOM];
	size_t len = from_hex(DATA6, bytes);
	struct layer layer = {{bytes, len}, (uint32_t)len, VERSION_6};
	struct packet packet;

	(void)state;
	memset(&packet, 0xff, sizeof(packet));
	assert_int_equal(ip_decode(&layer, &packet), SKIP_NONE);
	assert_memory_equal(packet.tuple.ends[0].address, bytes + 8, 16);
	assert_memory_equal(packet.tuple.ends[1].address, bytes + 24, 16);
	assert_int_equal(packet.tuple.ends[0].family, 6);
	assert_int_equal(packet.tuple.ends[1].family, 6);
	assert_int_equal(packet.segment.tos, 0xb8);
	assert_int_equal(packet.segment.ttl, 64);
	assert_int_equal(packet.segment.ip_id, 0);
	assert_false(packet.segment.dont_fragment);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(headers_lead_to_tcp),
		cmocka_unit_test(the_link_headers_word_counts),
		cmocka_unit_test(fields_of_ipv4),
		cmocka_unit_test(fields_of_ipv6),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
