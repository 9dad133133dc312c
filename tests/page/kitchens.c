/* The page of a kitchen in the demo city. The clock stands at Wednesday 25 November
 * 2026, 18:00 in Austin. */
#include "page.h"

#include <stdio.h>
#include <string.h>

#include "support/cash.h"
#include "util/guard.h"
#include "util/text.h"

static struct site *site;
static struct browser b;
static char path[512]; /* of one kitchen's page */

static void set_up(void)
{
    site = site_fresh();
    site_load_demo(site);
    browser_open(&b, site);
    ck_assert_int_eq(browser_get(&b, "/listings/6"), 303);
    snprintf(path, sizeof path, "%s", b.location);
}

static void tear_down(void)
{
    browser_close(&b);
    site_gone(site);
}

static int get(const char *query)
{
    char url[800];
    snprintf(url, sizeof url, "%s?%s", path, query);
    return browser_get(&b, url);
}

/* Monday 30 November is open, and the demo's bookings leave it free enough. */
#define NINE_HOURS "date=2026-11-30&start=07:00&end=16:00"
#define WISH_IN_URL                                                                    \
    "date=2026-11-30&start=07%%3A00&end=16%%3A00&purpose=Tamales+%%26+more"

START_TEST(a_wrong_slug_leads_to_the_right_one_and_keeps_the_query)
{
    char wanted[600];
    ck_assert_int_eq(browser_get(&b, "/listings/6-wrong?" NINE_HOURS), 303);
    snprintf(wanted, sizeof wanted,
        "%s?"
        "date=2026-11-30&start=07%%3A00&end=16%%3A00",
        path);
    ck_assert_str_eq(b.location, wanted);
    ck_assert_int_eq(browser_get(&b, path), 200);
}
END_TEST

START_TEST(the_quote_has_every_line_and_the_dated_ladder)
{
    ck_assert_int_eq(get(NINE_HOURS), 200);
    static const char *const words[] = { "Mon 30 Nov 2026, 07:00 to 16:00", "9 h at $",
        "Service fee", "Tax", "Total", "until Thu 26 Nov 2026, 18:00", "100 %",
        "aria-current=\"time\"", "aria-current=\"date\"" };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        ck_assert_msg(browser_shows(&b, words[i]), "%s", words[i]);
}
END_TEST

START_TEST(only_a_vendor_gets_the_button)
{
    ck_assert_int_eq(get(NINE_HOURS), 200);
    ck_assert(browser_shows(&b, "/login?next=%2Flistings%2F6-"));
    ck_assert(!browser_shows(&b, "name=\"idempotency_key\""));
    browser_log_in_demo(&b, "host@demo.test");
    ck_assert_int_eq(get(NINE_HOURS), 200);
    ck_assert(browser_shows(&b, "Only vendors"));
    ck_assert(!browser_shows(&b, "name=\"idempotency_key\""));
    struct browser vendor;
    browser_open(&vendor, site);
    browser_log_in_demo(&vendor, "vendor@demo.test");
    char url[800];
    snprintf(url, sizeof url, "%s?" NINE_HOURS "&purpose=Tamales+%%26+more", path);
    ck_assert_int_eq(browser_get(&vendor, url), 200);
    ck_assert(browser_shows(&vendor, "action=\"/listings/6/book\""));
    ck_assert(browser_shows(&vendor, "name=\"idempotency_key\" value=\""));
    ck_assert(browser_shows(&vendor, "name=\"date\" value=\"2026-11-30\""));
    ck_assert(browser_shows(&vendor, "name=\"purpose\" value=\"Tamales &amp; more\""));
    browser_close(&vendor);
}
END_TEST

