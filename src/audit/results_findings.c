/* SPDX-License-Identifier: MIT
 *
 * Findings as the results list them: faults first, worst first, then by path;
 * the first ones by themselves, what exceeds the limit grouped by kind, hop
 * and direction with exact counts; then what hops do legitimately.
 */
#include "results.h"

/* Running out of memory is for the caller to tell, not for a library. */
#define HASH_NONFATAL_OOM          1
#define uthash_nonfatal_oom(group) ((group)->lost = true)
#include <uthash.h>

#include <stdlib.h>
#include <string.h>

#define DEFAULT_MAX 1000u
#define PAUSE_NS    INT64_C(1000000000) /* of a connection: worth telling */

static enum nw_direction api_direction(enum direction d)
{
	return d == FROM_CLIENT ? NW_FROM_CLIENT : NW_FROM_SERVER;
}

struct nw_hop hop_points(const struct nw_audit *audit, uint32_t hop)
{
	uint32_t last = audit_point_count(audit) - 1;

	if (hop == HOP_UPSTREAM)
		return (struct nw_hop){NW_NO_POINT, 0};
	if (hop == HOP_DOWNSTREAM)
		return (struct nw_hop){last, NW_NO_POINT};
	return (struct nw_hop){hop, hop + 1};
}

const char *hop_device(const struct nw_audit *audit, uint32_t hop)
{
	const char *name = NULL;

	vec_foreach (device, &audit->devices) {
		if (device->hop != hop)
			continue;
		if (name != NULL)
			return NULL;
		name = device->name;
	}
	return name;
}

const char *hop_subject(struct nw_audit *audit, uint32_t hop)
{
	const char *device = hop_device(audit, hop);
	struct nw_hop between = hop_points(audit, hop);
	const struct point *points = audit->points.items;

	if (device != NULL)
		return device;
	if (hop == HOP_UPSTREAM)
		return arena_format(&audit->arena,
				    "the client, or something before %s,",
				    points[between.behind].name);
	if (hop == HOP_DOWNSTREAM)
		return arena_format(&audit->arena,
				    "the server, or something behind %s,",
				    points[between.before].name);
	return arena_format(&audit->arena, "something between %s and %s",
			    points[between.before].name,
			    points[between.behind].name);
}

static struct nw_value number(int64_t value)
{
	return (struct nw_value){.type = NW_NUMBER, .number = value};
}

static struct nw_value value_of(struct nw_audit *audit,
				const struct numbers *numbers)
{
	struct nw_value value = {0};
	int64_t *copy;

	if (numbers->count == 0)
		return value;
	if (numbers->count == 1)
		return number(numbers->n[0]);
	copy = arena_alloc(&audit->arena, numbers->count, sizeof(*copy));
	for (uint32_t i = 0; copy != NULL && i < numbers->count; i++)
		copy[i] = numbers->n[i];
	value.type = NW_NUMBERS;
	value.numbers = copy;
	value.number_count = copy != NULL ? numbers->count : 0;
	return value;
}

/* "2962498563 is due and 2106390967 is sent, ", or nothing. */
static const char *describe_values(struct nw_audit *audit,
				   const struct finding *f)
{
	if (f->expected.count != 1 || f->observed.count != 1)
		return f->kind == KIND_PATH_DROP ||
				       f->kind == KIND_NAT_UNTRANSLATED
			       ? ""
			       : "in ";
	return arena_format(&audit->arena, "%u is due and %u is sent, in ",
			    f->expected.n[0], f->observed.n[0]);
}

/* A loss that may have happened behind the hop. */
static const char *describe_open(struct nw_audit *audit,
				 const struct finding *f)
{
	struct nw_hop between = hop_points(audit, f->hop);
	const struct point *points = audit->points.items;
	bool back = f->direction == FROM_SERVER;
	const char *a = points[back ? between.behind : between.before].name;
	const char *b = points[back ? between.before : between.behind].name;

	return arena_format(
		&audit->arena,
		"%llu of %llu segment%s from the %s: lost between %s and %s, "
		"or behind %s, whose capture then missed %s",
		(unsigned long long)f->count, (unsigned long long)f->exposure,
		f->exposure == 1 ? "" : "s", back ? "server" : "client", a, b,
		b, f->count == 1 ? "it" : "them");
}

/* What happened just before an offset changed: ", the SYN had ...", or "". */
static const char *describe_trigger(struct nw_audit *audit,
				    const struct finding *f)
{
	int64_t idle = f->sightings[0].time_ns - f->sightings[2].time_ns;

	if (f->repeated_syn != 0)
		return f->repeated_syn & TCP_ACK
			       ? ", after the SYN/ACK was repeated"
			       : ", after the SYN was repeated";
	if (idle < PAUSE_NS)
		return "";
	return arena_format(&audit->arena, ", after a pause of %.1f s",
			    (double)idle / 1e9);
}

