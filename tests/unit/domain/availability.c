#include "domain/availability.h"

#include <string.h>

#include "support/db.h"
#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

static struct db_test t;
static int64_t host_id, vendor_id, kitchen_id, station_id;
static struct ctx *c;
static struct kitchen k;
static struct space whole, station;

/* A minute of 26 November 2026 in Chicago; three days after TEST_NOW_AT. */
static int64_t thursday(int64_t minute)
{
    return INT64_C(1795672800) + minute * 60;
}
enum { THURSDAY = 20783 }; /* its date as days since 1970 */

static void begin(enum db_mode mode, int64_t user_id)
{
    c = db_test_begin(&t, mode, user_id);
    ck_assert(kitchens_get(c, kitchen_id, &k) == OK);
    ck_assert(kitchens_space(c, &k, 0, &whole) == OK);
    ck_assert(kitchens_space(c, &k, station_id, &station) == OK);
}

static void set_up(void)
{
    db_test_open(&t);
    host_id = make_user(&t, "host");
    vendor_id = make_user(&t, "vendor");
    kitchen_id = make_kitchen(&t, host_id);
    station_id = make_station(&t, kitchen_id, "Pastry", 2000);
    begin(DB_READ, 0);
}

static void tear_down(void)
{
    db_test_close(&t);
}

/* ---- one wish ----------------------------------------------------------------------
 */

static const struct {
    int line;
    int64_t start_min, end_min;
    enum result wanted;
    const char *words; /* a part of the sentence */
} check_cases[] = {
    { __LINE__, 435, 975, R_INVALID, "step" },
    { __LINE__, 450, 990, OK, NULL },
    { __LINE__, 360, 1320, OK, NULL },
    { __LINE__, 330, 600, R_CONFLICT, "not open" },
    { __LINE__, 1260, 1380, R_CONFLICT, "not open" },
    { __LINE__, 480, 570, R_INVALID, "at least 2 hours" },
    { __LINE__, 480, 615, R_INVALID, "steps of 30 minutes" },
    { __LINE__, 480, 480 + 1470, R_INVALID, "at most 24 hours" },
    { __LINE__, 600, 480, R_INVALID, "after the start" },
    { __LINE__, 480, 480, R_INVALID, "after the start" },
    { __LINE__, -4320, -4200, R_INVALID, "passed" },
    { __LINE__, -2250, -2130, R_INVALID, "notice" },
    { __LINE__, -2280, -2160, R_INVALID, "notice" },
    { __LINE__, -2220, -2100, OK, NULL },
    { __LINE__, 400 * 1440, 400 * 1440 + 120, R_INVALID, "365 days" },
    { __LINE__, INT64_C(1) << 40, (INT64_C(1) << 40) + 120, R_INVALID, "days ahead" },
};

START_TEST(check_says_which_rule_a_wish_breaks)
{
    enum result r = availability_check(c, &k, &whole,
        thursday(check_cases[_i].start_min), thursday(check_cases[_i].end_min));
    ck_assert_msg(r == check_cases[_i].wanted, "case at line %d: %s %s",
        check_cases[_i].line, result_name(r), c->message);
    if (r != OK)
        ck_assert_msg(strstr(c->message, check_cases[_i].words) != NULL,
            "case at line %d: %s", check_cases[_i].line, c->message);
    ck_assert(r != R_CONFLICT || text_is(c->code, "PC-AVAIL-409"));
}
END_TEST

START_TEST(a_booking_of_the_whole_kitchen_shuts_its_stations)
{
    make_booking(&t, whole.id, vendor_id, thursday(600), thursday(720));
    begin(DB_READ, 0);
    ck_assert(availability_check(c, &k, &station, thursday(600), thursday(720)) ==
              R_CONFLICT);
    ck_assert(
        availability_check(c, &k, &whole, thursday(600), thursday(720)) == R_CONFLICT);
    ck_assert(availability_check(c, &k, &station, thursday(720), thursday(840)) == OK);
}
END_TEST

START_TEST(a_booking_of_one_station_shuts_the_whole_and_leaves_the_others)
{
    int64_t other_id = make_station(&t, kitchen_id, "Grill", 0);
    make_booking(&t, station_id, vendor_id, thursday(600), thursday(720));
    begin(DB_READ, 0);
    struct space other;
    ck_assert(kitchens_space(c, &k, other_id, &other) == OK);
    ck_assert(
        availability_check(c, &k, &whole, thursday(600), thursday(720)) == R_CONFLICT);
    ck_assert(availability_check(c, &k, &station, thursday(600), thursday(720)) ==
              R_CONFLICT);
    ck_assert(availability_check(c, &k, &other, thursday(600), thursday(720)) == OK);
}
END_TEST

