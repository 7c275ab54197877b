/* SPDX-License-Identifier: MIT
 *
 * What the simulator puts on the wire: bytes, checksums, payload, order.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "queue.h"
#include "rng.h"
#include "simpacket.h"

static const struct sim_connection connection = {
	.payload_key = 7,
	.id = "abcdefghijk",
	.exchanges = {{.request = 58, .response = 240},
		      {.request = 3000, .response = 5000}},
	.exchange_count = 2,
};

/* 192.0.2.1.1024 > 198.51.100.80.80: Flags [S], seq 1, win 64240,
 * options [mss 1460,sackOK,nop,nop,nop,wscale 7] */
static void syn_is_what_tcpdump_would_show(void **state)
{
	static const uint8_t expected[] = {
		2, 0, 0, 0, 0, 2, 2, 0, 0, 0, 0, 1, 8, 0,
		/* IP */
		0x45, 0, 0, 52, 0x12, 0x34, 0x40, 0, 64, 6, 0, 0, 192, 0, 2, 1,
		198, 51, 100, 80,
		/* TCP */
		4, 0, 0, 80, 0, 0, 0, 1, 0, 0, 0, 0, 0x80, 2, 0xfa, 0xf0, 0, 0,
		0, 0, 2, 4, 5, 0xb4, 4, 2, 1, 1, 1, 3, 3, 7};
	struct sim_packet packet = {
		.source = sim_endpoint("192.0.2.1", 1024),
		.target = sim_endpoint("198.51.100.80", 80),
		.seq = 1,
		.flags = SIM_SYN,
		.window = 64240,
		.ip_id = 0x1234,
		.ttl = 64,
		.has_mss = true,
		.mss = 1460,
		.has_sack_permitted = true,
		.has_wscale = true,
		.wscale = 7,
	};
	static uint8_t frame[SIM_FRAME_MAX];

	(void)state;
	assert_int_equal(sim_packet_encode(&packet, &connection, frame),
			 sizeof(expected));
	/* The checksums have a test of their own. */
	memset(frame + 24, 0, 2);
	memset(frame + 50, 0, 2);
	assert_memory_equal(frame, expected, sizeof(expected));
}

/* RFC 1071 in the slowest and plainest way. */
static uint32_t plain_sum(const uint8_t *bytes, size_t len, uint32_t sum)
{
	for (size_t i = 0; i < len; i++)
		sum += i % 2 ? bytes[i] : (uint32_t)bytes[i] << 8;
	while (sum >> 16)
		sum = (sum & 0xffff) + (sum >> 16);
	return sum;
}

static void check_sums(const uint8_t *frame, size_t len)
{
	bool four = frame[12] == 8;
	size_t tcp = four ? 34 : 54, addresses = four ? 8 : 32;
	uint32_t sum = 6 + (uint32_t)(len - tcp);

	if (four)
		assert_int_equal(plain_sum(frame + 14, 20, 0), 0xffff);
	sum = plain_sum(frame + tcp - addresses, addresses, sum);
	assert_int_equal(plain_sum(frame + tcp, len - tcp, sum), 0xffff);
}

static void checksums_are_right(void **state)
{
	static uint8_t frame[SIM_FRAME_MAX];
	struct sim_rng rng = sim_rng_of(1, 1);

	(void)state;
	for (int i = 0; i < 2000; i++) {
		bool six = i % 2;
		struct sim_packet packet = {
			.source = sim_endpoint(six ? "fd00::1" : "10.0.0.1",
					       (uint16_t)sim_rng_u32(&rng)),
			.target = sim_endpoint(six ? "2001:db8::2" : "10.9.8.7",
					       80),
			.seq = sim_rng_u32(&rng),
			.ack = sim_rng_u32(&rng),
			.tsval = sim_rng_u32(&rng),
			.len = sim_rng_below(&rng, 1461),
			.offset = sim_rng_below(&rng, 1000),
			.direction = (enum nw_direction)sim_rng_below(&rng, 2),
			.flags = SIM_ACK,
			.sack_count = (uint8_t)sim_rng_below(&rng, 4),
			.has_timestamps = i % 3,
			.ttl = 60,
			.flip = (uint8_t)sim_rng_below(&rng, 256),
		};
		size_t len = sim_packet_encode(&packet, &connection, frame);

		check_sums(frame, len);
	}
}

static void payload_does_not_depend_on_the_cut(void **state)
{
	uint8_t whole[3058], parts[3058];
	struct sim_rng rng = sim_rng_of(2, 1);

	(void)state;
	sim_payload(&connection, NW_FROM_CLIENT, 0, sizeof(whole), whole);
	for (size_t at = 0; at < sizeof(parts);) {
		size_t len = 1 + sim_rng_below(&rng, 100);

		if (len > sizeof(parts) - at)
			len = sizeof(parts) - at;
		sim_payload(&connection, NW_FROM_CLIENT, at, len, parts + at);
		at += len;
	}
	assert_memory_equal(whole, parts, sizeof(whole));
	assert_memory_equal(whole,
			    "GET /abcdefghijk?n=240 HTTP/1.1\r\n"
			    "Host: www.example.org\r\n\r\n",
			    58);
	assert_memory_equal(whole + sizeof(whole) - 4, "\r\n\r\n", 4);
}

static void queue_keeps_time_and_order(void **state)
{
	struct sim_queue queue = {0};
	struct sim_rng rng = sim_rng_of(3, 1);
	struct sim_event last = {.time_ns = -1}, event;

	(void)state;
	for (uint32_t i = 0; i < 1000; i++)
		sim_queue_push(
			&queue,
			(struct sim_event){.time_ns = sim_rng_below(&rng, 50)});
	for (int i = 0; i < 1000; i++) {
		assert_true(sim_queue_pop(&queue, &event));
		assert_true(event.time_ns > last.time_ns ||
			    (event.time_ns == last.time_ns &&
			     event.order > last.order));
		last = event;
	}
	assert_false(sim_queue_pop(&queue, &event));
	sim_queue_fini(&queue);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(syn_is_what_tcpdump_would_show),
		cmocka_unit_test(checksums_are_right),
		cmocka_unit_test(payload_does_not_depend_on_the_cut),
		cmocka_unit_test(queue_keeps_time_and_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
