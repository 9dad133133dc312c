#include "web/stripe.h"

#include "domain/events.h"
#include "domain/host_accounts.h"
#include "web/show.h"

/* ---- webhooks ---------------------------------------------------------------------
 */

/* 200 keeps Stripe from sending it again, 400 says that it is none, anything else
 * that we have not kept it. */
static enum result webhook(struct ctx *c, struct web *w, enum events_endpoint endpoint)
{
    struct span body;
    TRY(request_body(c->arena, &w->req, EVENTS_BODY_MAX, &body));
    enum result r = events_receive(c, endpoint, w->req.stripe_signature, body);
    if (r != OK && r != R_INVALID)
        return r;
    w->res->status = r == OK ? 200 : 400;
    response_header(w->res, "Content-Type", "text/plain; charset=utf-8");
    buf_adds(&w->res->body, r == OK ? "ok\n" : "refused\n");
    return OK;
}

enum result web_stripe_webhook(struct ctx *c, struct web *w)
{
    return webhook(c, w, EVENTS_OURS);
}

enum result web_stripe_webhook_connect(struct ctx *c, struct web *w)
{
    return webhook(c, w, EVENTS_CONNECTED);
}

/* ---- the host's account -----------------------------------------------------------
 */

static enum result show(struct ctx *c, struct web *w, bool came_back)
{
    struct host_account a = { .disabled_reason = "", .requirements = "" };
    enum result r = host_accounts_get(c, &a);
    if (r != OK && r != R_NOT_FOUND)
        return r;
    view_bool(w->view, "has_account", a.account_id != NULL);
    view_bool(w->view, "is_active", a.transfers_active);
    view_bool(w->view, "payouts_enabled", a.payouts_enabled);
    view_text(w->view, "requirements", a.requirements);
    bool checking = text_is(a.disabled_reason, "requirements.pending_verification");
    view_bool(w->view, "is_checking", checking);
    view_bool(w->view, "is_disabled", *a.disabled_reason != '\0' && !checking);
    view_text(w->view, "checked", a.checked_at == 0 ? "" : show_when(c, a.checked_at));
    view_bool(w->view, "came_back", came_back && !a.transfers_active);
    return web_page(c, w, 200, "stripe/account");
}

enum result web_host_stripe(struct ctx *c, struct web *w)
{
    return show(c, w, false);
}

/* Coming back proves nothing and changes nothing: the page's form reads the account. */
enum result web_host_stripe_return(struct ctx *c, struct web *w)
{
    return show(c, w, true);
}

enum result web_host_stripe_connect(struct ctx *c, struct web *w)
{
    const char *url;
    TRY(host_accounts_connect(c, &url));
    return web_redirect_away(w, url);
}

/* A link that Stripe found used or expired: a new one, which is a thing at Stripe
 * only. */
enum result web_host_stripe_refresh(struct ctx *c, struct web *w)
{
    const char *url;
    TRY(host_accounts_link(c, &url));
    return web_redirect_away(w, url);
}

enum result web_host_stripe_login(struct ctx *c, struct web *w)
{
    const char *url;
    TRY(host_accounts_login(c, &url));
    return web_redirect_away(w, url);
}

enum result web_host_stripe_check(struct ctx *c, struct web *w)
{
    struct host_account a;
    TRY(host_accounts_check(c));
    TRY(host_accounts_get(c, &a));
    web_flash(c, w, a.transfers_active ? "ok" : "info",
        a.transfers_active ? "Stripe is ready to pay you."
                           : "Stripe still needs something from you.");
    return web_redirect(w, "/host/stripe");
}
