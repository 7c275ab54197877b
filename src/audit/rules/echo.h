/* SPDX-License-Identifier: MIT
 *
 * The echo test (FINDINGS B.4): a server that answers a wrong ACK with a RST
 * gives it that ACK number. What the RST reads at the client says whether the
 * device translates the way back as wrongly as it does the way there.
 */
#ifndef NW_ECHO_H
#define NW_ECHO_H

#include "trace.h"

enum echo {
	ECHO_UNKNOWN,
	ECHO_RIGHT,  /* translated rightly: only the way there is wrong */
	ECHO_MIRROR, /* just what the client waits for: wrong both ways */
	ECHO_OTHER,  /* a third number */
};

struct echo_result {
	enum echo echo;
	bool is_outside; /* of every window that the client offered */
	/* at the client's point: the RST, and the client's last ACK before */
	const struct trace_item *reset, *waiting;
};

/* `reset` answers a wrong ACK of the client, at the server's point. Unknown
 * unless the two points shift the server's numbers and it is sure which
 * packet at the client's point that RST is. */
struct echo_result echo_test(const struct trace *client,
			     const struct trace *server,
			     const struct trace_item *reset);

#endif
