/* SPDX-License-Identifier: MIT
 *
 * What an audit concludes, seen from outside: who is accused, who is not, and
 * when it is better to say nothing.
 */
#include "audits.h"

#define CONNECTIONS 12

/* A device between two points shifts both streams; what it does wrong is on
 * lines marked A or B. */
#define RIGHT_ACK "0.050 > . 101 ack 501 id 4\n"
/* The number as it came in, sent on as it is: the server's ISN is 900000
 * higher behind the device. */
#define WRONG_ACK                                                              \
	"A0.050 > . 101 ack 501 id 4\n"                                        \
	"B0.050 > . 101 ack -899499 id 4\n"

static const char faithful[] = TALK_OPENING RIGHT_ACK TALK_CLOSING;
static const char faulty[] = TALK_OPENING WRONG_ACK TALK_CLOSING;

static struct view connection(uint32_t n)
{
	return (struct view){
		.client_port = (uint16_t)(40000 + n * 17),
		.isn = {1000 + n * 2654435761u, 5000 + n * 2246822519u},
		.ip_id = (uint16_t)(n * 50),
		.content = n + 1,
		.clock_ns = n * 321 * MS,
	};
}

/* The same connection behind the `hop`th device. */
static struct view behind(uint32_t n, size_t hop)
{
	struct view view = connection(n);

	view.side = hop == 0 ? 'A' : 'B';
	view.transit_ns = (int64_t)hop * MS / 2;
	view.ttl = (uint8_t)hop;
	view.isn[1] += hop > 0 ? 900000 : 0;
	view.client = hop > 0 ? 0xcb007101 : 0;
	return view;
}

static struct made_audit captures_of(size_t points, uint32_t wrong)
{
	struct made_audit m = captures_begin(points);

	for (uint32_t n = 0; n < CONNECTIONS; n++)
		for (size_t p = 0; p < points; p++) {
			struct view view = behind(n, p);

			capture_script(&m.captures[p],
				       n < wrong ? faulty : faithful, &view);
		}
	return m;
}

/* Runs an audit with devices between a and b, named by their letters. */
static struct nw_audit *run(struct made_audit *m, const char *devices,
			    const struct nw_options *options)
{
	struct nw_error err = {0};
	struct made_file files[AUDIT_POINTS];
	struct nw_audit *audit = nw_audit_new(options, &err);

	files_begin(m, files);
	assert_non_null(audit);
	assert_int_equal(audit_add_made(audit, files, m->count, &err), NW_OK);
	for (; *devices != '\0'; devices++)
		assert_int_equal(nw_audit_add_device(audit,
						     (char[]){*devices, '\0'},
						     "a", "b", &err),
				 NW_OK);
	assert_int_equal(nw_audit_run(audit, &err), NW_OK);
	assert_non_null(nw_audit_results(audit));
	files_end(m, files);
	captures_end(m);
	return audit;
}

static const struct nw_finding *find_kind(const struct nw_results *r,
					  const char *kind)
{
	for (size_t i = 0; i < r->finding_count; i++)
		if (strcmp(r->findings[i].kind, kind) == 0)
			return &r->findings[i];
	return NULL;
}

static uint64_t faults(const struct nw_results *r)
{
	uint64_t n = 0;

	for (size_t i = 0; i < r->finding_count; i++)
		n += r->findings[i].class_ == NW_FAULT;
	return n;
}

/* ---- verdicts ---- */

static void a_faithful_device_translates(void **state)
{
	struct made_audit m = captures_of(2, 0);
	struct nw_audit *audit = run(&m, "f", NULL);
	const struct nw_results *r = nw_audit_results(audit);

	(void)state;
	assert_int_equal(r->verdict, NW_CONSISTENT);
	assert_int_equal(nw_exit_code(r), 0);
	assert_int_equal(faults(r), 0);
	assert_int_equal(r->paths_total, CONNECTIONS);
	assert_int_equal(r->paths_complete, CONNECTIONS);
	assert_int_equal(r->unmatched_flows, 0);
	assert_int_equal(r->device_count, 1);
	assert_string_equal(r->devices[0].name, "f");
	assert_int_equal(r->devices[0].verdict, NW_DEVICE_TRANSLATES);
	assert_null(r->devices[0].refuted_by);
	assert_non_null(find_kind(r, "seq-isn-shift"));
	assert_non_null(find_kind(r, "nat-snat"));
	nw_audit_free(audit);
}

