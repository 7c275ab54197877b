/* SPDX-License-Identifier: MIT
 *
 * The report as JSON, schema natwitness-report/1 (docs/report.schema.json).
 *
 * One function per object of the schema, keys in the schema's order, written
 * as they come. The same results give the same bytes: no clock, no locale, no
 * order that a hash table chose. Small objects stand in one line each, so
 * that diff and grep work on a report.
 */
#include "jwriter.h"
#include "lookup.h"
#include "outcome.h"
#include "words.h"

#include <errno.h>

static void count_list(struct jwriter *w, const char *key,
		       const struct nw_count *counts, size_t count)
{
	jw_object(w, key, JLINE);
	for (size_t i = 0; i < count; i++)
		jw_count(w, counts[i].name, counts[i].count);
	jw_object_end(w);
}

static void id_list(struct jwriter *w, const char *key, const uint32_t *ids,
		    size_t count)
{
	jw_array(w, key, JLINE);
	for (size_t i = 0; i < count; i++)
		jw_count(w, NULL, ids[i]);
	jw_array_end(w);
}

static void word_list(struct jwriter *w, const char *key,
		      const char *const *words, size_t count)
{
	jw_array(w, key, JLINE);
	for (size_t i = 0; i < count; i++)
		jw_text(w, NULL, words[i]);
	jw_array_end(w);
}

static void hop(struct jwriter *w, const struct nw_results *results,
		struct nw_hop between)
{
	jw_array(w, "between", JLINE);
	jw_text(w, NULL, hop_before(results, between));
	jw_text(w, NULL, hop_behind(results, between));
	jw_array_end(w);
}

static void path_name(struct jwriter *w, const char *key, uint32_t id)
{
	char text[16];

	snprintf(text, sizeof(text), "p%lu", (unsigned long)id);
	jw_text(w, key, text);
}

static void value(struct jwriter *w, const char *key, const struct nw_value *v)
{
	switch (v->type) {
	case NW_NULL:
		jw_null(w, key);
		return;
	case NW_NUMBER:
		jw_integer(w, key, v->number);
		return;
	case NW_NUMBERS:
		jw_array(w, key, JLINE);
		for (size_t i = 0; i < v->number_count; i++)
			jw_integer(w, NULL, v->numbers[i]);
		jw_array_end(w);
		return;
	case NW_TEXT:
		jw_text(w, key, v->text);
		return;
	}
}

static void summary(struct jwriter *w, const struct nw_results *results)
{
	static const enum nw_severity severities[] = {NW_CRITICAL, NW_ERROR,
						      NW_WARNING, NW_INFO};

	jw_object(w, "summary", JLINES);
	jw_count(w, "points", results->point_count);
	jw_count(w, "packets", results->packets);
	jw_count(w, "flows", results->flows);
	jw_count(w, "paths", results->paths_total);
	jw_count(w, "paths_complete", results->paths_complete);
	jw_count(w, "unmatched_flows", results->unmatched_flows);
	jw_count(w, "ambiguous_flows", results->ambiguous_flows);
	jw_object(w, "findings", JLINE);
	for (size_t i = 0; i < NW_SEVERITIES; i++)
		jw_count(w, word_severity(severities[i]),
			 results->findings_by_severity[severities[i]]);
	jw_object_end(w);
	jw_object_end(w);
}

static void file(struct jwriter *w, const struct nw_file *f)
{
	jw_object(w, NULL, JLINE);
	jw_text(w, "file", f->name);
	jw_count(w, "packets", f->packets);
	jw_integer(w, "first_ns", f->first_ns);
	jw_integer(w, "last_ns", f->last_ns);
	jw_text(w, "link_type", f->link_type);
	jw_count(w, "snaplen", f->snaplen);
	if (f->cut)
		jw_count(w, "cut_offset", f->cut_offset);
	jw_object_end(w);
}

static void point_clock(struct jwriter *w, const struct nw_point *point)
{
	if (!point->clock_known) {
		jw_null(w, "clock");
		return;
	}
	jw_object(w, "clock", JLINE);
	jw_integer(w, "offset_ns", point->clock_offset_ns);
	jw_integer(w, "uncertainty_ns", point->clock_uncertainty_ns);
	jw_fixed(w, "drift_ppm", point->clock_drift_ppm, 3);
	jw_object_end(w);
}

