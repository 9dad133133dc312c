/* What Stripe tells us: twice, in pages, and when we could not listen. The numbers are
 * the rows of the failure matrix. */
#include "domain/events.h"

#include <stdio.h>
#include <string.h>

#include "domain/checkout.h"
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

/* Every event from now on is made as two objects. */
static void double_all_events(void)
{
    money_act(&m, 0);
    ck_assert(
        stripe_box_call(&m.box, "POST", "/_sim/webhooks", "second_event_object=1000")
            .outcome == STRIPE_OK);
}

START_TEST(matrix_08_a_fact_that_comes_as_two_events_is_one_fact)
{
    double_all_events();
    money_book(&m, 7);
    struct payment p = money_payment(&m);
    money_sim(&m, "refund", "payment_intent=%s&amount=1000", p.intent_id);
    money_run(&m);
    p = money_payment(&m);
    money_sim(&m, "dispute", "do=open&payment_intent=%s", p.intent_id);
    money_run(&m);
    ck_assert_int_eq(
        money_count(&m, "stripe_events WHERE type = 'charge.dispute.created'"), 2);
    ck_assert_int_ge(
        money_count(&m, "(SELECT 1 FROM stripe_events GROUP BY type, object_id"
                        " HAVING COUNT(*) >= 2)"),
        4);
    ck_assert_int_eq(money_count(&m, "audit WHERE action = 'payment.succeeded'"), 2);
    ck_assert_int_eq(money_count(&m, "outbox WHERE kind = 'booking_confirmed'"), 2);
    ck_assert_int_eq(money_count(&m, "refunds"), 1);
    ck_assert_int_eq(money_count(&m, "audit WHERE action = 'refund.succeeded'"), 1);
    ck_assert_int_eq(money_count(&m, "disputes"), 1);
    ck_assert_int_eq(money_count(&m, "audit WHERE action = 'dispute.opened'"), 1);
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 0);
    money_check(&m);
}
END_TEST

/* A booking that another vendor holds, who now acts. */
static int64_t hold_another(void)
{
    enum { AHEAD_S = 14 * 86400 };
    int64_t id, vendor_id = make_user(&m.t, "vendor");
    int64_t ahead_s = m.box.shift_s + AHEAD_S;
    ck_assert(holds_try(&m.t, vendor_id, m.kitchen_id, 0, thursday(540) + ahead_s,
                  thursday(720) + ahead_s, &id) == OK);
    money_act(&m, vendor_id);
    return id;
}

/* A booking of another vendor, paid at Stripe, of which nobody has heard. */
static int64_t pay_unheard(void)
{
    struct payment p;
    const char *secret;
    int64_t id = hold_another();
    ck_assert(checkout_intent(m.c, id, &secret) == OK);
    ck_assert(payments_newest(m.c, id, &p) == OK);
    money_sim(&m, "pay", "payment_intent=%s", p.intent_id);
    ck_assert(holds_state(&m.t, id) == BOOKING_HELD);
    money_act(&m, 0);
    return id;
}

START_TEST(matrix_28_an_event_that_cannot_be_applied_harms_no_other_and_waits)
{
    int64_t id = pay_unheard();
    db_test_end(&m.t);
    db_test_exec(&m.t, "CREATE TRIGGER broken BEFORE UPDATE ON bookings"
                       " WHEN NEW.state = 'confirmed'"
                       " BEGIN SELECT RAISE(ABORT, 'broken'); END");
    money_act(&m, 0);
    const char *after = "";
    do
        ck_assert(events_sweep(m.c, m.c->now_at - 86400, &after) == OK);
    while (*after != '\0');
    ck_assert(holds_state(&m.t, id) == BOOKING_HELD);
    int64_t all = money_count(&m, "stripe_events");
    ck_assert_int_gt(all, 5);
    ck_assert_int_eq(
        money_count(&m, "stripe_events WHERE type = 'payment_intent.succeeded'"
                        " AND processed_at IS NULL AND error <> ''"),
        1);
    money_act(&m, 0);
    ck_assert(events_process(m.c, "no such event") == OK);
    db_test_end(&m.t);
    db_test_exec(&m.t, "DROP TRIGGER broken");
    money_listen(&m);
    ck_assert(holds_state(&m.t, id) == BOOKING_CONFIRMED);
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 0);
    ck_assert_int_eq(money_count(&m, "stripe_events"), all);
}
END_TEST