static void a_corrupted_ack_convicts(void **state)
{
	struct made_audit m = captures_of(2, 3);
	struct nw_audit *audit = run(&m, "f", NULL);
	const struct nw_results *r = nw_audit_results(audit);
	const struct nw_finding *f = find_kind(r, "ack-untranslated");
	uint64_t violations = 0, compared = 0;

	(void)state;
	assert_int_equal(r->verdict, NW_DISCREPANT);
	assert_int_equal(nw_exit_code(r), 1);
	assert_int_equal(r->devices[0].verdict, NW_DEVICE_CORRUPTS);
	assert_non_null(r->devices[0].refuted_by);
	assert_true(r->devices[0].finding_count >= 1);
	assert_non_null(f);
	assert_int_equal(f->class_, NW_FAULT);
	assert_int_equal(f->severity, NW_CRITICAL);
	assert_int_equal(f->direction, NW_FROM_CLIENT);
	assert_int_equal(f->between.before, 0);
	assert_int_equal(f->between.behind, 1);
	assert_string_equal(f->device, "f");
	assert_int_equal((int32_t)f->difference.number, -900000);
	assert_int_equal(f->evidence_count >= 2, 1);
	for (size_t i = 0; i < r->devices[0].check_count; i++) {
		if (strcmp(r->devices[0].checks[i].category, "ack") != 0 ||
		    r->devices[0].checks[i].direction != NW_FROM_CLIENT)
			continue;
		violations += r->devices[0].checks[i].violations;
		compared += r->devices[0].checks[i].compared;
	}
	assert_int_equal(violations, 3);
	assert_int_equal(compared, 5 * CONNECTIONS);
	/* The paths with the fault are shown, with the packets around it. */
	assert_int_equal(r->path_count, 3);
	assert_true(r->paths[0].segment_count > 0);
	nw_audit_free(audit);
}

/* The fault is in the first hop: the second one is cleared. */
static void others_are_cleared(void **state)
{
	struct made_audit m = captures_of(3, 3);
	struct nw_audit *audit = run(&m, "f", NULL);
	const struct nw_results *r = nw_audit_results(audit);

	(void)state;
	assert_int_equal(r->device_count, 2);
	assert_int_equal(r->devices[0].verdict, NW_DEVICE_CORRUPTS);
	assert_null(r->devices[1].name);
	assert_int_equal(r->devices[1].verdict, NW_DEVICE_TRANSPARENT);
	assert_int_equal(r->devices[1].between.before, 1);
	nw_audit_free(audit);
}

static void a_shared_hop_is_only_suspect(void **state)
{
	struct made_audit m = captures_of(2, 3);
	struct nw_audit *audit = run(&m, "fg", NULL);
	const struct nw_results *r = nw_audit_results(audit);

	(void)state;
	assert_int_equal(r->verdict, NW_DISCREPANT);
	assert_int_equal(r->device_count, 2);
	for (size_t i = 0; i < 2; i++)
		assert_int_equal(r->devices[i].verdict, NW_DEVICE_SUSPECT);
	assert_null(find_kind(r, "ack-untranslated")->device);
	assert_int_equal(r->next_capture_count, 1);
	assert_int_equal(r->next_captures[0].between.before, 0);
	nw_audit_free(audit);
}

/* ---- nothing to conclude from ---- */

