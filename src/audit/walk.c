/* SPDX-License-Identifier: MIT
 *
 * Audits path after path: loads its packets at every point, aligns each hop,
 * compares. Paths are independent, so threads take them in batches; each
 * batch keeps its own findings and they are joined in path order, which makes
 * the result the same for any number of threads.
 */
#include "job.h"
#include "loss.h"
#include "rules/answer.h"
#include "rules/attempt.h"
#include "rules/compare.h"
#include "rules/handshake.h"
#include "rules/mapping.h"
#include "rules/move.h"
#include "rules/offset.h"
#include "rules/outermost.h"
#include "rules/ports.h"
#include "rules/reaction.h"
#include "rules/relay.h"
#include "rules/untranslated.h"

#include <pthread.h>
#include <stdatomic.h>
#include <string.h>
#include <unistd.h>

#define BATCH_PATHS 256u
#define MAX_THREADS 64u
#define MATCH_BITS  3.0f /* a match that is possible, posterior 0.9 */

struct batch_result {
	struct findings findings;
};

/* Shared by the threads of one walk. */
struct walk {
	struct nw_audit *audit;
	struct batch_result *batches;
	uint32_t batch_count;
	atomic_uint next;
	atomic_bool failed;
};

/* One thread's memory, used again for every path. */
struct walker {
	struct walk *walk;
	struct trace *traces;         /* per point */
	struct hop *hops;             /* per hop */
	struct alignment *alignments; /* per hop, in use */
	uint8_t *match_classes;
	uint32_t *indexes;
	struct steps steps;
	struct lookups lookups;
	struct tally *tallies;      /* per hop */
	struct habits_seen *habits; /* per hop */
	pthread_t thread;
};

static bool load_traces(struct walker *w, const struct path *path)
{
	const struct nw_audit *audit = w->walk->audit;

	for (uint32_t p = 0; p < audit_point_count(audit); p++) {
		uint32_t count;
		const struct path_flow *flows =
			path_members(&audit->paths, path, p, &count);

		w->traces[p].point = p;
		if (!trace_load(&w->traces[p], &audit->points.items[p], flows,
				count))
			return false;
	}
	return true;
}

/* Does the hop leave that ISN alone on (nearly) all paths? */
static bool keeps(const struct match *match, enum feature_kind isn)
{
	return match->keep[isn] > 0.93; /* three paths, none otherwise */
}

/* Sets up the hops between points that both saw the path. */
static uint32_t find_hops(struct walker *w)
{
	const struct nw_audit *audit = w->walk->audit;
	uint32_t n = 0;

	for (uint32_t h = 0; h < audit_hop_count(audit); h++) {
		const struct match *match = &audit->matches[h];

		if (w->traces[h].member_count == 0 ||
		    w->traces[h + 1].member_count == 0)
			continue;
		w->hops[n] = (struct hop){
			.before = &w->traces[h],
			.behind = &w->traces[h + 1],
			.clock = &match->clock,
			.keeps_isn = {keeps(match, FEATURE_ISN_CLIENT),
				      keeps(match, FEATURE_ISN_SERVER)},
		};
		w->indexes[n++] = h;
	}
	return n;
}

/* The path's flow at a point: the first one. */
static const struct path_flow *flow_at(const struct nw_audit *audit,
				       const struct path *path, uint32_t point)
{
	uint32_t count;
	const struct path_flow *flows =
		path_members(&audit->paths, path, point, &count);

	return count > 0 ? flows : NULL;
}

static const struct tuple *tuple_at(const struct nw_audit *audit,
				    const struct path *path, uint32_t point)
{
	const struct path_flow *at = flow_at(audit, path, point);

	return &point_flow(&audit->points.items[point], at->flow)->tuple;
}

/* A stream's numbers may convict only on a match that their own ISN did not
 * make. */
static bool holds_without_isn(const struct link *link, enum direction stream)
{
	return link->isn_bits[stream] <= 0 ||
	       link->bits - link->isn_bits[stream] > MATCH_BITS;
}

static struct comparison begin_comparison(struct walker *w, uint32_t path_index,
					  uint32_t n)
{
	const struct nw_audit *audit = w->walk->audit;
	const struct path *path = &audit->paths.items[path_index];
	uint32_t h = w->indexes[n];
	const struct path_flow *behind = flow_at(audit, path, h + 1);
	const struct link *link = &audit->matches[h].links.items[behind->link];

	w->match_classes[n] = link->match_class;
	return (struct comparison){
		.hop = &w->hops[n],
		.alignment = &w->alignments[n],
		.steps = &w->steps,
		.lookups = &w->lookups,
		.path = path_index,
		.hop_index = h,
		.match_class = link->match_class,
		.sure_without_isn = {holds_without_isn(link, FROM_CLIENT),
				     holds_without_isn(link, FROM_SERVER)},
	};
}

