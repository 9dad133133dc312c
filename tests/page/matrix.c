/* Every route of the table, as everybody: who may get in, and nobody meets a 5xx.
 * Parameters are numbers and names that exist nowhere. */
#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "db/private.h"
#include "support/cash.h"
#include "support/keep.h"
#include "util/guard.h"
#include "util/text.h"
#include "web/routes.h"

static const struct visitor {
    const char *email; /* NULL: nobody */
    unsigned who;
} visitors[] = {
    { NULL, 0 },
    { "vendor@demo.test", VENDOR },
    { "host@demo.test", HOST },
    { "support@demo.test", SUPPORT },
    { "admin@demo.test", ADMIN },
};

/* "/bookings/:id/cancel" -> "/bookings/999999/cancel" */
static void concrete(const char *pattern, char *path, size_t size)
{
    size_t n = 0;
    for (const char *p = pattern; *p != '\0' && n + 8 < size;) {
        if (*p != ':') {
            path[n++] = *p++;
            continue;
        }
        bool id = text_starts(p, ":id") || strstr(p, "_id") != NULL;
        n += (size_t)snprintf(path + n, size - n, "%s", id ? "999999" : "none");
        while (*p != '/' && *p != '.' && *p != '\0')
            p++;
    }
    path[n] = '\0';
}

static void check_one(
    struct browser *b, const struct route *route, const struct visitor *v)
{
    char path[256];
    concrete(route->key.pattern, path, sizeof path);
    bool post = route->key.method == HTTP_POST;
    int status = post ? browser_post_bare(b, path, "") : browser_get(b, path);
    const char *who = v->email == NULL ? "nobody" : v->email;
    ck_assert_msg(status < 500, "%s %s as %s: %d", http_method_name(route->key.method),
        route->key.pattern, who, status);
    bool may = (route->who & (ANYONE | v->who)) != 0;
    if (!may && v->email == NULL)
        ck_assert_msg(status == 303 && text_starts(b->location, "/login"),
            "%s as nobody: %d, not sent to the login", route->key.pattern, status);
    else if (!may)
        ck_assert_msg(
            status == 403, "%s as %s: %d, not 403", route->key.pattern, who, status);
    else if (post && !(route->flags & ROUTE_RAW))
        ck_assert_msg(status == 403 || status == 400 || status == 415,
            "%s as %s without a token: %d", route->key.pattern, who, status);
    else if (!post)
        ck_assert_msg(b->queries <= route->queries, "%s as %s: %d queries, budget %d",
            route->key.pattern, who, b->queries, route->queries);
}

START_TEST(every_route_lets_in_whom_it_names_and_nobody_else)
{
    struct site *site = site_fresh();
    site_load_demo(site);
    keep_routes();
    for (size_t v = 0; v < COUNT_OF(visitors); v++) {
        struct browser b;
        browser_open(&b, site);
        for (const struct route *r = routes; r->key.pattern != NULL; r++) {
            b.cookie_count = 0;
            if (visitors[v].email != NULL)
                browser_log_in_demo(&b, visitors[v].email);
            check_one(&b, r, &visitors[v]);
        }
        browser_close(&b);
    }
    site_gone(site);
}
END_TEST

START_TEST(unknown_addresses_and_methods_have_their_page)
{
    struct site *site = site_fresh();
    struct browser b;
    browser_open(&b, site);
    ck_assert_int_eq(browser_get(&b, "/no/such/page"), 404);
    ck_assert(browser_shows(&b, "PC-404"));
    ck_assert_int_eq(browser_get(&b, "/login/"), 404);
    ck_assert_int_eq(browser_post_bare(&b, "/terms", ""), 405);
    ck_assert_ptr_nonnull(strstr(b.answer, "Allow: GET, HEAD"));
    ck_assert_int_eq(browser_get(&b, "/search?q=%ff"), 400);
    ck_assert_int_eq(browser_get(&b, "/search?q=%00"), 400);
    ck_assert_int_eq(browser_get(&b, "/account/x.css"), 404);
    browser_close(&b);
    site_gone(site);
}
END_TEST

/* Whoever holds the database's lock, with a worker that does not wait long. */
static void be_busy(struct site *site, struct browser *b)
{
    char path[512];
    sqlite3 *other;
    snprintf(path, sizeof path, "%s/prep.db", site->app.conf.data_dir);
    ck_assert_int_eq(sqlite3_open(path, &other), SQLITE_OK);
    ck_assert_int_eq(
        sqlite3_exec(other, "BEGIN IMMEDIATE", NULL, NULL, NULL), SQLITE_OK);
    sqlite3_busy_timeout(site->app.db->writer, 20);
    browser_get(b, "/signup");
    ck_assert_int_eq(browser_post(b, "/forgot-password", "email=ann%40demo.test"), 503);
    ck_assert(browser_shows(b, "PC-503"));
    sqlite3_close(other);
}

START_TEST(what_is_refused_says_why_on_a_page)
{
    struct browser b;
    struct site *site = site_fresh();
    site_load_demo(site);
    browser_open(&b, site);
    browser_get(&b, "/login");
    site->app.conf.login_tries = 1;
    static const char wrong[] = "email=ann%40demo.test&password=wrong+wrong";
    ck_assert_int_eq(browser_post(&b, "/login", wrong), 422);
    ck_assert_int_eq(browser_post(&b, "/login", wrong), 429);
    char *large = malloc(70000);
    memset(large, 'x', 69999);
    large[69999] = '\0';
    ck_assert_int_eq(browser_post_bare(&b, "/login", large), 413);
    ck_assert(browser_shows(&b, "PC-413"));
    free(large);
    be_busy(site, &b);
    browser_log_in_demo(&b, "vendor@demo.test");
    cash_int(site, "DROP TABLE messages");
    ck_assert_int_eq(browser_get(&b, "/messages"), 500);
    ck_assert(browser_shows(&b, "<html"));
    ck_assert(browser_shows(&b, "PC-500"));
    cash_int(site, "DROP TABLE notices"); /* which every page asks */
    ck_assert_int_eq(browser_get(&b, "/notices"), 500);
    ck_assert_str_eq(browser_body(&b), "PC-500: Something went wrong on our side\n");
    browser_close(&b);
    site_gone(site);
}
END_TEST

void page_matrix(Suite *s)
{
    TCase *t = tcase_create("matrix");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, every_route_lets_in_whom_it_names_and_nobody_else);
    tcase_add_test(t, unknown_addresses_and_methods_have_their_page);
    tcase_add_test(t, what_is_refused_says_why_on_a_page);
    suite_add_tcase(s, t);
}