/* The first packet with the new offset is sighted first, then the last one
 * with the old. */
static const char *describe_offset(struct nw_audit *audit,
				   const struct finding *f)
{
	const struct sighting *s = f->sightings;
	const char *who = f->direction == FROM_CLIENT ? "client" : "server";

	return arena_format(
		&audit->arena,
		"%s %s: it adds %u to the %s's sequence numbers up to frame "
		"%llu and %u from frame %llu on%s, where %u is due and %u is "
		"sent, in %llu of %llu segment%s",
		hop_subject(audit, f->hop), kind_entry(f->kind)->text,
		s[3].value - s[2].value, who, (unsigned long long)s[2].frame,
		s[1].value - s[0].value, (unsigned long long)s[0].frame,
		describe_trigger(audit, f), f->expected.n[0], f->observed.n[0],
		(unsigned long long)f->count, (unsigned long long)f->exposure,
		f->exposure == 1 ? "" : "s");
}

/* Kinds that need a sentence of their own; NULL: another one. */
static const char *describe_special(struct nw_audit *audit,
				    const struct finding *f)
{

	switch ((int)f->kind) {
	case KIND_PATH_DROP:
		return f->is_open ? describe_open(audit, f) : NULL;
	case KIND_TRANSLATION_CHANGED:
	case KIND_DELTA_NOT_INVERSE:
		return describe_offset(audit, f);
	case KIND_EP_DEFER_ACCEPT:
	case KIND_EP_RST_FROM_BAD_ACK:
	case KIND_EP_RST_IGNORED:
		return reaction_text(audit, f);
	case KIND_PATH_DEVICE_RESET:
		return arena_format(
			&audit->arena,
			"%s %s, in each other's name, after %.1f s without a "
			"packet",
			hop_subject(audit, f->hop), kind_entry(f->kind)->text,
			(double)f->wait_ns / 1e9);
	case KIND_NAT_COLLISION:
	case KIND_NAT_MAPPING_CHANGED:
	case KIND_LB_BACKEND_SPLIT:
	case KIND_LB_BACKEND_CHANGED:
		return arena_format(&audit->arena, "%s %s",
				    hop_subject(audit, f->hop),
				    kind_entry(f->kind)->text);
	default:
		return NULL;
	}
}

static const char *describe(struct nw_audit *audit, const struct finding *f)
{
	const char *who = f->direction == FROM_CLIENT ? "client" : "server";
	const char *subject = hop_subject(audit, f->hop);
	const char *what = kind_entry(f->kind)->text;
	const char *special = describe_special(audit, f);

	if (special != NULL)
		return special;
	if (f->kind == KIND_PATH_INJECT_RST)
		return arena_format(&audit->arena, "%s %s, in the %s's name",
				    subject, what, who);
	return arena_format(
		&audit->arena, "%s %s: %s%llu of %llu segment%s from the %s",
		subject, what, describe_values(audit, f),
		(unsigned long long)f->count, (unsigned long long)f->exposure,
		f->exposure == 1 ? "" : "s", who);
}

static const struct nw_evidence *copy_evidence(struct nw_audit *audit,
					       const struct finding *f)
{
	struct nw_evidence *evidence = arena_alloc(
		&audit->arena, f->sighting_count, sizeof(*evidence));

	for (uint32_t i = 0; evidence != NULL && i < f->sighting_count; i++)
		evidence[i] = (struct nw_evidence){
			.point = f->sightings[i].point,
			.file = f->sightings[i].file,
			.frame = f->sightings[i].frame,
			.time_ns = f->sightings[i].time_ns,
			.value = number(f->sightings[i].value),
		};
	return evidence;
}

static enum nw_severity severity_of(const struct finding *f)
{
	enum nw_severity severity = f->severity;

	/* On a match that is only possible a fact weighs one step less. */
	if (f->match_class == NW_MATCH_POSSIBLE && severity < NW_INFO)
		severity++;
	return severity;
}

static void fill_place(struct nw_audit *audit, struct nw_finding *to,
		       enum finding_kind kind, uint32_t hop)
{
	const struct kind_entry *entry = kind_entry(kind);

	to->kind = entry->id;
	to->class_ = entry->class_;
	to->category = entry->category;
	to->severity = entry->severity;
	to->field = entry->field;
	to->between = hop_points(audit, hop);
	to->device = hop_device(audit, hop);
}

