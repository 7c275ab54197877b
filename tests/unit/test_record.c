/* SPDX-License-Identifier: MIT */
#include "record.h"

#include "packets.h"

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static void random_options(struct record *r, uint64_t *rng)
{
	struct segment *s = &r->segment;

	s->options = (uint8_t)next_random(rng);
	s->option_hash = (uint32_t)next_random(rng);
	if (s->options & OPTION_TIMESTAMPS) {
		s->tsval = (uint32_t)next_random(rng);
		s->tsecr = (uint32_t)next_random(rng);
	}
	if (s->options & OPTION_MSS)
		s->mss = (uint16_t)next_random(rng);
	if (s->options & OPTION_WSCALE)
		s->wscale = (uint8_t)next_random(rng);
	s->sack_count = s->options & OPTION_SACK
				? (uint8_t)(next_random(rng) % (SACK_MAX + 1))
				: 0;
	for (unsigned i = 0; i < s->sack_count; i++)
		r->sack[i] =
			(struct sack_block){seq_of((uint32_t)next_random(rng)),
					    seq_of((uint32_t)next_random(rng))};
}

/* Any record that the encoder may be given: often near what came before, so
 * that predictions hold, and often far away. */
static struct record random_record(uint64_t *rng, const struct record *last)
{
	struct record r = *last;
	struct segment *s = &r.segment;

	r.direction = next_random(rng) % 2 ? FROM_SERVER : FROM_CLIENT;
	r.time_ns += (int64_t)(next_random(rng) % 1000) - 100;
	r.frame += next_random(rng) % 5;
	if (next_random(rng) % 8 == 0) {
		r.time_ns = (int64_t)next_random(rng);
		r.frame = next_random(rng);
		r.file = (uint32_t)next_random(rng) % 3;
	}
	if (next_random(rng) % 2)
		s->seq = seq_of((uint32_t)next_random(rng));
	if (next_random(rng) % 2)
		s->ack = seq_of((uint32_t)next_random(rng));
	if (next_random(rng) % 2)
		s->len = next_random(rng) % 3 ? (uint32_t)next_random(rng) : 0;
	s->cap_len = s->len > 0 && next_random(rng) % 2 ? s->len : 0;
	s->has_sum = s->len > 0 && next_random(rng) % 2;
	s->fingerprint = s->cap_len > 0 ? (uint32_t)next_random(rng) : 0;
	s->sum = s->has_sum ? (uint16_t)next_random(rng) : 0;
	if (next_random(rng) % 4 == 0) {
		s->window = (uint16_t)next_random(rng);
		s->urgent = (uint16_t)next_random(rng);
		s->ip_id = (uint16_t)next_random(rng);
		s->flags = (uint8_t)next_random(rng);
		s->reserved = next_random(rng) % 16;
		s->ttl = (uint8_t)next_random(rng);
		s->tos = (uint8_t)next_random(rng);
		s->checksum = next_random(rng) % 4;
		s->dont_fragment = next_random(rng) % 2;
	}
	s->tsval = s->tsecr = s->mss = s->wscale = 0;
	memset(r.sack, 0, sizeof(r.sack));
	random_options(&r, rng);
	return r;
}

static void assert_same_record(const struct record *a, const struct record *b)
{
	assert_true(a->time_ns == b->time_ns);
	assert_true(a->frame == b->frame);
	assert_int_equal(a->file, b->file);
	assert_int_equal(a->direction, b->direction);
	assert_memory_equal(a->sack, b->sack, sizeof(a->sack));
	assert_int_equal(a->segment.seq.n, b->segment.seq.n);
	assert_int_equal(a->segment.ack.n, b->segment.ack.n);
	assert_int_equal(a->segment.len, b->segment.len);
	assert_int_equal(a->segment.ip_id, b->segment.ip_id);
	/* ... and all the rest: both were zeroed, padding included. */
	assert_memory_equal(&a->segment, &b->segment, sizeof(a->segment));
}

static void every_record_reads_back(void **state)
{
	struct record_codec writer = {0}, reader = {0};
	uint64_t rng = 88172645463325252u;
	struct record last;

	(void)state;
	memset(&last, 0, sizeof(last));
	for (int i = 0; i < 20000; i++) {
		struct record in = random_record(&rng, &last), out;
		uint8_t bytes[RECORD_MAX_BYTES + 1];
		size_t len;

		bytes[RECORD_MAX_BYTES] = 0x5a;
		len = record_encode(&writer, &in, bytes);
		assert_in_range(len, 3, RECORD_MAX_BYTES);
		assert_int_equal(bytes[RECORD_MAX_BYTES], 0x5a);
		assert_int_equal(record_decode(&reader, bytes, &out), len);
		assert_same_record(&in, &out);
		last = in;
	}
}

