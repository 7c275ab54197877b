/* SPDX-License-Identifier: MIT
 *
 * From findings to verdicts. A device is accused only by faults of its own
 * hop that follow from nothing else, on matches that are at least strong, and
 * only if it is alone in the hop; every verdict says what would refute it.
 */
#include "isnclock.h"
#include "results.h"

#include <string.h>

/* ---- devices ---- */

struct charge {
	uint64_t faults, segments;
	uint32_t first; /* id */
	bool numbers;   /* wrong ones; else only lost or added packets */
};

static bool is_fault(const struct nw_finding *f)
{
	return f->class_ == NW_FAULT && f->severity <= NW_ERROR;
}

static bool same_hop(struct nw_hop a, struct nw_hop b)
{
	return a.before == b.before && a.behind == b.behind;
}

static struct charge charge_of(const struct nw_audit *audit, struct nw_hop hop)
{
	const struct nw_results *r = &audit->results;
	struct charge charge = {0};
	uint32_t last = 0; /* findings of a path stand together */

	for (size_t i = 0; i < r->finding_count; i++) {
		const struct nw_finding *f = &r->findings[i];

		if (!same_hop(f->between, hop) || !is_fault(f))
			continue;
		if (charge.faults == 0)
			charge.first = f->id;
		if (f->path == 0)
			charge.faults += f->paths_total;
		else if (f->path != last)
			charge.faults++;
		last = f->path;
		charge.segments += f->count;
		charge.numbers |= strcmp(f->category, "path") != 0 &&
				  strcmp(f->category, "nat") != 0;
	}
	return charge;
}

static const uint32_t *list_findings(struct nw_audit *audit, struct nw_hop hop,
				     size_t *count)
{
	const struct nw_results *r = &audit->results;
	uint32_t *ids;

	for (size_t i = 0; i < r->finding_count; i++)
		*count += same_hop(r->findings[i].between, hop);
	ids = arena_alloc(&audit->arena, *count, sizeof(*ids));
	for (size_t i = 0, n = 0; ids != NULL && i < r->finding_count; i++)
		if (same_hop(r->findings[i].between, hop))
			ids[n++] = r->findings[i].id;
	return ids;
}

static const struct nw_check *list_checks(struct nw_audit *audit, uint32_t hop,
					  size_t *count)
{
	struct nw_check *checks = arena_alloc(
		&audit->arena, (size_t)CHECK_COUNT * 2, sizeof(*checks));

	for (enum check_category c = 0; checks != NULL && c < CHECK_COUNT;
	     c++) {
		for (int d = 0; d < 2; d++) {
			const struct check *from =
				&audit->tallies[hop].checks[c][d];

			checks[(*count)++] = (struct nw_check){
				.category = check_name(c),
				.direction = d == FROM_CLIENT ? NW_FROM_CLIENT
							      : NW_FROM_SERVER,
				.compared = from->compared,
				.violations = from->violations,
				.paths = from->paths,
			};
		}
	}
	return checks;
}

static bool rewrites(const struct nw_audit *audit, uint32_t hop)
{
	for (enum finding_kind kind = 0; kind < KIND_COUNT; kind++)
		for (int d = 0; d < 2; d++)
			if (kind != KIND_TTL_DECREMENT &&
			    audit->habits[hop].counts[kind][d].paths > 0)
				return true;
	return false;
}

static void accuse(struct nw_audit *audit, const struct charge *charge,
		   bool alone, struct nw_device *to)
{
	const char *a = audit->points.items[to->between.before].name;
	const char *b = audit->points.items[to->between.behind].name;

	to->verdict = alone ? NW_DEVICE_CORRUPTS : NW_DEVICE_SUSPECT;
	to->why = arena_format(
		&audit->arena,
		"%llu segment%s on %llu connection%s %s%s%s%s%s%s",
		(unsigned long long)charge->segments,
		charge->segments == 1 ? "" : "s",
		(unsigned long long)charge->faults,
		charge->faults == 1 ? "" : "s",
		charge->segments == 1 ? "is " : "are ",
		charge->numbers ? "right at one side of the hop between "
				: "not the same at both sides of the hop "
				  "between ",
		a, " and ", b,
		charge->numbers ? " and wrong at the other" : "");
	to->refuted_by =
		charge->numbers
			? arena_format(&audit->arena,
				       "captures directly at both sides of the "
				       "device that show the segments of "
				       "finding %u with the right number",
				       charge->first)
			: arena_format(&audit->arena,
				       "captures without loss directly at both "
				       "sides of the device that show the "
				       "segments of finding %u at both",
				       charge->first);
}

