/* SPDX-License-Identifier: MIT
 *
 * Explains wrong numbers: tests every hypothesis on each, and claims one only
 * as far as chance does not explain the hit among all that was tested
 * (FINDINGS B.3).
 */
#ifndef NW_PROVENANCE_H
#define NW_PROVENANCE_H

#include "job.h"

/* Fills the causes of the findings about ACK, sequence and SACK numbers, and
 * names their kind after a cause that is more than compatible. false: no
 * memory. */
bool provenance_explain(struct nw_audit *audit);

#endif