START_TEST(a_page_goes_on_from_the_last_event_of_the_one_before)
{
    enum { CUSTOMERS = 30 };
    money_act(&m, 0);
    int64_t since_at = m.c->now_at - 86400;
    for (int i = 0; i < CUSTOMERS; i++)
        ck_assert(
            stripe_box_call(&m.box, "POST", "/v1/customers", "").outcome == STRIPE_OK);
    const char *after = "";
    ck_assert(events_sweep(m.c, since_at, &after) == OK);
    ck_assert_str_ne(after, "");
    char first[64];
    snprintf(first, sizeof first, "%s", after);
    ck_assert_int_eq(money_count(&m, "stripe_events"), 20);
    money_act(&m, 0);
    after = first;
    ck_assert(events_sweep(m.c, since_at, &after) == OK);
    ck_assert_int_gt(money_count(&m, "stripe_events"), CUSTOMERS);
    money_act(&m, 0);
    after = "evt_that_stripe_does_not_know";
    ck_assert(events_sweep(m.c, since_at, &after) == R_GONE);
}
END_TEST

START_TEST(what_came_before_its_object_was_read_is_answered_by_it)
{
    struct payment p = money_payment(&m);
    money_sim(&m, "refund", "payment_intent=%s&amount=1000", p.intent_id);
    money_act(&m, 0);
    money_listen(&m);
    db_test_end(&m.t);
    db_test_exec(&m.t,
        "UPDATE stripe_events SET processed_at = NULL, tries = 0,"
        " received_at = received_at - 1 WHERE type LIKE 'refund.%%';"
        "INSERT INTO stripe_events SELECT event_id || 'x', type, object_id,"
        " account, created, livemode, payload, received_at, processed_at,"
        " tries, error, api_version FROM stripe_events WHERE type LIKE 'refund.%%'");
    const char **ids;
    size_t n;
    money_act(&m, 0);
    ck_assert(events_due(m.c, 10, &ids, &n) == OK);
    ck_assert_int_ge(n, 2);
    ck_assert(events_process(m.c, ids[0]) == OK);
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 0);
}
END_TEST

/* Of a review or a warning the event is all there is. */
START_TEST(a_warning_that_could_not_be_applied_is_applied_from_what_was_kept)
{
    struct payment p = money_payment(&m);
    money_sim(&m, "warning", "payment_intent=%s", p.intent_id);
    money_listen(&m);
    ck_assert_int_eq(money_count(&m, "freezes WHERE kind = 'warning'"), 1);
    db_test_end(&m.t);
    db_test_exec(&m.t,
        "DELETE FROM freezes; UPDATE stripe_events SET processed_at = NULL"
        " WHERE type LIKE 'radar.%%'");
    money_listen(&m);
    ck_assert_int_eq(money_count(&m, "freezes WHERE kind = 'warning'"), 1);
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 0);
}
END_TEST

/* A session whose event could not be applied is read again. */
START_TEST(a_session_that_could_not_be_applied_is_read_again)
{
    struct payment p;
    const char *url;
    int64_t id = hold_another();
    ck_assert(checkout_hosted(m.c, id, &url) == OK);
    ck_assert(payments_newest(m.c, id, &p) == OK);
    ck_assert(stripe_box_call(&m.box, "POST",
                  ctx_printf(m.c, "/v1/checkout/sessions/%s/expire", p.session_id), "")
                  .outcome == STRIPE_OK);
    const char *after = "";
    money_act(&m, 0);
    ck_assert(events_sweep(m.c, m.c->now_at - 86400, &after) == OK);
    db_test_end(&m.t);
    db_test_exec(&m.t,
        "UPDATE payments SET state = 'pending' WHERE booking_id = %lld;"
        "UPDATE stripe_events SET processed_at = NULL WHERE type LIKE 'checkout.%%'",
        (long long)id);
    money_listen(&m);
    ck_assert_int_eq(money_int(&m,
                         "SELECT COUNT(*) FROM payments WHERE booking_id = %lld"
                         " AND state = 'canceled'",
                         (long long)id),
        1);
}
END_TEST

