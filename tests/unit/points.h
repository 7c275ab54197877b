/* SPDX-License-Identifier: MIT
 *
 * Points for tests: what a capture in the making reads back as.
 */
#ifndef NW_TEST_POINTS_H
#define NW_TEST_POINTS_H

#include "point.h"
#include "script.h"

static inline void point_add_made(struct point *point, const struct made *m)
{
	struct made_file file = file_of(m, m->len);
	const struct point_selection everything = {0};
	struct nw_error err = {0};

	assert_true(point_add_input(
		point, &(struct nw_input){.file = file.name, .name = "made"}));
	assert_int_equal(point_read(point, &everything, &err), NW_OK);
	close(file.fd);
}

/* The point that this capture was taken at; the capture is given back. */
static inline struct point point_of(struct made *m)
{
	struct point point;

	assert_true(point_init(&point, "point"));
	point_add_made(&point, m);
	free(m->bytes);
	return point;
}

/* The point that saw this connection alone. */
static inline struct point point_of_script(const char *script,
					   const struct view *view)
{
	struct made m = capture_begin();

	capture_script(&m, script, view);
	return point_of(&m);
}

#endif
