/* Money that goes back: in parts, once, and never more than was paid. */
#include "domain/refunds.h"

#include <stdio.h>
#include <string.h>

#include "domain/transfers.h"
#include "support/money.h"
#include "unit.h"

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

static enum result give(int64_t user_id, int64_t cents, const char *key)
{
    money_act(&m, user_id);
    return refunds_give(m.c, m.booking_id, cents_of(cents), "spoiled", key);
}

static char intent_id[64];

static const char *intent(void)
{
    snprintf(intent_id, sizeof intent_id, "%s", money_payment(&m).intent_id);
    return intent_id;
}

static size_t refunds_at_stripe(void)
{
    money_act(&m, 0);
    return json_get(stripe_box_call(&m.box, "GET", "/v1/refunds", NULL).object, "data")
        ->count;
}

/* ---- splitting, by arithmetic ---- */

START_TEST(parts_add_up_to_the_whole_to_the_cent)
{
    for (int64_t step = 1; step < 3000; step += 7) {
        struct refund_split left = { { 22785 }, { 14500 }, { 1785 } };
        struct refund_split sum = { { 0 }, { 0 }, { 0 } };
        while (left.amount.n > 0) {
            struct refund_split part = refunds_share(&left, cents_of(step));
            ck_assert(part.host.n >= 0 && part.tax.n >= 0);
            ck_assert_int_ge(part.amount.n, part.host.n + part.tax.n - 1);
            sum.amount = cents_add(sum.amount, part.amount);
            sum.host = cents_add(sum.host, part.host);
            sum.tax = cents_add(sum.tax, part.tax);
            left.amount = cents_sub(left.amount, part.amount);
            left.host = cents_sub(left.host, part.host);
            left.tax = cents_sub(left.tax, part.tax);
        }
        ck_assert_int_eq(sum.amount.n, 22785);
        ck_assert_int_eq(sum.host.n, 14500);
        ck_assert_int_eq(sum.tax.n, 1785);
    }
}
END_TEST

/* ---- giving back ---- */

START_TEST(only_an_administrator_gives_money_back_and_only_what_is_there)
{
    ck_assert(give(m.host_id, 100, "k") == R_DENIED);
    ck_assert(give(m.vendor_id, 100, "k") == R_DENIED);
    ck_assert(give(m.admin_id, 0, "k") == R_INVALID);
    ck_assert(give(m.admin_id, -5, "k") == R_INVALID);
    ck_assert(give(m.admin_id, MONEY_TOTAL + 1, "k") == R_INVALID);
    ck_assert_int_eq(money_count(&m, "refunds"), 0);
}
END_TEST

START_TEST(matrix_17_a_refund_is_made_once_whatever_is_lost_or_repeated)
{
    ck_assert(give(m.admin_id, 5000, "k") == OK);
    ck_assert(give(m.admin_id, 5000, "k") == OK); /* the form was sent twice */
    money_act(&m, 0);
    stripe_box_fault(&m.box, "POST /v1/refunds", "timeout_after_commit", 2);
    money_run(&m);
    ck_assert_uint_eq(refunds_at_stripe(), 1);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(money_payment(&m).refunded.n, 5000);
}
END_TEST

START_TEST(matrix_18_parts_down_to_zero_and_nothing_after_that)
{
    ck_assert(give(m.admin_id, 10000, "a") == OK);
    ck_assert(give(m.admin_id, 10000, "b") == OK);
    ck_assert(give(m.admin_id, MONEY_TOTAL - 20000, "c") == OK);
    ck_assert(give(m.admin_id, 1, "d") == R_INVALID);
    money_run(&m);
    ck_assert_str_eq(money_payment(&m).state, "refunded");
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    ck_assert_int_eq(money_owed(&m, "revenue"), 0);
    ck_assert_int_eq(money_owed(&m, "tax"), 0);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), 0);
}
END_TEST

