/* The money of one booking: canceling it with the figures said beforehand, where it is,
 * its receipt, and the lists that show it. */
#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/cash.h"
#include "util/guard.h"
#include "web/routes.h"

#define KEY "&idempotency_key=key-0123456789abcdef"

static struct site *site;
static struct browser vendor, host, admin;
static const struct cash_people sides = { &vendor, &host, &admin };
static int64_t booking;
static char page[64], cancel[64], receipt[64], refund[64], no_show[64];

static void open_browsers(void)
{
    booking = cash_open(&site, sides);
    long long id = booking;
    snprintf(page, sizeof page, "/bookings/%lld", id);
    snprintf(cancel, sizeof cancel, "/bookings/%lld/cancel", id);
    snprintf(receipt, sizeof receipt, "/bookings/%lld/receipt", id);
    snprintf(refund, sizeof refund, "/admin/bookings/%lld/refund", id);
    snprintf(no_show, sizeof no_show, "/host/bookings/%lld/no_show", id);
}

static void close_browsers(void)
{
    cash_close(site, sides);
}

static int64_t column(const char *name)
{
    return cash_int(
        site, "SELECT %s FROM bookings WHERE id = %lld", name, (long long)booking);
}

/* "$618.45" of a number of cents, for looking at pages. */
static const char *dollars(int64_t cents)
{
    static char texts[4][32];
    static int next;
    char *text = texts[next++ % 4];
    if (cents >= 100000)
        snprintf(text, sizeof *texts, "$%lld,%03lld.%02lld", (long long)cents / 100000,
            (long long)cents / 100 % 1000, (long long)cents % 100);
    else
        snprintf(text, sizeof *texts, "$%lld.%02lld", (long long)cents / 100,
            (long long)cents % 100);
    return text;
}

static bool says(
    const struct browser *b, const char *before, const char *amount, const char *after)
{
    char text[256];
    snprintf(text, sizeof text, "%s%s%s", before, amount, after);
    return browser_shows(b, text);
}

static int64_t shown_cents(const struct browser *b)
{
    static const char marker[] = "name=\"refund_cents\" value=\"";
    const char *at = strstr(browser_body(b), marker);
    ck_assert_ptr_nonnull(at);
    return strtoll(at + sizeof marker - 1, NULL, 10);
}

/* ---- canceling --------------------------------------------------------------------
 */

START_TEST(a_vendor_sees_to_the_cent_what_goes_back_and_gets_exactly_that)
{
    char form[128];
    ck_assert_int_eq(browser_get(&vendor, page), 200);
    ck_assert(browser_shows(&vendor, "Cancel this booking"));
    ck_assert_int_eq(browser_get(&vendor, cancel), 200);
    int64_t shown = shown_cents(&vendor);
    ck_assert_int_gt(shown, 0);
    ck_assert(says(&vendor, "You get <strong class=\"num\">", dollars(shown), ""));
    ck_assert(says(&vendor, "Cancel, ", dollars(shown), " goes back"));
    ck_assert(browser_shows(&vendor, "If you cancel, you get back"));
    snprintf(form, sizeof form, "reason=Rain&refund_cents=%lld", (long long)shown);
    ck_assert_int_eq(browser_post(&vendor, cancel, form), 303);
    ck_assert_str_eq(vendor.location, page);
    ck_assert_int_eq(cash_int(site, "SELECT SUM(amount_cents) FROM refunds"), shown);
    browser_get(&vendor, page);
    ck_assert(says(&vendor, "Canceled. ", dollars(shown), " goes back to your card."));
    ck_assert(says(&vendor, "", dollars(shown), " goes back to the card"));
    ck_assert(browser_shows(&vendor, "Canceled by the vendor: Rain"));
    ck_assert(!browser_shows(&vendor, "Cancel this booking"));
    ck_assert_int_eq(browser_get(&vendor, cancel), 409);
}
END_TEST

