/* Calls to Stripe that wait to be made. */
#include "domain/stripe_ops.h"
#include "support/jobs.h"
#include "unit.h"

static struct db_test t;
static struct jobs jobs;

static void set_up(void)
{
    jobs_test_open(&t, &jobs);
}

static void tear_down(void)
{
    jobs_close(&jobs);
    db_test_close(&t);
}

START_TEST(a_call_that_was_taken_back_is_never_made)
{
    const struct stripe_op_new new = { .kind = "pi",
        .subject_uid = "subject",
        .attempt = 1,
        .path = "/v1/payment_intents",
        .body = "amount=1" };
    struct stripe_op op;
    const char **uids;
    size_t n;
    struct ctx *c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(stripe_ops_add(c, &new, &op) == OK);
    ck_assert(stripe_ops_due(c, 2, &uids, &n) == OK);
    ck_assert_int_eq(n, 1);
    ck_assert(stripe_ops_withdraw(c, "pi", "subject", 1) == OK);
    ck_assert(stripe_ops_withdraw(c, "pi", "subject", 1) == R_CONFLICT);
    ck_assert(stripe_ops_due(c, 2, &uids, &n) == OK);
    ck_assert_int_eq(n, 0);
}
END_TEST

void unit_jobs_calls(Suite *s)
{
    TCase *tc = tcase_create("calls");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, a_call_that_was_taken_back_is_never_made);
    suite_add_tcase(s, tc);
}
