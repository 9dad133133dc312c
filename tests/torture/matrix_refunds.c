/* Rows 17 to 19 of the failure matrix: money goes back. */
#include "torture.h"

#include "torture/visits.h"

#include <stdio.h>

#include "util/guard.h"
#include "util/rand.h"

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

/* With the form whose key is KEY; NULL: a form of its own. */
static int give(int64_t cents, const char *key)
{
    return world_give(&admin, &v, cents, key == NULL ? rand_uid(world.arena) : key);
}

/* Stripe has made the refund, says nothing, and hangs up. (That we end the wait
 * ourselves is row 3; the job would wait for half a minute.) */
START_TEST(matrix_17_a_refund_whose_answer_does_not_come_in_time_happens_once)
{
    world_fault("POST /v1/refunds", "timeout_after_commit", 1);
    ck_assert_int_eq(world_cancel(&v, NULL), 303);
    world_await_some("SELECT COUNT(*) FROM st_refunds WHERE charge = %Q", v.charge);
    ck_assert_str_eq(world_state(&v), "canceled");
    world_rest();
    ck_assert_int_eq(refunds_at_stripe(), 1);
    ck_assert_int_eq(refunded(), paid());
}
END_TEST

/* Both at the same moment; how many were carried out. */
static int give_twice(int64_t cents, const char *key, const char *other_key)
{
    world_be(&admin);
    struct shot shots[] = { world_give_shot(&admin, &v, cents, key),
        world_give_shot(&admin, &v, cents, other_key) };
    client_volley(&stack, shots, COUNT_OF(shots));
    int good = 0;
    for (size_t i = 0; i < COUNT_OF(shots); i++) {
        ck_assert_msg(
            shots[i].status == 303 || shots[i].status == 422, "%d", shots[i].status);
        good += shots[i].status == 303;
    }
    return good;
}

START_TEST(matrix_17_an_administrator_who_presses_twice_at_once_gives_once)
{
    const char *key = rand_uid(world.arena);
    world_fault("POST /v1/refunds", "timeout_after_commit", 1);
    ck_assert_int_eq(give_twice(1000, key, key), 2); /* the second: it is done */
    ck_assert_int_eq(give(1000, key), 303);
    world_rest();
    ck_assert_int_eq(refunds_at_stripe(), 1);
    ck_assert_int_eq(refunded(), 1000);
    /* and what a cancellation gives back on top is only the rest */
    ck_assert_int_eq(world_cancel(&v, &place.host), 303);
    world_rest();
    ck_assert_int_eq(refunded(), paid());
    ck_assert_int_eq(give(1, NULL), 422);
}
END_TEST

START_TEST(matrix_17_two_forms_sent_at_once_never_give_more_than_was_paid)
{
    int64_t most = paid() * 2 / 3;
    world_fault("POST /v1/refunds", "timeout_after_commit", 1);
    ck_assert_int_eq(give_twice(most, rand_uid(world.arena), rand_uid(world.arena)), 1);
    world_rest();
    ck_assert_int_eq(refunded(), most);
    int64_t half = (paid() - most) / 2; /* now there is enough for both */
    ck_assert_int_eq(give_twice(half, rand_uid(world.arena), rand_uid(world.arena)), 2);
    world_rest();
    ck_assert_int_eq(refunds_at_stripe(), 3);
    ck_assert_int_eq(refunded(), most + 2 * half);
}
END_TEST

START_TEST(matrix_18_parts_until_nothing_is_left_and_then_one_more)
{
    int64_t part = paid() / 3;
    ck_assert_int_eq(give(part, NULL), 303);
    ck_assert_int_eq(give(part, NULL), 303);
    world_rest();
    ck_assert_int_eq(give(paid() - 2 * part, NULL), 303);
    ck_assert_int_eq(give(1, NULL), 422);
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
    ck_assert_int_eq(give(1000, NULL), 303);
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
    ck_assert_int_eq(world_cancel(&v, &place.host), 303);
    world_rest();
    const char *id =
        look_text(world.arena, "SELECT id FROM st_refunds WHERE charge = %Q", v.charge);
    world_sim("/_sim/act/refund_fail", "refund=%s", id);
    world_rest();
    int64_t ours = look_int(
        "SELECT id FROM refunds WHERE refund_id = %Q AND state = 'failed'", id);
    ck_assert_int_ne(ours, 0);
    truth_check(TRUTH_AT_REST);
    world_be(&admin);
    ck_assert_int_eq(client_get(&world, "/admin/payments?state=refunds"), 200);
    ck_assert(client_shows(&world, id));
    ck_assert_int_eq(world_retry(&admin, "refunds", ours), 303);
    ck_assert_int_eq(world_retry(&admin, "refunds", ours), 409); /* it is under way */
    world_rest();
    ck_assert_int_eq(refunds_at_stripe(), 2);
    ck_assert_int_eq(refunded(), paid());
}
END_TEST

void torture_matrix_refunds(Suite *s)
{
    TCase *t = world_tcase(s, "refunds");
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_test(
        t, matrix_17_a_refund_whose_answer_does_not_come_in_time_happens_once);
    tcase_add_test(t, matrix_17_an_administrator_who_presses_twice_at_once_gives_once);
    tcase_add_test(t, matrix_17_two_forms_sent_at_once_never_give_more_than_was_paid);
    tcase_add_test(t, matrix_18_parts_until_nothing_is_left_and_then_one_more);
    tcase_add_test(
        t, matrix_18_a_refund_of_what_is_gone_already_is_rejected_and_all_adds_up);
    tcase_add_test(
        t, matrix_19_a_refund_that_fails_later_waits_for_staff_and_can_be_made_again);
}
