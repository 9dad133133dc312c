/* A bank takes a payment back: before the host was paid, after, in any order of news.
 */
#include "domain/disputes_draft.h"
#include "domain/messages.h"

#include <stdio.h>
#include <string.h>

#include "domain/refunds.h"
#include "support/money.h"
#include "unit.h"
#include "util/guard.h"

enum { DAY_S = 86400 };

static struct money m;
static char intent_id[64], dispute_id[64];

static void set_up(void)
{
    money_open(&m);
    snprintf(intent_id, sizeof intent_id, "%s", money_payment(&m).intent_id);
}

static void tear_down(void)
{
    money_check(&m);
    money_close(&m);
}

/* The news were made up: the sandbox knows nothing of them. */
static void tear_down_unchecked(void)
{
    money_close(&m);
}

static void open_dispute(const char *more)
{
    const struct json *dispute =
        money_sim(&m, "dispute", "payment_intent=%s&do=open%s", intent_id, more);
    snprintf(dispute_id, sizeof dispute_id, "%s", json_text(dispute, "id"));
}

static void close_dispute(const char *status)
{
    money_sim(&m, "dispute", "dispute=%s&do=close&status=%s", dispute_id, status);
}

static void after_the_payout_day(void)
{
    money_after_the_end(&m, DAY_S);
    money_run(&m);
}

static int64_t sent_net(void)
{
    return money_int(&m,
        "SELECT COALESCE(SUM(amount_cents - reversed_cents), 0) FROM transfers"
        " WHERE state IN ('sent', 'reversed')");
}

/* Mails of a kind whose fields have TEXT. */
static int64_t told(const char *kind, const char *text)
{
    return money_int(&m,
        "SELECT COUNT(*) FROM outbox WHERE kind = %Q AND fields LIKE '%%' || %Q || "
        "'%%'",
        kind, text);
}

/* ---- before the host was paid ---- */

START_TEST(matrix_23_one_that_is_open_freezes_the_money_and_won_lets_it_go)
{
    open_dispute("");
    money_listen(&m);
    after_the_payout_day();
    ck_assert(money_booking(&m).disputed);
    ck_assert_int_eq(
        money_count(&m, "transfers WHERE state = 'held' AND held_for = 'freeze'"), 1);
    ck_assert_int_eq(money_owed(&m, "disputed"), MONEY_TOTAL);
    ck_assert_int_eq(money_count(&m, "outbox WHERE kind = 'booking_disputed'"), 1);
    struct dispute *rows;
    size_t n;
    money_act(&m, m.admin_id);
    ck_assert(disputes_open(m.c, 0, NULL, 5, &rows, &n) == OK && n == 1);
    ck_assert_str_eq(rows[0].id, dispute_id);
    close_dispute("won");
    money_run(&m);
    money_act(&m, m.admin_id);
    ck_assert(disputes_open(m.c, 0, NULL, 5, &rows, &n) == OK && n == 0);
    ck_assert(disputes_of_booking(m.c, m.booking_id, &rows, &n) == OK && n == 1);
    ck_assert_str_eq(rows[0].status, "won");
    ck_assert_int_eq(told("dispute_won", "\"why\":\"\""), 1);
    ck_assert(!money_booking(&m).disputed);
    ck_assert_int_eq(sent_net(), MONEY_HOST);
    ck_assert_int_eq(money_owed(&m, "disputed"), 0);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
}
END_TEST

START_TEST(matrix_23_lost_before_the_payout_leaves_nothing_for_the_host)
{
    open_dispute("");
    money_listen(&m);
    close_dispute("lost");
    after_the_payout_day();
    ck_assert_int_eq(told("dispute_lost", "\"amount\":\"$145.00\""), 1);
    ck_assert_int_eq(sent_net(), 0);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    ck_assert_int_eq(money_owed(&m, "dispute_loss"), MONEY_TOTAL - MONEY_HOST);
    ck_assert_int_eq(money_owed(&m, "disputed"), 0);
}
END_TEST

START_TEST(a_question_of_the_bank_freezes_and_moves_nothing)
{
    open_dispute("&status=warning_needs_response");
    money_listen(&m);
    after_the_payout_day();
    ck_assert_int_eq(sent_net(), 0);
    ck_assert_int_eq(money_owed(&m, "disputed"), 0);
    close_dispute("warning_closed");
    money_run(&m);
    ck_assert_int_eq(told("dispute_closed", ""), 1);
    ck_assert_int_eq(told("dispute_won", ""), 0);
    ck_assert_int_eq(sent_net(), MONEY_HOST);
}
END_TEST

