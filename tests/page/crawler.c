/* As each role: follows links of every kind from the front page, the dashboard and
 * where browsers, mails and Stripe lead to. No page fails, none needs more queries than
 * its budget (support/site.c), no link leads nowhere, no GET changes the database, and
 * no GET route of the table is left out. */
#include "page.h"

#include <string.h>

#include "support/cash.h"
#include "support/things.h"
#include "support/walk.h"
#include "util/guard.h"
#include "util/text.h"

enum { EACH = 12 };

struct crawl {
    struct browser b;
    struct walk *walk;
    const char *who;
    bool *seen; /* of each route */
};

static const struct visitor {
    const char *who, *email;
    unsigned bit;
} roles[] = {
    { "nobody", NULL, 0 },
    { "vendor", THINGS_VENDOR, VENDOR },
    { "host", THINGS_HOST, HOST },
    { "support", "support@demo.test", SUPPORT },
    { "admin", "admin@demo.test", ADMIN },
};

static void visit(struct crawl *k, const char *path)
{
    struct browser *b = &k->b;
    if (text_starts(path, "/static/") || text_starts(path, "/photos/"))
        return; /* nginx has those */
    int status = browser_get(b, path);
    const struct route *route = b->site->last_route;
    ck_assert_msg(status == 200 || status == 303 || status == 301 ||
                      (status == 404 && text_is(path, WALK_WITHOUT_ACCOUNT)),
        "%s as %s: %d", path, k->who, status);
    if (route != NULL)
        k->seen[route - routes] = true;
    if (*b->location == '/')
        walk_to(k->walk, b->location);
    if (status == 200)
        walk_links(k->walk, browser_body(b), "href=\"");
}

/* The address of one's calendar is not a link, but text to copy. */
static void begin_at_calendar(struct crawl *k)
{
    browser_get(&k->b, "/account");
    ck_assert_int_eq(browser_post(&k->b, "/account/calendar", ""), 303);
    browser_get(&k->b, "/account");
    const char *at = strstr(browser_body(&k->b), "/calendar/");
    ck_assert_ptr_nonnull(at);
    walk_to(k->walk, arena_strndup(k->b.site->app.forever, at, strcspn(at, "\"< ")));
}

/* Pages that somebody comes to from a mail or from Stripe. */
static void begin_elsewhere(struct crawl *k, const struct things *t, unsigned who)
{
    static const char *const mails[] = { "verify", "reset" };
    if (who == VENDOR) {
        const char *checkout = things_path(t, "/checkout/:id");
        walk_to(k->walk, checkout);
        walk_to(k->walk, arena_printf(t->a, "%s/return", checkout));
    }
    if (who & (VENDOR | HOST))
        begin_at_calendar(k);
    if (who != 0)
        return;
    browser_get(&k->b, "/signup");
    ck_assert_int_eq(browser_post(&k->b, "/signup",
                         "role=vendor&full_name=Zoe+Quist&business_name=&phone=&email="
                         "zoe%40demo.test"
                         "&password=seven+copper+kettles&accept_terms=1"),
        303);
    browser_get(&k->b, "/forgot-password");
    ck_assert_int_eq(
        browser_post(&k->b, "/forgot-password", "email=vendor%40demo.test"), 303);
    for (size_t i = 0; i < COUNT_OF(mails); i++) {
        const char *link = cash_text(t->a, t->site,
            "SELECT fields->>'$.link' FROM outbox WHERE kind = %Q", mails[i]);
        ck_assert_ptr_nonnull(link);
        walk_to(k->walk, link + strlen(t->site->app.conf.base_url));
    }
}

static void crawl_as(const struct things *t, const struct visitor *role, bool *seen)
{
    struct crawl k = { .walk = walk_new(t->a, EACH), .who = role->who, .seen = seen };
    const char *path;
    int pages = 0;
    browser_open(&k.b, t->site);
    k.b.address = "127.0.0.1"; /* elsewhere there is no /metrics */
    if (role->email != NULL)
        browser_log_in_demo(&k.b, role->email);
    walk_begin(k.walk, role->bit);
    begin_elsewhere(&k, t, role->bit);
    const char *before = cash_snapshot(t->a, t->site);
    for (; (path = walk_next(k.walk)) != NULL; pages++)
        visit(&k, path);
    ck_assert_int_gt(pages, 20);
    ck_assert_str_eq(cash_changes(t->a, t->site, before), "");
    browser_close(&k.b);
}

START_TEST(links_lead_to_every_page_within_its_budget)
{
    struct things t;
    struct site *site = site_fresh();
    struct arena *a = arena_new(64 * 1024 * 1024);
    bool *seen = arena_array(a, routes_count(), sizeof *seen);
    const char *missed = "";
    memset(seen, 0, routes_count() * sizeof *seen);
    things_load(&t, site, a);
    for (size_t i = 0; i < COUNT_OF(roles); i++)
        crawl_as(&t, &roles[i], seen);
    for (size_t i = 0; i < routes_count(); i++)
        if (routes[i].key.method == HTTP_GET && !seen[i])
            missed = arena_printf(a, "%s %s", missed, routes[i].key.pattern);
    ck_assert_str_eq(missed, "");
    arena_free(a);
    site_gone(site);
}
END_TEST

void page_crawler(Suite *s)
{
    TCase *t = tcase_create("crawler");
    tcase_set_timeout(t, 120);
    tcase_add_test(t, links_lead_to_every_page_within_its_budget);
    suite_add_tcase(s, t);
}