/* Notes a device that answers itself. */
static void find_relay(struct walker *w, uint32_t path_index, uint32_t n)
{
	struct habits_seen *seen = &w->habits[w->indexes[n]];
	enum relay relay = relay_find(&w->hops[n]);

	w->hops[n].is_proxy = relay == RELAY_TERMINATED;
	if (relay == RELAY_SYN)
		translate_note(seen, KIND_PATH_SYN_ANSWERED, FROM_SERVER,
			       path_index);
	if (relay == RELAY_TERMINATED)
		translate_note(seen, KIND_PROXY_TERMINATED, FROM_CLIENT,
			       path_index);
}

/* Compares the aligned sides. What differs at a proxy is no fault: its ACKs
 * are its own, it need not keep borders, windows or options. */
static void compare(struct walker *w, const struct comparison *c,
		    struct findings *findings, size_t start)
{
	struct tally tally = {0};
	const size_t from = findings->list.count;

	compare_hop(c, findings, &tally);
	if (c->hop->is_proxy) {
		findings->list.count = from;
		tally_acquit(&tally);
	} else {
		judge_offsets(c, findings, start, from);
		judge_attempts(c, findings, from);
		compare_handshake(c, findings, from);
	}
	tally_add(&w->tallies[c->hop_index], &tally);
}

static bool audit_hop(struct walker *w, uint32_t path_index, uint32_t n,
		      struct findings *findings, size_t start)
{
	const struct nw_audit *audit = w->walk->audit;
	const struct path *path = &audit->paths.items[path_index];
	uint32_t h = w->indexes[n];
	struct comparison comparison;

	find_relay(w, path_index, n);
	if (!steps_find(&w->hops[n], &w->steps))
		return false;
	steps_apply(&w->hops[n], &w->steps);
	if (!align_hop(&w->hops[n], &w->alignments[n]))
		return false;
	lookups_reset(&w->lookups, &w->hops[n]);
	comparison = begin_comparison(w, path_index, n);
	compare(w, &comparison, findings, start);
	translate_hop(&(struct crossing){&w->hops[n], &w->alignments[n],
					 tuple_at(audit, path, h),
					 tuple_at(audit, path, h + 1),
					 path_index},
		      &w->habits[h]);
	translate_steps(&w->steps, path_index, &w->habits[h]);
	steps_undo(&w->hops[n], &w->steps);
	return true;
}

/* Does the client's side of the connection come through untranslated? */
static bool check_leaks(const struct nw_audit *audit,
			const struct crossing_flows *c,
			struct findings *findings)
{
	const struct path *path = &audit->paths.items[c->path];
	const struct point *before = &audit->points.items[c->hop_index];
	struct mapped mapped = {
		.crossing = c,
		.points = {before, c->point},
		.tuples = {tuple_at(audit, path, c->hop_index)},
	};
	const struct flow *main = point_flow(c->point, c->members[0].flow);

	/* The matcher may have taken an untranslated flow, by its tuple, for
	 * the first counterpart: the mapping is where most packets are. */
	for (uint32_t i = 1; i < c->hop->behind->member_count; i++) {
		const struct flow *flow =
			point_flow(c->point, c->members[i].flow);

		if (flow->packets <= main->packets)
			continue;
		main = flow;
		mapped.main = i;
	}
	mapped.tuples[1] = &main->tuple;
	return check_untranslated(&mapped, findings);
}

/* The path's flows behind a hop, the first one's counterpart among them. */
static void check_moves(struct walker *w, uint32_t path_index, uint32_t n,
			struct findings *findings)
{
	const struct nw_audit *audit = w->walk->audit;
	const struct path *path = &audit->paths.items[path_index];
	const uint32_t h = w->indexes[n];
	const struct link *links = audit->matches[h].links.items;
	struct crossing_flows c = {
		.hop = &w->hops[n],
		.alignment = &w->alignments[n],
		.strays = &audit->strays[h],
		.point = &audit->points.items[h + 1],
		.members = flow_at(audit, path, h + 1),
		.path = path_index,
		.hop_index = h,
		.match_class = w->match_classes[n],
	};

	if (c.members == NULL)
		return;
	while (c.main + 1 < c.hop->behind->member_count &&
	       links[c.members[c.main].link].extra)
		c.main++;
	if (!check_leaks(audit, &c, findings))
		check_move(&c, findings, &w->habits[h]);
}

static bool audit_hops(struct walker *w, uint32_t path_index,
		       struct findings *findings)
{
	uint32_t n = find_hops(w);
	const size_t start = findings->list.count;
	const struct loss_path losses = {
		.points = w->walk->audit->points.items,
		.hops = w->hops,
		.indexes = w->indexes,
		.alignments = w->alignments,
		.strays = w->walk->audit->strays,
		.count = n,
		.path = path_index,
		.match_classes = w->match_classes,
	};

