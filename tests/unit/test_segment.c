/* SPDX-License-Identifier: MIT */
#include "datalink.h"
#include "ip.h"
#include "packets.h"
#include "segment.h"
#include "tcp.h"

static struct frame ethernet(const char *hex, uint8_t bytes[PACKET_ROOM])
{
	uint32_t len = (uint32_t)from_hex(hex, bytes);

	return (struct frame){
		.bytes = bytes,
		.cap_len = len,
		.wire_len = len,
		.link_type = LINK_ETHERNET,
	};
}

static void names_are_stable(void **state)
{
	static const char *const names[SKIP_COUNT] = {
		"none",     "not-ip",     "not-tcp",   "link-type",
		"fragment", "cut-header", "malformed", "icmp",
	};

	(void)state;
	for (enum skip skip = SKIP_NONE; skip < SKIP_COUNT; skip++)
		assert_string_equal(skip_name(skip), names[skip]);
	assert_string_equal(skip_name(SKIP_COUNT), "unknown");
}

static void outcomes(void **state)
{
	static const struct {
		const char *hex;
		enum skip skip;
	} cases[] = {
		{ETHER4 DATA, SKIP_NONE},
		{ETHER6 DATA6, SKIP_NONE},
		{MACS "8100 0007 0800" SACK, SKIP_NONE},
		{MACS "0806 0001", SKIP_NOT_IP},
		{ETHER4 "45000028 00004000 40110000 c0000201 c633640a" ACK_TCP,
		 SKIP_NOT_TCP},
		{ETHER4 "45000028 00002000 40060000 c0000201 c633640a" ACK_TCP,
		 SKIP_FRAGMENT},
		{ETHER4 "45000013 00000000 40060000 c0000201 c633640a" ACK_TCP,
		 SKIP_MALFORMED},
		{ETHER4 "45000027 00000000 40060000 c0000201 c633640a" ACK_TCP,
		 SKIP_MALFORMED},
		{ETHER4 "45000028 00004000 40010000 c0000201 c633640a" ACK_TCP,
		 SKIP_ICMP},
		{ETHER4 "45000028 00004000", SKIP_CUT},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		uint8_t bytes[PACKET_ROOM];
		struct frame frame = ethernet(cases[i].hex, bytes);
		struct packet packet;

		frame.wire_len = 100;
		assert_int_equal(packet_decode(&frame, &packet), cases[i].skip);
	}
}

/* Ethernet pads to 60 bytes: the padding is no payload. */
static void padding_is_no_payload(void **state)
{
	uint8_t bytes[PACKET_ROOM];
	struct frame frame = ethernet(ETHER4 ACK "616263646566", bytes);
	struct packet packet;

	(void)state;
	assert_int_equal(packet_decode(&frame, &packet), SKIP_NONE);
	assert_int_equal(packet.segment.len, 0);
	assert_int_equal(packet.segment.cap_len, 0);
	packet_measure(&frame, &packet);
	assert_int_equal(packet.segment.checksum, CHECKSUM_GOOD);
}

/* A total length of 0: a super-segment, behind which the FCS may lie. */
static void super_segment_ends_before_the_fcs(void **state)
{
	uint8_t bytes[PACKET_ROOM];
	struct frame frame = ethernet(
		ETHER4 "45000000 12344000 40060000 c0000201 c633640a" DATA_TCP
			DATA_PAYLOAD "deadbeef",
		bytes);
	struct packet packet;

	(void)state;
	frame.fcs = true;
	assert_int_equal(packet_decode(&frame, &packet), SKIP_NONE);
	assert_int_equal(packet.segment.len, 5);
	assert_int_equal(packet.segment.cap_len, 5);
	packet_measure(&frame, &packet);
	assert_int_equal(packet.segment.checksum, CHECKSUM_GOOD);
}

/* What the layers say of a frame, without the short cut. */
static enum skip by_layers(const struct frame *frame, struct packet *packet)
{
	struct layer layer = {0};
	enum skip skip;

	memset(packet, 0, sizeof(*packet));
	skip = datalink_decode(frame, &layer);
	if (skip == SKIP_NONE)
		skip = ip_decode(&layer, packet);
	return skip == SKIP_NONE ? tcp_decode(&layer, packet) : skip;
}

/* Each byte of a plain packet takes each value, at each snap length: both
 * ways of decoding give the same outcome and the same packet. */
static void short_cut_is_no_other_way(void **state)
{
	uint8_t bytes[PACKET_ROOM];
	struct frame frame = ethernet(ETHER4 DATA, bytes);
	uint32_t whole = frame.cap_len;

	(void)state;
	for (uint32_t at = 0; at < whole * 256; at++) {
		struct packet one, two;
		uint8_t kept = bytes[at / 256];

		bytes[at / 256] = (uint8_t)(at % 256);
		frame.cap_len = at % 7 == 0 ? at % (whole + 1) : whole;
		memset(&one, 0, sizeof(one));
		assert_int_equal(packet_decode(&frame, &one),
				 by_layers(&frame, &two));
		assert_memory_equal(&one, &two, sizeof(one));
		bytes[at / 256] = kept;
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(names_are_stable),
		cmocka_unit_test(outcomes),
		cmocka_unit_test(padding_is_no_payload),
		cmocka_unit_test(super_segment_ends_before_the_fcs),
		cmocka_unit_test(short_cut_is_no_other_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
