/* Rows 20 to 22 of the failure matrix: a host's money leaves. */
#include "torture.h"

#include "torture/visits.h"

#include <sys/wait.h>
#include <unistd.h>

#include "util/guard.h"

static struct place place;
static struct visit v;

static void set_up(void)
{
    place = world_place();
    v = world_stay(&place);
    world_rest();
}

static int64_t transfers(void)
{
    return look_int("SELECT COUNT(*) FROM st_transfers WHERE uid = %Q", v.uid);
}

static void check_paid_once(void)
{
    world_rest();
    ck_assert_int_eq(transfers(), 1);
    ck_assert_int_eq(look_int("SELECT s.amount = b.host_cents FROM st_transfers s"
                              " JOIN bookings b ON b.uid = s.uid WHERE s.uid = %Q",
                         v.uid),
        1);
    ck_assert_int_eq(
        look_int(
            "SELECT COUNT(*) FROM transfers WHERE booking_id = %lld AND state = 'sent'",
            (long long)v.id),
        1);
}

START_TEST(matrix_20_a_payout_is_not_a_minute_too_early)
{
    world_to_payout(&v, -2 * MINUTE_S);
    world_jobs();
    ck_assert_str_eq(world_state(&v), "completed");
    ck_assert_int_eq(transfers(), 0);
    world_to_payout(&v, MINUTE_S);
    check_paid_once();
}
END_TEST

START_TEST(matrix_20_four_processes_that_pay_at_once_pay_once)
{
    enum { OTHERS = 3 };
    pid_t pids[OTHERS];
    world_to_payout(&v, MINUTE_S);
    for (int i = 0; i < OTHERS; i++) {
        pids[i] = fork();
        CHECK(pids[i] >= 0);
        if (pids[i] == 0) {
            stack_tool(&stack, "jobs", "--once");
            _exit(0);
        }
    }
    for (int i = 0; i < OTHERS; i++)
        ck_assert(waitpid(pids[i], NULL, 0) == pids[i]);
    check_paid_once();
}
END_TEST

static const char *const deaths[] = {
    "transfers.after_claim:kill prep-jobs",
    "calls.before_send:kill prep-jobs",
    "calls.after_send:kill prep-jobs",
};

START_TEST(matrix_20_a_process_that_dies_while_it_pays_leaves_one_transfer)
{
    world_order(deaths[_i]);
    world_to_payout(&v, MINUTE_S);
    world_await_order();
    check_paid_once();
}
END_TEST

/* Stripe failed, and says so again to everybody who asks with this key. */
START_TEST(matrix_21_a_failure_that_stripe_remembers_is_tried_anew_when_none_is_found)
{
    world_fault("POST /v1/transfers", "500_cached", 1);
    world_to_payout(&v, MINUTE_S);
    for (int i = 0; i < 20 && look_int("SELECT COUNT(*) FROM stripe_ops"
                                       " WHERE kind = 'xfer' AND tries > 1"
                                       " AND state = 'unknown'") == 0;
         i++) {
        world_jobs();
        world_later(MINUTE_S);
    }
    ck_assert_int_eq(transfers(), 0);
    ck_assert_int_eq(
        look_int("SELECT COUNT(*) FROM stripe_ops o JOIN transfers t ON t.uid ="
                 " o.subject_uid WHERE t.booking_id = %lld AND o.state = 'unknown'",
            (long long)v.id),
        1);
    world_later(DAY_S);
    check_paid_once();
}
END_TEST

/* The transfer is there, and nobody has told us of it: neither the answer nor its
 * event. */
START_TEST(matrix_21_a_transfer_whose_answer_is_lost_for_a_day_is_found)
{
    world_sim("/_sim/webhooks", "drop=1000&type=transfer.");
    world_fault("POST /v1/transfers", "reset_mid_body", 1);
    world_fault("POST /v1/transfers", "503", 10000);
    world_to_payout(&v, MINUTE_S);
    for (int i = 0; i < 20 && transfers() == 0; i++) {
        world_jobs();
        world_later(MINUTE_S);
    }
    ck_assert_int_eq(transfers(), 1);
    world_fault("GET /v1/events", "503", 10000);
    world_later(DAY_S);
    check_paid_once();
}
END_TEST

START_TEST(matrix_22_a_host_who_cannot_be_paid_is_told_and_paid_when_he_can_be)
{
    world_sim("/_sim/webhooks", "drop=1&type=account.updated");
    world_sim("/_sim/act/capability", "account=%s&transfers=inactive", place.account);
    world_to_payout(&v, MINUTE_S);
    world_rest();
    ck_assert_int_eq(transfers(), 0);
    ck_assert_int_eq(look_int("SELECT COUNT(*) FROM transfers WHERE booking_id = %lld"
                              " AND state = 'held' AND held_for = 'account'",
                         (long long)v.id),
        1);
    ck_assert_int_eq(look_int("SELECT COUNT(*) FROM notices WHERE user_id = %lld"
                              " AND kind = 'transfer_held'",
                         (long long)place.host.id),
        1);
    world_sim("/_sim/webhooks", "drop=0&type=");
    world_sim("/_sim/act/capability", "account=%s&transfers=active", place.account);
    world_await_some("SELECT transfers_active FROM host_accounts WHERE user_id = %lld",
        (long long)place.host.id);
    check_paid_once();
}
END_TEST

void torture_matrix_payouts(Suite *s)
{
    TCase *t = world_tcase(s, "payouts");
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_test(t, matrix_20_a_payout_is_not_a_minute_too_early);
    tcase_add_test(t, matrix_20_four_processes_that_pay_at_once_pay_once);
    tcase_add_loop_test(t,
        matrix_20_a_process_that_dies_while_it_pays_leaves_one_transfer, 0,
        COUNT_OF(deaths));
    tcase_add_test(
        t, matrix_21_a_failure_that_stripe_remembers_is_tried_anew_when_none_is_found);
    tcase_add_test(t, matrix_21_a_transfer_whose_answer_is_lost_for_a_day_is_found);
    tcase_add_test(
        t, matrix_22_a_host_who_cannot_be_paid_is_told_and_paid_when_he_can_be);
}
