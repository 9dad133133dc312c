#include "page.h"

#include <stdio.h>
#include <string.h>

#include "support/cash.h"
#include "util/guard.h"
#include "web/routes.h"

static struct site *site;
static struct browser b;

static void open_browser(void)
{
    site = site_fresh();
    site_load_demo(site);
    browser_open(&b, site);
}

static void close_browser(void)
{
    browser_close(&b);
    site_gone(site);
}

/* Booking 1 of the demo is of kitchen 1: host@demo.test and vendor2@demo.test. */
START_TEST(vendor_and_host_write_to_each_other_and_nobody_else_reads_it)
{
    browser_log_in_demo(&b, "vendor2@demo.test");
    ck_assert_int_eq(browser_get(&b, "/messages/1"), 200);
    ck_assert_int_eq(
        browser_post(&b, "/messages/1", "body=Is+the+%3Cdock%3E+free%3F"), 303);
    ck_assert_int_eq(browser_get(&b, "/messages"), 200);
    ck_assert(browser_shows(&b, "<strong>Ortiz Commissary</strong>"));
    browser_log_in_demo(&b, "host@demo.test");
    ck_assert_int_eq(browser_get(&b, "/messages"), 200);
    ck_assert(browser_shows(&b, "<strong>Omar Haddad</strong>"));
    ck_assert(browser_shows(&b, "Is the &lt;dock&gt; free?"));
    ck_assert_int_eq(browser_get(&b, "/messages/1"), 200);
    ck_assert_int_eq(browser_post(&b, "/messages/1", "body=Yes."), 303);
    browser_log_in_demo(&b, "host2@demo.test");
    ck_assert_int_eq(browser_get(&b, "/messages/1"), 404);
    browser_get(&b, "/messages");
    ck_assert_int_eq(browser_post(&b, "/messages/1", "body=Hello"), 404);
}
END_TEST

static int times_shown(const char *text)
{
    int n = 0;
    for (const char *at = browser_body(&b); (at = strstr(at, text)) != NULL; at++)
        n++;
    return n;
}

START_TEST(a_message_sent_twice_by_one_form_is_written_once)
{
    browser_log_in_demo(&b, "vendor2@demo.test");
    ck_assert_int_eq(browser_get(&b, "/messages/1"), 200);
    ck_assert(browser_shows(&b, "name=\"idempotency_key\""));
    for (int i = 0; i < 2; i++) {
        ck_assert_int_eq(browser_post(&b, "/messages/1",
                             "body=Twice&idempotency_key=0123456789abcdef"),
            303);
        ck_assert_int_eq(browser_get(&b, "/messages/1"), 200);
        ck_assert_int_eq(times_shown("Twice"), 1);
    }
    ck_assert_int_eq(
        browser_post(&b, "/messages/1", "body=Other&idempotency_key=0123456789abcdef"),
        422);
    ck_assert_int_le(b.queries, site->last_route->queries);
    ck_assert(browser_shows(&b, "PC-KEY-422"));
    ck_assert(browser_shows(&b, ">Other</textarea>"));
    ck_assert(!browser_shows(&b, "0123456789abcdef"));
    browser_get(&b, "/messages/1");
    ck_assert_int_eq(browser_post(&b, "/messages/1", "body=Twice"), 303);
    browser_get(&b, "/messages/1");
    ck_assert_int_eq(times_shown("Twice"), 2);
}
END_TEST

static void notice(const char *email, const char *link)
{
    cash_int(site,
        "INSERT INTO notices (user_id, kind, text, link, created_at)"
        " SELECT id, 'test', 'Of ' || %Q, %Q, %lld FROM users WHERE email = %Q",
        link, link, (long long)site->app.fixed_now_at, email);
}

/* Does the page tell the notice that links to LINK with this time? */
static bool tells(const char *link, const char *time)
{
    char text[64];
    snprintf(text, sizeof text, "Of %s<", link);
    const char *at = strstr(browser_body(&b), text);
    ck_assert_msg(at != NULL, "%s", text);
    const char *found = strstr(at, time);
    return found != NULL && found < strstr(at, "</li>");
}

START_TEST(times_are_those_of_the_kitchen_or_of_one_s_kitchens_or_named_utc)
{
    cash_int(site, "UPDATE kitchens SET timezone = 'America/Denver' WHERE id = 1");
    browser_log_in_demo(&b, "vendor2@demo.test");
    browser_get(&b, "/messages/1");
    browser_post(&b, "/messages/1", "body=Hello");
    browser_get(&b, "/messages");
    ck_assert(browser_shows(&b, "17:00 MST"));
    static const char *const of_booking[] = { "/bookings/1", "/checkout/1",
        "/messages/1" };
    for (size_t i = 0; i < COUNT_OF(of_booking); i++)
        notice("vendor2@demo.test", of_booking[i]);
    notice("vendor2@demo.test", "/bookings");
    ck_assert_int_eq(browser_get(&b, "/notices"), 200);
    for (size_t i = 0; i < COUNT_OF(of_booking); i++)
        ck_assert_msg(tells(of_booking[i], "17:00 MST"), "%s", of_booking[i]);
    ck_assert(tells("/bookings", "00:00 UTC"));
    ck_assert_int_eq(browser_get(&b, "/account"), 200);
    ck_assert(browser_shows(&b, "datetime=\"2026-11-26T00:00:00Z\" data-local"));
    ck_assert(browser_shows(&b, "Thu 26 Nov 2026, 00:00 UTC"));
    browser_log_in_demo(&b, "host@demo.test");
    notice("host@demo.test", "/host/listings");
    ck_assert_int_eq(browser_get(&b, "/notices"), 200);
    ck_assert_int_le(b.queries, site->last_route->queries);
    ck_assert(tells("/host/listings", "17:00 MST"));
    ck_assert_int_eq(browser_get(&b, "/account"), 200);
    ck_assert_int_le(b.queries, site->last_route->queries);
    ck_assert(browser_shows(&b, "17:00 MST"));
    ck_assert_int_eq(browser_get(&b, "/host/stripe"), 200);
    ck_assert_int_le(b.queries, site->last_route->queries);
}
END_TEST

START_TEST(an_empty_message_is_refused_beside_its_field)
{
    browser_log_in_demo(&b, "vendor2@demo.test");
    browser_get(&b, "/messages/1");
    ck_assert_int_eq(browser_post(&b, "/messages/1", "body=+++"), 422);
    ck_assert(browser_shows(&b, "aria-invalid"));
}
END_TEST

void page_messages(Suite *s)
{
    TCase *t = tcase_create("messages");
    tcase_add_checked_fixture(t, open_browser, close_browser);
    tcase_add_test(t, vendor_and_host_write_to_each_other_and_nobody_else_reads_it);
    tcase_add_test(t, a_message_sent_twice_by_one_form_is_written_once);
    tcase_add_test(t, times_are_those_of_the_kitchen_or_of_one_s_kitchens_or_named_utc);
    tcase_add_test(t, an_empty_message_is_refused_beside_its_field);
    suite_add_tcase(s, t);
}
