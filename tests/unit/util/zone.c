#include "util/zone.h"

#include "unit.h"
#include "util/guard.h"
#include "util/text.h"

static const struct {
    int line;
    const char *name;
    bool known;
} name_cases[] = {
    { __LINE__, "America/New_York", true },
    { __LINE__, "America/Argentina/Buenos_Aires", true },
    { __LINE__, "Australia/Lord_Howe", true },
    { __LINE__, "UTC", true },
    { __LINE__, "Etc/GMT+5", true },
    { __LINE__, "+05:00", false },
    { __LINE__, "UTC+3", false },
    { __LINE__, "Z", false },
    { __LINE__, "EST5EDT", false },
    { __LINE__, "America", false },
    { __LINE__, "America/", false },
    { __LINE__, "America/Nowhere", false },
    { __LINE__, "America/Argentina", false },
    { __LINE__, "right/America/New_York", false },
    { __LINE__, "America/../right/America/New_York", false },
    { __LINE__, "/usr/share/zoneinfo/America/New_York", false },
    { __LINE__, "America/New_York\n", false },
    { __LINE__, "", false },
    { __LINE__, NULL, false },
};

START_TEST(find_knows_geographical_names_only)
{
    bool known = zone_find(name_cases[_i].name) != NULL;
    ck_assert_msg(
        known == name_cases[_i].known, "case at line %d", name_cases[_i].line);
}
END_TEST

START_TEST(find_gives_the_same_zone_again)
{
    const struct zone *chicago = zone_find("America/Chicago");
    ck_assert_str_eq(zone_name(chicago), "America/Chicago");
    ck_assert_ptr_ne(zone_find("America/New_York"), NULL);
    ck_assert_ptr_eq(zone_find("America/Chicago"), chicago);
}
END_TEST

static const struct {
    int line;
    const char *zone, *date;
    int64_t start_at, length_min;
} day_cases[] = {
    { __LINE__, "America/New_York", "2026-03-08", 1772946000, 23 * 60 },
    { __LINE__, "America/New_York", "2026-11-01", 1793505600, 25 * 60 },
    { __LINE__, "America/New_York", "2026-11-24", 1795496400, 24 * 60 },
    { __LINE__, "Australia/Lord_Howe", "2026-04-05", 1775307600, 24 * 60 + 30 },
    { __LINE__, "Australia/Lord_Howe", "2026-10-04", 1791034200, 23 * 60 + 30 },
    { __LINE__, "America/Chicago", "2026-03-08", 1772949600, 23 * 60 },
    { __LINE__, "America/Chicago", "2026-11-01", 1793509200, 25 * 60 },
    /* No midnight: 00:00 was 01:00. */
    { __LINE__, "America/Sao_Paulo", "2018-11-04", 1541300400, 23 * 60 },
    /* Midnight came at the second try: 24:00 was 23:00. */
    { __LINE__, "America/Sao_Paulo", "2018-02-17", 1518832800, 25 * 60 },
    { __LINE__, "America/Sao_Paulo", "2018-02-18", 1518922800, 24 * 60 },
    /* Put back from 00:01 to 23:01: midnight came twice, the first counts. */
    { __LINE__, "America/St_Johns", "2010-11-07", 1289097000, 25 * 60 },
    /* The date that never was. */
    { __LINE__, "Pacific/Apia", "2011-12-30", 1325239200, 0 },
    { __LINE__, "UTC", "2028-02-29", 1835395200, 24 * 60 },
};

START_TEST(a_day_starts_and_lasts_as_its_zone_says)
{
    const struct zone *z = zone_find(day_cases[_i].zone);
    struct civil c;
    ck_assert(civil_parse_date(day_cases[_i].date, &c));
    int64_t start_at = zone_day_start(z, c.year, c.month, c.day);
    int64_t next_at = zone_day_start(z, c.year, c.month, c.day + 1);
    ck_assert_msg(start_at == day_cases[_i].start_at &&
                      (next_at - start_at) / 60 == day_cases[_i].length_min,
        "case at line %d: %lld, %lld min", day_cases[_i].line, (long long)start_at,
        (long long)(next_at - start_at) / 60);
    if (next_at > start_at) {
        ck_assert_int_eq(zone_next_day(z, start_at), next_at);
        ck_assert_int_eq(zone_next_day(z, next_at - 1), next_at);
    }
}
END_TEST

