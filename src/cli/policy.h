/* SPDX-License-Identifier: MIT
 *
 * The words of a device's policy: what it may do to connections.
 */
#ifndef NW_POLICY_H
#define NW_POLICY_H

#include <stdbool.h>

/* Is `word` the id of a translation kind ("nat-snat"), or that without its
 * category ("snat")? When it is not, *suggestion is a word that may be meant,
 * or NULL. */
bool policy_knows(const char *word, const char **suggestion);

#endif