START_TEST(matrix_18_one_that_stripe_has_nothing_left_for_is_given_up_by_itself)
{
    ck_assert(give(m.admin_id, 5000, "a") == OK);
    money_sim(&m, "refund", "payment_intent=%s", intent()); /* all of it */
    money_calls(&m);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'canceled'"), 1);
    money_run(&m);
    ck_assert_int_eq(money_payment(&m).refunded.n, MONEY_TOTAL);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), 0);
}
END_TEST

START_TEST(the_database_itself_refuses_to_give_more_than_was_paid)
{
    db_test_end(&m.t);
    ck_assert_int_ne(
        db_test_try(&m.t,
            "INSERT INTO refunds (uid, payment_id, amount_cents, state, reason, kind,"
            " created_at, updated_at)"
            " VALUES ('x', 1, 22786, 'queued', '', 'goodwill', 1, 1)"),
        0);
    ck_assert_int_eq(money_count(&m, "refunds"), 0);
}
END_TEST

/* ---- failing ---- */

static int64_t fail_one(void)
{
    char refund_id[64];
    ck_assert(give(m.admin_id, 5000, "a") == OK);
    money_run(&m);
    struct refund_row *rows;
    size_t n;
    money_act(&m, 0);
    ck_assert(refunds_of_booking(m.c, m.booking_id, &rows, &n) == OK && n == 1);
    int64_t id = rows[0].id;
    snprintf(refund_id, sizeof refund_id, "%s", rows[0].refund_id);
    money_sim(&m, "refund_fail", "refund=%s", refund_id);
    money_listen(&m);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'failed'"), 1);
    ck_assert_int_eq(money_payment(&m).refunded.n, 0);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), -5000);
    return id;
}

START_TEST(matrix_19_one_that_fails_is_owed_until_it_is_made_again)
{
    int64_t id = fail_one();
    struct refund_row *rows;
    size_t n;
    money_act(&m, m.admin_id);
    ck_assert(refunds_failed(m.c, 0, 5, &rows, &n) == OK && n == 1);
    ck_assert(*rows[0].error != '\0');
    money_act(&m, m.host_id);
    ck_assert(refunds_retry(m.c, id) == R_DENIED);
    ck_assert(refunds_give_up(m.c, id, "why") == R_DENIED);
    money_act(&m, m.admin_id);
    ck_assert(refunds_retry(m.c, id) == OK);
    money_act(&m, m.admin_id);
    ck_assert(refunds_retry(m.c, id) == R_CONFLICT);
    money_run(&m);
    ck_assert_int_eq(money_payment(&m).refunded.n, 5000);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), 0);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'failed'"), 0);
}
END_TEST

START_TEST(one_that_failed_can_be_given_up_and_the_host_gets_his_part)
{
    int64_t id = fail_one();
    money_act(&m, m.admin_id);
    ck_assert(refunds_give_up(m.c, id, "") == R_INVALID);
    ck_assert(refunds_give_up(m.c, id, "paid by check") == OK);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), 0);
    ck_assert_int_eq(money_owed(&m, "host_payable"), -MONEY_HOST);
    ck_assert_int_eq(money_count(&m, "transfers"), 0); /* not before the visit */
    money_after_the_end(&m, 86400);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'sent'"), 1);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
}
END_TEST

START_TEST(one_that_a_bank_stands_against_fails_and_waits)
{
    ck_assert(give(m.admin_id, 5000, "a") == OK);
    money_sim(&m, "dispute", "payment_intent=%s&do=open", intent());
    money_calls(&m);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'failed'"), 1);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), -5000);
    money_run(&m);
    ck_assert(give(m.admin_id, 5000, "b") == R_CONFLICT);
}
END_TEST

/* ---- made at Stripe ---- */

