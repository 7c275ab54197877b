/* SPDX-License-Identifier: MIT */
#include "files.h"

static const struct source_options all = {0};

/* Two interfaces, all kinds of packet block, blocks that are nothing to us. */
static struct made mixed(bool big)
{
	struct made m = make(big);
	size_t begin;

	make_section(&m);
	begin = block_begin(&m, 0x80000bad); /* unknown */
	make_payload(&m, 0, 40);
	block_end(&m, begin);
	make_interface(&m, LINK_ETHERNET, 64, "eth0", 0);
	make_interface(&m, LINK_RAW, 128, "tun0", 9);
	make_packet(&m, 0, 1000001, 61, 1500);
	make_packet(&m, 1, 1000000001, 20, 20);
	begin = block_begin(&m, 3); /* simple: cut at interface 0's 64 */
	u32(&m, 100);
	make_payload(&m, 3, 64);
	block_end(&m, begin);
	begin = block_begin(&m, 2); /* obsolete */
	u16(&m, 1);
	u16(&m, 0);
	u64(&m,
	    big ? 5000000000
		: (UINT64_C(5000000000) << 32 | UINT64_C(5000000000) >> 32));
	u32(&m, 9);
	u32(&m, 10);
	make_payload(&m, 4, 9);
	block_end(&m, begin);
	return m;
}

static void all_kinds_of_packet_block(void **state)
{
	(void)state;
	for (int big = 0; big < 2; big++) {
		struct made m = mixed(big != 0);
		struct nw_error err = {0};
		struct source *source = open_made(&m, m.len, all, &err);
		struct frame f[64];

		assert_non_null(source);
		assert_int_equal(source_read(source, f, 64, &err), 4);
		assert_int_equal(f[0].time_ns, 1000001000);
		assert_int_equal(f[0].cap_len, 61);
		assert_int_equal(f[0].wire_len, 1500);
		assert_int_equal(f[0].link_type, LINK_ETHERNET);
		assert_int_equal(f[0].bytes[60], (uint8_t)(1000001 + 60));
		assert_int_equal(f[1].time_ns, 1000000001);
		assert_int_equal(f[1].link_type, LINK_RAW);
		assert_int_equal(f[2].time_ns, 0);
		assert_int_equal(f[2].cap_len, 64);
		assert_int_equal(f[2].wire_len, 100);
		assert_int_equal(f[2].link_type, LINK_ETHERNET);
		assert_int_equal(f[3].time_ns, 5000000000);
		assert_int_equal(f[3].number, 4);
		assert_int_equal(f[3].cap_len, 9);
		assert_int_equal(f[3].wire_len, 10);
		assert_int_equal(f[3].link_type, LINK_RAW);
		assert_int_equal(source_read(source, f, 64, &err), 0);
		assert_int_equal(source_facts(source)->snaplen, 128);
		assert_int_equal(source_facts(source)->link_type,
				 LINK_ETHERNET);
		assert_false(source_facts(source)->cut);
		source_close(source);
		free(m.bytes);
	}
}

static void sections_have_their_own_order_and_interfaces(void **state)
{
	struct made m = make(false);
	struct source *source;
	struct frame f[3];

	(void)state;
	make_section(&m);
	make_interface(&m, LINK_ETHERNET, 0, NULL, 0);
	make_packet(&m, 0, 1, 10, 10);
	m.big = true;
	make_section(&m);
	make_interface(&m, LINK_LINUX_SLL, 96, NULL, 3);
	make_packet(&m, 0, 2, 11, 11);
	m.big = false;
	make_section(&m);
	make_interface(&m, LINK_NULL, 96, NULL, 9);
	make_packet(&m, 0, 3, 12, 12);
	source = open_made(&m, m.len, all, NULL);
	assert_int_equal(read_frames(source, f, 3, 64, NULL), 3);
	assert_int_equal(f[0].link_type, LINK_ETHERNET);
	assert_int_equal(f[0].time_ns, 1000);
	assert_int_equal(f[1].link_type, LINK_LINUX_SLL);
	assert_int_equal(f[1].time_ns, 2000000);
	assert_int_equal(f[1].number, 2);
	assert_int_equal(f[2].link_type, LINK_NULL);
	assert_int_equal(f[2].time_ns, 3);
	/* One of them has no limit. */
	assert_int_equal(source_facts(source)->snaplen, 0);
	source_close(source);
	free(m.bytes);
}

