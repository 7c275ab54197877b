/* SPDX-License-Identifier: MIT
 *
 * What is to be audited, as the command line or the topology file says it:
 * points in order with their captures, and the devices between them. The
 * strings are the plan's own.
 */
#ifndef NW_PLAN_H
#define NW_PLAN_H

#include "natwitness.h"

struct capture {
	char *file;      /* "-" is standard input */
	char *name;      /* as the report calls it; set by plan_finish() */
	char *interface; /* or NULL */
	char *filter;    /* or NULL */
};

struct plan_point {
	char *name; /* NULL until plan_finish() when none was given */
	struct capture *captures;
	size_t count;
};

struct plan_device {
	char *name;
	size_t before; /* index of the point nearer the client */
};

/* All zero is an empty plan. */
struct plan {
	struct plan_point *points;
	size_t point_count;
	struct plan_device *devices;
	size_t device_count;
	bool has_stdin;
};

void plan_fini(struct plan *plan);

/* The point of that name, added when it is new; NULL as name always adds one.
 * SIZE_MAX with `err` set on failure. Indexes stay. */
size_t plan_point(struct plan *plan, const char *name, struct nw_error *err);

/* Index of the point of that name, or SIZE_MAX. */
size_t plan_find(const struct plan *plan, const char *name);

/* Adds a file, or all captures of a folder; copies the strings. */
bool plan_add(struct plan *plan, size_t point, const struct capture *capture,
	      struct nw_error *err);

/* Adds a device behind point `before`. */
bool plan_add_device(struct plan *plan, const char *name, size_t before,
		     struct nw_error *err);

/* Gives names to captures and to points without: the file's own, with parent
 * folders as far as it takes to tell them apart. */
bool plan_finish(struct plan *plan, struct nw_error *err);

/* Hands the plan to an audit. */
bool plan_apply(const struct plan *plan, struct nw_audit *audit,
		struct nw_error *err);

#endif
