/* What goes back when somebody cancels, to the cent, here and at Stripe. */
#include "domain/cancellations.h"

#include <stdio.h>

#include "domain/checkout.h"
#include "support/money.h"
#include "unit.h"
#include "util/guard.h"

enum { HOUR_S = 3600, DAY_S = 86400 };

static struct money m;

static void set_up(void)
{
    money_open(&m);
}

static void tear_down(void)
{
    money_check(&m);
    money_close(&m);
}

static enum result cancel(int64_t user_id, int64_t shown_cents)
{
    money_act(&m, user_id);
    return cancellations_cancel(
        m.c, m.booking_id, "changed plans", cents_of(shown_cents));
}

static int64_t refund_shown(int64_t user_id)
{
    struct cancellation k;
    money_act(&m, user_id);
    ck_assert(cancellations_preview(m.c, m.booking_id, &k) == OK);
    ck_assert_int_eq(k.refund.amount.n, k.lines.total.n);
    return k.refund.amount.n;
}

/* What each side has in the end; the sandbox's balance agrees (tear_down). */
static void expect(int64_t back, int64_t host_gets)
{
    money_run(&m);
    ck_assert_int_eq(money_payment(&m).refunded.n, back);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), 0);
    ck_assert_int_eq(money_owed(&m, "host_payable"), -host_gets);
    ck_assert_int_eq(holds_cells(&m.t), 0);
}

/* Who cancels how long after the booking was made: what was shown and goes back, and
 * what of the host's money goes with it. The policy is moderate. */
static const struct {
    int line;
    enum role who;
    int64_t after_s, back, host_back;
} cases[] = {
    { __LINE__, ROLE_VENDOR, 0, MONEY_TOTAL, MONEY_HOST }, /* grace */
    { __LINE__, ROLE_VENDOR, 24 * HOUR_S, MONEY_TOTAL, MONEY_HOST },
    { __LINE__, ROLE_VENDOR, 25 * HOUR_S, 11393, 7250 }, /* 75 + 12.50 + 17.50 + 8.93 */
    { __LINE__, ROLE_VENDOR, 65 * HOUR_S, 0, 0 },
    { __LINE__, ROLE_HOST, 65 * HOUR_S, MONEY_TOTAL, MONEY_HOST },
    { __LINE__, ROLE_ADMIN, 65 * HOUR_S, MONEY_TOTAL, MONEY_HOST },
};

START_TEST(what_was_shown_goes_back_to_the_cent)
{
    int64_t who = cases[_i].who == ROLE_VENDOR ? m.vendor_id
                  : cases[_i].who == ROLE_HOST ? m.host_id
                                               : m.admin_id;
    money_later(&m, cases[_i].after_s);
    int64_t shown = refund_shown(who);
    ck_assert_msg(shown == cases[_i].back, "case at line %d: %lld", cases[_i].line,
        (long long)shown);
    ck_assert(cancel(who, shown) == OK);
    expect(cases[_i].back, MONEY_HOST - cases[_i].host_back);
    struct booking b = money_booking(&m);
    ck_assert(b.state == BOOKING_CANCELED);
    ck_assert_str_eq(b.canceled_by, role_name(cases[_i].who));
    ck_assert_str_eq(b.reason, "changed plans");
}
END_TEST

START_TEST(what_the_host_keeps_leaves_a_day_after_the_booked_time)
{
    money_later(&m, 25 * HOUR_S);
    ck_assert(cancel(m.vendor_id, 11393) == OK);
    money_run(&m);
    ck_assert_int_eq(
        money_int(&m, "SELECT COUNT(*) FROM transfers WHERE state = 'scheduled'"), 1);
    money_after_the_end(&m, DAY_S - 600);
    money_run(&m);
    ck_assert_int_eq(
        money_int(&m, "SELECT COUNT(*) FROM transfers WHERE state = 'sent'"), 0);
    money_later(&m, 600);
    money_run(&m);
    ck_assert_int_eq(
        money_int(&m, "SELECT amount_cents FROM transfers WHERE state = 'sent'"), 7250);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
}
END_TEST

START_TEST(both_sides_are_told_what_becomes_of_the_money)
{
    money_later(&m, 25 * HOUR_S);
    ck_assert(cancel(m.vendor_id, 11393) == OK);
    ck_assert_int_eq(
        money_int(&m, "SELECT COUNT(*) FROM outbox WHERE kind = 'booking_canceled'"
                      " AND fields LIKE '%%$113.93%%'"),
        1);
    ck_assert_int_eq(
        money_int(&m, "SELECT COUNT(*) FROM outbox WHERE kind = 'booking_canceled_host'"
                      " AND fields LIKE '%%$72.50%%'"),
        1);
}
END_TEST

