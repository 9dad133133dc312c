/* Rows 6 to 11 of the failure matrix: how the news of a payment comes, or does not. */
#include "torture.h"

#include "torture/visits.h"

#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "support/event.h"
#include "util/guard.h"
#include "util/rand.h"

static struct place place;
static struct visit v;

static void set_up(void)
{
    place = world_place();
    v = world_book(&place);
    ck_assert_int_eq(world_intent(&v), 200);
}

/* The browser comes back from Stripe: the page's form asks how it stands. */
static void come_back(void)
{
    people_log_in(&world, &v.vendor);
    client_post_bare(&world,
        arena_printf(world.arena, "/checkout/%lld/check", (long long)v.id),
        arena_printf(world.arena, "csrf=%s", v.vendor.csrf));
    ck_assert_int_eq(world.status, 303);
}

static int64_t lines(const char *action)
{
    return look_int("SELECT COUNT(*) FROM audit WHERE subject = 'booking'"
                    " AND subject_id = %lld AND action = %Q",
        (long long)v.id, action);
}

static int64_t known(const char *type)
{
    return look_int(
        "SELECT COUNT(*) FROM stripe_events WHERE type = %Q AND object_id = %Q", type,
        v.intent);
}

/* The same end, whichever way it came. */
static void check_end(void)
{
    world_rest();
    ck_assert_str_eq(world_state(&v), "confirmed");
    ck_assert_int_eq(lines("payment.succeeded"), 1);
    ck_assert_int_eq(lines("booking.confirmed"), 1);
    ck_assert_int_eq(look_int("SELECT COUNT(*) FROM outbox WHERE dedupe IN"
                              " ('booking_confirmed:%lld', 'booking_new:%lld')"
                              " AND state = 'sent'",
                         (long long)v.id, (long long)v.id),
        2);
    ck_assert_int_eq(
        look_int(
            "SELECT COUNT(*) FROM ledger WHERE booking_id = %lld AND kind = 'charge'",
            (long long)v.id),
        3);
}

START_TEST(matrix_06_the_webhook_may_come_before_the_browser)
{
    ck_assert(world_pay(&v, VISA));
    world_await_state(&v, "confirmed");
    come_back();
    check_end();
}
END_TEST

START_TEST(matrix_06_the_browser_may_come_before_the_webhook)
{
    world_sim("/_sim/webhooks", "pause=true");
    ck_assert(world_pay(&v, VISA));
    come_back();
    ck_assert_str_eq(world_state(&v), "confirmed");
    check_end();
}
END_TEST

START_TEST(matrix_06_the_browser_may_never_come)
{
    ck_assert(world_pay(&v, VISA));
    world_await_state(&v, "confirmed");
    check_end();
}
END_TEST

START_TEST(matrix_06_neither_may_come_and_the_job_asks)
{
    world_sim("/_sim/webhooks", "drop=1&type=payment_intent.succeeded");
    ck_assert(world_pay(&v, VISA));
    world_jobs();
    check_end();
}
END_TEST

/* The event of this type as Stripe sends it, signed now. */
static struct shot delivery(const char *type)
{
    const char *body = look_text(world.arena,
        "SELECT body FROM st.objects WHERE kind = 'event' AND body->>'$.type' = %Q"
        " AND body->>'$.data.object.id' = %Q",
        type, v.intent);
    ck_assert_ptr_nonnull(body);
    return (struct shot) {
        .path = "/stripe/webhook",
        .fields = body,
        .header = arena_printf(world.arena, "Stripe-Signature: %s",
            event_signature(world.arena, body, stack.webhook_secret, world_now())),
    };
}

START_TEST(matrix_07_the_same_event_20_times_at_once_on_three_workers_counts_once)
{
    enum { TIMES = 20 };
    struct shot shots[TIMES];
    world_sim("/_sim/webhooks", "pause=true&duplicate=1&type=payment_intent.succeeded");
    ck_assert(world_pay(&v, VISA));
    for (int i = 0; i < TIMES; i++)
        shots[i] = delivery("payment_intent.succeeded");
    client_volley(&stack, shots, TIMES);
    for (int i = 0; i < TIMES; i++)
        ck_assert_int_eq(shots[i].status, 200);
    ck_assert_int_eq(known("payment_intent.succeeded"), 1);
    check_end();
    ck_assert_int_eq(known("payment_intent.succeeded"), 1);
}
END_TEST

START_TEST(matrix_08_two_events_of_one_fact_count_once)
{
    world_sim("/_sim/webhooks", "second_event_object=1&type=payment_intent.succeeded");
    ck_assert(world_pay(&v, VISA));
    check_end();
    ck_assert_int_eq(known("payment_intent.succeeded"), 2);
}
END_TEST

START_TEST(matrix_09_news_of_a_decline_after_the_success_changes_nothing)
{
    world_sim("/_sim/webhooks", "delay_ms=5000&type=payment_intent.payment_failed");
    ck_assert(!world_pay(&v, DECLINED));
    ck_assert(world_pay(&v, VISA));
    world_await_state(&v, "confirmed");
    ck_assert_int_eq(known("payment_intent.payment_failed"), 0);
    world_later(6);
    world_await_some("SELECT COUNT(*) FROM stripe_events WHERE object_id = %Q"
                     " AND type = 'payment_intent.payment_failed'",
        v.intent);
    check_end();
    ck_assert_str_eq(look_text(world.arena,
                         "SELECT state || error FROM payments WHERE booking_id = %lld",
                         (long long)v.id),
        "succeeded");
}
END_TEST

