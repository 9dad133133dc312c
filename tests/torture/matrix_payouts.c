/* Rows 20 to 22 of the failure matrix: a host's money leaves. */
#include "torture.h"

#include "torture/visits.h"

#include <sys/wait.h>
#include <unistd.h>

#include "util/guard.h"
#include "util/text.h"

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
    enum { MINUTES_MAX = 10 };
    world_rest();
    /* The site's own jobs may have been at it, with nothing written down yet. */
    for (int i = 0; i < MINUTES_MAX && transfers() == 0; i++) {
        world_later(MINUTE_S);
        world_rest();
    }
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

static const char *of_call(int64_t attempt, const char *column)
{
    return look_text(world.arena,
        "SELECT %s FROM stripe_ops o JOIN transfers t ON t.uid = o.subject_uid"
        " WHERE t.booking_id = %lld AND o.kind = 'xfer' AND o.attempt = %lld",
        column, (long long)v.id, (long long)attempt);
}

/* Stripe failed, and says so again to everybody who asks with this key: it says nothing
 * new for a day. So ten seconds after it has said so a second time we read the list of
 * transfers of this booking's group, and what is not in it never was.
 *
 * This takes for granted that a request whose failure is replayed has ended (while it
 * runs Stripe answers 409, idempotency_key_in_use), and that ten seconds later the list
 * has all that it did. The sandbox's list has it at once. */
START_TEST(matrix_21_a_failure_that_stripe_remembers_is_tried_anew_when_none_is_found)
{
    enum { PAUSE_S = 10, TRY_S = 2, TRIES_MAX = 60 };
    int64_t replayed_at = 0;
    world_fault("POST /v1/transfers", "500_cached", 1);
    world_to_payout(&v, MINUTE_S);
    for (int i = 0; i < TRIES_MAX && !text_is(of_call(1, "lost"), "1"); i++) {
        replayed_at = world_now(); /* or later */
        world_jobs();
        world_later(TRY_S);
    }
    ck_assert_str_eq(of_call(1, "lost"), "1");
    ck_assert_str_eq(of_call(1, "tries > 1"), "1");
    ck_assert_int_ge(
        look_int("SELECT %s", of_call(1, "o.next_at")), replayed_at + PAUSE_S - TRY_S);
    world_later(PAUSE_S);
    world_await_some("SELECT COUNT(*) FROM stripe_ops o JOIN transfers t ON t.uid ="
                     " o.subject_uid WHERE t.booking_id = %lld AND o.attempt = 1"
                     " AND o.state = 'rejected' AND o.err_code = 'absent'",
        (long long)v.id);
    check_paid_once();
    ck_assert_str_eq(of_call(2, "o.state"), "done");
    ck_assert_ptr_null(of_call(3, "o.state"));
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
