#include "domain/bookings.h"

#include <string.h>

#include "support/holds.h"
#include "unit.h"
#include "util/guard.h"

static struct db_test t;
static int64_t host_id, vendor_id, other_id, kitchen_id, whole_id, pastry_id, grill_id;
static struct ctx *c;

static void set_up(void)
{
    db_test_open(&t);
    host_id = make_user(&t, "host");
    vendor_id = make_user(&t, "vendor");
    other_id = make_user(&t, "vendor");
    kitchen_id = make_kitchen(&t, host_id);
    whole_id = whole_space(&t, kitchen_id);
    pastry_id = make_station(&t, kitchen_id, "Pastry", 2000);
    grill_id = make_station(&t, kitchen_id, "Grill", 3000);
    db_test_exec(&t, "UPDATE spaces SET capacity = 4");
    c = db_test_begin(&t, DB_WRITE, vendor_id);
}

static void tear_down(void)
{
    db_test_close(&t);
}

static enum result hold_as(
    int64_t user, int64_t space_id, int64_t start_at, int64_t end_at, int64_t *id)
{
    enum result r = holds_try(&t, user, kitchen_id, space_id, start_at, end_at, id);
    c = &t.c;
    return r;
}

static int64_t held(int64_t space_id, int64_t from_min, int64_t to_min)
{
    int64_t id;
    ck_assert(
        hold_as(vendor_id, space_id, thursday(from_min), thursday(to_min), &id) == OK);
    return id;
}

static struct hold_request request(int64_t space_id, int64_t start_at, int64_t end_at)
{
    return holds_request(c, kitchen_id, space_id, start_at, end_at);
}

/* ---- the table of states ----------------------------------------------------------
 */

START_TEST(only_the_system_confirms_and_nobody_leaves_an_end)
{
    static const enum booking_state ends[] = { BOOKING_COMPLETED, BOOKING_DECLINED,
        BOOKING_CANCELED, BOOKING_NO_SHOW };
    for (enum role r = ROLE_NOBODY; r < ROLE__MAX; r++) {
        ck_assert(
            bookings_may(BOOKING_HELD, BOOKING_CONFIRMED, r) == (r == ROLE_SYSTEM));
        ck_assert(bookings_may(BOOKING_REQUESTED, BOOKING_HELD, r) == (r == ROLE_HOST));
        ck_assert(!bookings_may(BOOKING_REQUESTED, BOOKING_CONFIRMED, r));
        for (size_t i = 0; i < COUNT_OF(ends); i++)
            for (enum booking_state to = 0; to < BOOKING__STATES; to++)
                ck_assert(!bookings_may(ends[i], to, r) ||
                          (ends[i] == BOOKING_COMPLETED && to == BOOKING_NO_SHOW));
    }
    ck_assert(!bookings_may(BOOKING_CONFIRMED, BOOKING_CANCELED, ROLE_SUPPORT));
}
END_TEST

START_TEST(a_move_that_is_not_in_the_table_changes_nothing)
{
    int64_t id = held(whole_id, 540, 720);
    ck_assert(holds_move(&t, vendor_id, id, BOOKING_CONFIRMED) == R_DENIED);
    ck_assert(holds_move(&t, host_id, id, BOOKING_DECLINED) == R_DENIED);
    ck_assert(holds_state(&t, id) == BOOKING_HELD);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM audit"), 1);
}
END_TEST

/* ---- holding ----------------------------------------------------------------------
 */

static const struct {
    int line;
    int first, from, to; /* space: 0 whole, 1 pastry, 2 grill; minutes of Thursday */
    int second, second_from, second_to;
    enum result wanted;
} overlap_cases[] = {
    { __LINE__, 0, 540, 720, 0, 540, 720, R_CONFLICT },
    { __LINE__, 0, 540, 720, 0, 690, 840, R_CONFLICT },
    { __LINE__, 0, 540, 720, 0, 720, 840, R_CONFLICT }, /* the buffer of 30 minutes */
    { __LINE__, 0, 540, 720, 0, 750, 900, OK },
    { __LINE__, 0, 540, 720, 0, 390, 540, R_CONFLICT }, /* the new one's buffer */
    { __LINE__, 0, 540, 720, 0, 360, 510, OK },
    { __LINE__, 0, 540, 720, 1, 600, 720, R_CONFLICT },
    { __LINE__, 1, 540, 720, 0, 600, 720, R_CONFLICT },
    { __LINE__, 1, 540, 720, 1, 600, 720, R_CONFLICT },
    { __LINE__, 1, 540, 720, 2, 540, 720, OK },
    { __LINE__, 2, 540, 720, 0, 750, 900, OK },
};

