/* What an administrator gives back of a booking's payment. */
#include "page.h"

#include <stdio.h>

#include "support/cash.h"
#include "util/guard.h"

#define KEY "&idempotency_key=key-0123456789abcdef"

static struct site *site;
static struct browser vendor, host, admin;
static const struct cash_people sides = { &vendor, &host, &admin };
static int64_t booking;
static char page[64], refund[64];

static void open_browsers(void)
{
    booking = cash_open(&site, sides);
    snprintf(page, sizeof page, "/bookings/%lld", (long long)booking);
    snprintf(refund, sizeof refund, "/admin/bookings/%lld/refund", (long long)booking);
}

static void close_browsers(void)
{
    cash_close(site, sides);
}

START_TEST(an_administrator_gives_a_part_back_once)
{
    browser_get(&admin, page);
    ck_assert(browser_shows(&admin, "Give money back"));
    ck_assert_int_eq(browser_post(&admin, refund, "amount=&reason=" KEY), 422);
    ck_assert_int_eq(
        browser_post(&admin, refund, "amount=99999&reason=Sorry" KEY), 422);
    ck_assert(browser_shows(&admin, "can go back."));
    ck_assert(browser_shows(&admin, "value=\"Sorry\""));
    for (int i = 0; i < 2; i++) {
        browser_get(&admin, page);
        ck_assert_int_eq(
            browser_post(&admin, refund, "amount=12.34&reason=Cold+oven" KEY), 303);
    }
    ck_assert_int_eq(cash_int(site, "SELECT SUM(amount_cents) FROM refunds"), 1234);
    browser_get(&vendor, page);
    ck_assert(browser_shows(&vendor, "$12.34 goes back to the card: Cold oven."));
    cash_refund(site, booking, "pending");
    browser_get(&vendor, page);
    ck_assert(browser_shows(
        &vendor, "$12.34 waits at Stripe, and then goes back to the card: Cold oven."));
    browser_get(&admin, page);
    ck_assert(browser_shows(&admin, "Refunds on their way"));
    cash_refund(site, booking, "failed");
    browser_get(&vendor, page);
    ck_assert(browser_shows(&vendor, "$12.34 could not be sent back"));
    ck_assert(!browser_shows(&vendor, "lost_or_stolen_card"));
    browser_get(&admin, page);
    ck_assert(browser_shows(&admin, "lost_or_stolen_card"));
}
END_TEST

START_TEST(no_absurd_amount_goes_back)
{
    static const char *const amounts[] = { "-1", "0", "0.00", "0.001", "12.345", "1e2",
        "NaN", "0x10", "1%3B2", "99999999999999999999", "-9223372036854775808", "%00" };
    char fields[128];
    int64_t total = cash_int(
        site, "SELECT total_cents FROM bookings WHERE id = %lld", (long long)booking);
    int64_t told = cash_int(site, "SELECT COUNT(*) FROM audit");
    for (size_t i = 0; i <= COUNT_OF(amounts); i++) {
        int64_t more = total + 1; /* a cent more than was paid */
        if (i < COUNT_OF(amounts))
            snprintf(fields, sizeof fields, "amount=%s&reason=Sorry" KEY, amounts[i]);
        else
            snprintf(fields, sizeof fields, "amount=%lld.%02lld&reason=Sorry" KEY,
                (long long)more / 100, (long long)more % 100);
        browser_get(&admin, page);
        int status = browser_post(&admin, refund, fields);
        ck_assert_msg(status == 422 || status == 400, "%s: %d", fields, status);
    }
    ck_assert_int_eq(cash_int(site, "SELECT COUNT(*) FROM refunds"), 0);
    ck_assert_int_eq(cash_int(site, "SELECT COUNT(*) FROM audit"), told);
}
END_TEST

START_TEST(a_form_that_gave_money_back_gives_nothing_else_without_being_asked_again)
{
    static const char *const others[] = { "amount=12.35&reason=Cold+oven",
        "amount=12.34&reason=Dark" };
    char form[120];
    browser_get(&admin, page);
    ck_assert_int_eq(
        browser_post(&admin, refund, "amount=12.34&reason=Cold+oven" KEY), 303);
    for (size_t i = 0; i < 2; i++) {
        snprintf(form, sizeof form, "%s" KEY, others[i]);
        browser_get(&admin, page);
        ck_assert_int_eq(browser_post(&admin, refund, form), 422);
        ck_assert(browser_shows(&admin, "PC-KEY-422"));
        ck_assert(browser_shows(&admin, i == 0 ? "value=\"12.35\"" : "value=\"Dark\""));
        ck_assert(!browser_shows(&admin, "value=\"key-0123456789abcdef\""));
        ck_assert_int_eq(cash_int(site, "SELECT SUM(amount_cents) FROM refunds"), 1234);
    }
    cash_int(site, "DELETE FROM idempotency"); /* as after some days */
    ck_assert_int_eq(
        browser_post(&admin, refund, "amount=12.34&reason=Cold+oven" KEY), 422);
    ck_assert_int_eq(cash_int(site, "SELECT SUM(amount_cents) FROM refunds"), 1234);
}
END_TEST

START_TEST(only_an_administrator_gives_back)
{
    struct browser b;
    browser_open(&b, site);
    browser_log_in_demo(&b, "support@demo.test");
    browser_get(&b, page);
    ck_assert(!browser_shows(&b, "Give money back"));
    browser_get(&b, "/account");
    ck_assert_int_eq(browser_post(&b, refund, "amount=1&reason=x" KEY), 403);
    browser_get(&host, "/account");
    ck_assert_int_eq(browser_post(&host, refund, "amount=1&reason=x" KEY), 403);
    browser_close(&b);
}
END_TEST

void page_refunds(Suite *s)
{
    TCase *t = tcase_create("refunds");
    tcase_add_checked_fixture(t, open_browsers, close_browsers);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, an_administrator_gives_a_part_back_once);
    tcase_add_test(t, no_absurd_amount_goes_back);
    tcase_add_test(
        t, a_form_that_gave_money_back_gives_nothing_else_without_being_asked_again);
    tcase_add_test(t, only_an_administrator_gives_back);
    suite_add_tcase(s, t);
}
