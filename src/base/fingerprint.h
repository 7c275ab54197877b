/* SPDX-License-Identifier: MIT
 *
 * Fingerprints of byte ranges that compose: the fingerprint of a range is
 * computed from those of its parts, so that two points can be compared on any
 * common range although their segment borders differ, without a byte kept.
 */
#ifndef NW_FINGERPRINT_H
#define NW_FINGERPRINT_H

#include <stddef.h>
#include <stdint.h>

/* CRC-32C (RFC 3720 appendix B.4) of the bytes; of none: 0. Uses the
 * processor's instruction where there is one. */
uint32_t fingerprint(const uint8_t *bytes, size_t len);

/* Fingerprint of the bytes of `a` followed by the `b_len` bytes of `b`. */
uint32_t fingerprint_join(uint32_t a, uint32_t b, uint64_t b_len);

/* The same two without the processor's instruction, whatever there is: for
 * other processors, and for the tests that hold one against the other. */
uint32_t fingerprint_portable(const uint8_t *bytes, size_t len);
uint32_t fingerprint_join_portable(uint32_t a, uint32_t b, uint64_t b_len);

/* 16-bit ones' complement sum (RFC 1071) of the bytes as big-endian words, an
 * odd last byte padded with zero; in canonical form: 0xffff is 0. */
uint16_t sum16(const uint8_t *bytes, size_t len);

/* Sum of the bytes of `a` (of length `a_len`) followed by those of `b`. */
uint16_t sum16_join(uint16_t a, uint64_t a_len, uint16_t b);

#endif
