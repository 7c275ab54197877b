/* SPDX-License-Identifier: MIT
 *
 * Program errors: see fault.h. Facts about captures are never program errors.
 */
#include "fault.h"

#include <stdarg.h>
#include <stdio.h>

enum nw_status fault_set(struct nw_error *err, enum nw_status status,
			 const char *format, ...)
{
	va_list args;

	if (err == NULL || err->status != NW_OK)
		return status;
	err->status = status;
	va_start(args, format);
	vsnprintf(err->text, sizeof(err->text), format, args);
	va_end(args);
	return status;
}

enum nw_status fault_no_memory(struct nw_error *err, const char *what)
{
	return fault_set(err, NW_ENOMEM,
			 "out of memory while %s: audit fewer connections at a "
			 "time (--filter, --from, --to)",
			 what);
}