START_TEST(the_buffer_after_a_wish_must_be_free)
{
    make_booking(&t, whole.id, vendor_id, thursday(720), thursday(840));
    begin(DB_READ, 0);
    ck_assert(
        availability_check(c, &k, &whole, thursday(540), thursday(720)) == R_CONFLICT);
    ck_assert_str_eq(c->message, "That time is taken. Choose one of the free times.");
    ck_assert(availability_check(c, &k, &whole, thursday(540), thursday(690)) == OK);
}
END_TEST

START_TEST(a_kitchen_that_takes_no_bookings_says_so)
{
    k.bookable = false;
    ck_assert(
        availability_check(c, &k, &whole, thursday(600), thursday(720)) == R_CONFLICT);
    ck_assert_str_eq(c->code, "PC-AVAIL-409");
}
END_TEST

START_TEST(a_new_station_takes_over_the_cells_of_whole_bookings)
{
    make_booking(&t, whole.id, vendor_id, thursday(600), thursday(720));
    make_booking(&t, station_id, vendor_id, thursday(840), thursday(960));
    int64_t new_id = make_station(&t, kitchen_id, "Grill", 0);
    begin(DB_WRITE, 0);
    ck_assert(db_begin(c->db) == OK);
    ck_assert(availability_station_added(c, kitchen_id, new_id) == OK);
    ck_assert(db_commit(c->db) == OK);
    ck_assert_int_eq(db_test_int(&t, "SELECT count(*) FROM cells WHERE space_id = %lld",
                         (long long)new_id),
        8);
}
END_TEST

/* ---- calendars ---------------------------------------------------------------------
 */

START_TEST(a_day_lists_its_starts_and_pieces)
{
    struct availability_day d;
    make_booking(&t, whole.id, vendor_id, thursday(600), thursday(720));
    begin(DB_READ, 0);
    ck_assert(availability_day(c, &k, &whole, THURSDAY, 0, &d) == OK);
    ck_assert_int_eq(d.from_at, thursday(0));
    ck_assert_int_eq(d.to_at, thursday(1440));
    ck_assert_int_eq(d.pieces_n, 5);
    ck_assert(d.pieces[2].kind == PIECE_TAKEN && d.pieces[2].from_at == thursday(600));
    ck_assert(d.pieces[3].kind == PIECE_OPEN && d.pieces[3].to_at == thursday(1320));
    /* Starts 06:00 to 20:00; with two hours and the buffer, 07:30 is the last that
     * ends in time, and noon the next. */
    ck_assert_int_eq(d.starts_n, 29);
    for (size_t i = 0; i < d.starts_n; i++) {
        int64_t minute = (d.starts[i].start_at - thursday(0)) / 60;
        ck_assert_msg(d.starts[i].free == (minute <= 450 || minute >= 720),
            "minute %lld", (long long)minute);
    }
}
END_TEST

START_TEST(a_day_inside_the_notice_has_no_starts_before_it)
{
    struct availability_day d;
    ck_assert(availability_day(c, &k, &whole, THURSDAY - 3, 0, &d) == OK);
    ck_assert_int_eq(d.starts_n, 0);
    ck_assert(availability_day(c, &k, &whole, THURSDAY - 2, 0, &d) == OK);
    ck_assert_int_eq(d.starts[0].start_at, TEST_NOW_AT + 86400);
}
END_TEST

START_TEST(absurd_days_months_and_lengths_are_refused)
{
    struct availability_day d;
    struct availability_month m;
    ck_assert(availability_day(c, &k, &whole, -1, 0, &d) == R_INVALID);
    ck_assert(availability_day(c, &k, &whole, 2932896, 0, &d) == OK);
    ck_assert_int_eq(d.starts_n, 0);
    ck_assert(availability_day(c, &k, &whole, THURSDAY, 100000, &d) == R_INVALID);
    ck_assert(availability_month(c, &k, &whole, 2026, 13, 0, &m) == R_INVALID);
    ck_assert(availability_month(c, &k, &whole, 9999, 1, 0, &m) == R_INVALID);
}
END_TEST

