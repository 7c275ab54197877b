/* SPDX-License-Identifier: MIT
 *
 * How a report ends: see outcome.h.
 */
#include "outcome.h"

#include <errno.h>
#include <string.h>

enum nw_status outcome_of(FILE *out, struct nw_error *err)
{
	bool failed_before = ferror(out) != 0;
	int earlier = errno;

	errno = 0;
	if (fflush(out) == 0 && !failed_before)
		return NW_OK;
	if (errno == 0)
		errno = failed_before && earlier != 0 ? earlier : EIO;
	if (err != NULL && err->status == NW_OK) {
		err->status = NW_EIO;
		snprintf(err->text, sizeof(err->text),
			 "cannot write the report: %s", strerror(errno));
	}
	return NW_EIO;
}
