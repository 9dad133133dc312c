/* Hold, pay, confirm against the sandbox, with what can go wrong between. The numbers
 * are the rows of the failure matrix (DESIGN.md of payments). */
#include "domain/checkout.h"

#include <stdio.h>
#include <string.h>

#include "domain/calls.h"
#include "domain/customers.h"
#include "domain/events.h"
#include "support/holds.h"
#include "support/stripe_box.h"
#include "unit.h"
#include "util/guard.h"

static struct db_test t;
static struct stripe_box box;
static int64_t vendor_id, other_id, kitchen_id, booking_id;
static struct ctx *c;

enum {
    LATER_S = 61, /* every lease and pause is over */
    RETRIED = 2,  /* libcurl itself asks once more when a kept connection has died */
};

static void act(int64_t user)
{
    c = db_test_begin(&t, DB_WRITE, user);
}

static enum result hold(int64_t user, int64_t *id)
{
    return holds_try(&t, user, kitchen_id, 0, thursday(540) + box.shift_s,
        thursday(720) + box.shift_s, id);
}

static void set_up(void)
{
    db_test_open(&t);
    stripe_box_open(&box, &t);
    vendor_id = make_user(&t, "vendor");
    other_id = make_user(&t, "vendor");
    kitchen_id = make_kitchen(&t, make_user(&t, "host"));
    ck_assert(hold(vendor_id, &booking_id) == OK);
    act(vendor_id);
}

static void tear_down(void)
{
    stripe_box_close(&box);
    db_test_close(&t);
}

static void later(int64_t s)
{
    t.app.fixed_now_at += s;
}

/* Opens the card payment as the vendor. */
static enum result intent(void)
{
    const char *secret;
    act(vendor_id);
    return checkout_intent(c, booking_id, &secret);
}

/* The booking's newest payment, read in a fresh unit. */
static struct payment payment(void)
{
    struct payment p;
    act(0);
    ck_assert(payments_newest(c, booking_id, &p) == OK);
    return p;
}

/* The person's part at Stripe: pays the newest payment with a test card. */
static struct stripe_reply confirm(const char *card)
{
    struct payment p = payment();
    return stripe_box_call(&box, "POST",
        ctx_printf(c, "/v1/payment_intents/%s/confirm", p.intent_id),
        ctx_printf(c, "payment_method=%s&return_url=https://prep.example/", card));
}

static const struct json *intents_at_stripe(void)
{
    return json_get(
        stripe_box_call(&box, "GET", "/v1/payment_intents", NULL).object, "data");
}

/* All that the job `calls` would do now. */
static void run_calls(void)
{
    struct stripe_client client;
    const char **uids;
    size_t n;
    act(0);
    ck_assert(stripe_ops_client(c, STRIPE_JOB_MS, &client) == OK);
    ck_assert(stripe_ops_due(c, 20, &uids, &n) == OK);
    for (size_t i = 0; i < n; i++)
        ck_assert(calls_send_due(c, &client, uids[i]) == OK);
}

static enum result expire(void)
{
    act(0);
    return checkout_expire(c, booking_id);
}

/* A payment written down and never sent: where a crash right after T1 leaves us. */
static void open_without_sending(struct stripe_op *op)
{
    struct stripe_client client;
    struct stripe_reply reply;
    struct booking b;
    struct payment p;
    const char *customer;
    act(vendor_id);
    ck_assert(stripe_ops_client(c, STRIPE_PAGE_MS, &client) == OK);
    ck_assert(bookings_get(c, booking_id, &b) == OK);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(customers_want(c, &customer, op) == OK);
    ck_assert(db_commit(c->db) == OK);
    ck_assert(calls_send(c, &client, op, &reply) == OK);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(payments_open(c, &b, false, json_text(reply.object, "id"), &p, op) == OK);
    ck_assert(db_commit(c->db) == OK);
}

START_TEST(a_card_payment_confirms_the_booking)
{
    ck_assert(intent() == OK);
    ck_assert(intent() == OK); /* a second tab gets the same */
    ck_assert(confirm("pm_card_visa").outcome == STRIPE_OK);
    act(vendor_id);
    ck_assert(checkout_check(c, booking_id) == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_CONFIRMED);
    ck_assert(intent() == R_CONFLICT);
    ck_assert_int_eq(intents_at_stripe()->count, 1);
}
END_TEST