START_TEST(a_month_counts_the_free_starts_of_each_day)
{
    struct availability_month m;
    make_booking(&t, whole.id, vendor_id, thursday(360), thursday(1320));
    begin(DB_READ, 0);
    ck_assert(availability_month(c, &k, &whole, 2026, 11, 0, &m) == OK);
    ck_assert_int_eq(m.days, 30);
    ck_assert_int_eq(m.starts[22], 0);
    ck_assert_int_eq(m.starts[23], 19); /* from 11:00, a day's notice */
    ck_assert_int_eq(m.starts[24], 29);
    ck_assert_int_eq(m.starts[25], 0);
    ck_assert(m.open[25]);
}
END_TEST

START_TEST(alternatives_are_near_and_then_on_later_days)
{
    int64_t starts[ALTERNATIVES_MAX];
    size_t n;
    make_booking(&t, whole.id, vendor_id, thursday(600), thursday(720));
    begin(DB_READ, 0);
    ck_assert(availability_alternatives(
                  c, &k, &whole, thursday(600), thursday(720), starts, &n) == OK);
    ck_assert_int_eq(n, 5);
    ck_assert_int_eq(starts[0], thursday(450));
    ck_assert_int_eq(starts[1], thursday(720));
    ck_assert_int_eq(starts[2], thursday(750));
    ck_assert_int_eq(starts[3], thursday(600 + 1440));
    ck_assert_int_eq(starts[4], thursday(600 + 2880));
}
END_TEST

/* ---- the host's side ---------------------------------------------------------------
 */

static const struct {
    int line;
    size_t n;
    struct weekly_window windows[2];
    enum result wanted;
} week_cases[] = {
    { __LINE__, 1, { { 6, 1080, 1560 } }, OK },
    { __LINE__, 0, { { 0 } }, OK },
    { __LINE__, 1, { { 0, 0, 1440 } }, OK },
    { __LINE__, 2, { { 0, 0, 600 }, { 0, 600, 720 } }, OK },
    { __LINE__, 2, { { 0, 0, 615 }, { 0, 600, 720 } }, R_INVALID },
    { __LINE__, 2, { { 6, 1080, 1560 }, { 0, 60, 300 } }, R_INVALID },
    { __LINE__, 2, { { 6, 1080, 1560 }, { 0, 120, 300 } }, OK },
    { __LINE__, 1, { { 7, 0, 600 } }, R_INVALID },
    { __LINE__, 1, { { -1, 0, 600 } }, R_INVALID },
    { __LINE__, 1, { { 0, 600, 600 } }, R_INVALID },
    { __LINE__, 1, { { 0, 605, 700 } }, R_INVALID },
    { __LINE__, 1, { { 0, 15, 1470 } }, R_INVALID },
    { __LINE__, 1, { { 0, 1440, 1500 } }, R_INVALID },
};

START_TEST(a_week_is_kept_whole_or_refused)
{
    begin(DB_WRITE, host_id);
    enum result r =
        availability_set_week(c, kitchen_id, week_cases[_i].windows, week_cases[_i].n);
    ck_assert_msg(r == week_cases[_i].wanted, "case at line %d", week_cases[_i].line);
    begin(DB_READ, 0);
    struct weekly_window *rows;
    size_t n;
    ck_assert(availability_week(c, kitchen_id, &rows, &n) == OK);
    ck_assert_int_eq(n, r == OK ? week_cases[_i].n : 7);
    unsigned char bits[WEEK_BYTES];
    hours_compile(rows, n, bits);
    ck_assert(k.week_bytes == WEEK_BYTES && memcmp(k.week, bits, WEEK_BYTES) == 0);
    ck_assert_int_eq(
        db_test_int(&t, "SELECT count(*) FROM audit WHERE action = 'kitchen.set_week'"),
        r == OK);
}
END_TEST

