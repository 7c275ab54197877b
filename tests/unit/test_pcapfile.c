/* SPDX-License-Identifier: MIT */
#include "files.h"

static const struct source_options all = {0};

static void both_orders_and_resolutions(void **state)
{
	(void)state;
	for (int variant = 0; variant < 4; variant++) {
		struct made m = make((variant & 1) != 0);
		bool nano = (variant & 2) != 0;
		struct nw_error err = {0};
		struct frame frames[3];
		struct source *source;

		make_pcap(&m, nano ? NANO : MICRO, LINK_RAW);
		make_record(&m, 1, 2, 60, 1500);
		make_record(&m, 1700000000, 999999, 0, 0);
		make_record(&m, 4294967295, nano ? 999999999 : 999999, 7, 7);
		source = open_made(&m, m.len, all, &err);
		assert_non_null(source);
		assert_int_equal(read_frames(source, frames, 3, 1, &err), 3);
		assert_int_equal(frames[0].time_ns,
				 1000000000 + (nano ? 2 : 2000));
		assert_int_equal(frames[0].number, 1);
		assert_int_equal(frames[0].cap_len, 60);
		assert_int_equal(frames[0].wire_len, 1500);
		assert_int_equal(frames[0].link_type, LINK_RAW);
		assert_false(frames[0].fcs);
		assert_int_equal(frames[1].cap_len, 0);
		assert_int_equal(frames[2].number, 3);
		assert_int_equal(frames[2].time_ns,
				 INT64_C(4294967295) * 1000000000 +
					 (nano ? 999999999 : 999999000));
		assert_int_equal(source_facts(source)->records, 3);
		assert_int_equal(source_facts(source)->size, m.len);
		assert_int_equal(source_facts(source)->offset, m.len);
		assert_int_equal(source_facts(source)->snaplen, 262144);
		assert_int_equal(source_facts(source)->link_type, LINK_RAW);
		assert_false(source_facts(source)->cut);
		source_close(source);
		free(m.bytes);
	}
}

/* A fraction of a second above a second counts on, and nothing overflows. */
static void silly_fractions_count_on(void **state)
{
	struct made m = make(false);
	struct source *source;
	struct frame frame;

	(void)state;
	make_pcap(&m, MICRO, LINK_ETHERNET);
	make_record(&m, UINT32_MAX, UINT32_MAX, 1, 1);
	source = open_made(&m, m.len, all, NULL);
	assert_int_equal(source_read(source, &frame, 1, NULL), 1);
	assert_int_equal(frame.time_ns, INT64_C(4294967295) * 1000000000 +
						INT64_C(4294967295) * 1000);
	source_close(source);
	free(m.bytes);
}

static void link_type_field_has_other_bits(void **state)
{
	static const struct {
		uint32_t field;
		uint16_t link_type;
		bool fcs;
	} cases[] = {
		{1, 1, false},
		{0x24000001, 1, true},    /* FCS of four bytes */
		{0x14000001, 1, false},   /* of two */
		{0x20000001, 1, false},   /* length not valid */
		{0x04000114, 276, false}, /* of none */
		{0x00012345, UINT16_MAX, false},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct made m = make(false);
		struct source *source;
		struct frame frame;

		make_pcap(&m, NANO, cases[i].field);
		make_record(&m, 1, 1, 60, 60);
		source = open_made(&m, m.len, all, NULL);
		assert_int_equal(source_read(source, &frame, 1, NULL), 1);
		assert_int_equal(frame.link_type, cases[i].link_type);
		assert_int_equal(frame.fcs, cases[i].fcs);
		source_close(source);
		free(m.bytes);
	}
}

/* Wherever the file ends, the whole records before are read, and the facts
 * say where the cut record begins. */
