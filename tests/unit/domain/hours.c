#include "domain/hours.h"

#include <string.h>

#include "unit.h"
#include "util/guard.h"

static struct arena *a;
static unsigned char week[WEEK_BYTES];
static struct hours h;

static void set_up(void)
{
    a = arena_new(1024 * 1024);
    h = (struct hours) {
        .zone = zone_find("America/New_York"), .week = week, .step_min = 30
    };
}

static void tear_down(void)
{
    arena_free(a);
}

static void open_daily(int64_t start_min, int64_t end_min)
{
    struct weekly_window w[7];
    for (int i = 0; i < 7; i++)
        w[i] = (struct weekly_window) { i, start_min, end_min };
    hours_compile(w, 7, week);
}

/* "06:00-22:00 23:00-24:00" of the local date, by the wall clock and its offset. */
static const char *open_of(const char *date)
{
    struct civil c, wall;
    ck_assert(civil_parse_date(date, &c));
    struct slots day = hours_day(h.zone, civil_days(c.year, c.month, c.day));
    struct slate s = hours_slate(a, &h, day);
    struct buf b;
    buf_init(&b, 4096);
    for (int64_t slot = day.first; slot <= day.end; slot++) {
        bool now = slot < day.end && (s.flags[slot - day.first] & SLATE_OPEN) != 0;
        bool before =
            slot > day.first && (s.flags[slot - day.first - 1] & SLATE_OPEN) != 0;
        zone_civil(h.zone, slot_at(slot), &wall);
        if (now != before)
            buf_printf(&b, "%s%s%s",
                before    ? "-"
                : b.n > 0 ? " "
                          : "",
                civil_format_time(a, &wall), zone_abbreviation(h.zone, slot_at(slot)));
    }
    char *text = arena_strdup(a, b.at);
    buf_free(&b);
    return text;
}

START_TEST(a_window_past_midnight_runs_into_the_next_weekday)
{
    struct weekly_window saturday = { 6, 18 * 60, 26 * 60 };
    hours_compile(&saturday, 1, week);
    ck_assert_str_eq(open_of("2026-11-21"), "18:00EST-00:00EST");
    ck_assert_str_eq(open_of("2026-11-22"), "00:00EST-02:00EST");
    ck_assert_str_eq(open_of("2026-11-23"), "");
}
END_TEST

/* On 8 March 2026 New York goes from 01:59 to 03:00; on 1 November from 01:59 back
 * to 01:00. Lord Howe shifts by half an hour, on 4 October and 5 April 2026. */
static const struct {
    int line;
    const char *zone, *date;
    int64_t start_min, end_min;
    int slots;
    const char *open;
} clock_cases[] = {
    { __LINE__, "America/New_York", "2026-03-08", 0, 1440, 92, "00:00EST-00:00EDT" },
    { __LINE__, "America/New_York", "2026-03-08", 60, 240, 92, "01:00EST-04:00EDT" },
    { __LINE__, "America/New_York", "2026-03-08", 120, 180, 92, "" },
    { __LINE__, "America/New_York", "2026-03-08", 150, 210, 92, "03:00EDT-03:30EDT" },
    { __LINE__, "America/New_York", "2026-11-01", 0, 1440, 100, "00:00EDT-00:00EST" },
    { __LINE__, "America/New_York", "2026-11-01", 60, 90, 100,
        "01:00EDT-01:30EDT 01:00EST-01:30EST" },
    { __LINE__, "America/New_York", "2026-11-01", 60, 120, 100, "01:00EDT-02:00EST" },
    { __LINE__, "Australia/Lord_Howe", "2026-10-04", 120, 180, 94,
        "02:30+11-03:00+11" },
    { __LINE__, "Australia/Lord_Howe", "2026-04-05", 90, 120, 98,
        "01:30+11-02:00+1030" },
    { __LINE__, "America/Los_Angeles", "2026-03-08", 0, 180, 92, "00:00PST-03:00PDT" },
    { __LINE__, "America/Los_Angeles", "2026-11-01", 105, 120, 100,
        "01:45PDT-01:00PST 01:45PST-02:00PST" },
    { __LINE__, "America/Los_Angeles", "2026-11-02", 105, 120, 96,
        "01:45PST-02:00PST" },
};

START_TEST(days_of_23_and_25_hours_follow_the_wall_clock)
{
    struct civil c;
    h.zone = zone_find(clock_cases[_i].zone);
    open_daily(clock_cases[_i].start_min, clock_cases[_i].end_min);
    ck_assert(civil_parse_date(clock_cases[_i].date, &c));
    struct slots day = hours_day(h.zone, civil_days(c.year, c.month, c.day));
    ck_assert_msg(day.end - day.first == clock_cases[_i].slots,
        "case at line %d: %lld slots", clock_cases[_i].line,
        (long long)(day.end - day.first));
    const char *open = open_of(clock_cases[_i].date);
    ck_assert_msg(strcmp(open, clock_cases[_i].open) == 0, "case at line %d: %s",
        clock_cases[_i].line, open);
}
END_TEST

START_TEST(exceptions_win_over_the_week_for_their_span_only)
{
    int64_t day = civil_days(2026, 11, 24);
    struct hours_exception exceptions[] = {
        { day, 12 * 60, 13 * 60, false, "" },
        { day, 23 * 60, 25 * 60, true, "" },
        { day + 1, 6 * 60, 22 * 60, false, "" },
    };
    open_daily(6 * 60, 22 * 60);
    h.exceptions = exceptions;
    h.exceptions_n = COUNT_OF(exceptions);
    ck_assert_str_eq(
        open_of("2026-11-24"), "06:00EST-12:00EST 13:00EST-22:00EST 23:00EST-00:00EST");
    ck_assert_str_eq(open_of("2026-11-25"), "00:00EST-01:00EST");
    ck_assert_str_eq(open_of("2026-11-26"), "06:00EST-22:00EST");
}
END_TEST