static const struct {
    int line;
    struct hours_exception e;
    enum result wanted;
} exception_cases[] = {
    { __LINE__, { THURSDAY, 0, 1440, false, "Thanksgiving" }, R_CONFLICT },
    { __LINE__, { THURSDAY, 0, 720, false, "" }, OK },
    { __LINE__, { THURSDAY, 840, 1440, true, "" }, OK },
    { __LINE__, { THURSDAY, 825, 1440, true, "" }, R_CONFLICT },
    { __LINE__, { THURSDAY - 1, 1380, 1440 + 60, true, "" }, OK },
    { __LINE__, { THURSDAY - 1, 1380, 1440 + 735, true, "" }, R_CONFLICT },
    { __LINE__, { THURSDAY - 4, 0, 60, true, "" }, R_INVALID },
    { __LINE__, { THURSDAY + 9999, 0, 60, true, "" }, R_INVALID },
    { __LINE__, { THURSDAY, 60, 60, true, "" }, R_INVALID },
    { __LINE__, { THURSDAY, 7, 60, true, "" }, R_INVALID },
};

START_TEST(exceptions_never_overlap)
{
    struct hours_exception first = { THURSDAY, 720, 840, false, "Inspection" };
    begin(DB_WRITE, host_id);
    ck_assert(availability_add_exception(c, kitchen_id, &first) == OK);
    begin(DB_WRITE, host_id);
    enum result r = availability_add_exception(c, kitchen_id, &exception_cases[_i].e);
    ck_assert_msg(r == exception_cases[_i].wanted, "case at line %d: %s",
        exception_cases[_i].line, c->message);
    begin(DB_READ, 0);
    ck_assert(
        availability_check(c, &k, &whole, thursday(660), thursday(780)) == R_CONFLICT);
    ck_assert_int_eq(db_test_int(&t, "SELECT count(*) FROM exceptions"), 1 + (r == OK));
}
END_TEST

START_TEST(an_exception_can_be_taken_back_once)
{
    struct hours_exception e = { THURSDAY, 720, 840, false, "Inspection" };
    begin(DB_WRITE, host_id);
    ck_assert(availability_add_exception(c, kitchen_id, &e) == OK);
    ck_assert(availability_remove_exception(c, kitchen_id, THURSDAY, 720) == OK);
    ck_assert(
        availability_remove_exception(c, kitchen_id, THURSDAY, 720) == R_NOT_FOUND);
    begin(DB_READ, 0);
    ck_assert(availability_check(c, &k, &whole, thursday(660), thursday(780)) == OK);
}
END_TEST

START_TEST(a_stranger_changes_nothing)
{
    struct hours_exception e = { THURSDAY, 720, 840, false, "" };
    begin(DB_WRITE, make_user(&t, "host"));
    ck_assert(availability_set_week(c, kitchen_id, NULL, 0) == R_NOT_FOUND);
    ck_assert(availability_add_exception(c, kitchen_id, &e) == R_NOT_FOUND);
    ck_assert(
        availability_remove_exception(c, kitchen_id, THURSDAY, 720) == R_NOT_FOUND);
    ck_assert_int_eq(db_test_int(&t, "SELECT count(*) FROM weekly_windows"), 7);
    ck_assert_int_eq(db_test_int(&t, "SELECT count(*) FROM audit"), 0);
}
END_TEST

void unit_domain_availability(Suite *s)
{
    TCase *tc = tcase_create("availability");
    tcase_add_checked_fixture(tc, set_up, tear_down);
    tcase_add_loop_test(
        tc, check_says_which_rule_a_wish_breaks, 0, COUNT_OF(check_cases));
    tcase_add_test(tc, a_booking_of_the_whole_kitchen_shuts_its_stations);
    tcase_add_test(tc, a_booking_of_one_station_shuts_the_whole_and_leaves_the_others);
    tcase_add_test(tc, the_buffer_after_a_wish_must_be_free);
    tcase_add_test(tc, a_kitchen_that_takes_no_bookings_says_so);
    tcase_add_test(tc, a_new_station_takes_over_the_cells_of_whole_bookings);
    tcase_add_test(tc, a_day_lists_its_starts_and_pieces);
    tcase_add_test(tc, a_day_inside_the_notice_has_no_starts_before_it);
    tcase_add_test(tc, absurd_days_months_and_lengths_are_refused);
    tcase_add_test(tc, a_month_counts_the_free_starts_of_each_day);
    tcase_add_test(tc, alternatives_are_near_and_then_on_later_days);
    tcase_add_loop_test(tc, a_week_is_kept_whole_or_refused, 0, COUNT_OF(week_cases));
    tcase_add_loop_test(tc, exceptions_never_overlap, 0, COUNT_OF(exception_cases));
    tcase_add_test(tc, an_exception_can_be_taken_back_once);
    tcase_add_test(tc, a_stranger_changes_nothing);
    suite_add_tcase(s, tc);
}