static void cut_at_every_byte(void **state)
{
	static const size_t ends[] = {24, 24 + 16 + 20, 24 + 2 * 16 + 20,
				      24 + 3 * 16 + 20 + 33};
	struct made m = make(true);

	(void)state;
	make_pcap(&m, MICRO, LINK_ETHERNET);
	make_record(&m, 1, 1, 20, 20);
	make_record(&m, 2, 1, 0, 20);
	make_record(&m, 3, 1, 33, 33);
	assert_int_equal(m.len, ends[3]);
	for (size_t len = 24; len <= m.len; len++) {
		struct nw_error err = {0};
		struct source *source = open_made(&m, len, all, &err);
		const struct source_facts *facts = source_facts(source);
		int whole = 0;

		while (whole < 3 && ends[whole + 1] <= len)
			whole++;
		assert_int_equal(read_frames(source, NULL, 0, 2, &err), whole);
		assert_int_equal(err.status, NW_OK);
		assert_int_equal(facts->cut, len != ends[whole]);
		if (facts->cut)
			assert_int_equal(facts->cut_offset, ends[whole]);
		/* The end stays the end. */
		assert_int_equal(read_frames(source, NULL, 0, 2, &err), 0);
		source_close(source);
	}
	free(m.bytes);
}

static void header_cut_is_an_error(void **state)
{
	struct made m = make(false);

	(void)state;
	make_pcap(&m, NANO, LINK_ETHERNET);
	for (size_t len = 4; len < 24; len++) {
		struct nw_error err = complaint(&m, len, all);

		assert_int_equal(err.status, NW_EFORMAT);
		assert_says(&err, "file header is cut off");
		assert_says(&err, "/proc/self/fd/");
	}
	free(m.bytes);
}

static void unbelievable_length_is_an_error(void **state)
{
	struct made m = make(false);
	struct nw_error err;

	(void)state;
	make_pcap(&m, MICRO, LINK_ETHERNET);
	make_record(&m, 1, 1, 60, 60);
	u64(&m, 0);
	u32(&m, FRAME_MAX_BYTES + 1);
	u32(&m, 60);
	make_payload(&m, 0, 100);
	err = complaint(&m, m.len, all);
	assert_int_equal(err.status, NW_EFORMAT);
	assert_says(&err, "byte offset 100 claims 16777217");
	assert_says(&err, "head -c 100");
	free(m.bytes);
}

/* Records of all sizes, of which many lie across the borders of blocks, and
 * some are longer than a block: bytes, numbers and times are right, whether
 * they are read singly or in batches. */
static void records_lie_across_blocks(void **state)
{
	static const uint32_t sizes[] = {0, 1, 60, 1514, 9014, 65549, 300001};
	struct made m = make(false);
	uint32_t records = 0;

	(void)state;
	make_pcap(&m, NANO, LINK_ETHERNET);
	while (m.len + sizes[records % COUNT(sizes)] + 16 <= MADE_ROOM) {
		uint32_t size = sizes[records % COUNT(sizes)];

		make_record(&m, records++, 7, size, size + 1);
	}
	for (int max = 1; max <= 64; max += 7) {
		struct source *source = open_made(&m, m.len, all, NULL);
		struct frame batch[64];
		uint32_t number = 0;
		int count;

		while ((count = source_read(source, batch, max, NULL)) > 0) {
			assert_true(count <= max);
			for (int i = 0; i < count; i++, number++) {
				uint32_t size = sizes[number % COUNT(sizes)];
				const struct frame *f = &batch[i];

				assert_int_equal(f->number, number + 1);
				assert_int_equal(f->time_ns,
						 INT64_C(1000000000) * number +
							 7);
				assert_int_equal(f->cap_len, size);
				assert_int_equal(f->wire_len, size + 1);
				for (uint32_t k = 0; k < size; k++)
					if (f->bytes[k] !=
					    (uint8_t)(number + k))
						fail();
			}
		}
		assert_int_equal(count, 0);
		assert_int_equal(number, records);
		assert_false(source_facts(source)->cut);
		source_close(source);
	}
	free(m.bytes);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(both_orders_and_resolutions),
		cmocka_unit_test(silly_fractions_count_on),
		cmocka_unit_test(link_type_field_has_other_bits),
		cmocka_unit_test(cut_at_every_byte),
		cmocka_unit_test(header_cut_is_an_error),
		cmocka_unit_test(unbelievable_length_is_an_error),
		cmocka_unit_test(records_lie_across_blocks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
