/* SPDX-License-Identifier: MIT
 *
 * Topology files. A key that is not known is an error, since a misspelt
 * "filter" that is ignored silently gives wrong verdicts; "note" and "x-..."
 * are the user's own. Nothing is taken from a file that has a mistake.
 */
#include "topofile.h"

#include "complain.h"
#include "nearest.h"
#include "policy.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>

#define WHERE_TEXT 96

/* What is being read; `where` says it in messages: "points[1].files". */
struct reader {
	const char *file;
	struct plan *plan;
	struct nw_error *err;
	char where[WHERE_TEXT];
};

static bool wrong(const struct reader *r, const char *what)
{
	return complain(r->err, NW_EFORMAT, "%s: %s%s%s", r->file, r->where,
			r->where[0] != '\0' ? " " : "", what);
}

static bool is_known(const char *key, const char *const *known)
{
	if (strcmp(key, "note") == 0 || strncmp(key, "x-", 2) == 0)
		return true;
	for (; *known != NULL; known++)
		if (strcmp(key, *known) == 0)
			return true;
	return false;
}

/* Is it an object that has keys of `known` only? */
static bool has_only(const struct reader *r, json_t *object,
		     const char *const *known)
{
	struct nearest nearest;
	const char *key;
	json_t *value;

	if (!json_is_object(object))
		return wrong(r, "must be an object");
	json_object_foreach(object, key, value)
	{
		if (is_known(key, known))
			continue;
		nearest = nearest_to(key);
		for (size_t i = 0; known[i] != NULL; i++)
			nearest_offer(&nearest, known[i]);
		return complain(r->err, NW_EFORMAT,
				"%s: %s%sunknown key \"%s\"%s%s%s; call it "
				"\"x-%s\" if it is your own",
				r->file, r->where,
				r->where[0] != '\0' ? " has an " : "", key,
				nearest.best != NULL ? " (\"" : "",
				nearest.best != NULL ? nearest.best : "",
				nearest.best != NULL ? "\"?)" : "", key);
	}
	return true;
}

/* A string of an object; *text is NULL when it may be missing and is. */
static bool text_of(const struct reader *r, json_t *object, const char *key,
		    bool optional, const char **text)
{
	json_t *value = json_object_get(object, key);

	*text = json_string_value(value);
	if (value == NULL && optional)
		return true;
	if (*text != NULL && **text != '\0')
		return true;
	return complain(r->err, NW_EFORMAT, "%s: %s.%s %s", r->file, r->where,
			key,
			value == NULL ? "is missing"
				      : "must be a string that is not empty");
}

/* An array of an object that has items. */
static json_t *array_of(const struct reader *r, json_t *object, const char *key)
{
	json_t *array = json_object_get(object, key);

	if (json_array_size(array) > 0)
		return array;
	complain(r->err, NW_EFORMAT, "%s: %s%s%s %s", r->file, r->where,
		 r->where[0] != '\0' ? "." : "", key,
		 array == NULL ? "is missing"
			       : "must be an array that is not empty");
	return NULL;
}

/* `name` as seen from the folder of the topology file; NULL: no memory. */
static char *beside(const char *file, const char *name)
{
	const char *slash = strrchr(file, '/');
	size_t folder = slash != NULL ? (size_t)(slash - file) + 1 : 0;
	size_t size = folder + strlen(name) + 1;
	char *path;

	if (name[0] == '/' || strcmp(name, "-") == 0)
		folder = 0;
	path = malloc(size);
	if (path != NULL)
		snprintf(path, size, "%.*s%s", (int)folder, file, name);
	return path;
}

static bool add_file(struct reader *r, size_t point, const char *name,
		     struct capture capture)
{
	bool ok;

	capture.file = beside(r->file, name);
	if (capture.file == NULL)
		return complain_no_memory(r->err);
	ok = plan_add(r->plan, point, &capture, r->err);
	free(capture.file);
	return ok;
}

static bool read_point(struct reader *r, json_t *object)
{
	static const char *const known[] = {"name", "files", "interface",
					    "filter", NULL};
	const char *name, *interface, *filter;
	json_t *files, *file;
	size_t point, i;

	if (!has_only(r, object, known) ||
	    !text_of(r, object, "name", false, &name) ||
	    !text_of(r, object, "interface", true, &interface) ||
	    !text_of(r, object, "filter", true, &filter))
		return false;
	files = array_of(r, object, "files");
	if (files == NULL)
		return false;
	if (plan_find(r->plan, name) != SIZE_MAX)
		return wrong(r, "has the name of an earlier point");
	point = plan_point(r->plan, name, r->err);
	if (point == SIZE_MAX)
		return false;
	json_array_foreach(files, i, file)
	{
		const char *text = json_string_value(file);
		/* Copied at once; the plan does not write to them. */
		struct capture capture = {.interface = (char *)interface,
					  .filter = (char *)filter};

		if (text == NULL || *text == '\0')
			return wrong(r, "has a file that is not a string");
		if (!add_file(r, point, text, capture))
			return false;
	}
	return true;
}

