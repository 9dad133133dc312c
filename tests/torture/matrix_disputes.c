/* Rows 23 and 24 of the failure matrix: a bank takes a payment back. */
#include "torture.h"

#include "torture/visits.h"

#include "util/rand.h"

static struct place place;
static struct visit v;

static void set_up(void)
{
    place = world_place();
}

static int64_t host_cents(void)
{
    return look_int("SELECT host_cents FROM bookings WHERE id = %lld", (long long)v.id);
}

/* What the host has of this booking at Stripe. */
static int64_t with_the_host(void)
{
    return look_int("SELECT COALESCE(SUM(amount - reversed), 0) FROM st_transfers"
                    " WHERE uid = %Q",
        v.uid);
}

static int64_t debt(void)
{
    return look_int("SELECT balance_cents FROM ledger_totals WHERE account ="
                    " 'host_receivable' AND host_id = %lld",
        (long long)place.host.id);
}

static const char *opened(const char *status)
{
    const struct json *j =
        world_sim("/_sim/act/dispute", "do=open&charge=%s&status=%s", v.charge, status);
    return json_text(j, "id");
}

static void act(const char *dispute, const char *what)
{
    world_sim("/_sim/act/dispute", "dispute=%s&%s", dispute, what);
}

START_TEST(matrix_23_a_dispute_before_the_payout_freezes_it_until_it_is_won)
{
    v = world_stay(&place);
    const char *dispute = opened("needs_response");
    world_rest();
    ck_assert_int_eq(
        look_int("SELECT disputed FROM bookings WHERE id = %lld", (long long)v.id), 1);
    ck_assert_int_eq(world_cancel(&v, NULL), 409);
    world_to_payout(&v, 5 * DAY_S);
    world_rest();
    ck_assert_int_eq(with_the_host(), 0);
    act(dispute, "do=close&status=won");
    world_rest();
    world_later(MINUTE_S);
    world_rest();
    ck_assert_int_eq(with_the_host(), host_cents());
}
END_TEST

START_TEST(matrix_23_a_dispute_that_is_lost_before_the_payout_leaves_the_host_nothing)
{
    v = world_stay(&place);
    const char *dispute = opened("needs_response");
    world_rest();
    act(dispute, "do=close&status=lost");
    world_to_payout(&v, 5 * DAY_S);
    world_rest();
    ck_assert_int_eq(with_the_host(), 0);
    ck_assert_int_eq(debt(), 0);
}
END_TEST

START_TEST(matrix_23_a_dispute_after_the_payout_takes_it_back)
{
    v = world_paid_out(&place);
    ck_assert_int_eq(with_the_host(), host_cents());
    const char *dispute = opened("needs_response");
    world_rest();
    ck_assert_int_eq(with_the_host(), 0);
    act(dispute, "do=close&status=lost");
    world_rest();
    ck_assert_int_eq(with_the_host(), 0);
    ck_assert_int_eq(debt(), 0);
}
END_TEST

START_TEST(matrix_23_news_that_a_dispute_is_closed_may_come_before_that_it_was_opened)
{
    v = world_paid_out(&place);
    world_sim("/_sim/webhooks", "pause=true");
    const char *dispute = opened("needs_response");
    act(dispute, "do=update&status=under_review");
    act(dispute, "do=close&status=lost");
    world_sim("/_sim/webhooks", "pause=false&reorder=true");
    world_rest();
    ck_assert_str_eq(look_text(world.arena,
                         "SELECT status FROM disputes WHERE dispute_id = %Q", dispute),
        "lost");
    ck_assert_int_eq(with_the_host(), 0);
}
END_TEST

START_TEST(matrix_23_a_lost_dispute_that_is_won_after_all_pays_the_host_again_once)
{
    v = world_paid_out(&place);
    const char *dispute = opened("needs_response");
    world_rest();
    act(dispute, "do=close&status=lost");
    world_rest();
    act(dispute, "do=late_win");
    world_rest();
    world_later(MINUTE_S);
    world_rest();
    ck_assert_int_eq(with_the_host(), host_cents());
    ck_assert_int_eq(debt(), 0);
}
END_TEST

START_TEST(matrix_23_an_inquiry_freezes_and_moves_nothing)
{
    v = world_paid_out(&place);
    const char *dispute = opened("warning_needs_response");
    world_rest();
    ck_assert_int_eq(with_the_host(), host_cents());
    act(dispute, "do=close&status=warning_closed");
    world_rest();
    ck_assert_int_eq(with_the_host(), host_cents());
}
END_TEST

START_TEST(matrix_24_what_a_host_has_spent_he_owes_and_his_next_transfer_pays)
{
    v = world_paid_out(&place);
    world_later(3 * DAY_S); /* it is available to him, */
    world_sim("/_sim/act/drain_account", "account=%s", place.account); /* and gone */
    const char *dispute = opened("needs_response");
    world_rest();
    act(dispute, "do=close&status=lost");
    world_rest();
    ck_assert_int_eq(with_the_host(), host_cents());
    ck_assert_int_eq(debt(), host_cents());
    v = world_stay(&place);
    v.charge = NULL;
    struct visit next = v;
    world_to_payout(&next, MINUTE_S);
    world_rest();
    ck_assert_int_eq(debt(), 0); /* the same price: all of it paid the debt */
    ck_assert_int_eq(with_the_host(), 0);
    ck_assert_int_eq(
        look_int("SELECT offset_cents FROM transfers WHERE booking_id = %lld",
            (long long)next.id),
        host_cents());
}
END_TEST

START_TEST(matrix_24_a_refund_after_the_payout_is_asked_back_of_the_host)
{
    struct person admin = world_person("admin");
    v = world_paid_out(&place);
    world_later(3 * DAY_S);
    int64_t half = look_int(
        "SELECT total_cents / 2 FROM bookings WHERE id = %lld", (long long)v.id);
    ck_assert_int_eq(world_give(&admin, &v, half, rand_uid(world.arena)), 303);
    world_rest();
    ck_assert_int_lt(with_the_host(), host_cents());
    ck_assert_int_gt(with_the_host(), host_cents() / 2 - 2);
    ck_assert_int_eq(debt(), 0);
}
END_TEST

void torture_matrix_disputes(Suite *s)
{
    TCase *t = world_tcase(s, "disputes");
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_test(t, matrix_23_a_dispute_before_the_payout_freezes_it_until_it_is_won);
    tcase_add_test(
        t, matrix_23_a_dispute_that_is_lost_before_the_payout_leaves_the_host_nothing);
    tcase_add_test(t, matrix_23_a_dispute_after_the_payout_takes_it_back);
    tcase_add_test(
        t, matrix_23_news_that_a_dispute_is_closed_may_come_before_that_it_was_opened);
    tcase_add_test(
        t, matrix_23_a_lost_dispute_that_is_won_after_all_pays_the_host_again_once);
    tcase_add_test(t, matrix_23_an_inquiry_freezes_and_moves_nothing);
    tcase_add_test(
        t, matrix_24_what_a_host_has_spent_he_owes_and_his_next_transfer_pays);
    tcase_add_test(t, matrix_24_a_refund_after_the_payout_is_asked_back_of_the_host);
}
