#include "web/cancellations.h"

#include "domain/cancellations.h"
#include "util/guard.h"
#include "web/bookings.h"

static const struct field fields[] = {
    { "reason", FIELD_TEXT, "Reason", .max = PURPOSE_MAX },
    { "refund_cents", FIELD_INT, "Refund", .min = 0, .max = INT64_MAX },
};

/* One line of the bill: what was paid, and what goes back of it. "" where the line has
 * no such figure. */
static void show_line(struct view *list, const char *label, const char *paid,
    const char *back, bool total)
{
    struct view *item = view_item(list);
    view_text(item, "label", label);
    view_text(item, "paid", paid);
    view_text(item, "back", back);
    view_bool(item, "is_total", total);
}

static void show_bill(struct ctx *c, struct view *v, const struct cancellation *k)
{
    const struct booking *b = &k->booking;
    const struct refund *back = &k->lines;
    const struct {
        const char *label;
        struct cents paid, back;
    } lines[] = {
        { bookings_base_label(c, b), b->base, back->base },
        { "Cleaning", b->cleaning, back->cleaning },
        { "Service fee", b->service_fee, back->service_fee },
        { "Tax", b->tax, back->tax },
        { "Total", b->total, back->total },
    };
    bool before = k->already.n > 0;
    struct view *list = view_list(v, "bill");
    for (size_t i = 0; i < COUNT_OF(lines); i++)
        if (lines[i].paid.n != 0)
            show_line(list, lines[i].label, cents_format(c->arena, lines[i].paid),
                cents_format(c->arena, lines[i].back),
                i == COUNT_OF(lines) - 1 && !before);
    if (!before)
        return;
    show_line(list, "Decided before", "",
        cents_format(c->arena, cents_of(-k->already.n)), false);
    show_line(
        list, "Goes back now", "", cents_format(c->arena, k->refund.amount), true);
}

static void show_refund(struct ctx *c, struct view *v, const struct cancellation *k)
{
    bool frozen = k->booking.disputed;
    if (!frozen)
        show_bill(c, v, k);
    view_bool(v, "has_bill", !frozen);
    view_text(v, "back", cents_format(c->arena, k->refund.amount));
    view_text(v, "host_keeps", cents_format(c->arena, k->host_keeps));
    view_bool(v, "is_nothing", k->refund.amount.n == 0);
    view_bool(v, "is_frozen", frozen);
}

static enum result show(struct ctx *c, struct web *w, const struct cancellation *k,
    struct form *f, int status)
{
    const struct booking *b = &k->booking;
    bool is_vendor = b->vendor_id == c->actor.user_id,
         is_host = b->host_id == c->actor.user_id;
    bookings_show(c, w->view, b);
    TRY(bookings_show_ladder(c, w->view, b, is_vendor && k->paid));
    view_bool(w->view, "is_vendor_side", is_vendor);
    view_bool(w->view, "is_host_side", is_host);
    view_bool(w->view, "is_staff", !is_vendor && !is_host);
    view_bool(w->view, "is_paid", k->paid);
    show_refund(c, w->view, k);
    /* Whatever was typed: what the page shows now is what is agreed to. */
    form_fill(f, "refund_cents", ctx_printf(c, "%lld", (long long)k->refund.amount.n));
    web_show_form(c, w, f);
    return web_page(c, w, status, "bookings/cancel");
}

enum result web_cancellation(struct ctx *c, struct web *w)
{
    struct cancellation k;
    struct form f;
    TRY(cancellations_preview(c, web_id(w), &k));
    form_fresh(c->arena, fields, COUNT_OF(fields), &f);
    return show(c, w, &k, &f, 200);
}

/* It could not be done. If it still can, only the figures have changed. */
static enum result show_changed(struct ctx *c, struct web *w, struct form *f)
{
    struct cancellation k;
    const char *why = c->message;
    TRY(cancellations_preview(c, web_id(w), &k));
    fail_clear(c);
    form_set_error(f, NULL, why);
    return show(c, w, &k, f, 409);
}

static enum result go_back(struct ctx *c, struct web *w, const struct cancellation *k)
{
    const char *back = cents_format(c->arena, k->refund.amount);
    bool to_me = k->booking.vendor_id == c->actor.user_id;
    web_flash(c, w, "ok",
        !k->paid                  ? "Canceled. Nothing was charged."
        : k->refund.amount.n == 0 ? "Canceled. Nothing goes back."
        : to_me ? ctx_printf(c, "Canceled. %s goes back to your card.", back)
                : ctx_printf(c, "Canceled. %s goes back to the vendor.", back));
    return web_redirect(w, ctx_printf(c, "/bookings/%lld", (long long)k->booking.id));
}

enum result web_cancellation_post(struct ctx *c, struct web *w)
{
    struct cancellation k;
    struct form f;
    web_form(c, w, fields, COUNT_OF(fields), &f);
    TRY(cancellations_preview(c, web_id(w), &k));
    if (!form_ok(&f))
        return show(c, w, &k, &f, 422);
    struct cents shown =
        cents_of(form_has(&f, "refund_cents") ? form_int(&f, "refund_cents") : -1);
    enum result r =
        cancellations_cancel(c, k.booking.id, form_text(&f, "reason"), shown);
    if (r == R_CONFLICT)
        return show_changed(c, w, &f);
    TRY(r);
    return go_back(c, w, &k);
}
