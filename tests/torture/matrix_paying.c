/* Rows 12 to 16 of the failure matrix: cards, banks, clocks and second tabs. */
#include "torture.h"

#include "torture/visits.h"

#include <stdio.h>

static struct place place;
static struct visit v;

static void set_up(void)
{
    place = world_place();
    v = world_book(&place);
    ck_assert_int_eq(world_intent(&v), 200);
}

static const char *intent_status(const struct visit *of)
{
    return look_text(
        world.arena, "SELECT status FROM st_intents WHERE id = %Q", of->intent);
}

static int64_t charges(const struct visit *of)
{
    return look_int("SELECT COUNT(*) FROM st_charges WHERE uid = %Q"
                    " AND status = 'succeeded'",
        of->uid);
}

static int64_t payments(const char *state)
{
    return look_int(
        "SELECT COUNT(*) FROM payments WHERE booking_id = %lld AND state = %Q",
        (long long)v.id, state);
}

START_TEST(matrix_12_after_a_decline_the_second_card_pays_the_same_intent)
{
    const char *first = v.intent;
    ck_assert(!world_pay(&v, DECLINED));
    world_await_some("SELECT COUNT(*) FROM payments WHERE booking_id = %lld"
                     " AND error LIKE '%%declined%%'",
        (long long)v.id);
    ck_assert_str_eq(world_state(&v), "held");
    ck_assert_int_eq(world_intent(&v), 200);
    ck_assert_str_eq(v.intent, first);
    ck_assert(world_pay(&v, VISA));
    world_await_state(&v, "confirmed");
    ck_assert_int_eq(charges(&v), 1);
}
END_TEST

START_TEST(matrix_13_a_3d_secure_that_nobody_answers_ends_with_the_hold)
{
    ck_assert(world_pay(&v, WITH_3DS));
    ck_assert_str_eq(intent_status(&v), "requires_action");
    world_jobs();
    ck_assert_str_eq(world_state(&v), "held");
    world_later(HOLD_S + 1);
    world_await_state(&v, "expired");
    ck_assert_str_eq(intent_status(&v), "canceled");
    ck_assert_int_eq(charges(&v), 0);
    struct visit next = world_book_again(&place);
    ck_assert_str_eq(world_state(&next), "held");
}
END_TEST

START_TEST(matrix_14_money_that_meets_the_end_of_the_hold_confirms)
{
    world_sim("/_sim/webhooks", "pause=true");
    ck_assert(world_pay(&v, VISA));
    ck_assert_str_eq(world_state(&v), "held");
    world_later(HOLD_S + 1);
    world_await_state(&v, "confirmed");
    ck_assert_int_eq(/* it was canceled, and Stripe said that it has succeeded */
        look_int("SELECT COUNT(*) FROM stripe_ops o JOIN payments p ON p.uid ="
                 " o.subject_uid WHERE p.booking_id = %lld AND o.kind = 'pican'"
                 " AND o.state = 'rejected' AND o.http_status = 400"
                 " AND o.err_code = 'payment_intent_unexpected_state'",
            (long long)v.id),
        1);
    ck_assert_int_eq(charges(&v), 1);
}
END_TEST

/* Stripe does not say whether money may come: the time is kept for ten minutes more. */
static void lose_the_time(void)
{
    world_fault("/cancel", "503", 1000);
    world_later(HOLD_S + 1);
    world_jobs();
    ck_assert_str_eq(world_state(&v), "held");
    world_later(HOLD_S);
    world_await_state(&v, "expired");
}

START_TEST(matrix_15_money_for_a_time_that_is_sold_again_goes_back_once)
{
    lose_the_time();
    struct visit second = world_book_again(&place);
    ck_assert(world_pay(&v, VISA));
    world_await_some("SELECT COUNT(*) FROM payments WHERE booking_id = %lld"
                     " AND state IN ('late', 'refunded')",
        (long long)v.id);
    world_heal();
    world_rest();
    ck_assert_int_eq(payments("refunded"), 1);
    ck_assert_int_eq(
        look_int("SELECT COUNT(*) FROM st_refunds WHERE charge = %Q", v.charge), 1);
    ck_assert_int_eq(
        look_int("SELECT refunded = amount FROM st_charges WHERE id = %Q", v.charge),
        1);
    ck_assert_int_eq(
        look_int("SELECT COUNT(*) FROM ledger WHERE booking_id = %lld"
                 " AND (debit = 'host_payable' OR credit = 'host_payable')",
            (long long)v.id),
        0);
    ck_assert_int_eq(look_int("SELECT COUNT(*) FROM outbox WHERE dedupe ="
                              " 'booking_late:%lld'",
                         (long long)v.id),
        1);
    ck_assert_str_eq(world_state(&v), "expired");
    ck_assert_str_eq(world_state(&second), "held");
}
END_TEST

START_TEST(matrix_15_money_for_a_time_that_is_still_free_takes_it_again)
{
    lose_the_time();
    ck_assert(world_pay(&v, VISA));
    world_await_state(&v, "confirmed");
}
END_TEST

