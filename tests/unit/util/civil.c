#include "util/civil.h"

#include "unit.h"
#include "util/guard.h"

START_TEST(days_and_dates_are_each_others_inverse)
{
    struct civil before = civil_of_days(-800001);
    int64_t wrong = 0;
    for (int64_t days = -800000; days < 800000; days++) {
        struct civil c = civil_of_days(days);
        wrong += civil_days(c.year, c.month, c.day) != days;
        wrong += c.weekday != (before.weekday + 1) % 7;
        wrong += c.day != 1 && (c.month != before.month || c.day != before.day + 1);
        before = c;
    }
    ck_assert_int_eq(wrong, 0);
}
END_TEST

START_TEST(known_dates_fall_on_their_weekdays)
{
    ck_assert_int_eq(civil_of_days(0).weekday, 4);
    ck_assert_int_eq(civil_days(1970, 1, 1), 0);
    ck_assert_int_eq(civil_days(2000, 2, 29), 11016);
    ck_assert_int_eq(civil_days(2000, 3, 0), 11016);
    struct civil c = civil_of_seconds(1795522500);
    ck_assert_int_eq(c.year, 2026);
    ck_assert_int_eq(c.month, 11);
    ck_assert_int_eq(c.day, 24);
    ck_assert_int_eq(c.hour, 12);
    ck_assert_int_eq(c.minute, 15);
    ck_assert_int_eq(c.weekday, 2);
    ck_assert_int_eq(civil_seconds(&c), 1795522500);
    c = civil_of_seconds(-1);
    ck_assert_int_eq(c.year, 1969);
    ck_assert_int_eq(c.second, 59);
}
END_TEST

START_TEST(months_know_their_length)
{
    ck_assert_int_eq(civil_month_days(2026, 2), 28);
    ck_assert_int_eq(civil_month_days(2028, 2), 29);
    ck_assert_int_eq(civil_month_days(2100, 2), 28);
    ck_assert_int_eq(civil_month_days(2026, 12), 31);
}
END_TEST

static const struct {
    int line;
    const char *s;
    bool ok;
} date_cases[] = {
    { __LINE__, "2026-11-24", true },
    { __LINE__, "2028-02-29", true },
    { __LINE__, "0001-01-01", true },
    { __LINE__, "9999-12-31", true },
    { __LINE__, "2026-02-29", false },
    { __LINE__, "2026-00-10", false },
    { __LINE__, "2026-13-10", false },
    { __LINE__, "2026-04-31", false },
    { __LINE__, "2026-04-00", false },
    { __LINE__, "0000-01-01", false },
    { __LINE__, "26-11-24", false },
    { __LINE__, "2026-11-24T00:00", false },
    { __LINE__, "2026-1-4", false },
    { __LINE__, "+026-11-24", false },
    { __LINE__, "2026/11/24", false },
    { __LINE__, "", false },
    { __LINE__, NULL, false },
};

START_TEST(parse_date_takes_only_dates_that_exist)
{
    struct civil c = { .year = -5 };
    bool ok = civil_parse_date(date_cases[_i].s, &c);
    ck_assert_msg(ok == date_cases[_i].ok, "case at line %d", date_cases[_i].line);
    if (!ok) {
        ck_assert_int_eq(c.year, -5);
        return;
    }
    struct arena *a = arena_new(256);
    ck_assert_str_eq(civil_format_iso(a, &c), date_cases[_i].s);
    arena_free(a);
}
END_TEST

static const struct {
    int line;
    const char *s;
    int second_of_day; /* -1: refused */
} time_cases[] = {
    { __LINE__, "07:15", 26100 },
    { __LINE__, "00:00", 0 },
    { __LINE__, "23:59", 86340 },
    { __LINE__, "07:15:30", 26130 },
    { __LINE__, "24:00", -1 },
    { __LINE__, "07:60", -1 },
    { __LINE__, "7:15", -1 },
    { __LINE__, "07:15:", -1 },
    { __LINE__, "07:15:60", -1 },
    { __LINE__, "07:15pm", -1 },
    { __LINE__, "07.15", -1 },
    { __LINE__, "", -1 },
    { __LINE__, NULL, -1 },
};

START_TEST(parse_time_takes_what_browsers_send)
{
    struct civil c = { .hour = 1, .minute = 2, .second = 3 };
    bool ok = civil_parse_time(time_cases[_i].s, &c);
    int got = c.hour * 3600 + c.minute * 60 + c.second;
    int want = time_cases[_i].second_of_day;
    ck_assert_msg(ok == (want >= 0) && got == (want >= 0 ? want : 3723),
        "case at line %d", time_cases[_i].line);
}
END_TEST

START_TEST(dates_are_shown_as_people_and_protocols_want_them)
{
    struct arena *a = arena_new(4096);
    struct civil c = civil_of_seconds(1795522500);
    ck_assert_str_eq(civil_format_date(a, &c), "Tue 24 Nov 2026");
    ck_assert_str_eq(civil_format_day(a, &c), "24 Nov 2026");
    ck_assert_str_eq(civil_format_time(a, &c), "12:15");
    ck_assert_str_eq(civil_format_iso(a, &c), "2026-11-24");
    ck_assert_str_eq(
        civil_format_mail(a, 1795522500), "Tue, 24 Nov 2026 12:15:00 +0000");
    ck_assert_str_eq(civil_format_http(a, 784111777), "Sun, 06 Nov 1994 08:49:37 GMT");
    ck_assert_str_eq(civil_format_utc(a, 1795522500), "2026-11-24T12:15:00Z");
    ck_assert_str_eq(civil_weekday_name(c.weekday), "Tuesday");
    arena_free(a);
}
END_TEST

START_TEST(days_are_added_and_counted_over_month_ends)
{
    struct civil c = { .year = 2026, .month = 12, .day = 31, .hour = 18 };
    struct civil later = civil_add_days(&c, 60);
    ck_assert_int_eq(later.year, 2027);
    ck_assert_int_eq(later.month, 3);
    ck_assert_int_eq(later.day, 1);
    ck_assert_int_eq(later.hour, 18);
    ck_assert_int_eq(civil_days_between(&c, &later), 60);
    ck_assert_int_eq(civil_days_between(&later, &c), -60);
}
END_TEST

void unit_util_civil(Suite *s)
{
    TCase *t = tcase_create("civil");
    tcase_add_test(t, days_and_dates_are_each_others_inverse);
    tcase_add_test(t, known_dates_fall_on_their_weekdays);
    tcase_add_test(t, months_know_their_length);
    tcase_add_loop_test(
        t, parse_date_takes_only_dates_that_exist, 0, COUNT_OF(date_cases));
    tcase_add_loop_test(
        t, parse_time_takes_what_browsers_send, 0, COUNT_OF(time_cases));
    tcase_add_test(t, dates_are_shown_as_people_and_protocols_want_them);
    tcase_add_test(t, days_are_added_and_counted_over_month_ends);
    suite_add_tcase(s, t);
}
