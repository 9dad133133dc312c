/* How far the job has asked Stripe for events that no webhook brought. */
#include <stdio.h>

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

/* Four days of which nobody told us, with more than fits into a page or a memory. */
START_TEST(matrix_28_an_outage_of_days_is_caught_up_page_by_page)
{
    enum { CUSTOMERS = 1000, DAYS_S = 4 * 86400, PER_PAGE = 20 };
    int64_t first_at = t.app.fixed_now_at;
    struct ctx *c = db_test_begin(&t, DB_READ, 0);
    for (int i = 0; i < CUSTOMERS; i++)
        ck_assert(
            stripe_box_call(&box, "POST", "/v1/customers", "").outcome == STRIPE_OK);
    ck_assert(stripe_box_call(&box, "POST", "/_sim/clock",
                  ctx_printf(c, "advance=%lld", (long long)DAYS_S))
                  .outcome == STRIPE_OK);
    db_test_end(&t);
    db_test_exec(&t,
        "INSERT INTO jobs (name, next_at, cursor_at) VALUES ('sweep', 0, %lld)",
        (long long)first_at);
    jobs.app.fixed_now_at += DAYS_S;
    jobs_run_once(&jobs);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM stripe_events"), CUSTOMERS);
    ck_assert_int_eq(cursor_at(), first_at + DAYS_S);
    ck_assert_int_eq(db_test_int(&t,
                         "SELECT COUNT(*) FROM jobs WHERE name = 'sweep' AND place = ''"
                         " AND done >= %d",
                         CUSTOMERS / PER_PAGE),
        1);
}
END_TEST

START_TEST(a_look_that_was_broken_off_goes_on_where_it_was)
{
    struct ctx *c = db_test_begin(&t, DB_READ, 0);
    const char *last = NULL;
    for (int i = 0; i < 3; i++)
        ck_assert(
            stripe_box_call(&box, "POST", "/v1/customers", "").outcome == STRIPE_OK);
    struct stripe_reply reply = stripe_box_call(&box, "GET", "/v1/events", "limit=1");
    last = json_text(reply.object, "data[0].id");
    ck_assert_ptr_nonnull(last);
    char kept[64];
    snprintf(kept, sizeof kept, "%s", last);
    ck_assert_ptr_nonnull(c);
    db_test_end(&t);
    db_test_exec(&t,
        "INSERT INTO jobs (name, next_at, place, began_at) VALUES ('sweep', 0, %Q, "
        "%lld)",
        kept, (long long)t.app.fixed_now_at);
    jobs_run_once(&jobs);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM stripe_events"), 2);
    ck_assert_int_eq(cursor_at(), t.app.fixed_now_at);
    db_test_exec(&t, "UPDATE jobs SET place = 'evt_gone' WHERE name = 'sweep'");
    jobs_run_once(&jobs);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM stripe_events"), 3);
}
END_TEST

void unit_jobs_sweep(Suite *s)
{
    TCase *tc = tcase_create("sweep");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    if (!stripe_box_missing("sweep")) {
        tcase_add_test(tc, the_cursor_moves_when_all_events_were_seen_and_only_then);
        tcase_add_test(tc, matrix_28_an_outage_of_days_is_caught_up_page_by_page);
        tcase_add_test(tc, a_look_that_was_broken_off_goes_on_where_it_was);
    }
    suite_add_tcase(s, tc);
}