START_TEST(a_figure_that_has_changed_is_shown_anew_and_nothing_happens)
{
    browser_get(&vendor, cancel);
    int64_t shown = shown_cents(&vendor);
    ck_assert_int_eq(
        browser_post(&vendor, cancel, "reason=Too+wet&refund_cents=1"), 409);
    ck_assert(browser_shows(&vendor, "What goes back has changed"));
    ck_assert(browser_shows(&vendor, "value=\"Too wet\""));
    ck_assert_int_eq(shown_cents(&vendor), shown);
    ck_assert_int_eq(column("state = 'confirmed'"), 1);
    char reason[512] = "reason=";
    for (int i = 0; i < 210; i++)
        snprintf(reason + strlen(reason), 2, "x");
    ck_assert_int_eq(browser_post(&vendor, cancel, reason), 422);
    ck_assert(browser_shows(&vendor, "aria-invalid"));
    ck_assert_int_eq(browser_post(&vendor, cancel, "price=1"), 422);
    ck_assert_int_eq(column("state = 'confirmed'"), 1);
}
END_TEST

START_TEST(a_program_may_cancel_with_nothing_but_its_token)
{
    browser_get(&vendor, "/account");
    ck_assert_int_eq(browser_post(&vendor, cancel, ""), 303);
    ck_assert_int_eq(column("state = 'canceled'"), 1);
}
END_TEST

START_TEST(a_host_or_an_administrator_gives_everything_back)
{
    struct browser *people[] = { &host, &admin };
    browser_get(people[_i], cancel);
    ck_assert(!browser_shows(people[_i], "If you cancel, you get back"));
    ck_assert(browser_shows(people[_i], "the vendor gets everything back"));
    ck_assert(browser_shows(
        people[_i], _i == 0 ? "You keep <strong class=\"num\">$0.00"
                            : "The host keeps <strong class=\"num\">$0.00"));
    ck_assert_int_eq(shown_cents(people[_i]), column("total_cents"));
    ck_assert_int_eq(browser_post(people[_i], cancel, "reason=Broken+oven"), 303);
    ck_assert_int_eq(
        cash_int(site, "SELECT SUM(amount_cents) FROM refunds"), column("total_cents"));
    browser_get(&vendor, page);
    ck_assert(browser_shows(&vendor, "Broken oven"));
}
END_TEST

START_TEST(others_cannot_cancel_and_support_cannot_either)
{
    struct browser b;
    browser_open(&b, site);
    browser_log_in_demo(&b, "vendor@demo.test");
    ck_assert_int_eq(browser_get(&b, cancel), 404);
    browser_get(&b, "/account");
    ck_assert_int_eq(browser_post(&b, cancel, ""), 404);
    browser_log_in_demo(&b, "support@demo.test");
    ck_assert_int_eq(browser_get(&b, cancel), 403);
    ck_assert_int_eq(browser_get(&b, page), 200);
    ck_assert(!browser_shows(&b, "Cancel this booking"));
    browser_close(&b);
}
END_TEST

START_TEST(a_booking_that_waits_for_payment_says_that_nothing_was_charged)
{
    char path[600];
    browser_get(&vendor, "/account");
    ck_assert_int_eq(
        browser_post(&vendor, "/listings/1/book",
            "date=2026-12-09&start=10%3A00&end=13%3A00&space_id=&guest_count=2"
            "&purpose=Bread&special_requests=" KEY),
        303);
    snprintf(
        path, sizeof path, "/bookings/%s/cancel", strrchr(vendor.location, '/') + 1);
    ck_assert_int_eq(browser_get(&vendor, path), 200);
    ck_assert(browser_shows(&vendor, "Nothing was charged for this booking"));
    ck_assert_int_eq(browser_get(&host, path), 409);
    ck_assert_int_eq(browser_post(&vendor, path, "reason=&refund_cents=0"), 303);
    browser_get(&vendor, vendor.location);
    ck_assert(browser_shows(&vendor, "Canceled. Nothing was charged."));
    ck_assert(browser_shows(&vendor, "Nothing was charged for this booking."));
}
END_TEST

