/* What becomes of a refund at Stripe, and when it is in the books. */
#include "domain/refunds.h"

#include <stdio.h>

#include "domain/cancellations.h"
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

/* Our books and Stripe's say the same, now and when nothing is fresh any more. */
static void books_agree(void)
{
    money_look(&m);
    money_no_difference(&m);
    money_look_later(&m);
    money_no_difference(&m);
    money_check(&m);
}

/* ---- waiting for money ------------------------------------------------------------
 */

enum { WAITING = 1000 };

/* A refund that waits at Stripe, as our balance there is empty; its id. */
static const char *wait_for_money(void)
{
    static char id[64];
    money_drain(&m);
    money_act(&m, m.admin_id);
    ck_assert(refunds_give(m.c, m.booking_id, cents_of(WAITING), "kind", "key") == OK);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'pending'"), 1);
    struct refund_row *rows;
    size_t n;
    money_act(&m, 0);
    ck_assert(refunds_of_booking(m.c, m.booking_id, &rows, &n) == OK && n == 1);
    snprintf(id, sizeof id, "%s", rows[0].refund_id);
    return id;
}

START_TEST(a_refund_that_waits_for_money_is_booked_when_the_money_moves)
{
    wait_for_money();
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind = 'refund'"), 0);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), -WAITING);
    books_agree();
    money_book(&m, 7);
    money_later(&m, 3 * 86400); /* what was paid for the other is available */
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind = 'refund'"), 1);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), 0);
    books_agree();
}
END_TEST

START_TEST(a_refund_that_waits_for_money_counts_as_made_everywhere_else)
{
    struct cancellation k;
    wait_for_money();
    struct payment p = money_payment(&m);
    struct booking b = money_booking(&m);
    struct refund_split left;
    ck_assert_int_eq(p.refunded.n, WAITING);
    ck_assert(refunds_left(m.c, &p, &b, &left) == OK);
    ck_assert_int_eq(left.amount.n, MONEY_TOTAL - WAITING);
    ck_assert_int_lt(-money_owed(&m, "host_payable"), MONEY_HOST);
    money_act(&m, m.admin_id);
    ck_assert(refunds_give(m.c, m.booking_id, cents_of(MONEY_TOTAL - WAITING + 1),
                  "too much", "other") == R_INVALID);
    db_test_end(&m.t);
    db_test_exec(&m.t, "UPDATE bookings SET state = 'confirmed'");
    money_act(&m, m.admin_id);
    ck_assert(cancellations_preview(m.c, m.booking_id, &k) == OK);
    ck_assert_int_eq(k.already.n, WAITING);
    ck_assert_int_eq(k.refund.amount.n, MONEY_TOTAL - WAITING);
}
END_TEST

START_TEST(a_refund_that_waited_for_money_and_fails_was_never_in_the_books)
{
    const char *id = wait_for_money();
    books_agree();
    money_sim(&m, "refund_fail", "refund=%s", id);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'failed'"), 1);
    ck_assert_int_eq(
        money_count(&m, "ledger WHERE kind IN ('refund', 'refund_failed')"), 0);
    ck_assert_int_eq(money_payment(&m).refunded.n, 0);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), -WAITING);
    books_agree();
    int64_t row_id = money_int(&m, "SELECT id FROM refunds");
    money_act(&m, m.admin_id);
    ck_assert(refunds_give_up(m.c, row_id, "paid by check") == OK);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), 0);
    ck_assert_int_eq(money_owed(&m, "host_payable"), -MONEY_HOST);
}
END_TEST

/* What Stripe says of one that goes by a slow way: the money has left us long before
 * it has arrived. */
static void hear_of(const char *status, const char *movement_id)
{
    char intent_id[64];
    snprintf(intent_id, sizeof intent_id, "%s", money_payment(&m).intent_id);
    const struct stripe_refund refund = { .id = "re_slow",
        .status = status,
        .amount = { WAITING },
        .intent_id = intent_id,
        .movement_id = movement_id,
        .failure_reason = "",
        .refund_uid = "" };
    money_act(&m, 0);
    ck_assert(db_begin(m.c->db) == OK);
    ck_assert(refunds_apply(m.c, &refund) == OK);
    ck_assert(db_commit(m.c->db) == OK);
}

START_TEST(one_that_is_pending_is_booked_once_when_its_money_has_moved)
{
    hear_of("pending", "");
    ck_assert_int_eq(money_owed(&m, "refunds_due"), -WAITING);
    hear_of("pending", "txn_slow");
    ck_assert_int_eq(money_owed(&m, "refunds_due"), 0);
    hear_of("pending", "txn_slow");
    hear_of("succeeded", "txn_slow");
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind = 'refund'"), 1);
    hear_of("failed", "txn_slow");
    hear_of("pending", "txn_slow"); /* old news */
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind = 'refund_failed'"), 1);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), -WAITING);
}
END_TEST

START_TEST(one_of_which_only_its_end_is_heard_went_out_and_came_back)
{
    hear_of("pending", "");
    hear_of("failed", "txn_slow");
    ck_assert_int_eq(
        money_count(&m, "ledger WHERE kind IN ('refund', 'refund_failed')"), 2);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), -WAITING);
}
END_TEST

/* Before the posting waited, it was in the books already: it is not booked again. */
START_TEST(one_that_was_booked_while_it_waited_is_not_booked_again)
{
    const char *id = wait_for_money();
    db_test_end(&m.t);
    db_test_exec(&m.t,
        "INSERT INTO ledger (at, kind, source_id, debit, credit, amount_cents,"
        " booking_id) VALUES (1, 'refund', '%s', 'refunds_due', 'stripe', 1000, %lld)",
        id, (long long)m.booking_id);
    money_sim(&m, "refund_fail", "refund=%s", id);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind = 'refund'"), 1);
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind = 'refund_failed'"), 1);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), -WAITING);
}
END_TEST

