/* SPDX-License-Identifier: MIT
 *
 * What a NAT's mappings do to connections (FINDINGS A.8): two of them on one
 * outer tuple at the same time.
 */
#ifndef NW_MAPPING_H
#define NW_MAPPING_H

#include "rules/outermost.h"

/* Looks at the path's flows behind each hop. `matches` has one per hop. */
void check_mapping(const struct outermost *check, const struct match *matches,
		   struct findings *findings);

#endif