START_TEST(no_secret_of_a_payment_is_kept_wherever_it_stands)
{
    static const char object[] =
        "{\"id\":\"pi_x\",\"object\":\"payment_intent\",\"amount\":1,"
        "\"client_secret\":\"pi_x_secret_1\",\"next_action\":{\"redirect_to_url\":"
        "{\"return_url\":\"https://x.test/?payment_intent_client_secret=a\"}},"
        "\"hidden\":[\"kept\",\"https://x.test/?client_secret=pi_x_secret_1\"],"
        "\"other\":{\"page\":\"https://x.test/pi_x_secret_1\",\"kept\":\"too\"}}";
    money_hear(&m, &(struct event) { .id = "evt_3ds",
                       .type = "payment_intent.payment_failed",
                       .object = object });
    ck_assert_int_eq(
        money_count(&m, "stripe_events WHERE event_id = 'evt_3ds' AND payload ="
                        " '{\"id\":\"pi_x\",\"object\":\"payment_intent\","
                        "\"amount\":1,\"hidden\":[\"kept\"],"
                        "\"other\":{\"kept\":\"too\"}}'"),
        1);
}
END_TEST

/* What account.updated said when its transfers were in this state. */
static void hear_of_account(const char *event_id, const char *transfers)
{
    char object[256];
    snprintf(object, sizeof object,
        "{\"id\":\"%s\",\"object\":\"account\",\"capabilities\":{\"transfers\":\"%s\"}"
        "}",
        m.account_id, transfers);
    money_hear(&m, &(struct event) { .id = event_id,
                       .type = "account.updated",
                       .account = m.account_id,
                       .object = object });
    const char **ids;
    size_t n;
    ck_assert(events_due(m.c, 10, &ids, &n) == OK);
    ck_assert_int_eq(n, 1);
    ck_assert(events_process(m.c, ids[0]) == OK);
}

START_TEST(matrix_27_an_account_is_as_stripe_says_now_whatever_an_event_said)
{
    money_sim(&m, "capability", "account=%s&transfers=inactive", m.account_id);
    hear_of_account("evt_late", "active"); /* from before */
    ck_assert_int_eq(money_count(&m, "host_accounts WHERE transfers_active = 1"), 0);
    ck_assert_int_eq(money_count(&m, "kitchens WHERE bookable = 1"), 0);
    money_act(&m, 0);
    money_sim(&m, "capability", "account=%s&transfers=active", m.account_id);
    hear_of_account("evt_later", "inactive");
    ck_assert_int_eq(money_count(&m, "host_accounts WHERE transfers_active = 1"), 1);
    ck_assert_int_eq(money_count(&m, "kitchens WHERE bookable = 1"), 1);
}
END_TEST

/* ---- before the payment is known --------------------------------------------------
 */

/* A booking of another vendor, paid at Stripe's own page: until we hear of it we do not
 * even know its intent, whose id is left in INTENT_ID. */
static int64_t pay_at_stripe(char intent_id[static 64])
{
    struct payment p;
    const char *url;
    int64_t id = hold_another();
    ck_assert(checkout_hosted(m.c, id, &url) == OK);
    ck_assert(payments_newest(m.c, id, &p) == OK);
    snprintf(intent_id, 64, "%s",
        json_text(money_sim(&m, "pay", "session=%s", p.session_id), "id"));
    return id;
}

