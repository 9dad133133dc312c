/* The form that books a kitchen, when something in it is wrong: the kitchen's page
 * comes again, with what was typed. The demo's kitchen 1 has room for a few people. */
#include "page.h"

#include <stdio.h>
#include <string.h>

#include "support/site.h"
#include "util/guard.h"

static struct site *site;
static struct browser b;

static void open_browser(void)
{
    site = site_fresh();
    site_load_demo(site);
    browser_open(&b, site);
    browser_log_in_demo(&b, "vendor@demo.test");
    browser_get(&b, "/account");
}

static void close_browser(void)
{
    browser_close(&b);
    site_gone(site);
}

#define DAY "date=2026-12-09"
#define HOURS "&start=10%3A00&end=13%3A00"
#define REST "&guest_count=2&purpose=Rye+bread&special_requests=Ring+twice"
#define KEY "&idempotency_key=key-0123456789abcdef"
#define X100                                                                           \
    "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx" \
    "xxxxxxxxxxxxxxxxxxxx"

static const struct {
    int line;
    const char *fields;
    const char *error; /* what stands beside the field, or above the form */
} wrong[] = {
    { __LINE__, DAY HOURS "&guest_count=501&purpose=Rye+bread" KEY,
        "f-guest_count-error\">" },
    { __LINE__, DAY HOURS "&guest_count=500&purpose=Rye+bread" KEY,
        "f-guest_count-error\">There is room for" },
    { __LINE__, DAY HOURS "&guest_count=two&purpose=Rye+bread" KEY,
        "f-guest_count-error\">" },
    { __LINE__, DAY HOURS "&purpose=Rye+bread" X100 X100 X100 KEY,
        "f-purpose-error\">" },
    { __LINE__, "date=2026-13-09" HOURS REST KEY, "f-date-error\">" },
    { __LINE__, HOURS REST KEY, "f-date-error\">" },
    { __LINE__, DAY "&start=&end=13%3A00" REST KEY, "f-start-error\">" },
    { __LINE__, DAY "&start=10%3A00&end=25%3A00" REST KEY, "f-end-error\">" },
    { __LINE__, DAY "&start=10%3A00&end=10%3A30" REST KEY,
        "f-start-error\">This kitchen is booked for at least" },
    { __LINE__, DAY "&start=10%3A00&end=10%3A00" REST KEY,
        "f-end-error\">This is the same as the start" },
    { __LINE__, DAY "&start=10%3A00&end=13%3A00&end_date=2026-12-08" REST KEY,
        "f-end-error\">The end has to be after the start" },
    { __LINE__, DAY "&start=10%3A00&end=10%3A30&end_date=2026-12-10" REST KEY,
        "f-start-error\">This kitchen is booked for at most 24 hours" },
    { __LINE__, "date=2026-11-25" HOURS REST KEY, "f-start-error\">" },
    { __LINE__, "date=2027-03-14&start=02%3A30&end=07%3A00" REST KEY,
        "f-start-error\">The clocks" },
    { __LINE__, DAY HOURS REST "&idempotency_key=short", "This form is out of date" },
    { __LINE__, DAY HOURS REST, ">Form key: " },
    { __LINE__, DAY HOURS REST KEY "&total_cents=1", "class=\"form-errors\"" },
};

START_TEST(what_is_wrong_stands_beside_its_field_and_the_rest_is_kept)
{
    ck_assert_msg(browser_post(&b, "/listings/1/book", wrong[_i].fields) == 422,
        "case at line %d: %d", wrong[_i].line, b.status);
    ck_assert_msg(browser_shows(&b, wrong[_i].error), "case at line %d: no %s",
        wrong[_i].line, wrong[_i].error);
    ck_assert_msg(browser_shows(&b, "value=\"Rye bread"), "case at line %d: not kept",
        wrong[_i].line);
    ck_assert(browser_shows(&b, "When it is free"));
    ck_assert(!browser_shows(&b, "aria-label=\"Quote\""));
    ck_assert_int_le(b.queries, b.site->last_route->queries);
}
END_TEST

START_TEST(a_key_that_served_for_another_booking_is_replaced_by_a_new_one)
{
    ck_assert_int_eq(browser_post(&b, "/listings/1/book", DAY HOURS REST KEY), 303);
    browser_get(&b, "/account");
    ck_assert_int_eq(
        browser_post(&b, "/listings/1/book", "date=2026-12-10" HOURS REST KEY), 422);
    ck_assert(browser_shows(&b, "value=\"2026-12-10\""));
    ck_assert(browser_shows(&b, "class=\"form-errors\""));
}
END_TEST

START_TEST(links_of_the_calendar_do_not_carry_what_is_wrong)
{
    browser_post(&b, "/listings/1/book", DAY HOURS "&purpose=" X100 X100 X100 KEY);
    ck_assert(browser_shows(&b, X100));
    ck_assert(!browser_shows(&b, "purpose=" X100));
}
END_TEST

void page_book(Suite *s)
{
    TCase *t = tcase_create("book");
    tcase_add_checked_fixture(t, open_browser, close_browser);
    tcase_add_loop_test(t, what_is_wrong_stands_beside_its_field_and_the_rest_is_kept,
        0, COUNT_OF(wrong));
    tcase_add_test(t, a_key_that_served_for_another_booking_is_replaced_by_a_new_one);
    tcase_add_test(t, links_of_the_calendar_do_not_carry_what_is_wrong);
    suite_add_tcase(s, t);
}