START_TEST(hold_refuses_what_overlaps_space_station_and_buffer)
{
    int64_t spaces[] = { whole_id, pastry_id, grill_id }, id;
    held(spaces[overlap_cases[_i].first], overlap_cases[_i].from, overlap_cases[_i].to);
    enum result r = hold_as(other_id, spaces[overlap_cases[_i].second],
        thursday(overlap_cases[_i].second_from), thursday(overlap_cases[_i].second_to),
        &id);
    ck_assert_msg(r == overlap_cases[_i].wanted, "case at line %d: %s",
        overlap_cases[_i].line, result_name(r));
    if (r == R_CONFLICT)
        ck_assert_str_eq(c->code, "PC-AVAIL-409");
    ck_assert_int_eq(holds_wrong_cells(&t), 0);
}
END_TEST

START_TEST(hold_refuses_a_minute_before_1970)
{
    int64_t id;
    db_test_exec(&t, "UPDATE kitchens SET buffer_after_min = 0");
    ck_assert(hold_as(other_id, whole_id, -840, -780, &id) == R_INVALID);
    ck_assert(
        hold_as(other_id, whole_id, TEST_NOW_AT - 7200, TEST_NOW_AT, &id) == R_INVALID);
}
END_TEST

START_TEST(hold_freezes_the_worked_example)
{
    struct booking b;
    int64_t id = held(0, 450, 990);
    c = db_test_begin(&t, DB_READ, vendor_id);
    ck_assert(bookings_get(c, id, &b) == OK);
    ck_assert_int_eq(b.base.n, 45000);
    ck_assert_int_eq(b.cleaning.n, 2500);
    ck_assert_int_eq(b.service_fee.n, 9500);
    ck_assert_int_eq(b.total.n - b.tax.n, 57000);
    ck_assert_int_eq(b.host.n, 38500);
    ck_assert_int_eq(b.hold_until, TEST_NOW_AT + 600);
    ck_assert_str_eq(b.policy, "moderate");
    ck_assert(b.whole);
    ck_assert_str_eq(bookings_when(c, &b), "Thu 26 Nov 2026, 07:30 to 16:30 CST");
    ck_assert_int_eq(
        db_test_int(&t, "SELECT COUNT(*) FROM audit WHERE action = 'booking.held'"), 1);
}
END_TEST

START_TEST(hold_answers_the_same_post_with_the_same_booking)
{
    struct hold_answer first, second;
    struct hold_request h = request(0, thursday(540), thursday(720));
    ck_assert(bookings_hold(c, &h, &first) == OK);
    ck_assert(bookings_hold(c, &h, &second) == OK);
    ck_assert(!first.repeated && second.repeated);
    ck_assert_int_eq(second.status, 303);
    ck_assert_str_eq(first.location, second.location);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM bookings"), 1);
    h.body = (struct span) { "other", 5 };
    ck_assert(bookings_hold(c, &h, &second) == R_INVALID);
    ck_assert_str_eq(c->code, "PC-KEY-422");
}
END_TEST

START_TEST(hold_is_for_verified_vendors_and_kitchens_that_are_not_their_own)
{
    struct hold_answer answer;
    struct hold_request h = request(0, thursday(540), thursday(720));
    c->actor.verified = false;
    ck_assert(bookings_hold(c, &h, &answer) == R_DENIED);
    c = db_test_begin(&t, DB_WRITE, host_id);
    h = request(0, thursday(540), thursday(720));
    ck_assert(bookings_hold(c, &h, &answer) == R_DENIED);
    c->actor.role = ROLE_VENDOR;
    db_rollback(c->db);
    ck_assert(bookings_hold(c, &h, &answer) == R_DENIED);
    ck_assert_int_eq(holds_cells(&t), 0);
}
END_TEST

START_TEST(hold_refuses_more_people_than_fit_and_texts_that_are_too_long)
{
    struct hold_answer answer;
    struct hold_request h = request(pastry_id, thursday(540), thursday(720));
    char purpose[PURPOSE_MAX + 2];
    h.guest_count = 5;
    ck_assert(bookings_hold(c, &h, &answer) == R_INVALID);
    db_rollback(c->db);
    h.guest_count = 4;
    memset(purpose, 'x', sizeof purpose - 1);
    purpose[sizeof purpose - 1] = '\0';
    h.purpose = purpose;
    ck_assert(bookings_hold(c, &h, &answer) == R_INVALID);
    db_rollback(c->db);
    h.purpose = "Bread";
    h.idempotency_key = "short";
    ck_assert(bookings_hold(c, &h, &answer) == R_INVALID);
}
END_TEST

