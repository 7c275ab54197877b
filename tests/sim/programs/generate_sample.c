/* SPDX-License-Identifier: MIT
 *
 * Writes the captures of samples/question-57187 and their truth.
 */
#include <errno.h>
#include <stdio.h>
#include <sys/stat.h>

#include "sim.h"

int main(int argc, char **argv)
{
	struct sim_config config;

	if (argc != 2) {
		fputs("usage: generate_sample DIRECTORY\n", stderr);
		return 2;
	}
	if (mkdir(argv[1], 0777) != 0 && errno != EEXIST) {
		perror(argv[1]);
		return 2;
	}
	sim_sample_57187(&config);
	sim_truth_free(sim_run(&config, argv[1]));
	sim_config_fini(&config);
	return 0;
}
