/* Rows 25 to 30 of the failure matrix: Stripe is away, we are away, and what is said is
 * not true. */
#include "torture.h"

#include "torture/visits.h"

#include <unistd.h>

#include "util/guard.h"

static struct place place;
static struct visit v;

static void set_up(void)
{
    place = world_place();
    v = world_book(&place);
}

static void open_intent(void)
{
    ck_assert_int_eq(world_intent(&v), 200);
}

static int64_t intents(const struct visit *of)
{
    return look_int("SELECT COUNT(*) FROM st_intents WHERE uid = %Q", of->uid);
}

/* ---- 25 ---- */

START_TEST(matrix_25_a_storm_of_refusals_delays_and_doubles_nothing)
{
    static const char *const kinds[] = { "429", "409", "drop_before", "503", "429" };
    for (size_t i = 0; i < COUNT_OF(kinds); i++) {
        world_fault("POST /v1/", kinds[i], 4);
        ck_assert_int_eq(world_intent(&v), 503);
        ck_assert_ptr_nonnull(client_header(&world, "Retry-After"));
        ck_assert(client_shows(&world, "being prepared"));
        world_heal();
        world_fault("POST /v1/", kinds[i], 2);
        world_jobs();
        world_later(MINUTE_S);
    }
    world_rest();
    open_intent();
    ck_assert_int_eq(intents(&v), 1);
    ck_assert_int_eq(look_int("SELECT COUNT(*) FROM st.objects o JOIN users u ON"
                              " o.kind = 'customer' AND o.body->>'$.email' = u.email"
                              " WHERE u.id = %lld",
                         (long long)v.vendor.id),
        1);
    ck_assert(world_pay(&v, VISA));
    world_await_state(&v, "confirmed");
}
END_TEST

START_TEST(matrix_25_stripe_is_away_for_an_hour_and_all_that_waits_is_done_once)
{
    enum { QUARTERS = 4 };
    struct visit over = world_stay(&place), gone = world_stay(&place);
    world_to_payout(&over, -HOUR_S / 2);
    v = world_book(&place);
    world_rest();
    world_fault("", "drop_before", 100000);
    ck_assert_int_eq(world_intent(&v), 503);
    ck_assert_ptr_nonnull(client_header(&world, "Retry-After"));
    ck_assert_int_eq(world_cancel(&gone, &place.host), 303);
    for (int i = 0; i < QUARTERS; i++) {
        world_later(15 * MINUTE_S);
        world_jobs();
    }
    ck_assert_int_eq(
        look_int("SELECT COUNT(*) FROM st_refunds WHERE charge = %Q", gone.charge), 0);
    ck_assert_str_eq(world_state(&v), "expired"); /* it never had an intent */
    world_rest();
    world_later(MINUTE_S);
    world_rest();
    ck_assert_int_eq(
        look_int("SELECT COUNT(*) FROM st_refunds WHERE charge = %Q", gone.charge), 1);
    ck_assert_int_eq(
        look_int("SELECT COUNT(*) FROM st_transfers WHERE uid = %Q", over.uid), 1);
    v = world_book_again(&place);
    open_intent();
    ck_assert_int_eq(intents(&v), 1);
}
END_TEST

/* ---- 26 ---- */

static const struct {
    const char *name, *change; /* of the event's object, in SQLite's words */
    bool live;
} lies[] = {
    { "another amount", "'$.amount', 1, '$.amount_received', 1", false },
    { "less received", "'$.amount_received', 1", false },
    { "another currency", "'$.currency', 'eur'", false },
    { "live money", "'$.livemode', json('true')", true },
    { "a live object in an event of test mode", "'$.livemode', json('true')", false },
};

