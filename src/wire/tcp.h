/* SPDX-License-Identifier: MIT
 *
 * The TCP header (RFC 9293) and its options.
 */
#ifndef NW_TCP_H
#define NW_TCP_H

#include "layer.h"

#define TCP_BASE_BYTES 20u

/* Fills ports and segment from the TCP header at `layer`. With the twenty
 * bytes of the base header captured there is always a segment; what is wrong
 * with the options is said in segment.options. */
enum skip tcp_decode(struct layer *layer, struct packet *packet);

#endif
