/* SPDX-License-Identifier: MIT
 *
 * A device that answers handshakes itself (SYNPROXY) offers a window scale of
 * its own. Unless it then rescales every window, the far end misreads them:
 * too small costs speed, too large lets it send what cannot be taken.
 */
#include "rules/handshake.h"

struct scale {
	const struct trace_item *syn; /* the one that offers it, or NULL */
	bool agreed;                  /* the peer's SYN has the option too */
};

static struct scale scale_at(const struct trace *trace, enum direction d)
{
	struct scale scale = {NULL, false};

	vec_foreach (item, &trace->items) {
		const struct segment *s = &item->record.segment;

		if ((s->flags & TCP_SYN) == 0 ||
		    (s->options & OPTION_WSCALE) == 0)
			continue;
		if (item->record.direction == d)
			scale.syn = item;
		else
			scale.agreed = true;
	}
	return scale;
}

/* Do the windows pass unchanged, as they stand in the header? */
static bool passes_windows(const struct comparison *c, enum direction d)
{
	struct pair pair = alignment_begin(d);
	uint64_t same = 0, all = 0;

	while (alignment_next(c->alignment, &pair)) {
		const struct segment *in =
			&hop_in(c->hop, d)->items.items[pair.in].record.segment;
		const struct segment *out = &hop_out(c->hop, d)
						     ->items.items[pair.out]
						     .record.segment;

		if (((in->flags | out->flags) & (TCP_SYN | TCP_RST)) != 0 ||
		    in->window == 0)
			continue;
		all++;
		same += in->window == out->window;
	}
	return all > 0 && same * 2 > all;
}

static void compare_scale(const struct comparison *c, enum direction d,
			  struct findings *findings, size_t from)
{
	const struct trace *in = hop_in(c->hop, d), *out = hop_out(c->hop, d);
	struct scale a = scale_at(in, d), b = scale_at(out, d);
	struct finding *f;
	uint8_t offered, read;

	if (a.syn == NULL || b.syn == NULL || !a.agreed || !b.agreed)
		return;
	offered = a.syn->record.segment.wscale;
	read = b.syn->record.segment.wscale;
	if (offered == read || !passes_windows(c, d))
		return;
	f = comparison_finding(c, KIND_OPT_WSCALE_CHANGED, d, findings, from);
	if (f == NULL)
		return;
	f->count = f->exposure = 1;
	f->onset_ns = b.syn->record.time_ns;
	f->expected = one_number(offered);
	f->observed = one_number(read);
	if (read > offered)
		f->severity = NW_ERROR; /* windows larger than were offered */
	finding_sight(f, in, a.syn, offered);
	finding_sight(f, out, b.syn, read);
}

void compare_handshake(const struct comparison *c, struct findings *findings,
		       size_t from)
{
	compare_scale(c, FROM_CLIENT, findings, from);
	compare_scale(c, FROM_SERVER, findings, from);
}