	if (!translation_find_bases(w->hops, n))
		return false;
	for (uint32_t i = 0; i < n; i++)
		if (!audit_hop(w, path_index, i, findings, start))
			return false;
	loss_judge(&losses, findings, w->tallies);
	for (uint32_t i = 0; i < n; i++)
		check_moves(w, path_index, i, findings);
	return true;
}

static bool may_follow(enum finding_kind kind)
{
	return kind == KIND_RST_UNTRANSLATED || kind == KIND_PATH_DROP ||
	       kind == KIND_PATH_DEVICE_RESET || kind == KIND_STREAM_GAP ||
	       kind == KIND_ACK_REGRESSION || kind == KIND_NAT_UNTRANSLATED ||
	       kind == KIND_EP_RST_FROM_BAD_ACK || kind == KIND_EP_RST_IGNORED;
}

/* A fault that is nobody's reaction: of a device, or of what lies before the
 * first point. A packet that a NAT takes for invalid and passes on as it is may
 * be a reaction, and have others itself. */
static bool is_cause(const struct finding *f)
{
	return kind_entry(f->kind)->class_ == NW_FAULT &&
	       (!may_follow(f->kind) || f->kind == KIND_NAT_UNTRANSLATED);
}

/* When a finding set in, on the clock of the first point. */
static int64_t common_onset(const struct nw_audit *audit,
			    const struct finding *f)
{
	const struct sighting *first = &f->sightings[0];
	int64_t t = first->time_ns;

	for (uint32_t h = first->point; h-- > 0;)
		if (audit->matches[h].clock.known)
			t = clock_back(&audit->matches[h].clock, t);
	return t;
}

/* What came in wrong may follow from what a device did earlier; a reaction,
 * from any fault. Two faults from outside the points are two faults. */
static bool follows(const struct nw_audit *audit, const struct finding *f,
		    const struct finding *g)
{
	if (g->cause != FLOW_NONE || !is_cause(g) ||
	    (f->kind == KIND_NAT_UNTRANSLATED && g->kind == f->kind) ||
	    common_onset(audit, g) > common_onset(audit, f))
		return false;
	return may_follow(f->kind) || g->hop < HOP_DOWNSTREAM;
}

static void link_consequences(const struct nw_audit *audit,
			      struct findings *findings, size_t from)
{
	for (size_t i = from; i < findings->list.count; i++) {
		struct finding *f = &findings->list.items[i];

		if (f->hop < HOP_DOWNSTREAM && !may_follow(f->kind))
			continue;
		for (size_t k = from; k < findings->list.count; k++) {
			const struct finding *g = &findings->list.items[k];

			if (k != i && follows(audit, f, g)) {
				f->cause = (uint32_t)(k - from);
				break;
			}
		}
	}
}

static bool audit_path(struct walker *w, uint32_t path_index,
		       struct findings *findings)
{
	struct nw_audit *audit = w->walk->audit;
	const struct path *path = &audit->paths.items[path_index];
	const size_t from = findings->list.count;
	struct outermost check = {.points = audit->points.items,
				  .traces = w->traces,
				  .point_count = audit_point_count(audit),
				  .paths = &audit->paths,
				  .path = path_index};

	if (!load_traces(w, path) || !audit_hops(w, path_index, findings))
		return false;
	check_mapping(&check, audit->matches, findings);
	check_outermost(&check, FROM_CLIENT, findings);
	check_outermost(&check, FROM_SERVER, findings);
	check_answers(&check, findings);
	audit->conducts[path_index] = check_reaction(&check, findings);
	link_consequences(audit, findings, from);
	return !findings->failed;
}

static void *work(void *argument)
{
	struct walker *w = argument;
	struct walk *walk = w->walk;
	uint32_t count = walk->audit->paths.count;

	for (;;) {
		uint32_t batch = atomic_fetch_add(&walk->next, 1);
		uint32_t end = (batch + 1) * BATCH_PATHS;

		if (batch >= walk->batch_count || atomic_load(&walk->failed))
			return NULL;
		for (uint32_t i = batch * BATCH_PATHS; i < end && i < count;
		     i++) {
			if (!audit_path(w, i, &walk->batches[batch].findings)) {
				atomic_store(&walk->failed, true);
				return NULL;
			}
		}
	}
}