START_TEST(a_refund_made_in_the_dashboard_is_taken_over)
{
    money_sim(&m, "refund", "payment_intent=%s&amount=10000", intent());
    money_run(&m);
    money_run(&m);
    ck_assert_int_eq(
        money_count(&m, "refunds WHERE kind = 'stripe' AND state = 'succeeded'"), 1);
    ck_assert_int_eq(money_payment(&m).refunded.n, 10000);
    ck_assert_int_eq(money_owed(&m, "host_payable"), -(MONEY_HOST - 6364));
    ck_assert(money_booking(&m).state == BOOKING_CONFIRMED);
    ck_assert_int_eq(
        money_count(
            &m, "outbox WHERE kind = 'booking_refunded' AND fields LIKE '%$100.00%'"),
        1);
    ck_assert_int_eq(
        money_count(
            &m, "outbox WHERE kind = 'share_lowered' AND fields LIKE '%$63.64%'"),
        1);
}
END_TEST

START_TEST(both_sides_are_told_what_staff_give_back_and_why)
{
    ck_assert(give(m.admin_id, 10000, "a") == OK);
    ck_assert_int_eq(
        money_count(
            &m, "outbox WHERE kind = 'booking_refunded' AND fields LIKE '%$100.00%'"),
        1);
    ck_assert_int_eq(
        money_count(&m,
            "outbox WHERE kind = 'share_lowered' AND fields LIKE '%$63.64%spoiled%'"),
        1);
}
END_TEST

START_TEST(all_of_it_back_in_the_dashboard_cancels_the_booking)
{
    money_sim(&m, "refund", "payment_intent=%s", intent());
    money_run(&m);
    ck_assert(money_booking(&m).state == BOOKING_CANCELED);
    ck_assert_int_eq(holds_cells(&m.t), 0);
    ck_assert_int_eq(money_count(&m, "outbox WHERE kind = 'booking_canceled'"), 1);
    ck_assert_int_eq(money_count(&m, "outbox WHERE kind = 'booking_refunded'"), 0);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
}
END_TEST

/* We decided to give 20000 back, and somebody gives 5000 in the dashboard meanwhile:
 * the two stand in each other's way, and together they are what was decided. */
START_TEST(a_part_given_in_the_dashboard_counts_for_what_we_had_decided)
{
    ck_assert(give(m.admin_id, 20000, "a") == OK);
    money_sim(&m, "refund", "payment_intent=%s&amount=5000", intent());
    money_run(&m);
    money_later(&m, 3600);
    money_run(&m);
    ck_assert_int_eq(money_payment(&m).refunded.n, 20000);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), 0);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'failed'"), 0);
    ck_assert_int_eq(refunds_at_stripe(), 2);
    ck_assert_int_eq(money_count(&m, "outbox WHERE kind = 'booking_refunded'"), 1);
    ck_assert_int_eq(money_count(&m, "outbox WHERE kind = 'share_lowered'"), 1);
}
END_TEST

/* Ours failed and another was made, and the news of the other comes first. */
START_TEST(more_back_than_was_paid_waits_for_the_news_that_one_has_failed)
{
    struct stripe_refund other;
    ck_assert(give(m.admin_id, MONEY_TOTAL, "a") == OK);
    money_calls(&m);
    const char *ours = json_text(
        json_get(stripe_box_call(&m.box, "GET", "/v1/refunds", NULL).object, "data")
            ->first,
        "id");
    money_sim(&m, "refund_fail", "refund=%s", ours);
    ck_assert(stripe_read_refund(
                  money_sim(&m, "refund", "payment_intent=%s&amount=9000", intent()),
                  &other) == OK);
    ck_assert(db_begin(m.c->db) == OK);
    ck_assert(refunds_apply(m.c, &other) == R_BUSY);
    money_run(&m);
    money_later(&m, 3600);
    money_run(&m);
    ck_assert_int_eq(money_payment(&m).refunded.n, MONEY_TOTAL);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), 0);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'failed'"), 0);
}
END_TEST

