/* SPDX-License-Identifier: MIT
 *
 * Fails the n-th allocation of a whole audit, for every n: the audit says that
 * there is no memory, or does without; it never crashes and never leaks.
 *
 * The allocator's functions are defined here and so stand before those of the
 * library and of what it is linked with. With the address sanitizer the memory
 * is its own, so that it sees all leaks and all wrong uses.
 */
#include <limits.h>
#include <stdatomic.h>

#include "audits.h"

void *sanitizer_malloc(size_t size) __asm__("__interceptor_malloc")
	__attribute__((weak));
void *sanitizer_calloc(size_t count,
		       size_t size) __asm__("__interceptor_calloc")
	__attribute__((weak));
void *sanitizer_realloc(void *old, size_t size) __asm__("__interceptor_realloc")
	__attribute__((weak));
void *sanitizer_aligned_alloc(size_t align, size_t size) __asm__(
	"__interceptor_aligned_alloc") __attribute__((weak));
void *system_malloc(size_t size) __asm__("__libc_malloc");
void *system_calloc(size_t count, size_t size) __asm__("__libc_calloc");
void *system_realloc(void *old, size_t size) __asm__("__libc_realloc");
void *system_memalign(size_t align, size_t size) __asm__("__libc_memalign");

extern const char program_begin[] __asm__("__executable_start");
extern const char program_end[] __asm__("etext");

/* The sanitizer itself allocates before it is ready to check anything. */
#define UNCHECKED __attribute__((no_sanitize("address", "undefined")))

static atomic_bool armed;
static atomic_long seen, failing;
static bool all_from_there; /* or that one alone */
static bool only_own;       /* none of other libraries' allocations */

/* Counts an allocation; is it one to fail? */
UNCHECKED static bool fails(const void *caller)
{
	const char *at = caller;
	long nth;

	if (!atomic_load(&armed) ||
	    (only_own && (at < program_begin || at >= program_end)))
		return false;
	nth = atomic_fetch_add(&seen, 1);
	return all_from_there ? nth >= atomic_load(&failing)
			      : nth == atomic_load(&failing);
}

UNCHECKED void *malloc(size_t size)
{
	if (fails(__builtin_return_address(0)))
		return NULL;
	return sanitizer_malloc != NULL ? sanitizer_malloc(size)
					: system_malloc(size);
}

UNCHECKED void *calloc(size_t count, size_t size)
{
	if (fails(__builtin_return_address(0)))
		return NULL;
	return sanitizer_calloc != NULL ? sanitizer_calloc(count, size)
					: system_calloc(count, size);
}

UNCHECKED void *realloc(void *old, size_t size)
{
	if (fails(__builtin_return_address(0)))
		return NULL;
	return sanitizer_realloc != NULL ? sanitizer_realloc(old, size)
					 : system_realloc(old, size);
}

UNCHECKED void *aligned_alloc(size_t align, size_t size)
{
	if (fails(__builtin_return_address(0)))
		return NULL;
	return sanitizer_aligned_alloc != NULL
		       ? sanitizer_aligned_alloc(align, size)
		       : system_memalign(align, size);
}

/* ---- the audit ---- */

/* Requests of which the last ACKs are wrong, a payload that is resized, and
 * clones that nothing tells apart: every step has something to do. */
static struct made_audit small_captures(void)
{
	static const char script[] = "0.000 > S 0 id 1\n"
				     "0.010 < S. 0 ack 1 id 51\n"
				     "0.020 > . 1 ack 1 id 2\n"
				     "A0.030 > P. 1+100 ack 1 id 3\n"
				     "B0.030 > P. 1+104 ack 1 id 3\n"
				     "A0.040 > P. 101+50 ack 1 id 4\n"
				     "B0.040 > P. 105+50 ack 1 id 4 like 101\n"
				     "0.050 < P. 1+500 ack 1 id 52\n"
				     "A0.060 > . 151 ack 501 id 5\n"
				     "B0.060 > . 155 ack 77777 id 5\n"
				     "A0.070 > . 151 ack 501 id 6\n"
				     "B0.070 > . 155 ack 900000 id 6\n";
	struct made_audit m = captures_begin(2);

	for (uint32_t n = 0; n < 14; n++) {
		bool clone = n >= 4;
		struct view view = {.client_port = (uint16_t)(40000 + n),
				    .isn = {n * 99991u, n * 77777u},
				    .content = clone ? 0 : n + 1,
				    .clock_ns = clone ? 0 : n * 50 * MS};

		view.side = 'A';
		capture_script(&m.captures[0],
			       clone ? "0 > S 0\n1 > P. 1+9 ack 1\n" : script,
			       &view);
		view.side = 'B';
		view.client_port = (uint16_t)(9000 - n * 3);
		view.isn[0] += clone ? 1234567 * (n + 1) : 0;
		view.isn[1] += 54321;
		capture_script(&m.captures[1],
			       clone ? "0 > S 0\n1 > P. 1+9 ack 1\n" : script,
			       &view);
	}
	return m;
}

