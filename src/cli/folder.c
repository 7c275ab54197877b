/* SPDX-License-Identifier: MIT
 *
 * A folder as an input: see folder.h.
 */
#include "folder.h"

#include "complain.h"
#include "stem.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

void folder_fini(struct folder *folder)
{
	for (size_t i = 0; i < folder->count; i++)
		free(folder->files[i]);
	free(folder->files);
	*folder = (struct folder){0};
}

/* "lb.pcap2" before "lb.pcap10". */
static int by_version(const void *a, const void *b)
{
	return strverscmp(*(char *const *)a, *(char *const *)b);
}

static bool is_regular(const char *file)
{
	struct stat status;

	return stat(file, &status) == 0 && S_ISREG(status.st_mode);
}

static bool add(struct folder *folder, const char *name, const char *entry)
{
	size_t size = strlen(name) + strlen(entry) + 2;
	char *file = malloc(size);
	char **files;

	if (file == NULL)
		return false;
	snprintf(file, size, "%s%s%s", name,
		 name[strlen(name) - 1] == '/' ? "" : "/", entry);
	if (!is_regular(file)) {
		free(file);
		return true;
	}
	files = realloc(folder->files, (folder->count + 1) * sizeof(*files));
	if (files == NULL) {
		free(file);
		return false;
	}
	folder->files = files;
	files[folder->count++] = file;
	return true;
}

bool folder_read(struct folder *folder, const char *name, struct nw_error *err)
{
	DIR *dir = opendir(name);
	const struct dirent *entry;
	bool ok = true;

	if (dir == NULL)
		return complain(err, NW_EIO, "cannot read the folder %s: %s",
				name, strerror(errno));
	while (ok && (entry = readdir(dir)) != NULL)
		if (stem_is_capture(entry->d_name))
			ok = add(folder, name, entry->d_name);
	closedir(dir);
	if (!ok)
		return complain_no_memory(err);
	if (folder->count == 0)
		return complain(err, NW_EIO,
				"the folder %s holds no captures (*.pcap, "
				"*.pcapng, *.cap); name the files one by one "
				"if they are called otherwise",
				name);
	qsort(folder->files, folder->count, sizeof(*folder->files), by_version);
	return true;
}