/* ---- failed before it was heard of ------------------------------------------------
 */

/* Somebody gives CENTS back in the dashboard, and the vendor's bank does not take it.
 */
static void fail_unheard(int64_t cents)
{
    char refund_id[64], intent_id[64];
    snprintf(intent_id, sizeof intent_id, "%s", money_payment(&m).intent_id);
    snprintf(refund_id, sizeof refund_id, "%s",
        json_text(money_sim(&m, "refund", "payment_intent=%s&amount=%lld", intent_id,
                      (long long)cents),
            "id"));
    money_sim(&m, "refund_fail", "refund=%s", refund_id);
}

/* It went out and came back, and is owed to nobody. */
static void nothing_has_come_of_it(void)
{
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind = 'refund'"), 1);
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind = 'refund_failed'"), 1);
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind = 'refund_owed'"), 0);
    ck_assert_int_eq(money_count(&m, "refunds"), 1);
    ck_assert_int_eq(
        money_count(&m, "refunds WHERE state = 'canceled' AND kind = 'stripe'"), 1);
    ck_assert_int_eq(money_count(&m, "audit WHERE action = 'refund.failed'"), 1);
    ck_assert_int_eq(money_payment(&m).refunded.n, 0);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), 0);
    ck_assert_int_eq(money_owed(&m, "host_payable"), -MONEY_HOST);
    ck_assert(money_booking(&m).state == BOOKING_CONFIRMED);
}

START_TEST(one_at_the_dashboard_that_failed_before_it_was_heard_of_leaves_nothing)
{
    fail_unheard(_i == 0 ? 500 : MONEY_TOTAL);
    money_run(&m);
    nothing_has_come_of_it();
    books_agree();
    nothing_has_come_of_it(); /* the look has heard of it, too */
}
END_TEST

START_TEST(one_that_failed_and_that_no_event_told_of_is_found_by_a_look)
{
    fail_unheard(500);
    books_agree();
    nothing_has_come_of_it();
}
END_TEST

/* Meanwhile we have decided to give all of it back, and have. */
START_TEST(one_that_failed_before_it_was_heard_of_needs_no_room)
{
    fail_unheard(500);
    money_act(&m, m.admin_id);
    ck_assert(
        refunds_give(m.c, m.booking_id, cents_of(MONEY_TOTAL), "all", "key") == OK);
    money_calls(&m);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "refunds"), 1);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind = 'refund'"), 2);
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind = 'refund_failed'"), 1);
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 0);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), 0);
    books_agree();
    ck_assert_int_eq(money_count(&m, "audit WHERE action = 'refund.failed'"), 1);
}
END_TEST

START_TEST(one_that_waited_and_failed_before_it_was_heard_of_has_moved_nothing)
{
    money_drain(&m);
    fail_unheard(500);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'canceled'"), 1);
    ck_assert_int_eq(money_count(&m, "ledger WHERE kind LIKE 'refund%%'"), 0);
    books_agree();
}
END_TEST

/* One of ours that a restored backup does not know, and another took its place. */
START_TEST(one_of_ours_that_was_lost_and_has_failed_needs_no_room)
{
    money_act(&m, m.admin_id);
    ck_assert(refunds_give(m.c, m.booking_id, cents_of(9000), "lost", "a") == OK);
    money_calls(&m);
    const char *lost = json_text(
        json_get(stripe_box_call(&m.box, "GET", "/v1/refunds", NULL).object, "data")
            ->first,
        "id");
    money_sim(&m, "refund_fail", "refund=%s", lost);
    db_test_end(&m.t);
    db_test_exec(&m.t,
        "DROP TRIGGER ledger_is_not_deleted; DELETE FROM refunds;"
        "DELETE FROM ledger_totals; UPDATE payments SET refunded_cents = 0;"
        "DELETE FROM ledger WHERE kind LIKE 'refund%%';"
        "INSERT INTO ledger_totals SELECT account, IIF(account LIKE 'host%%', host_id,"
        " 0), SUM(amount_cents) FROM ledger_entries GROUP BY 1, 2");
    money_act(&m, m.admin_id);
    ck_assert(refunds_give(m.c, m.booking_id, cents_of(MONEY_TOTAL), "all", "b") == OK);
    money_calls(&m);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 0);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), 0);
    books_agree();
}
END_TEST

void unit_domain_refunds_apply(Suite *s)
{
    TCase *tc = tcase_create("refunds_apply");
    if (stripe_box_missing("refunds_apply"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_refund_that_waits_for_money_is_booked_when_the_money_moves);
    tcase_add_test(tc, a_refund_that_waits_for_money_counts_as_made_everywhere_else);
    tcase_add_test(tc, a_refund_that_waited_for_money_and_fails_was_never_in_the_books);
    tcase_add_test(tc, one_that_is_pending_is_booked_once_when_its_money_has_moved);
    tcase_add_test(tc, one_of_which_only_its_end_is_heard_went_out_and_came_back);
    tcase_add_test(tc, one_that_was_booked_while_it_waited_is_not_booked_again);
    tcase_add_loop_test(tc,
        one_at_the_dashboard_that_failed_before_it_was_heard_of_leaves_nothing, 0, 2);
    tcase_add_test(tc, one_that_failed_and_that_no_event_told_of_is_found_by_a_look);
    tcase_add_test(tc, one_that_failed_before_it_was_heard_of_needs_no_room);
    tcase_add_test(
        tc, one_that_waited_and_failed_before_it_was_heard_of_has_moved_nothing);
    tcase_add_test(tc, one_of_ours_that_was_lost_and_has_failed_needs_no_room);
    suite_add_tcase(s, tc);
}
