/* Our books against Stripe's. The numbers are the rows of the failure matrix. */
#include "domain/reconcile.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "domain/checkout.h"
#include "domain/differences.h"
#include "domain/events.h"
#include "domain/ledger.h"
#include "domain/refunds.h"
#include "support/money.h"
#include "unit.h"

static struct money m;

static void set_up(void)
{
    money_open(&m);
}

static void tear_down(void)
{
    money_close(&m);
}

/* The one open difference of a kind; its id. */
static int64_t difference(const char *kind)
{
    int64_t n = money_int(&m,
        "SELECT COUNT(*) FROM differences WHERE kind = %Q AND closed_at IS NULL", kind);
    ck_assert_msg(n == 1, "%s: %lld", kind, (long long)n);
    return money_int(
        &m, "SELECT id FROM differences WHERE kind = %Q AND closed_at IS NULL", kind);
}

/* The ledger sums to zero, and our balance is what Stripe has, fees and all. */
static void books_agree(void)
{
    struct cents ours;
    int64_t total, zero = 1;
    money_no_difference(&m);
    struct stripe_reply reply = stripe_box_call(&m.box, "GET", "/_sim/balance", NULL);
    ck_assert(json_int(reply.object, "platform.total", &total));
    ck_assert(json_int(reply.object, "zero", &zero));
    ck_assert_int_eq(zero, 0);
    ck_assert(ledger_total(m.c, LEDGER_STRIPE, 0, &ours) == OK);
    ck_assert_int_eq(ours.n, total);
    ck_assert_int_eq(money_int(&m, "SELECT SUM(balance_cents) FROM ledger_totals"), 0);
}

/* ---- when all is well -------------------------------------------------------------
 */

START_TEST(a_payment_its_fee_and_its_refund_agree)
{
    money_act(&m, m.admin_id);
    ck_assert(refunds_give(m.c, m.booking_id, cents_of(1000), "kind", "key") == OK);
    money_run(&m);
    money_look(&m);
    books_agree();
    ck_assert_int_gt(money_count(&m, "ledger WHERE kind = 'stripe_fee'"), 0);
    money_look_later(&m);
    books_agree();
    int64_t rows = money_count(&m, "ledger");
    money_look_later(&m); /* nothing is posted twice */
    ck_assert_int_eq(money_count(&m, "ledger"), rows);
}
END_TEST

START_TEST(transfers_reversals_disputes_and_failed_refunds_agree)
{
    int64_t second_id = money_book(&m, 7);
    money_after_the_end(&m, 86400);
    money_run(&m);
    money_act(&m, m.admin_id);
    ck_assert(refunds_give(m.c, m.booking_id, cents_of(5000), "kind", "key") == OK);
    money_run(&m);
    money_sim(&m, "dispute", "do=open&payment_intent=%s", money_payment(&m).intent_id);
    money_run(&m);
    money_act(&m, m.admin_id);
    ck_assert(refunds_give(m.c, second_id, cents_of(700), "kind", "key2") == OK);
    money_run(&m);
    char refund_id[64];
    money_act(&m, 0);
    struct refund_row *rows;
    size_t n;
    ck_assert(refunds_of_booking(m.c, second_id, &rows, &n) == OK && n == 1);
    snprintf(refund_id, sizeof refund_id, "%s", rows[0].refund_id);
    money_sim(&m, "refund_fail", "refund=%s", refund_id);
    money_run(&m);
    money_look_later(&m);
    books_agree();
    ck_assert_int_ge(
        money_count(&m, "(SELECT DISTINCT class FROM balance_transactions)"), 6);
}
END_TEST

START_TEST(a_dispute_whose_fee_is_known_before_it_is_heard_of_agrees)
{
    money_sim(&m, "dispute", "do=open&payment_intent=%s", money_payment(&m).intent_id);
    money_look(&m);
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind = 'dispute_withdrawn'"), 0);
    ck_assert_int_eq(
        money_count(&m, "ledger WHERE kind = 'stripe_fee' AND amount_cents = 1500"), 1);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind = 'dispute_withdrawn'"), 1);
    money_look_later(&m);
    books_agree();
}
END_TEST

