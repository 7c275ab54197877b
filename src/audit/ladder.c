/* SPDX-License-Identifier: MIT
 *
 * Reads the path's packets once more and keeps the first and last few at each
 * point and those around each sighting of a finding.
 */
#include "ladder.h"

#define EDGE       4   /* first and last packets of a flow */
#define AROUND     3   /* on each side of a sighting */
#define MAX_POINTS 256 /* segments kept at one point */

struct pick {
	VEC(struct nw_segment) segments;
	struct trace trace;
};

static uint32_t finding_at(const struct ladder_marks *marks, uint32_t point,
			   const struct record *record)
{
	for (size_t i = 0; i < marks->count; i++) {
		const struct finding *f = marks->findings[i];

		for (uint32_t k = 0; k < f->sighting_count; k++)
			if (f->sightings[k].point == point &&
			    f->sightings[k].file == record->file &&
			    f->sightings[k].frame == record->frame)
				return marks->ids[i];
	}
	return 0;
}

static bool is_near_mark(const struct trace *trace, size_t at,
			 const struct ladder_marks *marks)
{
	size_t from = at > AROUND ? at - AROUND : 0;
	size_t to = at + AROUND + 1;

	for (size_t i = from; i < to && i < trace->items.count; i++)
		if (finding_at(marks, trace->point,
			       &trace->items.items[i].record) != 0)
			return true;
	return false;
}

static bool keep(struct pick *pick, const struct trace_item *item,
		 const struct ladder_marks *marks)
{
	const struct record *r = &item->record;
	struct nw_segment *s = vec_push(&pick->segments);

	if (s == NULL)
		return false;
	*s = (struct nw_segment){
		.point = pick->trace.point,
		.file = r->file,
		.frame = r->frame,
		.time_ns = r->time_ns,
		.direction = r->direction == FROM_CLIENT ? NW_FROM_CLIENT
							 : NW_FROM_SERVER,
		.flags = r->segment.flags & 0x3f,
		.seq = r->segment.seq.n,
		.ack = r->segment.ack.n,
		.has_relative = item->has_seq,
		.relative_seq = item->seq,
		.relative_ack = item->ack,
		.length = r->segment.len,
		.window = r->segment.window,
		.finding = finding_at(marks, pick->trace.point, r),
	};
	return true;
}

static bool pick_point(struct pick *pick, const struct ladder_marks *marks)
{
	const struct trace *trace = &pick->trace;
	size_t kept = 0;

	for (size_t i = 0; i < trace->items.count && kept < MAX_POINTS; i++) {
		if (i >= EDGE && i + EDGE < trace->items.count &&
		    !is_near_mark(trace, i, marks))
			continue;
		if (!keep(pick, &trace->items.items[i], marks))
			return false;
		kept++;
	}
	return true;
}

bool ladder_fill(struct nw_audit *audit, uint32_t path,
		 const struct ladder_marks *marks, struct nw_path *to)
{
	const struct path *from = &audit->paths.items[path];
	const struct path_flow *flows = path_flows(&audit->paths, from);
	struct pick pick = {0};
	bool ok = true;

	for (uint32_t i = 0, n; ok && i < from->count; i += n) {
		uint32_t point = flows[i].point;

		for (n = 0; i + n < from->count && flows[i + n].point == point;)
			n++;
		pick.trace.point = point;
		ok = trace_load(&pick.trace, &audit->points.items[point],
				flows + i, n) &&
		     pick_point(&pick, marks);
	}
	to->segments =
		arena_copy(&audit->arena, pick.segments.items,
			   pick.segments.count, sizeof(*pick.segments.items));
	to->segment_count = to->segments != NULL ? pick.segments.count : 0;
	vec_fini(&pick.segments);
	trace_fini(&pick.trace);
	return ok && !audit->arena.failed;
}
