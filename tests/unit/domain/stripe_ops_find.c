/* Calls whose answer was lost for good: looked for in Stripe's lists, and made again
 * only when it is proven that they never happened. The numbers are the rows of the
 * failure matrix. */
#include <stdio.h>
#include <string.h>

#include "domain/calls.h"
#include "domain/checkout.h"
#include "domain/disputes.h"
#include "domain/host_accounts.h"
#include "domain/refunds.h"
#include "domain/transfers.h"
#include "domain/visits.h"
#include "support/money.h"
#include "unit.h"
#include "util/guard.h"

enum { LONG_S = 24 * 3600, PAUSE_S = 61 };

static struct money m;
static int64_t payer_id,
    held_id; /* a second vendor, who holds the kitchen a week later */

static void set_up(void)
{
    enum { WEEK_S = 7 * 86400 };
    money_open(&m);
    payer_id = make_user(&m.t, "vendor");
    int64_t ahead_s = m.box.shift_s + WEEK_S;
    ck_assert(holds_try(&m.t, payer_id, m.kitchen_id, 0, thursday(540) + ahead_s,
                  thursday(720) + ahead_s, &held_id) == OK);
    money_act(&m, 0);
}

static void tear_down(void)
{
    money_close(&m);
}

static int64_t count(const char *what)
{
    return db_test_int(&m.t, "SELECT COUNT(*) FROM %s", what);
}

static size_t at_stripe(const char *path)
{
    money_act(&m, 0);
    struct stripe_reply reply = stripe_box_call(&m.box, "GET", path, "limit=100");
    ck_assert(reply.outcome == STRIPE_OK);
    return json_get(reply.object, "data")->count;
}

static void later(int64_t s)
{
    money_later(&m, s);
    money_act(&m, 0);
}

/* Stripe does what is asked, or does not, and nobody hears an answer. */
static void lose_answers(const char *match, bool happened)
{
    money_act(&m, 0);
    stripe_box_fault(&m.box, match, happened ? "reset_mid_body" : "503", 1);
}

/* The second vendor opens his payment. */
static enum result intent(void)
{
    const char *secret;
    money_act(&m, payer_id);
    return checkout_intent(m.c, held_id, &secret);
}

static struct payment payment(void)
{
    struct payment p;
    money_act(&m, 0);
    ck_assert(payments_newest(m.c, held_id, &p) == OK);
    return p;
}

/* ---- each kind, after a day -------------------------------------------------------
 */

START_TEST(matrix_04_a_lost_intent_is_found_by_its_customer_and_adopted)
{
    lose_answers("POST /v1/payment_intents", true);
    ck_assert(intent() == R_BUSY);
    later(LONG_S);
    money_calls(&m);
    ck_assert(payment().intent_id != NULL);
    ck_assert_int_eq(at_stripe("/v1/payment_intents"), 2);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'pi' AND state = 'done'"), 2);
}
END_TEST

START_TEST(matrix_04_an_intent_that_never_was_ends_its_payment_and_is_not_sent_again)
{
    lose_answers("POST /v1/payment_intents", false);
    ck_assert(intent() == R_BUSY);
    later(LONG_S);
    stripe_box_heal(&m.box);
    money_calls(&m);
    ck_assert_str_eq(payment().state, "failed");
    ck_assert_int_eq(at_stripe("/v1/payment_intents"), 1);
    ck_assert_int_eq(
        count("stripe_ops WHERE state = 'rejected' AND err_code = 'absent'"), 1);
}
END_TEST

START_TEST(matrix_04_a_lost_customer_is_found_by_his_address)
{
    lose_answers("POST /v1/customers", true);
    ck_assert(intent() == R_BUSY);
    later(LONG_S);
    money_calls(&m);
    ck_assert_int_eq(count("customers WHERE customer_id IS NOT NULL"), 2);
    ck_assert_int_eq(at_stripe("/v1/customers"), 2);
}
END_TEST