static bool walker_init(struct walker *w, struct walk *walk)
{
	uint32_t points = audit_point_count(walk->audit);

	*w = (struct walker){.walk = walk};
	w->traces = calloc(points + 1u, sizeof(*w->traces));
	w->hops = calloc(points + 1u, sizeof(*w->hops));
	w->tallies = calloc(points + 1u, sizeof(*w->tallies));
	w->habits = calloc(points + 1u, sizeof(*w->habits));
	w->alignments = calloc(points + 1u, sizeof(*w->alignments));
	w->indexes = calloc(points + 1u, sizeof(*w->indexes));
	w->match_classes = calloc(points + 1u, sizeof(*w->match_classes));
	return w->traces != NULL && w->hops != NULL && w->tallies != NULL &&
	       w->habits != NULL && w->alignments != NULL &&
	       w->indexes != NULL && w->match_classes != NULL;
}

static void walker_fini(struct walker *w)
{
	uint32_t points = audit_point_count(w->walk->audit);

	for (uint32_t p = 0; p < points; p++) {
		if (w->traces != NULL)
			trace_fini(&w->traces[p]);
		if (w->alignments != NULL)
			alignment_fini(&w->alignments[p]);
	}
	free(w->alignments);
	free(w->indexes);
	free(w->match_classes);
	steps_fini(&w->steps);
	lookups_fini(&w->lookups);
	free(w->traces);
	free(w->hops);
	free(w->tallies);
	free(w->habits);
}

static uint32_t thread_count(const struct walk *walk)
{
	uint32_t n = walk->audit->options.threads;
	long cores;

	if (n == 0) {
		cores = sysconf(_SC_NPROCESSORS_ONLN);
		n = cores > 0 ? (uint32_t)cores : 1;
	}
	if (n > walk->batch_count)
		n = walk->batch_count;
	return n > MAX_THREADS ? MAX_THREADS : n > 0 ? n : 1;
}

/* Runs the walkers; the first one on this thread. Without a further thread
 * the work is done all the same. */
static bool run_walkers(struct walk *walk, struct walker *walkers, uint32_t n)
{
	uint32_t started = 1;

	for (; started < n; started++)
		if (pthread_create(&walkers[started].thread, NULL, work,
				   &walkers[started]) != 0)
			break;
	work(&walkers[0]);
	for (uint32_t i = 1; i < started; i++)
		pthread_join(walkers[i].thread, NULL);
	return !atomic_load(&walk->failed);
}

static bool join_findings(struct walk *walk)
{
	struct findings *all = &walk->audit->findings;

	for (uint32_t i = 0; i < walk->batch_count; i++) {
		struct findings *part = &walk->batches[i].findings;

		if (!vec_reserve(&all->list,
				 all->list.count + part->list.count))
			return false;
		if (part->list.count > 0)
			memcpy(all->list.items + all->list.count,
			       part->list.items,
			       part->list.count * sizeof(struct finding));
		all->list.count += part->list.count;
	}
	return true;
}

static void join_counts(struct nw_audit *audit, const struct walker *w)
{
	for (uint32_t h = 0; h < audit_hop_count(audit); h++) {
		tally_add(&audit->tallies[h], &w->tallies[h]);
		habits_seen_add(&audit->habits[h], &w->habits[h]);
	}
}

/* What only all connections of a hop together tell. */
static bool count_ports(struct nw_audit *audit)
{
	for (uint32_t h = 0; h < audit_hop_count(audit); h++) {
		const struct hop_flows flows = {
			.before = &audit->points.items[h],
			.behind = &audit->points.items[h + 1],
			.match = &audit->matches[h],
			.path_of = audit->paths.path_of[h],
		};

		if (!translate_ports(&flows, &audit->habits[h]))
			return false;
	}
	return true;
}

bool audit_paths(struct nw_audit *audit)
{
	struct walk walk = {.audit = audit};
	struct walker *walkers;
	uint32_t n;
	bool ok = true;

	walk.batch_count = audit->paths.count / BATCH_PATHS + 1;
	walk.batches = calloc(walk.batch_count, sizeof(*walk.batches));
	n = thread_count(&walk);
	walkers = calloc(n, sizeof(*walkers));
	if (walk.batches == NULL || walkers == NULL) {
		free(walk.batches);
		free(walkers);
		return false;
	}
	for (uint32_t i = 0; i < n; i++)
		ok &= walker_init(&walkers[i], &walk);
	ok = ok && run_walkers(&walk, walkers, n) && join_findings(&walk);
	for (uint32_t i = 0; i < n; i++) {
		if (ok)
			join_counts(audit, &walkers[i]);
		walker_fini(&walkers[i]);
	}
	ok = ok && count_ports(audit);
	if (ok)
		loss_weigh(&audit->findings, audit->tallies,
			   audit_hop_count(audit));
	for (uint32_t i = 0; i < walk.batch_count; i++)
		vec_fini(&walk.batches[i].findings.list);
	free(walk.batches);
	free(walkers);
	return ok;
}
