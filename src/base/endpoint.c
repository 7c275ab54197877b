/* SPDX-License-Identifier: MIT
 *
 * Text of addresses, for reports.
 */
#include "endpoint.h"

#include "natwitness.h"

#include <arpa/inet.h>

char *nw_address_text(const struct nw_endpoint *endpoint,
		      char text[NW_ADDRESS_TEXT])
{
	int family = endpoint->family == 4 ? AF_INET : AF_INET6;

	if (inet_ntop(family, endpoint->address, text, NW_ADDRESS_TEXT) == NULL)
		text[0] = '\0';
	return text;
}
