/* What the administrators are told of, and how often. */
#include "domain/alerts.h"

#include <stdio.h>
#include <string.h>

#include "domain/events.h"
#include "domain/queues.h"
#include "support/money.h"
#include "unit.h"
#include "util/guard.h"

enum { DAY_S = 86400 };

static struct money m;
static char intent_id[64];

static void set_up(void)
{
    money_open(&m);
    snprintf(intent_id, sizeof intent_id, "%s", money_payment(&m).intent_id);
}

static void tear_down(void)
{
    money_close(&m);
}

/* How many notices of the administrator have TEXT. */
static int64_t told(const char *kind, const char *text)
{
    return money_int(&m,
        "SELECT COUNT(*) FROM notices WHERE user_id = %lld AND kind = %Q"
        " AND instr(text, %Q) > 0",
        (long long)m.admin_id, kind, text);
}

/* ---- disputes ---- */

static const char *open_dispute(const char *more)
{
    const struct json *dispute =
        money_sim(&m, "dispute", "payment_intent=%s&do=open%s", intent_id, more);
    static char id[64];
    snprintf(id, sizeof id, "%s", json_text(dispute, "id"));
    money_listen(&m);
    return id;
}

START_TEST(a_dispute_is_told_once_with_the_date_by_which_it_is_answered)
{
    const char *id = open_dispute("");
    money_sim(&m, "dispute", "dispute=%s&do=update", id);
    money_run(&m);
    ck_assert_int_eq(told("dispute_opened", "A bank takes back $227.85"), 1);
    ck_assert_int_eq(told("dispute_opened", "answer it by "), 1);
    ck_assert_int_eq(told("dispute_opened", " UTC."), 1);
    ck_assert_int_eq(money_int(&m,
                         "SELECT COUNT(*) FROM notices WHERE kind = 'dispute_opened'"
                         " AND link = '/admin/disputes/' || %Q",
                         id),
        1);
}
END_TEST

START_TEST(a_question_of_a_bank_is_told_as_one)
{
    open_dispute("&status=warning_needs_response");
    ck_assert_int_eq(told("dispute_opened", "A bank asks about $227.85"), 1);
}
END_TEST

START_TEST(one_that_was_decided_before_we_heard_of_it_asks_nothing_of_anybody)
{
    open_dispute("&status=lost");
    ck_assert_int_eq(told("dispute_opened", ""), 0);
}
END_TEST

/* As the job does it. */
static size_t alert(void)
{
    const char **ids;
    size_t n, debts;
    money_act(&m, 0);
    ck_assert(alerts_disputes(m.c, 10, &ids, &n) == OK);
    for (size_t i = 0; i < n; i++)
        ck_assert(alerts_dispute(m.c, ids[i]) == OK);
    ck_assert(alerts_debts(m.c, 10, &debts) == OK);
    return n + debts;
}

START_TEST(a_dispute_without_an_answer_is_told_again_two_days_before_it_is_lost)
{
    open_dispute("");
    int64_t due_by = money_int(&m, "SELECT due_by FROM disputes");
    ck_assert_int_eq(alert(), 0);
    money_later(&m, due_by - 2 * DAY_S - 60 - m.t.app.fixed_now_at);
    ck_assert_int_eq(alert(), 0);
    money_later(&m, 60);
    ck_assert_int_eq(alert(), 1);
    ck_assert_int_eq(told("dispute_due", "still waits for our answer"), 1);
    money_later(&m, DAY_S);
    ck_assert_int_eq(alert(), 0);
}
END_TEST

START_TEST(a_dispute_with_an_answer_is_not_told_again)
{
    const char *id = open_dispute("");
    int64_t due_by = money_int(&m, "SELECT due_by FROM disputes");
    db_test_end(&m.t);
    db_test_exec(&m.t,
        "INSERT INTO dispute_evidence (uid, dispute_id, text, author_id, state,"
        " created_at) VALUES ('u', %Q, 'x', %lld, 'sent', 1)",
        id, (long long)m.admin_id);
    money_later(&m, due_by - DAY_S - m.t.app.fixed_now_at);
    ck_assert_int_eq(alert(), 0);
}
END_TEST

/* ---- refunds, transfers, warnings ---- */