static void clocks_of_every_resolution(void **state)
{
	static const struct {
		uint8_t resolution;
		int64_t offset_s;
		uint64_t units;
		int64_t ns;
	} cases[] = {
		{0, 0, 1700000000123456, INT64_C(1700000000123456000)},
		{6, 0, 1, 1000},
		{9, 0, 1700000000123456789, INT64_C(1700000000123456789)},
		{1, 0, 17, 1700000000},
		{12, 0, 1700000000123456789, 1700000000123456},
		{19, 0, 1700000000123456789, 170000000},
		{29, 0, UINT64_MAX, 0},
		{127, 0, UINT64_MAX, 0},
		{0x80, 0, 3, 3000000000},
		{0x80 + 10, 0, 1025, 1000976562},
		{0x80 + 32, 0, UINT64_C(0x180000000), 1500000000},
		{0x80 + 63, 0, UINT64_C(1) << 63, 1000000000},
		{0xff, 0, UINT64_MAX, 0},
		{6, 10, 1, 10000001000},
		{6, -1, 1000001, 1000},
		{9, INT64_C(1700000000), 5, INT64_C(1700000000000000005)},
		/* Beyond 2262 and before 1678 time stands still. */
		{0x80, 0, UINT64_MAX, INT64_MAX},
		{6, 0, UINT64_MAX, INT64_MAX},
		{9, 0, UINT64_MAX, INT64_MAX},
		{6, INT64_MAX, 1, INT64_MAX},
		{6, INT64_MIN, 1, INT64_MIN},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made m = make(i % 2 != 0);
		struct source *source;
		struct frame frame;
		size_t begin;

		make_section(&m);
		begin = block_begin(&m, 1);
		u16(&m, LINK_ETHERNET);
		u16(&m, 0);
		u32(&m, 0);
		if (cases[i].resolution != 0)
			make_option(&m, 9, &cases[i].resolution, 1);
		u16(&m, 14);
		u16(&m, 8);
		u64(&m, (uint64_t)cases[i].offset_s);
		block_end(&m, begin);
		make_packet(&m, 0, cases[i].units, 1, 1);
		source = open_made(&m, m.len, all, NULL);
		assert_int_equal(source_read(source, &frame, 1, NULL), 1);
		if (frame.time_ns != cases[i].ns)
			fail_msg("case %zu: %lld", i, (long long)frame.time_ns);
		source_close(source);
		free(m.bytes);
	}
}

/* Statistics count up: the last ones of an interface are the truth. */
static void drop_counters(void **state)
{
	struct made m = make(true);
	struct source *source;

	(void)state;
	make_section(&m);
	make_interface(&m, LINK_ETHERNET, 0, "a", 0);
	make_interface(&m, LINK_ETHERNET, 0, "b", 0);
	for (uint32_t i = 0; i < 4; i++) {
		size_t begin = block_begin(&m, 5);

		u32(&m, i < 2 ? i : i == 2 ? 0 : 77); /* 77: nobody */
		u64(&m, 0);
		u16(&m, 5);
		u16(&m, 8);
		u64(&m, 100 * (i + 1));
		u16(&m, 7);
		u16(&m, 8);
		u64(&m, i);
		make_option(&m, 4, "received", 8);
		block_end(&m, begin);
	}
	source = open_made(&m, m.len, all, NULL);
	assert_int_equal(read_frames(source, NULL, 0, 64, NULL), 0);
	/* b: 200 + 1; a: 300 + 2 instead of 100 + 0 */
	assert_int_equal(source_facts(source)->dropped, 503);
	source_close(source);
	free(m.bytes);
}