/* What waits to be looked for was made at Stripe by another call, too. */
static void make_twice(void)
{
    const char **uids;
    size_t n;
    struct stripe_op op;
    money_act(&m, 0);
    ck_assert(stripe_ops_due(m.c, 2, &uids, &n) == OK && n == 1);
    ck_assert(stripe_ops_get(m.c, uids[0], &op) == OK);
    ck_assert(stripe_box_call(&m.box, "POST", op.path, op.body).outcome == STRIPE_OK);
}

START_TEST(what_stripe_has_twice_waits_for_a_person)
{
    lose_answers("POST /v1/customers", true);
    ck_assert(intent() == R_BUSY);
    later(LONG_S);
    make_twice();
    money_calls(&m);
    ck_assert_int_eq(count("customers WHERE customer_id IS NOT NULL"), 1);
    ck_assert_int_eq(
        count("stripe_ops WHERE state = 'review' AND err_message LIKE '%twice%'"), 1);
}
END_TEST

START_TEST(matrix_04_a_lost_session_is_found_by_its_customer)
{
    const char *url;
    lose_answers("POST /v1/checkout/sessions", true);
    money_act(&m, payer_id);
    ck_assert(checkout_hosted(m.c, held_id, &url) == R_BUSY);
    later(LONG_S);
    money_calls(&m);
    ck_assert(payment().session_id != NULL);
    ck_assert_int_eq(at_stripe("/v1/checkout/sessions"), 1);
}
END_TEST

START_TEST(matrix_04_a_lost_host_account_is_found_among_all)
{
    const char *url;
    int64_t other_id = make_user(&m.t, "host");
    lose_answers("POST /v1/accounts", true);
    money_act(&m, other_id);
    ck_assert(host_accounts_connect(m.c, &url) == R_UPSTREAM);
    later(LONG_S);
    money_act(&m, other_id);
    ck_assert(host_accounts_connect(m.c, &url) == OK);
    ck_assert_int_eq(at_stripe("/v1/accounts"), 2);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'acct'"), 2);
}
END_TEST

/* A refund of a dollar, decided and not sent. */
static void give_a_dollar(void)
{
    money_act(&m, m.admin_id);
    ck_assert(refunds_give(m.c, m.booking_id, cents_of(100), "kind", "key") == OK);
    money_act(&m, 0);
}

