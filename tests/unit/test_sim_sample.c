/* SPDX-License-Identifier: MIT
 *
 * The sample is what its generator writes, byte for byte.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "sim.h"

#define SAMPLE "../samples/question-57187"

static char *contents(const char *directory, const char *name, size_t *len)
{
	char path[4096];
	FILE *file;
	char *bytes = malloc(1 << 20);

	assert_non_null(bytes);
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	file = fopen(path, "rb");
	if (file == NULL)
		fail_msg("%s: cannot be read", path);
	*len = fread(bytes, 1, 1 << 20, file);
	fclose(file);
	return bytes;
}

static void compare(const char *directory, const char *name)
{
	size_t made_len, kept_len;
	char *made = contents(directory, name, &made_len);
	char *kept = contents(SAMPLE, name, &kept_len);
	char path[4096];

	if (made_len != kept_len || memcmp(made, kept, made_len) != 0)
		fail_msg("%s differs: generate_sample %s", name, SAMPLE);
	free(made);
	free(kept);
	snprintf(path, sizeof(path), "%s/%s", directory, name);
	unlink(path);
}

static void sample_is_reproduced(void **state)
{
	static const char *const names[] = {
		"client.pcap", "fw1-out.pcap",  "fw2-out.pcap", "lb-out.pcap",
		"server.pcap", "topology.json", "truth.json",   "flow_map.json",
	};
	char directory[] = "/tmp/nw-sample-XXXXXX";
	struct sim_config config;

	(void)state;
	assert_non_null(mkdtemp(directory));
	sim_sample_57187(&config);
	sim_truth_free(sim_run(&config, directory));
	sim_config_fini(&config);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		compare(directory, names[i]);
	rmdir(directory);
}

/* Frame 74 at the server, as in the question. */
static void sample_tells_the_story(void **state)
{
	char directory[] = "/tmp/nw-sample-XXXXXX";
	struct sim_config config;
	struct sim_truth *truth;
	const struct sim_culprit *lb;

	(void)state;
	assert_non_null(mkdtemp(directory));
	sim_sample_57187(&config);
	truth = sim_run(&config, directory);
	assert_int_equal(truth->culprit_count, 2); /* the queue, and: */
	lb = &truth->culprits[1];
	assert_string_equal(config.hops[lb->hop].devices[lb->device], "lb");
	assert_int_equal(lb->hit_count, 7);
	assert_int_equal(lb->hits[0].want, 2962498563);
	assert_int_equal(lb->hits[0].got, 2106390967);
	assert_int_equal(lb->hits[0].frames[1], 74);
	sim_truth_free(truth);
	for (uint32_t i = 0; i < config.point_count; i++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/%s.pcap", directory,
			 config.points[i].name);
		unlink(path);
	}
	for (const char *const *name =
		     (const char *const[]){"topology.json", "truth.json",
					   "flow_map.json", NULL};
	     *name != NULL; name++) {
		char path[128];

		snprintf(path, sizeof(path), "%s/%s", directory, *name);
		unlink(path);
	}
	rmdir(directory);
	sim_config_fini(&config);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(sample_is_reproduced),
		cmocka_unit_test(sample_tells_the_story),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
