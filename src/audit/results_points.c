/* SPDX-License-Identifier: MIT
 *
 * Points and their health, as the results show them.
 */
#include "results.h"

static void fill_files(struct nw_audit *audit, const struct point *point,
		       struct nw_point *to)
{
	struct nw_file *files =
		arena_alloc(&audit->arena, point->inputs.count, sizeof(*files));

	if (files == NULL)
		return;
	for (size_t i = 0; i < point->inputs.count; i++) {
		const struct point_input *in = &point->inputs.items[i];
		char name[LINK_NAME_TEXT];
		const char *link = link_type_name(in->facts.link_type, name);

		files[i] = (struct nw_file){
			.name = in->name,
			.link_type = arena_string(&audit->arena, link),
			.snaplen = in->facts.snaplen,
			.packets = in->packets,
			.first_ns = in->first_ns,
			.last_ns = in->last_ns,
			.cut = in->facts.cut,
			.cut_offset = in->facts.cut_offset,
		};
		if (link == NULL)
			audit->arena.failed = true;
	}
	to->files = files;
	to->file_count = point->inputs.count;
}

static void add_count(struct nw_count *counts, size_t *n, const char *name,
		      uint64_t count)
{
	if (count > 0)
		counts[(*n)++] = (struct nw_count){name, count};
}

static void fill_health(struct nw_audit *audit, const struct point *point,
			struct nw_point *to)
{
	struct nw_count *skipped =
		arena_alloc(&audit->arena, SKIP_COUNT, sizeof(*skipped));
	struct nw_count *notes = arena_alloc(&audit->arena, 4, sizeof(*notes));
	uint64_t dropped = 0, cut = 0;

	if (skipped == NULL || notes == NULL)
		return;
	for (enum skip s = SKIP_NONE + 1; s < SKIP_COUNT; s++)
		add_count(skipped, &to->skipped_count, skip_name(s),
			  point->skipped[s]);
	vec_foreach (in, &point->inputs) {
		dropped += in->facts.dropped;
		cut += in->facts.cut;
	}
	add_count(notes, &to->note_count, "files-cut", cut);
	add_count(notes, &to->note_count, "dropped-by-capture", dropped);
	add_count(notes, &to->note_count, "checksum-bad", point->checksum_bad);
	add_count(notes, &to->note_count, "checksum-partial",
		  point->checksum_partial);
	to->skipped = skipped;
	to->notes = notes;
	to->truncated_packets = point->truncated;
}

/* Clocks add up hop by hop from the first point on. */
static void fill_clock(const struct nw_audit *audit, uint32_t index,
		       struct nw_point *points)
{
	struct nw_point *to = &points[index];
	const struct clock *clock;

	if (index == 0) {
		to->clock_known = true;
		return;
	}
	clock = &audit->matches[index - 1].clock;
	to->clock_known = clock->known && points[index - 1].clock_known;
	if (!to->clock_known)
		return;
	to->clock_offset_ns =
		points[index - 1].clock_offset_ns + clock->offset_ns;
	to->clock_uncertainty_ns =
		points[index - 1].clock_uncertainty_ns + clock->uncertainty_ns;
	to->clock_drift_ppm =
		points[index - 1].clock_drift_ppm + clock->drift * 1e6;
}

void results_points(struct nw_audit *audit)
{
	uint32_t count = audit_point_count(audit);
	struct nw_point *points =
		arena_alloc(&audit->arena, count, sizeof(*points));

	for (uint32_t p = 0; points != NULL && p < count; p++) {
		const struct point *point = &audit->points.items[p];

		points[p].name = point->name;
		points[p].packets = point->packets;
		points[p].flows = point_flow_count(point);
		audit->results.packets += point->packets;
		audit->results.flows += point_flow_count(point);
		fill_files(audit, point, &points[p]);
		fill_health(audit, point, &points[p]);
		fill_clock(audit, p, points);
	}
	audit->results.points = points;
	audit->results.point_count = points != NULL ? count : 0;
}