static void point(struct jwriter *w, const struct nw_point *p)
{
	jw_object(w, NULL, JLINES);
	jw_text(w, "name", p->name);
	jw_array(w, "files", JLINES);
	for (size_t i = 0; i < p->file_count; i++)
		file(w, &p->files[i]);
	jw_array_end(w);
	point_clock(w, p);
	jw_object(w, "health", JLINE);
	jw_count(w, "truncated_packets", p->truncated_packets);
	count_list(w, "skipped", p->skipped, p->skipped_count);
	if (p->note_count > 0)
		count_list(w, "notes", p->notes, p->note_count);
	jw_object_end(w);
	jw_object_end(w);
}

static void check(struct jwriter *w, const struct nw_check *c)
{
	jw_object(w, NULL, JLINE);
	jw_text(w, "category", c->category);
	jw_text(w, "direction", word_direction(c->direction));
	jw_count(w, "compared", c->compared);
	jw_count(w, "violations", c->violations);
	jw_count(w, "paths", c->paths);
	jw_object_end(w);
}

static void device(struct jwriter *w, const struct nw_results *results,
		   const struct nw_device *d)
{
	jw_object(w, NULL, JLINES);
	jw_text(w, "name", d->name);
	hop(w, results, d->between);
	jw_text(w, "verdict", word_device(d->verdict));
	jw_text(w, "why", d->why);
	jw_text(w, "refuted_by", d->refuted_by);
	id_list(w, "findings", d->findings, d->finding_count);
	jw_array(w, "checks", JLINES);
	for (size_t i = 0; i < d->check_count; i++)
		check(w, &d->checks[i]);
	jw_array_end(w);
	jw_object_end(w);
}

static void endpoint(struct jwriter *w, const char *key,
		     const struct nw_endpoint *end)
{
	char text[NW_ADDRESS_TEXT];

	jw_object(w, key, JLINE);
	jw_text(w, "address", nw_address_text(end, text));
	jw_count(w, "port", end->port);
	jw_object_end(w);
}

static void number_or_null(struct jwriter *w, const char *key, bool known,
			   uint32_t number)
{
	if (known)
		jw_count(w, key, number);
	else
		jw_null(w, key);
}

static void flow(struct jwriter *w, const struct nw_results *results,
		 const struct nw_flow *f)
{
	char filter[FLOW_FILTER_TEXT];

	jw_object(w, NULL, JLINE);
	jw_text(w, "point", point_name(results, f->point));
	endpoint(w, "client", &f->client);
	endpoint(w, "server", &f->server);
	number_or_null(w, "isn_client", f->has_isn_client, f->isn_client);
	number_or_null(w, "isn_server", f->has_isn_server, f->isn_server);
	jw_count(w, "packets", f->packets);
	jw_integer(w, "first_ns", f->first_ns);
	jw_integer(w, "last_ns", f->last_ns);
	if (f->roles_guessed)
		jw_true(w, "roles_guessed");
	jw_text(w, "filter", flow_filter(f, filter));
	jw_object_end(w);
}

static void translation(struct jwriter *w, const struct nw_results *results,
			const struct nw_translation *t)
{
	jw_object(w, NULL, JLINE);
	hop(w, results, t->between);
	word_list(w, "kinds", t->kinds, t->kind_count);
	number_or_null(w, "seq_offset_from_client",
		       t->has_offset[NW_FROM_CLIENT],
		       t->seq_offset[NW_FROM_CLIENT]);
	number_or_null(w, "seq_offset_from_server",
		       t->has_offset[NW_FROM_SERVER],
		       t->seq_offset[NW_FROM_SERVER]);
	jw_object_end(w);
}

