/* Requests that no page of ours makes. A worker that aborts on one is a denial of
 * service by one line of curl: each gets a page. */
#include "page.h"

#include <stdio.h>
#include <string.h>

#include "support/site.h"

static struct site *site;
static struct browser b;

static void set_up(void)
{
    site = site_fresh();
    site_load_demo(site);
    browser_open(&b, site);
}

static void tear_down(void)
{
    browser_close(&b);
    site_gone(site);
}

START_TEST(a_search_with_its_fields_sent_empty_is_a_search)
{
    ck_assert_int_eq(
        browser_get(&b, "/search?where=Austin&radius_mi=&sort=&hours=&page="), 200);
    ck_assert(browser_shows(&b, "25 miles"));
    ck_assert_int_eq(browser_get(&b, "/search?sort=&sort=&radius_mi=&radius_mi="), 422);
}
END_TEST

START_TEST(a_search_at_the_ends_of_the_earth_is_a_search)
{
    static const char *const queries[] = { "where=90,0&radius_mi=100",
        "where=-90,180&radius_mi=100", "where=89.9999,-180&radius_mi=100&sort=price",
        "where=0,180&radius_mi=100&sort=rating", "where=-0.0,-0.0&radius_mi=1",
        "where=30.27,-97.74&hours=0.25&sort=price",
        "where=30.27,-97.74&hours=24&date=2026-11-30&start=00:00&end=24:00",
        "where=30.27,-97.74&date=2026-11-30&start=23:45&end=00:15&hours=0.5",
        "where=89.9,10&radius_mi=100&q=oven", "where=-90,0&radius_mi=100&q=oven+smoker",
        "where=30.27,-97.74&radius_mi=100&q=AND+OR+NOT+NEAR(%22*%22)&page=50" };
    char path[300];
    for (size_t i = 0; i < sizeof queries / sizeof *queries; i++) {
        snprintf(path, sizeof path, "/search?%s", queries[i]);
        browser_get(&b, path);
        ck_assert_msg(
            b.status == 200 || b.status == 422, "%s: %d", queries[i], b.status);
    }
}
END_TEST

START_TEST(an_absurd_day_of_any_page_is_a_page)
{
    static const char *const days[] = { "0001-01-01", "1883-11-18", "1969-12-31",
        "9999-12-31" };
    static const char *const pages[] = {
        "/search?where=30.27,-97.74&start=10:00&end=11:00&date=%s",
        "/host/calendar?month=%.7s", "/listings/6?month=%.7s&date=%s"
    };
    char path[300];
    browser_log_in_demo(&b, "host@demo.test");
    for (size_t i = 0; i < 4; i++)
        for (size_t k = 0; k < 3; k++) {
            const char *format = pages[k];
            snprintf(path, sizeof path,
                k == 0   ? pages[0]
                : k == 1 ? pages[1]
                         : pages[2],
                days[i], days[i]);
            browser_get(&b, path);
            ck_assert_msg(b.status < 500, "%s %s: %d", format, days[i], b.status);
        }
}
END_TEST

/* 8 kB of query, as much as the server in front lets through. */
static void many_fields(char *path, size_t size, const char *page)
{
    int n = snprintf(path, size, "%s", page);
    for (int i = 0; i < 200; i++)
        n += snprintf(path + n, size - (size_t)n, "&extra%03d=%028d", i, i);
}

START_TEST(a_query_of_many_fields_does_not_use_up_the_arena)
{
    char path[9000];
    ck_assert_int_eq(browser_get(&b, "/listings/6"), 303);
    many_fields(path, sizeof path, "/listings/6?date=2026-11-30&start=07:00&end=16:00");
    ck_assert_int_eq(browser_get(&b, path), 303);
    char page[600];
    snprintf(page, sizeof page, "%s?date=2026-11-30&purpose=Bread", b.location);
    many_fields(path, sizeof path, page);
    ck_assert_int_eq(browser_get(&b, path), 200);
    ck_assert(browser_shows(&b, "&amp;purpose=Bread#when"));
    ck_assert(!browser_shows(&b, "extra001"));
    many_fields(path, sizeof path, "/search?where=30.27,-97.74&radius_mi=100&page=2");
    ck_assert_int_eq(browser_get(&b, path), 200);
}
END_TEST

