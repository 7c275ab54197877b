/* SPDX-License-Identifier: MIT
 *
 * The spine: nw_audit_run() reads like the design. Around it the public
 * functions that say what to audit.
 */
#include "accept.h"
#include "fault.h"
#include "job.h"
#include "provenance.h"
#include "results.h"

#include <pthread.h>
#include <stdlib.h>
#include <string.h>

#define MAX_POINTS 64u

const char *nw_version(void)
{
	return NW_VERSION;
}

struct nw_audit *nw_audit_new(const struct nw_options *options,
			      struct nw_error *err)
{
	struct nw_audit *audit = calloc(1, sizeof(*audit));

	if (audit == NULL) {
		fault_no_memory(err, "beginning an audit");
		return NULL;
	}
	if (options != NULL) {
		audit->options = *options;
		audit->options.filter =
			arena_string(&audit->arena, options->filter);
	}
	return audit;
}

static void forget_matches(struct nw_audit *audit)
{
	for (uint32_t h = 0; audit->matches && h < audit_hop_count(audit); h++)
		match_fini(&audit->matches[h]);
	free(audit->matches);
	for (uint32_t h = 0; audit->strays && h < audit_hop_count(audit); h++)
		strays_fini(&audit->strays[h]);
	free(audit->strays);
	paths_fini(&audit->paths);
	vec_fini(&audit->findings.list);
	free(audit->tallies);
	free(audit->habits);
	free(audit->conducts);
}

void nw_audit_free(struct nw_audit *audit)
{
	if (audit == NULL)
		return;
	forget_matches(audit);
	vec_foreach (point, &audit->points)
		point_fini(point);
	vec_fini(&audit->points);
	vec_fini(&audit->devices);
	arena_fini(&audit->arena);
	free(audit);
}

static struct point *find_point(const struct nw_audit *audit, const char *name)
{
	vec_foreach (point, &audit->points)
		if (strcmp(point->name, name) == 0)
			return point;
	return NULL;
}

enum nw_status nw_audit_add_input(struct nw_audit *audit, const char *name,
				  const struct nw_input *input,
				  struct nw_error *err)
{
	struct point *point = find_point(audit, name);

	if (err != NULL && err->status != NW_OK)
		return err->status;
	if (point == NULL && audit->points.count == MAX_POINTS)
		return fault_set(err, NW_EUSAGE,
				 "point %s is one too many: an audit has %u "
				 "points at most",
				 name, MAX_POINTS);
	if (point == NULL) {
		point = vec_push(&audit->points);
		if (point == NULL || !point_init(point, name))
			return fault_no_memory(err, "adding a point");
	}
	if (!point_add_input(point, input))
		return fault_no_memory(err, "adding an input");
	return NW_OK;
}

enum nw_status nw_audit_add_device(struct nw_audit *audit, const char *name,
				   const char *before, const char *behind,
				   struct nw_error *err)
{
	const struct point *a = find_point(audit, before);
	const struct point *b = find_point(audit, behind);
	struct device *device;

	if (err != NULL && err->status != NW_OK)
		return err->status;
	if (a == NULL || b == NULL)
		return fault_set(err, NW_EUSAGE,
				 "device %s lies between %s and %s, but there "
				 "is no point %s",
				 name, before, behind, a ? behind : before);
	if (b != a + 1)
		return fault_set(err, NW_EUSAGE,
				 "device %s lies between %s and %s, which are "
				 "not neighbours in this order; list the "
				 "points from client to server",
				 name, before, behind);
	device = vec_push(&audit->devices);
	if (device == NULL)
		return fault_no_memory(err, "adding a device");
	device->name = arena_string(&audit->arena, name);
	device->hop = (uint32_t)(a - audit->points.items);
	return device->name != NULL ? NW_OK
				    : fault_no_memory(err, "adding a device");
}

/* ---- reading, a thread per point ---- */

struct reading {
	struct point *point;
	const struct point_selection *selection;
	struct nw_error err;
	enum nw_status status;
	pthread_t thread;
	bool threaded;
};

static void *read_point(void *argument)
{
	struct reading *r = argument;

	r->status = point_read(r->point, r->selection, &r->err);
	return NULL;
}

static void read_together(struct reading *readings, size_t count,
			  uint32_t threads)
{
	for (size_t from = 0; from < count; from += threads) {
		size_t to = from + threads < count ? from + threads : count;

		for (size_t i = from + 1; i < to; i++)
			readings[i].threaded =
				pthread_create(&readings[i].thread, NULL,
					       read_point, &readings[i]) == 0;
		read_point(&readings[from]);
		for (size_t i = from + 1; i < to; i++) {
			if (readings[i].threaded)
				pthread_join(readings[i].thread, NULL);
			else
				read_point(&readings[i]);
		}
	}
}

