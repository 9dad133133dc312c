/* Calls to Stripe that wait to be made. */
#include <stdio.h>
#include <string.h>

#include "domain/stripe_ops.h"
#include "support/jobs.h"
#include "support/stripe_box.h"
#include "unit.h"

static struct db_test t;
static struct jobs jobs;

static void set_up(void)
{
    jobs_test_open(&t, &jobs);
}

static bool no_pause(int ms)
{
    return ms < 0;
}

static void tear_down(void)
{
    jobs_close(&jobs);
    db_test_close(&t);
}

static struct ctx *want_call(const char *subject_uid)
{
    const struct stripe_op_new new = { .kind = "pi",
        .subject_uid = subject_uid,
        .attempt = 1,
        .path = "/v1/payment_intents",
        .body = "amount=1" };
    struct stripe_op op;
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(stripe_ops_add(c, &new, &op) == OK);
    return c;
}

START_TEST(a_call_that_was_taken_back_is_never_made)
{
    const char **uids;
    size_t n;
    struct ctx *c = want_call("subject");
    ck_assert(stripe_ops_due(c, 2, &uids, &n) == OK);
    ck_assert_int_eq(n, 1);
    ck_assert(stripe_ops_withdraw(c, "pi", "subject", 1) == OK);
    ck_assert(stripe_ops_withdraw(c, "pi", "subject", 1) == R_CONFLICT);
    ck_assert(stripe_ops_due(c, 2, &uids, &n) == OK);
    ck_assert_int_eq(n, 0);
}
END_TEST

/* A second later, for a minute and a half. */
static bool pass_90_seconds(int ms)
{
    static int seconds;
    jobs.app.fixed_now_at++;
    return ms > 0 && ++seconds < 90;
}

START_TEST(without_a_usable_key_all_due_calls_are_one_line_a_minute)
{
    char path[128], line[1024];
    int errors = 0, warnings = 0;
    ck_assert(db_commit(want_call("subject")->db) == OK);
    ck_assert(db_commit(want_call("another")->db) == OK);
    db_test_end(&t);
    snprintf(path, sizeof path, "%s/log", t.dir);
    ck_assert_ptr_nonnull(freopen(path, "w", stderr));
    jobs_run(&jobs, pass_90_seconds);
    fflush(stderr);
    FILE *f = fopen(path, "r");
    ck_assert_ptr_nonnull(f);
    while (fgets(line, sizeof line, f) != NULL) {
        errors += strstr(line, "\"level\":\"error\"") != NULL;
        warnings += strstr(line, "\"level\":\"warn\"") != NULL;
    }
    fclose(f);
    ck_assert_int_eq(errors, 2);
    ck_assert_int_eq(warnings, 0);
    ck_assert_int_eq(
        db_test_int(
            &t, "SELECT COUNT(*) FROM jobs WHERE name = 'calls' AND last_error <> ''"),
        1);
}
END_TEST

START_TEST(with_the_key_put_right_calls_are_made_at_once)
{
    ck_assert(db_commit(want_call("subject")->db) == OK);
    db_test_end(&t);
    jobs_run(&jobs, no_pause);
    jobs.app.conf.stripe_secret_key = "sk_test_x";
    jobs.app.conf.stripe_api_base = "http://127.0.0.1:1";
    jobs.app.fixed_now_at++;
    jobs_run(&jobs, no_pause);
    ck_assert_int_eq(db_test_int(&t, "SELECT tries FROM stripe_ops"), 1);
}
END_TEST

/* ---- a key that Stripe refuses, at the sandbox ---- */

enum { CALLS = 5 };

static struct stripe_box box;

