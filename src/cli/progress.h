/* SPDX-License-Identifier: MIT
 *
 * How far the reading is, on stderr: a line that renews itself on a terminal,
 * now and then a new line elsewhere.
 */
#ifndef NW_PROGRESS_H
#define NW_PROGRESS_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

struct progress {
	bool terminal;
	bool shown;       /* there is a line to be wiped */
	atomic_flag busy; /* one thread prints, others go on reading */
	int64_t began_ns, printed_ns; /* monotonic */
};

void progress_begin(struct progress *progress, bool terminal);

/* For nw_options.progress, with the progress as context; called by several
 * threads at once. */
void progress_update(void *context, uint64_t bytes, uint64_t total);

/* Wipes the line. No thread may be reading any more. */
void progress_end(struct progress *progress);

/* "natwitness: 45 %, 1.2 of 2.6 GB, 310 MB/s, 4 s left" */
#define PROGRESS_TEXT 192
char *progress_text(uint64_t bytes, uint64_t total, int64_t elapsed_ns,
		    char text[PROGRESS_TEXT]);

#endif