START_TEST(hold_stops_at_the_limit_of_open_holds)
{
    int64_t id;
    t.app.conf.max_open_holds = 2;
    held(pastry_id, 360, 480);
    held(pastry_id, 600, 720);
    ck_assert(
        hold_as(vendor_id, pastry_id, thursday(840), thursday(960), &id) == R_LIMITED);
    ck_assert(hold_as(other_id, pastry_id, thursday(840), thursday(960), &id) == OK);
}
END_TEST

START_TEST(an_overdue_hold_makes_room_unless_money_may_still_come)
{
    int64_t first = held(0, 540, 720), id;
    t.app.fixed_now_at += 599;
    ck_assert(
        hold_as(other_id, pastry_id, thursday(540), thursday(720), &id) == R_CONFLICT);
    t.app.fixed_now_at += 1;
    db_test_end(&t);
    db_test_exec(&t,
        "INSERT INTO payments (uid, booking_id, attempt, mode, state, amount_cents,"
        " currency, created_at, updated_at)"
        " VALUES ('p1', %lld, 1, 'pi', 'pending', 100, 'usd', 1, 1)",
        (long long)first);
    ck_assert(
        hold_as(other_id, pastry_id, thursday(540), thursday(720), &id) == R_CONFLICT);
    ck_assert(holds_expire(&t, first) == R_CONFLICT);
    db_test_end(&t);
    db_test_exec(&t, "UPDATE payments SET state = 'canceled'");
    ck_assert(hold_as(other_id, pastry_id, thursday(540), thursday(720), &id) == OK);
    ck_assert(holds_state(&t, first) == BOOKING_EXPIRED);
    ck_assert_int_eq(holds_wrong_cells(&t), 0);
}
END_TEST

/* ---- requests ---------------------------------------------------------------------
 */

START_TEST(a_request_waits_for_the_host_and_then_for_the_payment)
{
    struct booking b;
    db_test_exec(&t, "UPDATE kitchens SET instant_book = 0");
    int64_t id = held(0, 540, 720), second;
    ck_assert(holds_state(&t, id) == BOOKING_REQUESTED);
    ck_assert(
        hold_as(other_id, 0, thursday(540), thursday(720), &second) == R_CONFLICT);
    c = db_test_begin(&t, DB_WRITE, vendor_id);
    ck_assert(bookings_accept(c, id) == R_NOT_FOUND);
    c = db_test_begin(&t, DB_WRITE, host_id);
    ck_assert(bookings_accept(c, id) == OK);
    ck_assert(bookings_get(c, id, &b) == OK);
    ck_assert(b.state == BOOKING_HELD);
    ck_assert_int_eq(b.hold_until, TEST_NOW_AT + 86400);
    ck_assert(bookings_decline(c, id, "No") == R_CONFLICT);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM outbox WHERE kind IN "
                                     "('booking_requested', 'booking_accepted')"),
        2);
}
END_TEST

START_TEST(a_request_is_not_accepted_while_the_kitchen_cannot_be_booked)
{
    db_test_exec(&t, "UPDATE kitchens SET instant_book = 0");
    int64_t id = held(0, 540, 720);
    db_test_exec(&t, "UPDATE kitchens SET bookable = 0");
    c = db_test_begin(&t, DB_WRITE, host_id);
    ck_assert(bookings_accept(c, id) == R_CONFLICT);
    ck_assert(holds_state(&t, id) == BOOKING_REQUESTED);
}
END_TEST

START_TEST(a_request_declined_or_not_answered_frees_the_slot)
{
    db_test_exec(&t, "UPDATE kitchens SET instant_book = 0");
    int64_t id = held(0, 540, 720);
    c = db_test_begin(&t, DB_WRITE, host_id);
    ck_assert(bookings_decline(c, id, "We are closed for repairs.") == OK);
    ck_assert(holds_state(&t, id) == BOOKING_DECLINED);
    id = held(0, 540, 720);
    ck_assert(holds_expire(&t, id) == R_CONFLICT);
    t.app.fixed_now_at += 86400;
    ck_assert(holds_expire(&t, id) == OK);
    ck_assert(holds_state(&t, id) == BOOKING_EXPIRED);
    ck_assert_int_eq(holds_cells(&t), 0);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT COUNT(*) FROM outbox WHERE kind = 'booking_lapsed'"),
        1);
}
END_TEST

/* ---- confirmed --------------------------------------------------------------------
 */