START_TEST(a_dispute_keeps_vendor_and_host_from_canceling)
{
    cash_dispute(site, booking, "dp_1", "needs_response");
    ck_assert_int_eq(browser_get(&vendor, cancel), 409);
    ck_assert(browser_shows(&vendor, "Your bank is looking at this payment"));
    ck_assert_int_eq(browser_get(&host, cancel), 409);
    ck_assert(browser_shows(&host, "bank is looking at this payment. The booking"));
    ck_assert_int_eq(browser_get(&admin, cancel), 200);
    ck_assert(browser_shows(&admin, "A bank looks at this payment"));
    ck_assert_int_eq(shown_cents(&admin), 0);
    browser_get(&host, page);
    ck_assert(browser_shows(&host, "The vendor's bank looks at this payment"));
    ck_assert(browser_shows(&host, "dp_1"));
    ck_assert(browser_shows(&host, "for you is held: a bank looks at the payment."));
    ck_assert(!browser_shows(&host, " leaves for "));
    ck_assert(!browser_shows(&host, "If the vendor cancels"));
    browser_get(&vendor, page);
    ck_assert(browser_shows(&vendor, "Your bank asked for"));
}
END_TEST

/* ---- where it is ------------------------------------------------------------------
 */

START_TEST(each_side_reads_where_the_money_is_and_the_books_end_at_nothing)
{
    struct browser *people[] = { &vendor, &host, &admin };
    const char *total = dollars(column("total_cents")),
               *share = dollars(column("host_cents"));
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(browser_get(people[i], page), 200);
        ck_assert(says(people[i], "", total, " was charged to the card."));
        ck_assert(says(people[i], "", share,
            i == 1 ? " leaves for you on" : " leaves for the host on"));
        ck_assert(browser_shows(people[i], "<code class=\"id\">pi_demo_"));
        ck_assert(browser_shows(people[i], "<code class=\"id\">ch_demo_"));
        ck_assert(browser_shows(people[i], "Owed to the host"));
        ck_assert(browser_shows(people[i],
            "<tr class=\"is-total\"><th scope=\"row\">Together</th><td>$0.00</td>"));
    }
}
END_TEST

START_TEST(a_warning_holds_the_money_and_only_staff_read_what_it_is)
{
    struct browser *people[] = { &vendor, &host, &admin };
    cash_warning(site, booking, "issfr_1");
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(browser_get(people[i], page), 200);
        ck_assert(!browser_shows(people[i], " leaves for "));
        ck_assert(browser_shows(
            people[i], i == 2 ? "for the host is held: a bank warned of fraud."
                              : " is held: the payment is being looked at."));
        ck_assert_int_eq(browser_shows(people[i], "issfr_1"), i == 2);
        ck_assert_int_eq(browser_shows(people[i], "fraud"), i == 2);
    }
    browser_get(&host, "/host/earnings?show=upcoming");
    ck_assert(browser_shows(&host, "Held: the payment is being looked at."));
    cash_int(site, "UPDATE freezes SET kind = 'dispute'");
    browser_get(&host, "/host/earnings?show=upcoming");
    ck_assert(browser_shows(&host, "Held: a bank looks at the payment."));
}
END_TEST

START_TEST(a_warning_after_the_money_was_sent_holds_nothing)
{
    cash_int(site,
        "UPDATE host_accounts SET account_id = 'acct_1', checked_at = 4000000000 "
        "WHERE user_id = %lld",
        (long long)column("host_id"));
    cash_pass(site, booking, true);
    cash_warning(site, booking, "issfr_1");
    cash_log_in(sides);
    browser_get(&host, page);
    ck_assert(!browser_shows(&host, "held"));
    ck_assert(!browser_shows(&host, "looked at"));
    browser_get(&vendor, page);
    ck_assert(browser_shows(&vendor, " was sent to the host."));
    ck_assert(!browser_shows(&vendor, "looked at"));
    browser_get(&admin, page);
    ck_assert(browser_shows(&admin, "A bank warned of fraud."));
}
END_TEST

