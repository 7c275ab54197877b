/* SPDX-License-Identifier: MIT */
#include "bisect.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdint.h>

#include <cmocka.h>

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

/* Against a linear search, for every length and every number. */
static void finds_the_first_that_is_not_before(void **state)
{
	static const int sorted[] = {1, 3, 3, 3, 7, 8, 8, 12};

	(void)state;
	for (size_t count = 0; count <= COUNT(sorted); count++)
		for (int number = 0; number < 14; number++) {
			size_t want = 0;

			while (want < count && sorted[want] < number)
				want++;
			assert_int_equal(bisect(i, count, sorted[i] < number),
					 want);
		}
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(finds_the_first_that_is_not_before),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
