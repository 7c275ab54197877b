/* SPDX-License-Identifier: MIT
 *
 * A file that is written whole or not at all. A regular file is written under
 * another name beside it and takes its place at the end; devices and FIFOs
 * are written directly. Whatever ends the program in between - an error, a
 * signal - leaves an old file as it was and no temporary one.
 */
#ifndef NW_OUTFILE_H
#define NW_OUTFILE_H

#include "natwitness.h"

/* All zero is one that was never opened. */
struct outfile {
	FILE *stream;
	char *name; /* to be written */
	char *temp; /* under which it is written; NULL: directly */
	bool is_stdout;
};

/* "-" and /dev/stdout are standard output. Only one outfile at a time is
 * cared for when a signal comes. */
bool outfile_open(struct outfile *out, const char *name, struct nw_error *err);

/* Everything was written: makes it so on disk. Closes in any case. */
bool outfile_commit(struct outfile *out, struct nw_error *err);

/* Drops what was written. Fine when it is not open. */
void outfile_abort(struct outfile *out);

/* From now on SIGINT, SIGTERM and SIGHUP remove the temporary file before
 * they end the program; a closed pipe is an error to report, not a death. */
void outfile_guard_signals(void);

#endif
