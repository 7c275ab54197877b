/* SPDX-License-Identifier: MIT
 *
 * Numbers that devices get wrong. All return false when there is nothing to
 * spoil in this packet, else set want and got of the hit.
 */
#ifndef NW_SIM_SPOIL_H
#define NW_SIM_SPOIL_H

#include "world.h"

typedef bool sim_spoil(struct sim_passage *passage, struct sim_hit *hit);

sim_spoil sim_spoil_ack_untranslated;
sim_spoil sim_spoil_ack_double;
sim_spoil sim_spoil_ack_wrong_sign;
sim_spoil sim_spoil_ack_foreign_delta;
sim_spoil sim_spoil_ack_other_delta;
sim_spoil sim_spoil_ack_foreign_value;
sim_spoil sim_spoil_ack_field_swap;
sim_spoil sim_spoil_ack_half;
sim_spoil sim_spoil_ack_carry;
sim_spoil sim_spoil_ack_relative;
sim_spoil sim_spoil_ack_stale;
sim_spoil sim_spoil_ack_byte_swap;
sim_spoil sim_spoil_ack_off_by_n;
sim_spoil sim_spoil_ack_random;
sim_spoil sim_spoil_ack_constant;
sim_spoil sim_spoil_seq_shift;
sim_spoil sim_spoil_seq_random;
sim_spoil sim_spoil_offset_change;
sim_spoil sim_spoil_sack_untranslated;
sim_spoil sim_spoil_sack_stripped;
sim_spoil sim_spoil_sack_perm_forged;

#endif
