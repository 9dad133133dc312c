#include "domain/payments.h"

#include <string.h>

#include "domain/refunds.h"
#include "support/db.h"
#include "support/event.h"
#include "unit.h"
#include "util/guard.h"
#include "util/rand.h"

/* What Stripe says in any order, and what becomes of payment and booking. */

#define SECRET "whsec_test"
#define CONNECT_SECRET "whsec_connect"
#define NEXT_SECRET "whsec_connect_next"

static struct db_test t;
static int64_t host_id, vendor_id, kitchen_id, booking_id;
static struct ctx *c;
static struct booking b;
static struct payment p;

static int64_t thursday(int64_t minute)
{
    return INT64_C(1795672800) + minute * 60;
}

static void begin(void)
{
    c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert(bookings_get(c, booking_id, &b) == OK);
    ck_assert(payments_newest(c, booking_id, &p) == OK);
}

static int64_t hold(int64_t user, int64_t from_min)
{
    struct hold_answer answer;
    int64_t id;
    c = db_test_begin(&t, DB_WRITE, user);
    struct hold_request h = {
        .kitchen_id = kitchen_id,
        .start_at = thursday(from_min),
        .end_at = thursday(from_min + 180),
        .guest_count = 1,
        .purpose = "Bread",
        .special_requests = "",
        .idempotency_key = rand_uid(c->arena),
        .body = { "", 0 },
    };
    ck_assert(bookings_hold(c, &h, &answer) == OK);
    ck_assert(text_int(strrchr(answer.location, '/') + 1, 1, INT64_MAX, &id));
    return id;
}

static void open_payment(bool hosted)
{
    struct stripe_op op;
    c = db_test_begin(&t, DB_WRITE, vendor_id);
    ck_assert(bookings_get(c, booking_id, &b) == OK);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(payments_open(c, &b, hosted, "cus_1", &p, &op) == OK);
    ck_assert(db_commit(c->db) == OK);
}

static void set_up(void)
{
    db_test_open(&t);
    t.app.conf.stripe_secret_key = "sk_test_x";
    t.app.conf.stripe_webhook_secrets = SECRET;
    t.app.conf.stripe_webhook_connect_secrets = CONNECT_SECRET "\n" NEXT_SECRET;
    host_id = make_user(&t, "host");
    vendor_id = make_user(&t, "vendor");
    kitchen_id = make_kitchen(&t, host_id);
    booking_id = hold(vendor_id, 540);
    open_payment(false);
    begin();
}

static void tear_down(void)
{
    db_test_close(&t);
}

/* An intent as Stripe shows it; the amount is the booking's unless OTHER_CENTS. */
static struct stripe_intent intent(
    const char *id, const char *status, int64_t other_cents)
{
    struct cents amount = other_cents != 0 ? cents_of(other_cents) : b.total;
    return (struct stripe_intent) {
        .id = id,
        .status = status,
        .amount = amount,
        .amount_received = text_is(status, "succeeded") ? amount : cents_of(0),
        .currency = "usd",
        .client_secret = "secret",
        .charge_id = text_is(status, "succeeded") ? "ch_1" : "",
        .app = "prep",
        .booking_uid = b.uid,
        .attempt = ctx_printf(c, "%lld", (long long)p.attempt),
        .last_error = { .message = "" },
    };
}

static void apply(const struct stripe_intent *pi)
{
    ck_assert(db_begin(c->db) == OK);
    ck_assert(payments_apply(c, pi) == OK);
    ck_assert(db_commit(c->db) == OK);
    begin();
}

static void apply_status(const char *status)
{
    struct stripe_intent pi = intent("pi_1", status, 0);
    apply(&pi);
}

static int64_t count(const char *sql)
{
    return db_test_int(&t, "SELECT COUNT(*) FROM %s", sql);
}

