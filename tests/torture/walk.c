/* A random walk over all that happens to bookings and their money: whatever comes, in
 * whatever order, what must be true is true. PREP_STEPS and PREP_SEED choose how far
 * and which way; the same seed takes the same steps, though not all at the same moment
 * of the processes that they meet. */
#include "torture.h"

#include "torture/walk_people.h"
#include "torture/walk_steps.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "torture/visits.h"
#include "util/rand.h"
#include "util/text.h"

enum { STEPS = 10000, CHECK_EVERY = 100, REST_EVERY = 1000, END_DAYS = 16 };

static int64_t setting(const char *name, int64_t otherwise)
{
    int64_t n = otherwise;
    const char *text = getenv(name);
    ck_assert_msg(
        text == NULL || text_int(text, 0, INT64_MAX, &n), "%s is no number", name);
    return n;
}

static const struct walk_step *choose(void)
{
    int64_t whole = 0;
    for (size_t i = 0; i < walk_step_count; i++)
        whole += walk_steps[i].weight;
    int64_t at = walk_below(whole);
    const struct walk_step *step = walk_steps;
    while ((at -= step->weight) >= 0)
        step++;
    return step;
}

/* No worker has ended but by an order, no page has failed, none asked too much. */
static void check_line(const char *line, size_t n)
{
    static const char *const bad[] = { "\"how\":\"signal ABRT\"",
        "\"how\":\"signal SEGV\"", "\"status\":500,\"result\"", "\"over_budget\"" };
    for (size_t i = 0; i < sizeof bad / sizeof *bad; i++)
        ck_assert_msg(
            memmem(line, n, bad[i], strlen(bad[i])) == NULL, "%.*s", (int)n, line);
}

static void check_log(void)
{
    struct buf log;
    buf_init(&log, 1 << 30);
    stack_log_read(&stack, 0, &log);
    for (const char *line = log.at; *line != '\0';) {
        size_t n = strcspn(line, "\n");
        check_line(line, n);
        line += n + (line[n] == '\n');
    }
    buf_free(&log);
}

/* Everything that was begun ends: decided, over, paid out. */
static void end(void)
{
    walk_steps_decide();
    truth_check(TRUTH_AT_REST);
    for (int day = 0; day < END_DAYS; day++) {
        world_later(DAY_S);
        world_rest();
    }
    walk_steps_decide();
    for (int day = 0; day < 3;
         day++) { /* what is younger is not compared with Stripe's */
        world_later(DAY_S);
        world_rest();
    }
    truth_check(TRUTH_AT_END);
    check_log();
}

static void report(int64_t steps, int64_t seed)
{
    fprintf(stderr,
        "walk: %lld steps with PREP_SEED=%lld: %lld bookings, %lld charges, %lld "
        "refunds,"
        " %lld transfers, %lld reversals, %lld disputes, %lld events\n",
        (long long)steps, (long long)seed,
        (long long)look_int("SELECT COUNT(*) FROM bookings"),
        (long long)look_int(
            "SELECT COUNT(*) FROM st_charges WHERE status = 'succeeded'"),
        (long long)look_int("SELECT COUNT(*) FROM st_refunds"),
        (long long)look_int("SELECT COUNT(*) FROM st_transfers"),
        (long long)look_int("SELECT COUNT(*) FROM st_reversals"),
        (long long)look_int("SELECT COUNT(*) FROM st_disputes"),
        (long long)look_int("SELECT COUNT(*) FROM stripe_events"));
}

START_TEST(whatever_happens_in_whatever_order_the_money_is_where_it_belongs)
{
    int64_t steps = setting("PREP_STEPS", STEPS);
    int64_t seed = setting("PREP_SEED", rand_below(1000000));
    fprintf(stderr, "walk: PREP_SEED=%lld\n", (long long)seed);
    walk_seed(seed);
    walk_people_open();
    for (int64_t i = 1; i <= steps; i++) {
        choose()->take();
        if (i % REST_EVERY == 0) {
            world_rest();
            truth_check(TRUTH_AT_REST);
        } else if (i % CHECK_EVERY == 0) {
            truth_check(TRUTH_ALWAYS);
        }
        if (i % CHECK_EVERY == 0) {
            world_ctx(0);
            arena_reset(world.arena);
        }
    }
    end();
    report(steps, seed);
}
END_TEST

void torture_walk(Suite *s)
{
    TCase *t = world_own_tcase(s, "walk");
    tcase_set_timeout(t, 3600);
    tcase_add_test(t, whatever_happens_in_whatever_order_the_money_is_where_it_belongs);
}
