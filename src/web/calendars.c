#include "web/calendars.h"

#include "domain/calendars.h"
#include "mail/ics.h"

enum { BACK_S = 30 * 86400, AHEAD_S = 366 * 86400 };

enum result web_calendar(struct ctx *c, struct web *w)
{
    struct calendar calendar;
    struct calendar_visit *visits;
    size_t n;
    const char *base = c->conf->base_url;
    TRY(calendars_find(c, route_text(&w->match, "token"), &calendar));
    TRY(calendars_visits(
        c, &calendar, c->now_at - BACK_S, c->now_at + AHEAD_S, &visits, &n));
    response_header(w->res, "Content-Type", "text/calendar; charset=utf-8");
    ics_begin(&w->res->body, c->conf->site_name);
    for (size_t i = 0; i < n; i++) {
        const struct calendar_visit *v = &visits[i];
        const struct ics_event event = {
            .uid = ics_uid(c->arena, ctx_printf(c, "booking-%s", v->uid), base),
            .stamped_at = v->confirmed_at,
            .start_at = v->start_at,
            .end_at = v->end_at,
            .summary = calendar.is_host
                           ? ctx_printf(c, "%s: %s", v->title, v->vendor_name)
                           : v->title,
            .location = v->place,
            .url = ctx_printf(c, "%s/bookings/%lld", base, (long long)v->id),
        };
        ics_add(&w->res->body, &event);
    }
    ics_end(&w->res->body);
    return OK;
}

enum result web_calendar_renew(struct ctx *c, struct web *w)
{
    TRY(calendars_renew(c));
    web_flash(c, w, "ok", "Your calendar has a new address. An older one is void.");
    return web_redirect(w, "/account#calendar");
}

enum result calendars_show(struct ctx *c, struct web *w)
{
    const char *token;
    TRY(calendars_token(c, &token));
    view_bool(w->view, "may_have_calendar", (web_who(c) & (VENDOR | HOST)) != 0);
    view_text(w->view, "calendar_url",
        token == NULL ? ""
                      : ctx_printf(c, "%s/calendar/%s.ics", c->conf->base_url, token));
    return OK;
}
