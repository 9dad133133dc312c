#include "page.h"
#include <stdio.h>
#include <string.h>

#include "support/cash.h"
#include "web/routes.h"

/* The clock stands at Wed 25 Nov 2026, 12:00 UTC; kitchen 1 of the demo belongs to
 * host@demo.test and booking 1 is vendor2@demo.test's. */

static struct site *site;
static struct browser b;

static void open_browser(void)
{
    site = site_fresh();
    cash_load_demo(site);
    browser_open(&b, site);
}

static void close_browser(void)
{
    browser_close(&b);
    site_gone(site);
}

/* Posts the book form for a day in December, from any page that has a form. */
static int book(const char *day, const char *start, const char *end, const char *key)
{
    char fields[512];
    snprintf(fields, sizeof fields,
        "date=2026-12-%s&start=%s&end=%s&space_id=&guest_count=2&purpose=Bread"
        "&special_requests=&idempotency_key=%s",
        day, start, end, key);
    browser_get(&b, "/account");
    return browser_post(&b, "/listings/1/book", fields);
}

START_TEST(booking_holds_and_leads_to_the_checkout)
{
    char checkout[512];
    browser_log_in_demo(&b, "vendor@demo.test");
    ck_assert_int_eq(book("09", "10%3A00", "13%3A00", "key-0123456789abcdef"), 303);
    ck_assert(strstr(b.location, "/checkout/") == b.location);
    snprintf(checkout, sizeof checkout, "%s", b.location);
    ck_assert_int_eq(browser_get(&b, checkout), 200);
    ck_assert(browser_shows(&b, "data-countdown"));
    ck_assert(browser_shows(&b, "10:00 to 13:00"));
    ck_assert(strstr(b.answer, "frame-src https://*.stripe.com") != NULL);

    /* the same post again, then with other contents */
    ck_assert_int_eq(book("09", "10%3A00", "13%3A00", "key-0123456789abcdef"), 303);
    ck_assert_str_eq(b.location, checkout);
    ck_assert_int_eq(book("10", "10%3A00", "13%3A00", "key-0123456789abcdef"), 422);

    ck_assert_int_eq(browser_get(&b, "/bookings"), 200);
    ck_assert(browser_shows(&b, "Pay now"));
    browser_log_in_demo(&b, "vendor2@demo.test");
    ck_assert_int_eq(browser_get(&b, checkout), 404);
    ck_assert_int_eq(browser_get(&b, checkout + strlen("/checkout/") - 1), 404);
}
END_TEST

START_TEST(what_was_not_paid_in_time_gives_nothing_back)
{
    static const char ladder[] = "If you cancel, you get back";
    char checkout[512], page[600];
    browser_log_in_demo(&b, "vendor@demo.test");
    ck_assert_int_eq(book("09", "10%3A00", "13%3A00", "key-0123456789abcdef"), 303);
    snprintf(checkout, sizeof checkout, "%s", b.location);
    snprintf(page, sizeof page, "/bookings/%s", strrchr(checkout, '/') + 1);
    ck_assert_int_eq(browser_get(&b, checkout), 200);
    ck_assert(browser_shows(&b, ladder));
    site->app.fixed_now_at += 3600;
    ck_assert_int_eq(browser_get(&b, checkout), 410);
    ck_assert(!browser_shows(&b, ladder));
    cash_int(site, "UPDATE bookings SET state = 'expired' WHERE state = 'held'");
    ck_assert_int_eq(browser_get(&b, checkout), 410);
    ck_assert(!browser_shows(&b, ladder));
    ck_assert_int_eq(browser_get(&b, page), 200);
    ck_assert(browser_shows(&b, "Nothing was charged for this booking."));
    ck_assert(!browser_shows(&b, ladder));
}
END_TEST

START_TEST(the_dashboard_says_what_comes_next)
{
    browser_log_in_as(&b, "new@example.com", "vendor");
    ck_assert_int_eq(book("09", "10%3A00", "13%3A00", "key-0123456789abcdef"), 303);
    ck_assert_int_eq(browser_get(&b, "/dashboard"), 200);
    ck_assert(browser_shows(&b, "Coming up"));
    ck_assert(browser_shows(&b, "10:00 to 13:00"));
    ck_assert(browser_shows(&b, "Pay now"));
    ck_assert(!browser_shows(&b, "Waiting for your answer"));
}
END_TEST

