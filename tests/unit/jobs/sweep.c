/* How far the job has asked Stripe for events that no webhook brought. */
#include "support/jobs.h"
#include "support/stripe_box.h"
#include "unit.h"

static struct db_test t;
static struct stripe_box box;
static struct jobs jobs;

static void set_up(void)
{
    db_test_open(&t);
    stripe_box_open(&box, &t);
    db_test_end(&t);
    jobs_test_begin(&t, &jobs);
}

static void tear_down(void)
{
    jobs_close(&jobs);
    stripe_box_close(&box);
    db_test_close(&t);
}

static int64_t cursor_at(void)
{
    return db_test_int(&t, "SELECT cursor_at FROM jobs WHERE name = 'sweep'");
}

START_TEST(the_cursor_moves_when_all_events_were_seen_and_only_then)
{
    int64_t first_at = t.app.fixed_now_at;
    jobs_run_once(&jobs);
    ck_assert_int_eq(cursor_at(), first_at);
    jobs.app.fixed_now_at += 900;
    db_test_begin(&t, DB_READ, 0);
    stripe_box_fault(&box, "GET /v1/events", "503", 9);
    db_test_end(&t);
    jobs_run_once(&jobs);
    ck_assert_int_eq(cursor_at(), first_at);
    db_test_begin(&t, DB_READ, 0);
    stripe_box_heal(&box);
    db_test_end(&t);
    jobs_run_once(&jobs);
    ck_assert_int_eq(cursor_at(), first_at + 900);
}
END_TEST

void unit_jobs_sweep(Suite *s)
{
    TCase *tc = tcase_create("sweep");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    if (stripe_box_built())
        tcase_add_test(tc, the_cursor_moves_when_all_events_were_seen_and_only_then);
    suite_add_tcase(s, tc);
}
