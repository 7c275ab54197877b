/* SPDX-License-Identifier: MIT
 *
 * The loop over seeds. A seed that breaks a law is printed with the command
 * that tries it again and keeps its captures.
 */
#include "law.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct arguments {
	uint32_t seeds;
	uint64_t seed;
	const char *keep;
};

static bool parse(int argc, char **argv, struct arguments *arguments)
{
	static const struct option options[] = {
		{"seeds", required_argument, NULL, 'n'},
		{"seed", required_argument, NULL, 's'},
		{"keep", required_argument, NULL, 'k'},
		{0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 'n')
			arguments->seeds = (uint32_t)strtoul(optarg, NULL, 0);
		else if (c == 's')
			arguments->seed = strtoull(optarg, NULL, 0);
		else if (c == 'k')
			arguments->keep = optarg;
		else
			return false;
	}
	return optind == argc;
}

bool law_broken(const struct law_try *try, const char *format, ...)
{
	va_list args;

	printf("seed %" PRIu64 ": ", try->seed);
	va_start(args, format);
	vprintf(format, args);
	va_end(args);
	putchar('\n');
	return false;
}

static void empty(const char *directory, const struct sim_config *config)
{
	static const char *const files[] = {"topology.json", "truth.json",
					    "flow_map.json"};
	char path[4096];

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		snprintf(path, sizeof(path), "%s/%s", directory, files[i]);
		unlink(path);
	}
	for (uint32_t i = 0; i < config->point_count; i++) {
		snprintf(path, sizeof(path), "%s/%s.pcap", directory,
			 config->points[i].name);
		unlink(path);
	}
}

/* All that a case can have written, whatever its number of points. */
static void clear(const char *directory)
{
	struct sim_config config;

	sim_config_init(&config, SIM_POINTS_MAX);
	empty(directory, &config);
	sim_config_fini(&config);
	rmdir(directory);
}

static bool try_seed(uint64_t seed, const struct arguments *arguments,
		     law_check *check, uint32_t *applied)
{
	const char *tmp = getenv("TMPDIR");
	struct law_try try = {.seed = seed};
	char directory[1024];
	bool good;

	snprintf(directory, sizeof(directory), "%s/nw-law-XXXXXX",
		 tmp != NULL ? tmp : "/tmp");
	if (arguments->keep != NULL) {
		snprintf(directory, sizeof(directory), "%s", arguments->keep);
		mkdir(directory, 0777);
	} else if (mkdtemp(directory) == NULL) {
		perror(directory);
		exit(2);
	}
	try.directory = directory;
	good = check(&try);
	*applied += try.applied;
	if (arguments->keep == NULL)
		clear(directory);
	return good;
}

int law_main(int argc, char **argv, law_check *check)
{
	struct arguments arguments = {.seeds = 20, .seed = 1};
	uint32_t broken = 0, applied = 0;

	if (!parse(argc, argv, &arguments)) {
		fprintf(stderr,
			"usage: %s [--seeds N] [--seed S] "
			"[--keep DIRECTORY]\n",
			argv[0]);
		return 2;
	}
	for (uint32_t i = 0; i < arguments.seeds; i++) {
		uint64_t seed = arguments.seed + i;

		if (try_seed(seed, &arguments, check, &applied))
			continue;
		broken++;
		printf("  again: %s --seeds 1 --seed %" PRIu64
		       " --keep /tmp/case-%" PRIu64 "\n",
		       argv[0], seed, seed);
	}
	printf("%" PRIu32 " seeds from %" PRIu64 ", %" PRIu32
	       " checks, %" PRIu32 " seeds broken\n",
	       arguments.seeds, arguments.seed, applied, broken);
	if (applied == 0)
		printf("nothing was checked: that is no success\n");
	return broken > 0 || applied == 0;
}