START_TEST(what_is_paid_out_to_us_leaves_our_balance_for_the_bank)
{
    money_later(&m, 3 * 86400); /* the charge is available */
    money_run(&m);
    money_act(&m, 0);
    struct stripe_reply reply =
        stripe_box_call(&m.box, "POST", "/v1/payouts", "amount=2000&currency=usd");
    ck_assert_msg(reply.outcome == STRIPE_OK, "%s", reply.error.message);
    money_look(&m);
    books_agree();
    struct cents bank;
    money_act(&m, 0);
    ck_assert(ledger_total(m.c, LEDGER_BANK, 0, &bank) == OK);
    ck_assert_int_eq(bank.n, 2000);
}
END_TEST

START_TEST(a_balance_that_never_stands_still_is_not_compared)
{
    char at[16] = "";
    int tries = 0;
    money_later(&m, 3 * 86400);
    money_run(&m);
    money_look(&m);
    const struct reconcile_look l = { m.t.app.fixed_now_at, m.looked_at };
    do { /* each time it has changed since it was read */
        const char *place = at;
        money_act(&m, 0);
        ck_assert(
            stripe_box_call(&m.box, "POST", "/v1/payouts", "amount=100&currency=usd")
                .outcome == STRIPE_OK);
        ck_assert(reconcile_balance(m.c, &l, &place) == OK);
        snprintf(at, sizeof at, "%s", place);
    } while (*at != '\0' && ++tries < 100);
    ck_assert_int_eq(tries, 5);
    money_no_difference(&m);
}
END_TEST

START_TEST(a_look_reads_all_pages_and_every_page_is_a_unit)
{
    enum { REFUNDS = 60 };
    struct payment p = money_payment(&m);
    for (int i = 0; i < REFUNDS; i++)
        money_sim(&m, "refund", "payment_intent=%s&amount=10", p.intent_id);
    money_look(&m);
    ck_assert_int_eq(money_count(&m, "refunds"), REFUNDS);
    books_agree();
    ck_assert_int_eq(money_count(&m, "balance_transactions"), REFUNDS + 1);
}
END_TEST

/* ---- when it is not ---------------------------------------------------------------
 */

START_TEST(money_that_the_ledger_does_not_know_is_a_difference_until_it_does)
{
    /* Somebody sells something else with the same account. */
    money_act(&m, 0);
    ck_assert(stripe_box_call(&m.box, "POST", "/v1/payment_intents",
                  "amount=777&currency=usd&confirm=true&payment_method=pm_card_visa"
                  "&allowed_payment_method_types[0]=card")
                  .outcome == STRIPE_OK);
    money_look(&m);
    money_no_difference(&m); /* our own event may still be under way */
    money_look_later(&m);
    int64_t id = difference("not_in_books");
    difference("balance");
    ck_assert_int_eq(money_count(&m, "differences"), 2);
    ck_assert_int_eq(money_count(&m, "notices WHERE kind = 'difference'"), 1);
    money_look_later(&m);
    ck_assert_int_eq(money_count(&m, "differences"), 2);
    ck_assert_int_eq(difference("not_in_books"), id);
    ck_assert_int_gt(money_int(&m, "SELECT seen_at - found_at FROM differences"), 0);

    money_act(&m, m.host_id);
    ck_assert(differences_close(m.c, id, "no") == R_DENIED);
    money_act(&m, m.admin_id);
    ck_assert(differences_close(m.c, id, "") == R_INVALID);
    ck_assert(differences_close(m.c, id, "the shop at the corner") == OK);
    money_act(&m, m.admin_id);
    ck_assert(differences_close(m.c, id, "again") == R_NOT_FOUND);
    ck_assert_int_eq(money_count(&m, "audit WHERE action = 'difference.closed'"), 1);
    money_look_later(&m); /* what somebody knows of is not brought up again */
    int64_t n;
    ck_assert(differences_count(m.c, &n) == OK);
    ck_assert_int_eq(n, 1);
}
END_TEST

