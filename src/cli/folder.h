/* SPDX-License-Identifier: MIT
 *
 * A folder as an input: the captures in it.
 */
#ifndef NW_FOLDER_H
#define NW_FOLDER_H

#include "natwitness.h"

struct folder {
	char **files; /* sorted, numbers by their value */
	size_t count;
};

/* Regular files that are called like captures; folders inside are not
 * entered. None at all is an error. */
bool folder_read(struct folder *folder, const char *name, struct nw_error *err);
void folder_fini(struct folder *folder);

#endif
