/* SPDX-License-Identifier: MIT
 *
 * pcapng interface descriptions (draft-ietf-opsawg-pcapng section 4.2).
 */
#include "nginterface.h"

#include <string.h>

#include "input.h"

enum option_code {
	OPTION_END = 0,
	OPTION_IF_NAME = 2,
	OPTION_IF_TSRESOL = 9,
	OPTION_IF_FCSLEN = 13,
	OPTION_IF_TSOFFSET = 14,
};

#define NS_PER_S        1000000000
#define DEFAULT_TSRESOL 6

__extension__ typedef __int128 wide;

bool ng_option_next(const uint8_t **at, const uint8_t *end, bool swapped,
		    struct ng_option *option)
{
	size_t left = (size_t)(end - *at), padded;

	if (left < 4)
		return false;
	option->code = load_u16(*at, swapped);
	option->len = load_u16(*at + 2, swapped);
	option->value = *at + 4;
	padded = ((size_t)option->len + 3) & ~(size_t)3;
	if (option->code == OPTION_END || padded > left - 4)
		return false;
	*at += 4 + padded;
	return true;
}

static uint64_t power_of_ten(uint32_t exponent)
{
	uint64_t power = 1;

	while (exponent-- > 0)
		power *= 10;
	return power;
}

/* `resolution`: a power of ten, or of two when the high bit is set. */
static void set_resolution(struct ng_clock *clock, uint8_t resolution)
{
	uint32_t exponent = resolution & 0x7f;

	clock->multiply = clock->divide = 1;
	clock->shift = 0;
	if ((resolution & 0x80) != 0) {
		clock->multiply = NS_PER_S;
		clock->shift = exponent;
	} else if (exponent <= 9) {
		clock->multiply = power_of_ten(9 - exponent);
	} else if (exponent - 9 < 20) {
		clock->divide = power_of_ten(exponent - 9);
	} else {
		clock->multiply = 0; /* 2^64 units are below a nanosecond */
	}
}

int64_t ng_clock_ns(const struct ng_clock *clock, uint64_t units)
{
	int64_t fast;
	wide ns;

	if (clock->divide == 1 && clock->shift == 0 && clock->offset_s == 0 &&
	    !__builtin_mul_overflow(units, clock->multiply, &fast))
		return fast;
	ns = (wide)units * clock->multiply / clock->divide >> clock->shift;
	ns += (wide)clock->offset_s * NS_PER_S;
	if (ns > INT64_MAX)
		return INT64_MAX;
	return ns < INT64_MIN ? INT64_MIN : (int64_t)ns;
}

static void set_name(struct nginterface *interface,
		     const struct ng_option *option)
{
	size_t len = option->len < NG_NAME_BYTES - 1 ? option->len
						     : NG_NAME_BYTES - 1;

	memcpy(interface->name, option->value, len);
	interface->name[len] = '\0';
}

void nginterface_init(struct nginterface *interface, const uint8_t *body,
		      size_t len, bool swapped)
{
	const uint8_t *at = body + 8;
	struct ng_option option;

	*interface = (struct nginterface){
		.link_type = load_u16(body, swapped),
		.snaplen = load_u32(body + 4, swapped),
	};
	set_resolution(&interface->clock, DEFAULT_TSRESOL);
	while (ng_option_next(&at, body + len, swapped, &option)) {
		if (option.code == OPTION_IF_NAME)
			set_name(interface, &option);
		else if (option.code == OPTION_IF_TSRESOL && option.len >= 1)
			set_resolution(&interface->clock, option.value[0]);
		else if (option.code == OPTION_IF_FCSLEN && option.len >= 1)
			interface->fcs = option.value[0] == 4;
		else if (option.code == OPTION_IF_TSOFFSET && option.len >= 8)
			interface->clock.offset_s =
				(int64_t)load_u64(option.value, swapped);
	}
}