START_TEST(lost_before_the_visit_there_is_no_booking_and_nothing_more_to_give_back)
{
    open_dispute("");
    money_listen(&m);
    close_dispute("lost");
    money_run(&m);
    ck_assert(money_booking(&m).state == BOOKING_CANCELED);
    ck_assert_int_eq(holds_cells(&m.t), 0);
    ck_assert_int_eq(money_count(&m, "outbox WHERE kind = 'booking_canceled'"), 1);
    money_act(&m, m.admin_id);
    ck_assert(
        refunds_give(m.c, m.booking_id, cents_of(100), "sorry", "k") == R_INVALID);
    ck_assert_int_eq(money_owed(&m, "host_receivable"), 0);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
}
END_TEST

START_TEST(a_refund_that_a_lost_dispute_made_needless_is_given_up_for_it)
{
    money_act(&m, m.admin_id);
    ck_assert(
        refunds_give(m.c, m.booking_id, cents_of(MONEY_TOTAL), "sorry", "k") == OK);
    open_dispute(""); /* before the call is made: Stripe refuses it */
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'failed'"), 1);
    close_dispute("lost");
    money_run(&m);
    money_act(&m, m.admin_id);
    ck_assert(refunds_retry(m.c, 1) == R_CONFLICT);
    money_act(&m, m.admin_id);
    ck_assert(refunds_give_up(m.c, 1, "the bank took it") == OK);
    after_the_payout_day();
    ck_assert_int_eq(sent_net(), 0);
    ck_assert_int_eq(money_owed(&m, "refunds_due"), 0);
    ck_assert_int_eq(money_owed(&m, "dispute_loss"), 0);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    ck_assert_int_eq(money_owed(&m, "revenue"), 0);
}
END_TEST

START_TEST(part_of_a_payment_costs_the_host_his_part_of_it)
{
    open_dispute("&amount=10000");
    money_listen(&m);
    close_dispute("lost");
    after_the_payout_day();
    ck_assert_int_eq(sent_net(), MONEY_HOST - 6364);
    ck_assert_int_eq(money_owed(&m, "dispute_loss"), 10000 - 6364);
}
END_TEST

/* ---- after the host was paid ---- */

START_TEST(matrix_23_after_the_payout_the_hosts_part_is_asked_back_and_sent_again_once)
{
    after_the_payout_day();
    open_dispute("");
    money_run(&m);
    ck_assert_int_eq(sent_net(), 0);
    ck_assert_int_eq(
        money_count(&m, "transfers WHERE state = 'held' AND attempt = 2"), 1);
    money_sim(&m, "dispute", "dispute=%s&do=update&status=under_review", dispute_id);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "reversals"), 1);
    ck_assert_int_eq(told("transfer_taken_back", "has asked for the payment back"), 1);
    close_dispute("won");
    money_run(&m);
    money_run(&m);
    ck_assert_int_eq(sent_net(), MONEY_HOST);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'sent'"), 1);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
}
END_TEST

/* The answer to the reversal is lost, and its event is quicker than the next try. */
START_TEST(won_while_the_money_was_on_its_way_back_it_is_sent_again)
{
    after_the_payout_day();
    open_dispute("");
    money_listen(&m);
    close_dispute("won");
    money_listen(&m);
    money_act(&m, 0);
    stripe_box_fault(&m.box, "/reversals", "reset_mid_body", 2);
    money_calls(&m);
    ck_assert_int_eq(money_count(&m, "reversals WHERE state = 'queued'"), 1);
    money_listen(&m);
    ck_assert_int_eq(money_count(&m, "reversals WHERE state = 'succeeded'"), 1);
    money_run(&m);
    ck_assert_int_eq(sent_net(), MONEY_HOST);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
}
END_TEST

START_TEST(a_charge_that_carries_no_second_transfer_is_paid_from_our_balance)
{
    money_book(&m, 7); /* there is money of others */
    money_sim(&m, "reversals", "reuse=no");
    after_the_payout_day();
    open_dispute("");
    money_run(&m);
    close_dispute("won");
    money_run(&m);
    money_later(&m, 3 * DAY_S);
    money_run(&m);
    ck_assert_int_eq(
        money_count(&m, "transfers WHERE state = 'sent' AND unlinked = 1"), 1);
    ck_assert_int_eq(sent_net(), MONEY_HOST);
}
END_TEST

