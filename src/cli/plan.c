/* SPDX-License-Identifier: MIT
 *
 * What is to be audited: see plan.h.
 */
#include "plan.h"

#include "complain.h"
#include "folder.h"
#include "stem.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

static void capture_fini(struct capture *capture)
{
	free(capture->file);
	free(capture->name);
	free(capture->interface);
	free(capture->filter);
}

void plan_fini(struct plan *plan)
{
	for (size_t i = 0; i < plan->point_count; i++) {
		struct plan_point *point = &plan->points[i];

		for (size_t j = 0; j < point->count; j++)
			capture_fini(&point->captures[j]);
		free(point->captures);
		free(point->name);
	}
	for (size_t i = 0; i < plan->device_count; i++)
		free(plan->devices[i].name);
	free(plan->points);
	free(plan->devices);
	*plan = (struct plan){0};
}

size_t plan_find(const struct plan *plan, const char *name)
{
	for (size_t i = 0; i < plan->point_count; i++)
		if (plan->points[i].name != NULL &&
		    strcmp(plan->points[i].name, name) == 0)
			return i;
	return SIZE_MAX;
}

/* These two stand in reports for what lies beyond the outermost points. */
static bool is_reserved(const char *name)
{
	return strcmp(name, "upstream") == 0 || strcmp(name, "downstream") == 0;
}

size_t plan_point(struct plan *plan, const char *name, struct nw_error *err)
{
	size_t index = name != NULL ? plan_find(plan, name) : SIZE_MAX;
	struct plan_point *points, point = {0};

	if (index != SIZE_MAX)
		return index;
	if (name != NULL && is_reserved(name)) {
		complain(err, NW_EUSAGE,
			 "a point cannot be called %s: reports call so what "
			 "lies beyond the outermost points",
			 name);
		return SIZE_MAX;
	}
	points = realloc(plan->points,
			 (plan->point_count + 1) * sizeof(*plan->points));
	if (points != NULL)
		plan->points = points;
	if (name != NULL)
		point.name = strdup(name);
	if (points == NULL || (name != NULL && point.name == NULL)) {
		free(point.name);
		complain_no_memory(err);
		return SIZE_MAX;
	}
	plan->points[plan->point_count] = point;
	return plan->point_count++;
}

static bool same_text(const char *a, const char *b)
{
	return a == b || (a != NULL && b != NULL && strcmp(a, b) == 0);
}

static bool is_there(const struct plan_point *point,
		     const struct capture *capture)
{
	for (size_t i = 0; i < point->count; i++)
		if (same_text(point->captures[i].file, capture->file) &&
		    same_text(point->captures[i].interface,
			      capture->interface) &&
		    same_text(point->captures[i].filter, capture->filter))
			return true;
	return false;
}

/* Copies a string that may be NULL; false: no memory. */
static bool copy(char **to, const char *from)
{
	*to = from != NULL ? strdup(from) : NULL;
	return from == NULL || *to != NULL;
}

static bool add_file(struct plan_point *point, const struct capture *capture,
		     struct nw_error *err)
{
	struct capture *captures, added = {0};

	if (is_there(point, capture))
		return complain(err, NW_EUSAGE,
				"%s is given twice for the same point",
				capture->file);
	captures = realloc(point->captures,
			   (point->count + 1) * sizeof(*point->captures));
	if (captures != NULL)
		point->captures = captures;
	if (captures == NULL || !copy(&added.file, capture->file) ||
	    !copy(&added.interface, capture->interface) ||
	    !copy(&added.filter, capture->filter)) {
		capture_fini(&added);
		return complain_no_memory(err);
	}
	point->captures[point->count++] = added;
	return true;
}

static bool add_folder(struct plan_point *point, const struct capture *capture,
		       struct nw_error *err)
{
	struct folder folder = {0};
	bool ok = folder_read(&folder, capture->file, err);

	for (size_t i = 0; ok && i < folder.count; i++) {
		struct capture one = *capture;

		one.file = folder.files[i];
		ok = add_file(point, &one, err);
	}
	folder_fini(&folder);
	return ok;
}

bool plan_add(struct plan *plan, size_t point, const struct capture *capture,
	      struct nw_error *err)
{
	struct stat status;