START_TEST(matrix_01_a_crash_before_sending_is_made_good_by_the_job)
{
    struct stripe_op op;
    open_without_sending(&op);
    ck_assert(intent() == R_BUSY); /* it might be under way */
    later(LATER_S);
    run_calls();
    ck_assert(payment().intent_id != NULL);
    ck_assert(intent() == OK);
    ck_assert_int_eq(intents_at_stripe()->count, 1);
}
END_TEST

START_TEST(matrix_02_a_crash_after_sending_gets_the_same_intent_again)
{
    struct stripe_op op;
    struct stripe_client client;
    struct stripe_reply reply;
    open_without_sending(&op);
    ck_assert(stripe_ops_client(c, STRIPE_PAGE_MS, &client) == OK);
    stripe_ops_call(c, &client, &op, &reply);
    ck_assert(reply.outcome == STRIPE_OK);
    char id[64];
    snprintf(id, sizeof id, "%s", json_text(reply.object, "id"));
    later(LATER_S);
    run_calls();
    ck_assert_str_eq(payment().intent_id, id);
    ck_assert_int_eq(intents_at_stripe()->count, 1);
}
END_TEST

START_TEST(matrix_03_a_lost_answer_is_asked_for_again_with_the_same_key)
{
    stripe_box_fault(&box, "POST /v1/payment_intents", "reset_mid_body", 1);
    ck_assert(intent() == R_BUSY);
    ck_assert_int_gt(c->retry_after_s, 0);
    ck_assert(intent() == R_BUSY); /* not before the pause is over */
    later(3);
    ck_assert(intent() == OK);
    ck_assert_int_eq(intents_at_stripe()->count, 1);
}
END_TEST

START_TEST(matrix_04_after_23_hours_nothing_is_sent_again)
{
    struct stripe_op op;
    open_without_sending(&op);
    later(24 * 3600);
    run_calls();
    ck_assert_int_eq(intents_at_stripe()->count, 0);
    ck_assert_str_eq(payment().state, "failed");
    ck_assert_int_eq(
        db_test_int(&t, "SELECT COUNT(*) FROM stripe_ops WHERE err_code = 'absent'"),
        1);
}
END_TEST

START_TEST(matrix_05_news_of_an_intent_that_we_do_not_know_yet_is_adopted)
{
    struct stripe_intent pi;
    stripe_box_fault(&box, "POST /v1/payment_intents", "reset_mid_body", 1);
    ck_assert(intent() == R_BUSY);
    act(0);
    const struct json *made = intents_at_stripe()->first;
    ck_assert(stripe_read_intent(made, &pi) == OK);
    const char *path = ctx_printf(c, "/v1/payment_intents/%s/confirm", pi.id);
    struct stripe_reply paid =
        stripe_box_call(&box, "POST", path, "payment_method=pm_card_visa");
    ck_assert(stripe_read_intent(paid.object, &pi) == OK);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(payments_apply(c, &pi) == OK);
    ck_assert(db_commit(c->db) == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_CONFIRMED);
    later(LATER_S);
    run_calls(); /* the answer at last: nothing new */
    ck_assert_str_eq(payment().state, "succeeded");
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM outbox"), 2);
}
END_TEST

START_TEST(matrix_12_after_a_decline_the_next_card_pays_the_same_intent)
{
    ck_assert(intent() == OK);
    ck_assert(confirm("pm_card_chargeDeclined").outcome == STRIPE_DECLINED);
    act(vendor_id);
    ck_assert(checkout_check(c, booking_id) == OK);
    ck_assert(strstr(payment().error, "declined") != NULL);
    ck_assert(holds_state(&t, booking_id) == BOOKING_HELD);
    ck_assert(confirm("pm_card_visa").outcome == STRIPE_OK);
    act(vendor_id);
    ck_assert(checkout_check(c, booking_id) == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_CONFIRMED);
    act(0);
    ck_assert_int_eq(intents_at_stripe()->count, 1);
}
END_TEST

START_TEST(matrix_13_an_abandoned_3d_secure_is_canceled_and_the_slot_freed)
{
    ck_assert(intent() == OK);
    struct stripe_reply reply = confirm("pm_card_authenticationRequired");
    ck_assert_str_eq(json_text(reply.object, "status"), "requires_action");
    ck_assert(expire() == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_HELD); /* not yet */
    later(600);
    ck_assert(expire() == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_EXPIRED);
    ck_assert_str_eq(payment().state, "canceled");
    ck_assert_str_eq(json_text(intents_at_stripe()->first, "status"), "canceled");
    ck_assert_int_eq(holds_cells(&t), 0);
}
END_TEST