static void clear(struct nw_audit *audit, uint32_t hop, struct nw_device *to)
{
	uint64_t compared = hop_compared(audit, hop);

	if (audit->points.items[hop].packets == 0 ||
	    audit->points.items[hop + 1].packets == 0) {
		to->verdict = NW_DEVICE_NOT_OBSERVABLE;
		to->why = "a side of the hop has no TCP packets";
	} else if (compared == 0) {
		to->verdict = NW_DEVICE_NOT_EXERCISED;
		to->why = "no connection was found at both sides of the hop";
	} else {
		to->verdict = rewrites(audit, hop) ? NW_DEVICE_TRANSLATES
						   : NW_DEVICE_TRANSPARENT;
		to->why = arena_format(
			&audit->arena,
			"%llu comparisons on %llu connection%s, no violation",
			(unsigned long long)compared,
			(unsigned long long)audit->tallies[hop].paths,
			audit->tallies[hop].paths == 1 ? "" : "s");
	}
}

static void fill_device(struct nw_audit *audit, uint32_t hop, const char *name,
			struct nw_device *to)
{
	struct charge charge;

	to->name = name;
	to->between = hop_points(audit, hop);
	charge = charge_of(audit, to->between);
	to->findings = list_findings(audit, to->between, &to->finding_count);
	to->checks = list_checks(audit, hop, &to->check_count);
	if (charge.faults > 0)
		accuse(audit, &charge, name == NULL || hop_device(audit, hop),
		       to);
	else
		clear(audit, hop, to);
}

void results_devices(struct nw_audit *audit)
{
	struct nw_device *to = arena_alloc(
		&audit->arena, audit->devices.count + audit_hop_count(audit),
		sizeof(*to));
	size_t n = 0;

	for (uint32_t h = 0; to != NULL && h < audit_hop_count(audit); h++) {
		bool named = false;

		vec_foreach (device, &audit->devices) {
			if (device->hop != h)
				continue;
			fill_device(audit, h, device->name, &to[n++]);
			named = true;
		}
		if (!named)
			fill_device(audit, h, NULL, &to[n++]);
	}
	audit->results.devices = to;
	audit->results.device_count = n;
}

/* ---- the whole ---- */

static const struct nw_finding *worst_fault(const struct nw_results *r)
{
	for (size_t i = 0; i < r->finding_count; i++)
		if (is_fault(&r->findings[i]))
			return &r->findings[i];
	return NULL;
}

static bool fails(const struct nw_results *r)
{
	for (size_t i = 0; i < r->finding_count; i++) {
		const struct nw_finding *f = &r->findings[i];

		if (f->class_ != NW_FAULT)
			continue;
		if (f->severity == NW_CRITICAL ||
		    (f->severity == NW_ERROR &&
		     r->fail_on != NW_FAIL_ON_CRITICAL) ||
		    (f->severity == NW_WARNING &&
		     r->fail_on == NW_FAIL_ON_WARNING))
			return true;
	}
	return false;
}

static uint64_t total_compared(const struct nw_audit *audit)
{
	uint64_t n = 0;

	for (uint32_t h = 0; h < audit_hop_count(audit); h++)
		n += hop_compared(audit, h);
	return n;
}

static const char *inconclusive(struct nw_audit *audit)
{
	const struct nw_results *r = &audit->results;

	if (r->packets == 0 ||
	    (audit_point_count(audit) > 1 && total_compared(audit) == 0)) {
		const char *why = results_empty_point(audit);

		if (why != NULL)
			return why;
		if (r->ambiguous_flows > 0)
			return "no connection could be told from the others "
			       "at two points; capture longer, or traffic "
			       "with more than identical requests";
		return "no connection was found at two points; check that the "
		       "captures overlap in time, cover the same traffic and "
		       "are given in order from client to server";
	}
	return NULL;
}

/* A number that was wrong where it entered: look one device farther on, or
 * farther back in time. */