START_TEST(a_time_that_is_gone_is_a_409_that_lists_what_is_free)
{
    browser_log_in_demo(&b, "vendor@demo.test");
    ck_assert_int_eq(book("09", "10%3A00", "13%3A00", "key-0123456789abcdef"), 303);
    browser_log_in_demo(&b, "vendor2@demo.test");
    ck_assert_int_eq(book("09", "11%3A00", "14%3A00", "key-fedcba9876543210"), 409);
    ck_assert(browser_shows(&b, "PC-AVAIL-409"));
    ck_assert(browser_shows(&b, "Free instead"));
    ck_assert(browser_shows(&b, "all in"));
    ck_assert(browser_shows(&b, "/listings/1-"));
}
END_TEST

START_TEST(the_hosts_month_begins_and_ends_where_the_kitchen_stands)
{
    browser_log_in_demo(&b, "vendor@demo.test");
    ck_assert_int_eq(book("31", "18%3A00", "20%3A00", "key-0123456789abcdef"), 303);
    browser_log_in_demo(&b, "host@demo.test");
    ck_assert_int_eq(browser_get(&b, "/host/calendar?month=2026-12"), 200);
    ck_assert(browser_shows(&b, "Thu 31 Dec 2026"));
    ck_assert_int_eq(browser_get(&b, "/host/calendar?month=2027-01"), 200);
    ck_assert(!browser_shows(&b, "Thu 31 Dec 2026"));
}
END_TEST

START_TEST(absurd_times_and_fields_are_refused)
{
    browser_log_in_demo(&b, "vendor@demo.test");
    ck_assert_int_eq(book("09", "10%3A00", "10%3A00", "key-0123456789abcdef"), 422);
    ck_assert_int_eq(book("99", "10%3A00", "13%3A00", "key-0123456789abcdef"), 422);
    ck_assert_int_eq(book("09", "10%3A00", "13%3A00", "short"), 422);
    ck_assert_int_eq(
        book("09", "10%3A00", "13%3A00", "key-0123456789abcdef&price=1"), 422);
    ck_assert_int_eq(book("09", "10%3A07", "13%3A00", "key-0123456789abcdef"), 422);
    browser_get(&b, "/account");
    ck_assert_int_eq(browser_post(&b, "/listings/999999/book", ""), 404);
}
END_TEST

START_TEST(giving_a_hold_up_frees_the_time)
{
    char path[600];
    browser_log_in_demo(&b, "vendor@demo.test");
    ck_assert_int_eq(book("09", "10%3A00", "13%3A00", "key-0123456789abcdef"), 303);
    snprintf(path, sizeof path, "%s/cancel", b.location);
    browser_get(&b, "/account");
    ck_assert_int_eq(browser_post(&b, path, ""), 303);
    ck_assert_str_eq(b.location, "/bookings");
    browser_get(&b, "/bookings?show=past");
    const char *canceled = strstr(browser_body(&b), "Canceled</"), *sum;
    ck_assert_ptr_nonnull(canceled);
    sum = strstr(canceled, "<span class=\"num\">$"); /* nothing was paid */
    ck_assert(sum == NULL || sum > strstr(canceled, "</li>"));
    browser_log_in_demo(&b, "vendor2@demo.test");
    ck_assert_int_eq(book("09", "11%3A00", "14%3A00", "key-fedcba9876543210"), 303);
}
END_TEST

START_TEST(without_stripe_the_card_form_gets_a_sentence_as_json)
{
    char path[600];
    browser_log_in_demo(&b, "vendor@demo.test");
    ck_assert_int_eq(book("09", "10%3A00", "13%3A00", "key-0123456789abcdef"), 303);
    snprintf(path, sizeof path, "%s/intent", b.location);
    browser_get(&b, "/account");
    ck_assert_int_eq(browser_post(&b, path, ""), 502);
    ck_assert(strstr(b.answer, "application/json") != NULL);
    ck_assert(browser_shows(&b, "\"result\":\"upstream\""));
}
END_TEST

START_TEST(a_confirmed_booking_has_its_page_and_its_calendar_file)
{
    static const char *const people[] = { "vendor2@demo.test", "host@demo.test",
        "support@demo.test" };
    for (int i = 0; i < 3; i++) {
        browser_log_in_demo(&b, people[i]);
        ck_assert_int_eq(browser_get(&b, "/bookings/1"), 200);
        ck_assert(browser_shows(&b, "was charged"));
    }
    ck_assert_int_eq(browser_get(&b, "/bookings/1/calendar.ics"), 200);
    ck_assert(strstr(b.answer, "text/calendar") != NULL);
    ck_assert(browser_shows(&b, "BEGIN:VEVENT"));
    browser_log_in_demo(&b, "host2@demo.test");
    ck_assert_int_eq(browser_get(&b, "/bookings/1"), 404);
    ck_assert_int_eq(browser_get(&b, "/bookings/1/calendar.ics"), 404);
}
END_TEST