START_TEST(a_refund_that_fails_is_told)
{
    const struct json *refund =
        money_sim(&m, "refund", "payment_intent=%s&amount=1000", intent_id);
    char id[64];
    snprintf(id, sizeof id, "%s", json_text(refund, "id"));
    money_run(&m);
    ck_assert_int_eq(told("refund_failed", ""), 0);
    money_sim(&m, "refund_fail", "refund=%s", id);
    money_run(&m);
    ck_assert_int_eq(told("refund_failed", "has failed: $10.00"), 1);
}
END_TEST

START_TEST(a_transfer_that_stripe_refuses_for_good_is_told)
{
    db_test_end(&m.t);
    db_test_exec(&m.t, "UPDATE payments SET charge_id = 'ch_nobody_knows'");
    money_after_the_end(&m, DAY_S);
    money_run(&m);
    ck_assert_int_eq(money_count(&m, "transfers WHERE state = 'failed'"), 1);
    ck_assert_int_eq(told("transfer", "has failed: "), 1);
}
END_TEST

START_TEST(a_transfer_that_is_held_against_expectation_is_told)
{
    money_sim(&m, "capability", "account=%s&transfers=inactive", m.account_id);
    money_after_the_end(&m, DAY_S); /* we have not heard of it */
    money_run(&m);
    ck_assert_int_eq(
        money_count(&m, "transfers WHERE state = 'held' AND held_for = 'account'"), 1);
    ck_assert_int_eq(told("transfer", "is held, Stripe does not pay its host"), 1);
}
END_TEST

START_TEST(a_warning_and_a_review_are_told_once_each)
{
    money_sim(&m, "warning", "payment_intent=%s", intent_id);
    money_sim(&m, "review", "payment_intent=%s&do=open", intent_id);
    money_run(&m);
    ck_assert_int_eq(told("warning", "warns of fraud"), 1);
    ck_assert_int_eq(told("review", "Stripe reviews the payment"), 1);
    money_sim(&m, "review", "payment_intent=%s&do=close", intent_id);
    money_run(&m);
    ck_assert_int_eq(told("review", ""), 1);
}
END_TEST

START_TEST(two_warnings_of_one_booking_at_the_end_of_a_page_are_both_listed)
{
    static const char *const ids[] = { "issfr_1", "issfr_2", "issfr_3" };
    struct queues_warning *rows, after = { .source_id = "" };
    size_t n;
    db_test_end(&m.t);
    for (size_t i = 0; i < COUNT_OF(ids); i++)
        db_test_exec(&m.t, "INSERT INTO freezes VALUES (%Q, %lld, 'warning', 1, NULL)",
            ids[i], (long long)m.booking_id);
    money_act(&m, m.admin_id);
    for (size_t i = 0; i < COUNT_OF(ids); i++) {
        ck_assert(queues_warnings(m.c, &after, 1, &rows, &n) == OK && n == 1);
        ck_assert_str_eq(rows[0].source_id, ids[i]);
        after = rows[0];
    }
    ck_assert(queues_warnings(m.c, &after, 1, &rows, &n) == OK && n == 0);
}
END_TEST

/* ---- debts ---- */

static void owe(const char *source_id, int64_t at)
{
    db_test_end(&m.t);
    db_test_exec(&m.t,
        "INSERT INTO ledger (at, kind, source_id, debit, credit, amount_cents,"
        " booking_id, host_id) VALUES (%lld, 'receivable', %Q, 'host_receivable',"
        " 'host_payable', 500, %lld, %lld)",
        (long long)at, source_id, (long long)m.booking_id, (long long)m.host_id);
}

START_TEST(a_debt_is_told_once_when_it_is_thirty_days_old)
{
    int64_t at = m.t.app.fixed_now_at;
    owe("x1", at);
    money_later(&m, 29 * DAY_S);
    ck_assert_int_eq(alert(), 0);
    money_later(&m, DAY_S);
    ck_assert_int_eq(alert(), 1);
    ck_assert_int_eq(told("debt_old", "has owed us $5.00 for more than 30 days"), 1);
    owe("x2", m.t.app.fixed_now_at);
    money_later(&m, DAY_S);
    ck_assert_int_eq(alert(), 0); /* it is the same debt, and more */
}
END_TEST

/* ---- Stripe ---- */

START_TEST(a_payout_to_our_bank_that_fails_is_a_difference_and_told)
{
    money_later(&m, 8 * DAY_S); /* the charge is available */
    money_sim(&m, "payout_fail", "%s", "");
    money_listen(&m);
    ck_assert_int_eq(
        money_count(&m, "differences WHERE kind = 'payout_failed'"
                        " AND detail LIKE '$%: The bank account has been closed.'"),
        1);
    ck_assert_int_eq(told("difference", "could not pay out to our bank"), 1);
}
END_TEST

