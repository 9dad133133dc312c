#include "web/home.h"

#include <stdio.h>

#include "domain/accounts.h"
#include "domain/kitchens.h"
#include "domain/notices.h"
#include "domain/pricing.h"
#include "util/civil.h"
#include "util/guard.h"
#include "web/cards.h"
#include "web/show.h"

/* ---- the front page ---- */

static const char *const hours[] = { "2", "3", "4", "6", "8", "9", "12", NULL };
static const char *const hour_labels[] = { "2 hours", "3 hours", "4 hours", "6 hours",
    "8 hours", "9 hours", "12 hours" };
static const struct field finder_fields[] = {
    { "where", FIELD_TEXT, "City or ZIP code", .max = 120 },
    { "date", FIELD_DATE, "Day" },
    { "start", FIELD_TIME, "From" },
    { "hours", FIELD_CHOICE, "For", .choices = hours },
};

/* Where kitchens are changes slowly, and counting them all is no page's work: each
 * worker counts every five minutes. */
static struct {
    struct kitchen_city cities[KITCHEN_CITIES_MAX];
    char urls[KITCHEN_CITIES_MAX][300]; /* where they lead: a city is 64 bytes */
    size_t n;
    int64_t counted_at;
} known;
enum { COUNT_AGAIN_S = 300 };

static enum result count_cities(struct ctx *c)
{
    known.counted_at = 0;
    TRY(kitchens_cities(c, known.cities, &known.n));
    for (size_t i = 0; i < known.n; i++) {
        const struct kitchen_city *city = &known.cities[i];
        const char *url;
        TRY(cards_search(c, city->city, city->region, city->lat, city->lng, &url));
        snprintf(known.urls[i], sizeof known.urls[i], "%s", url);
    }
    known.counted_at = c->now_at;
    return OK;
}

static enum result show_cities(struct ctx *c, struct web *w)
{
    if (known.counted_at + COUNT_AGAIN_S <= c->now_at || known.counted_at > c->now_at)
        TRY(count_cities(c));
    struct view *list = view_list(w->view, "cities");
    for (size_t i = 0; i < known.n; i++) {
        const struct kitchen_city *city = &known.cities[i];
        struct view *item = view_item(list);
        view_textf(item, "name", "%s, %s", city->city, city->region);
        view_textf(item, "count",
            city->kitchens == 1 ? "%lld kitchen" : "%lld kitchens",
            (long long)city->kitchens);
        view_text(item, "url", known.urls[i]);
    }
    return OK;
}

static void show_line(struct ctx *c, struct view *list, const char *label,
    struct cents amount, bool total)
{
    struct view *item = view_item(list);
    view_text(item, "label", label);
    view_text(item, "amount", cents_format(c->arena, amount));
    view_bool(item, "is_total", total);
}

/* The worked example: nine hours at $50.00 with $25.00 for cleaning. */
static enum result show_example(struct ctx *c, struct web *w)
{
    static const struct kitchen kitchen = { .rate = { 5000 },
        .cleaning = { 2500 },
        .timezone = "America/Chicago",
        .region = "",
        .city = "",
        .policy = "moderate" };
    static const struct space whole = { .rate = { 5000 } };
    struct quote q;
    TRY(pricing_quote(c, &kitchen, &whole, 0, 9 * 3600, &q));
    struct view *list = view_list(w->view, "lines");
    show_line(c, list, "9 hours at $50.00", q.base, false);
    show_line(c, list, "Cleaning", q.cleaning, false);
    show_line(c, list, "Service fee", q.service_fee, false);
    show_line(c, list, "Tax", q.tax, false);
    show_line(c, list, "Total", q.total, true);
    view_text(w->view, "example_host", cents_format(c->arena, q.host));
    return OK;
}

enum result web_home(struct ctx *c, struct web *w)
{
    struct form f;
    form_fresh(c->arena, finder_fields, COUNT_OF(finder_fields), &f);
    form_fill(&f, "hours", "4");
    web_show_form(c, w, &f);
    web_options(c, w, &f, "hours", hours, hour_labels, COUNT_OF(hour_labels));
    TRY(show_cities(c, w));
    TRY(show_example(c, w));
    return web_page(c, w, 200, "home");
}

enum result web_terms(struct ctx *c, struct web *w)
{
    return web_page(c, w, 200, "home/terms");
}

/* ---- what machines ask ---- */

static enum result plain(struct web *w, const char *text)
{
    response_header(w->res, "Content-Type", "text/plain; charset=utf-8");
    buf_adds(&w->res->body, text);
    return OK;
}

enum result web_healthz(struct ctx *c, struct web *w)
{
    CHECK(c->arena != NULL);
    return plain(w, "ok\n");
}

enum result web_readyz(struct ctx *c, struct web *w)
{
    struct kitchen k;
    enum result r = kitchens_get(c, 1, &k); /* does the database answer? */
    if (r != OK && r != R_NOT_FOUND)
        return r;
    fail_clear(c);
    return plain(w, "ready\n");
}

/* ---- notices ---- */

enum result web_notices(struct ctx *c, struct web *w)
{
    enum { PER_PAGE = 20 };
    struct notice *rows;
    const struct zone *home;
    size_t n;
    TRY(kitchens_zone(c, &home));
    TRY(notices_page(c, web_before(w), PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, id);
    struct view *list = view_list(w->view, "notices");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_text(item, "text", rows[i].text);
        view_text(item, "link", rows[i].link);
        const struct zone *z =
            rows[i].timezone == NULL ? home : zone_find(rows[i].timezone);
        view_text(item, "when", show_when_in(c, z, rows[i].created_at));
        view_text(item, "when_iso", show_iso(c, rows[i].created_at));
        view_bool(item, "unread", rows[i].unread);
    }
    return web_page(c, w, 200, "home/notices");
}

enum result web_notices_read(struct ctx *c, struct web *w)
{
    TRY(notices_read_all(c));
    return web_redirect(w, "/notices");
}
