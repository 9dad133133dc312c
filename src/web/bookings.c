#include "web/bookings.h"

#include <string.h>

#include "domain/agenda.h"
#include "domain/audit.h"
#include "domain/cancellations.h"
#include "domain/visits.h"
#include "mail/ics.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/zone.h"
#include "web/booking_money.h"
#include "web/show.h"

enum { PER_PAGE = 20 };

/* ---- showing ----------------------------------------------------------------------
 */

static void show_line(struct ctx *c, struct view *list, const char *label,
    struct cents amount, bool total)
{
    struct view *item = view_item(list);
    view_text(item, "label", label);
    view_text(item, "amount", cents_format(c->arena, amount));
    view_bool(item, "is_total", total);
}

const char *bookings_base_label(struct ctx *c, const struct booking *b)
{
    int64_t minutes = (b->end_at - b->start_at) / 60;
    return ctx_printf(c,
        minutes % 60 == 0 ? "Kitchen, %lld h" : "Kitchen, %lld h %lld min",
        (long long)(minutes / 60), (long long)(minutes % 60));
}

void bookings_show_lines(struct ctx *c, struct view *v, const struct booking *b)
{
    struct view *list = view_list(v, "lines");
    show_line(c, list, bookings_base_label(c, b), b->base, false);
    if (b->cleaning.n != 0)
        show_line(c, list, "Cleaning", b->cleaning, false);
    show_line(c, list, "Service fee", b->service_fee, false);
    show_line(c, list, "Tax", b->tax, false);
    show_line(c, list, "Total", b->total, true);
}

enum result bookings_show_ladder(
    struct ctx *c, struct view *v, const struct booking *b, bool wanted)
{
    struct cancellation_step rows[LADDER_MAX];
    struct cents less = { 0 };
    size_t n = 0;
    const struct zone *z = zone_find(b->timezone);
    if (wanted)
        TRY(cancellations_ladder(c, b, rows, &n, &less));
    struct view *list = view_list(v, "ladder");
    for (size_t i = 0; i < n; i++) {
        struct view *item = view_item(list);
        view_textf(
            item, "until", "until %s", zone_format(c->arena, z, rows[i].until_at));
        view_textf(item, "share", "%lld %%", (long long)(rows[i].bp / 100));
        view_text(item, "amount", cents_format(c->arena, rows[i].back));
        view_bool(item, "is_now", i == 0);
    }
    view_bool(v, "has_ladder", n > 0);
    view_text(v, "ladder_less", less.n > 0 ? cents_format(c->arena, less) : "");
    return OK;
}

void bookings_show(struct ctx *c, struct view *v, const struct booking *b)
{
    const struct zone *z = zone_find(b->timezone);
    CHECK(z != NULL);
    view_int(v, "id", b->id);
    view_textf(v, "url", "/bookings/%lld", (long long)b->id);
    view_textf(
        v, "kitchen_url", "/listings/%lld-%s", (long long)b->kitchen_id, b->slug);
    view_text(v, "title", b->title);
    view_text(v, "space", b->whole ? "" : b->space_name);
    view_text(v, "when", bookings_when(c, b));
    view_text(v, "start_iso", show_iso(c, b->start_at));
    view_text(v, "state", bookings_state_name(b->state));
    view_text(v, "state_label", bookings_state_label(b->state));
    view_text(v, "total", cents_format(c->arena, b->total));
    view_text(v, "host_amount", cents_format(c->arena, b->host));
    view_int(v, "guest_count", b->guest_count);
    view_text(v, "purpose", b->purpose);
    view_text(v, "special_requests", b->special_requests);
    view_textf(
        v, "address", "%s, %s, %s %s", b->address, b->city, b->region, b->postal_code);
    view_text(v, "vendor_name", b->vendor_name);
    view_text(v, "vendor_business", b->vendor_business);
    view_text(v, "host_name", b->host_name);
    view_text(v, "hold_until", zone_format(c->arena, z, b->hold_until));
    view_text(v, "hold_until_iso", show_iso(c, b->hold_until));
}

/* ---- lists ------------------------------------------------------------------------
 */

static void show_tabs(struct ctx *c, struct web *w, bool past)
{
    static const char *const labels[] = { "Coming up", "Past" };
    struct view *list = view_list(w->view, "tabs");
    for (int i = 0; i < 2; i++) {
        struct view *item = view_item(list);
        view_text(item, "label", labels[i]);
        view_text(
            item, "url", ctx_printf(c, i == 0 ? "%s" : "%s?show=past", w->req.path));
        view_bool(item, "is_here", past == (i == 1));
    }
    view_bool(w->view, "is_past", past);
}

