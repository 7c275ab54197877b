/* SPDX-License-Identifier: MIT
 *
 * How the two ends took what came, in words; and what that proves.
 */
#include "results.h"

/* What the number of the RST at the client says about the device's state. */
static const char *tell_echo(struct nw_audit *audit, const struct finding *f)
{
	const struct sighting *back = &f->sightings[2];
	const struct sighting *waiting = &f->sightings[3];
	const char *point, *meaning;

	if (f->echo == ECHO_UNKNOWN || f->sighting_count < 4)
		return "";
	point = audit->points.items[back->point].name;
	if (f->echo == ECHO_MIRROR)
		return arena_format(
			&audit->arena,
			"; at %s it reads %u, just what the client waits for: "
			"the way back is translated as wrongly as the way "
			"there",
			point, back->value);
	meaning = f->echo == ECHO_RIGHT
			  ? "the way back is translated rightly, so what is "
			    "wrong is the state of one direction only"
			  : "the way back is translated wrongly, too, and not "
			    "by the inverse of the way there";
	return arena_format(&audit->arena,
			    "; at %s it reads %u, where the client waits for "
			    "%u: %s",
			    point, back->value, waiting->value, meaning);
}

static const char *tell_reset(struct nw_audit *audit, const struct finding *f)
{
	return arena_format(
		&audit->arena,
		"the server answers with a RST whose sequence number is that "
		"ACK number, %u: its socket was not established yet (RFC 9293 "
		"section 3.10.7)%s",
		f->sightings[1].value, tell_echo(audit, f));
}

static const char *why_ignored(const struct nw_audit *audit,
			       const struct finding *f)
{
	switch ((enum echo)f->echo) {
	case ECHO_UNKNOWN:
		break;
	case ECHO_MIRROR:
		return "they may have been on their way when the RST came";
	case ECHO_RIGHT:
	case ECHO_OTHER:
		return "the RST did reach it, but its number is outside of its "
		       "window";
	}
	if (audit_point_count(audit) > 1)
		return "the RST did not reach it, or its number was outside of "
		       "its window";
	return "the RST did not reach it, or its number was outside of its "
	       "window, as it is when a device translates the way back rightly "
	       "and the ACKs wrongly";
}

static const char *tell_ignored(struct nw_audit *audit, const struct finding *f)
{
	return arena_format(
		&audit->arena,
		"the client goes on after the RST, with %llu segment%s: %s",
		(unsigned long long)f->count, f->count == 1 ? "" : "s",
		why_ignored(audit, f));
}

static const char *tell_repeat(struct nw_audit *audit, const struct finding *f)
{
	int64_t waited = f->sightings[1].time_ns - f->sightings[0].time_ns;

	return arena_format(&audit->arena,
			    "the server repeats its SYN/ACK %.1f s after the "
			    "client's ACK had completed the handshake",
			    (double)waited / 1e9);
}

const char *reaction_text(struct nw_audit *audit, const struct finding *f)
{
	if (f->kind == KIND_EP_DEFER_ACCEPT)
		return tell_repeat(audit, f);
	if (f->kind == KIND_EP_RST_FROM_BAD_ACK)
		return tell_reset(audit, f);
	return tell_ignored(audit, f);
}