START_TEST(a_payout_to_a_hosts_bank_that_fails_is_between_stripe_and_him)
{
    money_after_the_end(&m, DAY_S);
    money_run(&m);
    money_later(&m, 8 * DAY_S);
    money_sim(&m, "payout_fail", "account=%s", m.account_id);
    money_listen(&m);
    ck_assert_int_eq(money_count(&m, "differences"), 0);
}
END_TEST

static void hear(const char *event_id, const char *version)
{
    char object[256];
    snprintf(object, sizeof object,
        "{\"id\":\"%s\",\"object\":\"payment_intent\",\"status\":\"canceled\","
        "\"amount\":22785,\"currency\":\"usd\",\"livemode\":false}",
        intent_id);
    money_hear(&m, &(struct event) { .id = event_id,
                       .type = "payment_intent.canceled",
                       .version = version,
                       .object = object });
}

START_TEST(an_event_in_another_version_is_told_once_and_its_object_read)
{
    static const char waits[] = "stripe_events WHERE processed_at IS NULL"
                                " AND api_version = '2020-08-27'";
    hear("evt_1", "2020-08-27");
    hear("evt_2", "2020-08-27");
    hear("evt_3", STRIPE_VERSION);
    hear("evt_4", "");
    ck_assert_int_eq(money_count(&m, waits), 2);
    ck_assert_int_eq(money_count(&m, "differences WHERE kind = 'event_version'"), 1);
    ck_assert_int_eq(
        told("difference", "come in a version that we were not made for"), 1);
    money_listen(&m);
    ck_assert_int_eq(money_count(&m, waits), 0);
    ck_assert_int_eq(money_count(&m, "payments WHERE state = 'succeeded'"), 1);
}
END_TEST

START_TEST(the_endpoints_are_for_what_concerns_us_and_nothing_twice)
{
    static const char *const ours[] = { "payment_intent.succeeded", "refund.failed",
        "payout.failed", "charge.dispute.created" };
    for (size_t i = 0; i < COUNT_OF(ours); i++) {
        const char *type;
        int found = 0;
        for (size_t k = 0; (type = events_type(EVENTS_OURS, k)) != NULL; k++)
            found += strcmp(type, ours[i]) == 0;
        ck_assert_int_eq(found, 1);
    }
    ck_assert_str_eq(events_type(EVENTS_CONNECTED, 0), "payout.failed");
    ck_assert_str_eq(events_type(EVENTS_CONNECTED, 1), "account.updated");
    ck_assert_ptr_null(events_type(EVENTS_CONNECTED, 4));
}
END_TEST

void unit_domain_alerts(Suite *s)
{
    TCase *tc = tcase_create("alerts");
    if (stripe_box_missing("alerts"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, a_dispute_is_told_once_with_the_date_by_which_it_is_answered);
    tcase_add_test(tc, a_question_of_a_bank_is_told_as_one);
    tcase_add_test(
        tc, one_that_was_decided_before_we_heard_of_it_asks_nothing_of_anybody);
    tcase_add_test(
        tc, a_dispute_without_an_answer_is_told_again_two_days_before_it_is_lost);
    tcase_add_test(tc, a_dispute_with_an_answer_is_not_told_again);
    tcase_add_test(tc, a_refund_that_fails_is_told);
    tcase_add_test(tc, a_transfer_that_stripe_refuses_for_good_is_told);
    tcase_add_test(tc, a_transfer_that_is_held_against_expectation_is_told);
    tcase_add_test(tc, a_warning_and_a_review_are_told_once_each);
    tcase_add_test(
        tc, two_warnings_of_one_booking_at_the_end_of_a_page_are_both_listed);
    tcase_add_test(tc, a_debt_is_told_once_when_it_is_thirty_days_old);
    tcase_add_test(tc, a_payout_to_our_bank_that_fails_is_a_difference_and_told);
    tcase_add_test(tc, a_payout_to_a_hosts_bank_that_fails_is_between_stripe_and_him);
    tcase_add_test(tc, an_event_in_another_version_is_told_once_and_its_object_read);
    tcase_add_test(tc, the_endpoints_are_for_what_concerns_us_and_nothing_twice);
    suite_add_tcase(s, tc);
}