static void look_beyond(struct nw_audit *audit, struct nw_next_capture *to)
{
	const struct nw_finding *worst = worst_fault(&audit->results);
	const char *number;

	if (worst == NULL || (worst->between.before != NW_NO_POINT &&
			      worst->between.behind != NW_NO_POINT))
		return;
	number = worst->observed.type == NW_NUMBER
			 ? arena_format(&audit->arena, "%u",
					(uint32_t)worst->observed.number)
			 : "the same";
	to[audit->results.next_capture_count++] = (struct nw_next_capture){
		.between = worst->between,
		.why = "the number is wrong already where it enters the "
		       "captures; the next capture belongs on the far side of "
		       "the nearest device there, a load balancer or firewall "
		       "first, from before the connection begins",
		.if_before = arena_format(
			&audit->arena,
			"it is %s there already, or that plus the offset of "
			"the sequence numbers: that device passed it on, look "
			"farther",
			number),
		.if_after = "it is right there: that device made it wrong",
	};
	audit->results.next_capture_count += isnclock_predict(
		audit, worst, &to[audit->results.next_capture_count]);
}

/* A fault in a hop that several devices share: look between them. */
static void add_next_captures(struct nw_audit *audit)
{
	struct nw_results *r = &audit->results;
	struct nw_next_capture *to =
		arena_alloc(&audit->arena, r->device_count + 2, sizeof(*to));
	uint32_t last = NW_NO_POINT;

	if (to != NULL)
		look_beyond(audit, to);
	for (size_t i = 0; to != NULL && i < r->device_count; i++) {
		const struct nw_device *d = &r->devices[i];

		if (d->verdict != NW_DEVICE_SUSPECT ||
		    d->between.before == last)
			continue;
		last = d->between.before;
		to[r->next_capture_count++] = (struct nw_next_capture){
			.between = d->between,
			.why = "several devices share this hop; a capture "
			       "between them names the one",
			.if_before = "the number is wrong there already: the "
				     "device nearer to where the segment "
				     "comes from did it",
			.if_after = "the number is still right there: the "
				    "device farther on did it",
		};
	}
	r->next_captures = to;
}

static const char *consistent(struct nw_audit *audit)
{
	const struct nw_results *r = &audit->results;
	const char *but = r->findings_by_severity[NW_WARNING] > 0
				  ? "; there are warnings"
				  : "";

	if (r->point_count == 1)
		return arena_format(
			&audit->arena,
			"%llu connection%s at one point, and no ACK that "
			"contradicts what is seen there; it takes a second "
			"point to compare",
			(unsigned long long)r->paths_total,
			r->paths_total == 1 ? "" : "s");
	if (audit->paths_compared < r->paths_total)
		return arena_format(
			&audit->arena,
			"%llu of %llu connections could be compared, and no "
			"device changed what it should not have changed%s",
			(unsigned long long)audit->paths_compared,
			(unsigned long long)r->paths_total, but);
	return arena_format(&audit->arena,
			    "%llu connection%s compared, no device changed "
			    "what it should not have changed%s",
			    (unsigned long long)r->paths_total,
			    r->paths_total == 1 ? "" : "s", but);
}

/* The worst finding, and how many connections share its hop. */
static const char *discrepant(struct nw_audit *audit,
			      const struct nw_finding *worst)
{
	struct charge charge;

	if (worst == NULL)
		return "there are warnings, and they were asked to count";
	charge = charge_of(audit, worst->between);
	if (charge.faults < 2)
		return worst->text;
	return arena_format(&audit->arena, "%s; %llu connections in all",
			    worst->text, (unsigned long long)charge.faults);
}

void results_verdict(struct nw_audit *audit)
{
	struct nw_results *r = &audit->results;
	const char *why = inconclusive(audit);
	const struct nw_finding *worst;

	r->fail_on = audit->options.fail_on;
	results_undecided(audit);
	add_next_captures(audit);
	worst = worst_fault(r);
	if (fails(r)) {
		r->verdict = NW_DISCREPANT;
		r->why = discrepant(audit, worst);
	} else if (why != NULL) {
		r->verdict = NW_INCONCLUSIVE;
		r->why = why;
	} else {
		r->verdict = NW_CONSISTENT;
		r->why = consistent(audit);
	}
}

int nw_exit_code(const struct nw_results *results)
{
	switch (results->verdict) {
	case NW_CONSISTENT:
		return 0;
	case NW_DISCREPANT:
		return 1;
	case NW_INCONCLUSIVE:
		return 3;
	}
	return 2;
}