/* A delivery of TYPE about OBJECT_ID, which is of an intent. */
static void hear_about(const char *event_id, const char *type, const char *object_id,
    const char *intent_id)
{
    char object[256];
    snprintf(object, sizeof object, "{\"id\":\"%s\",\"payment_intent\":\"%s\"}",
        object_id, intent_id);
    money_hear(&m, &(struct event) { .id = event_id, .type = type, .object = object });
}

static void process(const char *event_id)
{
    money_act(&m, 0);
    ck_assert(events_process(m.c, event_id) == OK);
}

static int64_t open_freezes(int64_t booking_id)
{
    return money_int(&m,
        "SELECT COUNT(*) FROM freezes WHERE booking_id = %lld AND closed_at IS NULL",
        (long long)booking_id);
}

static const char *const opening[] = { "review.opened",
    "radar.early_fraud_warning.created" };

START_TEST(a_review_or_a_warning_heard_before_its_payment_waits_for_it)
{
    char intent_id[64];
    int64_t id = pay_at_stripe(intent_id);
    hear_about("evt_early", opening[_i], "prv_early", intent_id);
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 1);
    ck_assert(holds_state(&m.t, id) == BOOKING_HELD);
    process("evt_early");
    ck_assert(holds_state(&m.t, id) == BOOKING_CONFIRMED);
    ck_assert_int_eq(open_freezes(id), 1);
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 0);
}
END_TEST

/* Lists begin with the newest: the review comes before the payment. */
START_TEST(a_review_that_a_sweep_finds_before_its_payment_freezes_the_booking)
{
    char intent_id[64];
    int64_t id = pay_at_stripe(intent_id);
    money_sim(&m, "review", "do=open&payment_intent=%s", intent_id);
    money_listen(&m);
    ck_assert(holds_state(&m.t, id) == BOOKING_CONFIRMED);
    ck_assert_int_eq(open_freezes(id), 1);
    money_sim(&m, "review", "do=close&payment_intent=%s", intent_id);
    money_listen(&m);
    ck_assert_int_eq(open_freezes(id), 0);
}
END_TEST

/* Closed is heard before opened, and both before the payment; either is taken first. */
START_TEST(a_review_that_is_over_when_its_payment_is_heard_of_freezes_nothing)
{
    char intent_id[64];
    int64_t id = pay_at_stripe(intent_id);
    hear_about("evt_closed", "review.closed", "prv_1", intent_id);
    hear_about("evt_opened", "review.opened", "prv_1", intent_id);
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 2);
    process(_i == 0 ? "evt_closed" : "evt_opened");
    process(_i == 0 ? "evt_opened" : "evt_closed");
    ck_assert(holds_state(&m.t, id) == BOOKING_CONFIRMED);
    ck_assert_int_eq(money_count(&m, "freezes"), 1);
    ck_assert_int_eq(open_freezes(id), 0);
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 0);
}
END_TEST

START_TEST(a_review_of_a_payment_that_is_not_ours_is_dropped_when_that_is_proven)
{
    money_act(&m, 0);
    const char *other = json_text(
        stripe_box_call(&m.box, "POST", "/v1/payment_intents",
            "amount=777&currency=usd&confirm=true"
            "&payment_method=pm_card_visa&allowed_payment_method_types[0]=card")
            .object,
        "id");
    char intent_id[64];
    snprintf(intent_id, sizeof intent_id, "%s", _i == 0 ? other : "pi_of_nobody");
    hear_about("evt_other", "review.opened", "prv_other", intent_id);
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 1);
    money_act(&m, 0);
    stripe_box_fault(&m.box, "GET /v1/payment_intents", "503", 1);
    process("evt_other"); /* that Stripe does not answer proves nothing */
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 1);
    process("evt_other");
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 0);
    ck_assert_int_eq(money_count(&m, "freezes"), 0);
    hear_about("evt_charge", "review.opened", "prv_charge", "");
    process("evt_charge"); /* of a charge without an intent: we make none */
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 0);
}
END_TEST

