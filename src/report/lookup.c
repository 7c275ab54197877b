/* SPDX-License-Identifier: MIT
 *
 * Looking things up in the results: see lookup.h.
 */
#include "lookup.h"

#include <inttypes.h>

const char *point_name(const struct nw_results *results, uint32_t point)
{
	if (point >= results->point_count ||
	    results->points[point].name == NULL)
		return "?";
	return results->points[point].name;
}

const char *file_name(const struct nw_results *results, uint32_t point,
		      uint32_t file)
{
	if (point >= results->point_count ||
	    file >= results->points[point].file_count ||
	    results->points[point].files[file].name == NULL)
		return "?";
	return results->points[point].files[file].name;
}

const char *hop_before(const struct nw_results *results, struct nw_hop hop)
{
	if (hop.before == NW_NO_POINT)
		return "upstream";
	return point_name(results, hop.before);
}

const char *hop_behind(const struct nw_results *results, struct nw_hop hop)
{
	if (hop.behind == NW_NO_POINT)
		return "downstream";
	return point_name(results, hop.behind);
}

bool hop_equal(struct nw_hop a, struct nw_hop b)
{
	return a.before == b.before && a.behind == b.behind;
}

const struct nw_path *path_by_id(const struct nw_results *results, uint32_t id)
{
	for (size_t i = 0; i < results->path_count; i++)
		if (results->paths[i].id == id)
			return &results->paths[i];
	return NULL;
}

const struct nw_finding *finding_by_id(const struct nw_results *results,
				       uint32_t id)
{
	for (size_t i = 0; i < results->finding_count; i++)
		if (results->findings[i].id == id)
			return &results->findings[i];
	return NULL;
}

size_t devices_in_hop(const struct nw_results *results, struct nw_hop hop)
{
	size_t count = 0;

	for (size_t i = 0; i < results->device_count; i++)
		if (hop_equal(results->devices[i].between, hop))
			count++;
	return count;
}

char *flow_filter(const struct nw_flow *flow, char text[FLOW_FILTER_TEXT])
{
	const char *field = flow->client.family == 6 ? "ipv6.addr" : "ip.addr";
	char client[NW_ADDRESS_TEXT], server[NW_ADDRESS_TEXT];

	snprintf(text, FLOW_FILTER_TEXT,
		 "%s == %s && %s == %s && tcp.port == %u && tcp.port == %u",
		 field, nw_address_text(&flow->client, client), field,
		 nw_address_text(&flow->server, server),
		 (unsigned)flow->client.port, (unsigned)flow->server.port);
	return text;
}

char *frame_filter(uint64_t frame, char text[FRAME_FILTER_TEXT])
{
	snprintf(text, FRAME_FILTER_TEXT, "frame.number == %" PRIu64, frame);
	return text;
}