START_TEST(matrix_14_money_that_came_at_the_last_moment_confirms)
{
    ck_assert(intent() == OK);
    ck_assert(confirm("pm_card_visa").outcome == STRIPE_OK);
    later(600);
    ck_assert(expire() == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_CONFIRMED);
}
END_TEST

/* Stripe is silent: the slot stays for ten minutes, then it goes. */
static void lose_the_slot(void)
{
    stripe_box_fault(&box, "/cancel", "503", 100);
    later(600);
    ck_assert(expire() == R_BUSY);
    ck_assert(holds_state(&t, booking_id) == BOOKING_HELD);
    later(CHECKOUT_GRACE_S);
    ck_assert(expire() == R_BUSY);
    ck_assert(holds_state(&t, booking_id) == BOOKING_EXPIRED);
    act(0);
    stripe_box_heal(&box);
}

START_TEST(matrix_15_money_for_a_slot_that_was_sold_again_goes_back_once)
{
    int64_t second;
    ck_assert(intent() == OK);
    lose_the_slot();
    ck_assert(hold(other_id, &second) == OK);
    ck_assert(confirm("pm_card_visa").outcome == STRIPE_OK);
    struct payment p = payment();
    ck_assert(checkout_poll(c, p.uid) == OK);
    ck_assert_str_eq(payment().state, "late");
    run_calls();
    run_calls();
    ck_assert_str_eq(payment().state, "refunded");
    const struct json *refunds =
        json_get(stripe_box_call(&box, "GET", "/v1/refunds", NULL).object, "data");
    ck_assert_int_eq(refunds->count, 1);
    ck_assert(holds_state(&t, booking_id) == BOOKING_EXPIRED);
    ck_assert(holds_state(&t, second) == BOOKING_HELD);
}
END_TEST

START_TEST(a_payment_whose_booking_has_gone_is_retired_by_the_poller)
{
    ck_assert(intent() == OK);
    lose_the_slot();
    later(LATER_S);
    struct payment p = payment();
    ck_assert(checkout_poll(c, p.uid) == OK);
    ck_assert_str_eq(payment().state, "canceled");
}
END_TEST

START_TEST(matrix_16_only_one_of_card_form_and_hosted_page_can_be_paid)
{
    const char *url;
    ck_assert(intent() == OK);
    char first[64];
    snprintf(first, sizeof first, "%s", payment().intent_id);
    act(vendor_id);
    ck_assert(checkout_hosted(c, booking_id, &url) == OK);
    ck_assert(text_starts(url, c->conf->stripe_api_base));
    act(0);
    struct stripe_reply late = stripe_box_call(&box, "POST",
        ctx_printf(c, "/v1/payment_intents/%s/confirm", first),
        "payment_method=pm_card_visa");
    ck_assert(late.outcome == STRIPE_DEFINITIVE);
    ck_assert(intent() == OK); /* and back: the session is expired */
    ck_assert_int_eq(
        db_test_int(&t, "SELECT COUNT(*) FROM payments WHERE state = 'pending'"), 1);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT COUNT(*) FROM payments WHERE state = 'canceled'"), 2);
}
END_TEST

/* The person's part on Stripe's own page. */
static void pay_hosted(void)
{
    struct payment p = payment();
    stripe_box_call(&box, "POST", ctx_printf(c, "/c/pay/%s", p.session_id),
        "email=a%40example.com&number=4242424242424242&expiry=12%2F34&cvc=123");
}

static enum result check(void)
{
    act(vendor_id);
    return checkout_check(c, booking_id);
}

START_TEST(what_stripes_own_page_took_confirms_when_the_browser_is_back)
{
    const char *url;
    act(vendor_id);
    ck_assert(checkout_hosted(c, booking_id, &url) == OK);
    ck_assert(check() == OK); /* back without having paid */
    ck_assert(holds_state(&t, booking_id) == BOOKING_HELD);
    pay_hosted();
    stripe_box_fault(&box, "GET /v1/checkout/sessions", "503", 1);
    ck_assert(check() == R_UPSTREAM);
    ck_assert(holds_state(&t, booking_id) == BOOKING_HELD);
    ck_assert(check() == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_CONFIRMED);
    ck_assert(check() == OK);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM outbox"), 2);
}
END_TEST

