/* The days on which clocks are changed: what a link of the calendar or of the search
 * promises is what the page that it leads to quotes, and what the form then books. The
 * clock stands at Wednesday 25 November 2026. */
#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/kitchen.h"
#include "support/site.h"
#include "util/guard.h"

static struct site *site;
static struct browser b, vendor;

static const char *const zones[] = { "America%2FChicago", "America%2FLos_Angeles",
    "Australia%2FLord_Howe" };

/* A kitchen in ZONE that is open all the time, from an hour on, with a night rate. */
static void open_kitchen(const char *zone)
{
    char form[2048], *at;
    site = site_fresh();
    browser_open(&b, site);
    browser_open(&vendor, site);
    browser_log_in_as(&b, "host@example.com", "host");
    snprintf(form, sizeof form, "%s", kitchen_form);
    at = strstr(form, "&timezone=");
    snprintf(at, sizeof form - (size_t)(at - form),
        "&timezone=%s&square_feet=900&capacity=4&hourly_rate=50.00&offpeak_rate=20.00"
        "&offpeak_start=22%%3A00&offpeak_end=06%%3A00&min_hours=1&max_hours=24"
        "&step_min=30&notice_hours=0&buffer_before_min=0&buffer_after_min=0"
        "&cancellation_policy=moderate&booking_mode=instant",
        zone);
    browser_get(&b, "/host/listings/new");
    ck_assert_int_eq(browser_post(&b, "/host/listings/new", form), 303);
    kitchen_submit(&b);
    kitchen_activate(site);
    browser_log_in_as(&vendor, "vendor@example.com", "vendor");
}

static void tear_down(void)
{
    browser_close(&b);
    browser_close(&vendor);
    site_gone(site);
}

/* The text from FROM, which must be there, up to END. */
static char *cut(const char *from, const char *end)
{
    ck_assert_ptr_nonnull(from);
    const char *to = strstr(from, end);
    ck_assert_ptr_nonnull(to);
    return strndup(from, (size_t)(to - from));
}

/* "a&amp;b" as "a&b" */
static char *plain(char *s)
{
    for (char *at; (at = strstr(s, "&amp;")) != NULL;)
        memmove(at + 1, at + 5, strlen(at + 5) + 1);
    return s;
}

/* The hours before WORDS in the quote, as in "2 h at $50.00, 1 h off-peak at $20.00"; 0
 * if they are not there. */
static double hours_quoted(const char *words)
{
    const char *quote = strstr(browser_body(&vendor), "aria-label=\"Quote\"");
    ck_assert_ptr_nonnull(quote);
    const char *at = strstr(quote, words);
    while (at != NULL && at > quote && strchr("0123456789.", at[-1]) != NULL)
        at--;
    return at == NULL ? 0 : strtod(at, NULL);
}

/* Follows the link of a start, "01:00 CST, 2 h for $65.10". */
static void follow(char *url, const char *promise)
{
    char words[64], *time = cut(promise, ","), *fragment = strchr(url, '#');
    const char *total = strchr(promise, '$');
    double hours = strtod(strchr(promise, ',') + 1, NULL);
    if (fragment != NULL)
        *fragment = '\0';
    ck_assert_int_eq(browser_get(&vendor, plain(url)), 200);
    snprintf(words, sizeof words, "Book for %s<", total);
    ck_assert_msg(browser_shows(&vendor, words), "%s: %s", url, promise);
    snprintf(words, sizeof words, ", %s to ", time);
    ck_assert_msg(browser_shows(&vendor, words), "%s: %s", url, promise);
    ck_assert_double_eq(
        hours_quoted(" h at $50.00") + hours_quoted(" h off-peak at $20.00"), hours);
    free(time);
}

/* Every start that the page at URL offers; returns how many, and with SEEN those whose
 * promise begins with it. */