static void segment(struct jwriter *w, const struct nw_results *results,
		    const struct nw_segment *s)
{
	char flags[FLAGS_TEXT];

	jw_object(w, NULL, JLINE);
	jw_text(w, "point", point_name(results, s->point));
	jw_text(w, "file", file_name(results, s->point, s->file));
	jw_count(w, "frame", s->frame);
	jw_integer(w, "time_ns", s->time_ns);
	jw_text(w, "direction", word_direction(s->direction));
	jw_text(w, "flags", word_flags(s->flags, flags));
	jw_count(w, "seq", s->seq);
	jw_count(w, "ack", s->ack);
	if (s->has_relative) {
		jw_integer(w, "relative_seq", s->relative_seq);
		jw_integer(w, "relative_ack", s->relative_ack);
	}
	jw_count(w, "length", s->length);
	jw_count(w, "window", s->window);
	if (s->finding != 0)
		jw_count(w, "finding", s->finding);
	jw_object_end(w);
}

static void path(struct jwriter *w, const struct nw_results *results,
		 const struct nw_path *p)
{
	jw_object(w, NULL, JLINES);
	path_name(w, "id", p->id);
	jw_object(w, "match", JLINE);
	jw_text(w, "class", word_match(p->match_class));
	jw_fixed(w, "bits", p->bits, 1);
	jw_fixed(w, "margin", p->margin, 1);
	word_list(w, "evidence", p->evidence, p->evidence_count);
	jw_object_end(w);
	jw_array(w, "flows", JLINES);
	for (size_t i = 0; i < p->flow_count; i++)
		flow(w, results, &p->flows[i]);
	jw_array_end(w);
	jw_array(w, "translations", JLINES);
	for (size_t i = 0; i < p->translation_count; i++)
		translation(w, results, &p->translations[i]);
	jw_array_end(w);
	if (p->segment_count > 0) {
		jw_array(w, "segments", JLINES);
		for (size_t i = 0; i < p->segment_count; i++)
			segment(w, results, &p->segments[i]);
		jw_array_end(w);
	}
	jw_object_end(w);
}

static void evidence(struct jwriter *w, const char *key,
		     const struct nw_results *results,
		     const struct nw_evidence *e)
{
	char filter[FRAME_FILTER_TEXT];

	jw_object(w, key, JLINE);
	jw_text(w, "point", point_name(results, e->point));
	jw_text(w, "file", file_name(results, e->point, e->file));
	jw_count(w, "frame", e->frame);
	jw_integer(w, "time_ns", e->time_ns);
	value(w, "value", &e->value);
	jw_text(w, "filter", frame_filter(e->frame, filter));
	jw_object_end(w);
}

static void cause(struct jwriter *w, const struct nw_cause *c)
{
	jw_object(w, NULL, JLINE);
	jw_text(w, "hypothesis", c->hypothesis);
	jw_text(w, "verdict", word_claim(c->claim));
	jw_real(w, "p", c->p);
	jw_text(w, "text", c->text);
	jw_object_end(w);
}

/* How a wrong number set in; nothing when it is not known. */
static void onset(struct jwriter *w, const struct nw_results *results,
		  const struct nw_onset *o)
{
	if (!o->known)
		return;
	jw_object(w, "onset", JLINES);
	if (o->has_last_right)
		evidence(w, "last_right", results, &o->last_right);
	else
		jw_null(w, "last_right");
	evidence(w, "first_wrong", results, &o->first_wrong);
	word_list(w, "between", o->between, o->between_count);
	jw_integer(w, "silence_ns", o->silence_ns);
	jw_text(w, "scope", o->scope);
	jw_count(w, "wrong", o->wrong);
	jw_count(w, "right", o->right);
	jw_text(w, "text", o->text);
	jw_object_end(w);
}

/* The connections a finding speaks of: one, or the first ones of many. */
static void finding_paths(struct jwriter *w, const struct nw_finding *f)
{
	if (f->path != 0) {
		path_name(w, "path", f->path);
		return;
	}
	jw_array(w, "paths", JLINE);
	for (size_t i = 0; i < f->path_count; i++)
		path_name(w, NULL, f->paths[i]);
	jw_array_end(w);
	jw_count(w, "paths_count", f->paths_total);
}

static void finding_values(struct jwriter *w, const struct nw_finding *f)
{
	jw_text(w, "direction", word_direction(f->direction));
	jw_text(w, "field", f->field);
	value(w, "expected", &f->expected);
	value(w, "observed", &f->observed);
	value(w, "difference", &f->difference);
	jw_count(w, "count", f->count);
	jw_count(w, "exposure", f->exposure);
}