static void fill_finding(struct nw_audit *audit, const struct finding *f,
			 struct nw_finding *to)
{
	fill_place(audit, to, f->kind, f->hop);
	if (f->cause != FLOW_NONE)
		to->class_ = NW_BEHAVIOUR;
	if (f->is_open)
		to->device = NULL;
	to->severity = severity_of(f);
	to->path = f->path + 1;
	to->direction = f->kind == KIND_PATH_DEVICE_RESET
				? NW_BOTH
				: api_direction(f->direction);
	to->expected = value_of(audit, &f->expected);
	to->observed = value_of(audit, &f->observed);
	if (f->expected.count == 1 && f->observed.count == 1)
		to->difference =
			number((int32_t)(f->observed.n[0] - f->expected.n[0]));
	to->count = f->count;
	to->exposure = f->exposure;
	to->text = describe(audit, f);
	to->evidence = copy_evidence(audit, f);
	to->evidence_count = f->sighting_count;
	to->causes = f->causes;
	to->tested = f->tested;
	to->tested_count = f->tested_count;
	to->cause_count = f->cause_count;
	to->onset = onset_result(audit, f);
}

/* ---- order ---- */

static int compare_found(const void *a, const void *b)
{
	const struct finding *x = *(const struct finding *const *)a;
	const struct finding *y = *(const struct finding *const *)b;
	int follows = (x->cause != FLOW_NONE) - (y->cause != FLOW_NONE);
	enum nw_severity s = severity_of(x), t = severity_of(y);

	if (follows != 0)
		return follows;
	if (s != t)
		return s > t ? 1 : -1;
	if (x->path != y->path)
		return x->path > y->path ? 1 : -1;
	return (x > y) - (x < y); /* both in one array, in order */
}

static const struct finding **sort_found(const struct nw_audit *audit)
{
	size_t count = audit->findings.list.count;
	/* NOLINTNEXTLINE(bugprone-sizeof-expression): pointers are meant */
	const struct finding **found = malloc((count + 1) * sizeof(*found));

	for (size_t i = 0; found != NULL && i < count; i++)
		found[i] = &audit->findings.list.items[i];
	if (found != NULL && count > 0)
		/* NOLINTNEXTLINE(bugprone-sizeof-expression) */
		qsort(found, count, sizeof(*found), compare_found);
	return found;
}

/* ---- consequences ---- */

/* First finding of the path that this one is on. */
static const struct finding *path_start(const struct nw_audit *audit,
					const struct finding *f)
{
	while (f > audit->findings.list.items && f[-1].path == f->path)
		f--;
	return f;
}

static void link_listed(struct nw_audit *audit, const struct listing *listing,
			struct nw_finding *to)
{
	for (size_t i = 0; i < listing->count; i++) {
		const struct finding *f = listing->found[i], *cause;
		uint32_t *consequences;

		if (f->cause == FLOW_NONE)
			continue;
		cause = path_start(audit, f) + f->cause;
		for (size_t k = 0; k < listing->count; k++) {
			if (listing->found[k] != cause)
				continue;
			to[i].consequence_of = (uint32_t)k + 1;
			consequences = arena_alloc(&audit->arena,
						   to[k].consequence_count + 1,
						   sizeof(*consequences));
			if (consequences == NULL)
				return;
			if (to[k].consequence_count > 0)
				memcpy(consequences, to[k].consequences,
				       to[k].consequence_count *
					       sizeof(*consequences));
			consequences[to[k].consequence_count++] =
				(uint32_t)i + 1;
			to[k].consequences = consequences;
		}
	}
}

/* ---- groups ---- */

struct group_key {
	uint32_t kind, hop, direction;
};

struct group {
	struct group_key key;
	uint32_t paths[3], path_count;
	uint64_t findings, count, exposure;
	const struct finding *first;
	bool lost; /* the table had no memory for it */
	UT_hash_handle hh;
};

/* NOLINTBEGIN(readability-function-size, clang-analyzer-*): uthash's macros */
/* The group of a finding, made when it is new; NULL: no memory. */
static struct group *find_group(struct nw_audit *audit, struct group **groups,
				const struct finding *f)
{
	const struct group_key key = {f->kind, f->hop, f->direction};
	struct group *g;

	HASH_FIND(hh, *groups, &key, sizeof(key), g);
	if (g != NULL)
		return g;
	g = arena_alloc(&audit->arena, 1, sizeof(*g));
	if (g == NULL)
		return NULL;
	g->key = key;
	g->first = f;
	HASH_ADD(hh, *groups, key, sizeof(g->key), g);
	return g->lost ? NULL : g;
}
/* NOLINTEND(readability-function-size, clang-analyzer-*) */

