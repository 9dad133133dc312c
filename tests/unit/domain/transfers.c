/* The host's money: when it leaves, what holds it, what comes back. */
#include "domain/transfers.h"

#include <stdio.h>

#include "domain/freezes.h"
#include "domain/host_accounts.h"
#include "domain/ledger.h"
#include "domain/refunds.h"
#include "domain/visits.h"
#include "support/money.h"
#include "unit.h"
#include "util/guard.h"

enum { DAY_S = 86400 };

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

static const struct json *transfers_at_stripe(void)
{
    money_act(&m, 0);
    return json_get(
        stripe_box_call(&m.box, "GET", "/v1/transfers", NULL).object, "data");
}

static void pay_the_host(void)
{
    money_after_the_end(&m, DAY_S);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'sent'"), 1);
}

static void give_back(int64_t cents, const char *key)
{
    money_act(&m, m.admin_id);
    ck_assert(refunds_give(m.c, m.booking_id, cents_of(cents), "spoiled", key) == OK);
    money_run(&m);
}

START_TEST(the_clock_begins_and_completes_a_booking)
{
    money_after_the_end(&m, -600);
    money_run(&m);
    ck_assert(money_booking(&m).state == BOOKING_ACTIVE);
    money_later(&m, 600);
    money_run(&m);
    ck_assert(money_booking(&m).state == BOOKING_COMPLETED);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'scheduled'"), 1);
}
END_TEST

START_TEST(the_host_is_paid_24_hours_after_the_end_and_not_before)
{
    money_after_the_end(&m, DAY_S - 200);
    money_run(&m);
    ck_assert_uint_eq(transfers_at_stripe()->count, 0);
    money_later(&m, 200);
    money_run(&m);
    const struct json *list = transfers_at_stripe();
    struct stripe_transfer transfer;
    ck_assert_uint_eq(list->count, 1);
    ck_assert(stripe_read_transfer(list->first, &transfer) == OK);
    ck_assert_int_eq(transfer.amount.n, MONEY_HOST);
    ck_assert_str_eq(json_text(list->first, "destination"), m.account_id);
    struct payment p;
    struct booking b;
    ck_assert(payments_paid(m.c, m.booking_id, &p) == OK);
    ck_assert(bookings_get(m.c, m.booking_id, &b) == OK);
    ck_assert_str_eq(json_text(list->first, "source_transaction"), p.charge_id);
    ck_assert_str_eq(json_text(list->first, "transfer_group"), b.uid);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    ck_assert_int_eq(money_count(&m, "outbox WHERE kind = 'transfer_sent'"), 1);
}
END_TEST

START_TEST(matrix_20_however_often_it_is_claimed_it_is_sent_once)
{
    int64_t *ids;
    size_t n;
    money_after_the_end(&m, DAY_S);
    while (money_act(&m, 0), visits_due(m.c, 5, &ids, &n) == OK && n > 0)
        ck_assert(visits_advance(m.c, ids[0]) == OK);
    money_act(&m, 0);
    ck_assert(transfers_due(m.c, 5, &ids, &n) == OK && n == 1);
    int64_t id = ids[0];
    for (int i = 0; i < 3; i++) {
        money_act(&m, 0);
        ck_assert(transfers_claim(m.c, id) == OK);
    }
    ck_assert_int_eq(money_count(&m, "stripe_ops WHERE kind = 'xfer'"), 1);
    money_act(&m, 0);
    stripe_box_fault(&m.box, "POST /v1/transfers", "reset_mid_body", 2);
    money_run(&m);
    ck_assert_uint_eq(transfers_at_stripe()->count, 1);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'sent'"), 1);
}
END_TEST

START_TEST(nobody_came_is_paid_like_a_visit)
{
    money_after_the_end(&m, -3600);
    money_run(&m);
    money_act(&m, m.vendor_id);
    ck_assert(visits_no_show(m.c, m.booking_id) == R_DENIED);
    money_act(&m, m.host_id);
    ck_assert(visits_no_show(m.c, m.booking_id) == OK);
    pay_the_host();
}
END_TEST

/* ---- what holds it ---- */

START_TEST(matrix_22_a_host_who_cannot_be_paid_is_told_and_paid_when_he_can)
{
    money_sim(&m, "capability", "account=%s&transfers=inactive", m.account_id);
    money_after_the_end(&m, DAY_S); /* we have not heard of it: Stripe refuses */
    money_run(&m);
    ck_assert_int_eq(
        money_count(&m, "transfers WHERE state = 'held' AND held_for = 'account'"), 1);
    ck_assert_int_eq(money_count(&m, "notices WHERE kind = 'transfer_held'"), 1);
    ck_assert_int_eq(money_count(&m, "host_accounts WHERE transfers_active = 0"), 1);
    money_later(&m, DAY_S);
    money_run(&m);
    ck_assert_uint_eq(transfers_at_stripe()->count, 0);
    money_sim(&m, "capability", "account=%s&transfers=active", m.account_id);
    money_act(&m, 0); /* what account.updated leads to */
    ck_assert(host_accounts_check_id(m.c, m.account_id, STRIPE_JOB_MS) == OK);
    money_run(&m);
    ck_assert_uint_eq(transfers_at_stripe()->count, 1);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'sent' AND call = 2"), 1);
}
END_TEST

