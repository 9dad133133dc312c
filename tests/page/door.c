/* The door code on a booking's page, and the record that the vendor saw it. */
#include "page.h"

#include <stdio.h>
#include <string.h>

#include "domain/bookings.h"
#include "support/cash.h"
#include "web/routes.h"

static struct site *site;
static struct browser vendor, host, admin;
static const struct cash_people sides = { &vendor, &host, &admin };
static int64_t booking;
static char page[64];

/* The demo's bookings have no codes: those are made when one is confirmed. */
static enum result confirm(struct ctx *c, [[maybe_unused]] void *arg)
{
    struct booking b;
    TRY(db_begin(c->db));
    TRY(bookings_get(c, booking, &b));
    TRY(bookings_confirm(c, &b));
    return db_commit(c->db);
}

static void open_browsers(void)
{
    booking = cash_open(&site, sides);
    snprintf(page, sizeof page, "/bookings/%lld", (long long)booking);
    cash_int(
        site, "UPDATE bookings SET state = 'held' WHERE id = %lld", (long long)booking);
    ck_assert_int_eq(app_run(&site->app, DB_WRITE, confirm, NULL, NULL), OK);
}

static void close_browsers(void)
{
    cash_close(site, sides);
}

static int64_t starts_at(void)
{
    return cash_int(
        site, "SELECT start_at FROM bookings WHERE id = %lld", (long long)booking);
}

static int64_t looks(void)
{
    return cash_int(site,
        "SELECT COUNT(*) FROM audit WHERE action = 'booking.code_seen'"
        " AND subject_id = %lld AND detail = '192.0.2.7' AND at = %lld"
        " AND actor_id = (SELECT vendor_id FROM bookings WHERE id = subject_id)",
        (long long)booking, (long long)starts_at() - 1200);
}

START_TEST(a_look_that_did_not_arrive_is_none)
{
    site->app.fixed_now_at = starts_at() - 1200;
    cash_log_in(sides);
    vendor.is_gone = true;
    ck_assert_int_eq(browser_get(&vendor, page), 200);
    ck_assert_int_eq(looks(), 0);
    vendor.is_gone = false;
    ck_assert_int_eq(browser_get(&vendor, page), 200);
    ck_assert_int_eq(looks(), 1);
}
END_TEST

/* The administrator's page of a dispute has these two, in this order. */
static void check_order(const char *first, const char *then)
{
    const char *body = browser_body(&admin);
    const char *a = strstr(body, first), *b = strstr(body, then);
    ck_assert_msg(a != NULL && b != NULL && a < b, "%s, %s", first, then);
}

/* A bank asks, and the administrator opens the page with the answer's draft. */
static void ask(void)
{
    cash_dispute(site, booking, "dp_4", "needs_response");
    cash_log_in(sides);
    ck_assert_int_eq(browser_get(&admin, "/admin/disputes/dp_4"), 200);
}

START_TEST(the_vendors_first_look_at_the_door_code_is_recorded_and_no_other)
{
    static const char all[] = "SELECT COUNT(*) FROM audit";
    site->app.fixed_now_at = starts_at() - 1200;
    cash_log_in(sides);
    ck_assert_int_eq(browser_head(&vendor, page), 200);
    browser_get(&host, page);
    ck_assert(browser_shows(&host, "Door code, until the end"));
    browser_get(&admin, page);
    ck_assert(!browser_shows(&admin, "Door code"));
    ck_assert_int_eq(looks(), 0);
    browser_get(&vendor, page);
    ck_assert(browser_shows(&vendor, "Door code, until the end"));
    ck_assert_int_eq(looks(), 1);
    int64_t rows = cash_int(site, all);
    site->app.fixed_now_at += 600;
    ck_assert_int_eq(browser_get(&vendor, page), 200);
    ck_assert_int_le(vendor.queries, site->last_route->queries);
    ck_assert_int_eq(cash_int(site, all), rows);
    browser_get(&host, page);
    ck_assert(browser_shows(&host, "Door code seen by the vendor"));
    browser_get(&vendor, page);
    ck_assert(browser_shows(&vendor, "<li><p>You have seen the door code</p>"));
    ck_assert(browser_shows(&vendor, "<li class=\"is-now\"><p>Confirmed</p>"));
    cash_pass(site, booking, false);
    ask();
    check_order("shows the customer, logged in, the code",
        "opened that page from the address 192.0.2.7");
    check_order("opened that page from", "The booked time begins.");
    check_order("page showed the code for the door",
        "opened the page that shows the code for the door");
    check_order("opened the page that shows", "The booked time began;");
}
END_TEST

START_TEST(a_look_after_the_start_comes_after_it_though_the_job_was_late)
{
    site->app.fixed_now_at = starts_at() + 20;
    cash_log_in(sides);
    browser_get(&vendor, page);
    ck_assert(browser_shows(&vendor, "Door code, until the end"));
    cash_pass(site, booking, false);
    ask();
    check_order("The booked time begins.", "opened that page from");
    check_order("opened that page from", "The booked time is over.");
}
END_TEST

/* He cancels at the door. */
START_TEST(who_saw_the_code_of_a_booking_that_never_began_is_in_the_record_whole)
{
    char cancel[80];
    snprintf(cancel, sizeof cancel, "%s/cancel", page);
    site->app.fixed_now_at = starts_at() - 1200;
    cash_log_in(sides);
    browser_get(&vendor, page);
    browser_get(&vendor, cancel);
    ck_assert_int_eq(browser_post(&vendor, cancel, ""), 303);
    ask();
    check_order("shows the customer, logged in, the code", "opened that page from");
    check_order("opened that page from", "That page shows the code no longer.");
    check_order("page showed the code for the door", "opened the page that shows");
    ck_assert(!browser_shows(&admin, "The booked time"));
}
END_TEST

void page_door(Suite *s)
{
    TCase *t = tcase_create("door");
    tcase_add_checked_fixture(t, open_browsers, close_browsers);
    tcase_set_timeout(t, 120);
    tcase_add_test(t, the_vendors_first_look_at_the_door_code_is_recorded_and_no_other);
    tcase_add_test(t, a_look_that_did_not_arrive_is_none);
    tcase_add_test(t, a_look_after_the_start_comes_after_it_though_the_job_was_late);
    tcase_add_test(
        t, who_saw_the_code_of_a_booking_that_never_began_is_in_the_record_whole);
    suite_add_tcase(s, t);
}
