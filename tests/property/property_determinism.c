/* SPDX-License-Identifier: MIT
 *
 * Law 7, determinism: the same captures give the same bytes of JSON, twice,
 * and whatever the number of threads.
 */
#include <stdlib.h>
#include <string.h>

#include "law.h"

static char *report(const struct law_try *try, const struct sim_config *config,
		    uint32_t threads, size_t *len)
{
	struct nw_audit *audit = law_audit(try, config, 0, threads);
	char *json;

	if (audit == NULL)
		return NULL;
	json = law_json(audit, len);
	nw_audit_free(audit);
	if (json == NULL)
		law_broken(try, "no JSON report");
	return json;
}

static size_t first_difference(const char *a, const char *b, size_t len)
{
	size_t i = 0;

	while (i < len && a[i] == b[i])
		i++;
	return i;
}

static bool repeats(struct law_try *try, const struct sim_config *config)
{
	static const uint32_t threads[] = {1, 2, 2, 4};
	size_t len = 0, other_len = 0;
	char *json = report(try, config, 1, &len);
	bool good = json != NULL;

	for (size_t i = 0; good && i < sizeof(threads) / sizeof(threads[0]);
	     i++) {
		char *other = report(try, config, threads[i], &other_len);
		size_t least = len < other_len ? len : other_len;
		size_t at = 0;

		good = other != NULL;
		if (good)
			at = first_difference(json, other, least);
		if (good && (len != other_len || at < least))
			good = law_broken(
				try,
				"1 and %u threads differ at byte %zu: "
				"%.60s | %.60s",
				threads[i], at, json + at, other + at);
		free(other);
		try->applied++;
	}
	free(json);
	return good;
}

static bool check(struct law_try *try)
{
	struct sim_config config;
	bool good;

	if (try->seed % 2 == 0)
		sim_random_clean(try->seed, &config);
	else
		sim_random_fault(try->seed, &config);
	sim_truth_free(sim_run(&config, try->directory));
	good = repeats(try, &config);
	sim_config_fini(&config);
	return good;
}

int main(int argc, char **argv)
{
	return law_main(argc, argv, check);
}
