#include "browser.h"

#include <string.h>

#include "account_links.h"
#include "checkout_pages.h"
#include "elements.h"
#include "form.h"
#include "pages.h"
#include "util/guard.h"
#include "util/text.h"

static void show_script(struct call *c)
{
    pages_file(c, "stripe.js", "text/javascript; charset=utf-8");
}

static void show_card(struct call *c)
{
    pages_file(c, "card.html", "text/html; charset=utf-8");
}

static void show_asset(struct call *c)
{
    static const char *const assets[][2] = { { "style.css", "text/css; charset=utf-8" },
        { "card.js", "text/javascript; charset=utf-8" },
        { "challenge.js", "text/javascript; charset=utf-8" } };
    for (size_t i = 0; i < COUNT_OF(assets); i++)
        if (text_is(c->ids[0], assets[i][0])) {
            pages_file(c, assets[i][0], assets[i][1]);
            return;
        }
    pages_problem(c, 404, "No such file", "The sandbox has no such file.");
}

static void show_home(struct call *c)
{
    pages_answer(c, 200, "Stripe sandbox", "home.html", value_object(c->a));
}

/* A path that ends in '/' takes one more segment. */
static const struct {
    const char *method, *path;
    void (*fn)(struct call *c);
} pages[] = {
    { "GET", "/", show_home },
    { "GET", "/endive/stripe.js", show_script },
    { "GET", "/assets/", show_asset },
    { "GET", "/elements/card", show_card },
    { "POST", "/elements/confirm", elements_confirm },
    { "POST", "/elements/intent", elements_intent },
    { "GET", "/3ds/", elements_challenge },
    { "POST", "/3ds/", elements_challenge_done },
    { "GET", "/c/pay/", checkout_pages_show },
    { "POST", "/c/pay/", checkout_pages_pay },
    { "GET", "/receipts/", checkout_pages_receipt },
    { "GET", "/connect/", account_links_open },
    { "GET", "/onboarding/", account_links_show_form },
    { "POST", "/onboarding/", account_links_take_form },
    { "GET", "/express/", account_links_show_dashboard },
};

static bool matches(struct call *c, const char *path)
{
    size_t n = strlen(path);
    if (text_is(c->path, path))
        return true;
    if (n == 1 || path[n - 1] != '/' || !text_starts(c->path, path) ||
        strchr(c->path + n, '/') != NULL)
        return false;
    c->ids[0] = form_decode(c->a, c->path + n, strlen(c->path + n));
    return c->ids[0] != NULL;
}

void browser_handle(struct call *c)
{
    const char *form = text_is(c->method, "POST") ? c->body : c->query;
    c->params = form_read(c->a, form == NULL ? "" : form);
    if (c->params == NULL) {
        pages_problem(c, 400, "Broken form", "The form came in broken. Send it again.");
        return;
    }
    for (size_t i = 0; i < COUNT_OF(pages); i++)
        if (text_is(c->method, pages[i].method) && matches(c, pages[i].path)) {
            store_begin(c->box->store);
            pages[i].fn(c);
            if (c->status >= 400 && !c->keep)
                store_undo(c->box->store);
            store_commit(c->box->store);
            return;
        }
    pages_problem(c, 404, "No such page", "The sandbox has no such page.");
}
