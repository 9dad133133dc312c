#include "stripe/objects.h"

#include <stdio.h>
#include <string.h>

#include "unit.h"
#include "util/guard.h"

static struct arena *a;

static void set_up(void)
{
    a = arena_new(1024 * 1024);
}

static void tear_down(void)
{
    arena_free(a);
}

static const struct json *tree(const char *s)
{
    const struct json *j;
    ck_assert_int_eq(json_read(a, s, strlen(s), &j), OK);
    return j;
}

START_TEST(an_intent_is_read_whole)
{
    struct stripe_intent p;
    ck_assert_int_eq(
        stripe_read_intent(
            tree("{\"object\":\"payment_intent\",\"id\":\"pi_1\","
                 "\"status\":\"succeeded\",\"amount\":61845,"
                 "\"amount_received\":61845,\"currency\":\"usd\","
                 "\"client_secret\":\"pi_1_secret\",\"livemode\":false,"
                 "\"latest_charge\":{\"object\":\"charge\",\"id\":\"ch_1\"},"
                 "\"last_payment_error\":{\"type\":\"card_error\","
                 "\"code\":\"card_declined\"},\"metadata\":{\"app\":\"prep\","
                 "\"booking_uid\":\"b1\",\"attempt\":\"2\"}}"),
            &p),
        OK);
    ck_assert_str_eq(p.id, "pi_1");
    ck_assert_int_eq(p.amount.n, 61845);
    ck_assert_int_eq(p.amount_received.n, 61845);
    ck_assert_str_eq(p.charge_id, "ch_1");
    ck_assert_str_eq(p.booking_uid, "b1");
    ck_assert_str_eq(p.attempt, "2");
    ck_assert_str_eq(p.last_error.code, "card_declined");
    ck_assert(!p.livemode);
}
END_TEST

#define PI "\"object\":\"payment_intent\",\"id\":\"pi_1\",\"status\":\"processing\","
static const struct {
    int line;
    const char *s;
    bool ok;
} intent_cases[] = {
    { __LINE__, "{" PI "\"amount\":1,\"currency\":\"usd\",\"livemode\":true}", true },
    { __LINE__, "{" PI "\"amount\":\"1\",\"currency\":\"usd\",\"livemode\":true}",
        false },
    { __LINE__, "{" PI "\"amount\":1.0,\"currency\":\"usd\",\"livemode\":true}",
        false },
    { __LINE__, "{" PI "\"amount\":1,\"currency\":null,\"livemode\":true}", false },
    { __LINE__, "{" PI "\"amount\":1,\"currency\":\"usd\"}", false },
    { __LINE__, "{" PI "\"amount\":1,\"currency\":\"usd\",\"livemode\":\"false\"}",
        false },
    { __LINE__,
        "{\"object\":\"charge\",\"id\":\"ch_1\",\"status\":\"succeeded\","
        "\"amount\":1,\"currency\":\"usd\",\"livemode\":true}",
        false },
    { __LINE__, "[]", false },
    { __LINE__, "null", false },
    { __LINE__, "\"pi_1\"", false },
};

START_TEST(an_intent_that_lacks_what_money_depends_on_is_refused)
{
    struct stripe_intent p;
    enum result r = stripe_read_intent(tree(intent_cases[_i].s), &p);
    ck_assert_msg(
        (r == OK) == intent_cases[_i].ok, "case at line %d", intent_cases[_i].line);
}
END_TEST

START_TEST(nothing_at_all_is_refused_by_every_reader)
{
    struct stripe_intent intent;
    struct stripe_session session;
    struct stripe_account account;
    struct stripe_account_link link;
    struct stripe_customer customer;
    struct stripe_refund refund;
    struct stripe_event event;
    struct stripe_error error;
    ck_assert_int_eq(stripe_read_intent(NULL, &intent), R_INVALID);
    ck_assert_int_eq(stripe_read_session(NULL, &session), R_INVALID);
    ck_assert_int_eq(stripe_read_account(NULL, &account), R_INVALID);
    ck_assert_int_eq(stripe_read_account_link(NULL, &link), R_INVALID);
    ck_assert_int_eq(stripe_read_customer(NULL, &customer), R_INVALID);
    ck_assert_int_eq(stripe_read_refund(NULL, &refund), R_INVALID);
    ck_assert_int_eq(stripe_read_event(NULL, &event), R_INVALID);
    stripe_read_error(NULL, &error);
    ck_assert_str_eq(error.message, "");
    ck_assert_str_eq(intent.last_error.code, "");
}
END_TEST