START_TEST(matrix_26_money_that_is_not_what_we_asked_for_confirms_nothing_and_is_told)
{
    open_intent();
    struct person admin = people_add("admin");
    int64_t from = stack_log_length(&stack);
    const char *change = arena_printf(world.arena,
        "SELECT json_set(body, '$.status', 'succeeded', '$.latest_charge', 'ch_none',"
        " '$.amount_received', amount, %s) FROM (SELECT body, body->>'$.amount' AS "
        "amount"
        " FROM st.objects WHERE id = '%s')",
        lies[_i].change, v.intent);
    const char *object = look_row(world.arena, change);
    ck_assert_int_eq(
        world_event("payment_intent.succeeded", object, NULL, lies[_i].live), 200);
    ck_assert_str_eq(world_state(&v), "held");
    ck_assert_int_eq(look_int("SELECT COUNT(*) FROM payments WHERE booking_id = %lld"
                              " AND state <> 'pending'",
                         (long long)v.id),
        0);
    world_await_log(from, "\"event\":\"difference\"");
    ck_assert_int_eq(
        lies[_i].live
            ? look_int("SELECT COUNT(*) FROM differences WHERE kind = 'event_mode'"
                       " AND source_id = 'live' AND closed_at IS NULL")
            : look_int("SELECT COUNT(*) FROM differences WHERE kind ="
                       " 'payment_mismatch' AND source_id = %Q AND booking_id = %lld"
                       " AND closed_at IS NULL",
                  v.intent, (long long)v.id),
        1);
    ck_assert_int_eq(look_int("SELECT COUNT(*) FROM notices WHERE user_id = %lld"
                              " AND kind = 'difference'",
                         (long long)admin.id),
        1);
    people_log_in(&world, &admin);
    ck_assert_int_eq(client_get(&world, "/admin/payments?state=differences"), 200);
    ck_assert(client_shows(&world, lies[_i].live ? "of the other mode" : v.intent));
}
END_TEST

/* ---- 27 ---- */

static int64_t is_active(void)
{
    return look_int("SELECT transfers_active FROM host_accounts WHERE user_id = %lld",
        (long long)place.host.id);
}

START_TEST(matrix_27_an_account_is_what_stripe_says_when_asked_whatever_an_event_says)
{
    const char *active = look_text(
        world.arena, "SELECT body FROM st.objects WHERE id = %Q", place.account);
    world_sim("/_sim/webhooks", "drop=100&type=account.");
    world_sim("/_sim/act/capability", "account=%s&transfers=inactive", place.account);
    const char *inactive = look_text(
        world.arena, "SELECT body FROM st.objects WHERE id = %Q", place.account);
    ck_assert_int_eq(is_active(), 1);
    ck_assert_int_eq(world_event("account.updated", active, place.account, false), 200);
    world_rest();
    ck_assert_int_eq(is_active(), 0);
    ck_assert_int_eq(look_int("SELECT bookable FROM kitchens WHERE id = %lld",
                         (long long)place.kitchen_id),
        0);
    world_sim("/_sim/act/capability", "account=%s&transfers=active", place.account);
    ck_assert_int_eq(
        world_event("account.updated", inactive, place.account, false), 200);
    world_rest();
    ck_assert_int_eq(is_active(), 1);
}
END_TEST

/* ---- 28 ---- */

START_TEST(matrix_28_after_four_days_without_webhooks_the_list_of_events_tells_all)
{
    struct visit gone = world_stay(&place);
    open_intent();
    world_sim("/_sim/webhooks", "drop=100000&type=");
    ck_assert(world_pay(&v, VISA));
    world_sim("/_sim/act/refund", "charge=%s", gone.charge);
    for (int day = 0; day < 4; day++) {
        world_later(DAY_S);
        world_jobs();
    }
    world_rest();
    ck_assert_int_eq(look_int("SELECT COUNT(*) FROM payments WHERE charge_id = %Q"
                              " AND applied = 1",
                         v.charge),
        1);
    ck_assert_str_eq(world_state(&gone), "canceled");
}
END_TEST

START_TEST(matrix_28_after_four_days_away_we_learn_what_was_paid_meanwhile)
{
    for (int i = 0; i < 3; i++)
        v = world_book(&place); /* it begins when we are back */
    open_intent();
    world_sim("/_sim/webhooks", "drop=100000&type=");
    world_site_down();
    ck_assert(world_pay(&v, VISA));
    world_later(4 * DAY_S);
    world_site_up();
    world_await_some(
        "SELECT COUNT(*) FROM payments WHERE charge_id = %Q AND applied = 1", v.charge);
    ck_assert_str_eq(world_state(&v), "confirmed");
}
END_TEST