/* Stripe refuses, and a moment later the account is read and is good again. */
START_TEST(matrix_22_a_host_who_can_be_paid_within_the_same_second_is_paid)
{
    money_sim(&m, "capability", "account=%s&transfers=inactive", m.account_id);
    money_after_the_end(&m, DAY_S);
    money_run(&m);
    ck_assert_int_eq(
        money_count(&m, "transfers WHERE state = 'held' AND held_for = 'account'"), 1);
    money_sim(&m, "capability", "account=%s&transfers=active", m.account_id);
    money_act(&m, 0);
    ck_assert(host_accounts_check_id(m.c, m.account_id, STRIPE_JOB_MS) == OK);
    money_int(&m, "UPDATE transfers SET held_at = (SELECT checked_at FROM host_accounts"
                  " WHERE user_id = host_id) RETURNING 1");
    money_later(&m, 3600);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'sent' AND call = 2"), 1);
}
END_TEST

START_TEST(a_review_or_a_warning_holds_it_until_it_is_over)
{
    char intent_id[64];
    snprintf(intent_id, sizeof intent_id, "%s", money_payment(&m).intent_id);
    money_sim(&m, "review", "payment_intent=%s&do=open", intent_id);
    money_sim(&m, "warning", "payment_intent=%s", intent_id);
    money_listen(&m);
    money_after_the_end(&m, DAY_S);
    money_run(&m);
    ck_assert_int_eq(
        money_count(&m, "transfers WHERE state = 'held' AND held_for = 'freeze'"), 1);
    money_sim(&m, "review", "payment_intent=%s&do=close", intent_id);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'held'"), 1);
    struct freeze *freezes;
    size_t n;
    money_act(&m, m.admin_id);
    ck_assert(freezes_of_booking(m.c, m.booking_id, &freezes, &n) == OK && n == 1);
    ck_assert_str_eq(freezes[0].kind, "warning");
    char source_id[64];
    snprintf(source_id, sizeof source_id, "%s", freezes[0].source_id);
    money_act(&m, m.host_id);
    ck_assert(freezes_release(m.c, source_id) == R_DENIED);
    money_act(&m, m.admin_id);
    ck_assert(freezes_release(m.c, source_id) == OK);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'sent'"), 1);
    money_act(&m, m.admin_id);
    ck_assert(freezes_release(m.c, "issfr_none") == R_NOT_FOUND);
}
END_TEST

START_TEST(one_that_stripe_refuses_for_good_waits_for_a_person)
{
    struct transfer *rows;
    size_t n;
    money_after_the_end(&m, DAY_S);
    money_act(&m, 0);
    db_test_end(&m.t);
    db_test_exec(&m.t, "UPDATE payments SET charge_id = 'ch_wrong'");
    money_run(&m);
    money_act(&m, m.admin_id);
    ck_assert(transfers_failed(m.c, 0, 5, &rows, &n) == OK && n == 1);
    ck_assert(*rows[0].reason != '\0');
    db_test_end(&m.t);
    db_test_exec(&m.t, "UPDATE payments SET charge_id = (SELECT source_id FROM ledger"
                       " WHERE kind = 'charge' LIMIT 1)");
    money_act(&m, m.host_id);
    ck_assert(transfers_retry(m.c, 1) == R_DENIED);
    money_act(&m, m.admin_id);
    ck_assert(transfers_retry(m.c, 1) == OK);
    money_act(&m, m.admin_id);
    ck_assert(transfers_retry(m.c, 1) == R_CONFLICT);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'sent'"), 1);
}
END_TEST

/* ---- what comes back ---- */

START_TEST(a_refund_before_it_leaves_makes_it_smaller)
{
    give_back(10000, "k");
    pay_the_host();
    int64_t host_back = money_int(&m, "SELECT host_cents FROM refunds");
    ck_assert_int_eq(host_back, 6364); /* 145.00 x 100.00 / 227.85 = 63.638 */
    ck_assert_int_eq(
        money_int(&m, "SELECT amount_cents FROM transfers"), MONEY_HOST - host_back);
    ck_assert_int_eq(money_count(&m, "reversals"), 0);
}
END_TEST