START_TEST(a_refund_that_has_changed_since_it_was_shown_is_shown_again)
{
    int64_t shown = refund_shown(m.vendor_id);
    money_later(&m, 25 * HOUR_S);
    ck_assert(cancel(m.vendor_id, shown) == R_CONFLICT);
    ck_assert(money_booking(&m).state == BOOKING_CONFIRMED);
    ck_assert_int_eq(money_int(&m, "SELECT COUNT(*) FROM refunds"), 0);
    ck_assert(cancel(m.vendor_id, -1) == OK);
}
END_TEST

START_TEST(it_is_canceled_once)
{
    ck_assert(cancel(m.vendor_id, MONEY_TOTAL) == OK);
    ck_assert(cancel(m.vendor_id, MONEY_TOTAL) == R_CONFLICT);
    ck_assert(cancel(m.admin_id, MONEY_TOTAL) == R_CONFLICT);
    expect(MONEY_TOTAL, 0);
    ck_assert_int_eq(money_int(&m, "SELECT COUNT(*) FROM refunds"), 1);
}
END_TEST

START_TEST(strangers_and_support_cancel_nothing)
{
    int64_t stranger = make_user(&m.t, "vendor"), support = make_user(&m.t, "support");
    ck_assert(cancel(stranger, -1) == R_NOT_FOUND);
    ck_assert(cancel(support, -1) == R_CONFLICT);
    ck_assert(money_booking(&m).state == BOOKING_CONFIRMED);
}
END_TEST

START_TEST(once_begun_the_vendor_cannot_but_the_host_can)
{
    money_after_the_end(&m, -HOUR_S);
    ck_assert(cancel(m.vendor_id, -1) == R_CONFLICT);
    money_run(&m);
    ck_assert(money_booking(&m).state == BOOKING_ACTIVE);
    ck_assert(cancel(m.vendor_id, -1) == R_CONFLICT);
    ck_assert(cancel(m.host_id, MONEY_TOTAL) == OK);
    expect(MONEY_TOTAL, 0);
}
END_TEST

START_TEST(what_went_back_before_counts)
{
    money_act(&m, m.admin_id);
    ck_assert(refunds_give(m.c, m.booking_id, cents_of(5000), "sorry", "k") == OK);
    money_later(&m, 25 * HOUR_S);
    ck_assert(cancel(m.vendor_id, 11393 - 5000) == OK);
    money_run(&m);
    ck_assert_int_eq(money_payment(&m).refunded.n, 11393);
}
END_TEST

/* Each step of the ladder is what canceling at its last moment gives. */
START_TEST(the_ladder_says_what_goes_back_to_the_cent_after_a_part_went_back)
{
    struct cancellation_step steps[LADDER_MAX];
    struct cancellation k;
    struct cents less;
    size_t n;
    money_act(&m, m.admin_id);
    ck_assert(refunds_give(m.c, m.booking_id, cents_of(3234), "sorry", "k") == OK);
    struct booking b = money_booking(&m);
    ck_assert(cancellations_ladder(m.c, &b, steps, &n, &less) == OK);
    ck_assert_int_eq(less.n, 3234);
    ck_assert_uint_ge(n, 2);
    ck_assert_int_eq(steps[0].bp, 10000);
    ck_assert_int_eq(steps[0].back.n, MONEY_TOTAL - 3234);
    for (size_t i = 0; i < n; i++) {
        int64_t later_s = steps[i].until_at - m.t.app.fixed_now_at;
        money_later(&m, later_s);
        money_act(&m, m.vendor_id);
        ck_assert(cancellations_preview(m.c, m.booking_id, &k) == OK || i == n - 1);
        if (i < n - 1)
            ck_assert_int_eq(k.refund.amount.n, steps[i].back.n);
    }
}
END_TEST

START_TEST(nobody_can_cancel_by_the_ladder_while_a_bank_looks)
{
    struct cancellation_step steps[LADDER_MAX];
    struct cents less;
    size_t n;
    struct booking b = money_booking(&m);
    b.disputed = true;
    ck_assert(cancellations_ladder(m.c, &b, steps, &n, &less) == OK);
    ck_assert_uint_eq(n, 0);
}
END_TEST

START_TEST(a_host_who_keeps_nothing_reads_no_amount)
{
    ck_assert(cancel(m.host_id, MONEY_TOTAL) == OK);
    ck_assert_int_eq(
        money_int(&m, "SELECT COUNT(*) FROM outbox WHERE kind = 'booking_canceled_host'"
                      " AND fields LIKE '%%\"amount\":\"\"%%'"),
        1);
}
END_TEST

