/* SPDX-License-Identifier: MIT
 *
 * Devices that answer in an end's name (FINDINGS A.7): a SYN proxy or a load
 * balancer that completes the handshake before the server has heard of it, and
 * a proxy, whose two sides are two connections. Neither is a fault.
 */
#ifndef NW_RELAY_H
#define NW_RELAY_H

#include "translation.h"

enum relay {
	RELAY_NONE,       /* or nothing proves it */
	RELAY_SYN,        /* answers the SYN itself */
	RELAY_TERMINATED, /* a proxy: ACKs in the ends' names, too */
};

/* What the hop's device is to this connection. Needs the bases. */
enum relay relay_find(const struct hop *hop);

#endif
