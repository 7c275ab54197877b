/* SPDX-License-Identifier: MIT
 *
 * The four rivals, each with what speaks for it and against it. A full queue
 * does not ask whether the request comes at once; TCP_DEFER_ACCEPT strikes all
 * that are silent, and only those. A lost ACK, too, shows on silent connections
 * only, since a request repeats it: there it is the share that tells. Packets
 * show no socket option, so nothing is confirmed.
 */
#include "accept.h"

#include "bisect.h"

#include "support.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define RIVALS 4
#define MOST   10000 /* findings that are explained */

/* A connection with the server that it was to. */
struct visit {
	struct endpoint server;
	uint8_t conduct;
};

struct visits {
	VEC(struct visit) list; /* sorted by server */
	struct trace trace;
};

static int compare_visit(const void *a, const void *b)
{
	const struct visit *x = a, *y = b;

	return memcmp(&x->server, &y->server, sizeof(x->server));
}

static const struct endpoint *server_of(const struct nw_audit *audit,
					uint32_t path)
{
	const struct path *p = &audit->paths.items[path];
	const struct path_flow *last =
		path_flows(&audit->paths, p) + p->count - 1;

	return &point_flow(&audit->points.items[last->point], last->flow)
			->tuple.ends[FROM_SERVER];
}

static bool list_visits(const struct nw_audit *audit, struct visits *visits)
{
	for (uint32_t i = 0; i < audit->paths.count; i++) {
		struct visit *v;

		if (audit->conducts[i] == 0)
			continue;
		v = vec_push(&visits->list);
		if (v == NULL)
			return false;
		*v = (struct visit){*server_of(audit, i), audit->conducts[i]};
	}
	if (visits->list.count > 0)
		qsort(visits->list.items, visits->list.count,
		      sizeof(struct visit), compare_visit);
	return true;
}

static struct acceptance count(const struct visits *visits,
			       const struct endpoint *server)
{
	struct acceptance a = {0};
	size_t low = bisect(i, visits->list.count,
			    memcmp(&visits->list.items[i].server, server,
				   sizeof(*server)) < 0);

	for (; low < visits->list.count; low++) {
		const struct visit *v = &visits->list.items[low];
		bool is_struck = (v->conduct & CONDUCT_STRUCK) != 0;

		if (!endpoint_equal(&v->server, server))
			break;
		if ((v->conduct & CONDUCT_QUICK) != 0) {
			a.quick++;
			a.quick_struck += is_struck;
		} else {
			a.late++;
			a.late_struck += is_struck;
		}
	}
	return a;
}

double accept_chance(const struct acceptance *a)
{
	double all = (double)(a->quick + a->late), chance = 1;

	if (a->quick_struck > 0)
		return 1;
	for (uint64_t i = 0; i < a->late_struck; i++)
		chance *= (double)(a->late - i) / (all - (double)i);
	return chance;
}

/* ---- the rivals ---- */

static struct nw_cause defer_accept(struct arena *arena,
				    const struct acceptance *a)
{
	double chance = accept_chance(a);
	bool fits = a->late_struck == a->late && chance < CHANCE_LIKELY;

	return (struct nw_cause){
		.hypothesis = "defer-accept",
		.claim = fits ? NW_LIKELY : NW_COMPATIBLE,
		.p = chance,
		.text = arena_format(
			arena,
			"the server waits for data (TCP_DEFER_ACCEPT); it is "
			"so with %llu of %llu connections to it that stay "
			"silent beyond the first timeout, and with %llu of "
			"%llu whose request comes before",
			(unsigned long long)a->late_struck,
			(unsigned long long)a->late,
			(unsigned long long)a->quick_struck,
			(unsigned long long)a->quick),
	};
}

static struct nw_cause queue_overflow(struct arena *arena,
				      const struct acceptance *a)
{
	const char *evidence =
		a->quick == 0 ? "nothing speaks against it, since no request "
				"came at once"
		: a->quick_struck > 0
			? "for it: requests that come at once are struck, too"
			: "against it: requests that come at once would be "
			  "struck, too, and none is";

	return (struct nw_cause){
		.hypothesis = "accept-queue-overflow",
		.claim = NW_COMPATIBLE,
		.p = NAN,
		.text = arena_format(arena,
				     "the server's accept queue is full; %s; "
				     "ListenOverflows of nstat tells",
				     evidence),
	};
}

