/* SPDX-License-Identifier: MIT */
#include "packets.h"
#include "tcp.h"

/* Everything before the options, with the header length in words. */
#define BASE(words) "9f080050 000003e8 000007d0 " words "1001f6 00000000 "

struct option_case {
	const char *line;
	const char *hex;
	uint32_t more; /* bytes on the wire behind those in hex */
	enum skip skip;
	uint8_t options; /* enum segment_options */
	uint32_t len, cap_len;
};

static const struct option_case cases[] = {
	{"no options", BASE("50"), 0, SKIP_NONE, 0, 0, 0},
	{"nop,nop,TS", BASE("80") "0101080a 00000007 00000009", 0, SKIP_NONE,
	 OPTION_TIMESTAMPS, 0, 0},
	{"TS,nop,nop", BASE("80") "080a 00000007 00000009 0101", 0, SKIP_NONE,
	 OPTION_TIMESTAMPS, 0, 0},
	{"nop,nop,TS and data", BASE("80") "0101080a 00000007 00000009 616263",
	 0, SKIP_NONE, OPTION_TIMESTAMPS, 3, 3},
	{"mss,nop,wscale,nop,nop,sackOK",
	 BASE("80") "020405b4 01 030307 0101 0402", 0, SKIP_NONE,
	 OPTION_MSS | OPTION_WSCALE | OPTION_SACK_PERMITTED, 0, 0},
	{"nop,nop,sack 1", BASE("80") "0101050a 00000001 00000002", 0,
	 SKIP_NONE, OPTION_SACK, 0, 0},
	{"eol, then what nobody reads", BASE("60") "00020100", 0, SKIP_NONE, 0,
	 0, 0},
	{"MD5", BASE("a0") "0101 1312 000102030405060708090a0b0c0d0e0f", 0,
	 SKIP_NONE, OPTION_OTHER, 0, 0},
	{"mss of length 3 is none", BASE("60") "020305 00", 0, SKIP_NONE,
	 OPTION_OTHER, 0, 0},
	{"sack of length 8 is none", BASE("70") "0508 000000000001", 0,
	 SKIP_NONE, OPTION_OTHER, 0, 0},
	{"sack of length 2 is none", BASE("60") "0502 0101", 0, SKIP_NONE,
	 OPTION_OTHER, 0, 0},
	{"length 0", BASE("60") "02000000", 0, SKIP_NONE, OPTION_MALFORMED, 0,
	 0},
	{"length 1", BASE("60") "02010000", 0, SKIP_NONE, OPTION_MALFORMED, 0,
	 0},
	{"length past the header", BASE("60") "0101 0804", 0, SKIP_NONE,
	 OPTION_MALFORMED, 0, 0},
	{"kind without length", BASE("60") "010101 02", 0, SKIP_NONE,
	 OPTION_MALFORMED, 0, 0},
	{"mss before a malformed one", BASE("70") "020405b4 01 0600 00", 0,
	 SKIP_NONE, OPTION_MSS | OPTION_MALFORMED, 0, 0},
	{"cut in the timestamps", BASE("80") "0101080a 0000", 12, SKIP_NONE,
	 OPTION_CUT, 6, 0},
	{"cut before the first", BASE("80"), 32, SKIP_NONE, OPTION_CUT, 20, 0},
	{"cut behind a kind", BASE("80") "0101 08", 29, SKIP_NONE, OPTION_CUT,
	 20, 0},
	{"cut behind a whole one", BASE("80") "020405b4", 8, SKIP_NONE,
	 OPTION_MSS | OPTION_CUT, 0, 0},
	{"cut, and past the header", BASE("70") "080b 0000", 4, SKIP_NONE,
	 OPTION_MALFORMED | OPTION_CUT, 0, 0},
	{"cut behind eol", BASE("70") "00000000", 4, SKIP_NONE, OPTION_CUT, 0,
	 0},
	{"payload cut", BASE("50") "6162", 1458, SKIP_NONE, 0, 1460, 2},
	{"header cut", "9f080050 000003e8 000007d0 501001f6 0000", 2, SKIP_CUT,
	 0, 0, 0},
	{"IP payload too short for a header",
	 "9f080050 000003e8 000007d0 501001f6 0000", 0, SKIP_MALFORMED, 0, 0,
	 0},
	{"header length 4 words", BASE("40"), 0, SKIP_MALFORMED, 0, 0, 0},
	{"header length past the IP payload", BASE("f0") "00000000", 0,
	 SKIP_MALFORMED, 0, 0, 0},
};

static enum skip decode(const char *hex, uint32_t more, struct packet *packet)
{
	static uint8_t bytes[PACKET_ROOM];
	size_t len = from_hex(hex, bytes);
	struct layer layer = {{bytes, len}, (uint32_t)len + more, 6};

	*packet = (struct packet){0};
	return tcp_decode(&layer, packet);
}