START_TEST(opening_freezes_a_body_and_a_random_key)
{
    struct stripe_op op;
    ck_assert(stripe_ops_newest(c, "pi", p.uid, &op) == OK);
    ck_assert_str_eq(op.idem_key, ctx_printf(c, "prep-pi-%s-a1", p.uid));
    ck_assert_str_eq(op.path, "/v1/payment_intents");
    const char *head =
        ctx_printf(c, "amount=%lld&currency=usd&customer=cus_1&", (long long)b.total.n);
    ck_assert(text_starts(op.body, head));
    ck_assert(
        strstr(op.body, ctx_printf(c, "&metadata[booking_uid]=%s&metadata[attempt]=1",
                            b.uid)) != NULL);
    ck_assert(strstr(op.body, "payment_method_types[0]=card") != NULL);
    ck_assert_str_eq(op.state, "sending");
}
END_TEST

START_TEST(a_booking_has_one_live_payment)
{
    struct stripe_op op;
    struct payment second;
    ck_assert(db_begin(c->db) == OK);
    ck_assert(payments_open(c, &b, true, "cus_1", &second, &op) == R_CONFLICT);
}
END_TEST

/* The trail, which a bank may read, says that it was paid and then that it is booked.
 */
static int64_t paid_first(void)
{
    return count("audit p JOIN audit b ON b.id > p.id WHERE p.action = "
                 "'payment.succeeded' AND b.action = 'booking.confirmed'");
}

START_TEST(success_confirms_the_booking_once)
{
    apply_status("succeeded");
    apply_status("succeeded");
    ck_assert(b.state == BOOKING_CONFIRMED);
    ck_assert_str_eq(p.state, "succeeded");
    ck_assert_str_eq(p.intent_id, "pi_1");
    ck_assert_str_eq(p.charge_id, "ch_1");
    ck_assert_str_eq(p.client_secret, "");
    ck_assert_int_eq(count("outbox"), 2);
    ck_assert_int_eq(count("audit WHERE action = 'booking.confirmed'"), 1);
    ck_assert_int_eq(count("audit WHERE action = 'payment.succeeded'"), 1);
    ck_assert_int_eq(paid_first(), 1);
}
END_TEST

/* Every order of news ends with what ranks highest. */
static const struct {
    int line;
    const char *news[3];
    enum booking_state booking;
    const char *payment;
} order_cases[] = {
    { __LINE__, { "requires_payment_method" }, BOOKING_HELD, "pending" },
    { __LINE__, { "processing" }, BOOKING_HELD, "processing" },
    { __LINE__, { "processing", "requires_payment_method" }, BOOKING_HELD,
        "processing" },
    { __LINE__, { "processing", "succeeded" }, BOOKING_CONFIRMED, "succeeded" },
    { __LINE__, { "succeeded", "processing" }, BOOKING_CONFIRMED, "succeeded" },
    { __LINE__, { "succeeded", "requires_payment_method" }, BOOKING_CONFIRMED,
        "succeeded" },
    { __LINE__, { "succeeded", "canceled" }, BOOKING_CONFIRMED, "succeeded" },
    { __LINE__, { "canceled" }, BOOKING_HELD, "canceled" },
    { __LINE__, { "canceled", "succeeded" }, BOOKING_CONFIRMED, "succeeded" },
    { __LINE__, { "canceled", "processing" }, BOOKING_HELD, "canceled" },
    { __LINE__, { "requires_action", "succeeded", "succeeded" }, BOOKING_CONFIRMED,
        "succeeded" },
    { __LINE__, { "something_new" }, BOOKING_HELD, "pending" },
};

START_TEST(news_in_any_order_ends_with_the_highest_rank)
{
    for (int i = 0; i < 3 && order_cases[_i].news[i] != NULL; i++)
        apply_status(order_cases[_i].news[i]);
    ck_assert_msg(
        b.state == order_cases[_i].booking && text_is(p.state, order_cases[_i].payment),
        "case at line %d: %s, %s", order_cases[_i].line, bookings_state_name(b.state),
        p.state);
}
END_TEST

START_TEST(a_decline_is_kept_for_the_person_and_the_next_card_may_pay)
{
    struct stripe_intent pi = intent("pi_1", "requires_payment_method", 0);
    pi.last_error.message = "Your card was declined.";
    apply(&pi);
    ck_assert_str_eq(p.error, "Your card was declined.");
    ck_assert_str_eq(p.state, "pending");
    apply_status("succeeded");
    ck_assert_str_eq(p.error, "");
    ck_assert(b.state == BOOKING_CONFIRMED);
}
END_TEST

