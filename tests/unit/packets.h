/* SPDX-License-Identifier: MIT
 *
 * Packets for tests, each as tcpdump prints it and in hex. All checksums are
 * right. A test joins a link header and a packet by writing them side by
 * side, as strings.
 */
#ifndef NW_TEST_PACKETS_H
#define NW_TEST_PACKETS_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#define COUNT(array) (sizeof(array) / sizeof((array)[0]))

/* IP (ttl 64, id 4660, flags [DF]) 192.0.2.1.40712 > 198.51.100.10.80:
 * Flags [P.], seq 1000:1005, ack 2000, win 502,
 * options [nop,nop,TS val 7 ecr 9], length 5 */
#define DATA_IP "45000039 12344000 40063c4c c0000201 c633640a "
#define DATA_TCP                                                               \
	"9f080050 000003e8 000007d0 801801f6 99880000 "                        \
	"0101080a 00000007 00000009 "
#define DATA_PAYLOAD "68656c6c6f "
#define DATA         DATA_IP DATA_TCP DATA_PAYLOAD

/* the same way: Flags [.], seq 1000, ack 2000, win 502, length 0 */
#define ACK_IP  "45000028 12344000 40063c5d c0000201 c633640a "
#define ACK_TCP "9f080050 000003e8 000007d0 501001f6 168f0000 "
#define ACK     ACK_IP ACK_TCP

/* the same way, tos 0x2,ECT(0): Flags [S], seq 4294967295, win 64240,
 * options [mss 1460,sackOK,TS val 7 ecr 0,nop,wscale 10], length 0 */
#define SYN                                                                    \
	"4502003c 12344000 40063c47 c0000201 c633640a "                        \
	"9f080050 ffffffff 00000000 a002faf0 c16d0000 "                        \
	"020405b4 0402 080a00000007 00000000 01 03030a "

/* IP 198.51.100.10.80 > 192.0.2.1.40712: Flags [.], seq 2000, ack 1005,
 * win 501, options [nop,nop,TS val 9 ecr 7,
 * nop,nop,sack 2 {2005:2010}{3000:3100}], length 0 */
#define SACK                                                                   \
	"45000048 12344000 40063c3d c633640a c0000201 "                        \
	"00509f08 000007d0 000003ed d01001f5 5fb90000 "                        \
	"0101080a 00000009 00000007 "                                          \
	"01010512 000007d5 000007da 00000bb8 00000c1c "

/* IP6 (class 0xb8, hlim 64) 2001:db8::1.40712 > 2001:db8:1::a.80:
 * Flags [P.], seq 1000:1006, ack 2000, win 502, length 6 */
#define DATA6_ADDRESSES                                                        \
	"20010db8000000000000000000000001 20010db800010000000000000000000a "
#define DATA6_TCP "9f080050 000003e8 000007d0 501801f6 634f0000 68656c6c6f21 "
#define DATA6     "6b800000 001a 06 40 " DATA6_ADDRESSES DATA6_TCP

#define MACS   "020000000002 020000000001 "
#define ETHER4 MACS "0800 "
#define ETHER6 MACS "86dd "

#define PACKET_ROOM 512

static inline int hex_digit(char c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c != '\0' ? strchr(digits, c) : NULL;

	return found != NULL ? (int)(found - digits) : -1;
}

/* Bytes of a text of hex digits and spaces; their number. */
static inline size_t from_hex(const char *text, uint8_t bytes[PACKET_ROOM])
{
	size_t digits = 0;

	memset(bytes, 0, PACKET_ROOM);
	for (; *text != '\0'; text++) {
		int digit = hex_digit(*text);

		if (digit < 0)
			continue;
		assert_true(digits / 2 < PACKET_ROOM);
		bytes[digits / 2] = (uint8_t)(bytes[digits / 2] << 4 | digit);
		digits++;
	}
	assert_int_equal(digits % 2, 0);
	return digits / 2;
}

#endif