static int follow_all(const char *url, const char *begins, int *seen)
{
    int n = 0;
    ck_assert_int_eq(browser_get(&b, url), 200);
    const char *list = strstr(browser_body(&b), "<ul class=\"slots\">");
    char *starts = cut(list, "</ul>");
    *seen = 0;
    for (const char *at = starts; (at = strstr(at, "href=\"")) != NULL; n++) {
        char *link = cut(at + strlen("href=\""), "\"");
        at = strstr(at, "aria-label=\"") + strlen("aria-label=\"");
        char *promise = cut(at, "\"");
        follow(link, promise);
        *seen += strncmp(promise, begins, strlen(begins)) == 0;
        free(link);
        free(promise);
    }
    free(starts);
    return n;
}

static const struct {
    const char *query;
    int zone, starts, twice;
    const char *begins; /* as the promises of those that are there twice do */
} days[] = {
    { "date=2027-11-07", 0, 50, 2, "01:00 C" },
    { "date=2027-11-07&start=10:00&end=13:00", 0, 50, 2, "01:30 C" },
    { "date=2027-11-07&start=10:00&end=10:00&end_date=2027-11-08", 0, 50, 1,
        "01:30 CST" },
    { "date=2027-11-06&start=10:00&end=10:00&end_date=2027-11-07", 0, 48, 1, "10:00," },
    { "date=2027-03-14", 0, 46, 0, "02:" },
    { "date=2027-03-14&start=10:00&end=10:00&end_date=2027-03-15", 0, 46, 1, "03:00," },
    { "date=2027-03-13&start=10:00&end=11:00&end_date=2027-03-14", 0, 48, 1, "23:30," },
    { "date=2027-11-07", 1, 50, 2, "01:00 P" },
    { "date=2027-03-13&start=10:00&end=11:00&end_date=2027-03-14", 1, 48, 1, "23:30," },
    { "date=2027-03-14&start=08:00&end=12:00", 1, 46, 0, "02:" },
    { "date=2027-04-04", 2, 49, 2, "01:30 +1" },
    { "date=2027-10-03&start=08:00&end=12:00", 2, 47, 0, "02:00" },
};

START_TEST(every_start_that_is_offered_is_quoted_as_promised)
{
    char url[200];
    int seen;
    open_kitchen(zones[days[_i].zone]);
    snprintf(url, sizeof url, "/listings/1-copper-pot?%s", days[_i].query);
    ck_assert_int_eq(follow_all(url, days[_i].begins, &seen), days[_i].starts);
    ck_assert_int_eq(seen, days[_i].twice);
}
END_TEST

/* Posts the hidden form of the vendor's page. */
static int book(void)
{
    char form[2048] = "idempotency_key=key-0123456789abcdef";
    static const char *const names[] = { "date", "start", "end", "start_fold",
        "end_fold", "end_date", "space_id" };
    const char *at = strstr(browser_body(&vendor), "action=\"/listings/1/book\"");
    for (size_t i = 0; i < COUNT_OF(names); i++) {
        char input[64];
        snprintf(input, sizeof input, "name=\"%s\" value=\"", names[i]);
        char *value = cut(strstr(at, input) + strlen(input), "\"");
        size_t n = strlen(form);
        snprintf(form + n, sizeof form - n, "&%s=%s", names[i], value);
        free(value);
    }
    return browser_post(&vendor, "/listings/1/book", form);
}

static const struct {
    const char *query, *when;
} holds[] = {
    { "date=2027-11-07&start=01:00&end=03:00&start_fold=1", "01:00 CST to 03:00" },
    { "date=2027-11-07&start=01:00&end=03:00", "01:00 CDT to 03:00" },
    { "date=2027-11-07&start=01:30&end=01:30&end_fold=1&end_date=2027-11-07",
        "01:30 CDT to 01:30 CST" },
    { "date=2026-12-09&start=10:00&end=10:00&end_date=2026-12-10",
        "Wed 9 Dec 2026, 10:00 to Thu 10 Dec 2026, 10:00" },
    { "date=2026-12-09&start=00:00&end=24:00",
        "Wed 9 Dec 2026, 00:00 to Thu 10 Dec 2026, 00:00" },
};