static void without_traffic_in_common_nothing_is_said(void **state)
{
	struct made_audit m = captures_begin(2);
	struct nw_audit *audit;
	const struct nw_results *r;

	(void)state;
	for (uint32_t n = 0; n < CONNECTIONS; n++) {
		struct view a = behind(n, 0), b = behind(n + 500, 1);

		b.client = 0x0a0a0a0a;
		b.content += 1000;
		capture_script(&m.captures[0], faithful, &a);
		capture_script(&m.captures[1], faithful, &b);
	}
	audit = run(&m, "f", NULL);
	r = nw_audit_results(audit);
	assert_int_equal(r->verdict, NW_INCONCLUSIVE);
	assert_int_equal(nw_exit_code(r), 3);
	assert_int_equal(r->devices[0].verdict, NW_DEVICE_NOT_EXERCISED);
	assert_int_equal(r->unmatched_flows, 2 * CONNECTIONS);
	assert_non_null(r->why);
	nw_audit_free(audit);
}

static void an_empty_capture_is_not_observable(void **state)
{
	struct made_audit m = captures_of(2, 0);
	struct nw_audit *audit;
	const struct nw_results *r;

	(void)state;
	m.captures[1].len = 24; /* the file's header */
	audit = run(&m, "f", NULL);
	r = nw_audit_results(audit);
	assert_int_equal(r->verdict, NW_INCONCLUSIVE);
	assert_int_equal(r->devices[0].verdict, NW_DEVICE_NOT_OBSERVABLE);
	assert_non_null(strstr(r->why, "point b"));
	nw_audit_free(audit);
}

/* ---- options ---- */

static void what_fails_is_for_the_caller(void **state)
{
	static const enum nw_severity_floor floors[] = {
		NW_FAIL_ON_ERROR, NW_FAIL_ON_CRITICAL, NW_FAIL_ON_WARNING};

	(void)state;
	for (size_t i = 0; i < COUNT(floors); i++) {
		const struct nw_options options = {.fail_on = floors[i]};
		struct made_audit m = captures_of(2, 1);
		struct nw_audit *audit = run(&m, "f", &options);

		assert_int_equal(nw_exit_code(nw_audit_results(audit)), 1);
		nw_audit_free(audit);
		m = captures_of(2, 0);
		audit = run(&m, "f", &options);
		assert_int_equal(nw_exit_code(nw_audit_results(audit)), 0);
		nw_audit_free(audit);
	}
}

static void all_paths_are_kept_on_demand(void **state)
{
	const struct nw_options options = {.all_paths = true};
	struct made_audit m = captures_of(2, 3);
	struct nw_audit *audit = run(&m, "f", &options);
	const struct nw_results *r = nw_audit_results(audit);

	(void)state;
	assert_int_equal(r->path_count, CONNECTIONS);
	for (size_t i = 0; i < r->path_count; i++) {
		const struct nw_path *path = &r->paths[i];

		assert_int_equal(path->id, i + 1);
		assert_int_equal(path->flow_count, 2);
		assert_in_range(path->match_class, NW_MATCH_CERTAIN,
				NW_MATCH_STRONG);
		assert_int_equal(path->translation_count, 1);
		assert_int_equal(path->translations[0].seq_offset[1], 900000);
		assert_int_equal(path->translations[0].seq_offset[0], 0);
	}
	nw_audit_free(audit);
}

/* Strings of options are copied; the filter holds for every input. */
static void options_are_copied(void **state)
{
	char filter[] = "tcp port 40000 or tcp port 40017";
	const struct nw_options options = {.filter = filter};
	struct nw_error err = {0};
	struct nw_audit *audit = nw_audit_new(&options, &err);
	struct made_audit m = captures_of(2, 0);
	struct made_file files[AUDIT_POINTS];
	const struct nw_results *r;

	(void)state;
	memset(filter, '?', sizeof(filter) - 1);
	files_begin(&m, files);
	assert_int_equal(audit_add_made(audit, files, 2, &err), NW_OK);
	assert_int_equal(nw_audit_run(audit, &err), NW_OK);
	r = nw_audit_results(audit);
	assert_int_equal(r->points[0].flows, 2);
	assert_int_equal(r->points[1].flows, 2);
	nw_audit_free(audit);
	files_end(&m, files);
	captures_end(&m);
}