START_TEST(matrix_23_lost_after_the_payout_the_host_bears_his_part)
{
    after_the_payout_day();
    open_dispute("");
    money_run(&m);
    close_dispute("lost");
    money_run(&m);
    ck_assert_int_eq(sent_net(), 0);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    ck_assert_int_eq(money_owed(&m, "dispute_loss"), MONEY_TOTAL - MONEY_HOST);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'held'"), 0);
}
END_TEST

START_TEST(matrix_23_a_dispute_that_is_lost_before_we_hear_of_it)
{
    after_the_payout_day();
    open_dispute("&status=lost");
    money_run(&m);
    ck_assert_int_eq(told("booking_disputed", ""), 0);
    ck_assert_int_eq(told("dispute_lost", "$145.00"), 1);
    ck_assert_int_eq(
        told("transfer_taken_back", "The dispute over the payment is lost"), 1);
    ck_assert_int_eq(sent_net(), 0);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    ck_assert_int_eq(money_owed(&m, "dispute_loss"), MONEY_TOTAL - MONEY_HOST);
    ck_assert(!money_booking(&m).disputed);
}
END_TEST

START_TEST(matrix_23_lost_and_won_in_the_end_is_paid_once)
{
    after_the_payout_day();
    open_dispute("");
    money_run(&m);
    close_dispute("lost");
    money_run(&m);
    money_sim(&m, "dispute", "dispute=%s&do=late_win", dispute_id);
    money_run(&m);
    money_run(&m);
    ck_assert_int_eq(told("dispute_won", "It had been lost"), 1);
    ck_assert_int_eq(told("dispute_lost", ""), 1);
    ck_assert_int_eq(sent_net(), MONEY_HOST);
    ck_assert_int_eq(money_owed(&m, "dispute_loss"), 0);
    ck_assert_int_eq(money_owed(&m, "disputed"), 0);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
}
END_TEST

START_TEST(matrix_24_a_host_without_money_owes_his_part_of_a_lost_one)
{
    after_the_payout_day();
    money_sim(&m, "reversals", "rule=refuse");
    money_sim(&m, "drain_account", "account=%s", m.account_id);
    open_dispute("");
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "reversals WHERE state = 'failed'"), 1);
    ck_assert_int_eq(told("debt", "has asked for the payment back"), 1);
    ck_assert_int_eq(told("transfer_taken_back", ""), 0);
    close_dispute("lost");
    money_run(&m);
    ck_assert_int_eq(money_owed(&m, "host_receivable"), MONEY_HOST);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    ck_assert_int_eq(money_owed(&m, "dispute_loss"), MONEY_TOTAL - MONEY_HOST);
}
END_TEST

START_TEST(matrix_24_won_with_a_debt_the_two_cancel_out)
{
    after_the_payout_day();
    money_sim(&m, "reversals", "rule=refuse");
    money_sim(&m, "drain_account", "account=%s", m.account_id);
    open_dispute("");
    money_run(&m);
    close_dispute("won");
    money_run(&m);
    ck_assert_int_eq(money_owed(&m, "host_receivable"), 0);
    ck_assert_int_eq(money_owed(&m, "host_payable"), 0);
    ck_assert_int_eq(sent_net(), MONEY_HOST);
}
END_TEST

/* ---- news in any order ---- */

static struct stripe_dispute heard(const char *status)
{
    return (struct stripe_dispute) {
        .id = "dp_made_up",
        .status = status,
        .reason = "fraudulent",
        .amount = { MONEY_TOTAL },
        .intent_id = intent_id,
        .created_at = m.t.app.fixed_now_at,
    };
}

static const struct {
    int line;
    const char *news[4], *end;
    bool open, lost;
} orders[] = {
    { __LINE__, { "lost", "needs_response" }, "lost", false, true },
    { __LINE__, { "won", "under_review", "needs_response" }, "won", false, false },
    { __LINE__, { "won", "lost" }, "won", false, false },
    { __LINE__, { "lost", "won", "lost" }, "won", false, false },
    { __LINE__, { "lost", "appeal_needs_response" }, "appeal_needs_response", true,
        true },
    { __LINE__, { "lost", "appeal_under_review", "won" }, "won", false, false },
    { __LINE__, { "lost", "appeal_under_review", "lost" }, "lost", false, true },
    { __LINE__, { "warning_needs_response", "needs_response" }, "needs_response", true,
        false },
    { __LINE__, { "needs_response", "needs_response" }, "needs_response", true, false },
    { __LINE__, { "needs_response", "a_new_word" }, "needs_response", true, false },
    { __LINE__, { "prevented" }, "prevented", false, false },
};