START_TEST(a_kitchen_without_windows_is_never_open)
{
    h.week = NULL;
    ck_assert_str_eq(open_of("2026-11-24"), "");
}
END_TEST

/* A day open 08:00-12:00 with the buffers given, one slot range taken; the first
 * start for two hours. Minutes after midnight, -1: none. */
static const struct {
    int line;
    int64_t before_min, after_min, taken_from_min, taken_to_min, from_min, start_min;
} start_cases[] = {
    { __LINE__, 0, 0, 0, 0, 0, 480 },
    { __LINE__, 0, 0, 0, 0, 481, 510 },
    { __LINE__, 0, 0, 0, 0, 600, 600 },
    { __LINE__, 0, 0, 0, 0, 601, -1 },
    { __LINE__, 0, 0, 480, 540, 0, 540 },
    { __LINE__, 30, 0, 480, 540, 0, 570 },
    { __LINE__, 15, 0, 480, 540, 0, 570 },
    { __LINE__, 0, 30, 600, 720, 0, -1 },
    { __LINE__, 0, 0, 600, 720, 0, 480 },
    { __LINE__, 0, 30, 630, 720, 0, 480 },
    { __LINE__, 0, 45, 630, 720, 0, -1 },
    { __LINE__, 60, 60, 420, 435, 0, 510 },
    { __LINE__, 60, 60, 720, 780, 0, 480 },
    { __LINE__, 60, 60, 360, 420, 0, 480 },
    { __LINE__, 0, 0, 495, 510, 0, 510 },
};

START_TEST(buffers_must_be_free_but_may_lie_outside_opening_hours)
{
    struct slots day = hours_day(h.zone, civil_days(2026, 11, 24));
    open_daily(8 * 60, 12 * 60);
    h.buffer_before_min = start_cases[_i].before_min;
    h.buffer_after_min = start_cases[_i].after_min;
    struct slots among = { day.first + (start_cases[_i].from_min + 14) / 15, day.end };
    struct slate s = hours_slate(a, &h, hours_reach(&h, among, 8));
    for (int64_t m = start_cases[_i].taken_from_min; m < start_cases[_i].taken_to_min;
         m += 15)
        hours_take(&s, day.first + m / 15);
    int64_t slot = hours_next_start(&s, &h, among, 8);
    int64_t found = slot < 0 ? -1 : (slot - day.first) * 15;
    ck_assert_msg(found == start_cases[_i].start_min, "case at line %d: %lld",
        start_cases[_i].line, (long long)found);
}
END_TEST

/* The quick search for a start must find what trying each slot finds. */
START_TEST(next_start_agrees_with_trying_every_slot)
{
    uint64_t state = 11;
    struct slots day = hours_day(h.zone, civil_days(2026, 11, 1));
    for (int round = 0; round < 400; round++) {
        state = state * UINT64_C(6364136223846793005) + 1;
        int64_t length = 1 + (int64_t)(state >> 60);
        h.step_min = 15 << (state >> 40 & 1);
        h.buffer_before_min = (int64_t)(state >> 42 & 3) * 15;
        h.buffer_after_min = (int64_t)(state >> 45 & 3) * 15;
        open_daily(0, 1440);
        struct slate s = hours_slate(a, &h, hours_reach(&h, day, length));
        for (int i = 0; i < 6; i++) {
            state = state * UINT64_C(6364136223846793005) + 1;
            int64_t at = (int64_t)(state >> 40) % 100, run = (int64_t)(state >> 33 & 7);
            for (int64_t j = at; j < at + run; j++) {
                if ((state >> 32 & 1) != 0)
                    hours_take(&s, day.first + j);
                else if (day.first + j < s.slots.end)
                    s.flags[day.first + j - s.slots.first] = 0;
            }
        }
        int64_t plain = -1;
        for (int64_t slot = day.first; slot < day.end && plain < 0; slot++)
            if (hours_is_start(&h, slot) && hours_fit(&s, &h, slot, length) == FITS)
                plain = slot;
        ck_assert_int_eq(hours_next_start(&s, &h, day, length), plain);
    }
}
END_TEST

START_TEST(a_booking_takes_its_buffers_rounded_outward)
{
    struct slots s = slots_taken(9000, 9000 + 7200, 30, 10);
    ck_assert_int_eq(s.first, 8);
    ck_assert_int_eq(s.end, 19);
    s = slots_taken(9000, 9000 + 7200, 0, 0);
    ck_assert_int_eq(s.first, 10);
    ck_assert_int_eq(s.end, 18);
}
END_TEST

void unit_domain_hours(Suite *s)
{
    TCase *t = tcase_create("hours");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, a_window_past_midnight_runs_into_the_next_weekday);
    tcase_add_loop_test(
        t, days_of_23_and_25_hours_follow_the_wall_clock, 0, COUNT_OF(clock_cases));
    tcase_add_test(t, exceptions_win_over_the_week_for_their_span_only);
    tcase_add_test(t, a_kitchen_without_windows_is_never_open);
    tcase_add_loop_test(t, buffers_must_be_free_but_may_lie_outside_opening_hours, 0,
        COUNT_OF(start_cases));
    tcase_add_test(t, next_start_agrees_with_trying_every_slot);
    tcase_add_test(t, a_booking_takes_its_buffers_rounded_outward);
    suite_add_tcase(s, t);
}
