#include "web/receipts.h"

#include "domain/ledger.h"
#include "domain/refunds.h"
#include "util/guard.h"
#include "util/zone.h"
#include "web/bookings.h"
#include "web/show.h"

enum { ROWS_MAX = 1000 };

/* When the charge came into the books; before there were books, when it confirmed. */
static enum result paid_at(
    struct ctx *c, const struct booking *b, const struct payment *p, int64_t *at)
{
    struct ledger_row *rows;
    size_t n;
    *at = b->confirmed_at;
    TRY(ledger_of_booking(c, b->id, ROWS_MAX, &rows, &n));
    for (size_t i = 0; i < n; i++)
        if (text_is(rows[i].source_id, p->charge_id)) {
            *at = rows[i].at;
            break;
        }
    return OK;
}

/* What is with the card again, or on its way there. */
static enum result show_refunds(struct ctx *c, struct web *w, const struct booking *b,
    const struct payment *p, const struct zone *z)
{
    static const struct {
        const char *state, *label;
    } words[] = {
        { "queued", "Refund, on its way" },
        { "pending", "Refund, on its way" },
        { "succeeded", "Refund" },
    };
    struct refund_row *rows;
    struct cents balance = p->amount;
    size_t n;
    TRY(refunds_of_booking(c, b->id, &rows, &n));
    struct view *list = view_list(w->view, "refunds");
    for (size_t i = 0; i < n; i++)
        for (size_t k = 0; k < COUNT_OF(words); k++) {
            if (rows[i].payment_id != p->id || !text_is(rows[i].state, words[k].state))
                continue;
            struct view *item = view_item(list);
            view_text(item, "label", words[k].label);
            view_text(item, "when", zone_format(c->arena, z, rows[i].updated_at));
            view_text(item, "refund_id", rows[i].refund_id);
            view_text(item, "amount",
                cents_format(c->arena, cents_of(-rows[i].split.amount.n)));
            balance = cents_sub(balance, rows[i].split.amount);
        }
    view_text(w->view, "balance", cents_format(c->arena, balance));
    return OK;
}

/* "8.5 %" */
static const char *percent(struct ctx *c, int64_t bp)
{
    int64_t whole = bp / 100, rest = bp % 100;
    if (rest == 0)
        return ctx_printf(c, "%lld %%", (long long)whole);
    return rest % 10 == 0
               ? ctx_printf(c, "%lld.%lld %%", (long long)whole, (long long)rest / 10)
               : ctx_printf(c, "%lld.%02lld %%", (long long)whole, (long long)rest);
}

enum result web_receipt(struct ctx *c, struct web *w)
{
    struct booking b;
    struct payment p;
    int64_t at;
    TRY(bookings_get(c, web_id(w), &b));
    enum result r =
        b.host_id == c->actor.user_id ? R_NOT_FOUND : payments_paid(c, b.id, &p);
    if (r == R_NOT_FOUND)
        return fail(c, r, "There is a receipt only for who has paid a booking.");
    TRY(r);
    TRY(paid_at(c, &b, &p, &at));
    const struct zone *z = zone_find(b.timezone);
    CHECK(z != NULL);
    bookings_show(c, w->view, &b);
    bookings_show_lines(c, w->view, &b);
    view_text(w->view, "number", b.uid);
    view_text(w->view, "issued", zone_format_date(c->arena, z, at));
    view_text(w->view, "paid_when", zone_format(c->arena, z, at));
    view_text(w->view, "paid_iso", show_iso(c, at));
    view_text(w->view, "paid", cents_format(c->arena, p.amount));
    view_text(w->view, "intent_id", p.intent_id);
    view_text(w->view, "charge_id", p.charge_id);
    view_text(w->view, "tax_rate", percent(c, b.tax_bp));
    TRY(show_refunds(c, w, &b, &p, z));
    return web_page(c, w, 200, "bookings/receipt");
}
