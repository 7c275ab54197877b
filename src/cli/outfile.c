/* SPDX-License-Identifier: MIT
 *
 * A file that is written whole or not at all: see outfile.h.
 */
#include "outfile.h"

#include "complain.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define TRIES 100

/* What the signal handler removes: the program's only global, since a
 * handler has no other way to know. */
static char *volatile pending;

static void on_signal(int number)
{
	const char *temp = pending;

	if (temp != NULL)
		unlink(temp);
	/* The default action is back (SA_RESETHAND): die of the signal, so
	 * that a shell sees what happened. */
	raise(number);
}

static void guard(int number)
{
	struct sigaction now, action = {.sa_handler = on_signal,
					.sa_flags = (int)SA_RESETHAND};

	/* A program that nohup started goes on ignoring it. */
	if (sigaction(number, NULL, &now) == 0 && now.sa_handler == SIG_IGN)
		return;
	sigemptyset(&action.sa_mask);
	sigaction(number, &action, NULL);
}

void outfile_guard_signals(void)
{
	guard(SIGINT);
	guard(SIGTERM);
	guard(SIGHUP);
	signal(SIGPIPE, SIG_IGN);
}

static bool is_stdout(const char *name)
{
	return strcmp(name, "-") == 0 || strcmp(name, "/dev/stdout") == 0 ||
	       strcmp(name, "/dev/fd/1") == 0 ||
	       strcmp(name, "/proc/self/fd/1") == 0;
}

/* A regular file, or nothing yet: something that a rename can replace. What
 * stands behind /dev/fd is somebody else's open file and is not replaced. */
static bool is_replaceable(const char *name)
{
	struct stat status;

	if (strncmp(name, "/dev/", 5) == 0 || strncmp(name, "/proc/", 6) == 0)
		return false;
	return stat(name, &status) != 0 || S_ISREG(status.st_mode);
}

static bool cannot(const struct outfile *out, struct nw_error *err)
{
	return complain(err, NW_EIO, "cannot write %s: %s", out->name,
			strerror(errno));
}

/* Opens "<folder>/.<base>.<pid>-<n>.tmp", which does not exist before. Mode
 * 0666 less the umask, as if the file itself were created. */
static bool open_temp(struct outfile *out, struct nw_error *err)
{
	const char *slash = strrchr(out->name, '/');
	int folder = slash != NULL ? (int)(slash - out->name) + 1 : 0;
	size_t size = strlen(out->name) + 64;
	int fd = -1;

	out->temp = malloc(size);
	if (out->temp == NULL)
		return complain_no_memory(err);
	for (int i = 0; fd < 0 && i < TRIES; i++) {
		snprintf(out->temp, size, "%.*s.%s.%ld-%d.tmp", folder,
			 out->name, out->name + folder, (long)getpid(), i);
		fd = open(out->temp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
			  0666);
		if (fd < 0 && errno != EEXIST)
			break;
	}
	if (fd < 0) {
		free(out->temp);
		out->temp = NULL;
		return cannot(out, err);
	}
	pending = out->temp;
	out->stream = fdopen(fd, "w");
	if (out->stream != NULL)
		return true;
	close(fd);
	return cannot(out, err);
}

bool outfile_open(struct outfile *out, const char *name, struct nw_error *err)
{
	*out = (struct outfile){0};
	if (is_stdout(name)) {
		out->is_stdout = true;
		out->stream = stdout;
		out->name = strdup("standard output");
	} else if (is_replaceable(name)) {
		/* Through a symbolic link, the file it names is replaced and
		 * not the link. */
		out->name = realpath(name, NULL);
		if (out->name == NULL)
			out->name = strdup(name);
	} else {
		out->name = strdup(name);
	}
	if (out->name == NULL)
		return complain_no_memory(err);
	if (out->is_stdout)
		return true;
	if (is_replaceable(out->name)) {
		if (open_temp(out, err))
			return true;
		outfile_abort(out);
		return false;
	}
	out->stream = fopen(out->name, "we");
	if (out->stream != NULL)
		return true;
	cannot(out, err);
	outfile_abort(out);
	return false;
}

static void forget(struct outfile *out)
{
	pending = NULL;
	free(out->temp);
	free(out->name);
	*out = (struct outfile){0};
}

/* Some file systems cannot fsync(); what they hold is as safe as they are. */
static bool is_synced(FILE *stream)
{
	return fsync(fileno(stream)) == 0 || errno == EINVAL ||
	       errno == ENOTSUP;
}

bool outfile_commit(struct outfile *out, struct nw_error *err)
{
	bool ok = fflush(out->stream) == 0 && ferror(out->stream) == 0;

	if (ok && out->temp != NULL)
		ok = is_synced(out->stream);
	if (!out->is_stdout) {
		ok = fclose(out->stream) == 0 && ok;
		out->stream = NULL;
	}
	if (ok && out->temp != NULL)
		ok = rename(out->temp, out->name) == 0;
	if (!ok) {
		cannot(out, err);
		outfile_abort(out);
		return false;
	}
	forget(out);
	return true;
}

void outfile_abort(struct outfile *out)
{
	if (out->stream != NULL && !out->is_stdout)
		fclose(out->stream);
	if (out->temp != NULL)
		unlink(out->temp);
	forget(out);
}