START_TEST(the_account_page_shows_again_what_was_typed_wrongly)
{
    browser_log_in_demo(&b, "vendor@demo.test");
    browser_get(&b, "/account");
    ck_assert_int_eq(
        browser_post(&b, "/account", "full_name=&business_name=New+name&phone=1"), 422);
    ck_assert(browser_shows(&b, "value=\"New name\""));
    ck_assert_int_eq(browser_post(&b, "/account/password", "current=&password="), 422);
}
END_TEST

START_TEST(a_query_too_long_to_redirect_is_left_behind)
{
    char path[4096];
    int n = snprintf(path, sizeof path, "/listings/6-wrong?purpose=");
    memset(path + n, 'x', 3000);
    path[n + 3000] = '\0';
    ck_assert_int_eq(browser_get(&b, path), 303);
    ck_assert(strncmp(b.location, "/listings/6-", 12) == 0);
    ck_assert_ptr_null(strchr(b.location, '?'));
}
END_TEST

START_TEST(a_booking_at_the_beginning_of_time_is_refused)
{
    static const char *const days[] = { "1969-12-31", "1883-11-18", "0001-01-01",
        "9999-12-31", "1970-01-01" };
    char fields[600];
    browser_log_in_demo(&b, "vendor@demo.test");
    browser_get(&b, "/account");
    for (int i = 0; i < 5; i++) {
        snprintf(fields, sizeof fields,
            "date=%s&start=17:46&end=17:47&space_id=&guest_count=2&purpose=&special_"
            "requests="
            "&idempotency_key=key-0123456789abcde%d",
            days[i], i);
        ck_assert_msg(browser_post(&b, "/listings/6/book", fields) == 422, "%s: %d",
            days[i], b.status);
        snprintf(fields, sizeof fields, "/listings/6?date=%s&start=17:46&end=17:47",
            days[i]);
        browser_get(&b, fields);
        snprintf(fields, sizeof fields, "%s", b.location);
        ck_assert_int_lt(browser_get(&b, fields), 500);
    }
}
END_TEST

START_TEST(a_page_that_is_not_there_leaves_the_form_of_another_tab_valid)
{
    char csrf[64];
    browser_get(&b, "/login");
    const char *at = strstr(browser_body(&b), "name=\"csrf\" value=\"");
    ck_assert_ptr_nonnull(at);
    snprintf(csrf, sizeof csrf, "%.43s", at + 19);
    ck_assert_int_eq(browser_get(&b, "/apple-touch-icon.png"), 404);
    char fields[200];
    snprintf(fields, sizeof fields,
        "csrf=%s&email=a%%40example.com&password=wrong&next=", csrf);
    ck_assert_int_eq(browser_post_bare(&b, "/login", fields), 422);
}
END_TEST

START_TEST(who_is_logged_in_stays_so_on_a_page_that_is_not_there)
{
    browser_log_in_demo(&b, "vendor@demo.test");
    ck_assert_int_eq(browser_get(&b, "/nowhere"), 404);
    ck_assert(browser_shows(&b, "/logout"));
}
END_TEST

void page_hostile(Suite *s)
{
    TCase *t = tcase_create("hostile");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_set_timeout(t, 30);
    tcase_add_test(t, a_search_with_its_fields_sent_empty_is_a_search);
    tcase_add_test(t, a_search_at_the_ends_of_the_earth_is_a_search);
    tcase_add_test(t, an_absurd_day_of_any_page_is_a_page);
    tcase_add_test(t, a_query_of_many_fields_does_not_use_up_the_arena);
    tcase_add_test(t, the_account_page_shows_again_what_was_typed_wrongly);
    tcase_add_test(t, a_query_too_long_to_redirect_is_left_behind);
    tcase_add_test(t, a_booking_at_the_beginning_of_time_is_refused);
    tcase_add_test(t, a_page_that_is_not_there_leaves_the_form_of_another_tab_valid);
    tcase_add_test(t, who_is_logged_in_stays_so_on_a_page_that_is_not_there);
    suite_add_tcase(s, t);
}
