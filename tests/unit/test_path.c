/* SPDX-License-Identifier: MIT */
#include "path.h"

#include "packets.h"

#define POINTS 3

/* Flows at each point, and links "before-behind" of each hop, as text. */
struct layout {
	uint32_t flows[POINTS];
	const char *links[POINTS - 1];
};

static void begin(const struct layout *layout, struct point *points,
		  struct match *matches)
{
	memset(points, 0, POINTS * sizeof(*points));
	memset(matches, 0, POINTS * sizeof(*matches));
	for (int p = 0; p < POINTS; p++)
		points[p].table.flows.count = layout->flows[p];
	for (int h = 0; h < POINTS - 1; h++)
		for (const char *at = layout->links[h]; *at != '\0';) {
			struct link *link = vec_push(&matches[h].links);

			link->before = (uint32_t)(at[0] - '0');
			link->behind = (uint32_t)(at[2] - '0');
			at += at[3] == ' ' ? 4 : 3;
		}
}

static void end(struct match *matches)
{
	for (int h = 0; h < POINTS - 1; h++)
		match_fini(&matches[h]);
}

/* "0a 1b 2a": point and flow of each member, as letters. */
static void describe(const struct paths *paths, uint32_t index, char *text)
{
	const struct path *path = &paths->items[index];

	for (uint32_t i = 0; i < path->count; i++) {
		const struct path_flow *f = &path_flows(paths, path)[i];

		*text++ = (char)('0' + f->point);
		*text++ = (char)('a' + f->flow);
	}
	*text = '\0';
}

static void links_are_chained(void **state)
{
	static const struct {
		const char *words;
		struct layout layout;
		const char *paths[6]; /* in order */
	} cases[] = {
		{"one flow everywhere",
		 {{1, 1, 1}, {"0-0", "0-0"}},
		 {"0a1a2a"}},
		{"crossing",
		 {{2, 2, 2}, {"0-1 1-0", "0-0 1-1"}},
		 {"0a1b2b", "0b1a2a"}},
		{"missing in the middle", {{1, 0, 1}, {"", ""}}, {"0a", "2a"}},
		{"missing at the first point",
		 {{0, 1, 1}, {"", "0-0"}},
		 {"1a2a"}},
		{"nothing matches", {{1, 1, 1}, {"", ""}}, {"0a", "1a", "2a"}},
		{"moved to another tuple at the second point",
		 {{1, 2, 2}, {"0-0 0-1", "0-0 1-1"}},
		 {"0a1a1b2a2b"}},
		{"no flows at all", {{0, 0, 0}, {"", ""}}, {NULL}},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct point points[POINTS];
		struct match matches[POINTS];
		struct paths paths;
		uint32_t n = 0;

		begin(&cases[i].layout, points, matches);
		assert_true(paths_init(&paths, points, POINTS, matches));
		for (; cases[i].paths[n] != NULL; n++) {
			char text[32];

			assert_true(n < paths.count);
			describe(&paths, n, text);
			assert_string_equal(text, cases[i].paths[n]);
		}
		assert_int_equal(paths.count, n);
		paths_fini(&paths);
		end(matches);
	}
}

/* Every flow names its path, and the link that it came by. */
static void flows_know_path_and_link(void **state)
{
	static const struct layout layout = {{2, 3, 2}, {"0-1 1-0", "1-0"}};
	struct point points[POINTS];
	struct match matches[POINTS];
	struct paths paths;

	(void)state;
	begin(&layout, points, matches);
	assert_true(paths_init(&paths, points, POINTS, matches));
	for (uint32_t i = 0; i < paths.count; i++) {
		const struct path *path = &paths.items[i];

		for (uint32_t k = 0; k < path->count; k++) {
			const struct path_flow *f =
				&path_flows(&paths, path)[k];

			assert_int_equal(paths.path_of[f->point][f->flow], i);
			if (k == 0)
				assert_int_equal(f->link, FLOW_NONE);
			else
				assert_int_equal(matches[f->point - 1]
							 .links.items[f->link]
							 .behind,
						 f->flow);
		}
	}
	assert_int_equal(paths.flow_count, 7);
	paths_fini(&paths);
	end(matches);
}

static void a_path_is_as_sure_as_its_weakest_link(void **state)
{
	static const struct layout layout = {{2, 1, 1}, {"0-0", "0-0"}};
	struct point points[POINTS];
	struct match matches[POINTS];
	struct paths paths;
	struct link match;

	(void)state;
	begin(&layout, points, matches);
	matches[0].links.items[0].bits = 50;
	matches[0].links.items[0].margin = 12;
	matches[0].links.items[0].evidence = 7;
	matches[0].links.items[0].match_class = NW_MATCH_STRONG;
	matches[1].links.items[0].bits = 40;
	matches[1].links.items[0].margin = 30;
	matches[1].links.items[0].evidence = 13;
	matches[1].links.items[0].match_class = NW_MATCH_CERTAIN;
	assert_true(paths_init(&paths, points, POINTS, matches));
	match = path_match(&paths, &paths.items[0], matches);
	assert_int_equal(match.bits, 40);
	assert_int_equal(match.margin, 12);
	assert_int_equal(match.evidence, 5);
	assert_int_equal(match.match_class, NW_MATCH_STRONG);
	match = path_match(&paths, &paths.items[1], matches);
	assert_int_equal(match.match_class, NW_MATCH_CERTAIN);
	paths_fini(&paths);
	end(matches);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(links_are_chained),
		cmocka_unit_test(flows_know_path_and_link),
		cmocka_unit_test(a_path_is_as_sure_as_its_weakest_link),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
