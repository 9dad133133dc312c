/* Calls whose answer was lost for good: looked for in Stripe's lists, and made again
 * only when it is proven that they never happened. The numbers are the rows of the
 * failure matrix. */
#include <stdio.h>
#include <string.h>

#include "domain/calls.h"
#include "domain/customers.h"
#include "domain/disputes.h"
#include "domain/host_accounts.h"
#include "domain/refunds.h"
#include "domain/transfers.h"
#include "support/holds.h"
#include "support/paid.h"
#include "unit.h"
#include "util/guard.h"

enum { LONG_S = 24 * 3600, PAUSE_S = 61 };

static struct paid p;

static void set_up(void)
{
    paid_open(&p);
}

static void tear_down(void)
{
    paid_close(&p);
}

static int64_t count(const char *what)
{
    return db_test_int(&p.t, "SELECT COUNT(*) FROM %s", what);
}

/* Stripe does what is asked, or does not, and nobody hears an answer for a day. */
static void lose_answers(const char *match, bool happened)
{
    paid_act(&p, 0);
    stripe_box_fault(&p.box, match, happened ? "reset_mid_body" : "503", 1);
}

/* ---- each kind, after a day -------------------------------------------------------
 */

START_TEST(matrix_04_a_lost_intent_is_found_by_its_customer_and_adopted)
{
    lose_answers("POST /v1/payment_intents", true);
    ck_assert(paid_intent(&p) == R_BUSY);
    paid_later(&p, LONG_S);
    paid_calls(&p);
    ck_assert(paid_payment(&p).intent_id != NULL);
    ck_assert_int_eq(paid_count_at_stripe(&p, "/v1/payment_intents"), 1);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'pi' AND state = 'done'"), 1);
}
END_TEST

START_TEST(matrix_04_an_intent_that_never_was_ends_its_payment_and_is_not_sent_again)
{
    lose_answers("POST /v1/payment_intents", false);
    ck_assert(paid_intent(&p) == R_BUSY);
    paid_later(&p, LONG_S);
    stripe_box_heal(&p.box);
    paid_calls(&p);
    ck_assert_str_eq(paid_payment(&p).state, "failed");
    ck_assert_int_eq(paid_count_at_stripe(&p, "/v1/payment_intents"), 0);
    ck_assert_int_eq(
        count("stripe_ops WHERE state = 'rejected' AND err_code = 'absent'"), 1);
}
END_TEST

START_TEST(matrix_04_a_lost_customer_is_found_by_his_address)
{
    lose_answers("POST /v1/customers", true);
    ck_assert(paid_intent(&p) == R_BUSY);
    paid_later(&p, LONG_S);
    paid_calls(&p);
    ck_assert_int_eq(count("customers WHERE customer_id IS NOT NULL"), 1);
    ck_assert_int_eq(paid_count_at_stripe(&p, "/v1/customers"), 1);
}
END_TEST

START_TEST(matrix_04_a_lost_session_is_found_by_its_customer)
{
    struct stripe_op op;
    struct booking b;
    struct payment payment;
    ck_assert(paid_intent(&p) == OK);
    const char *intent_id = paid_payment(&p).intent_id;
    paid_sim(&p, ctx_printf(&p.t.c, "/v1/payment_intents/%s/cancel", intent_id), "");
    db_test_end(&p.t);
    db_test_exec(&p.t, "UPDATE payments SET state = 'canceled'");
    struct ctx *c = paid_act(&p, p.vendor_id);
    ck_assert(bookings_get(c, p.booking_id, &b) == OK);
    ck_assert(db_begin(c->db) == OK);
    const char *customer;
    ck_assert(customers_want(c, &customer, &op) == OK);
    ck_assert(payments_open(c, &b, true, customer, &payment, &op) == OK);
    ck_assert(db_commit(c->db) == OK);
    struct stripe_client client;
    struct stripe_reply reply;
    stripe_box_fault(&p.box, "POST /v1/checkout/sessions", "reset_mid_body", 1);
    ck_assert(stripe_ops_client(c, STRIPE_PAGE_MS, &client) == OK);
    ck_assert(calls_send(c, &client, &op, &reply) == OK);
    ck_assert(reply.outcome == STRIPE_UNKNOWN);
    paid_later(&p, LONG_S);
    paid_calls(&p);
    payment = paid_payment(&p);
    ck_assert_int_eq(payment.attempt, 2);
    ck_assert(payment.session_id != NULL);
    ck_assert_int_eq(paid_count_at_stripe(&p, "/v1/checkout/sessions"), 1);
}
END_TEST

