/* SPDX-License-Identifier: MIT
 *
 * Why does a server repeat its SYN/ACK although the handshake was complete
 * (FINDINGS F.1)? It may wait for data, its accept queue may be full, the ACK
 * may have been lost behind the capture, or it was a device's. What the other
 * connections to that server did speaks for one or the other.
 */
#ifndef NW_ACCEPT_H
#define NW_ACCEPT_H

#include "job.h"

/* How the connections to one server took it. */
struct acceptance {
	uint64_t quick, quick_struck; /* request before the first timeout */
	uint64_t late, late_struck;   /* silent beyond it */
};

/* Chance that a cause that cares nothing for the client's silence strikes only
 * silent connections; 1 when it struck others, too, or none. */
double accept_chance(const struct acceptance *a);

/* Gives each such finding its rival causes. false: no memory. */
bool accept_explain(struct nw_audit *audit);

#endif
