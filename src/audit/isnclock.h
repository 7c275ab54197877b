/* SPDX-License-Identifier: MIT
 *
 * The clock in initial sequence numbers (FINDINGS B.5): Linux counts them up
 * by one every 64 ns for each tuple, round in 274.878 s. So a wrong ACK, were
 * it that of an earlier connection on the same tuple, would tell when that one
 * began. Any number tells some age: it is a prediction, never evidence.
 */
#ifndef NW_ISNCLOCK_H
#define NW_ISNCLOCK_H

#include "job.h"

/* How much earlier a connection began whose first number is acknowledged by
 * `ack`, on the clock that gave `isn`: the shortest span possible. */
int64_t isnclock_age_ns(struct seq isn, uint32_t ack);

/* One round of the clock. */
#define ISNCLOCK_ROUND_NS (INT64_C(64) << 32)

/* What a longer capture would have to show, if `worst`, of an audit of one
 * point, were such a number; false: nothing that is worth looking for. */
bool isnclock_predict(struct nw_audit *audit, const struct nw_finding *worst,
		      struct nw_next_capture *to);

#endif