static enum nw_status read_points(struct nw_audit *audit, struct nw_error *err)
{
	const struct point_selection selection = {
		.filter = audit->options.filter,
		.from_ns = audit->options.from_ns,
		.to_ns = audit->options.to_ns,
		.progress = audit->options.progress,
		.progress_context = audit->options.progress_context,
	};
	uint32_t threads = audit->options.threads;
	size_t count = audit->points.count;
	struct reading *readings = calloc(count + 1, sizeof(*readings));
	enum nw_status status = NW_OK;

	if (readings == NULL)
		return fault_no_memory(err, "reading");
	for (size_t i = 0; i < count; i++) {
		readings[i].point = &audit->points.items[i];
		readings[i].selection = &selection;
	}
	read_together(readings, count, threads > 0 ? threads : 2);
	for (size_t i = 0; i < count && status == NW_OK; i++) {
		status = readings[i].status;
		if (status != NW_OK && err != NULL && err->status == NW_OK)
			*err = readings[i].err;
	}
	free(readings);
	return status;
}

/* ---- matching ---- */

static bool match_points(struct nw_audit *audit)
{
	uint32_t count = audit_point_count(audit);
	/* Of each point, kept until the hop behind it is matched. */
	struct feature *features[MAX_POINTS + 1] = {NULL};
	bool ok = true;

	audit->matches = calloc(count + 1u, sizeof(*audit->matches));
	audit->strays = calloc(count + 1u, sizeof(*audit->strays));
	ok = ok && audit->matches != NULL && audit->strays != NULL;
	for (uint32_t p = 0; ok && p < count; p++) {
		features[p] = features_new(&audit->points.items[p]);
		ok = features[p] != NULL;
		if (ok && p > 0) {
			const struct match_side before = {
				&audit->points.items[p - 1], features[p - 1]};
			const struct match_side behind = {
				&audit->points.items[p], features[p]};

			ok = match_hop(&before, &behind,
				       &audit->matches[p - 1]);
			free(features[p - 1]);
			features[p - 1] = NULL;
		}
	}
	for (uint32_t p = 0; p < count; p++)
		free(features[p]);
	for (uint32_t h = 0; ok && h < audit_hop_count(audit); h++)
		ok = strays_find(&audit->strays[h], &audit->points.items[h + 1],
				 &audit->matches[h]);
	return ok && paths_init(&audit->paths, audit->points.items, count,
				audit->matches);
}

static bool conclude(struct nw_audit *audit)
{
	struct listing listing = {0};
	bool ok;

	results_points(audit);
	ok = results_findings(audit, &listing) &&
	     results_paths(audit, &listing);
	free(listing.found);
	if (!ok)
		return false;
	results_devices(audit);
	results_verdict(audit);
	return !audit->arena.failed;
}

static bool prepare_counts(struct nw_audit *audit)
{
	size_t hops = audit_hop_count(audit) + 1;

	audit->tallies = calloc(hops, sizeof(*audit->tallies));
	audit->habits = calloc(hops, sizeof(*audit->habits));
	audit->conducts = calloc(audit->paths.count + 1u, 1);
	return audit->tallies != NULL && audit->habits != NULL &&
	       audit->conducts != NULL;
}

enum nw_status nw_audit_run(struct nw_audit *audit, struct nw_error *err)
{
	enum nw_status status;

	if (err != NULL && err->status != NW_OK)
		return err->status;
	if (audit->points.count == 0)
		return fault_set(err, NW_EUSAGE,
				 "there is nothing to audit: "
				 "name a capture");
	if (audit->has_results || audit->matches != NULL)
		return fault_set(err, NW_EUSAGE, "an audit runs once");
	status = read_points(audit, err);
	if (status != NW_OK)
		return status;
	if (!match_points(audit))
		return fault_no_memory(err, "matching connections");
	if (!prepare_counts(audit) || !audit_paths(audit))
		return fault_no_memory(err, "comparing packets");
	if (!provenance_explain(audit))
		return fault_no_memory(err, "explaining wrong numbers");
	if (!accept_explain(audit))
		return fault_no_memory(err, "explaining odd behaviour");
	if (!conclude(audit))
		return fault_no_memory(err, "writing the results");
	audit->has_results = true;
	return NW_OK;
}

const struct nw_results *nw_audit_results(const struct nw_audit *audit)
{
	return audit->has_results ? &audit->results : NULL;
}
