#include "domain/visits.h"

#include "support/holds.h"
#include "unit.h"

static struct db_test t;
static int64_t vendor_id, host_id, booking_id;
static struct ctx *c;

/* Thursday 09:00 to 12:00, booked on Monday. */
static void set_up(void)
{
    db_test_open(&t);
    vendor_id = make_user(&t, "vendor");
    host_id = make_user(&t, "host");
    int64_t kitchen_id = make_kitchen(&t, host_id);
    ck_assert(holds_try(&t, vendor_id, kitchen_id, 0, thursday(540), thursday(720),
                  &booking_id) == OK);
    ck_assert(holds_confirm(&t, booking_id) == OK);
}

static void tear_down(void)
{
    db_test_close(&t);
}

static void at(int64_t when)
{
    t.app.fixed_now_at = when;
    c = db_test_begin(&t, DB_WRITE, 0);
}

static size_t unreminded(void)
{
    int64_t *ids;
    size_t n;
    ck_assert(visits_unreminded(c, 5, &ids, &n) == OK);
    return n;
}

static int64_t mails(const char *kind)
{
    db_test_end(&t);
    return db_test_int(&t, "SELECT COUNT(*) FROM outbox WHERE kind = %Q", kind);
}

START_TEST(both_are_reminded_once_24_hours_before)
{
    at(thursday(540) - VISITS_REMIND_S - 1);
    ck_assert_uint_eq(unreminded(), 0);
    at(thursday(540) - VISITS_REMIND_S);
    ck_assert_uint_eq(unreminded(), 1);
    ck_assert(visits_remind(c, booking_id) == OK);
    at(thursday(540) - VISITS_REMIND_S + 60);
    ck_assert_uint_eq(unreminded(), 0);
    ck_assert(visits_remind(c, booking_id) == OK);
    ck_assert_int_eq(mails("booking_reminder"), 1);
    ck_assert_int_eq(mails("booking_reminder_host"), 1);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT COUNT(*) FROM notices WHERE kind = 'booking_reminder'"),
        1);
}
END_TEST

START_TEST(nobody_is_reminded_of_what_he_has_just_paid_or_canceled)
{
    db_test_end(&t);
    db_test_exec(&t, "UPDATE bookings SET confirmed_at = %lld",
        (long long)(thursday(540) - VISITS_REMIND_S - 60));
    at(thursday(540) - VISITS_REMIND_S);
    ck_assert_uint_eq(unreminded(), 0);
    db_test_end(&t);
    db_test_exec(&t, "UPDATE bookings SET confirmed_at = 1");
    at(thursday(540) - 3600);
    ck_assert_uint_eq(unreminded(), 1);
    ck_assert(holds_move(&t, vendor_id, booking_id, BOOKING_CANCELED) == OK);
    at(thursday(540) - 3600);
    ck_assert_uint_eq(unreminded(), 0);
    ck_assert(visits_remind(c, booking_id) == OK);
    ck_assert_int_eq(mails("booking_reminder"), 0);
}
END_TEST

START_TEST(each_step_is_taken_when_its_time_has_come)
{
    int64_t *ids;
    size_t n;
    at(thursday(540) - 1);
    ck_assert(visits_due(c, 5, &ids, &n) == OK && n == 0);
    at(thursday(540));
    ck_assert(visits_due(c, 5, &ids, &n) == OK && n == 1);
    ck_assert(visits_advance(c, booking_id) == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_ACTIVE);
    at(thursday(720));
    ck_assert(visits_advance(c, booking_id) == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_COMPLETED);
}
END_TEST

START_TEST(one_that_nobody_looked_after_for_days_is_completed_in_one_step)
{
    at(thursday(720) + 5 * 86400);
    ck_assert(visits_advance(c, booking_id) == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_COMPLETED);
    db_test_end(&t);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM audit WHERE action IN"
                                     " ('booking.active', 'booking.completed')"),
        2);
}
END_TEST

START_TEST(it_can_be_said_until_a_day_after_the_end)
{
    at(thursday(720) + VISITS_NO_SHOW_S - 1);
    ck_assert(visits_advance(c, booking_id) == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_COMPLETED);
    c = db_test_begin(&t, DB_WRITE, host_id);
    ck_assert(visits_no_show(c, booking_id) == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_NO_SHOW);
}
END_TEST

START_TEST(only_the_host_says_that_nobody_came_and_only_then)
{
    c = db_test_begin(&t, DB_WRITE, host_id);
    ck_assert(visits_no_show(c, booking_id) == R_CONFLICT);
    t.app.fixed_now_at = thursday(560);
    c = db_test_begin(&t, DB_WRITE, vendor_id);
    ck_assert(visits_no_show(c, booking_id) == R_DENIED);
    c = db_test_begin(&t, DB_WRITE, host_id);
    ck_assert(visits_no_show(c, booking_id) == OK);
    ck_assert(holds_state(&t, booking_id) == BOOKING_NO_SHOW);
}
END_TEST

void unit_domain_visits(Suite *s)
{
    TCase *tc = tcase_create("visits");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, both_are_reminded_once_24_hours_before);
    tcase_add_test(tc, nobody_is_reminded_of_what_he_has_just_paid_or_canceled);
    tcase_add_test(tc, each_step_is_taken_when_its_time_has_come);
    tcase_add_test(tc, one_that_nobody_looked_after_for_days_is_completed_in_one_step);
    tcase_add_test(tc, it_can_be_said_until_a_day_after_the_end);
    tcase_add_test(tc, only_the_host_says_that_nobody_came_and_only_then);
    suite_add_tcase(s, tc);
}