static void options_of_every_kind(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct option_case *c = &cases[i];
		struct packet packet;

		print_message("%s\n", c->line);
		assert_int_equal(decode(c->hex, c->more, &packet), c->skip);
		if (c->skip != SKIP_NONE)
			continue;
		assert_int_equal(packet.segment.options, c->options);
		assert_int_equal(packet.segment.len, c->len);
		assert_int_equal(packet.segment.cap_len, c->cap_len);
	}
}

static void fields_of_the_header(void **state)
{
	struct packet packet;
	const struct segment *segment = &packet.segment;

	(void)state;
	assert_int_equal(decode("9f080050 fffffff0 800007d0 5bff01f6 1234abcd "
				"68656c6c6f",
				0, &packet),
			 SKIP_NONE);
	assert_int_equal(packet.tuple.ends[0].port, 40712);
	assert_int_equal(packet.tuple.ends[1].port, 80);
	assert_int_equal(segment->seq.n, 0xfffffff0);
	assert_int_equal(segment->ack.n, 0x800007d0);
	assert_int_equal(segment->reserved, 0x0b);
	assert_int_equal(segment->flags, 0xff);
	assert_int_equal(segment->window, 502);
	assert_int_equal(segment->urgent, 0xabcd);
	assert_int_equal(segment->len, 5);
	assert_memory_equal(segment->payload, "hello", 5);
	assert_int_equal(packet.tcp_len, 20);
	assert_int_equal(u16be(packet.tcp), 40712);
}

static void values_of_the_options(void **state)
{
	struct packet packet;
	const struct segment *segment = &packet.segment;

	(void)state;
	decode(BASE("a0") "020405b4 0402 080a 00000007 fffffff9 01 03030a", 0,
	       &packet);
	assert_int_equal(segment->options, OPTION_MSS | OPTION_SACK_PERMITTED |
						   OPTION_TIMESTAMPS |
						   OPTION_WSCALE);
	assert_int_equal(segment->mss, 1460);
	assert_int_equal(segment->wscale, 10);
	assert_int_equal(segment->tsval, 7);
	assert_int_equal(segment->tsecr, 0xfffffff9);
	assert_int_equal(segment->sack_count, 0);

	decode(BASE("e0") "01010522 00000001 00000002 00000003 00000004 "
			  "00000005 00000006 fffffff7 00000008",
	       0, &packet);
	assert_int_equal(segment->options, OPTION_SACK);
	assert_int_equal(segment->sack_count, 4);
	assert_int_equal(packet.sack[0].left.n, 1);
	assert_int_equal(packet.sack[0].right.n, 2);
	assert_int_equal(packet.sack[3].left.n, 0xfffffff7);
	assert_int_equal(packet.sack[3].right.n, 8);
}

static uint32_t hash_of(const char *hex)
{
	struct packet packet;

	assert_int_equal(decode(hex, 0, &packet), SKIP_NONE);
	return packet.segment.option_hash;
}

/* Values that legally change from segment to segment do not count. */
static void hash_knows_kinds_lengths_and_order(void **state)
{
	uint32_t lone = hash_of(BASE("80") "0101080a 00000007 00000009");

	(void)state;
	assert_int_equal(hash_of(BASE("50")), 0);
	assert_int_not_equal(lone, 0);
	assert_int_equal(lone,
			 hash_of(BASE("80") "0101080a 00000008 0000000a"));
	assert_int_not_equal(lone,
			     hash_of(BASE("80") "080a 00000007 00000009 0101"));
	assert_int_not_equal(lone,
			     hash_of(BASE("80") "01080a 00000007 00000009 01"));
	assert_int_equal(hash_of(BASE("60") "020405b4"),
			 hash_of(BASE("60") "020404b0"));
	assert_int_not_equal(hash_of(BASE("60") "020405b4"),
			     hash_of(BASE("60") "01010402"));
	/* The bytes of others do. */
	assert_int_not_equal(hash_of(BASE("60") "fe041234"),
			     hash_of(BASE("60") "fe041235"));
}

/* The short cut for lone timestamps gives what the long way gives: three
 * options and a NOP behind them differ in the NOP only. */
static void short_cut_is_no_other_way(void **state)
{
	struct packet lone, cut;

	(void)state;
	decode(BASE("80") "0101080a 00000007 00000009", 0, &lone);
	/* The same options, where the capture lacks the header's last word. */
	decode(BASE("90") "0101080a 00000007 00000009", 4, &cut);
	assert_int_equal(lone.segment.option_hash, cut.segment.option_hash);
	assert_int_equal(lone.segment.tsval, cut.segment.tsval);
	assert_int_equal(lone.segment.tsecr, cut.segment.tsecr);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(options_of_every_kind),
		cmocka_unit_test(fields_of_the_header),
		cmocka_unit_test(values_of_the_options),
		cmocka_unit_test(hash_knows_kinds_lengths_and_order),
		cmocka_unit_test(short_cut_is_no_other_way),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
