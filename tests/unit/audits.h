/* SPDX-License-Identifier: MIT
 *
 * Audits for tests, through the public API, of captures that lie in memory.
 */
#ifndef NW_TEST_AUDITS_H
#define NW_TEST_AUDITS_H

#include "natwitness.h"
#include "script.h"

#define AUDIT_POINTS 3

/* A connection that asks once and is answered, but for the ACK of that. */
#define TALK_OPENING                                                           \
	"0.000 > S 0 mss 1460 id 1\n"                                          \
	"0.010 < S. 0 ack 1 mss 1460 id 51\n"                                  \
	"0.020 > . 1 ack 1 id 2\n"                                             \
	"0.030 > P. 1+100 ack 1 id 3\n"                                        \
	"0.040 < P. 1+500 ack 101 id 52\n"
#define TALK_CLOSING                                                           \
	"0.060 > F. 101 ack 501 id 5\n"                                        \
	"0.070 < F. 501 ack 102 id 53\n"                                       \
	"0.080 > . 102 ack 502 id 6\n"

/* Captures of the points a, b and c, not yet audited. */
struct made_audit {
	struct made captures[AUDIT_POINTS];
	size_t count;
};

static inline struct made_audit captures_begin(size_t count)
{
	struct made_audit m = {.count = count};

	assert_in_range(count, 0, AUDIT_POINTS);
	for (size_t p = 0; p < count; p++)
		m.captures[p] = capture_begin();
	return m;
}

static inline void captures_end(struct made_audit *m)
{
	for (size_t p = 0; p < m->count; p++)
		free(m->captures[p].bytes);
}

/* Adds the captures as points to an audit; they may be freed afterwards only
 * when it has run: `files` are theirs. */
static inline enum nw_status audit_add_made(struct nw_audit *audit,
					    const struct made_file *files,
					    size_t count, struct nw_error *err)
{
	static const char *const names[AUDIT_POINTS] = {"a", "b", "c"};
	enum nw_status status = NW_OK;

	for (size_t p = 0; p < count && status == NW_OK; p++)
		status = nw_audit_add_input(
			audit, names[p],
			&(struct nw_input){.file = files[p].name,
					   .name = "made"},
			err);
	return status;
}

static inline void files_begin(const struct made_audit *m,
			       struct made_file *files)
{
	for (size_t p = 0; p < m->count; p++)
		files[p] = file_of(&m->captures[p], m->captures[p].len);
}

static inline void files_end(const struct made_audit *m,
			     const struct made_file *files)
{
	for (size_t p = 0; p < m->count; p++)
		close(files[p].fd);
}

#endif