START_TEST(a_debt_is_between_the_host_and_us_and_says_when_it_is_paid)
{
    static const char *const words[] = {
        "$7.77 could not be had back. You owe it, and it is kept from",
        "$7.77 could not be had back. $5.00 of it was kept from later transfers; you "
        "owe",
        "$7.77 could not be had back. It was kept from later transfers.",
    };
    cash_owe(site, booking, 777, SITE_NOW_AT);
    for (int i = 0; i < 3; i++) {
        if (i > 0)
            cash_keep(site, booking, i == 1 ? 500 : 277, SITE_NOW_AT);
        browser_get(&host, page);
        ck_assert_msg(browser_shows(&host, words[i]), "%s", words[i]);
        browser_get(&admin, page);
        ck_assert(browser_shows(&admin, "$7.77 could not be had back"));
        ck_assert(browser_shows(&admin, "Owed by the host"));
        browser_get(&vendor, page);
        ck_assert(!browser_shows(&vendor, "$7.77"));
        ck_assert(!browser_shows(&vendor, "Owed by the host"));
    }
}
END_TEST

START_TEST(money_that_is_held_says_why_and_money_that_was_sent_has_its_id)
{
    cash_pass(site, booking, false);
    cash_log_in(sides);
    browser_get(&host, page); /* the demo's host has no account yet */
    ck_assert(browser_shows(&host, "is held: Stripe cannot pay your account yet"));
    browser_get(&vendor, page);
    ck_assert(browser_shows(&vendor, "for the host has not left yet."));
    browser_get(&admin, page);
    ck_assert(browser_shows(&admin, "is held: Stripe cannot pay the host"));
    cash_int(site,
        "UPDATE host_accounts SET account_id = 'acct_1', checked_at = %lld "
        "WHERE user_id = %lld",
        (long long)site->app.fixed_now_at + 60, (long long)column("host_id"));
    cash_pass(site, booking, true);
    browser_get(&host, page);
    ck_assert(browser_shows(&host, "was sent to your account at Stripe."));
    ck_assert(browser_shows(&host, "tr_test_"));
    cash_dispute(site, booking, "dp_2", "needs_response");
    browser_get(&host, page);
    ck_assert(browser_shows(&host, "is asked back from you: disputed."));
    browser_get(&vendor, page);
    ck_assert(!browser_shows(&vendor, "asked back from"));
}
END_TEST

START_TEST(a_host_says_that_nobody_came_while_it_may_be_said)
{
    browser_get(&host, page);
    ck_assert(!browser_shows(&host, "Nobody came?"));
    ck_assert_int_eq(browser_post(&host, no_show, ""), 409);
    site->app.fixed_now_at = column("start_at") + 60;
    cash_log_in(sides);
    browser_get(&host, page);
    ck_assert(browser_shows(&host, "Nobody came?"));
    browser_get(&vendor, page);
    ck_assert(!browser_shows(&vendor, "Nobody came?"));
    ck_assert_int_eq(browser_post(&host, no_show, ""), 303);
    ck_assert_int_eq(column("state = 'no_show'"), 1);
    browser_get(&host, page);
    ck_assert(browser_shows(&host, " leaves for you on"));
}
END_TEST

/* ---- receipts ---------------------------------------------------------------------
 */

START_TEST(who_paid_has_a_receipt_and_nobody_else)
{
    ck_assert_int_eq(browser_get(&vendor, receipt), 200);
    ck_assert(browser_shows(&vendor, "Haddad Falafel"));
    ck_assert(browser_shows(&vendor, "Tax at 8.5 %"));
    ck_assert(
        says(&vendor, "less refunds</th><td>", dollars(column("total_cents")), ""));
    ck_assert(browser_shows(&vendor, "ch_demo_"));
    ck_assert_int_eq(browser_get(&host, receipt), 404);
    ck_assert_int_eq(browser_get(&admin, receipt), 200);
    browser_get(&host, cancel);
    browser_post(&host, cancel, "");
    cash_refund(site, booking, "succeeded");
    ck_assert_int_eq(browser_get(&vendor, receipt), 200);
    ck_assert(browser_shows(&vendor, "re_test_"));
    ck_assert(browser_shows(&vendor, "less refunds</th><td>$0.00"));
}
END_TEST