START_TEST(a_difference_that_is_gone_is_closed_by_the_next_look)
{
    money_run(&m);
    money_look_later(&m);
    money_no_difference(&m);
    db_test_end(&m.t);
    db_test_exec(&m.t, "UPDATE balance_transactions SET source_key = 'ch_other'"
                       " WHERE class = 'charge'");
    money_look_later(&m);
    difference("not_in_books");
    difference("not_at_stripe");
    ck_assert_int_eq(money_int(&m, "SELECT booking_id FROM differences WHERE kind ="
                                   " 'not_at_stripe'"),
        m.booking_id);
    db_test_end(&m.t);
    db_test_exec(&m.t, "UPDATE balance_transactions SET source_key ="
                       " (SELECT charge_id FROM payments) WHERE class = 'charge'");
    money_look_later(&m);
    books_agree();
    ck_assert_int_eq(
        money_count(&m, "differences WHERE reason = '' AND closed_at IS NOT NULL"), 2);
}
END_TEST

START_TEST(another_amount_is_a_difference)
{
    money_look(&m);
    db_test_end(&m.t);
    db_test_exec(&m.t, "UPDATE balance_transactions SET amount_cents = amount_cents + 1"
                       " WHERE class = 'charge'");
    money_look_later(&m);
    difference("amount");
}
END_TEST

START_TEST(a_movement_of_a_kind_that_has_no_place_is_a_difference_at_once)
{
    money_look(&m);
    db_test_end(&m.t);
    db_test_exec(&m.t,
        "INSERT INTO balance_transactions VALUES ('txn_x', 'reserve_transaction',"
        " 'unknown', 'txn_x', -100, 0, %lld)",
        (long long)m.t.app.fixed_now_at);
    money_look(&m);
    difference("movement_unknown");
}
END_TEST

START_TEST(a_transfer_that_we_lost_is_adopted_and_one_of_nobody_is_a_difference)
{
    money_after_the_end(&m, 86400);
    money_run(&m);
    money_act(&m, 0);
    ck_assert(stripe_box_call(&m.box, "POST", "/v1/transfers",
                  ctx_printf(m.c,
                      "amount=100&currency=usd&destination=%s&source_transaction=%s"
                      "&metadata[app]=prep&metadata[transfer_uid]=lost"
                      "&metadata[booking_uid]=lost",
                      m.account_id, money_payment(&m).charge_id))
                  .outcome == STRIPE_OK);
    money_look_later(&m);
    ck_assert_int_eq(money_count(&m, "transfers"), 1);
    difference("not_in_books");
}
END_TEST

START_TEST(a_refund_at_the_dashboard_that_no_event_told_of_is_taken_over)
{
    struct payment p = money_payment(&m);
    money_sim(&m, "refund", "payment_intent=%s&amount=500", p.intent_id);
    money_look(&m);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'succeeded'"), 1);
    books_agree();
}
END_TEST

/* What is booked against what was paid; each case is one wrong row. */
static const struct {
    int line;
    const char *sql, *kind;
} booking_cases[] = {
    { __LINE__, "UPDATE bookings SET state = 'completed'", "unscheduled" },
    { __LINE__, "UPDATE bookings SET state = 'canceled'", "unscheduled" },
    { __LINE__, "UPDATE bookings SET state = 'expired', confirmed_at = NULL",
        "paid_unconfirmed" },
    { __LINE__, "UPDATE payments SET state = 'late', applied = 0", "paid_unconfirmed" },
    { __LINE__, "UPDATE payments SET state = 'canceled'", "confirmed_unpaid" },
};

START_TEST(a_booking_that_does_not_fit_its_money_is_a_difference)
{
    money_look_later(&m);
    money_no_difference(&m);
    db_test_end(&m.t);
    db_test_exec(&m.t, "%s", booking_cases[_i].sql);
    money_look_later(&m);
    ck_assert_msg(money_int(&m,
                      "SELECT COUNT(*) FROM differences WHERE closed_at IS NULL"
                      " AND kind = %Q AND booking_id = %lld",
                      booking_cases[_i].kind, (long long)m.booking_id) == 1,
        "case at line %d", booking_cases[_i].line);
}
END_TEST

