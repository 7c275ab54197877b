/* SPDX-License-Identifier: MIT
 *
 * A device that rewrites payload, such as an FTP helper: what follows stands
 * elsewhere in the stream.
 */
#include "step.h"

#include "hops.h"

#define HANDSHAKE                                                              \
	"0.000 > S 0\n"                                                        \
	"0.010 < S. 0 ack 1\n"                                                 \
	"0.020 > . 1 ack 1\n"
/* PORT 192,168,... grows by six bytes. */
#define PORT                                                                   \
	"0.030 > P. 1+20 ack 1\n"                                              \
	"A0.040 > P. 21+24 ack 1 fill 1\n"                                     \
	"B0.040 > P. 21+30 ack 1 fill 2\n"
static const struct view before = {.isn = {1000, 5000}};
static const struct view behind = {.isn = {9000, 70}, .transit_ns = MS};

/* What follows is the same, elsewhere. */
#define MORE                                                                   \
	"A0.050 > P. 45+33 ack 1\n"                                            \
	"B0.050 > P. 51+33 ack 1 like 45\n"
#define FINISH                                                                 \
	"A0.050 > F. 45 ack 1\n"                                               \
	"B0.050 > F. 51 ack 1\n"                                               \
	"A0.060 < . 1 ack 46\n"                                                \
	"B0.060 < . 1 ack 52\n"

static void find(struct made_hop *h, const char *script, struct steps *steps)
{
	hop_of_script(h, script, &before, &behind);
	assert_true(translation_find_bases(&h->hop, 1));
	assert_true(steps_find(&h->hop, steps));
}

static void a_resized_segment_is_a_step(void **state)
{
	struct made_hop h;
	struct steps steps = {0};
	const struct step *step;

	(void)state;
	find(&h, HANDSHAKE PORT FINISH, &steps);
	assert_int_equal(steps.list[0].count, 1);
	assert_int_equal(steps.list[1].count, 0);
	step = steps.list[0].items;
	assert_int_equal(step->in_at, 45);
	assert_int_equal(step->out_at, 51);
	assert_int_equal(step->shift, 6);
	steps_fini(&steps);
	hop_end(&h);
}

/* Applied, the far side's offsets are the near side's; undone, they are what
 * they were. ACKs of the stream move along, in the other direction. */
static void applying_and_undoing(void **state)
{
	struct made_hop h;
	struct steps steps = {0};
	const struct trace_item *a, *b;
	size_t count;

	(void)state;
	find(&h, HANDSHAKE PORT FINISH, &steps);
	a = h.traces[0].items.items;
	b = h.traces[1].items.items;
	count = h.traces[0].items.count;
	assert_int_equal(count, h.traces[1].items.count);
	steps_apply(&h.hop, &steps);
	for (size_t i = 0; i < count; i++) {
		assert_int_equal(a[i].seq, b[i].seq);
		assert_int_equal(a[i].ack, b[i].ack);
	}
	steps_undo(&h.hop, &steps);
	assert_int_equal(b[count - 2].seq, 51);
	assert_int_equal(b[count - 1].ack, 52);
	assert_int_equal(a[count - 1].ack, 46);
	steps_fini(&steps);
	hop_end(&h);
}

/* The ACK of a resized segment's end counts as behind the step, one in the
 * middle of it as before. */
static void acks_around_a_step(void **state)
{
	struct made_hop h;
	struct steps steps = {0};
	const struct trace_item *b;

	(void)state;
	find(&h,
	     HANDSHAKE PORT "0.045 < . 1 ack 21\n"
			    "A0.046 < . 1 ack 45\n"
			    "B0.046 < . 1 ack 51\n"
			    "B0.047 < . 1 ack 48\n" FINISH,
	     &steps);
	assert_int_equal(steps.list[0].count, 1);
	steps_apply(&h.hop, &steps);
	b = h.traces[1].items.items;
	assert_int_equal(b[5].ack, 21);
	assert_int_equal(b[6].ack, 45);
	assert_int_equal(b[7].ack, 48);
	steps_fini(&steps);
	hop_end(&h);
}