/* Only where a number was explained. */
static void tested(struct jwriter *w, const struct nw_finding *f)
{
	if (f->tested_count == 0)
		return;
	jw_array(w, "tested", JLINE);
	for (size_t i = 0; i < f->tested_count; i++)
		jw_text(w, NULL, f->tested[i]);
	jw_array_end(w);
}

static void finding(struct jwriter *w, const struct nw_results *results,
		    const struct nw_finding *f)
{
	jw_object(w, NULL, JLINES);
	jw_count(w, "id", f->id);
	jw_text(w, "kind", f->kind);
	jw_text(w, "class", word_class(f->class_));
	jw_text(w, "category", f->category);
	jw_text(w, "severity", word_severity(f->severity));
	finding_paths(w, f);
	finding_values(w, f);
	jw_object(w, "blame", JLINE);
	jw_text(w, "device", f->device);
	hop(w, results, f->between);
	jw_text(w, "text", f->text);
	jw_object_end(w);
	jw_array(w, "evidence", JLINES);
	for (size_t i = 0; i < f->evidence_count; i++)
		evidence(w, NULL, results, &f->evidence[i]);
	jw_array_end(w);
	jw_array(w, "causes", JLINES);
	for (size_t i = 0; i < f->cause_count; i++)
		cause(w, &f->causes[i]);
	jw_array_end(w);
	tested(w, f);
	onset(w, results, &f->onset);
	id_list(w, "consequences", f->consequences, f->consequence_count);
	number_or_null(w, "consequence_of", f->consequence_of != 0,
		       f->consequence_of);
	jw_object_end(w);
}

static void undecided(struct jwriter *w, const struct nw_results *results)
{
	jw_array(w, "undecided", JLINES);
	for (size_t i = 0; i < results->undecided_count; i++) {
		jw_object(w, NULL, JLINES);
		jw_text(w, "question", results->undecided[i].question);
		jw_text(w, "would_decide", results->undecided[i].would_decide);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void next_capture(struct jwriter *w, const struct nw_results *results)
{
	jw_array(w, "next_capture", JLINES);
	for (size_t i = 0; i < results->next_capture_count; i++) {
		const struct nw_next_capture *next = &results->next_captures[i];

		jw_object(w, NULL, JLINES);
		hop(w, results, next->between);
		jw_text(w, "why", next->why);
		jw_text(w, "if_before", next->if_before);
		jw_text(w, "if_after", next->if_after);
		jw_object_end(w);
	}
	jw_array_end(w);
}

static void points_and_devices(struct jwriter *w,
			       const struct nw_results *results)
{
	jw_array(w, "points", JLINES);
	for (size_t i = 0; i < results->point_count; i++)
		point(w, &results->points[i]);
	jw_array_end(w);
	jw_array(w, "devices", JLINES);
	for (size_t i = 0; i < results->device_count; i++)
		device(w, results, &results->devices[i]);
	jw_array_end(w);
}

/* These may be very many: stop when nobody takes them any more. */
static void paths_and_findings(struct jwriter *w,
			       const struct nw_results *results)
{
	jw_array(w, "paths", JLINES);
	for (size_t i = 0; i < results->path_count && !ferror(w->out); i++)
		path(w, results, &results->paths[i]);
	jw_array_end(w);
	jw_array(w, "findings", JLINES);
	for (size_t i = 0; i < results->finding_count && !ferror(w->out); i++)
		finding(w, results, &results->findings[i]);
	jw_array_end(w);
}

enum nw_status nw_report_json(const struct nw_results *results, FILE *out,
			      struct nw_error *err)
{
	struct jwriter writer = {.out = out}, *w = &writer;

	errno = 0;
	jw_object(w, NULL, JLINES);
	jw_text(w, "schema", "natwitness-report/1");
	jw_object(w, "generator", JLINE);
	jw_text(w, "name", "natwitness");
	jw_text(w, "version", nw_version());
	jw_object_end(w);
	jw_text(w, "verdict", word_verdict(results->verdict));
	summary(w, results);
	points_and_devices(w, results);
	paths_and_findings(w, results);
	undecided(w, results);
	next_capture(w, results);
	jw_object_end(w);
	return outcome_of(out, err);
}