void bookings_show_rows(
    struct ctx *c, struct view *list, const struct booking *rows, size_t n)
{
    for (size_t i = 0; i < n; i++) {
        const struct booking *b = &rows[i];
        struct view *item = view_item(list);
        bool is_host = b->host_id == c->actor.user_id;
        bookings_show(c, item, b);
        view_text(item, "with", is_host ? b->vendor_name : b->host_name);
        view_bool(item, "in_vain", b->total.n <= 0 && !bookings_live(b->state));
        view_bool(item, "to_pay",
            !is_host && b->state == BOOKING_HELD && b->hold_until > c->now_at);
    }
}

/* A page begins after booking ?before=ID, if that is one's own. */
static void start_after(struct ctx *c, const struct web *w, struct bookings_filter *f)
{
    struct booking b;
    int64_t id = web_before(w);
    if (id == 0 || bookings_get(c, id, &b) != OK) {
        fail_clear(c);
        return;
    }
    f->after_at = b.start_at;
    f->after_id = b.id;
}

/* Each side reads what is its own of each as things stand. */
static enum result show_sums(
    struct ctx *c, bool as_host, struct booking *rows, size_t n)
{
    struct agenda_sum sums[PER_PAGE];
    for (size_t i = 0; i < n; i++)
        sums[i] = (struct agenda_sum) { rows[i].id, rows[i].state,
            as_host ? rows[i].host : rows[i].total };
    TRY(agenda_sums(c, as_host, sums, n));
    for (size_t i = 0; i < n; i++)
        *(as_host ? &rows[i].host : &rows[i].total) = sums[i].amount;
    return OK;
}

static enum result show_list(struct ctx *c, struct web *w, bool as_host)
{
    struct booking *rows;
    size_t n;
    struct bookings_filter f = {
        .as_host = as_host,
        .past = text_is(params_get(w->req.query, "show"), "past"),
    };
    start_after(c, w, &f);
    TRY(bookings_list(c, &f, PER_PAGE + 1, &rows, &n));
    n = WEB_PAGED(c, w, rows, n, PER_PAGE, id);
    show_tabs(c, w, f.past);
    TRY(show_sums(c, as_host, rows, n));
    bookings_show_rows(c, view_list(w->view, "bookings"), rows, n);
    return OK;
}

enum result web_bookings(struct ctx *c, struct web *w)
{
    TRY(show_list(c, w, false));
    return web_page(c, w, 200, "bookings/list");
}

enum result web_host_bookings(struct ctx *c, struct web *w)
{
    struct booking *rows;
    size_t n;
    TRY(bookings_requests(c, PER_PAGE, &rows, &n));
    bookings_show_rows(c, view_list(w->view, "requests"), rows, n);
    view_bool(w->view, "has_requests", n > 0);
    TRY(show_list(c, w, true));
    return web_page(c, w, 200, "bookings/host");
}

/* ---- one booking ------------------------------------------------------------------
 */

static enum result show_access(struct ctx *c, struct web *w, const struct booking *b)
{
    bool seen = true;
    const struct zone *z = zone_find(b->timezone);
    const char *code = bookings_access(c, b);
    bool waits =
        code == NULL && b->state == BOOKING_CONFIRMED && c->now_at < b->start_at;
    view_text(w->view, "access_code", code);
    view_text(w->view, "access_from",
        waits ? zone_format(c->arena, z, b->start_at - BOOKINGS_ACCESS_EARLY_S) : "");
    view_text(w->view, "access_notes", bookings_on(b->state) ? b->access_notes : "");
    if (code != NULL && b->vendor_id == c->actor.user_id)
        TRY(visits_code_seen(c, b->id, &seen));
    w->code_shown_of = seen ? 0 : b->id;
    return OK;
}

static const char code_seen[] = "booking.code_seen";

/* What a row of the audit trail says to those of the booking; NULL: nothing. */
static const char *history_words(const char *action, bool is_vendor)
{
    static const char *const words[][2] = {
        { "booking.requested", "Asked for" },
        { "booking.held", "Held for payment" },
        { "booking.confirmed", "Confirmed" },
        { "booking.active", "Begun" },
        { "booking.completed", "Over" },
        { "booking.expired", "Expired: not paid in time" },
        { "booking.declined", "Declined by the host" },
        { "booking.canceled", "Canceled" },
        { "booking.no_show", "Nobody came" },
        { "payment.succeeded", "Paid" },
        { "payment.late", "Money came too late and goes back" },
        { "refund.succeeded", "Money given back" },
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_is(words[i][0], action))
            return words[i][1];
    if (!text_is(action, code_seen))
        return NULL;
    return is_vendor ? "You have seen the door code" : "Door code seen by the vendor";
}

