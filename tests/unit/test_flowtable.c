/* SPDX-License-Identifier: MIT */
#include "flowtable.h"

#include "packets.h"

/* The `n`th of many SYNs, IPv4 and IPv6 in turn. */
static struct packet syn_number(uint32_t n)
{
	struct packet packet = {0};
	struct endpoint *ends = packet.tuple.ends;

	ends[0].family = ends[1].family = n % 2 ? 6 : 4;
	ends[0].address[3] = (uint8_t)(n >> 16);
	ends[0].port = (uint16_t)n;
	ends[1].address[0] = 192;
	ends[1].port = 443;
	packet.segment.flags = TCP_SYN;
	packet.segment.seq = seq_of(n * 1000);
	return packet;
}

static struct flow *look_up(struct flowtable *table,
			    const struct packet *packet, int64_t time_ns)
{
	struct flow *flow = flowtable_find(
		table, tuple_hash(&packet->tuple, table->key), packet, time_ns);

	assert_non_null(flow);
	return flow;
}

static void hash_is_the_same_both_ways(void **state)
{
	const uint64_t key = 0x6a09e667f3bcc908u;

	(void)state;
	for (uint32_t n = 0; n < 1000; n++) {
		struct packet packet = syn_number(n), next = syn_number(n + 2);
		struct tuple reverse = tuple_reverse(&packet.tuple);
		uint64_t hash = tuple_hash(&packet.tuple, key);

		assert_true(hash == tuple_hash(&reverse, key));
		assert_true(hash != tuple_hash(&packet.tuple, key + 1));
		assert_true(hash != tuple_hash(&next.tuple, key));
	}
}

/* More tuples than fit the first table: each is found again, both ways. */
static void every_tuple_is_found_again(void **state)
{
	const uint32_t count = 70000;
	struct flowtable table;

	(void)state;
	assert_true(flowtable_init(&table));
	for (uint32_t n = 0; n < count; n++) {
		struct packet packet = syn_number(n);
		struct flow *flow = look_up(&table, &packet, n);

		assert_int_equal(flow - table.flows.items, n);
		assert_int_equal(flow->older, FLOW_NONE);
		flow_note(flow, &packet, FROM_CLIENT, n);
	}
	for (uint32_t n = 0; n < count; n++) {
		struct packet packet = syn_number(n);

		packet.tuple = tuple_reverse(&packet.tuple);
		packet.segment.flags = TCP_ACK;
		assert_int_equal(
			look_up(&table, &packet, n) - table.flows.items, n);
	}
	assert_int_equal(table.flows.count, count);
	assert_int_equal(table.tuples, count);
	flowtable_fini(&table);
}

static void newest_incarnation_is_found(void **state)
{
	struct packet packet = syn_number(5);
	struct flowtable table;

	(void)state;
	assert_true(flowtable_init(&table));
	for (uint32_t i = 0; i < 4; i++) {
		struct flow *flow;

		packet.segment.flags = TCP_SYN;
		packet.segment.seq = seq_of(i * 5000);
		flow = look_up(&table, &packet, i);
		assert_int_equal(flow - table.flows.items, i);
		assert_int_equal(flow->older, i == 0 ? FLOW_NONE : i - 1);
		flow_note(flow, &packet, FROM_CLIENT, i);
		packet.segment.flags = TCP_RST;
		flow = look_up(&table, &packet, i);
		assert_int_equal(flow - table.flows.items, i);
		flow_note(flow, &packet, FROM_CLIENT, i);
	}
	assert_int_equal(table.tuples, 1);
	flowtable_fini(&table);
}

static void guesses_are_only_guesses(void **state)
{
	struct packet packet = syn_number(1);
	struct flowtable table;
	struct flow *flow;
	uint64_t hash;

	(void)state;
	assert_true(flowtable_init(&table));
	hash = tuple_hash(&packet.tuple, table.key);
	flowtable_prefetch(&table, hash);
	assert_null(flowtable_guess(&table, hash));
	flow = look_up(&table, &packet, 0);
	assert_ptr_equal(flowtable_guess(&table, hash), flow);
	flowtable_fini(&table);
	assert_null(table.slots);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(hash_is_the_same_both_ways),
		cmocka_unit_test(every_tuple_is_found_again),
		cmocka_unit_test(newest_incarnation_is_found),
		cmocka_unit_test(guesses_are_only_guesses),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