/* ---- giving back ------------------------------------------------------------------
 */

START_TEST(what_went_back_before_is_off_the_ladder_and_off_the_hosts_share)
{
    browser_get(&host, page);
    ck_assert(says(&host, "Of this you get <strong class=\"num\">",
        dollars(column("host_cents")), "</strong>, unless some of it goes back."));
    ck_assert(browser_shows(&host, "If the vendor cancels, they get back"));
    ck_assert(!browser_shows(&host, "decided before"));
    browser_get(&admin, page);
    ck_assert_int_eq(
        browser_post(&admin, refund, "amount=12.34&reason=Cold+oven." KEY), 303);
    browser_get(&vendor, cancel);
    const char *left = dollars(shown_cents(&vendor));
    ck_assert(says(&vendor, "<td>", left, "</td>"));
    browser_get(&vendor, page);
    ck_assert(says(&vendor, "<td>100 %</td><td>", left, "</td>"));
    ck_assert(browser_shows(&vendor, "less $12.34 that was decided before"));
    ck_assert(browser_shows(&vendor, "back to the card: Cold oven.<"));
    browser_get(&host, page);
    ck_assert(says(&host, "<td>100 %</td><td>", left, "</td>"));
    int64_t lowered = cash_int(site, "SELECT host_cents FROM refunds");
    ck_assert(says(&host, "Of this you get <strong class=\"num\">",
        dollars(column("host_cents") - lowered), "</strong>, unless"));
}
END_TEST

START_TEST(the_hosts_share_of_the_bill_is_what_was_decided)
{
    cash_pass(site, booking, false);
    cash_log_in(sides);
    browser_get(&host, page);
    ck_assert(says(&host, "Of this <strong class=\"num\">",
        dollars(column("host_cents")), "</strong> is yours."));
    cash_dispute(site, booking, "dp_3", "lost");
    browser_get(&host, page);
    ck_assert(browser_shows(&host, "Nothing of this is yours any more."));
    browser_get(&vendor, page);
    ck_assert(!browser_shows(&vendor, "is yours"));
    ck_assert(!browser_shows(&vendor, "the host bears"));
}
END_TEST

/* The figure beside the booking in a list. */
static bool lists(struct browser *b, const char *path, const char *end, int64_t cents)
{
    char link[80], figure[80];
    ck_assert_int_eq(browser_get(b, path), 200);
    ck_assert_int_le(b->queries, site->last_route->queries);
    snprintf(link, sizeof link, "<a href=\"%s\">", page);
    const char *at = strstr(browser_body(b), link);
    ck_assert_msg(at != NULL, "%s has no %s", path, link);
    snprintf(figure, sizeof figure, ">%s</", dollars(cents));
    const char *found = strstr(at, figure);
    return found != NULL && found < strstr(at, end);
}

START_TEST(lists_show_what_a_host_gets_as_things_stand)
{
    static const char left[] =
        "SELECT SUM(iif(credit = 'host_payable', amount_cents, -amount_cents)) FROM "
        "ledger"
        " WHERE booking_id = %lld AND 'host_payable' IN (debit, credit)";
    int64_t share = column("host_cents");
    char all[64];
    snprintf(all, sizeof all, "/admin/bookings?before=%lld", (long long)booking + 1);
    ck_assert(lists(&host, "/host/bookings", "</li>", share));
    ck_assert(lists(&admin, all, "</tr>", share));
    browser_get(&admin, page);
    ck_assert_int_eq(browser_post(&admin, refund, "amount=40.00&reason=Late" KEY), 303);
    share = cash_int(site, left, (long long)booking);
    ck_assert(0 < share && share < column("host_cents"));
    ck_assert(lists(&host, "/host/bookings", "</li>", share));
    ck_assert(lists(&admin, all, "</tr>", share));
    browser_get(&host, cancel);
    ck_assert_int_eq(browser_post(&host, cancel, "reason=Broken+oven"), 303);
    ck_assert_int_eq(cash_int(site, left, (long long)booking), 0);
    ck_assert(lists(&host, "/host/bookings?show=past", "</li>", 0));
    ck_assert(lists(&admin, all, "</tr>", 0));
}
END_TEST

