#include "account_links.h"

#include "accounts.h"
#include "pages.h"
#include "util/text.h"

enum { LINK_LIFE_S = 300, VISIT_LIFE_S = 24 * 3600 };

static enum result check_url(struct call *c, const char *name)
{
    const char *url = call_text(c, name);
    if (url == NULL)
        return call_invalid(
            c, "parameter_missing", name, "Missing required param: %s.", name);
    if (!text_starts(url, "http://") && !text_starts(url, "https://"))
        return call_invalid(c, "url_invalid", name, "Not a valid URL");
    return OK;
}

enum result account_links_create(struct call *c)
{
    struct object *account;
    TRY(objects_require(c, "account", call_text(c, "account"), "account", &account));
    TRY(check_url(c, "refresh_url"));
    TRY(check_url(c, "return_url"));
    if (value_has(c->params, "collect") && value_has(c->params, "collection_options"))
        return call_invalid(c, "parameters_exclusive", "collect",
            "You may only specify one of these parameters: collect, "
            "collection_options.");
    if (text_is(call_text(c, "type"), "account_update"))
        return call_invalid(c, NULL, "type",
            "You cannot create account_update links for accounts whose requirements "
            "are "
            "collected by Stripe.");
    struct object *link = objects_new(c, "account_link", "alink_");
    value_put_int(c->a, link->body, "expires_at", link->created_at + LINK_LIFE_S);
    value_put_text(c->a, link->body, "url",
        arena_printf(c->a, "%s/connect/%s", c->box->base, link->id));
    value_put_text(c->a, link->inner, "account", account->id);
    value_put_text(c->a, link->inner, "refresh_url", call_text(c, "refresh_url"));
    value_put_text(c->a, link->inner, "return_url", call_text(c, "return_url"));
    objects_save(c, link);
    return objects_answer(c, link);
}

enum result account_links_create_login(struct call *c)
{
    struct object *account;
    TRY(objects_require(c, "account", c->ids[0], "account", &account));
    if (!text_is(value_get_text(account->body, "controller.stripe_dashboard.type"),
            "express"))
        return call_invalid(c, NULL, NULL,
            "Cannot create a login link for an account without the Express Dashboard.");
    if (!value_get_bool(account->body, "details_submitted", false))
        return call_invalid(c, NULL, NULL,
            "Cannot create a login link for an account that has not completed "
            "onboarding.");
    struct object *link = objects_new(c, "login_link", "llink_");
    value_put_text(c->a, link->body, "url",
        arena_printf(c->a, "%s/express/%s", c->box->base, link->id));
    value_put_text(c->a, link->inner, "account", account->id);
    objects_save(c, link);
    return objects_answer(c, link);
}

/* ---- onboarding ---- */

/* The link turns into a visit, which may be reloaded; the link itself is spent. */
void account_links_open(struct call *c)
{
    struct object *link = objects_find(c, "account_link", c->ids[0]);
    if (link == NULL) {
        pages_problem(c, 404, "No such link", "Go back to the site and start again.");
        return;
    }
    bool old = value_get_int(link->body, "expires_at", 0) <= sandbox_now(c->box);
    if (old || value_get_bool(link->inner, "used", false)) {
        pages_redirect(c, value_get_text(link->inner, "refresh_url"));
        return;
    }
    struct object *visit = objects_new(c, "account_link", "visit_");
    value_merge(c->a, visit->inner, link->inner);
    value_put_bool(c->a, visit->inner, "visit", true);
    objects_save(c, visit);
    value_put_bool(c->a, link->inner, "used", true);
    objects_save(c, link);
    pages_redirect(c, arena_printf(c->a, "/onboarding/%s", visit->id));
}

/* The visit and its account, or a page that says there is none. */
static struct object *visited(struct call *c, struct object **visit)
{
    *visit = objects_find(c, "account_link", c->ids[0]);
    if (*visit != NULL && value_get_bool((*visit)->inner, "visit", false) &&
        (*visit)->created_at + VISIT_LIFE_S > sandbox_now(c->box))
        return objects_find(c, "account", value_get_text((*visit)->inner, "account"));
    pages_problem(c, 404, "No such visit", "Go back to the site and start again.");
    return NULL;
}

static void show(struct call *c, const struct object *visit,
    const struct object *account, const char *name, const char *wrong)
{
    struct value *vars = value_object(c->a);
    value_put_text(
        c->a, vars, "action", arena_printf(c->a, "/onboarding/%s", visit->id));
    value_put_text(c->a, vars, "email", value_get_text(account->body, "email"));
    value_put_text(c->a, vars, "name", name);
    value_put_text(c->a, vars, "wrong", wrong);
    value_put_text(c->a, vars, "invalid", wrong == NULL ? "false" : "true");
    pages_answer(c, wrong == NULL ? 200 : 422, "Get paid", "onboarding.html", vars);
}

void account_links_show_form(struct call *c)
{
    struct object *visit, *account = visited(c, &visit);
    if (account != NULL)
        show(c, visit, account, value_get_text(account->body, "business_profile.name"),
            NULL);
}

void account_links_take_form(struct call *c)
{
    struct object *visit, *account = visited(c, &visit);
    if (account == NULL)
        return;
    const char *act = call_text(c, "act"), *name = call_text(c, "legal_name");
    if (text_is(act, "later")) {
        pages_redirect(c, value_get_text(visit->inner, "return_url"));
        return;
    }
    if (text_empty(name)) {
        show(
            c, visit, account, "", "Write the legal name, as it stands on tax papers.");
        return;
    }
    bool slow = text_is(call_text(c, "check"), "slow");
    const char *type = call_text(c, "business_type");
    value_put_text(c->a, account->body, "business_profile.name", name);
    value_put_text(c->a, account->body, "business_type",
        text_is(type, "company") ? "company" : "individual");
    accounts_set_standing(c, account, slow ? ACCOUNT_CHECKING : ACCOUNT_ACTIVE);
    pages_redirect(c, value_get_text(visit->inner, "return_url"));
}

void account_links_show_dashboard(struct call *c)
{
    const struct object *link = objects_find(c, "login_link", c->ids[0]);
    const struct object *account =
        link == NULL
            ? NULL
            : objects_find(c, "account", value_get_text(link->inner, "account"));
    if (account == NULL) {
        pages_problem(c, 404, "No such link", "Go back to the site and start again.");
        return;
    }
    struct value *vars = value_object(c->a);
    value_put_text(
        c->a, vars, "name", value_get_text(account->body, "business_profile.name"));
    value_put_text(c->a, vars, "id", account->id);
    value_put_text(c->a, vars, "transfers",
        value_get_text(account->body, "capabilities.transfers"));
    value_put_text(c->a, vars, "payouts",
        value_get_bool(account->body, "payouts_enabled", false) ? "on" : "off");
    pages_answer(c, 200, "Express dashboard", "dashboard.html", vars);
}
