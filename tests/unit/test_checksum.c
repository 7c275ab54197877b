/* SPDX-License-Identifier: MIT */
#include "checksum.h"
#include "fingerprint.h"
#include "packets.h"

/* The same headers and payload with another checksum field. */
#define DATA_WITH(checksum)                                                    \
	DATA_IP "9f080050 000003e8 000007d0 801801f6 " checksum " 0000 "       \
		"0101080a 00000007 00000009 " DATA_PAYLOAD

static void measure(const char *hex, uint32_t cut, struct packet *packet)
{
	static uint8_t bytes[PACKET_ROOM];
	uint32_t len = (uint32_t)from_hex(hex, bytes);
	struct frame frame = {
		.bytes = bytes,
		.cap_len = len - cut,
		.wire_len = len,
		.link_type = LINK_RAW,
	};

	assert_int_equal(packet_decode(&frame, packet), SKIP_NONE);
	packet_measure(&frame, packet);
}

struct checksum_case {
	const char *line;
	const char *hex;
	uint32_t cut; /* bytes that the snap length cut off */
	enum checksum_state checksum;
	bool has_sum, right_sum; /* of the payload "hello" */
};

static const struct checksum_case cases[] = {
	{"right", DATA, 0, CHECKSUM_GOOD, true, true},
	{"one bit off", DATA_WITH("9989"), 0, CHECKSUM_BAD, true, true},
	{"zero", DATA_WITH("0000"), 0, CHECKSUM_BAD, true, true},
	{"pseudo-header sum: left to the adapter", DATA_WITH("ec6a"), 0,
	 CHECKSUM_PARTIAL, true, true},
	{"pseudo-header sum without the length", DATA_WITH("ec45"), 0,
	 CHECKSUM_PARTIAL, true, true},
	{"right, payload cut", DATA, 5, CHECKSUM_UNKNOWN, true, true},
	{"right, payload cut in the middle", DATA, 3, CHECKSUM_UNKNOWN, true,
	 true},
	{"one bit off, payload cut", DATA_WITH("9989"), 3, CHECKSUM_UNKNOWN,
	 true, false},
	{"pseudo-header sum, payload cut", DATA_WITH("ec6a"), 3,
	 CHECKSUM_PARTIAL, false, false},
	{"zero, payload cut", DATA_WITH("0000"), 3, CHECKSUM_UNKNOWN, false,
	 false},
	{"options cut", DATA, 6, CHECKSUM_UNKNOWN, false, false},
	{"source-routed: the final address is not in the header",
	 "48000045 12344000 40060000 c0000201 c633640a "
	 "01830704c000020200000000" DATA_TCP DATA_PAYLOAD,
	 0, CHECKSUM_UNKNOWN, true, true},
};

static void states_and_sums(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct checksum_case *c = &cases[i];
		uint16_t sum = sum16((const uint8_t *)"hello", 5);
		struct packet packet;

		print_message("%s\n", c->line);
		measure(c->hex, c->cut, &packet);
		assert_int_equal(packet.segment.checksum, c->checksum);
		assert_int_equal(packet.segment.has_sum, c->has_sum);
		if (c->has_sum)
			assert_int_equal(packet.segment.sum == sum,
					 c->right_sum);
	}
}

static void other_packets_are_right(void **state)
{
	static const char *const packets[] = {ACK, SYN, SACK, DATA6};

	(void)state;
	for (size_t i = 0; i < COUNT(packets); i++) {
		struct packet packet;

		measure(packets[i], 0, &packet);
		assert_int_equal(packet.segment.checksum, CHECKSUM_GOOD);
	}
}

/* 0x0000 and 0xffff are the same sum, in the field as well: the sequence
 * number is made such that the checksum of the segment is zero. */
static void both_zeros_are_right(void **state)
{
	/* ACK_TCP's checksum is 0x168f: add that to its sequence number. */
	static const char *const packets[] = {
		ACK_IP "9f080050 00001a77 000007d0 501001f6 0000 0000",
		ACK_IP "9f080050 00001a77 000007d0 501001f6 ffff 0000",
	};

	(void)state;
	for (size_t i = 0; i < COUNT(packets); i++) {
		struct packet packet;

		measure(packets[i], 0, &packet);
		assert_int_equal(packet.segment.checksum, CHECKSUM_GOOD);
		assert_int_equal(packet.segment.sum, 0);
	}
}

static void fingerprint_needs_the_whole_payload(void **state)
{
	struct packet packet;

	(void)state;
	measure(DATA, 0, &packet);
	assert_int_equal(packet.segment.fingerprint,
			 fingerprint((const uint8_t *)"hello", 5));
	measure(DATA, 1, &packet);
	assert_int_equal(packet.segment.fingerprint, 0);
	measure(ACK, 0, &packet);
	assert_int_equal(packet.segment.fingerprint, 0);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(states_and_sums),
		cmocka_unit_test(other_packets_are_right),
		cmocka_unit_test(both_zeros_are_right),
		cmocka_unit_test(fingerprint_needs_the_whole_payload),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
