/* SPDX-License-Identifier: MIT */
#include "datalink.h"
#include "packets.h"

struct link_case {
	const char *line; /* what it is */
	uint16_t link_type;
	const char *hex;
	enum skip skip;
	uint8_t version; /* of IP; as the link header says */
	uint32_t len;    /* bytes behind the link header */
};

static const struct link_case cases[] = {
	{"Ethernet, IPv4", LINK_ETHERNET, ETHER4 ACK, SKIP_NONE, 4, 40},
	{"Ethernet, IPv6", LINK_ETHERNET, ETHER6 DATA6, SKIP_NONE, 6, 66},
	{"Ethernet, IPv4, six bytes of padding", LINK_ETHERNET,
	 ETHER4 ACK "000000000000", SKIP_NONE, 4, 46},
	{"Ethernet, ARP", LINK_ETHERNET, MACS "0806 0001", SKIP_NOT_IP, 0, 0},
	{"Ethernet, header cut", LINK_ETHERNET, MACS "08", SKIP_CUT, 0, 0},
	{"vlan 7", LINK_ETHERNET, MACS "8100 0007 0800" ACK, SKIP_NONE, 4, 40},
	{"vlan 7, tag cut", LINK_ETHERNET, MACS "8100 0007 08", SKIP_CUT, 0, 0},
	{"802.1ad 5, vlan 7, IPv6", LINK_ETHERNET,
	 MACS "88a8 0005 8100 0007 86dd" DATA6, SKIP_NONE, 6, 66},
	{"0x9100 5, vlan 7, vlan 8", LINK_ETHERNET,
	 MACS "9100 0005 8100 0007 8100 0008 0800" ACK, SKIP_NONE, 4, 40},
	{"802.3, LLC SNAP, IPv4", LINK_ETHERNET,
	 MACS "0030 aaaa03 000000 0800" ACK, SKIP_NONE, 4, 40},
	{"802.3, spanning tree", LINK_ETHERNET, MACS "0026 424203 0000000000",
	 SKIP_NOT_IP, 0, 0},
	{"802.3, SNAP cut", LINK_ETHERNET, MACS "0030 aaaa", SKIP_NOT_IP, 0, 0},
	{"cooked v1, IPv4", LINK_LINUX_SLL,
	 "0000 0001 0006 0200000000010000 0800" ACK, SKIP_NONE, 4, 40},
	{"cooked v1, vlan 7, IPv6", LINK_LINUX_SLL,
	 "0000 0001 0006 0200000000010000 8100 0007 86dd" DATA6, SKIP_NONE, 6,
	 66},
	{"cooked v1, cut", LINK_LINUX_SLL, "0000 0001 0006", SKIP_CUT, 0, 0},
	{"cooked v2, IPv4", LINK_LINUX_SLL2,
	 "0800 0000 00000003 0001 00 06 0200000000010000" ACK, SKIP_NONE, 4,
	 40},
	{"cooked v2, cut", LINK_LINUX_SLL2, "0800 0000 0000", SKIP_CUT, 0, 0},
	{"raw, IPv4", LINK_RAW, ACK, SKIP_NONE, 0, 40},
	{"raw, IPv6", LINK_RAW, DATA6, SKIP_NONE, 0, 66},
	{"DLT_RAW of most systems", LINK_RAW_BSD, ACK, SKIP_NONE, 0, 40},
	{"DLT_RAW of OpenBSD", LINK_RAW_OPENBSD, ACK, SKIP_NONE, 0, 40},
	{"LINKTYPE_IPV4", LINK_IPV4, ACK, SKIP_NONE, 4, 40},
	{"LINKTYPE_IPV6", LINK_IPV6, DATA6, SKIP_NONE, 6, 66},
	{"null, IPv4, little-endian host", LINK_NULL, "02000000" ACK, SKIP_NONE,
	 4, 40},
	{"null, IPv4, big-endian host", LINK_NULL, "00000002" ACK, SKIP_NONE, 4,
	 40},
	{"null, IPv6 of macOS", LINK_NULL, "1e000000" DATA6, SKIP_NONE, 6, 66},
	{"null, IPv6 of FreeBSD", LINK_NULL, "0000001c" DATA6, SKIP_NONE, 6,
	 66},
	{"loop, IPv6 of OpenBSD", LINK_LOOP, "00000018" DATA6, SKIP_NONE, 6,
	 66},
	{"loop, IPv4", LINK_LOOP, "00000002" ACK, SKIP_NONE, 4, 40},
	{"null, AppleTalk", LINK_NULL, "10000000", SKIP_NOT_IP, 0, 0},
	{"null, cut", LINK_NULL, "0200", SKIP_CUT, 0, 0},
	{"802.11", 105, "080142", SKIP_LINK_TYPE, 0, 0},
	{"nothing at all", LINK_ETHERNET, "", SKIP_CUT, 0, 0},
};

static struct frame frame_of(const struct link_case *c, const uint8_t *bytes,
			     size_t len)
{
	return (struct frame){
		.bytes = bytes,
		.cap_len = (uint32_t)len,
		.wire_len = (uint32_t)len,
		.link_type = c->link_type,
	};
}

static void link_headers_lead_to_ip(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct link_case *c = &cases[i];
		uint8_t bytes[PACKET_ROOM];
		struct frame frame =
			frame_of(c, bytes, from_hex(c->hex, bytes));
		struct layer layer = {0};

		print_message("%s\n", c->line);
		assert_int_equal(datalink_decode(&frame, &layer), c->skip);
		if (c->skip != SKIP_NONE)
			continue;
		assert_int_equal(layer.next, c->version);
		assert_int_equal(layer.len, c->len);
		assert_int_equal(layer.bytes.left, c->len);
	}
}

/* The snap length cuts what was captured, not what was on the wire. */
static void wire_length_counts_what_was_cut(void **state)
{
	uint8_t bytes[PACKET_ROOM];
	struct frame frame =
		frame_of(&cases[0], bytes, from_hex(ETHER4 ACK, bytes));
	struct layer layer = {0};

	(void)state;
	frame.wire_len = 1514;
	assert_int_equal(datalink_decode(&frame, &layer), SKIP_NONE);
	assert_int_equal(layer.len, 1500);
	assert_int_equal(layer.bytes.left, 40);
	frame.fcs = true;
	assert_int_equal(datalink_decode(&frame, &layer), SKIP_NONE);
	assert_int_equal(layer.len, 1496);
	/* A writer that forgot the wire length. */
	frame.fcs = false;
	frame.wire_len = 0;
	assert_int_equal(datalink_decode(&frame, &layer), SKIP_NONE);
	assert_int_equal(layer.len, 40);
}

static void every_cut_has_an_outcome(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t bytes[PACKET_ROOM];
		size_t len = from_hex(cases[i].hex, bytes);

		for (size_t cut = 0; cut <= len; cut++) {
			struct frame frame = frame_of(&cases[i], bytes, cut);
			struct layer layer = {0};

			if (datalink_decode(&frame, &layer) == SKIP_NONE)
				assert_true(layer.bytes.left <= cut);
		}
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(link_headers_lead_to_ip),
		cmocka_unit_test(wire_length_counts_what_was_cut),
		cmocka_unit_test(every_cut_has_an_outcome),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