/* What the vendor has paid of the booking, less what went back. */
static int64_t paid(void)
{
    return column("total_cents") -
           cash_int(site, "SELECT COALESCE(SUM(amount_cents), 0) FROM refunds");
}

START_TEST(a_vendors_list_shows_what_he_has_paid_as_things_stand)
{
    ck_assert(lists(&vendor, "/bookings", "</li>", column("total_cents")));
    browser_get(&admin, page);
    ck_assert_int_eq(browser_post(&admin, refund, "amount=40.00&reason=Late" KEY), 303);
    ck_assert_int_eq(paid(), column("total_cents") - 4000);
    ck_assert(lists(&vendor, "/bookings", "</li>", paid()));
    site->app.fixed_now_at = column("start_at") - 3600; /* too late for all of it */
    browser_log_in_demo(&vendor, CASH_VENDOR);
    browser_get(&vendor, cancel);
    ck_assert_int_eq(browser_post(&vendor, cancel, "reason="), 303);
    ck_assert_int_gt(paid(), 0);
    ck_assert(lists(&vendor, "/bookings?show=past", "</li>", paid()));
}
END_TEST

START_TEST(the_page_has_its_number_and_asks_by_name)
{
    char number[64];
    snprintf(number, sizeof number, "<dt>Booking</dt><dd class=\"num\">%lld</dd>",
        (long long)booking);
    browser_get(&vendor, page);
    ck_assert(browser_shows(&vendor, number));
    browser_get(&admin, page);
    ck_assert(browser_shows(&admin, "Give $[amount] back to "));
}
END_TEST

void page_money(Suite *s)
{
    TCase *t = tcase_create("money");
    tcase_add_checked_fixture(t, open_browsers, close_browsers);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, a_vendor_sees_to_the_cent_what_goes_back_and_gets_exactly_that);
    tcase_add_test(t, a_figure_that_has_changed_is_shown_anew_and_nothing_happens);
    tcase_add_test(t, a_program_may_cancel_with_nothing_but_its_token);
    tcase_add_loop_test(t, a_host_or_an_administrator_gives_everything_back, 0, 2);
    tcase_add_test(t, others_cannot_cancel_and_support_cannot_either);
    tcase_add_test(t, a_booking_that_waits_for_payment_says_that_nothing_was_charged);
    tcase_add_test(t, a_dispute_keeps_vendor_and_host_from_canceling);
    tcase_add_test(t, each_side_reads_where_the_money_is_and_the_books_end_at_nothing);
    tcase_add_test(t, a_warning_holds_the_money_and_only_staff_read_what_it_is);
    tcase_add_test(t, a_warning_after_the_money_was_sent_holds_nothing);
    tcase_add_test(t, a_debt_is_between_the_host_and_us_and_says_when_it_is_paid);
    tcase_add_test(t, money_that_is_held_says_why_and_money_that_was_sent_has_its_id);
    tcase_add_test(t, a_host_says_that_nobody_came_while_it_may_be_said);
    tcase_add_test(t, who_paid_has_a_receipt_and_nobody_else);
    tcase_add_test(t, what_went_back_before_is_off_the_ladder_and_off_the_hosts_share);
    tcase_add_test(t, the_hosts_share_of_the_bill_is_what_was_decided);
    tcase_add_test(t, a_vendors_list_shows_what_he_has_paid_as_things_stand);
    tcase_add_test(t, lists_show_what_a_host_gets_as_things_stand);
    tcase_add_test(t, the_page_has_its_number_and_asks_by_name);
    suite_add_tcase(s, t);
}