START_TEST(the_highest_rank_counts_whatever_comes_last)
{
    struct dispute d;
    for (int i = 0; i < 4 && orders[_i].news[i] != NULL; i++) {
        struct stripe_dispute dispute = heard(orders[_i].news[i]);
        money_act(&m, 0);
        ck_assert(db_begin(m.c->db) == OK);
        ck_assert(disputes_apply(m.c, &dispute) == OK);
        ck_assert(db_commit(m.c->db) == OK);
    }
    money_act(&m, 0);
    ck_assert(disputes_get(m.c, "dp_made_up", &d) == OK);
    ck_assert_msg(text_is(d.status, orders[_i].end) && d.lost == orders[_i].lost &&
                      (d.closed_at == 0) == orders[_i].open,
        "case at line %d: %s", orders[_i].line, d.status);
    ck_assert(money_booking(&m).disputed == orders[_i].open);
}
END_TEST

START_TEST(one_of_another_shop_or_mode_changes_nothing)
{
    struct stripe_dispute dispute = heard("needs_response");
    money_act(&m, 0);
    ck_assert(db_begin(m.c->db) == OK);
    dispute.intent_id = "pi_of_another_shop";
    ck_assert(disputes_apply(m.c, &dispute) == OK);
    dispute = heard("needs_response");
    dispute.livemode = true;
    ck_assert(disputes_apply(m.c, &dispute) == OK);
    ck_assert(db_commit(m.c->db) == OK);
    ck_assert_int_eq(money_count(&m, "disputes"), 0);
}
END_TEST

/* ---- evidence ---- */

START_TEST(evidence_is_sent_once_by_an_administrator)
{
    struct dispute d;
    struct evidence *rows;
    const char *draft;
    size_t n;
    open_dispute("");
    money_listen(&m);
    money_act(&m, m.admin_id);
    ck_assert(disputes_get(m.c, dispute_id, &d) == OK);
    ck_assert_int_gt(d.due_by, m.t.app.fixed_now_at);
    ck_assert(disputes_draft(m.c, &d, &draft) == OK);
    ck_assert(strstr(draft, "The customer paid.") != NULL);
    ck_assert(strstr(draft, "transfer") == NULL && strstr(draft, ".") != NULL);
    char text[6000];
    snprintf(text, sizeof text, "%s", draft);
    money_act(&m, m.host_id);
    ck_assert(disputes_submit(m.c, dispute_id, text) == R_DENIED);
    money_act(&m, m.admin_id);
    ck_assert(disputes_submit(m.c, dispute_id, "") == R_INVALID);
    money_act(&m, m.admin_id);
    ck_assert(disputes_submit(m.c, "dp_none", text) == R_NOT_FOUND);
    money_act(&m, m.admin_id);
    ck_assert(disputes_submit(m.c, dispute_id, text) == OK);
    money_act(&m, m.admin_id);
    ck_assert(disputes_submit(m.c, dispute_id, text) == R_CONFLICT);
    money_run(&m);
    money_act(&m, m.admin_id);
    ck_assert(disputes_evidence(m.c, dispute_id, &rows, &n) == OK && n == 1);
    ck_assert_str_eq(rows[0].state, "sent");
    ck_assert(disputes_get(m.c, dispute_id, &d) == OK);
    ck_assert_str_eq(d.status, "under_review");
    ck_assert(disputes_submit(m.c, dispute_id, "again") == R_CONFLICT);
}
END_TEST

static void say(int64_t user_id, const char *body)
{
    struct booking b;
    money_act(&m, user_id);
    ck_assert(bookings_get(m.c, m.booking_id, &b) == OK);
    ck_assert(messages_send(m.c, &b, body, "") == OK);
}

