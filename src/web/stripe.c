#include "web/stripe.h"

#include "domain/earnings.h"
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

/* Stripe's word for why it has stopped, as people say it. */
static const char *disabled_words(const char *reason)
{
    static const char *const words[][2] = {
        { "requirements.past_due",
            "Details that Stripe asked for are overdue. Give them, and it goes on." },
        { "requirements.pending_verification",
            "Stripe is looking at what you sent. That takes from minutes to two days; "
            "you have nothing to do." },
        { "under_review",
            "Stripe is reviewing the account. You have nothing to do but wait." },
        { "action_required.requested_capabilities",
            "Stripe wants something more before it pays you. Its pages say what." },
        { "rejected.", "Stripe has closed the account. Its mail to you says why; write "
                       "to Stripe if that is a mistake." },
        { "listed", "Stripe is comparing the account with a list of people who may not "
                    "be paid. You have nothing to do but wait." },
        { "", "Stripe has paused the account. Its pages say why." },
    };
    if (*reason == '\0')
        return "";
    size_t i = 0;
    while (!text_starts(reason, words[i][0]))
        i++;
    return words[i][1];
}

/* What waits because Stripe cannot pay. */
static enum result show_waiting(
    struct ctx *c, struct web *w, const struct host_account *a)
{
    struct earnings_sums sums;
    TRY(earnings_sums(c, &sums));
    bool stopped = !a->transfers_active;
    const struct earnings_sum *next = &sums.scheduled;
    view_text(w->view, "held",
        sums.account.n > 0 ? cents_format(c->arena, sums.account.amount) : "");
    view_textf(w->view, "held_count",
        sums.account.n == 1 ? "%lld booking" : "%lld bookings",
        (long long)sums.account.n);
    view_text(w->view, "next",
        stopped && next->n > 0 ? cents_format(c->arena, next->amount) : "");
    view_text(w->view, "upcoming",
        stopped && sums.upcoming.n > 0 ? cents_format(c->arena, sums.upcoming.amount)
                                       : "");
    return OK;
}

static enum result show(struct ctx *c, struct web *w, bool came_back)
{
    struct host_account a = { .disabled_reason = "", .requirements = "" };
    const struct zone *z;
    TRY(kitchens_zone(c, &z));
    enum result r = host_accounts_get(c, &a);
    if (r != OK && r != R_NOT_FOUND)
        return r;
    view_bool(w->view, "has_account", a.account_id != NULL);
    view_bool(w->view, "is_active", a.transfers_active);
    view_bool(w->view, "payouts_enabled", a.payouts_enabled);
    view_text(w->view, "requirements", a.requirements);
    view_text(w->view, "until",
        *a.requirements == '\0' || a.deadline_at == 0
            ? ""
            : show_when_in(c, z, a.deadline_at));
    view_text(w->view, "disabled", disabled_words(a.disabled_reason));
    TRY(show_waiting(c, w, &a));
    view_text(
        w->view, "checked", a.checked_at == 0 ? "" : show_when_in(c, z, a.checked_at));
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