static struct nw_cause ack_lost(struct arena *arena, const struct acceptance *a)
{
	const char *evidence =
		a->late_struck < a->late
			? "for it: not all silent connections are struck"
		: a->late > 1 ? "against it: every silent connection is "
				"struck, and loss would choose"
			      : "one silent connection alone does not tell";

	return (struct nw_cause){
		.hypothesis = "ack-lost",
		.claim = NW_COMPATIBLE,
		.p = NAN,
		.text = arena_format(
			arena,
			"the ACK was lost behind the capture; only silent "
			"connections show that, since a request makes up for "
			"it; %s",
			evidence),
	};
}

/* The segment of the trace at that frame; NULL: none. */
static const struct trace_item *find_frame(const struct trace *trace,
					   const struct sighting *s)
{
	vec_foreach (item, &trace->items)
		if (item->record.frame == s->frame &&
		    item->record.file == s->file)
			return item;
	return NULL;
}

static const struct trace_item *find_request(const struct trace *trace)
{
	vec_foreach (item, &trace->items)
		if (item->record.direction == FROM_CLIENT &&
		    item->record.segment.len > 0 &&
		    (item->record.segment.flags & (TCP_SYN | TCP_RST)) == 0)
			return item;
	return NULL;
}

static struct nw_cause ack_by_device(struct arena *arena,
				     const struct trace_item *ack,
				     const struct trace_item *request)
{
	const char *evidence = "there is no request to compare its TTL with";

	if (ack != NULL && request != NULL) {
		unsigned a = ack->record.segment.ttl;
		unsigned b = request->record.segment.ttl;

		evidence = a == b ? arena_format(
					    arena,
					    "against it: its TTL, %u, is that "
					    "of the client's request",
					    a)
				  : arena_format(arena,
						 "for it: its TTL is %u, and "
						 "that of the client's request "
						 "%u",
						 a, b);
	}
	return (struct nw_cause){
		.hypothesis = "ack-by-device",
		.claim = NW_COMPATIBLE,
		.p = NAN,
		.text = arena_format(
			arena,
			"the SYN/ACK was lost on its way, and a device sent "
			"the ACK; %s",
			evidence),
	};
}

static bool explain(struct nw_audit *audit, struct visits *visits,
		    struct finding *f)
{
	const struct acceptance a = count(visits, server_of(audit, f->path));
	const uint32_t point = audit_point_count(audit) - 1;
	uint32_t members;
	const struct path_flow *flows = path_members(
		&audit->paths, &audit->paths.items[f->path], point, &members);
	struct arena *arena = &audit->arena;
	struct nw_cause *causes = arena_alloc(arena, RIVALS, sizeof(*causes));
	uint32_t n = 0;

	visits->trace.point = point;
	if (causes == NULL ||
	    !trace_load(&visits->trace, &audit->points.items[point], flows,
			members))
		return false;
	causes[n++] = defer_accept(arena, &a);
	/* It would have to spare all the quick ones by chance. */
	if (accept_chance(&a) >= CHANCE_LIKELY)
		causes[n++] = queue_overflow(arena, &a);
	causes[n++] = ack_lost(arena, &a);
	causes[n++] = ack_by_device(
		arena, find_frame(&visits->trace, &f->sightings[0]),
		find_request(&visits->trace));
	f->causes = causes;
	f->cause_count = n;
	return !arena->failed;
}

static bool explain_all(struct nw_audit *audit, struct visits *visits)
{
	size_t explained = 0;

	vec_foreach (f, &audit->findings.list) {
		if (f->kind != KIND_EP_DEFER_ACCEPT || explained == MOST)
			continue;
		if (explained++ == 0 && !list_visits(audit, visits))
			return false;
		if (!explain(audit, visits, f))
			return false;
	}
	return true;
}

bool accept_explain(struct nw_audit *audit)
{
	struct visits visits = {.trace = {.point = 0}};
	bool ok = explain_all(audit, &visits);

	vec_fini(&visits.list);
	trace_fini(&visits.trace);
	return ok;
}