/* The newest row that is a state is where the booking stands. */
static enum result show_history(struct ctx *c, struct web *w, const struct booking *b)
{
    const struct zone *z = zone_find(b->timezone);
    struct audit_row *rows;
    size_t n;
    bool found = false;
    TRY(audit_of(c, "booking", b->id, 50, &rows, &n));
    struct view *list = view_list(w->view, "events");
    for (size_t i = 0; i < n; i++) {
        const char *action = rows[i].action;
        const char *text = history_words(action, b->vendor_id == c->actor.user_id);
        bool is_state = text_starts(action, "booking.") && !text_is(action, code_seen);
        if (text == NULL)
            continue;
        struct view *item = view_item(list);
        view_text(item, "when", zone_format(c->arena, z, rows[i].at));
        view_text(item, "when_iso", show_iso(c, rows[i].at));
        view_text(item, "text", text);
        view_text(item, "who", "");
        view_bool(item, "is_now", is_state && !found);
        found = found || is_state;
    }
    return OK;
}

/* Who ended it and why; "": nothing to say. */
static const char *why_ended(struct ctx *c, const struct booking *b)
{
    const char *between = text_empty(b->reason) ? "" : ": ";
    if (b->state == BOOKING_CANCELED && !text_empty(b->canceled_by))
        return ctx_printf(
            c, "Canceled by the %s%s%s", b->canceled_by, between, b->reason);
    return b->state == BOOKING_CANCELED || b->state == BOOKING_DECLINED ? b->reason
                                                                        : "";
}

/* May the acting person cancel it now? */
static void show_cancel(struct ctx *c, struct web *w, const struct booking *b)
{
    struct cancellation k;
    bool may =
        c->actor.role != ROLE_SUPPORT && cancellations_preview(c, b->id, &k) == OK;
    fail_clear(c);
    view_bool(w->view, "can_cancel", may);
}

/* What an administrator gives back. */
static const struct field refund_fields[] = {
    { "amount", FIELD_MONEY, "Amount", .required = true, .min = 1 },
    { "reason", FIELD_TEXT, "Reason", .required = true, .max = REFUNDS_REASON_MAX },
    FIELD_IDEMPOTENCY,
};

static enum result show_staff(
    struct ctx *c, struct web *w, const struct booking *b, const struct form *f)
{
    struct payment p;
    struct refund_split left = { .amount = { 0 } };
    bool is_staff = c->actor.role == ROLE_ADMIN || c->actor.role == ROLE_SUPPORT;
    view_bool(w->view, "is_staff", is_staff);
    if (c->actor.role == ROLE_ADMIN) {
        enum result r = payments_paid(c, b->id, &p);
        if (r == OK)
            r = refunds_left(c, &p, b, &left);
        TRY(query_end(r));
    }
    view_bool(w->view, "can_refund", left.amount.n > 0 && !b->disputed);
    view_text(w->view, "refund_left", cents_format(c->arena, left.amount));
    web_show_form(c, w, f);
    return OK;
}

static void fresh_refund(struct ctx *c, struct form *f)
{
    form_fresh(c->arena, refund_fields, COUNT_OF(refund_fields), f);
    form_fill(f, "idempotency_key", rand_uid(c->arena));
}

/* The host's answer no, as it was sent, or NULL. */
static void show_decline(struct ctx *c, struct web *w, const struct form *f)
{
    view_text(w->view, "decline_reason", f == NULL ? "" : form_raw(f, "reason"));
    view_text(w->view, "decline_error", f == NULL ? "" : form_error(f, "reason"));
    if (f != NULL)
        web_show_errors(c, w, f);
}

static enum result show_booking(struct ctx *c, struct web *w, const struct booking *b,
    const struct form *refund, const struct form *decline, int status)
{
    bool is_vendor = b->vendor_id == c->actor.user_id,
         is_host = b->host_id == c->actor.user_id;
    bool on = bookings_on(b->state);
    bookings_show(c, w->view, b);
    bookings_show_lines(c, w->view, b);
    TRY(bookings_show_ladder(c, w->view, b, on && c->now_at < b->start_at));
    TRY(show_access(c, w, b));
    view_text(w->view, "reason", why_ended(c, b));
    view_bool(w->view, "is_vendor_side", is_vendor);
    view_bool(w->view, "is_host_side", is_host);
    view_bool(w->view, "is_on", on);
    view_bool(w->view, "to_pay",
        is_vendor && b->state == BOOKING_HELD && b->hold_until > c->now_at);
    view_bool(w->view, "to_answer",
        is_host && b->state == BOOKING_REQUESTED && b->hold_until > c->now_at);
    view_bool(w->view, "can_say_no_show",
        is_host && bookings_may(b->state, BOOKING_NO_SHOW, c->actor.role) &&
            c->now_at >= b->start_at && c->now_at < b->end_at + VISITS_NO_SHOW_S);
    view_textf(w->view, "messages_url", "/messages/%lld", (long long)b->id);
    TRY(booking_money_show(c, w->view, b));
    show_cancel(c, w, b);
    TRY(show_staff(c, w, b, refund));
    show_decline(c, w, decline);
    TRY(show_history(c, w, b));
    return web_page(c, w, status, "bookings/show");
}