START_TEST(a_refund_afterwards_asks_the_hosts_part_back)
{
    pay_the_host();
    give_back(10000, "k");
    ck_assert_int_eq(money_count(&m, "reversals WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(money_int(&m, "SELECT reversed_cents FROM transfers"), 6364);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    struct transfer *sent;
    struct reversal *back;
    struct payment *payments;
    size_t n;
    money_act(&m, 0);
    ck_assert(transfers_of_booking(m.c, m.booking_id, &sent, &n) == OK && n == 1);
    ck_assert_int_eq(sent[0].reversed.n, 6364);
    ck_assert(
        transfers_reversals_of_booking(m.c, m.booking_id, &back, &n) == OK && n == 1);
    ck_assert_str_eq(back[0].transfer_id, sent[0].transfer_id);
    ck_assert(text_starts(back[0].reversal_id, "trr_"));
    ck_assert(payments_of_booking(m.c, m.booking_id, &payments, &n) == OK && n == 1);
    ck_assert(payments[0].applied);
    give_back(MONEY_TOTAL - 10000, "l");
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'reversed'"), 1);
    ck_assert_int_eq(
        money_int(&m, "SELECT SUM(amount_cents) FROM reversals"), MONEY_HOST);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    ck_assert_int_eq(money_owed(&m, "revenue"), 0);
    ck_assert_int_eq(money_owed(&m, "tax"), 0);
}
END_TEST

START_TEST(all_of_it_back_before_it_leaves_leaves_nothing_to_send)
{
    money_after_the_end(&m, 60);
    money_run(&m);
    give_back(MONEY_TOTAL, "k");
    money_later(&m, DAY_S);
    money_run(&m);
    ck_assert_uint_eq(transfers_at_stripe()->count, 0);
    ck_assert_int_eq(
        money_count(&m, "transfers WHERE state = 'reversed' AND amount_cents = 0"), 1);
}
END_TEST

START_TEST(matrix_24_what_cannot_be_had_back_is_kept_from_the_next_transfer)
{
    int64_t second = money_book(&m, 7);
    pay_the_host();
    money_sim(&m, "reversals", "rule=refuse");
    money_sim(&m, "drain_account", "account=%s", m.account_id);
    give_back(10000, "k");
    ck_assert_int_eq(money_count(&m, "reversals WHERE state = 'failed'"), 1);
    ck_assert_int_eq(money_owed(&m, "host_receivable"), 6364);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    ck_assert_int_eq(money_count(&m, "notices WHERE kind = 'debt'"), 1);
    ck_assert_int_eq(
        money_count(&m, "outbox WHERE kind = 'debt' AND fields LIKE '%$63.64%Money "
                        "went back to the vendor: spoiled.%'"),
        1);
    m.booking_id = second;
    money_after_the_end(&m, DAY_S);
    money_run(&m);
    ck_assert_int_eq(money_int(&m,
                         "SELECT amount_cents * 100000 + offset_cents FROM transfers"
                         " WHERE booking_id = %lld",
                         (long long)second),
        (MONEY_HOST - 6364) * 100000 + 6364);
    ck_assert_int_eq(
        money_count(&m, "outbox WHERE kind = 'transfer_kept' AND fields LIKE "
                        "'%$63.64%The rest, $81.36, has been sent%'"),
        1);
    struct cents debt;
    money_act(&m, 0);
    ck_assert(ledger_total(m.c, LEDGER_HOST_RECEIVABLE, m.host_id, &debt) == OK);
    ck_assert_int_eq(debt.n, 0);
}
END_TEST

START_TEST(a_debt_larger_than_a_transfer_takes_all_of_it)
{
    int64_t second = money_book(&m, 7);
    pay_the_host();
    money_sim(&m, "reversals", "rule=refuse");
    money_sim(&m, "drain_account", "account=%s", m.account_id);
    give_back(MONEY_TOTAL, "k");
    m.booking_id = second;
    give_back(MONEY_TOTAL / 2, "l");
    money_after_the_end(&m, DAY_S);
    money_run(&m);
    ck_assert_int_eq(
        money_count(&m, "transfers WHERE state = 'sent' AND amount_cents = 0"), 1);
    ck_assert_int_eq(
        money_count(&m, "outbox WHERE kind = 'transfer_kept' AND fields LIKE "
                        "'%Nothing was left to send.%'"),
        1);
    ck_assert_uint_eq(transfers_at_stripe()->count, 1);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
}
END_TEST

START_TEST(a_reversal_made_at_stripe_is_taken_over)
{
    pay_the_host();
    money_act(&m, 0);
    const char *id = json_text(transfers_at_stripe()->first, "id");
    struct stripe_reply reply = stripe_box_call(&m.box, "POST",
        ctx_printf(m.c, "/v1/transfers/%s/reversals", id), "amount=500");
    ck_assert(reply.outcome == STRIPE_OK);
    money_run(&m);
    ck_assert_int_eq(
        money_int(&m, "SELECT amount_cents FROM reversals WHERE state = 'succeeded'"),
        500);
    ck_assert_int_eq(money_int(&m, "SELECT reversed_cents FROM transfers"), 500);
    ck_assert_int_eq(
        money_count(&m, "outbox WHERE kind = 'transfer_taken_back' AND fields LIKE "
                        "'%$5.00%Stripe''s dashboard%'"),
        1);
}
END_TEST

START_TEST(what_was_taken_back_by_hand_is_sent_again_when_an_administrator_says_so)
{
    pay_the_host();
    money_act(&m, 0);
    const char *id = json_text(transfers_at_stripe()->first, "id");
    ck_assert(stripe_box_call(&m.box, "POST",
                  ctx_printf(m.c, "/v1/transfers/%s/reversals", id), "amount=500")
                  .outcome == STRIPE_OK);
    money_run(&m);
    money_look_later(&m);
    ck_assert_int_eq(money_count(&m, "differences WHERE kind = 'unscheduled'"), 1);
    ck_assert_int_eq(money_count(&m, "transfers"), 1);
    money_act(&m, m.host_id);
    ck_assert(transfers_send_owed(m.c, m.booking_id) == R_DENIED);
    money_act(&m, m.admin_id);
    ck_assert(transfers_send_owed(m.c, m.booking_id) == OK);
    money_act(&m, m.admin_id);
    ck_assert(transfers_send_owed(m.c, m.booking_id) == R_CONFLICT);
    money_run(&m);
    ck_assert_int_eq(
        money_int(&m, "SELECT amount_cents FROM transfers WHERE attempt = 2"), 500);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    money_act(&m, m.admin_id);
    ck_assert(transfers_send_owed(m.c, m.booking_id) == R_CONFLICT);
    money_look_later(&m);
    money_no_difference(&m);
}
END_TEST

START_TEST(matrix_30_a_transfer_that_a_backup_does_not_know_is_not_sent_twice)
{
    pay_the_host();
    db_test_end(&m.t);
    db_test_exec(&m.t,
        "DROP TRIGGER ledger_is_not_deleted;"
        "DELETE FROM ledger WHERE kind = 'transfer';"
        "DELETE FROM stripe_ops WHERE kind = 'xfer';"
        "DELETE FROM stripe_events;"
        "UPDATE ledger_totals SET balance_cents = (SELECT SUM(amount_cents) FROM"
        " ledger_entries e WHERE e.account = ledger_totals.account"
        " AND IIF(account LIKE 'host%%', e.host_id, 0) = ledger_totals.host_id);"
        "UPDATE transfers SET state = 'scheduled', transfer_id = NULL, uid = 'other',"
        " claimed_at = NULL, call = 0, amount_cents = 0, sent_at = NULL");
    money_listen(&m); /* the job sends nothing before this */
    money_run(&m);
    ck_assert_uint_eq(transfers_at_stripe()->count, 1);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'sent'"), 1);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
}
END_TEST

void unit_domain_transfers(Suite *s)
{
    TCase *tc = tcase_create("transfers");
    if (stripe_box_missing("transfers"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, the_clock_begins_and_completes_a_booking);
    tcase_add_test(tc, the_host_is_paid_24_hours_after_the_end_and_not_before);
    tcase_add_test(tc, matrix_20_however_often_it_is_claimed_it_is_sent_once);
    tcase_add_test(tc, nobody_came_is_paid_like_a_visit);
    tcase_add_test(
        tc, matrix_22_a_host_who_cannot_be_paid_is_told_and_paid_when_he_can);
    tcase_add_test(tc, matrix_22_a_host_who_can_be_paid_within_the_same_second_is_paid);
    tcase_add_test(tc, a_review_or_a_warning_holds_it_until_it_is_over);
    tcase_add_test(tc, one_that_stripe_refuses_for_good_waits_for_a_person);
    tcase_add_test(tc, a_refund_before_it_leaves_makes_it_smaller);
    tcase_add_test(tc, a_refund_afterwards_asks_the_hosts_part_back);
    tcase_add_test(tc, all_of_it_back_before_it_leaves_leaves_nothing_to_send);
    tcase_add_test(
        tc, matrix_24_what_cannot_be_had_back_is_kept_from_the_next_transfer);
    tcase_add_test(tc, a_debt_larger_than_a_transfer_takes_all_of_it);
    tcase_add_test(tc, a_reversal_made_at_stripe_is_taken_over);
    tcase_add_test(
        tc, what_was_taken_back_by_hand_is_sent_again_when_an_administrator_says_so);
    tcase_add_test(
        tc, matrix_30_a_transfer_that_a_backup_does_not_know_is_not_sent_twice);
    suite_add_tcase(s, tc);
}