START_TEST(matrix_04_a_lost_refund_is_found_by_its_intent)
{
    give_a_dollar();
    lose_answers("POST /v1/refunds", true);
    money_calls(&m);
    later(LONG_S);
    money_calls(&m);
    ck_assert_int_eq(count("refunds WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(at_stripe("/v1/refunds"), 1);
}
END_TEST

START_TEST(matrix_04_a_refund_that_never_was_is_asked_for_with_a_new_key)
{
    give_a_dollar();
    lose_answers("POST /v1/refunds", false);
    money_calls(&m);
    later(LONG_S);
    stripe_box_heal(&m.box);
    money_calls(&m);
    ck_assert_int_eq(count("refunds WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(at_stripe("/v1/refunds"), 1);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'ref' AND err_code = 'absent'"), 1);
    ck_assert_int_eq(
        count("stripe_ops WHERE kind = 'ref' AND state = 'done' AND attempt = 2"), 1);
}
END_TEST

/* Until a day after the visit: the transfer is written down, and not sent. */
static void visit(void)
{
    int64_t *ids;
    size_t n;
    money_after_the_end(&m, TRANSFERS_WAIT_S);
    money_act(&m, 0);
    ck_assert(visits_advance(m.c, m.booking_id) == OK);
    ck_assert(transfers_due(m.c, 1, &ids, &n) == OK && n == 1);
    ck_assert(transfers_claim(m.c, ids[0]) == OK);
}

static void transfer(bool happened)
{
    visit();
    lose_answers("POST /v1/transfers", happened);
    money_calls(&m);
    ck_assert_int_eq(count("transfers WHERE state = 'sent'"), 0);
}

static void claim_again(void)
{
    int64_t *ids;
    size_t n;
    money_act(&m, 0);
    ck_assert(transfers_due(m.c, 5, &ids, &n) == OK);
    for (size_t i = 0; i < n; i++)
        ck_assert(transfers_claim(m.c, ids[i]) == OK);
    money_calls(&m);
}

START_TEST(matrix_04_a_lost_transfer_is_found_by_its_group)
{
    transfer(true);
    later(LONG_S);
    money_calls(&m);
    ck_assert_int_eq(count("transfers WHERE state = 'sent'"), 1);
    claim_again();
    ck_assert_int_eq(at_stripe("/v1/transfers"), 1);
}
END_TEST

START_TEST(a_transfer_that_never_was_is_not_claimed_anew_while_the_money_is_frozen)
{
    transfer(false);
    money_sim(&m, "warning", "payment_intent=%s", money_payment(&m).intent_id);
    money_listen(&m);
    later(LONG_S);
    stripe_box_heal(&m.box);
    money_calls(&m);
    claim_again();
    ck_assert_int_eq(
        count("transfers WHERE state = 'held' AND held_for = 'freeze'"), 1);
    ck_assert_int_eq(at_stripe("/v1/transfers"), 0);
}
END_TEST

START_TEST(matrix_04_a_transfer_that_never_was_is_claimed_anew)
{
    transfer(false);
    later(LONG_S);
    stripe_box_heal(&m.box);
    money_calls(&m);
    claim_again();
    ck_assert_int_eq(count("transfers WHERE state = 'sent' AND call = 2"), 1);
    ck_assert_int_eq(at_stripe("/v1/transfers"), 1);
}
END_TEST

/* A reversal of a dollar, decided and not sent; its transfer's list of reversals. */
static char reversals[128];

static void ask_a_dollar_back(void)
{
    struct booking b;
    struct transfer *rows;
    size_t n;
    visit();
    money_calls(&m);
    money_sim(&m, "reversals", "rule=negative");
    money_act(&m, 0);
    ck_assert(bookings_get(m.c, m.booking_id, &b) == OK);
    ck_assert(transfers_of_booking(m.c, b.id, &rows, &n) == OK && n == 1);
    snprintf(
        reversals, sizeof reversals, "/v1/transfers/%s/reversals", rows[0].transfer_id);
    ck_assert(db_begin(m.c->db) == OK);
    ck_assert(transfers_take_back(m.c, &b, cents_of(100), "test") == OK);
    ck_assert(db_commit(m.c->db) == OK);
}

START_TEST(matrix_04_a_lost_reversal_is_found_at_its_transfer)
{
    ask_a_dollar_back();
    lose_answers("/reversals", true);
    money_calls(&m);
    later(LONG_S);
    money_calls(&m);
    ck_assert_int_eq(count("reversals WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(at_stripe(reversals), 1);
}
END_TEST

START_TEST(matrix_04_a_reversal_that_never_was_is_asked_for_again)
{
    ask_a_dollar_back();
    lose_answers("POST /v1/transfers", false);
    money_calls(&m);
    later(LONG_S);
    stripe_box_heal(&m.box);
    money_calls(&m);
    ck_assert_int_eq(count("reversals WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(at_stripe(reversals), 1);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'rev'"), 2);
}
END_TEST

static void close_payment(bool happened)
{
    struct stripe_op op;
    ck_assert(intent() == OK);
    struct payment p = payment();
    ck_assert(db_begin(m.c->db) == OK);
    ck_assert(payments_close(m.c, &p, &op) == OK);
    ck_assert(db_commit(m.c->db) == OK);
    lose_answers("/cancel", happened);
    later(PAUSE_S);
    money_calls(&m);
    later(LONG_S);
    stripe_box_heal(&m.box);
    money_calls(&m);
}

START_TEST(matrix_04_a_lost_cancellation_is_read_from_its_intent)
{
    close_payment(true);
    ck_assert_str_eq(payment().state, "canceled");
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'pican' AND state = 'done'"), 1);
}
END_TEST

START_TEST(matrix_04_a_cancellation_that_never_was_is_left_to_whoever_wants_it)
{
    close_payment(false);
    ck_assert_str_eq(payment().state, "pending");
    ck_assert_int_eq(
        count("stripe_ops WHERE kind = 'pican' AND err_code = 'absent'"), 1);
}
END_TEST

static void answer_a_dispute(bool happened)
{
    struct stripe_dispute dispute;
    struct payment p = money_payment(&m);
    const struct json *opened =
        money_sim(&m, "dispute", "do=open&payment_intent=%s", p.intent_id);
    ck_assert(stripe_read_dispute(opened, &dispute) == OK);
    char id[64];
    snprintf(id, sizeof id, "%s", dispute.id);
    money_listen(&m);
    money_act(&m, m.admin_id);
    ck_assert(disputes_submit(m.c, id, "He was there.") == OK);
    lose_answers("POST /v1/disputes", happened);
    money_calls(&m);
    later(LONG_S);
    stripe_box_heal(&m.box);
    money_calls(&m);
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
    visit();
    stripe_box_fault(&m.box, "POST /v1/transfers", "500_cached", 1);
    money_calls(&m);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'xfer' AND state = 'unknown'"), 1);
    later(PAUSE_S);
    money_calls(&m); /* the same again, as a replay: nothing is proven by that */
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'xfer' AND lost = 1"), 1);
    claim_again();
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'xfer'"), 1);
    later(PAUSE_S);
    stripe_box_fault(&m.box, "GET /v1/transfers", "503", 1);
    money_calls(&m);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'xfer' AND state = 'unknown'"), 1);
    later(PAUSE_S);
    money_calls(&m);
    ck_assert_int_eq(
        count("stripe_ops WHERE kind = 'xfer' AND err_code = 'absent'"), 1);
    claim_again();
    ck_assert_int_eq(count("transfers WHERE state = 'sent' AND call = 2"), 1);
    ck_assert_int_eq(at_stripe("/v1/transfers"), 1);
}
END_TEST

START_TEST(matrix_21_a_payment_whose_key_remembers_a_500_is_opened_anew)
{
    stripe_box_fault(&m.box, "POST /v1/payment_intents", "500_cached", 1);
    for (int i = 0; i < 3; i++) {
        ck_assert(intent() == R_BUSY); /* the 500; the same again; absent */
        later(20);
    }
    ck_assert(intent() == OK);
    ck_assert_int_eq(payment().attempt, 2);
    ck_assert_int_eq(at_stripe("/v1/payment_intents"), 2);
}
END_TEST

/* ---- for a person -----------------------------------------------------------------
 */

static struct stuck_call stuck(size_t expected)
{
    struct stuck_call *rows;
    size_t n;
    money_act(&m, m.admin_id);
    ck_assert(calls_stuck(m.c, 0, NULL, 10, &rows, &n) == OK);
    ck_assert_int_eq(n, expected);
    return n == 0 ? (struct stuck_call) { .uid = "" } : rows[0];
}

static enum result retry(const char *uid)
{
    char kept[64];
    snprintf(kept, sizeof kept, "%s", uid);
    money_act(&m, m.admin_id);
    enum result r = calls_retry(m.c, arena_strdup(m.c->arena, kept));
    money_act(&m, 0);
    return r;
}

START_TEST(a_call_that_is_open_for_long_is_shown_and_made_by_a_person)
{
    give_a_dollar();
    stripe_box_fault(&m.box, "POST /v1/refunds", "503", 100);
    money_calls(&m);
    stuck(0);
    later(CALLS_STUCK_S + 1);
    struct stuck_call call = stuck(1);
    ck_assert_str_eq(call.kind, "ref");
    ck_assert_int_eq(call.booking_id, m.booking_id);
    ck_assert_int_eq(call.http_status, 503);
    ck_assert_str_ne(call.request_id, "");
    char uid[64];
    snprintf(uid, sizeof uid, "%s", call.uid);
    ck_assert(retry(uid) == R_UPSTREAM);
    stripe_box_heal(&m.box);
    later(PAUSE_S);
    ck_assert(retry(uid) == OK);
    ck_assert(retry(uid) == R_CONFLICT);
    ck_assert_int_eq(count("refunds WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'ref'"), 1); /* the same key */
    ck_assert_int_eq(at_stripe("/v1/refunds"), 1);
}
END_TEST

START_TEST(a_person_finds_what_happened_before_anything_is_sent_again)
{
    give_a_dollar();
    lose_answers("POST /v1/refunds", true);
    money_calls(&m);
    later(CALLS_STUCK_S + 1);
    stripe_box_fault(&m.box, "POST /v1/refunds", "503", 100);
    ck_assert(retry(stuck(1).uid) == OK);
    ck_assert_int_eq(count("refunds WHERE state = 'succeeded'"), 1);
    stuck(0);
}
END_TEST

START_TEST(only_an_administrator_sends_a_call_again)
{
    money_act(&m, m.host_id);
    ck_assert(calls_retry(m.c, "x") == R_DENIED);
    money_act(&m, m.admin_id);
    ck_assert(calls_retry(m.c, "x") == R_NOT_FOUND);
}
END_TEST

START_TEST(matrix_29_a_refund_whose_key_has_other_parameters_waits_for_a_person)
{
    give_a_dollar();
    /* The key is used up by something else. */
    db_test_end(&m.t);
    db_test_exec(&m.t, "UPDATE stripe_ops SET body = replace(body, 'amount=100',"
                       " 'amount=101') WHERE kind = 'ref'");
    money_act(&m, 0);
    stripe_box_fault(&m.box, "POST /v1/refunds", "500_cached", 1);
    money_calls(&m);
    db_test_end(&m.t);
    db_test_exec(&m.t, "UPDATE stripe_ops SET body = replace(body, 'amount=101',"
                       " 'amount=100') WHERE kind = 'ref'");
    later(PAUSE_S);
    money_calls(&m);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'ref' AND state = 'review'"), 1);
    ck_assert_int_eq(count("notices WHERE kind = 'stripe_op'"), 1);
    money_calls(&m);
    ck_assert_int_eq(at_stripe("/v1/refunds"), 0);
    ck_assert(retry(stuck(1).uid) == OK);
    money_calls(&m);
    ck_assert_int_eq(count("refunds WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(at_stripe("/v1/refunds"), 1);
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
    money_act(&m, 0);
    ck_assert(db_begin(m.c->db) == OK);
    ck_assert(stripe_ops_add(m.c, &new, &op) == OK);
    ck_assert(db_commit(m.c->db) == OK);
    later(LONG_S);
    money_calls(&m);
    ck_assert_int_eq(count("stripe_ops WHERE state = 'review'"), 1);
    ck_assert_int_eq(stuck(1).booking_id, 0);
}
END_TEST

void unit_domain_stripe_ops_find(Suite *s)
{
    TCase *tc = tcase_create("stripe_ops_find");
    if (stripe_box_missing("stripe_ops_find"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, matrix_04_a_lost_intent_is_found_by_its_customer_and_adopted);
    tcase_add_test(
        tc, matrix_04_an_intent_that_never_was_ends_its_payment_and_is_not_sent_again);
    tcase_add_test(tc, matrix_04_a_lost_customer_is_found_by_his_address);
    tcase_add_test(tc, what_stripe_has_twice_waits_for_a_person);
    tcase_add_test(tc, matrix_04_a_lost_session_is_found_by_its_customer);
    tcase_add_test(tc, matrix_04_a_lost_host_account_is_found_among_all);
    tcase_add_test(tc, matrix_04_a_lost_refund_is_found_by_its_intent);
    tcase_add_test(tc, matrix_04_a_refund_that_never_was_is_asked_for_with_a_new_key);
    tcase_add_test(tc, matrix_04_a_lost_transfer_is_found_by_its_group);
    tcase_add_test(tc, matrix_04_a_transfer_that_never_was_is_claimed_anew);
    tcase_add_test(
        tc, a_transfer_that_never_was_is_not_claimed_anew_while_the_money_is_frozen);
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
