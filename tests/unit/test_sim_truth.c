/* SPDX-License-Identifier: MIT
 *
 * The truth that the simulator tells, held against the captures that it
 * writes, by a pcap reader of a few lines that knows nothing of either.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim.h"

struct capture {
	uint8_t *bytes;
	size_t len;
};

struct lab {
	char directory[32];
	struct sim_config config;
	struct sim_truth *truth;
	struct capture captures[SIM_POINTS_MAX];
};

static struct capture load(const struct lab *lab, uint32_t point)
{
	struct capture capture = {malloc(64 << 20), 0};
	char path[128];
	FILE *file;

	snprintf(path, sizeof(path), "%s/%s.pcap", lab->directory,
		 lab->config.points[point].name);
	file = fopen(path, "rb");
	assert_non_null(file);
	assert_non_null(capture.bytes);
	capture.len = fread(capture.bytes, 1, 64 << 20, file);
	fclose(file);
	unlink(path);
	return capture;
}

static void lab_run(struct lab *lab)
{
	snprintf(lab->directory, sizeof(lab->directory), "/tmp/nw-sim-XXXXXX");
	assert_non_null(mkdtemp(lab->directory));
	lab->truth = sim_run(&lab->config, lab->directory);
	for (uint32_t i = 0; i < lab->config.point_count; i++)
		lab->captures[i] = load(lab, i);
}

static void lab_end(struct lab *lab)
{
	static const char *const names[] = {"topology.json", "truth.json",
					    "flow_map.json"};
	char path[128];

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", lab->directory, names[i]);
		unlink(path);
	}
	rmdir(lab->directory);
	for (uint32_t i = 0; i < lab->config.point_count; i++)
		free(lab->captures[i].bytes);
	sim_truth_free(lab->truth);
	sim_config_fini(&lab->config);
}

static uint32_t le32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 |
	       (uint32_t)p[3] << 24;
}

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 |
	       (uint32_t)p[2] << 8 | p[3];
}

/* The record before the end (frame 0: the number of records is returned). */
static const uint8_t *frame_at(const struct capture *capture, uint64_t frame,
			       uint64_t *count)
{
	size_t at = 24;
	uint64_t n = 0;

	while (at + 16 <= capture->len) {
		const uint8_t *record = capture->bytes + at;

		if (++n == frame)
			return record + 16;
		at += 16 + le32(record + 8);
	}
	assert_int_equal(at, capture->len);
	if (count != NULL)
		*count = n;
	return NULL;
}

static const uint8_t *tcp_at(const struct lab *lab, uint32_t point,
			     uint32_t frame)
{
	const uint8_t *bytes = frame_at(&lab->captures[point], frame, NULL);

	assert_non_null(bytes);
	return bytes + (bytes[12] == 8 ? 34 : 54);
}

static void frames_are_counted(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct lab lab;

		sim_random_clean(seed, &lab.config);
		lab_run(&lab);
		for (uint32_t i = 0; i < lab.config.point_count; i++) {
			uint64_t count = 0;

			frame_at(&lab.captures[i], 0, &count);
			assert_int_equal(count, lab.truth->frames[i]);
		}
		assert_true(sim_truth_clean(lab.truth));
		lab_end(&lab);
	}
}

/* Numbers of a packet relative to the ISNs of its point. */
static uint32_t relative(const struct lab *lab, uint32_t point,
			 const struct sim_culprit *c, uint32_t number)
{
	const struct sim_seen *seen =
		&lab->truth->seen[(size_t)c->connection *
					  lab->truth->point_count +
				  point];
	bool ack = strcmp(c->class_, "ack") == 0;
	unsigned stream = (c->direction == NW_FROM_CLIENT) == ack ? 1 : 0;

	assert_true(seen->has_isn[stream]);
	return number - seen->isn[stream];
}

/* A wrong number stands in the frame that the truth names, and the right one
 * is what the frame before the device makes of it. */
