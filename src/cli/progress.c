/* SPDX-License-Identifier: MIT
 *
 * Progress on stderr. Whoever comes while another thread prints, or too soon
 * after, goes on without waiting: reading is never slowed down by a terminal.
 */
#include "progress.h"

#include <inttypes.h>
#include <stdio.h>
#include <time.h>

#define NS_PER_S INT64_C(1000000000)
/* Nobody wants to see a line flash up for a small file. */
#define QUIET_NS          (NS_PER_S / 2)
#define TERMINAL_EVERY_NS (NS_PER_S / 5)
#define LOG_EVERY_NS      (5 * NS_PER_S)

static int64_t now_ns(void)
{
	struct timespec now = {0};

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * NS_PER_S + now.tv_nsec;
}

void progress_begin(struct progress *progress, bool terminal)
{
	progress->terminal = terminal;
	progress->shown = false;
	atomic_flag_clear(&progress->busy);
	progress->began_ns = now_ns();
	progress->printed_ns = progress->began_ns;
}

/* "1.2 GB" in units of 1000. */
static char *size_text(uint64_t bytes, char text[32])
{
	static const char *const units[] = {"B",  "kB", "MB", "GB",
					    "TB", "PB", "EB"};
	double size = (double)bytes;
	size_t unit = 0;

	while (size >= 999.5 && unit < 6) {
		size /= 1000;
		unit++;
	}
	snprintf(text, 32, "%.*f %s", unit > 0 && size < 9.95 ? 1 : 0, size,
		 units[unit]);
	return text;
}

static char *time_left(double seconds, char text[32])
{
	if (seconds < 100)
		snprintf(text, 32, "%.0f s", seconds);
	else if (seconds < 6000)
		snprintf(text, 32, "%.0f min", seconds / 60);
	else
		snprintf(text, 32, "%.1f h", seconds / 3600);
	return text;
}

char *progress_text(uint64_t bytes, uint64_t total, int64_t elapsed_ns,
		    char text[PROGRESS_TEXT])
{
	double seconds = (double)(elapsed_ns > 0 ? elapsed_ns : 1) / 1e9;
	double rate = (double)bytes / seconds;
	char done[32], all[32], speed[32], left[32];

	size_text(bytes, done);
	size_text((uint64_t)rate, speed);
	if (total < bytes || total == 0 || rate < 1)
		snprintf(text, PROGRESS_TEXT, "natwitness: %s read, %s/s", done,
			 speed);
	else
		snprintf(text, PROGRESS_TEXT,
			 "natwitness: %d %%, %s of %s, %s/s, %s left",
			 (int)((double)bytes * 100 / (double)total), done,
			 size_text(total, all), speed,
			 time_left((double)(total - bytes) / rate, left));
	return text;
}

static void print(struct progress *progress, uint64_t bytes, uint64_t total)
{
	int64_t now = now_ns();
	int64_t every = progress->terminal ? TERMINAL_EVERY_NS : LOG_EVERY_NS;
	char text[PROGRESS_TEXT];

	if (now - progress->began_ns < QUIET_NS ||
	    now - progress->printed_ns < every)
		return;
	progress->printed_ns = now;
	progress_text(bytes, total, now - progress->began_ns, text);
	if (progress->terminal)
		fprintf(stderr, "\r%-78s", text);
	else
		fprintf(stderr, "%s\n", text);
	progress->shown = true;
}

void progress_update(void *context, uint64_t bytes, uint64_t total)
{
	struct progress *progress = context;

	if (atomic_flag_test_and_set(&progress->busy))
		return;
	print(progress, bytes, total);
	atomic_flag_clear(&progress->busy);
}

void progress_end(struct progress *progress)
{
	if (progress->shown && progress->terminal)
		fprintf(stderr, "\r%78s\r", "");
	progress->shown = false;
}
