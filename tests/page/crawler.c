/* As each role: follows every link from the front page and the dashboard. No page
 * fails, none needs more queries than its budget (support/site.c), no link leads
 * nowhere, and no GET changes the database. With PREP_PAGES=DIR each page is kept
 * there, for the HTML checker (tests/e2e/tidy.test.mjs). */
#include "page.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "support/cash.h"
#include "util/guard.h"
#include "util/text.h"

enum { PAGES_MAX = 600, PATH_BYTES = 400 };

struct crawl {
    struct browser b;
    const char *who;
    char paths[PAGES_MAX][PATH_BYTES];
    int count, done;
};

static void remember(struct crawl *k, const char *path, size_t n)
{
    if (n >= PATH_BYTES || k->count == PAGES_MAX)
        return;
    for (int i = 0; i < k->count; i++)
        if (strncmp(k->paths[i], path, n) == 0 && k->paths[i][n] == '\0')
            return;
    memcpy(k->paths[k->count], path, n);
    k->paths[k->count++][n] = '\0';
}

/* Undoes &amp; in an attribute. */
static void remember_link(struct crawl *k, const char *link, size_t n)
{
    char path[PATH_BYTES];
    size_t m = 0;
    for (size_t i = 0; i < n && link[i] != '#' && m + 1 < sizeof path; i++) {
        path[m++] = link[i];
        if (text_starts(link + i, "&amp;"))
            i += 4;
    }
    path[m] = '\0';
    bool served_by_others =
        text_starts(path, "/static/") || text_starts(path, "/photos/");
    if (path[0] == '/' && !served_by_others)
        remember(k, path, m);
}

static void keep_page(const struct crawl *k)
{
    const char *dir = getenv("PREP_PAGES");
    if (dir == NULL || strstr(k->b.answer, "text/html") == NULL)
        return;
    char name[512];
    snprintf(name, sizeof name, "%s/%s-%03d.html", dir, k->who, k->done);
    FILE *f = fopen(name, "we");
    ck_assert_ptr_nonnull(f);
    fputs(browser_body(&k->b), f);
    fclose(f);
}

static void visit(struct crawl *k, const char *path)
{
    struct browser *b = &k->b;
    int status = browser_get(b, path);
    ck_assert_msg(status == 200 || status == 303 || status == 301, "%s as %s: %d", path,
        k->who, status);
    if (status != 200) {
        remember_link(k, b->location, strlen(b->location));
        return;
    }
    keep_page(k);
    for (const char *at = browser_body(b); (at = strstr(at, "href=\"")) != NULL;) {
        at += 6;
        remember_link(k, at, strcspn(at, "\""));
    }
}

static void crawl_as(struct site *site, const char *who, const char *email)
{
    struct crawl *k = calloc(1, sizeof *k);
    k->who = who;
    browser_open(&k->b, site);
    if (email != NULL)
        browser_log_in_demo(&k->b, email);
    remember(k, "/", 1);
    if (email != NULL)
        remember(k, "/dashboard", 10);
    for (; k->done < k->count; k->done++)
        visit(k, k->paths[k->done]);
    ck_assert_int_gt(k->done, 5);
    browser_close(&k->b);
    free(k);
}

static const struct {
    const char *who, *email;
} roles[] = {
    { "nobody", NULL },
    { "vendor", "vendor@demo.test" },
    { "host", "host@demo.test" },
    { "support", "support@demo.test" },
    { "admin", "admin@demo.test" },
};

START_TEST(every_link_leads_to_a_page_within_its_budget)
{
    struct site *site = site_fresh();
    cash_load_demo(site);
    crawl_as(site, roles[_i].who, roles[_i].email);
    site_gone(site);
}
END_TEST

void page_crawler(Suite *s)
{
    TCase *t = tcase_create("crawler");
    tcase_set_timeout(t, 120);
    tcase_add_loop_test(
        t, every_link_leads_to_a_page_within_its_budget, 0, COUNT_OF(roles));
    suite_add_tcase(s, t);
}
