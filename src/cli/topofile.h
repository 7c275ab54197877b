/* SPDX-License-Identifier: MIT
 *
 * Topology files (DESIGN 3): points, the devices between them and what these
 * may do, as JSON.
 */
#ifndef NW_TOPOFILE_H
#define NW_TOPOFILE_H

#include "plan.h"

/* Fills an empty plan. Errors name the file and the key. Captures are looked
 * for in the folder of the topology file. */
bool topofile_read(struct plan *plan, const char *file, struct nw_error *err);

#endif