START_TEST(after_a_visit_the_bank_hears_of_the_door_and_of_what_was_written)
{
    struct dispute d;
    const char *draft;
    char body[4096], was[2100];
    memset(was, 'x', sizeof was);
    was[1900] = '\0';
    for (int i = 0; i < 3; i++)
        say(m.vendor_id, was); /* more than fits */
    say(m.host_id, "The lights are on.");
    say(m.vendor_id, "Thank you, I am inside.");
    money_after_the_end(&m, 60);
    money_run(&m);
    open_dispute("");
    money_listen(&m);
    money_act(&m, m.admin_id);
    ck_assert(disputes_get(m.c, dispute_id, &d) == OK);
    ck_assert(disputes_draft(m.c, &d, &draft) == OK);
    const char *door = strstr(draft, "showed the code for the door.");
    const char *host = strstr(draft, "(host): The lights are on.");
    const char *vendor = strstr(draft, "(customer): Thank you, I am inside.");
    ck_assert(door != NULL && door < host && host < vendor);
    ck_assert_int_le(text_utf8_length(draft), EVIDENCE_MAX);
    ck_assert(strstr(draft, "08:30") != NULL); /* half an hour before */
    ck_assert(disputes_submit(m.c, dispute_id, draft) == OK);
    money_run(&m);
    money_act(&m, 0);
    struct query *q = db_query(m.c->db, Q_STRIPE_OPS_NEWEST);
    bind_text(q, "kind", "dpev");
    struct evidence *rows;
    size_t n;
    ck_assert(disputes_evidence(m.c, dispute_id, &rows, &n) == OK && n == 1);
    bind_text(q, "subject_uid", rows[0].uid);
    ck_assert(query_step(q) == OK);
    ck_assert_str_eq(col_text(q, "state"), "done");
    snprintf(body, sizeof body, "%s",
        strstr(col_text(q, "body"), "&evidence[service_date]"));
    ck_assert_ptr_nonnull(strstr(body, "evidence[product_description]=Use%20of"));
    ck_assert_ptr_nonnull(strstr(body, "evidence[access_activity_log]="));
    ck_assert_ptr_nonnull(strstr(body, "the%20code%20for%20the%20door"));
    ck_assert_int_eq(money_count(&m, "audit WHERE action = 'evidence.sent'"), 1);
}
END_TEST

void unit_domain_disputes(Suite *s)
{
    TCase *tc = tcase_create("disputes");
    if (stripe_box_missing("disputes"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, matrix_23_one_that_is_open_freezes_the_money_and_won_lets_it_go);
    tcase_add_test(tc, matrix_23_lost_before_the_payout_leaves_nothing_for_the_host);
    tcase_add_test(tc, a_question_of_the_bank_freezes_and_moves_nothing);
    tcase_add_test(
        tc, lost_before_the_visit_there_is_no_booking_and_nothing_more_to_give_back);
    tcase_add_test(tc, a_refund_that_a_lost_dispute_made_needless_is_given_up_for_it);
    tcase_add_test(tc, part_of_a_payment_costs_the_host_his_part_of_it);
    tcase_add_test(tc,
        matrix_23_after_the_payout_the_hosts_part_is_asked_back_and_sent_again_once);
    tcase_add_test(tc, won_while_the_money_was_on_its_way_back_it_is_sent_again);
    tcase_add_test(
        tc, a_charge_that_carries_no_second_transfer_is_paid_from_our_balance);
    tcase_add_test(tc, matrix_23_lost_after_the_payout_the_host_bears_his_part);
    tcase_add_test(tc, matrix_23_a_dispute_that_is_lost_before_we_hear_of_it);
    tcase_add_test(tc, matrix_23_lost_and_won_in_the_end_is_paid_once);
    tcase_add_test(tc, matrix_24_a_host_without_money_owes_his_part_of_a_lost_one);
    tcase_add_test(tc, matrix_24_won_with_a_debt_the_two_cancel_out);
    tcase_add_test(tc, one_of_another_shop_or_mode_changes_nothing);
    tcase_add_test(tc, evidence_is_sent_once_by_an_administrator);
    tcase_add_test(
        tc, after_a_visit_the_bank_hears_of_the_door_and_of_what_was_written);
    suite_add_tcase(s, tc);
    TCase *told = tcase_create("news");
    tcase_add_checked_fixture(told, set_up, tear_down_unchecked);
    tcase_set_timeout(told, 30);
    tcase_add_loop_test(
        told, the_highest_rank_counts_whatever_comes_last, 0, COUNT_OF(orders));
    suite_add_tcase(s, told);
}