START_TEST(matrix_04_a_lost_expiry_is_read_from_its_session)
{
    const char *url;
    act(vendor_id);
    ck_assert(checkout_hosted(c, booking_id, &url) == OK);
    stripe_box_fault(&box, "/expire", "reset_mid_body", 1);
    act(vendor_id);
    ck_assert(checkout_leave(c, booking_id) == R_BUSY);
    ck_assert(holds_state(&t, booking_id) == BOOKING_HELD);
    later(24 * 3600);
    run_calls();
    ck_assert_str_eq(payment().state, "canceled");
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM stripe_ops WHERE kind ="
                                     " 'csexp' AND state = 'done'"),
        1);
}
END_TEST

START_TEST(what_stripes_own_page_took_cannot_be_given_up)
{
    const char *url;
    act(vendor_id);
    ck_assert(checkout_hosted(c, booking_id, &url) == OK);
    pay_hosted();
    act(vendor_id);
    ck_assert(checkout_leave(c, booking_id) == R_CONFLICT);
    ck_assert(holds_state(&t, booking_id) == BOOKING_CONFIRMED);
}
END_TEST

START_TEST(a_payment_under_way_to_stripe_is_given_up_when_its_answer_is_known)
{
    struct stripe_op op;
    struct stripe_client client;
    open_without_sending(&op);
    ck_assert(stripe_ops_client(c, STRIPE_PAGE_MS, &client) == OK);
    ck_assert(calls_send_due(c, &client, op.uid) == OK); /* somebody else's */
    ck_assert_int_eq(intents_at_stripe()->count, 0);
    act(vendor_id);
    ck_assert(checkout_leave(c, booking_id) == R_BUSY);
    ck_assert(holds_state(&t, booking_id) == BOOKING_HELD);
    later(LATER_S);
    act(vendor_id);
    ck_assert(checkout_leave(c, booking_id) == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_CANCELED);
    ck_assert_str_eq(payment().state, "canceled");
    ck_assert_int_eq(intents_at_stripe()->count, 1);
}
END_TEST

START_TEST(nobody_pays_twice_or_before_the_host_has_answered)
{
    const char *url;
    ck_assert(intent() == OK);
    ck_assert(confirm("pm_card_visa").outcome == STRIPE_OK);
    ck_assert(check() == OK);
    ck_assert(intent() == R_CONFLICT);
    act(vendor_id);
    ck_assert(checkout_hosted(c, booking_id, &url) == R_CONFLICT);
    struct payment p = payment();
    ck_assert(checkout_poll(c, p.uid) == OK); /* there is nothing to look at */
    db_test_end(&t);
    db_test_exec(&t, "UPDATE bookings SET state = 'requested'");
    ck_assert(intent() == R_CONFLICT);
}
END_TEST

START_TEST(matrix_25_a_storm_of_refusals_delays_and_duplicates_nothing)
{
    stripe_box_fault(&box, "POST /v1/payment_intents", "429", 2);
    stripe_box_fault(&box, "POST /v1/payment_intents", "409", 1);
    stripe_box_fault(&box, "POST /v1/payment_intents", "drop_before", RETRIED);
    for (int i = 0; i < 4; i++) {
        ck_assert(intent() == R_BUSY);
        later(60);
    }
    ck_assert(intent() == OK);
    ck_assert_int_eq(intents_at_stripe()->count, 1);
}
END_TEST

static void sweep(void)
{
    const char *after = "";
    do
        ck_assert(events_sweep(c, c->now_at - 3600, &after) == OK);
    while (*after != '\0');
}

START_TEST(matrix_28_the_sweep_finds_what_no_webhook_brought)
{
    ck_assert(intent() == OK);
    ck_assert(confirm("pm_card_visa").outcome == STRIPE_OK);
    act(0);
    sweep();
    ck_assert(holds_state(&t, booking_id) == BOOKING_CONFIRMED);
    int64_t kept = db_test_int(&t, "SELECT COUNT(*) FROM stripe_events");
    ck_assert_int_gt(kept, 0);
    act(0);
    sweep();
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM stripe_events"), kept);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM outbox"), 2);
}
END_TEST