	if (strcmp(capture->file, "-") == 0) {
		if (plan->has_stdin)
			return complain(err, NW_EUSAGE,
					"standard input (-) can be read once "
					"only");
		plan->has_stdin = true;
	} else if (stat(capture->file, &status) == 0 &&
		   S_ISDIR(status.st_mode)) {
		return add_folder(&plan->points[point], capture, err);
	}
	/* A file that is not there is a matter for who reads it. */
	return add_file(&plan->points[point], capture, err);
}

bool plan_add_device(struct plan *plan, const char *name, size_t before,
		     struct nw_error *err)
{
	struct plan_device *devices =
		realloc(plan->devices,
			(plan->device_count + 1) * sizeof(*plan->devices));
	char *own = strdup(name);

	if (devices != NULL)
		plan->devices = devices;
	if (devices == NULL || own == NULL) {
		free(own);
		return complain_no_memory(err);
	}
	devices[plan->device_count++] =
		(struct plan_device){.name = own, .before = before};
	return true;
}

/* One name per file, in the order of the files. */
static bool name_captures(struct plan_point *point, struct nw_error *err)
{
	struct stems stems = {0};
	bool ok = true;

	for (size_t i = 0; ok && i < point->count; i++)
		ok = stems_add(&stems, point->captures[i].file, NULL);
	ok = ok && stems_settle(&stems);
	for (size_t i = 0; ok && i < point->count; i++)
		ok = copy(&point->captures[i].name, stems.items[i].name);
	stems_fini(&stems);
	return ok || complain_no_memory(err);
}

static bool name_points(struct plan *plan, struct nw_error *err)
{
	struct stems stems = {.strip = true};
	bool ok = true;

	for (size_t i = 0; ok && i < plan->point_count; i++)
		ok = stems_add(&stems, plan->points[i].captures[0].file,
			       plan->points[i].name);
	ok = ok && stems_settle(&stems);
	for (size_t i = 0; ok && i < plan->point_count; i++)
		if (plan->points[i].name == NULL)
			ok = copy(&plan->points[i].name, stems.items[i].name);
	stems_fini(&stems);
	return ok || complain_no_memory(err);
}

static bool check_point(const struct plan *plan, size_t index,
			struct nw_error *err)
{
	const char *name = plan->points[index].name;

	assert(name != NULL);
	if (plan_find(plan, name) != index)
		return complain(err, NW_EUSAGE,
				"two points would be called %s: name them, as "
				"in outside=%s",
				name, plan->points[index].captures[0].file);
	if (is_reserved(name))
		return complain(err, NW_EUSAGE,
				"a point cannot be called %s: name it, as in "
				"outside=%s",
				name, plan->points[index].captures[0].file);
	return true;
}

bool plan_finish(struct plan *plan, struct nw_error *err)
{
	for (size_t i = 0; i < plan->point_count; i++)
		if (!name_captures(&plan->points[i], err))
			return false;
	if (!name_points(plan, err))
		return false;
	for (size_t i = 0; i < plan->point_count; i++)
		if (!check_point(plan, i, err))
			return false;
	return true;
}

static bool apply_point(const struct plan_point *point, struct nw_audit *audit,
			struct nw_error *err)
{
	for (size_t i = 0; i < point->count; i++) {
		const struct capture *capture = &point->captures[i];
		struct nw_input input = {.file = capture->file,
					 .name = capture->name,
					 .interface = capture->interface,
					 .filter = capture->filter};

		if (nw_audit_add_input(audit, point->name, &input, err) !=
		    NW_OK)
			return false;
	}
	return true;
}

bool plan_apply(const struct plan *plan, struct nw_audit *audit,
		struct nw_error *err)
{
	for (size_t i = 0; i < plan->point_count; i++)
		if (!apply_point(&plan->points[i], audit, err))
			return false;
	for (size_t i = 0; i < plan->device_count; i++) {
		const struct plan_device *device = &plan->devices[i];

		if (nw_audit_add_device(audit, device->name,
					plan->points[device->before].name,
					plan->points[device->before + 1].name,
					err) != NW_OK)
			return false;
	}
	return true;
}
