/* SPDX-License-Identifier: MIT
 *
 * Results made by hand, for tests of what is made of results.
 */
#ifndef FIXTURE_RESULTS_H
#define FIXTURE_RESULTS_H

#include "natwitness.h"

/* Five points; lb corrupts the ACK of one connection, which provokes RSTs;
 * the same fault on 1,234 more as one grouped finding; a warning, an odd
 * behaviour, translations, open questions, captures that are not well. */
extern const struct nw_results fixture_seed;

/* Two points with long IPv6 addresses, no named device, a fault upstream of
 * the first one on SACK edges; a point and a file with hostile names. */
extern const struct nw_results fixture_hostile;

/* Two points, one device, nothing wrong. */
extern const struct nw_results fixture_clean;

/* Two points that have no connection in common. */
extern const struct nw_results fixture_nothing;

/* Thirty faults in one hop of two devices. */
extern const struct nw_results fixture_many;

#endif