static bool read_allow(const struct reader *r, json_t *allow)
{
	const char *suggestion;
	json_t *item;
	size_t i;

	if (allow != NULL && !json_is_array(allow))
		return wrong(r, "must be an array of words");
	json_array_foreach(allow, i, item)
	{
		const char *word = json_string_value(item);

		if (word == NULL)
			return wrong(r, "must be an array of words");
		if (!policy_knows(word, &suggestion))
			return complain(r->err, NW_EFORMAT,
					"%s: %s: \"%s\" is no kind of "
					"translation%s%s%s",
					r->file, r->where, word,
					suggestion != NULL ? "; did you mean \""
							   : "",
					suggestion != NULL ? suggestion : "",
					suggestion != NULL ? "\"?" : "");
	}
	return true;
}

static bool read_policy(struct reader *r, json_t *policy, size_t index)
{
	static const char *const known[] = {"allow", NULL};

	if (policy == NULL)
		return true;
	snprintf(r->where, sizeof(r->where), "devices[%zu].policy", index);
	if (!has_only(r, policy, known))
		return false;
	snprintf(r->where, sizeof(r->where), "devices[%zu].policy.allow",
		 index);
	return read_allow(r, json_object_get(policy, "allow"));
}

/* The two points of "between" must be neighbours, in order. */
static bool read_hop(const struct reader *r, json_t *object, size_t *before)
{
	json_t *between = json_object_get(object, "between");
	const char *names[2] = {json_string_value(json_array_get(between, 0)),
				json_string_value(json_array_get(between, 1))};
	size_t points[2];

	if (json_array_size(between) != 2 || !names[0] || !names[1])
		return wrong(r, "needs \"between\": [two names of points]");
	for (int i = 0; i < 2; i++) {
		points[i] = plan_find(r->plan, names[i]);
		if (points[i] == SIZE_MAX)
			return complain(r->err, NW_EFORMAT,
					"%s: %s.between: there is no point "
					"\"%s\"",
					r->file, r->where, names[i]);
	}
	if (points[0] + 1 != points[1])
		return complain(r->err, NW_EFORMAT,
				"%s: %s.between: \"%s\" and \"%s\" are not two "
				"points that follow each other, the one nearer "
				"the client first",
				r->file, r->where, names[0], names[1]);
	*before = points[0];
	return true;
}

static bool read_device(struct reader *r, json_t *object, size_t index)
{
	static const char *const known[] = {"name", "between", "policy", NULL};
	const char *name;
	size_t before = 0;

	if (!has_only(r, object, known) ||
	    !text_of(r, object, "name", false, &name) ||
	    !read_hop(r, object, &before))
		return false;
	for (size_t i = 0; i < r->plan->device_count; i++)
		if (strcmp(r->plan->devices[i].name, name) == 0)
			return wrong(r, "has the name of an earlier device");
	return plan_add_device(r->plan, name, before, r->err) &&
	       read_policy(r, json_object_get(object, "policy"), index);
}

static bool read_all(struct reader *r, json_t *root)
{
	static const char *const known[] = {"points", "devices", NULL};
	json_t *points, *devices, *item;
	size_t i;

	if (!has_only(r, root, known))
		return false;
	points = array_of(r, root, "points");
	if (points == NULL)
		return false;
	json_array_foreach(points, i, item)
	{
		snprintf(r->where, sizeof(r->where), "points[%zu]", i);
		if (!read_point(r, item))
			return false;
	}
	devices = json_object_get(root, "devices");
	snprintf(r->where, sizeof(r->where), "devices");
	if (devices != NULL && !json_is_array(devices))
		return wrong(r, "must be an array");
	json_array_foreach(devices, i, item)
	{
		snprintf(r->where, sizeof(r->where), "devices[%zu]", i);
		if (!read_device(r, item, i))
			return false;
	}
	return true;
}

bool topofile_read(struct plan *plan, const char *file, struct nw_error *err)
{
	struct reader reader = {.file = file, .plan = plan, .err = err};
	json_error_t error;
	json_t *root = json_load_file(file, JSON_REJECT_DUPLICATES, &error);
	bool ok;

	if (root == NULL &&
	    json_error_code(&error) == json_error_cannot_open_file)
		return complain(err, NW_EIO, "%s", error.text);
	if (root == NULL && json_error_code(&error) == json_error_out_of_memory)
		return complain_no_memory(err);
	if (root == NULL)
		return complain(err, NW_EFORMAT, "%s:%d:%d: %s", file,
				error.line, error.column, error.text);
	ok = read_all(&reader, root);
	json_decref(root);
	return ok;
}
