#include "unit.h"

#include "util/guard.h"
#include "web/show.h"

static struct ctx c;

static void open_ctx(void)
{
    c = (struct ctx) { .arena = arena_new(1024 * 1024), .now_at = 1795651200 };
}

static void close_ctx(void)
{
    arena_free(c.arena);
}

START_TEST(a_wait_is_told_in_its_largest_unit)
{
    static const struct {
        int64_t s;
        const char *text;
    } waits[] = { { 0, "just now" }, { 59, "just now" }, { 60, "1 minute ago" },
        { 3599, "59 minutes ago" }, { 3600, "1 hour ago" }, { 86399, "23 hours ago" },
        { 86400, "1 day ago" }, { 40 * 86400, "40 days ago" }, { -100, "just now" } };
    for (size_t i = 0; i < COUNT_OF(waits); i++)
        ck_assert_str_eq(show_ago(&c, c.now_at - waits[i].s), waits[i].text);
}
END_TEST

START_TEST(a_span_that_passes_midnight_says_so)
{
    ck_assert_str_eq(show_span(&c, 375, 840), "06:15 to 14:00");
    ck_assert_str_eq(show_span(&c, 0, 1440), "all day");
    ck_assert_str_eq(show_span(&c, 1080, 1560), "18:00 to 02:00 the next day");
}
END_TEST

START_TEST(sizes_are_rounded_up_so_that_nothing_is_nothing)
{
    ck_assert_str_eq(show_bytes(&c, 0), "0 kB");
    ck_assert_str_eq(show_bytes(&c, 1), "1 kB");
    ck_assert_str_eq(show_bytes(&c, 320000), "320 kB");
    ck_assert_str_eq(show_bytes(&c, 1400000), "1.4 MB");
}
END_TEST

START_TEST(an_instant_for_programs_keeps_its_seconds)
{
    ck_assert_str_eq(show_iso(&c, 1795522507), "2026-11-24T12:15:07Z");
    ck_assert_str_eq(show_iso(&c, 0), "1970-01-01T00:00:00Z");
}
END_TEST

START_TEST(dates_states_and_actions_have_words)
{
    ck_assert_str_eq(show_day(&c, 20782), "Wed 25 Nov 2026");
    ck_assert_str_eq(show_state("changes_requested"), "Changes requested");
    ck_assert_str_eq(show_action("kitchen.approve"), "Approved");
    ck_assert_str_eq(show_action("something.new"), "something.new");
}
END_TEST

void unit_web_show(Suite *s)
{
    TCase *t = tcase_create("web/show");
    tcase_add_checked_fixture(t, open_ctx, close_ctx);
    tcase_add_test(t, a_wait_is_told_in_its_largest_unit);
    tcase_add_test(t, a_span_that_passes_midnight_says_so);
    tcase_add_test(t, sizes_are_rounded_up_so_that_nothing_is_nothing);
    tcase_add_test(t, an_instant_for_programs_keeps_its_seconds);
    tcase_add_test(t, dates_states_and_actions_have_words);
    suite_add_tcase(s, t);
}
