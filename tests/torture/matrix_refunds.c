/* Rows 17 to 19 of the failure matrix: money goes back. */
#include "torture.h"

#include "torture/visits.h"

#include "domain/refunds.h"

static struct place place;
static struct visit v;
static struct person admin;

static void set_up(void)
{
    place = world_place();
    admin = world_person("admin");
    v = world_stay(&place);
}

static int64_t refunded(void)
{
    return look_int("SELECT refunded FROM st_charges WHERE id = %Q", v.charge);
}

static int64_t paid(void)
{
    return look_int("SELECT amount FROM st_charges WHERE id = %Q", v.charge);
}

static int64_t refunds_at_stripe(void)
{
    return look_int("SELECT COUNT(*) FROM st_refunds WHERE charge = %Q", v.charge);
}

static enum result give(int64_t cents, const char *key)
{
    return refunds_give(
        world_ctx(admin.id), v.id, (struct cents) { cents }, "for the trouble", key);
}

START_TEST(matrix_17_a_refund_whose_answer_is_lost_happens_once)
{
    world_fault("POST /v1/refunds", "reset_mid_body", 1);
    ck_assert_int_eq(world_cancel(&v, NULL), 303);
    world_await_some("SELECT COUNT(*) FROM st_refunds WHERE charge = %Q", v.charge);
    ck_assert_str_eq(world_state(&v), "canceled");
    world_rest();
    ck_assert_int_eq(refunds_at_stripe(), 1);
    ck_assert_int_eq(refunded(), paid());
}
END_TEST

START_TEST(matrix_17_an_administrator_who_presses_twice_gives_once)
{
    world_fault("POST /v1/refunds", "reset_mid_body", 1);
    ck_assert_int_eq(give(1000, "one-form-one-key"), OK);
    ck_assert_int_eq(give(1000, "one-form-one-key"), OK);
    world_rest();
    ck_assert_int_eq(refunds_at_stripe(), 1);
    ck_assert_int_eq(refunded(), 1000);
    /* and what a cancellation gives back on top is only the rest */
    ck_assert_int_eq(world_cancel(&v, &place.host), 303);
    world_rest();
    ck_assert_int_eq(refunded(), paid());
    ck_assert_int_eq(give(1, "one-more"), R_INVALID);
}
END_TEST

START_TEST(matrix_18_parts_until_nothing_is_left_and_then_one_more)
{
    int64_t part = paid() / 3;
    ck_assert_int_eq(give(part, "first-third"), OK);
    ck_assert_int_eq(give(part, "second-third"), OK);
    world_rest();
    ck_assert_int_eq(give(paid() - 2 * part, "the-rest"), OK);
    ck_assert_int_eq(give(1, "one-more"), R_INVALID);
    world_rest();
    ck_assert_int_eq(refunds_at_stripe(), 3);
    ck_assert_int_eq(refunded(), paid());
}
END_TEST

/* Somebody gives all of it back in Stripe's dashboard, and we have not heard of it. */
START_TEST(matrix_18_a_refund_of_what_is_gone_already_is_rejected_and_all_adds_up)
{
    world_sim("/_sim/webhooks", "drop=100&type=");
    world_sim("/_sim/act/refund", "charge=%s", v.charge);
    ck_assert_int_eq(give(1000, "too-late"), OK);
    world_await_some("SELECT COUNT(*) FROM stripe_ops WHERE err_code ="
                     " 'charge_already_refunded' AND state = 'rejected'");
    world_later(20 * MINUTE_S); /* the events are looked through */
    world_rest();
    ck_assert_int_eq(refunds_at_stripe(), 1);
    ck_assert_int_eq(look_int("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id ="
                              " r.payment_id WHERE p.booking_id = %lld"
                              " AND r.state = 'succeeded'",
                         (long long)v.id),
        1);
    ck_assert_str_eq(world_state(&v), "canceled"); /* nothing of its money is left */
}
END_TEST

START_TEST(matrix_19_a_refund_that_fails_later_waits_for_staff_and_can_be_made_again)
{
    struct refund_row *rows;
    size_t n;
    ck_assert_int_eq(world_cancel(&v, &place.host), 303);
    world_rest();
    const char *id =
        look_text(world.arena, "SELECT id FROM st_refunds WHERE charge = %Q", v.charge);
    world_sim("/_sim/act/refund_fail", "refund=%s", id);
    world_rest();
    ck_assert_int_eq(
        look_int(
            "SELECT COUNT(*) FROM refunds WHERE refund_id = %Q AND state = 'failed'",
            id),
        1);
    truth_check(TRUTH_AT_REST);
    struct ctx *c = world_ctx(admin.id);
    ck_assert_int_eq(refunds_failed(c, 0, REFUNDS_MAX, &rows, &n), OK);
    ck_assert_int_ge(n, 1);
    ck_assert_str_eq(rows[n - 1].refund_id, id);
    ck_assert_int_eq(refunds_retry(world_ctx(admin.id), rows[n - 1].id), OK);
    world_rest();
    ck_assert_int_eq(refunds_at_stripe(), 2);
    ck_assert_int_eq(refunded(), paid());
}
END_TEST

void torture_matrix_refunds(Suite *s)
{
    TCase *t = world_tcase(s, "refunds");
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_test(t, matrix_17_a_refund_whose_answer_is_lost_happens_once);
    tcase_add_test(t, matrix_17_an_administrator_who_presses_twice_gives_once);
    tcase_add_test(t, matrix_18_parts_until_nothing_is_left_and_then_one_more);
    tcase_add_test(
        t, matrix_18_a_refund_of_what_is_gone_already_is_rejected_and_all_adds_up);
    tcase_add_test(
        t, matrix_19_a_refund_that_fails_later_waits_for_staff_and_can_be_made_again);
}