/* An intent with our name on it, which we do not know: only its end proves anything. */
START_TEST(a_review_of_an_intent_that_may_still_become_ours_waits)
{
    struct booking b = money_booking(&m);
    char intent_id[64];
    snprintf(intent_id, sizeof intent_id, "%s",
        json_text(stripe_box_call(&m.box, "POST", "/v1/payment_intents",
                      ctx_printf(m.c,
                          "amount=22785&currency=usd&metadata[app]=prep"
                          "&metadata[booking_uid]=%s&metadata[attempt]=9"
                          "&allowed_payment_method_types[0]=card",
                          _i == 0 ? b.uid : "of_another_database"))
                      .object,
            "id"));
    hear_about("evt_lost", "review.opened", "prv_lost", intent_id);
    process("evt_lost");
    ck_assert_int_eq(
        money_count(&m, "stripe_events WHERE processed_at IS NULL"), _i == 0 ? 1 : 0);
    money_act(&m, 0);
    ck_assert(stripe_box_call(&m.box, "POST",
                  ctx_printf(m.c, "/v1/payment_intents/%s/cancel", intent_id), "")
                  .outcome == STRIPE_OK);
    process("evt_lost");
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 0);
    ck_assert_int_eq(money_count(&m, "freezes"), 0);
}
END_TEST

START_TEST(a_refund_heard_before_its_payment_is_not_lost)
{
    char intent_id[64], refund_id[64];
    int64_t id = pay_at_stripe(intent_id);
    snprintf(refund_id, sizeof refund_id, "%s",
        json_text(
            money_sim(&m, "refund", "amount=500&payment_intent=%s", intent_id), "id"));
    hear_about("evt_refund", "refund.created", refund_id, intent_id);
    process("evt_refund");
    ck_assert(holds_state(&m.t, id) == BOOKING_CONFIRMED);
    ck_assert_int_eq(money_count(&m, "refunds WHERE state = 'succeeded'"), 1);
    ck_assert_int_eq(money_count(&m, "stripe_events WHERE processed_at IS NULL"), 0);
}
END_TEST

void unit_domain_events(Suite *s)
{
    TCase *tc = tcase_create("events");
    if (stripe_box_missing("events"))
        return;
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_set_timeout(tc, 60);
    tcase_add_test(tc, matrix_08_a_fact_that_comes_as_two_events_is_one_fact);
    tcase_add_test(
        tc, matrix_28_an_event_that_cannot_be_applied_harms_no_other_and_waits);
    tcase_add_test(
        tc, matrix_27_an_account_is_as_stripe_says_now_whatever_an_event_said);
    tcase_add_test(tc, a_page_goes_on_from_the_last_event_of_the_one_before);
    tcase_add_test(tc, what_came_before_its_object_was_read_is_answered_by_it);
    tcase_add_test(
        tc, a_warning_that_could_not_be_applied_is_applied_from_what_was_kept);
    tcase_add_test(tc, no_secret_of_a_payment_is_kept_wherever_it_stands);
    tcase_add_test(tc, a_session_that_could_not_be_applied_is_read_again);
    tcase_add_loop_test(
        tc, a_review_or_a_warning_heard_before_its_payment_waits_for_it, 0, 2);
    tcase_add_test(
        tc, a_review_that_a_sweep_finds_before_its_payment_freezes_the_booking);
    tcase_add_loop_test(
        tc, a_review_that_is_over_when_its_payment_is_heard_of_freezes_nothing, 0, 2);
    tcase_add_loop_test(tc,
        a_review_of_a_payment_that_is_not_ours_is_dropped_when_that_is_proven, 0, 2);
    tcase_add_loop_test(
        tc, a_review_of_an_intent_that_may_still_become_ours_waits, 0, 2);
    tcase_add_test(tc, a_refund_heard_before_its_payment_is_not_lost);
    suite_add_tcase(s, tc);
}