START_TEST(stripe_that_cannot_be_read_breaks_a_look_off_and_it_goes_on_later)
{
    const struct reconcile_look l = { m.t.app.fixed_now_at, 0 };
    const char *at = "";
    money_act(&m, 0);
    ck_assert(reconcile_step(m.c, &l, &at) == OK);
    ck_assert_str_ne(at, "");
    stripe_box_fault(&m.box, "GET /v1/", "503", 1);
    const char *kept = at;
    ck_assert(reconcile_step(m.c, &l, &at) == R_UPSTREAM);
    ck_assert_str_eq(at, kept);
    ck_assert(reconcile_step(m.c, &l, &at) == OK);
    ck_assert_str_ne(at, kept);
}
END_TEST

/* ---- news that cannot be true -----------------------------------------------------
 */

static const struct {
    int line;
    int64_t more_cents;
    const char *currency;
    bool live;
} mismatch_cases[] = {
    { __LINE__, -1, "usd", false },
    { __LINE__, 0, "eur", false },
    { __LINE__, 0, "usd", true },
};

START_TEST(matrix_26_money_that_is_not_what_we_asked_for_alerts_and_confirms_nothing)
{
    struct payment p;
    struct booking b;
    int64_t id, ahead_s = m.box.shift_s + 7 * 86400;
    const char *secret;
    ck_assert(holds_try(&m.t, m.vendor_id, m.kitchen_id, 0, thursday(540) + ahead_s,
                  thursday(720) + ahead_s, &id) == OK);
    money_act(&m, m.vendor_id);
    ck_assert(checkout_intent(m.c, id, &secret) == OK);
    ck_assert(payments_newest(m.c, id, &p) == OK && bookings_get(m.c, id, &b) == OK);
    struct cents amount = cents_of(p.amount.n + mismatch_cases[_i].more_cents);
    const struct stripe_intent wrong = {
        .id = p.intent_id,
        .status = "succeeded",
        .amount = amount,
        .amount_received = amount,
        .currency = mismatch_cases[_i].currency,
        .livemode = mismatch_cases[_i].live,
        .client_secret = "",
        .charge_id = "ch_x",
        .app = "prep",
        .booking_uid = b.uid,
        .attempt = "1",
        .last_error = { .message = "" },
    };
    for (int i = 0; i < 2; i++) {
        ck_assert(db_begin(m.c->db) == OK);
        ck_assert(payments_apply(m.c, &wrong) == OK);
        ck_assert(db_commit(m.c->db) == OK);
    }
    ck_assert(holds_state(&m.t, id) == BOOKING_HELD);
    difference("payment_mismatch");
    ck_assert_int_eq(money_count(&m, "audit WHERE action = 'payment.mismatch'"), 1);
    ck_assert_int_eq(money_count(&m, "notices WHERE kind = 'difference'"), 1);
    money_look_later(&m);
    difference("payment_mismatch"); /* only a person closes it */
}
END_TEST

START_TEST(matrix_26_events_of_the_other_mode_alert_and_change_nothing)
{
    money_act(&m, 0);
    m.t.app.conf.stripe_secret_key = "sk_live_x";
    money_hear(&m, &(struct event) { .id = "evt_1",
                       .type = "payment_intent.succeeded",
                       .object = "{\"id\":\"pi_1\"}" });
    difference("event_mode");
}
END_TEST

/* ---- a backup ---------------------------------------------------------------------
 */

static void copy(const char *from, const char *to)
{
    char path[160], bytes[65536];
    size_t n;
    snprintf(path, sizeof path, "%s/%s", m.t.dir, from);
    FILE *in = fopen(path, "re");
    snprintf(path, sizeof path, "%s/%s", m.t.dir, to);
    FILE *out = fopen(path, "we");
    ck_assert(in != NULL && out != NULL);
    while ((n = fread(bytes, 1, sizeof bytes, in)) > 0)
        ck_assert_int_eq(fwrite(bytes, 1, n, out), n);
    ck_assert_int_eq(fclose(out), 0);
    fclose(in);
}