static const struct {
    int line;
    int64_t cents;
    const char *currency, *app, *attempt;
    bool live;
} mismatch_cases[] = {
    { __LINE__, 100, "usd", "prep", "1", false },
    { __LINE__, 0, "eur", "prep", "1", false },
    { __LINE__, 0, "usd", "prep", "1", true },
    { __LINE__, 0, "usd", "other", "1", false },
    { __LINE__, 0, "usd", "prep", "x", false },
};

START_TEST(money_that_is_not_what_we_asked_for_confirms_nothing)
{
    struct stripe_intent pi = intent("pi_1", "succeeded", mismatch_cases[_i].cents);
    pi.currency = mismatch_cases[_i].currency;
    pi.app = mismatch_cases[_i].app;
    pi.attempt = mismatch_cases[_i].attempt;
    pi.livemode = mismatch_cases[_i].live;
    apply(&pi);
    ck_assert_msg(b.state == BOOKING_HELD && text_is(p.state, "pending"),
        "case at line %d", mismatch_cases[_i].line);
}
END_TEST

/* The database is from a backup: the attempt that brought the money is not in it. */
START_TEST(matrix_30_money_of_an_attempt_that_was_lost_confirms_the_booking)
{
    db_test_end(&t);
    db_test_exec(&t, "UPDATE payments SET state = 'canceled'");
    begin();
    struct stripe_intent pi = intent("pi_9", "succeeded", 0);
    pi.attempt = "2";
    apply(&pi);
    ck_assert(b.state == BOOKING_CONFIRMED);
    ck_assert_str_eq(p.intent_id, "pi_9");
    ck_assert_int_eq(p.attempt, 2);
    ck_assert_str_eq(p.state, "succeeded");
}
END_TEST

static void lapse(void)
{
    t.app.fixed_now_at += 1200;
    c = db_test_begin(&t, DB_WRITE, 0);
    ck_assert(bookings_get(c, booking_id, &b) == OK);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(bookings_move(c, &b, BOOKING_EXPIRED, "") == OK);
    ck_assert(db_commit(c->db) == OK);
    begin();
}

START_TEST(money_that_comes_late_takes_the_slot_again_if_it_is_free)
{
    lapse();
    ck_assert_int_eq(count("cells"), 0);
    apply_status("succeeded");
    ck_assert(b.state == BOOKING_CONFIRMED);
    ck_assert_int_eq(count("cells"), 14);
    ck_assert_int_eq(count("refunds"), 0);
    ck_assert_int_eq(paid_first(), 1);
}
END_TEST

START_TEST(money_that_comes_late_for_a_slot_that_is_gone_goes_back)
{
    struct stripe_refund refund = {
        .id = "re_1", .status = "succeeded", .failure_reason = ""
    };
    lapse();
    db_test_end(&t);
    hold(make_user(&t, "vendor"), 540);
    begin();
    apply_status("succeeded");
    apply_status("succeeded");
    ck_assert(b.state == BOOKING_EXPIRED);
    ck_assert_str_eq(p.state, "late");
    ck_assert_int_eq(count("refunds WHERE state = 'queued'"), 1);
    ck_assert_int_eq(count("stripe_ops WHERE kind = 'ref' AND state = 'queued'"), 1);
    ck_assert_int_eq(count("outbox WHERE kind = 'booking_late'"), 1);

    db_test_end(&t);
    db_test_exec(&t, "UPDATE refunds SET uid = 'r1'");
    begin();
    refund.refund_uid = "r1";
    refund.amount = b.total;
    ck_assert(db_begin(c->db) == OK);
    ck_assert(refunds_apply(c, &refund) == OK);
    refund.status = "pending";
    ck_assert(refunds_apply(c, &refund) == OK);
    ck_assert(db_commit(c->db) == OK);
    begin();
    ck_assert_str_eq(p.state, "refunded");
    ck_assert_int_eq(p.refunded.n, b.total.n);
    ck_assert_int_eq(count("refunds WHERE state = 'succeeded'"), 1);
}
END_TEST