START_TEST(who_has_not_confirmed_the_address_asks_for_the_link_there_and_comes_back)
{
    char next[800], field[800];
    struct arena *a = site->app.forever;
    snprintf(next, sizeof next, "%s?" WISH_IN_URL, path);
    snprintf(
        field, sizeof field, "name=\"next\" value=\"%s?date=2026-11-30&amp;", path);
    browser_log_in_demo(&b, "vendor@demo.test");
    cash_int(site, "UPDATE users SET verified_at = NULL");
    ck_assert_int_eq(browser_get(&b, next), 200);
    ck_assert(browser_shows(&b, "Confirm your e-mail address first"));
    ck_assert(browser_shows(&b, "action=\"/verify/send\""));
    ck_assert(browser_shows(&b, field));
    snprintf(field, sizeof field, "next=%s", text_url(a, next));
    ck_assert_int_eq(browser_post(&b, "/verify/send", field), 303);
    ck_assert_str_eq(b.location, next);
    ck_assert_int_eq(browser_get(&b, next), 200);
    ck_assert(browser_shows(&b, "A new link is on its way"));
    ck_assert(browser_shows(&b, "aria-label=\"Quote\""));
    ck_assert_int_eq(
        cash_int(site, "SELECT COUNT(*) FROM outbox WHERE kind = 'verify'"), 1);
    ck_assert_int_eq(browser_post(&b, "/verify/send", "next=%2F%2Fevil.example"), 303);
    ck_assert_str_eq(b.location, "/dashboard");
}
END_TEST

static const struct {
    int line;
    const char *query;
    int status;
    const char *words;
} wish_cases[] = {
    { __LINE__, "date=2026-11-30&start=07:00&end=07:30", 200, "at least" },
    { __LINE__, "date=2026-11-30&start=07:10&end=16:10", 200, "step" },
    { __LINE__, "date=2026-11-26&start=07:00&end=16:00", 200, "notice" },
    { __LINE__, "date=2026-11-24&start=07:00&end=16:00", 200, "passed" },
    { __LINE__, "date=2026-11-30&start=01:00&end=05:00", 200, "not open" },
    { __LINE__, "date=9999-12-31&start=07:00&end=16:00", 200, "days ahead" },
    { __LINE__, "date=2026-13-01&start=07:00&end=16:00", 422, "f-date" },
    { __LINE__, "date=2026-11-30&start=7&end=x", 422, "f-start" },
    { __LINE__, "date=2027-03-14&start=02:30&end=16:00", 422, "skip this time" },
    { __LINE__, "space_id=999999", 422, "no such space" },
    { __LINE__, "guest_count=-4", 422, "f-guest_count" },
    { __LINE__, "month=9999-99", 200, "November 2026" },
    { __LINE__, "month=2020-01", 200, "November 2026" },
    { __LINE__, "month=2031-01", 200, "November 2027" },
    { __LINE__, "month=2026-12", 200, "December 2026" },
    { __LINE__, "before=1", 200, "Nobody has reviewed" },
};

START_TEST(a_wish_that_cannot_be_is_answered_beside_its_field)
{
    int status = get(wish_cases[_i].query);
    ck_assert_msg(status == wish_cases[_i].status, "case at line %d: %d",
        wish_cases[_i].line, status);
    ck_assert_msg(browser_shows(&b, wish_cases[_i].words), "case at line %d",
        wish_cases[_i].line);
    ck_assert(!browser_shows(&b, "aria-label=\"Quote\""));
}
END_TEST

START_TEST(a_kitchen_that_is_not_active_is_not_there)
{
    ck_assert_int_eq(browser_get(&b, "/listings/999999"), 404);
    ck_assert_int_eq(browser_get(&b, "/listings/0"), 404);
    ck_assert_int_eq(browser_get(&b, "/listings/x"), 404);
}
END_TEST