static void fill_group(struct nw_audit *audit, const struct group *g,
		       struct nw_finding *to)
{
	fill_finding(audit, g->first, to);
	to->path = 0;
	to->onset = (struct nw_onset){0};
	to->paths = arena_copy(&audit->arena, g->paths, g->path_count,
			       sizeof(*g->paths));
	to->path_count = g->path_count;
	to->paths_total = g->findings;
	to->count = g->count;
	to->exposure = g->exposure;
	to->text = arena_format(
		&audit->arena, "%s %s on %llu further connection%s",
		hop_subject(audit, g->first->hop),
		kind_entry(g->first->kind)->text,
		(unsigned long long)g->findings, g->findings == 1 ? "" : "s");
}

/* Kinds x hops x directions at most: `to` has room. They come in the order of
 * their first finding. */
static size_t group_rest(struct nw_audit *audit, const struct finding **rest,
			 size_t count, struct nw_finding *to)
{
	struct group *groups = NULL, *g, *next;
	size_t n = 0;

	for (size_t i = 0; i < count; i++) {
		g = find_group(audit, &groups, rest[i]);
		if (g == NULL) {
			audit->arena.failed = true;
			break;
		}
		if (g->path_count < 3)
			g->paths[g->path_count++] = rest[i]->path + 1;
		g->findings++;
		g->count += rest[i]->count;
		g->exposure += rest[i]->exposure;
	}
	HASH_ITER (hh, groups, g, next)
		fill_group(audit, g, &to[n++]);
	HASH_CLEAR(hh, groups);
	return n;
}

/* ---- translations ---- */

static void fill_translation(struct nw_audit *audit, uint32_t hop,
			     enum finding_kind kind, enum direction d,
			     struct nw_finding *to)
{
	const struct habit_count *c = &audit->habits[hop].counts[kind][d];
	uint32_t paths[3];

	fill_place(audit, to, kind, hop);
	for (uint32_t i = 0; i < c->first_count; i++)
		paths[i] = c->first_paths[i] + 1;
	to->paths = arena_copy(&audit->arena, paths, c->first_count,
			       sizeof(*paths));
	to->path_count = c->first_count;
	to->paths_total = c->paths;
	to->direction = api_direction(d);
	to->count = c->paths;
	to->exposure = audit->tallies[hop].paths;
	to->text = arena_format(&audit->arena, "%s %s on %llu connection%s",
				hop_subject(audit, hop), kind_entry(kind)->text,
				(unsigned long long)c->paths,
				c->paths == 1 ? "" : "s");
}

static size_t add_translations(struct nw_audit *audit, struct nw_finding *to)
{
	size_t n = 0;

	for (uint32_t h = 0; h < audit_hop_count(audit); h++)
		for (enum finding_kind kind = 0; kind < KIND_COUNT; kind++)
			for (enum direction d = FROM_CLIENT; d <= FROM_SERVER;
			     d++)
				if (audit->habits[h].counts[kind][d].paths > 0)
					fill_translation(audit, h, kind, d,
							 &to[n++]);
	return n;
}

/* ---- the whole ---- */

static void count_severities(struct nw_audit *audit)
{
	uint64_t *by = audit->results.findings_by_severity;

	vec_foreach (f, &audit->findings.list) {
		if (f->cause == FLOW_NONE)
			by[severity_of(f)]++;
		else
			by[NW_INFO]++;
	}
}

bool results_findings(struct nw_audit *audit, struct listing *listing)
{
	size_t total = audit->findings.list.count;
	size_t limit = audit->options.max_findings > 0
			       ? audit->options.max_findings
			       : DEFAULT_MAX;
	size_t hops = audit_hop_count(audit) + 2, translations, groups;
	struct nw_finding *to;

	listing->found = sort_found(audit);
	listing->count = total < limit ? total : limit;
	to = arena_alloc(&audit->arena,
			 listing->count + (size_t)KIND_COUNT * 4 * hops,
			 sizeof(*to));
	if (listing->found == NULL || to == NULL)
		return false;
	for (size_t i = 0; i < listing->count; i++)
		fill_finding(audit, listing->found[i], &to[i]);
	link_listed(audit, listing, to);
	groups = group_rest(audit, listing->found + listing->count,
			    total - listing->count, to + listing->count);
	translations = add_translations(audit, to + listing->count + groups);
	audit->results.findings = to;
	audit->results.finding_count = listing->count + groups + translations;
	for (size_t i = 0; i < audit->results.finding_count; i++)
		to[i].id = (uint32_t)i + 1;
	count_severities(audit);
	audit->results.findings_by_severity[NW_INFO] += translations;
	return !audit->arena.failed;
}
