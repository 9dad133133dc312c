#include "page.h"

#include "support/kitchen.h"
#include "support/site.h"

static struct site *site;
static struct browser b, other;

static void open_browsers(void)
{
    site = site_fresh();
    browser_open(&b, site);
    browser_open(&other, site);
    browser_log_in_as(&b, "host@example.com", "host");
    browser_log_in_as(&other, "other@example.com", "host");
    kitchen_list(&b);
    browser_get(&b, "/host/listings/1/availability");
}

static void close_browsers(void)
{
    browser_close(&b);
    browser_close(&other);
    site_gone(site);
}

static int save(const char *fields)
{
    return browser_post(&b, "/host/listings/1/availability", fields);
}

static int add(const char *fields)
{
    return browser_post(&b, "/host/listings/1/availability/exceptions", fields);
}

START_TEST(a_week_is_saved_and_shown_with_nights_that_end_the_next_day)
{
    ck_assert_int_eq(
        save("open_1_0=06%3A00&close_1_0=14%3A00&open_1_1=18%3A00&close_1_1=02%3A00"
             "&open_3_0=00%3A00&close_3_0=24%3A00&open_0_0=&close_0_0="),
        303);
    browser_get(&b, "/host/listings/1/availability");
    ck_assert(browser_shows(&b, "name=\"open_1_1\" value=\"18:00\""));
    ck_assert(browser_shows(&b, "name=\"close_1_1\" value=\"02:00\""));
    ck_assert(browser_shows(&b, "name=\"close_3_0\" value=\"00:00\""));
    ck_assert(browser_shows(&b, "name=\"open_1_2\" value=\"\""));
    /* what the page shows can be sent again */
    ck_assert_int_eq(save("open_3_0=00%3A00&close_3_0=00%3A00"), 303);
    browser_get(&b, "/host/listings/1/availability");
    ck_assert(!browser_shows(&b, "value=\"18:00\""));
    ck_assert_int_eq(save(""), 303);
}
END_TEST

START_TEST(what_is_wrong_in_a_week_stands_beside_it_and_the_rest_is_kept)
{
    ck_assert_int_eq(
        save("open_1_0=06%3A07&close_1_0=14%3A00&open_2_0=08%3A00&close_2_0="
             "&open_3_0=25%3A00&close_3_0=11%3A00&open_4_0=09%3A00&close_4_0=10%3A00"),
        422);
    ck_assert(browser_shows(&b, "value=\"06:07\""));
    ck_assert(browser_shows(&b, "Choose a quarter hour"));
    ck_assert(browser_shows(&b, "Enter both times, or neither."));
    ck_assert(browser_shows(&b, "name=\"open_4_0\" value=\"09:00\""));
    browser_get(&b, "/host/listings/1/availability");
    ck_assert(!browser_shows(&b, "value=\"09:00\""));
}
END_TEST

START_TEST(windows_that_overlap_are_pointed_at_even_across_midnight_and_the_week)
{
    ck_assert_int_eq(
        save("open_6_0=20%3A00&close_6_0=04%3A00&open_0_0=03%3A00&close_0_0=09%3A00"),
        422);
    ck_assert(browser_shows(&b, "This overlaps"));
    ck_assert_int_eq(
        save("open_6_0=20%3A00&close_6_0=04%3A00&open_0_0=04%3A00&close_0_0=09%3A00"),
        303);
}
END_TEST

START_TEST(a_date_is_closed_and_given_back)
{
    ck_assert_int_eq(add("date=2026-12-25&kind=close&start=&end=&note=Christmas"), 303);
    browser_get(&b, "/host/listings/1/availability");
    ck_assert(browser_shows(&b, "Fri 25 Dec 2026"));
    ck_assert(browser_shows(&b, "closed all day"));
    ck_assert_int_eq(
        add("date=2026-12-25&kind=open&start=10%3A00&end=12%3A00&note="), 409);
    ck_assert(browser_shows(&b, "overlaps another exception"));
    ck_assert_int_eq(
        add("date=2026-12-26&kind=open&start=22%3A00&end=03%3A00&note="), 303);
    browser_get(&b, "/host/listings/1/availability");
    ck_assert(browser_shows(&b, "22:00 to 03:00 the next day"));
    ck_assert_int_eq(browser_post(&b, "/host/listings/1/availability/remove",
                         "day=20812&start_min=0"),
        303);
    browser_get(&b, "/host/listings/1/availability");
    ck_assert(!browser_shows(&b, "Christmas"));
    ck_assert_int_eq(browser_post(&b, "/host/listings/1/availability/remove",
                         "day=20812&start_min=0"),
        404);
}
END_TEST

START_TEST(absurd_dates_are_refused_with_what_was_typed)
{
    static const char *const wrong[] = {
        "date=2026-02-30&kind=close&start=&end=&note=Typed",
        "date=2020-01-01&kind=close&start=&end=&note=Typed",
        "date=2199-01-01&kind=close&start=&end=&note=Typed",
        "date=&kind=close&start=&end=&note=Typed",
        "date=2026-12-24&kind=never&start=&end=&note=Typed",
        "date=2026-12-24&kind=open&start=10%3A00&end=&note=Typed",
        "date=2026-12-24&kind=open&start=10%3A01&end=11%3A00&note=Typed"
    };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        ck_assert_int_eq(add(wrong[i]), 422);
        ck_assert(browser_shows(&b, "value=\"Typed\""));
    }
    browser_get(&b, "/host/listings/1/availability");
    ck_assert(browser_shows(&b, "None ahead"));
}
END_TEST

START_TEST(another_host_does_not_reach_it)
{
    browser_get(&other, "/host/listings/new");
    ck_assert_int_eq(
        browser_post(&other, "/host/listings/1/availability", "open_1_0=&close_1_0="),
        404);
    ck_assert_int_eq(browser_post(&other, "/host/listings/1/availability/exceptions",
                         "date=2026-12-25&kind=close&start=&end=&note="),
        404);
    ck_assert_int_eq(browser_post(&other, "/host/listings/1/availability/remove",
                         "day=20812&start_min=0"),
        404);
    ck_assert_int_eq(browser_get(&other, "/host/listings/1/availability"), 404);
}
END_TEST

void page_availability(Suite *s)
{
    TCase *t = tcase_create("availability");
    tcase_add_checked_fixture(t, open_browsers, close_browsers);
    tcase_add_test(t, a_week_is_saved_and_shown_with_nights_that_end_the_next_day);
    tcase_add_test(t, what_is_wrong_in_a_week_stands_beside_it_and_the_rest_is_kept);
    tcase_add_test(
        t, windows_that_overlap_are_pointed_at_even_across_midnight_and_the_week);
    tcase_add_test(t, a_date_is_closed_and_given_back);
    tcase_add_test(t, absurd_dates_are_refused_with_what_was_typed);
    tcase_add_test(t, another_host_does_not_reach_it);
    suite_add_tcase(s, t);
}
