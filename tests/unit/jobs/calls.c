/* Calls to Stripe that wait to be made. */
#include <stdio.h>
#include <string.h>

#include "domain/stripe_ops.h"
#include "support/jobs.h"
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

void unit_jobs_calls(Suite *s)
{
    TCase *tc = tcase_create("calls");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_call_that_was_taken_back_is_never_made);
    tcase_add_test(tc, without_a_usable_key_all_due_calls_are_one_line_a_minute);
    tcase_add_test(tc, with_the_key_put_right_calls_are_made_at_once);
    suite_add_tcase(s, tc);
}
