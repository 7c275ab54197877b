/* SPDX-License-Identifier: MIT
 *
 * The TCP checksum: is it right, and what does it say of bytes that were not
 * captured?
 */
#ifndef NW_CHECKSUM_H
#define NW_CHECKSUM_H

#include "segment.h"

/* Fills checksum, sum and has_sum of a decoded packet. */
void checksum_measure(struct packet *packet);

#endif