static void set_up_box(void)
{
    static const char *const uids[CALLS] = { "u1", "u2", "u3", "u4", "u5" };
    db_test_open(&t);
    stripe_box_open(&box, &t);
    for (int i = 0; i < CALLS; i++) {
        const struct stripe_op_new new = { .kind = "cus",
            .subject_uid = uids[i],
            .attempt = 1,
            .path = "/v1/customers",
            .body = "" };
        struct stripe_op op;
        struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
        ck_assert(db_begin(c->db) == OK);
        ck_assert(stripe_ops_add(c, &new, &op) == OK);
        ck_assert(db_commit(c->db) == OK);
    }
    make_user(&t, "admin");
    db_test_end(&t);
    db_test_exec(&t,
        "INSERT INTO stripe_events (event_id, type, object_id, created, livemode,"
        " payload, received_at) VALUES ('evt_1', 'refund.updated', 're_1', 1, 0, '{}', "
        "1)");
    t.app.conf.stripe_secret_key = "sk_test_expired";
    jobs_test_begin(&t, &jobs);
}

static void tear_down_box(void)
{
    jobs_close(&jobs);
    stripe_box_close(&box);
    db_test_close(&t);
}

static int64_t count(const char *what)
{
    return db_test_int(&t, "SELECT COUNT(*) FROM %s", what);
}

static int seconds_left;

static bool pass_seconds(int ms)
{
    jobs.app.fixed_now_at++;
    return ms > 0 && --seconds_left > 0;
}

static void run_for(int seconds)
{
    seconds_left = seconds;
    jobs_run(&jobs, pass_seconds);
}

START_TEST(a_key_that_stripe_refuses_is_tried_once_a_minute_and_burns_no_try)
{
    run_for(50);
    ck_assert_int_eq(count("stripe_ops WHERE http_status = 401"), 1);
    ck_assert_int_eq(count("stripe_ops WHERE state = 'queued' AND tries = 0"
                           " AND first_sent_at IS NULL"),
        CALLS);
    ck_assert_int_eq(
        count("stripe_events WHERE tries = 0 AND processed_at IS NULL"), 1);
    ck_assert_int_eq(count("jobs WHERE last_error <> ''"), 1);
    run_for(40);
    ck_assert_int_eq(count("stripe_ops WHERE http_status = 401"), 2);
    ck_assert_int_eq(count("stripe_ops WHERE tries = 0"), CALLS);
}
END_TEST

START_TEST(that_stripe_refuses_our_key_is_told_once_until_it_takes_it_again)
{
    run_for(150);
    ck_assert_int_eq(count("notices WHERE kind = 'stripe_refused'"), 1);
    db_test_exec(&t, "UPDATE notices SET read_at = 1");
    run_for(100);
    ck_assert_int_eq(count("notices WHERE kind = 'stripe_refused'"), 1);
    jobs.app.conf.stripe_secret_key = "sk_test_box";
    run_for(100);
    ck_assert_int_eq(count("stripe_ops WHERE state = 'done'"), CALLS);
    ck_assert_int_eq(count("audit WHERE action = 'stripe.refused'"), 1);
    ck_assert_int_eq(count("audit WHERE action = 'stripe.accepted'"), 1);
    db_test_exec(&t, "UPDATE stripe_ops SET state = 'queued', next_at = 0");
    jobs.app.conf.stripe_secret_key = "sk_test_expired";
    run_for(10);
    ck_assert_int_eq(count("notices WHERE kind = 'stripe_refused'"), 2);
}
END_TEST

void unit_jobs_calls(Suite *s)
{
    TCase *tc = tcase_create("calls");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_call_that_was_taken_back_is_never_made);
    tcase_add_test(tc, without_a_usable_key_all_due_calls_are_one_line_a_minute);
    tcase_add_test(tc, with_the_key_put_right_calls_are_made_at_once);
    suite_add_tcase(s, tc);
    if (stripe_box_missing("a refused key"))
        return;
    tc = tcase_create("refused");
    tcase_add_checked_fixture(tc, set_up_box, tear_down_box);
    tcase_set_timeout(tc, 60);
    tcase_add_test(
        tc, a_key_that_stripe_refuses_is_tried_once_a_minute_and_burns_no_try);
    tcase_add_test(
        tc, that_stripe_refuses_our_key_is_told_once_until_it_takes_it_again);
    suite_add_tcase(s, tc);
}