START_TEST(the_form_books_what_the_page_quotes)
{
    char url[512];
    open_kitchen(zones[0]);
    snprintf(url, sizeof url, "/listings/1-copper-pot?%s", holds[_i].query);
    ck_assert_int_eq(browser_get(&vendor, url), 200);
    ck_assert_msg(browser_shows(&vendor, holds[_i].when), "%s", holds[_i].when);
    ck_assert_int_eq(book(), 303);
    snprintf(url, sizeof url, "%s", vendor.location);
    ck_assert_int_eq(browser_get(&vendor, url), 200);
    ck_assert_msg(browser_shows(&vendor, holds[_i].when), "%s", holds[_i].when);
}
END_TEST

START_TEST(the_form_asks_which_of_two_times_is_meant)
{
    open_kitchen(zones[0]);
    browser_get(&b, "/listings/1-copper-pot?date=2027-11-07&start=01:30&end=04:00");
    ck_assert(browser_shows(&b, "<td>all day</td>"));
    ck_assert(browser_shows(&b, "name=\"start_fold\""));
    ck_assert(browser_shows(&b, "the second 01:30 CST"));
    ck_assert(!browser_shows(&b, "name=\"end_fold\""));
    browser_get(&b, "/listings/1-copper-pot?date=2027-11-06&start=01:30&end=04:00");
    ck_assert(!browser_shows(&b, "name=\"start_fold\""));
    browser_get(&b, "/listings/1-copper-pot?date=2027-11-06&start=10:00&end=10:00");
    ck_assert_int_eq(b.status, 422);
    ck_assert(browser_shows(&b, "name=\"end_date\""));
}
END_TEST

static const struct {
    const char *query, *words;
} searches[] = {
    { "hours=24&date=2027-03-13&start=10:00",
        "Sat 13 Mar 2027, 10:00 to Sun 14 Mar 2027, 11:00" },
    { "hours=24&date=2027-11-06&start=10:00", "10:00 to 09:00" },
    { "hours=24&date=2026-12-09&start=10:00", "10:00 to Thu 10 Dec 2026, 10:00" },
    { "hours=2&date=2027-11-07&start=00:00", "00:00 to 01:00 CST" },
    { "date=2026-12-09&start=18:00&end=02:00", "18:00 to 02:00" },
};

START_TEST(what_the_search_offers_is_quoted_as_promised)
{
    char url[200], words[64];
    open_kitchen(zones[0]);
    snprintf(url, sizeof url, "/search?where=30.27%%2C-97.74&%s", searches[_i].query);
    ck_assert_int_eq(browser_get(&b, url), 200);
    char *link = cut(strstr(browser_body(&b), "/listings/1-copper-pot?"), "\"");
    char *total = cut(strchr(strstr(browser_body(&b), "class=\"offer"), '$'), "<");
    ck_assert_int_eq(browser_get(&vendor, plain(link)), 200);
    ck_assert_msg(browser_shows(&vendor, searches[_i].words), "%s", searches[_i].words);
    snprintf(words, sizeof words, "Book for %.20s", total);
    ck_assert_msg(browser_shows(&vendor, words), "%s", words);
    free(link);
    free(total);
}
END_TEST

void page_clocks(Suite *s)
{
    TCase *t = tcase_create("clocks");
    tcase_add_checked_fixture(t, NULL, tear_down);
    tcase_add_loop_test(
        t, every_start_that_is_offered_is_quoted_as_promised, 0, COUNT_OF(days));
    tcase_add_loop_test(t, the_form_books_what_the_page_quotes, 0, COUNT_OF(holds));
    tcase_add_test(t, the_form_asks_which_of_two_times_is_meant);
    tcase_add_loop_test(
        t, what_the_search_offers_is_quoted_as_promised, 0, COUNT_OF(searches));
    suite_add_tcase(s, t);
}
