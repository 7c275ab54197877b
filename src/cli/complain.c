/* SPDX-License-Identifier: MIT
 *
 * Messages to the user: see complain.h.
 */
#include "complain.h"

#include <stdarg.h>

bool complain(struct nw_error *err, enum nw_status status, const char *format,
	      ...)
{
	va_list args;

	if (err->status != NW_OK)
		return false;
	err->status = status;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return false;
}

bool complain_no_memory(struct nw_error *err)
{
	return complain(err, NW_ENOMEM, "out of memory");
}

void complain_print(const struct nw_error *err, const char *command)
{
	fprintf(stderr, "natwitness: %s\n", err->text);
	if (err->status == NW_EUSAGE)
		fprintf(stderr,
			"natwitness: 'natwitness %s%s--help' explains.\n",
			command, *command != '\0' ? " " : "");
}
