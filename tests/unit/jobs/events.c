/* The job that reads again what Stripe's events are about. */
#include "support/jobs.h"
#include "unit.h"

static struct db_test t;
static struct jobs jobs;

static void set_up(void)
{
    db_test_open(&t);
    t.app.conf.stripe_secret_key = "sk_test_x";
    t.app.conf.stripe_api_base = "http://127.0.0.1:1";
    jobs_test_begin(&t, &jobs);
}

static void tear_down(void)
{
    jobs_close(&jobs);
    db_test_close(&t);
}

static void receive(const char *id, const char *type)
{
    db_test_exec(&t,
        "INSERT INTO stripe_events (event_id, type, object_id, created, livemode,"
        " payload, received_at) VALUES (%Q, %Q, 're_1', 1, 0, '{}', %lld)",
        id, type, (long long)TEST_NOW_AT);
}

START_TEST(an_event_that_asks_for_nothing_is_done)
{
    receive("evt_1", "of.no_interest");
    jobs_run_once(&jobs);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT processed_at FROM stripe_events"), TEST_NOW_AT);
}
END_TEST

START_TEST(an_event_whose_object_cannot_be_read_waits_and_says_why)
{
    receive("evt_1", "refund.updated"); /* nobody answers where Stripe should be */
    jobs_run_once(&jobs);
    ck_assert_int_eq(db_test_int(&t, "SELECT tries FROM stripe_events WHERE "
                                     "processed_at IS NULL AND error <> ''"),
        1);
}
END_TEST

void unit_jobs_events(Suite *s)
{
    TCase *tc = tcase_create("events");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, an_event_that_asks_for_nothing_is_done);
    tcase_add_test(tc, an_event_whose_object_cannot_be_read_waits_and_says_why);
    suite_add_tcase(s, tc);
}