static const struct {
    int line;
    const char *zone, *date, *time;
    int count;
    int64_t first_at, second_at;
} at_cases[] = {
    { __LINE__, "America/New_York", "2026-11-24", "07:15", 1, 1795522500, 1795522500 },
    { __LINE__, "America/New_York", "2026-03-08", "01:59", 1, 1772953140, 1772953140 },
    { __LINE__, "America/New_York", "2026-03-08", "02:00", 0, 1772953200, 1772953200 },
    { __LINE__, "America/New_York", "2026-03-08", "02:59", 0, 1772953200, 1772953200 },
    { __LINE__, "America/New_York", "2026-03-08", "03:00", 1, 1772953200, 1772953200 },
    { __LINE__, "America/New_York", "2026-11-01", "00:59", 1, 1793509140, 1793509140 },
    { __LINE__, "America/New_York", "2026-11-01", "01:30", 2, 1793511000, 1793514600 },
    { __LINE__, "America/New_York", "2026-11-01", "02:00", 1, 1793516400, 1793516400 },
    { __LINE__, "Australia/Lord_Howe", "2026-04-05", "01:45", 2, 1775313900,
        1775315700 },
    { __LINE__, "Australia/Lord_Howe", "2026-10-04", "02:15", 0, 1791041400,
        1791041400 },
    { __LINE__, "Pacific/Apia", "2011-12-30", "12:00", 0, 1325239200, 1325239200 },
};

START_TEST(a_wall_time_happens_never_once_or_twice)
{
    const struct zone *z = zone_find(at_cases[_i].zone);
    struct civil c;
    ck_assert(civil_parse_date(at_cases[_i].date, &c));
    ck_assert(civil_parse_time(at_cases[_i].time, &c));
    int64_t first_at = -1, second_at = -1;
    int count = zone_at(z, &c, &first_at, &second_at);
    ck_assert_msg(count == at_cases[_i].count && first_at == at_cases[_i].first_at &&
                      second_at == at_cases[_i].second_at,
        "case at line %d: %d, %lld, %lld", at_cases[_i].line, count,
        (long long)first_at, (long long)second_at);
}
END_TEST

START_TEST(each_quarter_hour_of_three_years_comes_back_from_its_wall_time)
{
    static const char *const names[] = { "America/New_York", "Australia/Lord_Howe",
        "America/Chicago", "Asia/Kathmandu", "Pacific/Apia", "Africa/Casablanca" };
    const struct zone *z = zone_find(names[_i]);
    int wrong = 0;
    for (int64_t at = 1767225600; at < 1767225600 + 3 * 366 * 86400LL; at += 900) {
        struct civil c;
        zone_civil(z, at, &c);
        int64_t first_at, second_at;
        int count = zone_at(z, &c, &first_at, &second_at);
        wrong += count < 1 || (first_at != at && second_at != at);
        wrong += zone_day_start(z, c.year, c.month, c.day) > at;
        wrong += zone_next_day(z, at) <= at;
    }
    ck_assert_int_eq(wrong, 0);
}
END_TEST

START_TEST(times_are_shown_with_the_zone_of_that_day)
{
    struct arena *a = arena_new(4096);
    const struct zone *z = zone_find("America/New_York");
    ck_assert_str_eq(zone_format(a, z, 1795522500), "24 Nov 2026, 07:15 EST");
    ck_assert_str_eq(zone_format(a, z, 1793511000), "1 Nov 2026, 01:30 EDT");
    ck_assert_str_eq(zone_format_date(a, z, 1795522500), "Tue 24 Nov 2026");
    ck_assert_str_eq(zone_format_clock(a, z, 1795522500), "07:15");
    ck_assert_str_eq(zone_format_clock(a, z, 1793511000), "01:30 EDT");
    ck_assert_str_eq(zone_format_iso(a, z, 1795522500), "2026-11-24T07:15:00-05:00");
    z = zone_find("Australia/Lord_Howe");
    ck_assert_str_eq(zone_format_iso(a, z, 1775313900), "2026-04-05T01:45:00+11:00");
    ck_assert_int_eq(zone_offset_s(z, 1775315700), 37800);
    ck_assert_str_eq(zone_abbreviation(z, 1775315700), "+1030");
    arena_free(a);
}
END_TEST

START_TEST(summer_time_still_changes_in_2037)
{
    const struct zone *z = zone_find("Europe/Berlin");
    ck_assert_int_eq(zone_offset_s(z, 2129932800), 7200); /* 30 June 2037 */
    ck_assert_int_eq(zone_offset_s(z, 2145000000), 3600); /* 21 December 2037 */
    ck_assert_int_eq(zone_offset_s(z, INT64_MAX / 2), 3600);
    ck_assert_int_eq(zone_offset_s(z, -1), 3600);
}
END_TEST

void unit_util_zone(Suite *s)
{
    TCase *t = tcase_create("zone");
    tcase_add_loop_test(t, find_knows_geographical_names_only, 0, COUNT_OF(name_cases));
    tcase_add_test(t, find_gives_the_same_zone_again);
    tcase_add_loop_test(
        t, a_day_starts_and_lasts_as_its_zone_says, 0, COUNT_OF(day_cases));
    tcase_add_loop_test(
        t, a_wall_time_happens_never_once_or_twice, 0, COUNT_OF(at_cases));
    tcase_add_loop_test(
        t, each_quarter_hour_of_three_years_comes_back_from_its_wall_time, 0, 6);
    tcase_add_test(t, times_are_shown_with_the_zone_of_that_day);
    tcase_add_test(t, summer_time_still_changes_in_2037);
    suite_add_tcase(s, t);
}