/* What exceeds the limit is grouped, with exact counts. */
static void long_lists_are_grouped(void **state)
{
	const struct nw_options options = {.max_findings = 2};
	struct made_audit m = captures_of(2, 9);
	struct nw_audit *audit = run(&m, "f", &options);
	const struct nw_results *r = nw_audit_results(audit);
	uint64_t single = 0, grouped = 0;

	(void)state;
	for (size_t i = 0; i < r->finding_count; i++) {
		const struct nw_finding *f = &r->findings[i];

		assert_int_equal(f->id, i + 1);
		if (strcmp(f->kind, "ack-untranslated") != 0)
			continue;
		if (f->path != 0)
			single++;
		else
			grouped += f->paths_total;
	}
	assert_int_equal(single, 2);
	assert_int_equal(grouped, 7);
	assert_int_equal(r->devices[0].verdict, NW_DEVICE_CORRUPTS);
	nw_audit_free(audit);
}

static void assert_same_findings(const struct nw_results *x,
				 const struct nw_results *y)
{
	assert_int_equal(x->finding_count, y->finding_count);
	for (size_t i = 0; i < x->finding_count; i++) {
		const struct nw_finding *f = &x->findings[i];
		const struct nw_finding *g = &y->findings[i];

		assert_string_equal(f->kind, g->kind);
		assert_string_equal(f->text, g->text);
		assert_int_equal(f->path, g->path);
		assert_int_equal(f->count, g->count);
		assert_int_equal(f->exposure, g->exposure);
		assert_int_equal(f->paths_total, g->paths_total);
	}
}

/* Any number of threads comes to the same results. */
static void threads_change_nothing(void **state)
{
	struct nw_audit *audits[2];

	(void)state;
	for (uint32_t i = 0; i < 2; i++) {
		const struct nw_options options = {.threads = 1 + 7 * i};
		struct made_audit m = captures_of(3, 4);

		audits[i] = run(&m, "f", &options);
	}
	assert_same_findings(nw_audit_results(audits[0]),
			     nw_audit_results(audits[1]));
	nw_audit_free(audits[0]);
	nw_audit_free(audits[1]);
}

/* ---- misuse ---- */

static void misuse_is_told(void **state)
{
	struct nw_error err = {0};
	struct nw_audit *audit = nw_audit_new(NULL, &err);
	struct made_audit m = captures_of(2, 0);
	struct made_file files[AUDIT_POINTS];

	(void)state;
	files_begin(&m, files);
	assert_null(nw_audit_results(audit));
	assert_int_equal(nw_audit_run(audit, &err), NW_EUSAGE);
	/* The first error wins, and stays. */
	assert_int_equal(audit_add_made(audit, files, 2, &err), NW_EUSAGE);
	err = (struct nw_error){0};
	assert_int_equal(audit_add_made(audit, files, 2, &err), NW_OK);
	assert_int_equal(nw_audit_add_device(audit, "f", "a", "z", &err),
			 NW_EUSAGE);
	assert_says(&err, "no point z");
	err = (struct nw_error){0};
	assert_int_equal(nw_audit_add_device(audit, "f", "b", "a", &err),
			 NW_EUSAGE);
	err = (struct nw_error){0};
	assert_int_equal(nw_audit_run(audit, &err), NW_OK);
	assert_int_equal(nw_audit_run(audit, &err), NW_EUSAGE);
	nw_audit_free(audit);
	nw_audit_free(NULL);
	files_end(&m, files);
	captures_end(&m);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_faithful_device_translates),
		cmocka_unit_test(a_corrupted_ack_convicts),
		cmocka_unit_test(others_are_cleared),
		cmocka_unit_test(a_shared_hop_is_only_suspect),
		cmocka_unit_test(without_traffic_in_common_nothing_is_said),
		cmocka_unit_test(an_empty_capture_is_not_observable),
		cmocka_unit_test(what_fails_is_for_the_caller),
		cmocka_unit_test(all_paths_are_kept_on_demand),
		cmocka_unit_test(options_are_copied),
		cmocka_unit_test(long_lists_are_grouped),
		cmocka_unit_test(threads_change_nothing),
		cmocka_unit_test(misuse_is_told),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
