/* SPDX-License-Identifier: MIT
 *
 * Time arguments. Without an offset a date could mean the zone of the host
 * that captured or of the one that audits, so RFC 3339's offset is required.
 */
#include "timearg.h"

#include <stddef.h>

#define NS_PER_S   INT64_C(1000000000)
#define LAST_VALID INT64_C(9223372035) /* seconds that fit as ns */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* Exactly `count` digits; moves on. */
static bool digits(const char **text, int count, int64_t *number)
{
	*number = 0;
	for (; count > 0; count--, (*text)++) {
		if (!is_digit(**text))
			return false;
		*number = *number * 10 + (**text - '0');
	}
	return true;
}

static bool expect(const char **text, char c)
{
	if (**text != c)
		return false;
	(*text)++;
	return true;
}

/* ".123", if it is there; at least one digit. */
static bool fraction(const char **text, int64_t *ns)
{
	*ns = 0;
	if (!expect(text, '.'))
		return true;
	if (!is_digit(**text))
		return false;
	for (int64_t unit = NS_PER_S / 10; is_digit(**text); (*text)++) {
		*ns += unit * (**text - '0');
		unit /= 10;
	}
	return true;
}

/* Days since 1970 of a date of the Gregorian calendar, years counted from
 * March, so that the leap day is the last one. */
static int64_t days_of(int64_t year, int64_t month, int64_t day)
{
	int64_t y = month > 2 ? year : year - 1;
	int64_t m = month > 2 ? month - 3 : month + 9;

	return y * 365 + y / 4 - y / 100 + y / 400 + (m * 153 + 2) / 5 + day -
	       1 - 719468;
}

static bool is_date(int64_t year, int64_t month, int64_t day)
{
	static const int lengths[] = {31, 28, 31, 30, 31, 30,
				      31, 31, 30, 31, 30, 31};
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	if (month < 1 || month > 12 || day < 1)
		return false;
	return day <= lengths[month - 1] + (leap && month == 2 ? 1 : 0);
}

/* "Z" or "+02:00", in seconds. */
static bool zone(const char **text, int64_t *seconds)
{
	int64_t hours, minutes, sign = **text == '-' ? -1 : 1;

	*seconds = 0;
	if (expect(text, 'Z') || expect(text, 'z'))
		return true;
	if (!expect(text, '+') && !expect(text, '-'))
		return false;
	if (!digits(text, 2, &hours) || !expect(text, ':') ||
	    !digits(text, 2, &minutes) || hours > 23 || minutes > 59)
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

static bool date_of(const char **text, int64_t *days)
{
	int64_t year, month, day;

	if (!digits(text, 4, &year) || !expect(text, '-') ||
	    !digits(text, 2, &month) || !expect(text, '-') ||
	    !digits(text, 2, &day) || !is_date(year, month, day))
		return false;
	*days = days_of(year, month, day);
	return true;
}

static bool time_of_day(const char **text, int64_t *seconds)
{
	int64_t hour, minute, second;

	if (!digits(text, 2, &hour) || !expect(text, ':') ||
	    !digits(text, 2, &minute) || !expect(text, ':') ||
	    !digits(text, 2, &second))
		return false;
	*seconds = hour * 3600 + minute * 60 + second;
	/* 60 is a leap second (RFC 3339 section 5.7). */
	return hour <= 23 && minute <= 59 && second <= 60;
}

static bool rfc3339(const char *text, int64_t *seconds, int64_t *ns)
{
	int64_t days, of_day, offset;

	if (!date_of(&text, &days))
		return false;
	if (!expect(&text, 'T') && !expect(&text, 't') && !expect(&text, ' '))
		return false;
	if (!time_of_day(&text, &of_day) || !fraction(&text, ns) ||
	    !zone(&text, &offset) || *text != '\0')
		return false;
	*seconds = days * 86400 + of_day - offset;
	return true;
}

static bool epoch(const char *text, int64_t *seconds, int64_t *ns)
{
	*seconds = 0;
	if (!is_digit(*text))
		return false;
	for (; is_digit(*text); text++) {
		*seconds = *seconds * 10 + (*text - '0');
		if (*seconds > LAST_VALID)
			return false;
	}
	return fraction(&text, ns) && *text == '\0';
}

bool timearg_parse(const char *text, int64_t *time_ns)
{
	int64_t seconds, ns;

	if (!rfc3339(text, &seconds, &ns) && !epoch(text, &seconds, &ns))
		return false;
	if (seconds < 0 || seconds > LAST_VALID)
		return false;
	*time_ns = seconds * NS_PER_S + ns;
	return true;
}