/* ---- 29 ---- */

START_TEST(matrix_29_a_key_with_other_bytes_stops_for_a_person_and_a_new_attempt_works)
{
    open_intent(); /* the customer is there */
    struct visit second = world_book(&place);
    world_exec("UPDATE bookings SET vendor_id = %lld WHERE id = %lld",
        (long long)v.vendor.id, (long long)second.id);
    second.vendor = v.vendor;
    v = second;
    world_fault("POST /v1/payment_intents", "reset_mid_body", 1);
    world_fault("POST /v1/payment_intents", "503", 1000);
    ck_assert_int_eq(world_intent(&v), 503);
    world_exec(
        "UPDATE stripe_ops SET body = body || '&description=x' WHERE subject_uid IN"
        " (SELECT uid FROM payments WHERE booking_id = %lld)",
        (long long)v.id);
    int64_t from = stack_log_length(&stack);
    world_heal();
    world_later(MINUTE_S);
    world_await_some("SELECT COUNT(*) FROM stripe_ops o JOIN payments p ON p.uid ="
                     " o.subject_uid WHERE p.booking_id = %lld AND o.state = 'review'",
        (long long)v.id);
    world_await_log(from, "\"event\":\"stripe_op\"");
    ck_assert_int_eq(world_intent(&v), 200);
    ck_assert(world_pay(&v, VISA));
    world_await_state(&v, "confirmed");
}
END_TEST

/* ---- 30 ---- */

START_TEST(matrix_30_a_restored_backup_learns_from_stripe_what_happened_since)
{
    const char *backup = stack_path(&stack, "run/backup.db");
    struct visit before = world_stay(&place);
    open_intent();
    world_rest();
    unlink(backup);
    stack_tool(&stack, "backup", backup);
    /* What is lost: a payment, a cancellation, and a payout. */
    ck_assert(world_pay(&v, VISA));
    world_await_state(&v, "confirmed");
    ck_assert_int_eq(world_cancel(&v, &place.host), 303);
    world_to_payout(&before, MINUTE_S);
    world_rest();
    ck_assert_int_eq(
        look_int("SELECT COUNT(*) FROM st_transfers WHERE uid = %Q", before.uid), 1);
    world_site_down();
    world_restore(backup);
    ck_assert_str_eq(world_state(&v), "held");
    world_site_up();
    world_rest();
    world_later(HOUR_S);
    world_rest();
    ck_assert_int_eq(
        look_int("SELECT COUNT(*) FROM st_transfers WHERE uid = %Q", before.uid), 1);
    ck_assert_int_eq(
        look_int("SELECT COUNT(*) FROM st_refunds WHERE charge = %Q", v.charge), 1);
    ck_assert_int_eq(
        look_int("SELECT COUNT(*) FROM payments WHERE charge_id = %Q", v.charge), 1);
}
END_TEST

void torture_matrix_outage(Suite *s)
{
    TCase *t = world_tcase(s, "outage");
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_test(t, matrix_25_a_storm_of_refusals_delays_and_doubles_nothing);
    tcase_add_test(
        t, matrix_25_stripe_is_away_for_an_hour_and_all_that_waits_is_done_once);
    tcase_add_loop_test(t,
        matrix_26_money_that_is_not_what_we_asked_for_confirms_nothing_and_is_told, 0,
        COUNT_OF(lies));
    tcase_add_test(
        t, matrix_27_an_account_is_what_stripe_says_when_asked_whatever_an_event_says);
    tcase_add_test(
        t, matrix_28_after_four_days_without_webhooks_the_list_of_events_tells_all);
    tcase_add_test(
        t, matrix_29_a_key_with_other_bytes_stops_for_a_person_and_a_new_attempt_works);
    t = world_own_tcase(s, "away");
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_test(t, matrix_28_after_four_days_away_we_learn_what_was_paid_meanwhile);
    tcase_add_test(
        t, matrix_30_a_restored_backup_learns_from_stripe_what_happened_since);
}
