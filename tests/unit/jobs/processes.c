/* Two processes that do the same jobs at the same time. */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "domain/refunds.h"
#include "support/jobs.h"
#include "support/money.h"
#include "unit.h"
#include "util/guard.h"

enum { PROCESSES = 2, ROUNDS = 4, PAUSE_S = 61 };

static struct money m;

static void set_up(void)
{
    money_open(&m);
}

static void tear_down(void)
{
    money_close(&m);
}

static void do_everything(void)
{
    struct jobs jobs;
    jobs_test_begin(&m.t, &jobs);
    jobs_run_once(&jobs);
    jobs_close(&jobs);
}

/* A round of everything, by all processes at once; then a minute passes. */
static void compete(void)
{
    pid_t pids[PROCESSES];
    db_test_end(&m.t);
    for (int i = 0; i < PROCESSES; i++) {
        pids[i] = fork();
        CHECK(pids[i] >= 0);
        if (pids[i] == 0) {
            do_everything();
            _exit(0);
        }
    }
    for (int i = 0; i < PROCESSES; i++) {
        int status = -1;
        ck_assert_int_eq(waitpid(pids[i], &status, 0), pids[i]);
        ck_assert_int_eq(status, 0);
    }
    money_later(&m, PAUSE_S);
}

static size_t at_stripe(const char *path)
{
    money_act(&m, 0);
    struct stripe_reply reply = stripe_box_call(&m.box, "GET", path, "limit=100");
    ck_assert(reply.outcome == STRIPE_OK);
    return json_get(reply.object, "data")->count;
}

START_TEST(matrix_20_two_processes_of_jobs_do_each_thing_once)
{
    money_book(&m, 7);
    money_act(&m, m.admin_id);
    ck_assert(refunds_give(m.c, m.booking_id, cents_of(1000), "kind", "key") == OK);
    money_after_the_end(&m, 86400);
    for (int i = 0; i < ROUNDS; i++)
        compete();
    ck_assert_int_eq(at_stripe("/v1/refunds"), 1);
    ck_assert_int_eq(at_stripe("/v1/transfers"), 1);
    ck_assert_int_eq(
        money_int(&m, "SELECT COUNT(*) FROM transfers WHERE state = 'sent'"), 1);
    ck_assert_int_eq(
        money_int(&m, "SELECT COUNT(*) FROM outbox WHERE state <> 'sent'"), 0);
    ck_assert_int_eq(money_int(&m, "SELECT COUNT(*) FROM stripe_ops WHERE state NOT IN"
                                   " ('done')"),
        0);
    money_check(&m);
}
END_TEST

START_TEST(an_open_dispute_is_read_again_each_day)
{
    struct payment p = money_payment(&m);
    money_sim(&m, "dispute", "do=open&payment_intent=%s", p.intent_id);
    money_listen(&m);
    db_test_end(&m.t);
    db_test_exec(&m.t, "UPDATE disputes SET due_by = 1");
    do_everything();
    ck_assert_int_eq(money_int(&m, "SELECT due_by FROM disputes"), 1);
    money_later(&m, 86401);
    db_test_end(&m.t);
    do_everything();
    ck_assert_int_gt(money_int(&m, "SELECT due_by FROM disputes"), 1);
    ck_assert_int_eq(
        money_int(&m, "SELECT updated_at FROM disputes"), m.t.app.fixed_now_at);
}
END_TEST

void unit_jobs_processes(Suite *s)
{
    TCase *tc = tcase_create("processes");
    if (stripe_box_missing("processes"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, matrix_20_two_processes_of_jobs_do_each_thing_once);
    tcase_add_test(tc, an_open_dispute_is_read_again_each_day);
    suite_add_tcase(s, tc);
}
