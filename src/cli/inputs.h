/* SPDX-License-Identifier: MIT
 *
 * Points as operands: [NAME=]INPUT[,INPUT...], each INPUT a file, a folder or
 * `-`, with `#IFACE` behind it for one interface. A backslash before `,` `#`
 * `=` or `\` takes it literally.
 */
#ifndef NW_INPUTS_H
#define NW_INPUTS_H

#include "plan.h"

/* Adds the point of one operand, or appends to the one of its name. */
bool inputs_add(struct plan *plan, const char *operand, struct nw_error *err);

#endif
