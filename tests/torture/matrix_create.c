/* Rows 1 to 5 of the failure matrix: a payment is opened at Stripe, and something goes
 * wrong between our writing it down, Stripe's doing it, and our hearing of that. */
#include "torture.h"

#include "torture/visits.h"

static struct place place;

/* With a customer at Stripe, so that the next thing that is asked for is an intent. */
static struct visit customer(void)
{
    struct visit first = world_book(&place), v;
    ck_assert_int_eq(world_intent(&first), 200);
    v = world_book(&place);
    world_exec("UPDATE bookings SET vendor_id = %lld WHERE id = %lld",
        (long long)first.vendor.id, (long long)v.id);
    v.vendor = first.vendor;
    return v;
}

static void set_up(void)
{
    place = world_place();
}

static int64_t intents(const struct visit *v)
{
    return look_int("SELECT COUNT(*) FROM st_intents WHERE uid = %Q", v->uid);
}

/* Rows of stripe_ops for the booking's payments in this state. */
static int64_t calls(const struct visit *v, const char *state)
{
    return look_int(
        "SELECT COUNT(*) FROM stripe_ops o JOIN payments p ON p.uid = o.subject_uid"
        " WHERE p.booking_id = %lld AND o.state = %Q",
        (long long)v->id, state);
}

/* The one intent is there, and pays. */
static void goes_on(struct visit *v)
{
    ck_assert_int_eq(world_intent(v), 200);
    ck_assert_int_eq(intents(v), 1);
    ck_assert(world_pay(v, VISA));
    world_await_state(v, "confirmed");
    ck_assert_int_eq(intents(v), 1);
}

/* A worker dies; nginx says so; the job does what he left. */
static void dies_at(const char *fault, int64_t made)
{
    struct visit v = customer();
    world_order(fault);
    int status = world_intent(&v);
    ck_assert_msg(status == 502 || status == 503, "%d", status);
    world_await_order();
    ck_assert_int_eq(intents(&v), made);
    ck_assert_int_eq(calls(&v, "sending"), 1);
    ck_assert_int_eq(world_intent(&v), 503); /* it may be under way */
    world_later(MINUTE_S);
    world_jobs();
    ck_assert_int_eq(calls(&v, "done"), 1);
    goes_on(&v);
}

START_TEST(a_stay_is_paid_for_and_its_host_is_paid_out)
{
    struct visit v = world_paid_out(&place);
    ck_assert_str_eq(world_state(&v), "completed");
}
END_TEST

START_TEST(matrix_01_a_crash_before_sending_leaves_one_intent_that_the_job_makes)
{
    dies_at("calls.before_send:kill prep-slow", 0);
}
END_TEST

START_TEST(matrix_02_a_crash_after_sending_leaves_one_intent_that_the_job_gets_again)
{
    dies_at("calls.after_send:kill prep-slow", 1);
}
END_TEST

START_TEST(matrix_03_a_time_out_at_stripe_says_preparing_and_then_gives_the_same_intent)
{
    struct visit v = customer();
    world_sim("/_sim/faults",
        "match=POST+/v1/payment_intents&kind=timeout_after_commit&ms=6000");
    ck_assert_int_eq(world_intent(&v), 503);
    ck_assert(client_shows(&world, "being prepared"));
    ck_assert_ptr_nonnull(client_header(&world, "Retry-After"));
    ck_assert_int_eq(intents(&v), 1);
    world_later(MINUTE_S);
    world_jobs();
    goes_on(&v);
}
END_TEST

/* Stripe made the intent, and keeps refusing to say so until its key is forgotten. */
START_TEST(matrix_04_what_stripe_has_answered_to_nobody_for_a_day_is_not_sent_again)
{
    struct visit v = customer();
    world_fault("POST /v1/payment_intents", "reset_mid_body", 1);
    world_fault("POST /v1/payment_intents", "503", 1000);
    ck_assert_int_eq(world_intent(&v), 503);
    ck_assert_int_eq(intents(&v), 1);
    world_later(DAY_S + HOUR_S);
    world_heal();
    world_rest();
    ck_assert_int_eq(intents(&v), 1);
    ck_assert_str_eq(world_state(&v), "expired");
    ck_assert_int_eq(look_int("SELECT COUNT(*) FROM payments WHERE booking_id = %lld"
                              " AND state IN ('pending', 'processing', 'succeeded')",
                         (long long)v.id),
        0);
}
END_TEST

/* A refund is at Stripe, and neither the answer, nor an event, nor Stripe's list of
 * events tells us so for a day. */
START_TEST(
    matrix_04_a_refund_whose_answer_is_lost_for_a_day_is_found_and_not_made_again)
{
    struct visit v = world_stay(&place);
    world_sim("/_sim/webhooks", "drop=1000&type=");
    world_fault("POST /v1/refunds", "reset_mid_body", 1);
    world_fault("POST /v1/refunds", "503", 10000);
    world_fault("GET /v1/events", "503", 10000);
    ck_assert_int_eq(world_cancel(&v, &place.host), 303);
    world_await_some("SELECT COUNT(*) FROM st_refunds WHERE charge = %Q", v.charge);
    world_later(DAY_S);
    world_rest();
    ck_assert_int_eq(
        look_int("SELECT COUNT(*) FROM st_refunds WHERE charge = %Q", v.charge), 1);
    ck_assert_int_eq(
        look_int(
            "SELECT refunded_cents = amount_cents FROM payments WHERE charge_id = %Q",
            v.charge),
        1);
}
END_TEST

START_TEST(matrix_05_news_of_an_intent_that_we_do_not_know_confirms_its_booking)
{
    struct visit v = customer();
    world_fault("POST /v1/payment_intents", "reset_mid_body", 1);
    world_fault("POST /v1/payment_intents", "503", 1000);
    ck_assert_int_eq(world_intent(&v), 503);
    v.intent =
        look_text(world.arena, "SELECT id FROM st_intents WHERE uid = %Q", v.uid);
    ck_assert(world_pay(&v, VISA));
    world_await_state(&v, "confirmed");
    world_heal();
    world_later(MINUTE_S);
    world_jobs(); /* the answer at last: nothing new */
    ck_assert_int_eq(calls(&v, "done"), 1);
    ck_assert_int_eq(intents(&v), 1);
}
END_TEST

void torture_matrix_create(Suite *s)
{
    TCase *t = world_tcase(s, "create");
    tcase_add_checked_fixture(t, set_up, NULL);
    tcase_add_test(t, a_stay_is_paid_for_and_its_host_is_paid_out);
    tcase_add_test(
        t, matrix_01_a_crash_before_sending_leaves_one_intent_that_the_job_makes);
    tcase_add_test(
        t, matrix_02_a_crash_after_sending_leaves_one_intent_that_the_job_gets_again);
    tcase_add_test(t,
        matrix_03_a_time_out_at_stripe_says_preparing_and_then_gives_the_same_intent);
    tcase_add_test(
        t, matrix_04_what_stripe_has_answered_to_nobody_for_a_day_is_not_sent_again);
    tcase_add_test(t,
        matrix_04_a_refund_whose_answer_is_lost_for_a_day_is_found_and_not_made_again);
    tcase_add_test(
        t, matrix_05_news_of_an_intent_that_we_do_not_know_confirms_its_booking);
}