enum result web_booking(struct ctx *c, struct web *w)
{
    struct booking b;
    struct form f;
    TRY(bookings_get(c, web_id(w), &b));
    fresh_refund(c, &f);
    return show_booking(c, w, &b, &f, NULL, 200);
}

/* What was typed is kept. Under a key that has given something else it would never be
 * taken: whoever sends it once more, beside what was given, means it. */
static enum result show_refund_refused(
    struct ctx *c, struct web *w, const struct booking *b, struct form *f)
{
    if (text_is(c->code, "PC-KEY-422"))
        web_used(c, f,
            "This form gave money back before, with another amount or reason "
            "(PC-KEY-422): look below what it was. To give more, send it once more.");
    else
        web_refused(c, f, "amount", NULL);
    return show_booking(c, w, b, f, NULL, 422);
}

enum result web_booking_refund(struct ctx *c, struct web *w)
{
    struct booking b;
    struct form f;
    TRY(bookings_get(c, web_id(w), &b));
    web_form(c, w, refund_fields, COUNT_OF(refund_fields), &f);
    if (!form_ok(&f))
        return show_booking(c, w, &b, &f, NULL, 422);
    enum result r = refunds_give(c, b.id, form_money(&f, "amount"),
        form_text(&f, "reason"), form_text(&f, "idempotency_key"));
    if (r == R_INVALID)
        return show_refund_refused(c, w, &b, &f);
    TRY(r);
    web_flash(c, w, "ok", "It goes back to the card.");
    return web_redirect(w, ctx_printf(c, "/bookings/%lld", (long long)b.id));
}

enum result web_booking_calendar(struct ctx *c, struct web *w)
{
    struct booking b;
    TRY(bookings_get(c, web_id(w), &b));
    if (!bookings_live(b.state) || b.confirmed_at == 0)
        return fail(c, R_NOT_FOUND, "Only a confirmed booking has a calendar entry.");
    bool is_host = b.host_id == c->actor.user_id;
    const char *host =
        c->conf->base_url + (text_starts(c->conf->base_url, "https://") ? 8 : 7);
    struct ics_event event = {
        .uid = ctx_printf(c, "booking-%s@%.*s", b.uid, (int)strcspn(host, ":/"), host),
        .stamped_at = b.confirmed_at,
        .start_at = b.start_at,
        .end_at = b.end_at,
        .summary = is_host ? ctx_printf(c, "%s: %s", b.title, b.vendor_name) : b.title,
        .location =
            ctx_printf(c, "%s, %s, %s %s", b.address, b.city, b.region, b.postal_code),
        .url = ctx_printf(c, "%s/bookings/%lld", c->conf->base_url, (long long)b.id),
    };
    response_header(w->res, "Content-Type", "text/calendar; charset=utf-8");
    response_attachment(w->res, "booking.ics");
    ics_begin(&w->res->body, NULL);
    ics_add(&w->res->body, &event);
    ics_end(&w->res->body);
    return OK;
}

/* ---- the host's answer ------------------------------------------------------------
 */

enum result web_host_booking_no_show(struct ctx *c, struct web *w)
{
    TRY(visits_no_show(c, web_id(w)));
    web_flash(c, w, "ok", "Noted. You are paid as if somebody had come.");
    return web_redirect(w, ctx_printf(c, "/bookings/%lld", (long long)web_id(w)));
}

enum result web_host_booking_accept(struct ctx *c, struct web *w)
{
    TRY(bookings_accept(c, web_id(w)));
    web_flash(c, w, "ok",
        "Accepted. The vendor has a day to pay; we tell you when it is booked.");
    return web_redirect(w, "/host/bookings");
}

static const struct field decline_fields[] = {
    { "reason", FIELD_TEXT, "Reason", .max = PURPOSE_MAX },
};

enum result web_host_booking_decline(struct ctx *c, struct web *w)
{
    struct booking b;
    struct form f, refund;
    web_form(c, w, decline_fields, COUNT_OF(decline_fields), &f);
    if (!form_ok(&f)) {
        TRY(bookings_get(c, web_id(w), &b));
        fresh_refund(c, &refund);
        return show_booking(c, w, &b, &refund, &f, 422);
    }
    TRY(bookings_decline(c, web_id(w), form_text(&f, "reason")));
    web_flash(c, w, "ok", "Declined. The time is free again.");
    return web_redirect(w, "/host/bookings");
}