/* All that two impatient people at two tabs press at once. */
START_TEST(matrix_16_ten_clicks_at_once_make_one_live_payment)
{
    enum { CLICKS = 10 };
    struct shot shots[CLICKS];
    v = world_book(&place);
    for (int i = 0; i < CLICKS; i++)
        shots[i] = (struct shot) {
            .path = arena_printf(world.arena, "/checkout/%lld/%s", (long long)v.id,
                i % 2 == 0 ? "intent" : "hosted"),
            .cookie = v.vendor.cookie,
            .fields = arena_printf(world.arena, "csrf=%s", v.vendor.csrf),
        };
    client_volley(&stack, shots, CLICKS);
    for (int i = 0; i < CLICKS; i++)
        ck_assert_msg(shots[i].status == 200 || shots[i].status == 303 ||
                          shots[i].status == 409 || shots[i].status == 503,
            "%d", shots[i].status);
    world_rest();
    ck_assert_int_le(payments("pending"), 1);
    world_later(1);
    ck_assert_int_eq(world_intent(&v), 200);
    ck_assert_int_eq(payments("pending"), 1);
    /* Whatever else was made there cannot be paid any more. */
    ck_assert_int_eq(
        look_int("SELECT COUNT(*) FROM st_intents WHERE uid = %Q"
                 " AND status NOT IN ('canceled', 'requires_payment_method')",
            v.uid),
        0);
    ck_assert_int_eq(
        look_int("SELECT COUNT(*) FROM st.objects WHERE kind ="
                 " 'checkout.session' AND body->>'$.client_reference_id' = %Q"
                 " AND body->>'$.status' = 'open'",
            v.uid),
        0);
    ck_assert(world_pay(&v, VISA));
    world_await_state(&v, "confirmed");
    ck_assert_int_eq(charges(&v), 1);
}
END_TEST

START_TEST(matrix_16_of_card_form_and_hosted_page_only_the_later_one_can_be_paid)
{
    const char *first = v.intent;
    people_log_in(&world, &v.vendor);
    client_post_bare(&world,
        arena_printf(world.arena, "/checkout/%lld/hosted", (long long)v.id),
        arena_printf(world.arena, "csrf=%s", v.vendor.csrf));
    ck_assert_int_eq(world.status, 303);
    const char *session = look_text(world.arena,
        "SELECT checkout_session_id FROM payments WHERE booking_id = %lld"
        " AND state = 'pending'",
        (long long)v.id);
    ck_assert_ptr_nonnull(session);
    ck_assert_int_eq(world_try_sim("/_sim/act/pay", "payment_intent=%s", first), 400);
    world_sim("/_sim/act/pay", "session=%s", session);
    world_await_state(&v, "confirmed");
    ck_assert_int_eq(world_try_sim("/_sim/act/pay", "session=%s", session), 400);
    ck_assert_int_eq(charges(&v), 1);
}
END_TEST

/* Two payments brought money though there should be one: Stripe had not said that it
 * canceled the first. The second goes back. */
START_TEST(matrix_16_a_second_payment_of_one_booking_goes_back)
{
    ck_assert(world_pay(&v, VISA));
    world_await_state(&v, "confirmed");
    const char *customer = look_text(world.arena,
        "SELECT body->>'$.customer' FROM st.objects WHERE id = %Q", v.intent);
    const char *amount =
        look_text(world.arena, "SELECT amount FROM st_intents WHERE id = %Q", v.intent);
    const char *second = world_api("/v1/payment_intents",
        arena_printf(world.arena,
            "amount=%s&currency=usd&customer=%s&allowed_payment_method_types[0]=card"
            "&transfer_group=%s&metadata[app]=prep&metadata[booking_uid]=%s"
            "&metadata[attempt]=2",
            amount, customer, v.uid, v.uid));
    world_sim("/_sim/act/pay", "payment_intent=%s", second);
    world_await_some("SELECT COUNT(*) FROM payments WHERE booking_id = %lld"
                     " AND state IN ('late', 'refunded')",
        (long long)v.id);
    world_rest();
    ck_assert_int_eq(payments("refunded"), 1);
    ck_assert_int_eq(payments("succeeded"), 1);
    ck_assert_str_eq(world_state(&v), "confirmed");
}
END_TEST

void torture_matrix_paying(Suite *s)
{
    TCase *t = world_tcase(s, "paying");
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_test(t, matrix_12_after_a_decline_the_second_card_pays_the_same_intent);
    tcase_add_test(t, matrix_13_a_3d_secure_that_nobody_answers_ends_with_the_hold);
    tcase_add_test(t, matrix_14_money_that_meets_the_end_of_the_hold_confirms);
    tcase_add_test(t, matrix_15_money_for_a_time_that_is_sold_again_goes_back_once);
    tcase_add_test(t, matrix_15_money_for_a_time_that_is_still_free_takes_it_again);
    tcase_add_test(t, matrix_16_ten_clicks_at_once_make_one_live_payment);
    tcase_add_test(
        t, matrix_16_of_card_form_and_hosted_page_only_the_later_one_can_be_paid);
    tcase_add_test(t, matrix_16_a_second_payment_of_one_booking_goes_back);
}
