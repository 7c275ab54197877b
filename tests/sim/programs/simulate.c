/* SPDX-License-Identifier: MIT
 *
 * A simulated case on disk, for people and for the judge:
 *
 *	simulate --seed 7 --fault ack-untranslated /tmp/case
 */
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim.h"

static void usage(FILE *out)
{
	const char *const *names = sim_fault_names();

	fputs("usage: simulate [--seed N] [--connections N] [--points N]\n"
	      "                [--calm] [--fault NAME]... DIRECTORY\n\n"
	      "Writes a pcap per point, topology.json, truth.json and\n"
	      "flow_map.json. What is not said, the seed decides. --calm: no\n"
	      "losses and no disorder, captures that have everything. "
	      "Faults:\n",
	      out);
	for (; *names != NULL; names++)
		fprintf(out, "  %s\n", *names);
}

struct arguments {
	uint64_t seed;
	uint32_t connections, points;
	const char *faults[SIM_FAULTS_MAX];
	uint32_t fault_count;
	bool calm;
	const char *directory;
};

static bool known_fault(const char *name)
{
	const char *const *names = sim_fault_names();

	while (*names != NULL && strcmp(*names, name) != 0)
		names++;
	return *names != NULL;
}

static bool parse(int argc, char **argv, struct arguments *a)
{
	static const struct option options[] = {
		{"seed", required_argument, NULL, 's'},
		{"connections", required_argument, NULL, 'c'},
		{"points", required_argument, NULL, 'p'},
		{"fault", required_argument, NULL, 'f'},
		{"calm", no_argument, NULL, 'q'},
		{"help", no_argument, NULL, 'h'},
		{0},
	};
	int c;

	while ((c = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (c == 's')
			a->seed = strtoull(optarg, NULL, 0);
		else if (c == 'c')
			a->connections = (uint32_t)strtoul(optarg, NULL, 0);
		else if (c == 'p')
			a->points = (uint32_t)strtoul(optarg, NULL, 0);
		else if (c == 'q')
			a->calm = true;
		else if (c == 'f' && known_fault(optarg) &&
			 a->fault_count < SIM_FAULTS_MAX)
			a->faults[a->fault_count++] = optarg;
		else
			return false;
	}
	if (optind != argc - 1)
		return false;
	a->directory = argv[optind];
	return true;
}

static void summarize(const struct sim_config *config,
		      const struct sim_truth *truth)
{
	uint64_t frames = 0;

	for (uint32_t i = 0; i < truth->point_count; i++)
		frames += truth->frames[i];
	printf("%" PRIu32 " points, %" PRIu32 " connections, %" PRIu64
	       " packets\n",
	       truth->point_count, truth->connection_count, frames);
	for (size_t i = 0; i < truth->culprit_count; i++) {
		const struct sim_culprit *c = &truth->culprits[i];

		if (strcmp(c->severity, "info") != 0)
			printf("%s between %s and %s, connection c%" PRIu32
			       ", %s, %zu times\n",
			       c->kind, config->points[c->hop].name,
			       config->points[c->hop + 1].name, c->connection,
			       c->direction == NW_FROM_CLIENT ? "from client"
							      : "from server",
			       c->hit_count);
	}
}

int main(int argc, char **argv)
{
	struct arguments arguments = {.seed = 1};
	struct sim_config config;
	struct sim_truth *truth;

	if (!parse(argc, argv, &arguments)) {
		usage(stderr);
		return 2;
	}
	if (mkdir(arguments.directory, 0777) != 0 && errno != EEXIST) {
		perror(arguments.directory);
		return 2;
	}
	sim_random_case(arguments.seed, arguments.points, arguments.connections,
			&config);
	if (arguments.calm)
		sim_config_calm(&config);
	for (uint32_t i = 0; i < arguments.fault_count; i++)
		sim_random_spoil(arguments.seed + i, arguments.faults[i],
				 &config);
	truth = sim_run(&config, arguments.directory);
	summarize(&config, truth);
	sim_truth_free(truth);
	sim_config_fini(&config);
	return 0;
}