/* Late money, with its refund called r1. */
static struct stripe_op late_refund(void)
{
    struct stripe_op op;
    lapse();
    db_test_end(&t);
    hold(make_user(&t, "vendor"), 540);
    begin();
    apply_status("succeeded");
    db_test_end(&t);
    db_test_exec(&t,
        "UPDATE refunds SET uid = 'r1'; UPDATE stripe_ops SET subject_uid = 'r1'"
        " WHERE kind = 'ref'");
    begin();
    ck_assert(stripe_ops_newest(c, "ref", "r1", &op) == OK);
    return op;
}

START_TEST(a_refund_that_stripe_refuses_is_kept_as_failed_for_a_person)
{
    struct stripe_op op = late_refund();
    struct stripe_reply reply = { .outcome = STRIPE_DEFINITIVE,
        .http_status = 400,
        .error = { .type = "invalid_request_error",
            .code = "charge_disputed",
            .message = "This charge is disputed." } };
    ck_assert(db_begin(c->db) == OK);
    ck_assert(refunds_answered(c, &op, &reply) == OK);
    ck_assert(db_commit(c->db) == OK);
    ck_assert_int_eq(count("refunds WHERE state = 'failed'"), 1);
    ck_assert_int_eq(
        count("audit WHERE action = 'refund.failed' AND detail LIKE '%%disputed%%'"),
        1);
    begin();
    ck_assert_str_eq(p.state, "late");
}
END_TEST

START_TEST(a_refund_that_fails_in_the_end_leaves_the_payment_to_be_given_back)
{
    struct stripe_refund refund = {
        .id = "re_1", .status = "succeeded", .failure_reason = "", .refund_uid = "r1"
    };
    late_refund();
    refund.amount = b.total;
    ck_assert(db_begin(c->db) == OK);
    ck_assert(refunds_apply(c, &refund) == OK);
    refund.status = "failed";
    ck_assert(refunds_apply(c, &refund) == OK);
    ck_assert(db_commit(c->db) == OK);
    begin();
    ck_assert_str_eq(p.state, "late");
    ck_assert_int_eq(p.refunded.n, 0);
}
END_TEST

START_TEST(a_second_payment_for_one_booking_goes_back)
{
    db_test_end(&t);
    db_test_exec(
        &t, "UPDATE payments SET state = 'canceled', payment_intent_id = 'pi_0'");
    open_payment(true);
    begin();
    apply_status("succeeded");
    ck_assert(b.state == BOOKING_CONFIRMED);
    struct stripe_intent first = intent("pi_0", "succeeded", 0);
    apply(&first);
    ck_assert_str_eq(p.state, "succeeded");
    ck_assert_int_eq(count("payments WHERE state = 'late'"), 1);
    ck_assert_int_eq(count("refunds"), 1);
    ck_assert(b.state == BOOKING_CONFIRMED);
}
END_TEST

/* ---- webhooks ---------------------------------------------------------------------
 */

static const char *event(const char *id, const char *type, const char *status)
{
    const char *object = ctx_printf(c,
        "{\"id\":\"pi_1\",\"object\":\"payment_intent\",\"status\":\"%s\","
        "\"amount\":%lld,\"amount_received\":%lld,\"currency\":\"usd\","
        "\"livemode\":false,\"client_secret\":\"pi_1_secret_2\","
        "\"latest_charge\":\"ch_1\",\"metadata\":{\"app\":\"prep\","
        "\"booking_uid\":\"%s\",\"attempt\":\"1\"}}",
        status, (long long)b.total.n, (long long)b.total.n, b.uid);
    return event_body(
        c->arena, &(struct event) { .id = id, .type = type, .object = object });
}

static enum result receive(const char *body)
{
    enum result r = event_receive(c, EVENTS_OURS, SECRET, body);
    if (r != OK)
        db_rollback(c->db);
    return r;
}