static void interfaces_are_selected(void **state)
{
	static const struct {
		const char *interface;
		int count;
		uint64_t first;
	} cases[] = {{"eth0", 2, 1}, {"0", 2, 1}, {"tun0", 2, 2}, {"1", 2, 2}};
	struct made m = mixed(false);
	struct nw_error err;

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct source_options options = {.interface =
							 cases[i].interface};
		struct source *source = open_made(&m, m.len, options, NULL);
		struct frame f[4];

		assert_int_equal(read_frames(source, f, 4, 64, NULL),
				 cases[i].count);
		assert_int_equal(f[0].number, cases[i].first);
		assert_int_equal(source_facts(source)->records, 4);
		assert_int_equal(source_facts(source)->selected_out, 2);
		assert_int_equal(source_facts(source)->link_type,
				 f[0].link_type);
		source_close(source);
	}
	err = complaint(&m, m.len,
			(struct source_options){.interface = "eth7"});
	assert_int_equal(err.status, NW_EUSAGE);
	assert_says(&err, "no interface 'eth7'");
	assert_says(&err, "there is: 0 (eth0), 1 (tun0)");
	free(m.bytes);
}

static void cut_at_every_byte(void **state)
{
	struct made m = mixed(false);
	size_t ends[16], blocks = 0, at = 0;

	(void)state;
	while (at < m.len) {
		uint32_t len;

		memcpy(&len, m.bytes + at + 4, 4);
		ends[blocks++] = at += len;
	}
	assert_int_equal(blocks, 8);
	for (size_t len = 4; len <= m.len; len++) {
		struct nw_error err = {0};
		struct source *source = open_made(&m, len, all, &err);
		const struct source_facts *facts;
		size_t whole = 0;

		while (whole < blocks && ends[whole] <= len)
			whole++;
		if (whole == 0) {
			assert_null(source);
			assert_says(&err, "is cut off");
			continue;
		}
		facts = source_facts(source);
		assert_int_equal(read_frames(source, NULL, 0, 3, &err),
				 whole > 4 ? whole - 4 : 0);
		assert_int_equal(facts->cut, len != ends[whole - 1]);
		if (facts->cut)
			assert_int_equal(facts->cut_offset, ends[whole - 1]);
		assert_int_equal(read_frames(source, NULL, 0, 3, &err), 0);
		source_close(source);
	}
	free(m.bytes);
}

struct damage {
	size_t block;  /* index into mixed() */
	size_t offset; /* in the block */
	uint32_t value;
	const char *words;
};

static void damaged_blocks_are_errors(void **state)
{
	static const struct damage cases[] = {
		{0, 8, 0x11111111, "without a byte-order magic"},
		{0, 4, 24, "too short for its type"},
		{0, 12, 2, "of a version that is not 1"},
		{0, 24, 29, "two lengths that differ"},
		{1, 4, 53, "not a multiple of 4"},
		{1, 4, 8, "too short for its type"},
		{1, 48, 56, "two lengths that differ"},
		{2, 4, 16, "too short for its type"},
		{2, 4, FRAME_MAX_BYTES * 2, "longer than any packet makes it"},
		{4, 4, 97, "not a multiple of 4"},
		{4, 4, 92, "two lengths that differ"},
		{4, 8, 2, "names an interface that no block describes"},
		{4, 20, 65, "claims more captured bytes than it holds"},
		{7, 8, 2, "names an interface that no block describes"},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		const struct damage *c = &cases[i];
		struct made m = mixed(false);
		struct nw_error err;
		size_t at = 0;
		char offset[40];

		for (size_t block = 0; block < c->block; block++) {
			uint32_t len;

			memcpy(&len, m.bytes + at + 4, 4);
			at += len;
		}
		make_at(&m, at + c->offset, c->value, 4);
		err = complaint(&m, m.len, all);
		assert_int_equal(err.status, NW_EFORMAT);
		assert_says(&err, c->words);
		snprintf(offset, sizeof(offset), "at byte offset %zu ", at);
		assert_says(&err, offset);
		free(m.bytes);
	}
}

static void packets_without_an_interface(void **state)
{
	struct made m = make(false);
	struct nw_error err;
	size_t begin;

	(void)state;
	make_section(&m);
	begin = block_begin(&m, 3);
	u32(&m, 4);
	make_payload(&m, 0, 4);
	block_end(&m, begin);
	err = complaint(&m, m.len, all);
	assert_says(&err, "names interface 0, which no block describes");
	m.len = 28;
	begin = block_begin(&m, 3); /* nothing in it */
	block_end(&m, begin);
	err = complaint(&m, m.len, all);
	assert_says(&err, "is too short for a packet");
	m.len = 28;
	begin = block_begin(&m, 6);
	u32(&m, 0);
	block_end(&m, begin);
	err = complaint(&m, m.len, all);
	assert_says(&err, "is too short for a packet");
	free(m.bytes);
}