START_TEST(matrix_29_a_key_used_for_other_parameters_stops_and_a_new_attempt_works)
{
    struct stripe_op op;
    struct stripe_client client;
    struct stripe_reply reply;
    open_without_sending(&op);
    ck_assert(stripe_ops_client(c, STRIPE_PAGE_MS, &client) == OK);
    stripe_ops_call(c, &client, &op, &reply);
    db_test_end(&t);
    db_test_exec(
        &t, "UPDATE stripe_ops SET body = body || '&description=x' WHERE kind = 'pi'");
    later(LATER_S);
    ck_assert(intent() == R_UPSTREAM); /* the vendor is told; staff has it */
    ck_assert_str_eq(payment().state, "failed");
    ck_assert_int_eq(
        db_test_int(&t, "SELECT COUNT(*) FROM stripe_ops WHERE state = 'review'"), 1);
    ck_assert(intent() == OK);
    ck_assert_int_eq(payment().attempt, 2);
}
END_TEST

START_TEST(giving_up_cancels_the_payment_first)
{
    ck_assert(intent() == OK);
    act(vendor_id);
    ck_assert(checkout_leave(c, booking_id) == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_CANCELED);
    ck_assert_str_eq(payment().state, "canceled");
    ck_assert(intent() == R_GONE);
}
END_TEST

START_TEST(giving_up_what_is_paid_already_confirms_instead)
{
    ck_assert(intent() == OK);
    ck_assert(confirm("pm_card_visa").outcome == STRIPE_OK);
    act(vendor_id);
    ck_assert(checkout_leave(c, booking_id) == R_CONFLICT);
    ck_assert(holds_state(&t, booking_id) == BOOKING_CONFIRMED);
}
END_TEST

START_TEST(nobody_pays_for_the_booking_of_another)
{
    const char *secret;
    act(other_id);
    ck_assert(checkout_intent(c, booking_id, &secret) == R_NOT_FOUND);
    ck_assert(checkout_check(c, booking_id) == R_NOT_FOUND);
    ck_assert(checkout_leave(c, booking_id) == R_NOT_FOUND);
}
END_TEST

void unit_domain_checkout(Suite *s)
{
    TCase *tc = tcase_create("checkout");
    if (stripe_box_missing("checkout"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 30);
    tcase_add_test(tc, a_card_payment_confirms_the_booking);
    tcase_add_test(tc, matrix_01_a_crash_before_sending_is_made_good_by_the_job);
    tcase_add_test(tc, matrix_02_a_crash_after_sending_gets_the_same_intent_again);
    tcase_add_test(tc, matrix_03_a_lost_answer_is_asked_for_again_with_the_same_key);
    tcase_add_test(tc, matrix_04_after_23_hours_nothing_is_sent_again);
    tcase_add_test(tc, matrix_05_news_of_an_intent_that_we_do_not_know_yet_is_adopted);
    tcase_add_test(tc, matrix_12_after_a_decline_the_next_card_pays_the_same_intent);
    tcase_add_test(tc, matrix_13_an_abandoned_3d_secure_is_canceled_and_the_slot_freed);
    tcase_add_test(tc, matrix_14_money_that_came_at_the_last_moment_confirms);
    tcase_add_test(tc, matrix_15_money_for_a_slot_that_was_sold_again_goes_back_once);
    tcase_add_test(tc, a_payment_whose_booking_has_gone_is_retired_by_the_poller);
    tcase_add_test(tc, matrix_16_only_one_of_card_form_and_hosted_page_can_be_paid);
    tcase_add_test(tc, what_stripes_own_page_took_confirms_when_the_browser_is_back);
    tcase_add_test(tc, matrix_04_a_lost_expiry_is_read_from_its_session);
    tcase_add_test(tc, what_stripes_own_page_took_cannot_be_given_up);
    tcase_add_test(
        tc, a_payment_under_way_to_stripe_is_given_up_when_its_answer_is_known);
    tcase_add_test(tc, nobody_pays_twice_or_before_the_host_has_answered);
    tcase_add_test(tc, matrix_25_a_storm_of_refusals_delays_and_duplicates_nothing);
    tcase_add_test(tc, matrix_28_the_sweep_finds_what_no_webhook_brought);
    tcase_add_test(
        tc, matrix_29_a_key_used_for_other_parameters_stops_and_a_new_attempt_works);
    tcase_add_test(tc, giving_up_cancels_the_payment_first);
    tcase_add_test(tc, giving_up_what_is_paid_already_confirms_instead);
    tcase_add_test(tc, nobody_pays_for_the_booking_of_another);
    suite_add_tcase(s, tc);
}