START_TEST(sessions_accounts_links_customers_and_refunds_are_read)
{
    struct stripe_session s;
    ck_assert_int_eq(stripe_read_session(
                         tree("{\"object\":\"checkout.session\",\"id\":\"cs_1\","
                              "\"url\":null,\"status\":\"complete\","
                              "\"payment_status\":\"paid\",\"payment_intent\":\"pi_1\","
                              "\"livemode\":false}"),
                         &s),
        OK);
    ck_assert_str_eq(s.url, "");
    ck_assert_str_eq(s.intent_id, "pi_1");
    struct stripe_account host;
    ck_assert_int_eq(
        stripe_read_account(tree("{\"object\":\"account\",\"id\":\"acct_1\","
                                 "\"capabilities\":{\"transfers\":\"active\"},"
                                 "\"payouts_enabled\":true,\"requirements\":{"
                                 "\"currently_due\":[\"a\",\"b\"],\"past_due\":null,"
                                 "\"disabled_reason\":null,\"current_deadline\":7}}"),
            &host),
        OK);
    ck_assert_str_eq(host.transfers, "active");
    ck_assert(host.payouts_enabled);
    ck_assert_uint_eq(host.currently_due->count, 2);
    ck_assert_uint_eq(host.past_due->count, 0);
    ck_assert_int_eq(host.deadline_at, 7);
    struct stripe_account_link link;
    ck_assert_int_eq(
        stripe_read_account_link(tree("{\"object\":\"account_link\",\"url\":"
                                      "\"https://connect.stripe.com/x\","
                                      "\"expires_at\":9}"),
            &link),
        OK);
    ck_assert_str_eq(link.url, "https://connect.stripe.com/x");
    struct stripe_customer customer;
    ck_assert_int_eq(
        stripe_read_customer(tree("{\"object\":\"customer\",\"id\":\"cus_1\","
                                  "\"deleted\":true}"),
            &customer),
        R_INVALID);
    struct stripe_refund refund;
    ck_assert_int_eq(
        stripe_read_refund(tree("{\"object\":\"refund\",\"id\":\"re_1\",\"amount\":5,"
                                "\"status\":\"pending\",\"payment_intent\":\"pi_1\","
                                "\"metadata\":{\"refund_uid\":\"r1\"}}"),
            &refund),
        OK);
    ck_assert_int_eq(refund.amount.n, 5);
    ck_assert_str_eq(refund.refund_uid, "r1");
}
END_TEST

START_TEST(a_refund_names_the_movement_of_its_money_once_there_is_one)
{
    struct stripe_refund refund;
    static const char *const movements[] = { "\"txn_1\"", "{\"id\":\"txn_1\"}",
        "null" };
    for (int i = 0; i < 3; i++) {
        char json[128];
        snprintf(json, sizeof json,
            "{\"object\":\"refund\",\"id\":\"re_1\",\"amount\":5,"
            "\"balance_transaction\":%s}",
            movements[i]);
        ck_assert_int_eq(stripe_read_refund(tree(json), &refund), OK);
        ck_assert_str_eq(refund.movement_id, i < 2 ? "txn_1" : "");
    }
}
END_TEST

START_TEST(an_event_names_its_object)
{
    struct stripe_event e;
    ck_assert_int_eq(
        stripe_read_event(tree("{\"object\":\"event\",\"id\":\"evt_1\",\"type\":"
                               "\"payment_intent.succeeded\",\"created\":3,"
                               "\"livemode\":false,\"account\":\"acct_1\","
                               "\"api_version\":\"2026-10-28.endive\","
                               "\"data\":{\"object\":{\"id\":\"pi_1\"}}}"),
            &e),
        OK);
    ck_assert_str_eq(e.object_id, "pi_1");
    ck_assert_str_eq(e.account, "acct_1");
    ck_assert_ptr_ne(e.object, NULL);
    ck_assert_int_eq(stripe_read_event(tree("{\"object\":\"event\",\"id\":\"evt_1\","
                                            "\"type\":\"x\",\"livemode\":true,"
                                            "\"data\":{\"object\":[]}}"),
                         &e),
        R_INVALID);
}
END_TEST

void unit_stripe_objects(Suite *s)
{
    TCase *t = tcase_create("objects");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, an_intent_is_read_whole);
    tcase_add_loop_test(t, an_intent_that_lacks_what_money_depends_on_is_refused, 0,
        COUNT_OF(intent_cases));
    tcase_add_test(t, nothing_at_all_is_refused_by_every_reader);
    tcase_add_test(t, sessions_accounts_links_customers_and_refunds_are_read);
    tcase_add_test(t, a_refund_names_the_movement_of_its_money_once_there_is_one);
    tcase_add_test(t, an_event_names_its_object);
    suite_add_tcase(s, t);
}