START_TEST(the_calendar_leads_to_starts_and_starts_to_a_quote)
{
    ck_assert_int_eq(get("date=2026-11-30"), 200);
    ck_assert(browser_shows(&b, "Starts on Monday 30 November"));
    const char *start = strstr(browser_body(&b), "?date=2026-11-30&amp;start=");
    ck_assert(start != NULL);
    char query[64];
    snprintf(query, sizeof query, "date=2026-11-30&start=%.5s&end=%.5s",
        start + strlen("?date=2026-11-30&amp;start="),
        strstr(start, "&amp;end=") + strlen("&amp;end="));
    ck_assert_int_eq(get(query), 200);
    ck_assert(browser_shows(&b, "aria-label=\"Quote\""));
}
END_TEST

/* Kitchen 4 has two stations. */
static long long station(const char *name)
{
    return cash_int(site,
        "SELECT id FROM spaces WHERE kitchen_id = 4 AND name LIKE %Q || '%%'", name);
}

START_TEST(a_kitchen_of_which_a_station_is_taken_offers_the_others)
{
    static const char wish[] = "date=2026-12-09&start=10:00&end=13:00";
    char form[300], query[120], option[80];
    long long taken = station("Pastry"), free_one = station("Hot line");
    ck_assert_int_eq(browser_get(&b, "/listings/4"), 303);
    snprintf(path, sizeof path, "%s", b.location);
    browser_log_in_demo(&b, "vendor@demo.test");
    browser_get(&b, "/account");
    snprintf(form, sizeof form,
        "%s&space_id=%lld&guest_count=1&purpose=&special_requests="
        "&idempotency_key=key-0123456789abcdef",
        wish, taken);
    ck_assert_int_eq(browser_post(&b, "/listings/4/book", form), 303);

    ck_assert_int_eq(get(wish), 200); /* of the whole */
    ck_assert(!browser_shows(&b, "aria-label=\"Quote\""));
    ck_assert(browser_shows(&b, "aria-invalid=\"true\""));
    snprintf(option, sizeof option, "<option value=\"%lld\">Hot line", free_one);
    ck_assert(browser_shows(&b, option));
    ck_assert(!browser_shows(&b, "date=2026-12-09&amp;start=10:30&amp;end=13:30"));

    snprintf(query, sizeof query, "%s&space_id=%lld", wish, free_one);
    ck_assert_int_eq(get(query), 200);
    ck_assert(browser_shows(&b, "aria-label=\"Quote\""));
    ck_assert(browser_shows(
        &b, "date=2026-12-09&amp;start=10:30&amp;end=13:30")); /* in its day */
    snprintf(query, sizeof query, "%s&space_id=%lld", wish, taken);
    ck_assert_int_eq(get(query), 200);
    ck_assert(!browser_shows(&b, "aria-label=\"Quote\""));
}
END_TEST

START_TEST(the_page_stays_within_its_queries)
{
    browser_log_in_demo(&b, "vendor@demo.test");
    ck_assert_int_eq(get(NINE_HOURS), 200);
    ck_assert_int_le(b.queries, 15);
}
END_TEST

void page_kitchens(Suite *s)
{
    TCase *t = tcase_create("kitchens");
    tcase_add_checked_fixture(t, set_up, tear_down);
    tcase_add_test(t, a_wrong_slug_leads_to_the_right_one_and_keeps_the_query);
    tcase_add_test(t, the_quote_has_every_line_and_the_dated_ladder);
    tcase_add_test(t, only_a_vendor_gets_the_button);
    tcase_add_test(
        t, who_has_not_confirmed_the_address_asks_for_the_link_there_and_comes_back);
    tcase_add_loop_test(
        t, a_wish_that_cannot_be_is_answered_beside_its_field, 0, COUNT_OF(wish_cases));
    tcase_add_test(t, a_kitchen_that_is_not_active_is_not_there);
    tcase_add_test(t, the_calendar_leads_to_starts_and_starts_to_a_quote);
    tcase_add_test(t, a_kitchen_of_which_a_station_is_taken_offers_the_others);
    tcase_add_test(t, the_page_stays_within_its_queries);
    suite_add_tcase(s, t);
}
