/* SPDX-License-Identifier: MIT
 *
 * What a flow is recognised by on the other side of a device: 32-bit keys,
 * one per feature, taken from its first records. A key is the value itself
 * where it fits (an ISN), else a hash of it; 0 means that the flow does not
 * show the feature. ACK numbers are never a feature: they are what is tested.
 */
#ifndef NW_FEATURE_H
#define NW_FEATURE_H

#include "point.h"

enum feature_kind {
	/* strong: looked up for every flow */
	FEATURE_PAYLOAD, /* lengths and sums of the first data segments */
	FEATURE_ISN_CLIENT,
	FEATURE_ISN_SERVER,
	FEATURE_CLIENT,     /* client's address and port */
	FEATURE_TIMESTAMP,  /* TSval of the SYN, or the first one seen */
	FEATURE_TS_PATTERN, /* differences of TSvals: survive an offset */
	/* weak: looked up for flows that the strong ones leave over */
	FEATURE_DATA_CLIENT, /* first data segment alone */
	FEATURE_DATA_SERVER,
	FEATURE_DATA_SERVER2, /* second one */
	FEATURE_HEAD_CLIENT,  /* first 64 bytes: survive resegmentation */
	FEATURE_HEAD_SERVER,
	FEATURE_SHAPE, /* bytes in each direction and how it closed */
	FEATURE_CLIENT_PORT,
	FEATURE_IP_ID, /* of the first packet */
	/* only compared */
	FEATURE_SERVER,
	FEATURE_OPTIONS, /* of the SYN, those that devices seldom touch */
	FEATURE_COUNT,
};
#define FEATURE_STRONG  (FEATURE_TS_PATTERN + 1)
#define FEATURE_INDEXED (FEATURE_IP_ID + 1)

struct feature {
	uint32_t keys[FEATURE_COUNT];
	int64_t first_ns, last_ns;
	/* times of the one SYN and the one SYN/ACK, or 0: for clocks */
	int64_t syn_ns, syn_ack_ns;
	int64_t think_ns; /* from the first packet to the client's data */
};

/* Stable name of a feature, as reports call it. */
const char *feature_name(enum feature_kind kind);

/* Features of every flow of the point, in their order; NULL: no memory. */
struct feature *features_new(const struct point *point);

#endif
