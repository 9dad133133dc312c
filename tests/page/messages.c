#include "page.h"

#include <string.h>

#include "support/site.h"

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
    browser_log_in_demo(&b, "host@demo.test");
    ck_assert_int_eq(browser_get(&b, "/messages"), 200);
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
    ck_assert(browser_shows(&b, "PC-KEY-422"));
    browser_get(&b, "/messages/1");
    ck_assert_int_eq(browser_post(&b, "/messages/1", "body=Twice"), 303);
    browser_get(&b, "/messages/1");
    ck_assert_int_eq(times_shown("Twice"), 2);
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
    tcase_add_test(t, an_empty_message_is_refused_beside_its_field);
    suite_add_tcase(s, t);
}
