/* SPDX-License-Identifier: MIT
 *
 * Law 3, metamorphic: other clocks, other ISNs, other addresses are other
 * names for the same things, and the findings stay what they are. A number
 * drawn at random may mean something else beside other ISNs, so that other
 * packets follow: how often is compared where as much went wrong.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "law.h"
#include "rng.h"

/* A finding without its names. */
struct fact {
	char kind[48];
	enum nw_severity severity;
	struct nw_hop between;
	enum nw_direction direction;
	uint32_t connection;
	uint64_t count;
};

struct facts {
	struct fact *items;
	size_t count;
	size_t wrong; /* packets that the simulator spoiled */
	enum nw_verdict verdict;
};

#define ORDER(a, b)                                                            \
	do {                                                                   \
		if ((a) != (b))                                                \
			return (a) < (b) ? -1 : 1;                             \
	} while (0)

static int compare(const void *left, const void *right)
{
	const struct fact *a = left, *b = right;
	int kind = strcmp(a->kind, b->kind);

	ORDER(kind, 0);
	ORDER(a->connection, b->connection);
	ORDER(a->between.before, b->between.before);
	ORDER(a->between.behind, b->between.behind);
	ORDER(a->direction, b->direction);
	ORDER(a->severity, b->severity);
	ORDER(a->count, b->count);
	return 0;
}

static struct facts facts_of(const struct law_case *c)
{
	const struct nw_results *results = c->results;
	struct facts facts = {
		.items =
			calloc(results->finding_count + 1, sizeof(struct fact)),
		.verdict = results->verdict,
	};

	if (facts.items == NULL)
		exit(2);
	for (size_t i = 0; i < c->truth->culprit_count; i++)
		if (strcmp(c->truth->culprits[i].severity, "error") == 0)
			facts.wrong += c->truth->culprits[i].hit_count;
	for (size_t i = 0; i < results->finding_count; i++) {
		const struct nw_finding *f = &results->findings[i];
		struct fact *fact = &facts.items[facts.count];

		/* Whether a packet was late, or came at all, depends on what
		 * can be known of the clocks. */
		if (!law_is_fault(f, NW_WARNING) ||
		    strncmp(f->kind, "path-delay", 10) == 0 ||
		    strncmp(f->kind, "path-drop", 9) == 0)
			continue;
		facts.count++;
		snprintf(fact->kind, sizeof(fact->kind), "%s", f->kind);
		fact->severity = f->severity;
		fact->between = f->between;
		fact->direction = f->direction;
		fact->connection =
			f->path ? law_connection(c, f->path) : SIM_NONE;
		fact->count = f->count;
	}
	qsort(facts.items, facts.count, sizeof(struct fact), compare);
	return facts;
}

static bool measure(struct law_try *try, const struct sim_config *config,
		    struct facts *facts)
{
	struct sim_truth *truth = sim_run(config, try->directory);
	struct nw_audit *audit = law_audit(try, config, 0, 0);
	struct law_case c = {config, truth, NULL, 0};

	if (audit != NULL) {
		c.results = nw_audit_results(audit);
		*facts = facts_of(&c);
	}
	nw_audit_free(audit);
	sim_truth_free(truth);
	return audit != NULL;
}

static void other_clocks(struct sim_config *config, struct sim_rng *rng)
{
	for (uint32_t i = 0; i < config->point_count; i++) {
		config->points[i].clock_offset_ns =
			sim_rng_between(rng, -60, 60) * SIM_S;
		config->points[i].clock_drift_ppm =
			(double)sim_rng_between(rng, -90, 90);
	}
}

static void other_isns(struct sim_config *config, struct sim_rng *rng)
{
	uint32_t add[2] = {sim_rng_u32(rng), sim_rng_u32(rng)};

	for (uint32_t i = 0; i < config->connection_count; i++)
		for (int k = 0; k < 2; k++)
			config->connections[i].isn[k] += add[k];
}

/* A one-to-one renaming: bits of the network part are turned over. */
static void rename_end(struct nw_endpoint *end)
{
	end->address[end->family == 4 ? 1 : 5] ^= 0x15;
}

static void other_addresses(struct sim_config *config, struct sim_rng *rng)
{
	(void)rng;
	for (uint32_t i = 0; i < config->connection_count; i++) {
		rename_end(&config->connections[i].client);
		rename_end(&config->connections[i].server);
	}
	for (uint32_t h = 0; h + 1 < config->point_count; h++) {
		rename_end(&config->hops[h].snat_address);
		for (uint32_t i = 0; i < config->hops[h].backend_count; i++)
			rename_end(&config->hops[h].backends[i]);
	}
}

static bool alike(const struct fact *a, const struct fact *b, bool counted)
{
	struct fact like = *b;

	if (!counted)
		like.count = a->count;
	return compare(a, &like) == 0;
}

static bool same(struct law_try *try, const char *change,
		 const struct facts *before, const struct facts *after)
{
	size_t i = 0;

	while (i < before->count && i < after->count &&
	       alike(&before->items[i], &after->items[i],
		     before->wrong == after->wrong))
		i++;
	if (i < before->count || i < after->count) {
		const struct facts *rest = i < before->count ? before : after;

		return law_broken(try,
				  "with %s: %zu findings became %zu, "
				  "first difference %s on c%u x%" PRIu64,
				  change, before->count, after->count,
				  rest->items[i].kind,
				  rest->items[i].connection,
				  rest->items[i].count);
	}
	if (before->verdict != after->verdict)
		return law_broken(try, "with %s: another verdict", change);
	return true;
}

static const struct change {
	const char *name;
	void (*apply)(struct sim_config *config, struct sim_rng *rng);
} changes[] = {
	{"other clocks", other_clocks},
	{"other ISNs", other_isns},
	{"other addresses", other_addresses},
};

static bool unchanged(struct law_try *try, const struct sim_config *config,
		      const struct facts *before)
{
	struct sim_rng rng = sim_rng_of(try->seed, 40);
	bool good = true;

	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		struct sim_config other;
		struct facts after = {0};

		sim_config_copy(&other, config);
		changes[i].apply(&other, &rng);
		if (measure(try, &other, &after))
			good = same(try, changes[i].name, before, &after) &&
			       good;
		else
			good = false;
		free(after.items);
		sim_config_fini(&other);
		try->applied++;
	}
	return good;
}

static bool check(struct law_try *try)
{
	struct sim_config config;
	struct facts before = {0};
	bool good = false;

	if (try->seed % 3 == 0)
		sim_random_clean(try->seed, &config);
	else
		sim_random_fault(try->seed, &config);
	if (measure(try, &config, &before))
		good = unchanged(try, &config, &before);
	free(before.items);
	sim_config_fini(&config);
	return good;
}

int main(int argc, char **argv)
{
	return law_main(argc, argv, check);
}
