/* The daily look at Stripe's books, as a job and on demand. */
#include <stdio.h>

#include "support/jobs.h"
#include "support/money.h"
#include "unit.h"

static struct money m;
static struct jobs jobs;

static void set_up(void)
{
    money_open(&m);
    db_test_end(&m.t);
    jobs_test_begin(&m.t, &jobs);
}

static void tear_down(void)
{
    jobs_close(&jobs);
    money_close(&m);
}

START_TEST(a_look_goes_on_until_its_end_and_the_next_one_reads_what_is_new)
{
    ck_assert(jobs_run_job(&jobs, "reconcile") == OK);
    ck_assert_int_eq(money_int(&m, "SELECT COUNT(*) FROM balance_transactions"), 1);
    ck_assert_int_eq(money_int(&m, "SELECT COUNT(*) FROM jobs WHERE name = 'reconcile'"
                                   " AND place = '' AND last_error = ''"),
        1);
    ck_assert_int_eq(
        money_int(&m, "SELECT cursor_at FROM jobs WHERE name = 'reconcile'"),
        jobs.app.fixed_now_at);
    money_book(&m, 7);
    money_later(&m, 86400);
    db_test_end(&m.t);
    jobs.app.fixed_now_at = m.t.app.fixed_now_at;
    jobs_run_once(&jobs);
    ck_assert_int_eq(money_int(&m, "SELECT COUNT(*) FROM balance_transactions"), 2);
    ck_assert_int_eq(money_int(&m, "SELECT COUNT(*) FROM differences"), 0);
}
END_TEST

START_TEST(a_look_that_stripe_breaks_off_keeps_its_place)
{
    money_act(&m, 0);
    stripe_box_fault(&m.box, "GET /v1/transfers", "503", 1);
    db_test_end(&m.t);
    ck_assert(jobs_run_job(&jobs, "reconcile") == R_UPSTREAM);
    ck_assert_int_eq(money_int(&m, "SELECT COUNT(*) FROM jobs WHERE name = 'reconcile'"
                                   " AND place <> '' AND cursor_at = 0"),
        1);
    ck_assert(jobs_run_job(&jobs, "reconcile") == OK);
    ck_assert_int_eq(money_int(&m, "SELECT COUNT(*) FROM jobs WHERE name = 'reconcile'"
                                   " AND place = '' AND cursor_at > 0"),
        1);
}
END_TEST

START_TEST(one_that_another_process_does_is_left_to_it)
{
    db_test_exec(&m.t,
        "INSERT INTO jobs (name, lease_owner, lease_until, next_at)"
        " VALUES ('reconcile', 'another', %lld, 0)",
        (long long)m.t.app.fixed_now_at + 60);
    ck_assert(jobs_run_job(&jobs, "reconcile") == R_BUSY);
    ck_assert(jobs_run_job(&jobs, "no such job") == R_NOT_FOUND);
}
END_TEST

void unit_jobs_reconcile(Suite *s)
{
    TCase *tc = tcase_create("reconcile");
    if (stripe_box_missing("reconcile"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_look_goes_on_until_its_end_and_the_next_one_reads_what_is_new);
    tcase_add_test(tc, a_look_that_stripe_breaks_off_keeps_its_place);
    tcase_add_test(tc, one_that_another_process_does_is_left_to_it);
    suite_add_tcase(s, tc);
}