static void open_again(const char *from, const char *to)
{
    struct buf why;
    char path[160];
    buf_init(&why, 4096);
    db_test_end(&m.t);
    app_close(&m.t.app);
    copy(from, to);
    for (size_t i = 0; i < 2; i++) {
        snprintf(path, sizeof path, "%s/prep.db%s", m.t.dir, i == 0 ? "-wal" : "-shm");
        if (text_is(to, "prep.db"))
            unlink(path);
    }
    ck_assert_msg(app_open(&m.t.app, &why) == OK, "%s", why.at);
    buf_free(&why);
}

START_TEST(matrix_30_after_a_restored_backup_everything_at_stripe_is_adopted)
{
    db_test_end(&m.t);
    db_test_exec(&m.t, "PRAGMA wal_checkpoint(TRUNCATE)");
    open_again("prep.db", "backup.db");

    /* What the backup will not know of. */
    money_act(&m, m.admin_id);
    ck_assert(refunds_give(m.c, m.booking_id, cents_of(1000), "kind", "key") == OK);
    money_run(&m);
    money_sim(&m, "dispute", "do=open&payment_intent=%s", money_payment(&m).intent_id);
    money_run(&m);
    money_sim(&m, "dispute", "dispute=%s&do=close&status=won",
        ctx_printf(m.c, "%s",
            json_text(stripe_box_call(&m.box, "GET", "/v1/disputes", NULL).object,
                "data[0].id")));
    money_after_the_end(&m, 86400);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'sent'"), 1);
    money_look(&m);
    books_agree();
    int64_t stripe = money_int(
        &m, "SELECT balance_cents FROM ledger_totals WHERE account = 'stripe'");

    db_test_end(&m.t);
    db_test_exec(&m.t, "PRAGMA wal_checkpoint(TRUNCATE)");
    m.looked_at = 0;
    open_again("backup.db", "prep.db");
    ck_assert_int_eq(money_count(&m, "refunds"), 0);
    money_run(&m);
    money_look_later(&m);
    books_agree();
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'sent'"), 1);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(money_int(&m, "SELECT balance_cents FROM ledger_totals"
                                   " WHERE account = 'stripe'"),
        stripe);
}
END_TEST

void unit_domain_reconcile(Suite *s)
{
    TCase *tc = tcase_create("reconcile");
    if (stripe_box_missing("reconcile"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_payment_its_fee_and_its_refund_agree);
    tcase_add_test(tc, transfers_reversals_disputes_and_failed_refunds_agree);
    tcase_add_test(tc, a_dispute_whose_fee_is_known_before_it_is_heard_of_agrees);
    tcase_add_test(tc, what_is_paid_out_to_us_leaves_our_balance_for_the_bank);
    tcase_add_test(tc, a_balance_that_never_stands_still_is_not_compared);
    tcase_add_test(tc, a_look_reads_all_pages_and_every_page_is_a_unit);
    tcase_add_test(
        tc, money_that_the_ledger_does_not_know_is_a_difference_until_it_does);
    tcase_add_test(tc, a_difference_that_is_gone_is_closed_by_the_next_look);
    tcase_add_test(tc, another_amount_is_a_difference);
    tcase_add_test(tc, a_movement_of_a_kind_that_has_no_place_is_a_difference_at_once);
    tcase_add_test(
        tc, a_transfer_that_we_lost_is_adopted_and_one_of_nobody_is_a_difference);
    tcase_add_test(tc, a_refund_at_the_dashboard_that_no_event_told_of_is_taken_over);
    tcase_add_loop_test(tc, a_booking_that_does_not_fit_its_money_is_a_difference, 0,
        sizeof booking_cases / sizeof *booking_cases);
    tcase_add_test(
        tc, stripe_that_cannot_be_read_breaks_a_look_off_and_it_goes_on_later);
    tcase_add_loop_test(tc,
        matrix_26_money_that_is_not_what_we_asked_for_alerts_and_confirms_nothing, 0,
        sizeof mismatch_cases / sizeof *mismatch_cases);
    tcase_add_test(tc, matrix_26_events_of_the_other_mode_alert_and_change_nothing);
    tcase_add_test(
        tc, matrix_30_after_a_restored_backup_everything_at_stripe_is_adopted);
    suite_add_tcase(s, tc);
}