/* ---- before the money ---- */

static int64_t hold_another(void)
{
    int64_t id, ahead_s = m.box.shift_s + 7 * DAY_S;
    ck_assert(holds_try(&m.t, m.vendor_id, m.kitchen_id, 0, thursday(540) + ahead_s,
                  thursday(720) + ahead_s, &id) == OK);
    return id;
}

START_TEST(a_hold_is_canceled_with_its_intent_and_costs_nothing)
{
    const char *secret;
    struct payment p;
    int64_t id = hold_another();
    money_act(&m, m.vendor_id);
    ck_assert(checkout_intent(m.c, id, &secret) == OK);
    money_act(&m, m.vendor_id);
    ck_assert(cancellations_cancel(m.c, id, "", cents_of(0)) == OK);
    ck_assert(holds_state(&m.t, id) == BOOKING_CANCELED);
    money_act(&m, 0);
    ck_assert(payments_newest(m.c, id, &p) == OK);
    ck_assert_str_eq(p.state, "canceled");
    struct stripe_reply reply = stripe_box_call(
        &m.box, "GET", ctx_printf(m.c, "/v1/payment_intents/%s", p.intent_id), NULL);
    ck_assert_str_eq(json_text(reply.object, "status"), "canceled");
    ck_assert_int_eq(
        money_int(
            &m, "SELECT COUNT(*) FROM outbox WHERE kind = 'booking_canceled_host'"),
        0);
}
END_TEST

START_TEST(matrix_14_a_cancel_that_meets_the_payment_shows_what_goes_back_first)
{
    const char *secret;
    struct payment p;
    int64_t id = hold_another();
    money_act(&m, m.vendor_id);
    ck_assert(checkout_intent(m.c, id, &secret) == OK);
    money_act(&m, m.vendor_id);
    ck_assert(payments_newest(m.c, id, &p) == OK);
    money_sim(&m, "pay", "payment_intent=%s", p.intent_id);
    ck_assert(cancellations_cancel(m.c, id, "", cents_of(0)) == R_CONFLICT);
    ck_assert(holds_state(&m.t, id) == BOOKING_CONFIRMED);
    money_act(&m, m.vendor_id);
    ck_assert(cancellations_cancel(m.c, id, "", cents_of(MONEY_TOTAL)) == OK);
    money_run(&m);
}
END_TEST

START_TEST(a_payment_that_a_bank_looks_at_waits_for_the_bank)
{
    money_sim(&m, "dispute", "payment_intent=%s&do=open", money_payment(&m).intent_id);
    money_listen(&m);
    ck_assert(cancel(m.vendor_id, -1) == R_CONFLICT);
    ck_assert(cancel(m.host_id, -1) == R_CONFLICT);
    ck_assert(cancel(m.admin_id, 0) == OK);
    money_run(&m);
    ck_assert_int_eq(money_int(&m, "SELECT COUNT(*) FROM refunds"), 0);
    ck_assert(money_booking(&m).state == BOOKING_CANCELED);
}
END_TEST

void unit_domain_cancellations(Suite *s)
{
    TCase *tc = tcase_create("cancellations");
    if (stripe_box_missing("cancellations"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_loop_test(tc, what_was_shown_goes_back_to_the_cent, 0, COUNT_OF(cases));
    tcase_add_test(tc, what_the_host_keeps_leaves_a_day_after_the_booked_time);
    tcase_add_test(tc, both_sides_are_told_what_becomes_of_the_money);
    tcase_add_test(tc, a_refund_that_has_changed_since_it_was_shown_is_shown_again);
    tcase_add_test(tc, it_is_canceled_once);
    tcase_add_test(tc, strangers_and_support_cancel_nothing);
    tcase_add_test(tc, once_begun_the_vendor_cannot_but_the_host_can);
    tcase_add_test(tc, what_went_back_before_counts);
    tcase_add_test(
        tc, the_ladder_says_what_goes_back_to_the_cent_after_a_part_went_back);
    tcase_add_test(tc, nobody_can_cancel_by_the_ladder_while_a_bank_looks);
    tcase_add_test(tc, a_host_who_keeps_nothing_reads_no_amount);
    tcase_add_test(tc, a_hold_is_canceled_with_its_intent_and_costs_nothing);
    tcase_add_test(
        tc, matrix_14_a_cancel_that_meets_the_payment_shows_what_goes_back_first);
    tcase_add_test(tc, a_payment_that_a_bank_looks_at_waits_for_the_bank);
    suite_add_tcase(s, tc);
}