/* Everything at once, each number as far from its prediction as can be. */
static void largest_record_fits(void **state)
{
	struct record_codec writer = {.time_ns = INT64_MIN}, reader = writer;
	struct record in = {.time_ns = INT64_MAX / 2,
			    .frame = UINT64_MAX / 2,
			    .file = UINT32_MAX,
			    .direction = FROM_SERVER};
	struct segment *s = &in.segment;
	uint8_t bytes[RECORD_MAX_BYTES];
	struct record out;
	size_t len;

	(void)state;
	memset(s, 0xff, sizeof(*s));
	memset(in.sack, 0xee, sizeof(in.sack));
	s->payload = NULL;
	s->seq = s->ack = seq_of(0x80000000);
	s->tsval = s->tsecr = 0x80000000;
	s->cap_len = s->len;
	s->reserved = 15;
	s->checksum = 3;
	s->sack_count = SACK_MAX;
	s->has_sum = s->dont_fragment = true;
	len = record_encode(&writer, &in, bytes);
	assert_in_range(len, 90, RECORD_MAX_BYTES);
	assert_int_equal(record_decode(&reader, bytes, &out), len);
	assert_memory_equal(in.sack, out.sack, sizeof(in.sack));
	assert_int_equal(out.segment.fingerprint, s->fingerprint);
	assert_int_equal(out.segment.seq.n, s->seq.n);
	assert_int_equal(out.segment.urgent, s->urgent);
	assert_int_equal(out.segment.mss, s->mss);
	assert_int_equal(out.file, UINT32_MAX);
	assert_true(out.time_ns == in.time_ns && out.frame == in.frame);
}

/* A cut payload has no fingerprint: what is left of it is not stored. */
static void cut_payload_is_forgotten(void **state)
{
	struct record_codec writer = {0}, reader = {0};
	struct record in = {0}, out;
	uint8_t bytes[RECORD_MAX_BYTES];

	(void)state;
	in.segment.len = 1400;
	in.segment.cap_len = 60;
	in.segment.fingerprint = 7;
	in.segment.has_sum = true;
	in.segment.sum = 0x1234;
	record_encode(&writer, &in, bytes);
	record_decode(&reader, bytes, &out);
	assert_int_equal(out.segment.len, 1400);
	assert_int_equal(out.segment.cap_len, 0);
	assert_int_equal(out.segment.fingerprint, 0);
	assert_int_equal(out.segment.sum, 0x1234);
}

/* A download: the header file promises 12 to 20 bytes a packet. */
static void bulk_is_small(void **state)
{
	struct record_codec codec = {0};
	struct record r = {.direction = FROM_SERVER};
	uint8_t bytes[RECORD_MAX_BYTES];
	size_t total = 0;

	(void)state;
	r.segment = (struct segment){.len = 1448,
				     .cap_len = 1448,
				     .has_sum = true,
				     .flags = TCP_ACK,
				     .options = OPTION_TIMESTAMPS};
	for (int i = 0; i < 1000; i++) {
		r.time_ns += 12000;
		r.frame += 2;
		r.segment.seq = seq_add(r.segment.seq, 1448);
		r.segment.ip_id++;
		r.segment.tsval += i % 80 == 0;
		total += record_encode(&codec, &r, bytes);
	}
	assert_in_range(total / 1000, 12, 20);
}

static void space_counts_syn_and_fin(void **state)
{
	static const struct {
		uint8_t flags;
		uint32_t len, space;
	} cases[] = {
		{TCP_ACK, 0, 0},     {TCP_SYN, 0, 1},
		{TCP_FIN, 0, 1},     {TCP_FIN | TCP_PSH, 10, 11},
		{TCP_SYN, 100, 101}, {TCP_SYN | TCP_FIN, 0, 2},
		{TCP_RST, 5, 5},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct segment s = {.flags = cases[i].flags,
				    .len = cases[i].len};

		assert_int_equal(segment_space(&s), cases[i].space);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_record_reads_back),
		cmocka_unit_test(largest_record_fits),
		cmocka_unit_test(cut_payload_is_forgotten),
		cmocka_unit_test(bulk_is_small),
		cmocka_unit_test(space_counts_syn_and_fin),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