static const struct {
	const char *words, *script;
	size_t steps[2];
	int64_t shift; /* in all */
} step_cases[] = {
	{"nothing happens",
	 HANDSHAKE "0.03 > P. 1+20 ack 1\n0.04 > F. 21 ack 1\n",
	 {0, 0},
	 0},
	{"it shrinks",
	 HANDSHAKE "A0.03 > P. 1+20 ack 1\n"
		   "B0.03 > P. 1+12 ack 1\n"
		   "A0.04 > F. 21 ack 1\n"
		   "B0.04 > F. 13 ack 1\n",
	 {1, 0},
	 -8},
	{"in the server's stream",
	 HANDSHAKE "A0.03 < P. 1+26 ack 1\n"
		   "B0.03 < P. 1+20 ack 1\n"
		   "A0.04 < F. 27 ack 1\n"
		   "B0.04 < F. 21 ack 1\n",
	 {0, 1},
	 6},
	{"two segments became one",
	 HANDSHAKE "A0.03 > P. 1+20 ack 1\n"
		   "A0.031 > P. 21+20 ack 1\n"
		   "B0.031 > P. 1+40 ack 1\n"
		   "0.04 > F. 41 ack 1\n",
	 {0, 0},
	 0},
	{"one became two, and the last one is lost behind",
	 HANDSHAKE "A0.03 > P. 1+40 ack 1\n"
		   "B0.03 > P. 1+20 ack 1\n"
		   "B0.031 > P. 21+20 ack 1\n"
		   "A0.04 > P. 41+20 ack 1\n",
	 {0, 0},
	 0},
	{"a retransmission of the old form changes nothing",
	 HANDSHAKE PORT "A0.045 > P. 21+24 ack 1 fill 1\n"
			"B0.045 > P. 21+30 ack 1 fill 2\n" FINISH,
	 {1, 0},
	 6},
	{"the next request tells, too", HANDSHAKE PORT MORE, {1, 0}, 6},
	{"another request does not",
	 HANDSHAKE PORT "A0.050 > P. 45+33 ack 1\n"
			"B0.050 > P. 51+33 ack 1\n",
	 {0, 0},
	 0},
	{"two, one after the other",
	 HANDSHAKE PORT MORE "A0.060 > P. 78+10 ack 1\n"
			     "B0.060 > P. 84+7 ack 1\n"
			     "A0.070 > F. 88 ack 1\n"
			     "B0.070 > F. 91 ack 1\n",
	 {2, 0},
	 3},
	{"nothing follows that would tell", HANDSHAKE PORT, {0, 0}, 0},
};

static void what_is_and_what_is_no_step(void **state)
{
	(void)state;
	for (size_t i = 0; i < COUNT(step_cases); i++) {
		struct made_hop h;
		struct steps steps = {0};

		find(&h, step_cases[i].script, &steps);
		for (int d = 0; d < 2; d++) {
			if (steps.list[d].count != step_cases[i].steps[d])
				fail_msg("%s: %zu steps", step_cases[i].words,
					 steps.list[d].count);
			if (steps.list[d].count > 0)
				assert_int_equal(
					steps.list[d]
						.items[steps.list[d].count - 1]
						.shift,
					step_cases[i].shift);
		}
		steps_fini(&steps);
		hop_end(&h);
	}
}

/* Steps of one path are gone when the next one is looked at. */
static void steps_are_used_again(void **state)
{
	struct made_hop h;
	struct steps steps = {0};

	(void)state;
	find(&h, HANDSHAKE PORT FINISH, &steps);
	hop_end(&h);
	find(&h, HANDSHAKE, &steps);
	assert_int_equal(steps.list[0].count, 0);
	hop_end(&h);
	steps_fini(&steps);
}

int main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_resized_segment_is_a_step),
		cmocka_unit_test(applying_and_undoing),
		cmocka_unit_test(acks_around_a_step),
		cmocka_unit_test(what_is_and_what_is_no_step),
		cmocka_unit_test(steps_are_used_again),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
