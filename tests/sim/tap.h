/* SPDX-License-Identifier: MIT
 *
 * One capture: writes what passes a point into a pcap file, with the clock,
 * the losses, the snap length and the merging that the point is to have.
 */
#ifndef NW_SIM_TAP_H
#define NW_SIM_TAP_H

#include <stdio.h>

#include "rng.h"
#include "simpacket.h"

struct sim_tap {
	const struct sim_config *config;
	const struct sim_point *point;
	FILE *file;
	struct sim_rng rng;
	uint64_t frames, lost;
	/* Merging: the last packet, not yet written, that may still grow. */
	bool pending;
	int64_t pending_ns;
	struct sim_packet merged;
	uint8_t frame[SIM_FRAME_MAX];
};

struct sim_tap *sim_tap_open(const struct sim_config *config, uint32_t point,
			     const char *directory);
/* The packet passes; returns its frame number, 0 when the capture has none. */
uint32_t sim_tap_see(struct sim_tap *tap, const struct sim_packet *packet,
		     int64_t now_ns);
/* Writes what is pending, closes and frees. */
void sim_tap_close(struct sim_tap *tap);

#endif