START_TEST(matrix_04_a_lost_host_account_is_found_among_all)
{
    const char *url;
    int64_t other_id = make_user(&p.t, "host");
    lose_answers("POST /v1/accounts", true);
    struct ctx *c = paid_act(&p, other_id);
    ck_assert(host_accounts_connect(c, &url) == R_UPSTREAM);
    paid_later(&p, LONG_S);
    c = paid_act(&p, other_id);
    ck_assert(host_accounts_connect(c, &url) == OK);
    ck_assert_int_eq(paid_count_at_stripe(&p, "/v1/accounts"), 2);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'acct'"), 2);
}
END_TEST

/* A refund of a dollar, decided and not sent. */
static void give_a_dollar(void)
{
    paid_pay(&p);
    struct ctx *c = paid_act(&p, p.admin_id);
    ck_assert(refunds_give(c, p.booking_id, cents_of(100), "kind", "key") == OK);
    paid_act(&p, 0);
}

START_TEST(matrix_04_a_lost_refund_is_found_by_its_intent)
{
    give_a_dollar();
    lose_answers("POST /v1/refunds", true);
    paid_calls(&p);
    paid_later(&p, LONG_S);
    paid_calls(&p);
    ck_assert_int_eq(count("refunds WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(paid_count_at_stripe(&p, "/v1/refunds"), 1);
}
END_TEST

START_TEST(matrix_04_a_refund_that_never_was_is_asked_for_with_a_new_key)
{
    give_a_dollar();
    lose_answers("POST /v1/refunds", false);
    paid_calls(&p);
    paid_later(&p, LONG_S);
    stripe_box_heal(&p.box);
    paid_calls(&p);
    ck_assert_int_eq(count("refunds WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(paid_count_at_stripe(&p, "/v1/refunds"), 1);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'ref' AND err_code = 'absent'"), 1);
    ck_assert_int_eq(
        count("stripe_ops WHERE kind = 'ref' AND state = 'done' AND attempt = 2"), 1);
}
END_TEST

static void transfer(bool happened)
{
    paid_pay(&p);
    paid_visit(&p);
    lose_answers("POST /v1/transfers", happened);
    paid_calls(&p);
    ck_assert_int_eq(count("transfers WHERE state = 'sent'"), 0);
}

static void claim_again(void)
{
    int64_t *ids;
    size_t n;
    struct ctx *c = paid_act(&p, 0);
    ck_assert(transfers_due(c, 5, &ids, &n) == OK);
    for (size_t i = 0; i < n; i++)
        ck_assert(transfers_claim(c, ids[i]) == OK);
    paid_calls(&p);
}

START_TEST(matrix_04_a_lost_transfer_is_found_by_its_group)
{
    transfer(true);
    paid_later(&p, LONG_S);
    paid_calls(&p);
    ck_assert_int_eq(count("transfers WHERE state = 'sent'"), 1);
    claim_again();
    ck_assert_int_eq(paid_count_at_stripe(&p, "/v1/transfers"), 1);
}
END_TEST

START_TEST(matrix_04_a_transfer_that_never_was_is_claimed_anew)
{
    transfer(false);
    paid_later(&p, LONG_S);
    stripe_box_heal(&p.box);
    paid_calls(&p);
    claim_again();
    ck_assert_int_eq(count("transfers WHERE state = 'sent' AND call = 2"), 1);
    ck_assert_int_eq(paid_count_at_stripe(&p, "/v1/transfers"), 1);
}
END_TEST

/* A reversal of a dollar, decided and not sent; its transfer's list of reversals. */
static char reversals[128];

static void ask_a_dollar_back(void)
{
    struct booking b;
    struct transfer *rows;
    size_t n;
    paid_pay(&p);
    paid_visit(&p);
    paid_calls(&p);
    paid_sim(&p, "/_sim/act/reversals", "rule=negative");
    struct ctx *c = paid_act(&p, 0);
    ck_assert(bookings_get(c, p.booking_id, &b) == OK);
    ck_assert(transfers_of_booking(c, b.id, &rows, &n) == OK && n == 1);
    snprintf(
        reversals, sizeof reversals, "/v1/transfers/%s/reversals", rows[0].transfer_id);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(transfers_take_back(c, &b, cents_of(100), "test") == OK);
    ck_assert(db_commit(c->db) == OK);
}

START_TEST(matrix_04_a_lost_reversal_is_found_at_its_transfer)
{
    ask_a_dollar_back();
    lose_answers("/reversals", true);
    paid_calls(&p);
    paid_later(&p, LONG_S);
    paid_calls(&p);
    ck_assert_int_eq(count("reversals WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(paid_count_at_stripe(&p, reversals), 1);
}
END_TEST

START_TEST(matrix_04_a_reversal_that_never_was_is_asked_for_again)
{
    ask_a_dollar_back();
    lose_answers("POST /v1/transfers", false);
    paid_calls(&p);
    paid_later(&p, LONG_S);
    stripe_box_heal(&p.box);
    paid_calls(&p);
    ck_assert_int_eq(count("reversals WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(paid_count_at_stripe(&p, reversals), 1);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'rev'"), 2);
}
END_TEST

static void close_payment(bool happened)
{
    struct stripe_op op;
    ck_assert(paid_intent(&p) == OK);
    struct payment payment = paid_payment(&p);
    struct ctx *c = &p.t.c;
    ck_assert(db_begin(c->db) == OK);
    ck_assert(payments_close(c, &payment, &op) == OK);
    ck_assert(db_commit(c->db) == OK);
    lose_answers("/cancel", happened);
    paid_later(&p, PAUSE_S);
    paid_calls(&p);
    paid_later(&p, LONG_S);
    stripe_box_heal(&p.box);
    paid_calls(&p);
}

START_TEST(matrix_04_a_lost_cancellation_is_read_from_its_intent)
{
    close_payment(true);
    ck_assert_str_eq(paid_payment(&p).state, "canceled");
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'pican' AND state = 'done'"), 1);
}
END_TEST

START_TEST(matrix_04_a_cancellation_that_never_was_is_left_to_whoever_wants_it)
{
    close_payment(false);
    ck_assert_str_eq(paid_payment(&p).state, "pending");
    ck_assert_int_eq(
        count("stripe_ops WHERE kind = 'pican' AND err_code = 'absent'"), 1);
}
END_TEST

static void answer_a_dispute(bool happened)
{
    struct stripe_reply reply;
    struct stripe_dispute dispute;
    paid_pay(&p);
    struct payment payment = paid_payment(&p);
    reply = stripe_box_call(&p.box, "POST", "/_sim/act/dispute",
        ctx_printf(&p.t.c, "do=open&payment_intent=%s", payment.intent_id));
    ck_assert(stripe_read_dispute(reply.object, &dispute) == OK);
    struct ctx *c = &p.t.c;
    char id[64];
    snprintf(id, sizeof id, "%s", dispute.id);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(disputes_apply(c, &dispute) == OK);
    ck_assert(db_commit(c->db) == OK);
    c = paid_act(&p, p.admin_id);
    ck_assert(disputes_submit(c, id, "He was there.") == OK);
    lose_answers("POST /v1/disputes", happened);
    paid_calls(&p);
    paid_later(&p, LONG_S);
    stripe_box_heal(&p.box);
    paid_calls(&p);
}

START_TEST(matrix_04_lost_evidence_is_read_from_its_dispute)
{
    answer_a_dispute(true);
    ck_assert_int_eq(count("dispute_evidence WHERE state = 'sent'"), 1);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'dpev'"), 1);
}
END_TEST

START_TEST(matrix_04_evidence_that_never_came_is_sent_again_while_the_bank_waits)
{
    answer_a_dispute(false);
    ck_assert_int_eq(count("dispute_evidence WHERE state = 'sent'"), 1);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'dpev'"), 2);
}
END_TEST

/* ---- a key that remembers a failure -----------------------------------------------
 */

START_TEST(matrix_21_a_transfer_whose_key_remembers_a_500_is_looked_for_and_made_once)
{
    paid_pay(&p);
    paid_visit(&p);
    stripe_box_fault(&p.box, "POST /v1/transfers", "500_cached", 1);
    paid_calls(&p);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'xfer' AND state = 'unknown'"), 1);
    paid_later(&p, PAUSE_S);
    paid_calls(&p); /* the same again, as a replay: nothing is proven by that */
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'xfer' AND lost = 1"), 1);
    claim_again();
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'xfer'"), 1);
    paid_later(&p, PAUSE_S);
    stripe_box_fault(&p.box, "GET /v1/transfers", "503", 1);
    paid_calls(&p);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'xfer' AND state = 'unknown'"), 1);
    paid_later(&p, PAUSE_S);
    paid_calls(&p);
    ck_assert_int_eq(
        count("stripe_ops WHERE kind = 'xfer' AND err_code = 'absent'"), 1);
    claim_again();
    ck_assert_int_eq(count("transfers WHERE state = 'sent' AND call = 2"), 1);
    ck_assert_int_eq(paid_count_at_stripe(&p, "/v1/transfers"), 1);
}
END_TEST

START_TEST(matrix_21_a_payment_whose_key_remembers_a_500_is_opened_anew)
{
    stripe_box_fault(&p.box, "POST /v1/payment_intents", "500_cached", 1);
    for (int i = 0; i < 3; i++) {
        ck_assert(paid_intent(&p) == R_BUSY); /* the 500; the same again; absent */
        paid_later(&p, 20);
    }
    ck_assert(paid_intent(&p) == OK);
    ck_assert_int_eq(paid_payment(&p).attempt, 2);
    ck_assert_int_eq(paid_count_at_stripe(&p, "/v1/payment_intents"), 1);
}
END_TEST

/* ---- for a person -----------------------------------------------------------------
 */

static struct stuck_call stuck(size_t expected)
{
    struct stuck_call *rows;
    size_t n;
    struct ctx *c = paid_act(&p, p.admin_id);
    ck_assert(calls_stuck(c, 10, &rows, &n) == OK);
    ck_assert_int_eq(n, expected);
    return n == 0 ? (struct stuck_call) { .uid = "" } : rows[0];
}

static enum result retry(const char *uid)
{
    char kept[64];
    snprintf(kept, sizeof kept, "%s", uid);
    struct ctx *c = paid_act(&p, p.admin_id);
    enum result r = calls_retry(c, arena_strdup(c->arena, kept));
    paid_act(&p, 0);
    return r;
}

START_TEST(a_call_that_is_open_for_long_is_shown_and_made_by_a_person)
{
    give_a_dollar();
    stripe_box_fault(&p.box, "POST /v1/refunds", "503", 100);
    paid_calls(&p);
    stuck(0);
    paid_later(&p, CALLS_STUCK_S + 1);
    struct stuck_call call = stuck(1);
    ck_assert_str_eq(call.kind, "ref");
    ck_assert_int_eq(call.booking_id, p.booking_id);
    ck_assert_int_eq(call.http_status, 503);
    ck_assert_str_ne(call.request_id, "");
    char uid[64];
    snprintf(uid, sizeof uid, "%s", call.uid);
    ck_assert(retry(uid) == R_UPSTREAM);
    stripe_box_heal(&p.box);
    paid_later(&p, PAUSE_S);
    ck_assert(retry(uid) == OK);
    ck_assert(retry(uid) == R_CONFLICT);
    ck_assert_int_eq(count("refunds WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'ref'"), 1); /* the same key */
    ck_assert_int_eq(paid_count_at_stripe(&p, "/v1/refunds"), 1);
}
END_TEST

START_TEST(a_person_finds_what_happened_before_anything_is_sent_again)
{
    give_a_dollar();
    lose_answers("POST /v1/refunds", true);
    paid_calls(&p);
    paid_later(&p, CALLS_STUCK_S + 1);
    stripe_box_fault(&p.box, "POST /v1/refunds", "503", 100);
    ck_assert(retry(stuck(1).uid) == OK);
    ck_assert_int_eq(count("refunds WHERE state = 'succeeded'"), 1);
    stuck(0);
}
END_TEST

START_TEST(only_an_administrator_sends_a_call_again)
{
    struct ctx *c = paid_act(&p, p.host_id);
    ck_assert(calls_retry(c, "x") == R_DENIED);
    c = paid_act(&p, p.admin_id);
    ck_assert(calls_retry(c, "x") == R_NOT_FOUND);
}
END_TEST

START_TEST(matrix_29_a_refund_whose_key_has_other_parameters_waits_for_a_person)
{
    give_a_dollar();
    /* The key is used up by something else. */
    db_test_end(&p.t);
    db_test_exec(&p.t, "UPDATE stripe_ops SET body = replace(body, 'amount=100',"
                       " 'amount=101') WHERE kind = 'ref'");
    paid_act(&p, 0);
    stripe_box_fault(&p.box, "POST /v1/refunds", "500_cached", 1);
    paid_calls(&p);
    db_test_end(&p.t);
    db_test_exec(&p.t, "UPDATE stripe_ops SET body = replace(body, 'amount=101',"
                       " 'amount=100') WHERE kind = 'ref'");
    paid_later(&p, PAUSE_S);
    paid_calls(&p);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'ref' AND state = 'review'"), 1);
    ck_assert_int_eq(count("notices WHERE kind = 'stripe_op'"), 1);
    paid_calls(&p);
    ck_assert_int_eq(paid_count_at_stripe(&p, "/v1/refunds"), 0);
    ck_assert(retry(stuck(1).uid) == OK);
    paid_calls(&p);
    ck_assert_int_eq(count("refunds WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(paid_count_at_stripe(&p, "/v1/refunds"), 1);
    stuck(0);
}
END_TEST

START_TEST(what_does_not_say_what_it_made_waits_for_a_person)
{
    struct stripe_op op;
    struct stripe_op_new new = { .kind = "ref",
        .subject_uid = "nobody",
        .attempt = 1,
        .path = "/v1/refunds",
        .body = "amount=1",
        .now = true };
    struct ctx *c = paid_act(&p, 0);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(stripe_ops_add(c, &new, &op) == OK);
    ck_assert(db_commit(c->db) == OK);
    paid_later(&p, LONG_S);
    paid_calls(&p);
    ck_assert_int_eq(count("stripe_ops WHERE state = 'review'"), 1);
    ck_assert_int_eq(stuck(1).booking_id, 0);
}
END_TEST

void unit_domain_stripe_ops_find(Suite *s)
{
    TCase *tc = tcase_create("stripe_ops_find");
    if (!stripe_box_built()) {
        printf("stripe_ops_find: not tested, prep-stripe was not built "
               "(libmicrohttpd-dev)\n");
        return;
    }
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, matrix_04_a_lost_intent_is_found_by_its_customer_and_adopted);
    tcase_add_test(
        tc, matrix_04_an_intent_that_never_was_ends_its_payment_and_is_not_sent_again);
    tcase_add_test(tc, matrix_04_a_lost_customer_is_found_by_his_address);
    tcase_add_test(tc, matrix_04_a_lost_session_is_found_by_its_customer);
    tcase_add_test(tc, matrix_04_a_lost_host_account_is_found_among_all);
    tcase_add_test(tc, matrix_04_a_lost_refund_is_found_by_its_intent);
    tcase_add_test(tc, matrix_04_a_refund_that_never_was_is_asked_for_with_a_new_key);
    tcase_add_test(tc, matrix_04_a_lost_transfer_is_found_by_its_group);
    tcase_add_test(tc, matrix_04_a_transfer_that_never_was_is_claimed_anew);
    tcase_add_test(tc, matrix_04_a_lost_reversal_is_found_at_its_transfer);
    tcase_add_test(tc, matrix_04_a_reversal_that_never_was_is_asked_for_again);
    tcase_add_test(tc, matrix_04_a_lost_cancellation_is_read_from_its_intent);
    tcase_add_test(
        tc, matrix_04_a_cancellation_that_never_was_is_left_to_whoever_wants_it);
    tcase_add_test(tc, matrix_04_lost_evidence_is_read_from_its_dispute);
    tcase_add_test(
        tc, matrix_04_evidence_that_never_came_is_sent_again_while_the_bank_waits);
    tcase_add_test(
        tc, matrix_21_a_transfer_whose_key_remembers_a_500_is_looked_for_and_made_once);
    tcase_add_test(tc, matrix_21_a_payment_whose_key_remembers_a_500_is_opened_anew);
    tcase_add_test(tc, a_call_that_is_open_for_long_is_shown_and_made_by_a_person);
    tcase_add_test(tc, a_person_finds_what_happened_before_anything_is_sent_again);
    tcase_add_test(tc, only_an_administrator_sends_a_call_again);
    tcase_add_test(
        tc, matrix_29_a_refund_whose_key_has_other_parameters_waits_for_a_person);
    tcase_add_test(tc, what_does_not_say_what_it_made_waits_for_a_person);
    suite_add_tcase(s, tc);
}