START_TEST(an_event_that_we_cannot_apply_is_to_be_sent_again)
{
    char *body =
        arena_strdup(c->arena, event("evt_1", "payment_intent.succeeded", "succeeded"));
    memcpy(strstr(body, "currency"), "nocrency", 8);
    ck_assert(receive(body) == R_FAULT);
    begin();
    ck_assert_int_eq(count("stripe_events"), 0);
    ck_assert(receive("{}") == R_INVALID);
}
END_TEST

START_TEST(an_event_is_applied_once_and_kept_without_its_secret)
{
    ck_assert(receive(event("evt_1", "payment_intent.succeeded", "succeeded")) == OK);
    ck_assert(receive(event("evt_1", "payment_intent.succeeded", "succeeded")) == OK);
    ck_assert(receive(event("evt_2", "payment_intent.succeeded", "succeeded")) == OK);
    begin();
    ck_assert(b.state == BOOKING_CONFIRMED);
    ck_assert_int_eq(count("stripe_events"), 2);
    ck_assert_int_eq(count("outbox"), 2);
    ck_assert_int_eq(count("stripe_events WHERE payload LIKE '%%secret%%'"), 0);
    ck_assert_int_eq(count("stripe_events WHERE payload LIKE '%%ch_1%%'"), 2);
}
END_TEST

START_TEST(what_may_change_waits_for_the_job_and_what_is_unknown_is_kept)
{
    const char **ids;
    size_t n;
    ck_assert(receive(event("evt_1", "payment_intent.payment_failed",
                  "requires_payment_method")) == OK);
    ck_assert(receive(event("evt_2", "invented.type", "succeeded")) == OK);
    begin();
    ck_assert(b.state == BOOKING_HELD);
    ck_assert(events_due(c, 10, &ids, &n) == OK);
    ck_assert_int_eq(n, 1);
    ck_assert_str_eq(ids[0], "evt_1");
}
END_TEST

/* A header for each endpoint: what it is made of, and what becomes of it. */
static const struct {
    int line;
    const char *secret, *other; /* of a first and a second v1 */
    int64_t age_s;
    bool v0;
    enum result ours, connected;
} signature_cases[] = {
    { __LINE__, SECRET, NULL, 0, false, OK, R_INVALID },
    { __LINE__, CONNECT_SECRET, NULL, 0, false, R_INVALID, OK },
    { __LINE__, NEXT_SECRET, NULL, 0, false, R_INVALID, OK },
    { __LINE__, CONNECT_SECRET, NEXT_SECRET, 0, false, R_INVALID, OK },
    { __LINE__, "whsec_gone", NEXT_SECRET, 0, false, R_INVALID, OK },
    { __LINE__, "whsec_gone", SECRET, 0, false, OK, R_INVALID },
    { __LINE__, "whsec_gone", "whsec_to_come", 0, false, R_INVALID, R_INVALID },
    { __LINE__, SECRET, NULL, 301, false, R_INVALID, R_INVALID },
    { __LINE__, CONNECT_SECRET, NEXT_SECRET, 301, false, R_INVALID, R_INVALID },
    { __LINE__, SECRET, NULL, 0, true, R_INVALID, R_INVALID },
    { __LINE__, CONNECT_SECRET, NULL, 0, true, R_INVALID, R_INVALID },
};

START_TEST(matrix_10_each_endpoint_takes_what_was_signed_for_it_just_now)
{
    const char *body = event("evt_1", "payment_intent.succeeded", "succeeded");
    struct span bytes = { body, strlen(body) };
    int64_t at = c->now_at - signature_cases[_i].age_s;
    const char *secret = signature_cases[_i].secret, *other = signature_cases[_i].other;
    char *header = event_signature(c->arena, body, secret, at);
    if (other != NULL)
        header = arena_printf(c->arena, "%s,%s", header,
            strstr(event_signature(c->arena, body, other, at), "v1="));
    if (signature_cases[_i].v0)
        memcpy(strstr(header, "v1="), "v0=", 3);
    enum result ours = events_receive(c, EVENTS_OURS, header, bytes);
    enum result connected = events_receive(c, EVENTS_CONNECTED, header, bytes);
    ck_assert_msg(
        ours == signature_cases[_i].ours && connected == signature_cases[_i].connected,
        "case at line %d", signature_cases[_i].line);
    bool good = ours == OK || connected == OK;
    ck_assert_int_eq(count("stripe_events"), good ? 1 : 0);
}
END_TEST

