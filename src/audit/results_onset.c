/* SPDX-License-Identifier: MIT
 *
 * How a wrong number set in, in words: which frame was the last right one,
 * what happened in between, which segments are wrong since.
 */
#include "results.h"

#include <string.h>

static const struct {
	const char *name, *text;
} events[ONSET_EVENTS] = {
	[ONSET_SYN_ACK_REPEATED] = {"syn-ack-repeated",
				    "the server's SYN/ACK was repeated"},
	[ONSET_SYN_REPEATED] = {"syn-repeated",
				"the client's SYN was repeated"},
	[ONSET_RST] = {"rst", "there was a RST"},
	[ONSET_MOVED] = {"mapping-changed",
			 "the connection was moved to another tuple"},
	[ONSET_SILENCE] = {"silence", "silence"},
};

static const struct {
	const char *name, *text;
} scopes[SCOPE_COUNT] = {
	[SCOPE_ALL] = {"all", "all that follow"},
	[SCOPE_ONE] = {"one", "this one alone"},
	[SCOPE_DATA] = {"data", "those with data, and only those"},
	[SCOPE_ACKS] = {"acks", "those without data, and only those"},
	[SCOPE_PASSING] = {"passing", "the first ones; the later are right"},
	[SCOPE_ALTERNATING] = {"alternating", "right and wrong in turns"},
};

static void name_events(struct nw_audit *audit, const struct onset *from,
			struct nw_onset *to)
{
	const char *names[ONSET_EVENTS];

	for (enum onset_event e = 0; e < ONSET_EVENTS; e++)
		if ((from->events >> e & 1) != 0)
			names[to->between_count++] = events[e].name;
	to->between = arena_copy(&audit->arena, names, to->between_count,
				 sizeof(*names));
}

/* "the server's SYN/ACK was repeated, and nothing was sent for 1.2 s" */
static const char *tell_events(struct nw_audit *audit, const struct onset *o)
{
	char text[512] = "";
	size_t used = 0;

	for (enum onset_event e = 0; e < ONSET_SILENCE; e++)
		if ((o->events >> e & 1) != 0)
			used += (size_t)snprintf(
				text + used, sizeof(text) - used, "%s%s",
				used > 0 ? ", " : "", events[e].text);
	if ((o->events >> ONSET_SILENCE & 1) != 0)
		snprintf(text + used, sizeof(text) - used,
			 "%snothing was sent for %.1f s",
			 used > 0 ? ", and " : "", (double)o->silence_ns / 1e9);
	else if (used == 0)
		return "nothing special happened in between";
	return arena_format(&audit->arena, "in between %s", text);
}

static const char *tell_scope(struct nw_audit *audit, const struct onset *o)
{
	uint64_t all = o->wrong + o->right;

	if (all == 1)
		return "no later segment could be judged";
	return arena_format(&audit->arena,
			    "wrong since: %llu of %llu segments, %s",
			    (unsigned long long)o->wrong,
			    (unsigned long long)all, scopes[o->scope].text);
}

static const char *tell(struct nw_audit *audit, const struct finding *f,
			const struct sighting *first)
{
	const struct onset *o = &f->onset;
	const char *scope = tell_scope(audit, o);

	if (!o->has_right)
		return arena_format(&audit->arena,
				    "it is wrong from the first segment on "
				    "that could be judged; %s",
				    scope);
	return arena_format(
		&audit->arena,
		"frame %llu at %s was still right, %.3f s before frame %llu; "
		"%s; %s",
		(unsigned long long)o->right_frame,
		audit->points.items[first->point].name,
		(double)(first->time_ns - o->right_ns) / 1e9,
		(unsigned long long)first->frame, tell_events(audit, o), scope);
}

static struct nw_evidence evidence_of(const struct sighting *s)
{
	return (struct nw_evidence){
		.point = s->point,
		.file = s->file,
		.frame = s->frame,
		.time_ns = s->time_ns,
		.value = {.type = NW_NUMBER, .number = s->value},
	};
}

struct nw_onset onset_result(struct nw_audit *audit, const struct finding *f)
{
	const struct onset *o = &f->onset;
	const bool is_paired = f->hop < HOP_DOWNSTREAM;
	const struct sighting *first = &f->sightings[is_paired ? 1 : 0];
	struct nw_onset to = {.known = o->known};

	if (!o->known || f->sighting_count < 1u + is_paired)
		return (struct nw_onset){0};
	to.first_wrong = evidence_of(first);
	to.has_last_right = o->has_right;
	if (o->has_right)
		to.last_right = evidence_of(&(struct sighting){
			first->point, o->right_file, o->right_frame,
			o->right_ns, o->right_value});
	name_events(audit, o, &to);
	to.silence_ns = o->silence_ns;
	to.scope = scopes[o->scope].name;
	to.wrong = o->wrong;
	to.right = o->right;
	to.text = tell(audit, f, first);
	return to;
}