START_TEST(hosts_see_who_comes_and_what_was)
{
    browser_log_in_demo(&b, "host@demo.test");
    ck_assert_int_eq(browser_get(&b, "/host/bookings"), 200);
    ck_assert(browser_shows(&b, "Coming up"));
    ck_assert_int_eq(browser_get(&b, "/host/bookings?show=past"), 200);
    ck_assert(browser_shows(&b, "Completed"));
    ck_assert_int_eq(browser_get(&b, "/host/bookings?show=past&before=999999"), 200);
    ck_assert_int_eq(browser_get(&b, "/host/stripe"), 200);
    ck_assert_int_eq(browser_get(&b, "/host/stripe/return"), 200);
}
END_TEST

START_TEST(a_reason_to_decline_that_is_too_long_is_kept_and_declines_nothing)
{
    char path[600], reason[300] = "reason=Sorry+";
    cash_int(site, "UPDATE kitchens SET instant_book = 0");
    browser_log_in_demo(&b, "vendor@demo.test");
    ck_assert_int_eq(book("09", "10%3A00", "13%3A00", "key-0123456789abcdef"), 303);
    snprintf(path, sizeof path, "/host%s/decline", b.location);
    memset(reason + strlen(reason), 'x', 200);
    browser_log_in_demo(&b, "host@demo.test");
    browser_get(&b, "/host/bookings");
    ck_assert_int_eq(browser_post(&b, path, reason), 422);
    ck_assert_int_le(b.queries, site->last_route->queries);
    ck_assert(browser_shows(&b, "name=\"reason\" value=\"Sorry xxx"));
    ck_assert(browser_shows(&b, "id=\"f-reason-error\">Use at most 200 characters"));
    ck_assert(browser_shows(&b, "href=\"#f-reason\""));
    ck_assert_int_eq(browser_post(&b, path, "reason=Sorry"), 303);
    path[strlen(path) - strlen("/decline")] = '\0';
    browser_get(&b, path + strlen("/host"));
    ck_assert(browser_shows(&b, "Declined"));
}
END_TEST

/* This site has no key for Stripe. */
START_TEST(without_stripe_a_vendor_reads_of_his_time_and_a_host_does_not)
{
    char hosted[600];
    browser_log_in_demo(&b, "host@demo.test");
    browser_get(&b, "/host/stripe");
    ck_assert_int_ge(browser_post(&b, "/host/stripe/connect", ""), 303);
    if (b.status == 303)
        browser_get(&b, b.location);
    ck_assert(browser_shows(&b, "Stripe cannot be reached at the moment."));
    ck_assert(!browser_shows(&b, "Your time stays held"));
    browser_log_in_demo(&b, "vendor@demo.test");
    ck_assert_int_eq(book("09", "10%3A00", "13%3A00", "key-0123456789abcdef"), 303);
    snprintf(hosted, sizeof hosted, "%s/hosted", b.location);
    browser_get(&b, "/account");
    ck_assert_int_eq(browser_post(&b, hosted, ""), 502);
    ck_assert(browser_shows(&b, "Your time stays held"));
}
END_TEST

START_TEST(a_webhook_that_is_not_signed_is_refused)
{
    ck_assert_int_eq(
        browser_post_bare(&b, "/stripe/webhook", "{\"id\":\"evt_1\"}"), 400);
    ck_assert_int_eq(browser_post_bare(&b, "/stripe/webhook-connect", ""), 400);
}
END_TEST

void page_bookings(Suite *s)
{
    TCase *t = tcase_create("bookings");
    tcase_add_checked_fixture(t, open_browser, close_browser);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, booking_holds_and_leads_to_the_checkout);
    tcase_add_test(t, what_was_not_paid_in_time_gives_nothing_back);
    tcase_add_test(t, the_dashboard_says_what_comes_next);
    tcase_add_test(t, a_time_that_is_gone_is_a_409_that_lists_what_is_free);
    tcase_add_test(t, the_hosts_month_begins_and_ends_where_the_kitchen_stands);
    tcase_add_test(t, absurd_times_and_fields_are_refused);
    tcase_add_test(t, giving_a_hold_up_frees_the_time);
    tcase_add_test(t, without_stripe_the_card_form_gets_a_sentence_as_json);
    tcase_add_test(t, a_confirmed_booking_has_its_page_and_its_calendar_file);
    tcase_add_test(t, hosts_see_who_comes_and_what_was);
    tcase_add_test(
        t, a_reason_to_decline_that_is_too_long_is_kept_and_declines_nothing);
    tcase_add_test(t, without_stripe_a_vendor_reads_of_his_time_and_a_host_does_not);
    tcase_add_test(t, a_webhook_that_is_not_signed_is_refused);
    suite_add_tcase(s, t);
}