static enum nw_status write_reports(const struct nw_results *results, FILE *out,
				    struct nw_error *err)
{
	enum nw_status status = nw_report_json(results, out, err);

	return status == NW_OK ? nw_report_text(results, NULL, out, err)
			       : status;
}

/* All that a program does with the library. */
static enum nw_status audit_all(const struct made_file *files,
				const struct nw_options *options, FILE *out,
				struct nw_error *err)
{
	struct nw_audit *audit = nw_audit_new(options, err);
	enum nw_status status;

	if (audit == NULL)
		return err->status;
	status = audit_add_made(audit, files, 2, err);
	if (status == NW_OK)
		status = nw_audit_add_device(audit, "fw", "a", "b", err);
	if (status == NW_OK)
		status = nw_audit_run(audit, err);
	if (status == NW_OK)
		status = write_reports(nw_audit_results(audit), out, err);
	nw_audit_free(audit);
	return status;
}

/* What came of an audit. */
struct outcome {
	enum nw_status status;
	long allocations;
	uint32_t reports; /* print of their bytes */
};

static uint32_t print_of(FILE *file)
{
	static uint8_t bytes[1 << 20];
	size_t len;

	rewind(file);
	len = fread(bytes, 1, sizeof(bytes), file);
	assert_in_range(len, 1, sizeof(bytes) - 1);
	return fingerprint(bytes, len);
}

/* Audits with that allocation failing. */
static struct outcome audit_failing(const struct made_audit *m, long nth,
				    const struct nw_options *options)
{
	struct nw_error err = {0};
	struct made_file files[AUDIT_POINTS];
	struct outcome outcome = {0};
	FILE *out = tmpfile();

	assert_non_null(out);
	files_begin(m, files);
	atomic_store(&seen, 0);
	atomic_store(&failing, nth);
	atomic_store(&armed, true);
	outcome.status = audit_all(files, options, out, &err);
	atomic_store(&armed, false);
	outcome.allocations = atomic_load(&seen);
	if (outcome.status == NW_OK)
		outcome.reports = print_of(out);
	files_end(m, files);
	fclose(out);
	if (outcome.status != NW_OK && outcome.status != NW_ENOMEM)
		fail_msg("allocation %ld: status %d, %s", nth,
			 (int)outcome.status, err.text);
	if (outcome.status != err.status)
		fail_msg("allocation %ld: status %d, error %d, %s", nth,
			 (int)outcome.status, (int)err.status, err.text);
	return outcome;
}

static void fail_each(const struct nw_options *options, bool all)
{
	struct made_audit m = small_captures();
	struct outcome whole = audit_failing(&m, LONG_MAX, options);
	long refused = 0;

	assert_int_equal(whole.status, NW_OK);
	assert_in_range(whole.allocations, 50, 20000);
	all_from_there = all;
	for (long nth = 0; nth < whole.allocations; nth++) {
		struct outcome one = audit_failing(&m, nth, options);

		refused += one.status == NW_ENOMEM;
		/* No memory may be no error, but never another result. */
		if (one.status == NW_OK && one.reports != whole.reports)
			fail_msg("allocation %ld: another report", nth);
	}
	all_from_there = false;
	/* Nearly every allocation is one that the audit needs. */
	assert_true(refused > whole.allocations / 2);
	captures_end(&m);
}

static void each_allocation_fails_once(void **state)
{
	const struct nw_options options = {.threads = 1, .all_paths = true};

	(void)state;
	fail_each(&options, false);
}

static void memory_ends_for_good(void **state)
{
	const struct nw_options options = {.threads = 1, .max_findings = 1};

	(void)state;
	fail_each(&options, true);
}

/* With threads the n-th allocation is another one each time. The sanitizer
 * does not survive when its own part of a thread's start fails. */
static void threads_run_out_of_memory(void **state)
{
	const struct nw_options options = {.threads = 4};

	(void)state;
	if (sanitizer_malloc != NULL)
		skip();
	fail_each(&options, false);
}

/* libpcap's own compiler of filters (1.10.3) does not survive it. */
static void filters_run_out_of_memory(void **state)
{
	const struct nw_options options = {.threads = 1,
					   .filter = "tcp port 80"};

	(void)state;
	only_own = true;
	fail_each(&options, false);
	only_own = false;
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_allocation_fails_once),
		cmocka_unit_test(memory_ends_for_good),
		cmocka_unit_test(threads_run_out_of_memory),
		cmocka_unit_test(filters_run_out_of_memory),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
