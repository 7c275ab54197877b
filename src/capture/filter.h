/* SPDX-License-Identifier: MIT
 *
 * A BPF expression, as tcpdump takes it, on frames of any link type.
 */
#ifndef NW_FILTER_H
#define NW_FILTER_H

#include "frame.h"
#include "natwitness.h"

struct filter;

/* Keeps `expression` (borrowed). NULL: no memory. */
struct filter *filter_new(const char *expression);
void filter_free(struct filter *filter);

/* Compiles for a link type, if that is not done yet: how a bad expression is
 * found before the first frame. */
enum nw_status filter_prepare(struct filter *filter, uint16_t link_type,
			      struct nw_error *err);

/* 1: the frame is wanted, 0: it is not, -1: the expression makes no sense
 * for the frame's link type; `err` is set. */
int filter_accepts(struct filter *filter, const struct frame *frame,
		   struct nw_error *err);

#endif