/* The event of the refund is there before that of the payment. */
START_TEST(a_refund_of_a_payment_that_we_do_not_know_to_be_paid_waits_for_it)
{
    struct stripe_refund refund = { .id = "re_early",
        .status = "succeeded",
        .amount = { 500 },
        .intent_id = intent(),
        .movement_id = "",
        .failure_reason = "",
        .refund_uid = "" };
    db_test_end(&m.t);
    db_test_exec(&m.t, "UPDATE payments SET state = 'pending', applied = 0");
    money_act(&m, 0);
    ck_assert(db_begin(m.c->db) == OK);
    ck_assert(refunds_apply(m.c, &refund) == R_BUSY);
}
END_TEST

/* 83.00 are asked back of the host for our refund; for the two that take its place he
 * bears 65.18 and 17.81: the cent goes to him again. */
START_TEST(what_is_shared_out_anew_is_made_even_with_the_host_to_the_cent)
{
    money_after_the_end(&m, 86400);
    money_run(&m);
    ck_assert(give(m.admin_id, 13042, "a") == OK);
    money_sim(&m, "refund", "payment_intent=%s&amount=10243", intent());
    money_calls(&m);
    money_run(&m);
    ck_assert_int_eq(money_payment(&m).refunded.n, 13042);
    ck_assert_int_eq(money_int(&m, "SELECT SUM(amount_cents) FROM reversals"), 8300);
    ck_assert_int_eq(
        money_count(&m, "transfers WHERE state = 'sent' AND amount_cents = 1"), 1);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
}
END_TEST

START_TEST(one_of_nobodys_payment_is_nobodys_business)
{
    struct stripe_refund refund = { .id = "re_x",
        .status = "succeeded",
        .amount = { 500 },
        .intent_id = "pi_of_another_shop",
        .movement_id = "",
        .failure_reason = "",
        .refund_uid = "" };
    money_act(&m, 0);
    ck_assert(db_begin(m.c->db) == OK);
    ck_assert(refunds_apply(m.c, &refund) == OK);
    ck_assert(db_commit(m.c->db) == OK);
    ck_assert_int_eq(money_count(&m, "refunds"), 0);
}
END_TEST

void unit_domain_refunds(Suite *s)
{
    TCase *plain = tcase_create("shares");
    tcase_add_test(plain, parts_add_up_to_the_whole_to_the_cent);
    suite_add_tcase(s, plain);
    TCase *tc = tcase_create("refunds");
    if (stripe_box_missing("refunds"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, only_an_administrator_gives_money_back_and_only_what_is_there);
    tcase_add_test(tc, matrix_17_a_refund_is_made_once_whatever_is_lost_or_repeated);
    tcase_add_test(tc, matrix_18_parts_down_to_zero_and_nothing_after_that);
    tcase_add_test(
        tc, matrix_18_one_that_stripe_has_nothing_left_for_is_given_up_by_itself);
    tcase_add_test(tc, the_database_itself_refuses_to_give_more_than_was_paid);
    tcase_add_test(tc, matrix_19_one_that_fails_is_owed_until_it_is_made_again);
    tcase_add_test(tc, one_that_failed_can_be_given_up_and_the_host_gets_his_part);
    tcase_add_test(tc, one_that_a_bank_stands_against_fails_and_waits);
    tcase_add_test(tc, a_refund_made_in_the_dashboard_is_taken_over);
    tcase_add_test(tc, both_sides_are_told_what_staff_give_back_and_why);
    tcase_add_test(tc, all_of_it_back_in_the_dashboard_cancels_the_booking);
    tcase_add_test(tc, a_part_given_in_the_dashboard_counts_for_what_we_had_decided);
    tcase_add_test(tc, more_back_than_was_paid_waits_for_the_news_that_one_has_failed);
    tcase_add_test(
        tc, a_refund_of_a_payment_that_we_do_not_know_to_be_paid_waits_for_it);
    tcase_add_test(tc, what_is_shared_out_anew_is_made_even_with_the_host_to_the_cent);
    tcase_add_test(tc, one_of_nobodys_payment_is_nobodys_business);
    suite_add_tcase(s, tc);
}