START_TEST(
    matrix_10_signatures_that_are_wrong_or_old_are_refused_until_a_good_one_comes)
{
    /* Four events come with a payment, in any order; the last is the one that counts.
     */
    world_sim("/_sim/webhooks", "pause=true");
    ck_assert(world_pay(&v, VISA));
    struct shot good = delivery("payment_intent.succeeded");
    const char *v1 = strstr(good.header, "v1=") + 3;
    const char *const headers[] = { "Stripe-Signature: ",
        arena_printf(
            world.arena, "Stripe-Signature: t=%lld,v0=%s", (long long)world_now(), v1),
        arena_printf(world.arena, "Stripe-Signature: t=%lld,v1=%064d",
            (long long)world_now(), 0) };
    for (size_t i = 0; i < COUNT_OF(headers); i++) {
        good.header = headers[i];
        client_volley(&stack, &good, 1);
        ck_assert_int_eq(good.status, 400);
    }
    world_sim("/_sim/webhooks", "pause=false&bad_sig=100");
    world_await_some("SELECT COUNT(*) FROM st.deliveries d JOIN st_events e ON e.id ="
                     " d.event WHERE e.object = %Q AND d.status = 400",
        v.intent);
    ck_assert_str_eq(world_state(&v), "held");
    world_sim("/_sim/webhooks", "bad_sig=0&old_ts=100");
    world_await_some("SELECT COUNT(*) FROM st.deliveries d JOIN st_events e ON e.id ="
                     " d.event WHERE e.object = %Q AND d.status = 400 AND d.tries > 2",
        v.intent);
    ck_assert_str_eq(world_state(&v), "held");
    ck_assert_int_eq(known("payment_intent.succeeded"), 0);
    world_sim("/_sim/webhooks", "old_ts=0");
    check_end();
}
END_TEST

START_TEST(matrix_10_while_a_secret_is_changed_either_opens_and_afterwards_the_new_one)
{
    const char *file = stack_path(&stack, "run/stripe-webhook");
    const char *endpoint = look_text(world.arena,
        "SELECT id FROM st.objects WHERE kind = 'webhook_endpoint'"
        " AND body->>'$.url' LIKE '%%/stripe/webhook'");
    const struct json *j =
        world_sim("/_sim/webhooks/rotate", "endpoint=%s&overlap_s=3600", endpoint);
    ck_assert(world_pay(&v, VISA)); /* signed with both; we know the old one */
    world_await_state(&v, "confirmed");
    check_end();
    FILE *f = fopen(file, "we");
    CHECK(f != NULL &&
          fprintf(f, "%s\n%s\n", json_text(j, "secret"), stack.webhook_secret) > 0 &&
          fclose(f) == 0);
    int64_t from = stack_log_length(&stack);
    kill(stack.prep, SIGHUP);
    world_await_log(from, "\"event\":\"reload\"");
    world_later(2 * HOUR_S); /* the old one is over */
    v = world_book(&place);
    ck_assert_int_eq(world_intent(&v), 200);
    ck_assert(world_pay(&v, VISA));
    world_await_state(&v, "confirmed");
    check_end();
}
END_TEST

START_TEST(matrix_11_a_worker_that_dies_after_storing_an_event_has_stored_nothing)
{
    world_order("events.after_insert:kill prep-book");
    ck_assert(world_pay(&v, VISA));
    world_await_order();
    check_end();
    ck_assert_int_eq(known("payment_intent.succeeded"), 1);
    ck_assert_int_gt(
        look_int("SELECT COUNT(*) FROM st.deliveries d JOIN st_events e"
                 " ON e.id = d.event WHERE d.tries > 1 AND e.object IN (%Q, %Q)",
            v.intent, v.charge),
        0);
}
END_TEST

void torture_matrix_events(Suite *s)
{
    TCase *t = world_tcase(s, "events");
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_test(t, matrix_06_the_webhook_may_come_before_the_browser);
    tcase_add_test(t, matrix_06_the_browser_may_come_before_the_webhook);
    tcase_add_test(t, matrix_06_the_browser_may_never_come);
    tcase_add_test(t, matrix_06_neither_may_come_and_the_job_asks);
    tcase_add_test(
        t, matrix_07_the_same_event_20_times_at_once_on_three_workers_counts_once);
    tcase_add_test(t, matrix_08_two_events_of_one_fact_count_once);
    tcase_add_test(t, matrix_09_news_of_a_decline_after_the_success_changes_nothing);
    tcase_add_test(t,
        matrix_10_signatures_that_are_wrong_or_old_are_refused_until_a_good_one_comes);
    tcase_add_test(
        t, matrix_10_while_a_secret_is_changed_either_opens_and_afterwards_the_new_one);
    tcase_add_test(
        t, matrix_11_a_worker_that_dies_after_storing_an_event_has_stored_nothing);
}