START_TEST(a_payment_on_a_connected_account_is_not_ours)
{
    char *body = arena_printf(c->arena, "{\"account\":\"acct_1\",%s",
        event("evt_1", "payment_intent.succeeded", "succeeded") + 1);
    ck_assert(event_receive(c, EVENTS_CONNECTED, CONNECT_SECRET, body) == OK);
    begin();
    ck_assert(b.state == BOOKING_HELD);
    ck_assert_int_eq(count("stripe_events WHERE processed_at IS NOT NULL"), 1);
}
END_TEST

START_TEST(matrix_10_what_is_not_signed_or_no_event_is_refused)
{
    const char *body = event("evt_1", "payment_intent.succeeded", "succeeded");
    struct span bytes = { body, strlen(body) };
    for (enum events_endpoint e = EVENTS_OURS; e <= EVENTS_CONNECTED; e++) {
        ck_assert(events_receive(c, e, NULL, bytes) == R_INVALID);
        ck_assert(events_receive(c, e, "", bytes) == R_INVALID);
    }
    ck_assert(receive("{}") == R_INVALID);
    ck_assert(receive("[[[[") == R_INVALID);
    t.app.conf.stripe_webhook_secrets = "";
    ck_assert(receive(body) == R_INVALID);
    ck_assert_int_eq(count("stripe_events"), 0);
}
END_TEST

START_TEST(an_event_of_the_other_mode_changes_nothing)
{
    t.app.conf.stripe_secret_key = "sk_live_x";
    begin();
    ck_assert(receive(event("evt_1", "payment_intent.succeeded", "succeeded")) == OK);
    begin();
    ck_assert(b.state == BOOKING_HELD);
    ck_assert_int_eq(count("stripe_events WHERE error <> ''"), 1);
}
END_TEST

void unit_domain_payments(Suite *s)
{
    TCase *tc = tcase_create("payments");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, opening_freezes_a_body_and_a_random_key);
    tcase_add_test(tc, a_booking_has_one_live_payment);
    tcase_add_test(tc, success_confirms_the_booking_once);
    tcase_add_loop_test(
        tc, news_in_any_order_ends_with_the_highest_rank, 0, COUNT_OF(order_cases));
    tcase_add_test(tc, a_decline_is_kept_for_the_person_and_the_next_card_may_pay);
    tcase_add_loop_test(tc, money_that_is_not_what_we_asked_for_confirms_nothing, 0,
        COUNT_OF(mismatch_cases));
    tcase_add_test(
        tc, matrix_30_money_of_an_attempt_that_was_lost_confirms_the_booking);
    tcase_add_test(tc, money_that_comes_late_takes_the_slot_again_if_it_is_free);
    tcase_add_test(tc, money_that_comes_late_for_a_slot_that_is_gone_goes_back);
    tcase_add_test(tc, a_refund_that_stripe_refuses_is_kept_as_failed_for_a_person);
    tcase_add_test(
        tc, a_refund_that_fails_in_the_end_leaves_the_payment_to_be_given_back);
    tcase_add_test(tc, a_second_payment_for_one_booking_goes_back);
    tcase_add_test(tc, an_event_that_we_cannot_apply_is_to_be_sent_again);
    tcase_add_test(tc, an_event_is_applied_once_and_kept_without_its_secret);
    tcase_add_test(tc, what_may_change_waits_for_the_job_and_what_is_unknown_is_kept);
    tcase_add_loop_test(tc,
        matrix_10_each_endpoint_takes_what_was_signed_for_it_just_now, 0,
        COUNT_OF(signature_cases));
    tcase_add_test(tc, a_payment_on_a_connected_account_is_not_ours);
    tcase_add_test(tc, matrix_10_what_is_not_signed_or_no_event_is_refused);
    tcase_add_test(tc, an_event_of_the_other_mode_changes_nothing);
    suite_add_tcase(s, tc);
}
