/* SPDX-License-Identifier: MIT
 *
 * The key of a table comes from the kernel. Where the kernel gives none the
 * tables still work, they are only easier to attack.
 */
#include "hash.h"

#include <sys/random.h>

uint64_t hash_random_key(void)
{
	uint64_t key = 0x2545f4914f6cdd1du;

	if (getrandom(&key, sizeof(key), GRND_NONBLOCK) != sizeof(key))
		key = 0x2545f4914f6cdd1du;
	return key;
}