START_TEST(the_access_code_shows_to_vendor_and_host_around_the_visit_only)
{
    struct booking b;
    const struct {
        int64_t user, at;
        bool shown;
    } cases[] = {
        { vendor_id, thursday(540) - 1801, false },
        { vendor_id, thursday(540) - 1800, true },
        { host_id, thursday(600), true },
        { vendor_id, thursday(720) - 1, true },
        { vendor_id, thursday(720), false },
    };
    int64_t id = held(0, 540, 720);
    ck_assert(holds_confirm(&t, id) == OK);
    for (size_t i = 0; i < COUNT_OF(cases); i++) {
        t.app.fixed_now_at = cases[i].at;
        c = db_test_begin(&t, DB_READ, cases[i].user);
        ck_assert(bookings_get(c, id, &b) == OK);
        const char *code = bookings_access(c, &b);
        ck_assert_msg((code != NULL) == cases[i].shown, "case %zu", i);
        ck_assert(
            code == NULL || (strlen(code) == 6 && strspn(code, "0123456789") == 6));
    }
    c = db_test_begin(&t, DB_READ, make_user(&t, "admin"));
    t.c.now_at = thursday(600);
    ck_assert(bookings_get(c, id, &b) == OK);
    ck_assert(bookings_access(c, &b) == NULL);
    c = db_test_begin(&t, DB_READ, other_id);
    ck_assert(bookings_get(c, id, &b) == R_NOT_FOUND);
}
END_TEST

START_TEST(confirming_tells_vendor_and_host_once)
{
    int64_t id = held(0, 540, 720);
    ck_assert(holds_confirm(&t, id) == OK);
    ck_assert_int_eq(db_test_int(&t,
                         "SELECT COUNT(*) FROM outbox WHERE user_id = %lld AND"
                         " kind = 'booking_confirmed'",
                         (long long)vendor_id),
        1);
    ck_assert_int_eq(db_test_int(&t,
                         "SELECT COUNT(*) FROM outbox WHERE user_id = %lld AND"
                         " kind = 'booking_new'",
                         (long long)host_id),
        1);
    ck_assert_int_eq(db_test_int(&t, "SELECT COUNT(*) FROM notices"), 2);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT COUNT(*) FROM audit WHERE actor_role = 'system'"), 1);
}
END_TEST

START_TEST(lists_page_without_loss_or_repetition)
{
    struct booking *rows;
    size_t n;
    int seen = 0;
    t.app.conf.max_open_holds = 100;
    for (int i = 0; i < 7; i++) {
        held(pastry_id, 360 + 1440 * i, 480 + 1440 * i);
        db_test_end(&t);
    }
    struct bookings_filter f = { 0 };
    int64_t last_at = 0;
    c = db_test_begin(&t, DB_READ, vendor_id);
    do {
        ck_assert(bookings_list(c, &f, 3, &rows, &n) == OK);
        for (size_t i = 0; i < n; i++, seen++) {
            ck_assert(rows[i].start_at > last_at);
            last_at = rows[i].start_at;
        }
        if (n > 0) {
            f.after_at = rows[n - 1].start_at;
            f.after_id = rows[n - 1].id;
        }
    } while (n == 3);
    ck_assert_int_eq(seen, 7);
    f = (struct bookings_filter) { .past = true };
    ck_assert(bookings_list(c, &f, 3, &rows, &n) == OK && n == 0);
    c = db_test_begin(&t, DB_READ, host_id);
    f = (struct bookings_filter) { .as_host = true };
    ck_assert(bookings_list(c, &f, 3, &rows, &n) == OK && n == 0);
}
END_TEST

void unit_domain_bookings(Suite *s)
{
    TCase *tc = tcase_create("bookings");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_test(tc, only_the_system_confirms_and_nobody_leaves_an_end);
    tcase_add_test(tc, a_move_that_is_not_in_the_table_changes_nothing);
    tcase_add_loop_test(tc, hold_refuses_what_overlaps_space_station_and_buffer, 0,
        COUNT_OF(overlap_cases));
    tcase_add_test(tc, hold_refuses_a_minute_before_1970);
    tcase_add_test(tc, hold_freezes_the_worked_example);
    tcase_add_test(tc, hold_answers_the_same_post_with_the_same_booking);
    tcase_add_test(
        tc, hold_is_for_verified_vendors_and_kitchens_that_are_not_their_own);
    tcase_add_test(tc, hold_refuses_more_people_than_fit_and_texts_that_are_too_long);
    tcase_add_test(tc, hold_stops_at_the_limit_of_open_holds);
    tcase_add_test(tc, an_overdue_hold_makes_room_unless_money_may_still_come);
    tcase_add_test(tc, a_request_waits_for_the_host_and_then_for_the_payment);
    tcase_add_test(tc, a_request_is_not_accepted_while_the_kitchen_cannot_be_booked);
    tcase_add_test(tc, a_request_declined_or_not_answered_frees_the_slot);
    tcase_add_test(tc, the_access_code_shows_to_vendor_and_host_around_the_visit_only);
    tcase_add_test(tc, confirming_tells_vendor_and_host_once);
    tcase_add_test(tc, lists_page_without_loss_or_repetition);
    suite_add_tcase(s, tc);
}