static void check_hit(const struct lab *lab, const struct sim_culprit *c,
		      const struct sim_hit *hit)
{
	bool client = c->direction == NW_FROM_CLIENT;
	uint32_t in = client ? c->hop : c->hop + 1;
	uint32_t out = client ? c->hop + 1 : c->hop;
	size_t field = strcmp(c->class_, "ack") == 0 ? 8 : 4;
	uint32_t before, after;

	if (hit->frames[0] == 0 || hit->frames[1] == 0)
		return;
	before = be32(tcp_at(lab, in, hit->frames[client ? 0 : 1]) + field);
	after = be32(tcp_at(lab, out, hit->frames[client ? 1 : 0]) + field);
	assert_int_equal(after, hit->got);
	assert_int_not_equal(hit->got, hit->want);
	assert_int_equal(relative(lab, in, c, before),
			 relative(lab, out, c, hit->want));
}

static size_t check_culprits(const struct lab *lab)
{
	size_t hits = 0;

	for (size_t i = 0; i < lab->truth->culprit_count; i++) {
		const struct sim_culprit *c = &lab->truth->culprits[i];
		bool numbers = strcmp(c->class_, "ack") == 0 ||
			       strcmp(c->class_, "seq") == 0;

		if (strcmp(c->severity, "info") != 0 ||
		    strcmp(c->kind, "delay") == 0 ||
		    strcmp(c->kind, "acks-thinned") == 0 ||
		    strcmp(c->kind, "acks-early") == 0)
			hits += c->hit_count;
		for (size_t k = 0; numbers && k < c->hit_count; k++)
			check_hit(lab, c, &c->hits[k]);
	}
	return hits;
}

static void every_fault_is_where_it_is_said(void **state)
{
	const char *const *names = sim_fault_names();

	(void)state;
	for (; *names != NULL; names++) {
		size_t hits = 0;

		for (uint64_t seed = 1; seed <= 12; seed++) {
			struct lab lab;

			sim_random_case(seed, 0, 0, &lab.config);
			sim_random_spoil(seed, *names, &lab.config);
			lab_run(&lab);
			hits += check_culprits(&lab);
			lab_end(&lab);
		}
		if (hits == 0)
			fail_msg("%s never happened", *names);
	}
}

static void one_seed_gives_the_same_bytes(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 10; seed++) {
		struct lab one, two;

		sim_random_fault(seed, &one.config);
		sim_random_fault(seed, &two.config);
		lab_run(&one);
		lab_run(&two);
		for (uint32_t i = 0; i < one.config.point_count; i++) {
			assert_int_equal(one.captures[i].len,
					 two.captures[i].len);
			assert_memory_equal(one.captures[i].bytes,
					    two.captures[i].bytes,
					    one.captures[i].len);
		}
		lab_end(&one);
		lab_end(&two);
	}
}

/* In a calm network all that a client asked for is answered, and every
 * packet is seen at every point. */
static void calm_connections_complete(void **state)
{
	(void)state;
	for (uint64_t seed = 1; seed <= 30; seed++) {
		struct lab lab;
		uint32_t points;

		sim_random_clean(seed, &lab.config);
		sim_config_calm(&lab.config);
		points = lab.config.point_count;
		lab_run(&lab);
		for (uint32_t i = 0; i < lab.truth->connection_count; i++) {
			const struct sim_seen *seen =
				&lab.truth->seen[(size_t)i * points];

			assert_true(seen[0].packets >= 6);
			for (uint32_t p = 1; p < points; p++)
				assert_int_equal(seen[p].packets,
						 seen[0].packets);
		}
		lab_end(&lab);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(frames_are_counted),
		cmocka_unit_test(every_fault_is_where_it_is_said),
		cmocka_unit_test(one_seed_gives_the_same_bytes),
		cmocka_unit_test(calm_connections_complete),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
