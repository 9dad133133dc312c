/* The feed of somebody's bookings. The clock stands at Wed 25 Nov 2026, 12:00 UTC;
 * booking 1 of the demo is vendor2@demo.test's, in a kitchen of host@demo.test. */
#include "page.h"

#include <stdio.h>
#include <string.h>

#include "support/site.h"
#include "util/seal.h"

enum { PATH_BYTES = 200 };

static struct site *site;
static struct browser owner, stranger;

static void open_browsers(void)
{
    site = site_fresh();
    site_load_demo(site);
    browser_open(&owner, site);
    browser_open(&stranger, site);
}

static void close_browsers(void)
{
    browser_close(&owner);
    browser_close(&stranger);
    site_gone(site);
}

/* Makes a new feed for somebody of the demo and copies its path from the page. */
static void make_feed(const char *email, char path[PATH_BYTES])
{
    browser_log_in_demo(&owner, email);
    ck_assert_int_eq(browser_get(&owner, "/account"), 200);
    ck_assert_int_eq(browser_post(&owner, "/account/calendar", ""), 303);
    ck_assert_str_eq(owner.location, "/account#calendar");
    ck_assert_int_eq(browser_get(&owner, "/account"), 200);
    const char *at = strstr(browser_body(&owner), "/calendar/");
    ck_assert_ptr_nonnull(at);
    ck_assert_uint_lt(strcspn(at, "\""), PATH_BYTES);
    snprintf(path, PATH_BYTES, "%.*s", (int)strcspn(at, "\""), at);
}

START_TEST(there_is_no_feed_until_one_is_made)
{
    browser_log_in_demo(&owner, "vendor2@demo.test");
    browser_get(&owner, "/account");
    ck_assert(browser_shows(&owner, "Make an address"));
    ck_assert(!browser_shows(&owner, "/calendar/"));
    browser_log_in_demo(&owner, "admin@demo.test");
    browser_get(&owner, "/account");
    ck_assert(!browser_shows(&owner, "Make an address"));
    ck_assert_int_eq(browser_post(&owner, "/account/calendar", ""), 403);
}
END_TEST

static const struct {
    const char *email, *summary;
} readers[] = {
    { "vendor2@demo.test", "\r\nSUMMARY:" },
    { "host@demo.test", ": Omar Haddad\r\n" },
};

START_TEST(who_has_the_address_reads_the_bookings_without_a_login)
{
    char path[PATH_BYTES];
    make_feed(readers[_i].email, path);
    ck_assert_int_eq(browser_get(&stranger, path), 200);
    ck_assert_ptr_nonnull(
        strstr(stranger.answer, "Content-Type: text/calendar; charset=utf-8"));
    ck_assert_ptr_nonnull(strstr(stranger.answer, "Cache-Control: no-store"));
    ck_assert(browser_shows(&stranger, "BEGIN:VCALENDAR\r\n"));
    ck_assert(browser_shows(&stranger, "/bookings/1\r\n"));
    ck_assert(browser_shows(&stranger, readers[_i].summary));
    ck_assert_int_le(stranger.queries, site->last_route->queries);
}
END_TEST

START_TEST(a_new_address_makes_the_old_one_void)
{
    char old[PATH_BYTES], new[PATH_BYTES];
    make_feed("vendor2@demo.test", old);
    make_feed("vendor2@demo.test", new);
    ck_assert_str_ne(old, new);
    ck_assert_int_eq(browser_get(&stranger, old), 404);
    ck_assert_int_eq(browser_get(&stranger, new), 200);
}
END_TEST

START_TEST(an_address_with_any_character_changed_is_nobodys)
{
    char path[PATH_BYTES], flipped[PATH_BYTES];
    make_feed("vendor2@demo.test", path);
    for (size_t i = strlen("/calendar/"); path[i] != '\0'; i++) {
        snprintf(flipped, sizeof flipped, "%s", path);
        flipped[i] = path[i] == 'A' ? 'B' : 'A';
        ck_assert_msg(browser_get(&stranger, flipped) == 404, "%s", flipped);
        flipped[i] = path[i] == '1' ? '2' : '1';
        ck_assert_msg(browser_get(&stranger, flipped) == 404, "%s", flipped);
        snprintf(flipped + i, sizeof flipped - i, "%s", path + i + 1);
        ck_assert_msg(browser_get(&stranger, flipped) == 404, "%s", flipped);
    }
}
END_TEST

START_TEST(other_ways_to_write_a_token_are_nobodys)
{
    char path[PATH_BYTES];
    make_feed("vendor2@demo.test", path);
    const char *token = path + strlen("/calendar/"), *mac = strchr(token, '-') + 1;
    int id_n = (int)(mac - token - 1);
    struct arena *a = arena_new(65536);
    const char *text = arena_printf(a, "%.*s:1", id_n, token);
    const char *const paths[] = {
        arena_printf(a, "/calendar/0%s", token),
        arena_printf(a, "/calendar/+%s", token),
        arena_printf(a, "/calendar/%%20%s", token),
        arena_printf(a, "/calendar/-%s", token),
        arena_printf(a, "/calendar/%s", mac),
        arena_printf(a, "/calendar/%.*s-.ics", id_n, token),
        arena_printf(a, "/calendar/%.*s.ics", id_n, token),
        arena_printf(a, "/calendar/99999999999999999999-%s", mac),
        arena_printf(a, "/calendar/%s.ics", path),
        "/calendar/.ics",
        "/calendar/-.ics",
        /* our own MAC, made for another purpose */
        arena_printf(a, "/calendar/%.*s-%s.ics", id_n, token,
            seal_mac(a, site->app.secret, "csrf-session", text)),
    };
    for (size_t i = 0; i < sizeof paths / sizeof *paths; i++)
        ck_assert_msg(browser_get(&stranger, paths[i]) == 404, "%s", paths[i]);
    ck_assert_int_eq(
        browser_get(&stranger, arena_printf(a, "/calendar/%.*s-%s.ics", id_n, token,
                                   seal_mac(a, site->app.secret, "calendar", text))),
        200);
    arena_free(a);
}
END_TEST

START_TEST(the_feed_of_a_suspended_account_is_gone)
{
    char path[PATH_BYTES], user[PATH_BYTES];
    make_feed("vendor2@demo.test", path);
    snprintf(user, sizeof user, "/admin/users/%.*s",
        (int)strcspn(path + strlen("/calendar/"), "-"), path + strlen("/calendar/"));
    browser_log_in_demo(&owner, "admin@demo.test");
    ck_assert_int_eq(browser_get(&owner, user), 200);
    ck_assert_int_eq(browser_post(&owner, user, "act=suspend&reason=Fraud"), 303);
    ck_assert_int_eq(browser_get(&stranger, path), 404);
}
END_TEST

void page_calendars(Suite *s)
{
    TCase *t = tcase_create("calendars");
    tcase_add_checked_fixture(t, open_browsers, close_browsers);
    tcase_add_test(t, there_is_no_feed_until_one_is_made);
    tcase_add_loop_test(t, who_has_the_address_reads_the_bookings_without_a_login, 0,
        (int)(sizeof readers / sizeof *readers));
    tcase_add_test(t, a_new_address_makes_the_old_one_void);
    tcase_add_test(t, an_address_with_any_character_changed_is_nobodys);
    tcase_add_test(t, other_ways_to_write_a_token_are_nobodys);
    tcase_add_test(t, the_feed_of_a_suspended_account_is_gone);
    suite_add_tcase(s, t);
}