/* Blocks that are nothing to us may be longer than any buffer. */
static void long_unknown_blocks_are_skipped(void **state)
{
	struct made m = make(false);
	struct source *source;
	struct frame frame;
	size_t begin;

	(void)state;
	make_section(&m);
	make_interface(&m, LINK_ETHERNET, 0, NULL, 0);
	begin = block_begin(&m, 10); /* decryption secrets */
	make_payload(&m, 0, 700001);
	block_end(&m, begin);
	make_packet(&m, 0, 5, 300000, 300000);
	make_packet(&m, 0, 6, 60, 60);
	source = open_made(&m, m.len, all, NULL);
	assert_int_equal(source_read(source, &frame, 1, NULL), 1);
	assert_int_equal(frame.cap_len, 300000);
	assert_int_equal(frame.bytes[299999], (uint8_t)(5 + 299999));
	assert_int_equal(source_read(source, &frame, 1, NULL), 1);
	assert_int_equal(frame.number, 2);
	assert_int_equal(source_read(source, &frame, 1, NULL), 0);
	source_close(source);
	free(m.bytes);
}

/* Log entries, system calls and the like have frame numbers in Wireshark
 * (4.0 was asked), name lists and secrets have none. */
static void other_records_are_numbered(void **state)
{
	static const uint32_t numbered[] = {9,     0x204,  0x216,
					    0x221, 0x0bad, 0x40000bad};
	static const uint32_t silent[] = {4, 10, 0x208, 0x777};
	struct made m = make(true);
	struct source *source;
	struct frame frame;

	(void)state;
	make_section(&m);
	make_interface(&m, LINK_ETHERNET, 0, NULL, 0);
	for (size_t i = 0; i < COUNT(numbered); i++)
		block_end(&m, block_begin(&m, numbered[i]));
	for (size_t i = 0; i < COUNT(silent); i++)
		block_end(&m, block_begin(&m, silent[i]));
	make_packet(&m, 0, 6, 60, 60);
	source = open_made(&m, m.len, all, NULL);
	assert_int_equal(source_read(source, &frame, 1, NULL), 1);
	assert_int_equal(frame.number, COUNT(numbered) + 1);
	assert_int_equal(source_read(source, &frame, 1, NULL), 0);
	assert_int_equal(source_facts(source)->records, 1);
	source_close(source);
	free(m.bytes);
}

/* Options that pass their block's end are as if they were not there. */
static void malformed_options_are_ignored(void **state)
{
	struct made m = make(false);
	struct source *source;
	struct frame frame;
	size_t begin;

	(void)state;
	make_section(&m);
	begin = block_begin(&m, 1);
	u32(&m, LINK_ETHERNET);
	u32(&m, 0);
	make_option(&m, 9, "\x09", 1);
	make_option(&m, 13, "\x04", 1);
	u16(&m, 2);
	u16(&m, 60000);
	block_end(&m, begin);
	make_packet(&m, 0, 5, 6, 6);
	source = open_made(&m, m.len, all, NULL);
	assert_int_equal(source_read(source, &frame, 1, NULL), 1);
	assert_int_equal(frame.time_ns, 5);
	assert_true(frame.fcs);
	source_close(source);
	free(m.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(all_kinds_of_packet_block),
		cmocka_unit_test(sections_have_their_own_order_and_interfaces),
		cmocka_unit_test(clocks_of_every_resolution),
		cmocka_unit_test(drop_counters),
		cmocka_unit_test(interfaces_are_selected),
		cmocka_unit_test(cut_at_every_byte),
		cmocka_unit_test(damaged_blocks_are_errors),
		cmocka_unit_test(packets_without_an_interface),
		cmocka_unit_test(long_unknown_blocks_are_skipped),
		cmocka_unit_test(other_records_are_numbered),
		cmocka_unit_test(malformed_options_are_ignored),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
