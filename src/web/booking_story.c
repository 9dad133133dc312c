#include "web/booking_story.h"

#include "domain/disputes.h"
#include "domain/refunds.h"
#include "domain/transfers.h"
#include "util/guard.h"
#include "util/text.h"

/* ---- words ------------------------------------------------------------------------
 */

/* "the host", or "you" where he reads it himself. */
static const char *host(const struct money *m)
{
    return m->side == SIDE_HOST ? "you" : "the host";
}

static const char *hosts(const struct money *m)
{
    return m->side == SIDE_HOST ? "your" : "the host's";
}

static const char *vendors(const struct money *m)
{
    return m->side == SIDE_VENDOR ? "Your" : "The vendor's";
}

static const char *amount(const struct money *m, struct cents n)
{
    return cents_format(m->c->arena, n);
}

static const char *when(const struct money *m, int64_t at)
{
    return zone_format(m->c->arena, m->zone, at);
}

/* ": WHY." or ".", the end of a sentence; WHY may have brought its own. */
static const char *because(const struct money *m, const char *why)
{
    return text_empty(why) ? "." : ctx_printf(m->c, ": %s%s", why, text_full_stop(why));
}

/* What only staff need to know. */
static const char *for_staff(const struct money *m, const char *what)
{
    return m->side != SIDE_STAFF || text_empty(what)
               ? ""
               : ctx_printf(m->c, " Stripe says: %s", what);
}

static struct line *say(struct money *m, int64_t at, const char *text)
{
    static struct line beyond; /* more than anybody reads */
    if (m->n == LINES_MAX)
        return &beyond;
    m->lines[m->n] = (struct line) { .at = at, .text = text, .place = m->n };
    return &m->lines[m->n++];
}

static void add_id(struct line *l, const char *label, const char *id)
{
    if (text_empty(id) || l->ids_n == IDS_MAX)
        return;
    l->ids[l->ids_n].label = label;
    l->ids[l->ids_n++].id = id;
}

/* ---- payments ---------------------------------------------------------------------
 */

/* When a charge came into the books. */
static int64_t charged_at(const struct money *m, const struct payment *p)
{
    for (size_t i = 0; i < m->rows_n; i++)
        if (text_is(m->rows[i].source_id, p->charge_id))
            return m->rows[i].at;
    return m->b->confirmed_at != 0 ? m->b->confirmed_at : p->updated_at;
}

/* An attempt that has brought no money; NULL: not worth a word. */
static const char *open_payment(const struct money *m, const struct payment *p)
{
    if (text_is(p->state, "processing"))
        return ctx_printf(
            m->c, "The bank is working on the payment of %s.", amount(m, p->amount));
    if (m->side != SIDE_STAFF || text_is(p->state, "pending"))
        return NULL;
    return ctx_printf(m->c, "An attempt to pay %s ended without money%s",
        amount(m, p->amount), because(m, p->error));
}

static void say_payment(struct money *m, const struct payment *p)
{
    bool came = payments_has_come(p);
    const char *open = came ? "" : open_payment(m, p);
    struct line *l;
    if (open == NULL)
        return;
    if (p->applied)
        l = say(m, charged_at(m, p),
            ctx_printf(m->c, "%s was charged to the card.", amount(m, p->amount)));
    else if (came)
        l = say(m, charged_at(m, p),
            ctx_printf(m->c,
                "%s was charged too late for the booking; all of it goes back.",
                amount(m, p->amount)));
    else
        l = say(m, p->updated_at, open);
    m->paid = m->paid || came;
    m->applied = m->applied || p->applied;
    add_id(l, "PaymentIntent", p->intent_id);
    add_id(l, "Charge", p->charge_id);
}

static enum result say_payments(struct money *m)
{
    struct payment *rows;
    size_t n;
    TRY(payments_of_booking(m->c, m->b->id, &rows, &n));
    for (size_t i = 0; i < n; i++)
        say_payment(m, &rows[i]);
    return OK;
}

/* Before any money has come. */
static void say_unpaid(struct money *m)
{
    static const struct {
        enum booking_state state;
        const char *text;
    } words[] = {
        { BOOKING_REQUESTED, "Nothing is charged before the host has said yes and the "
                             "vendor has paid." },
        { BOOKING_EXPIRED,
            "Nothing was charged for this booking. Money that arrives too late goes "
            "back in full." },
        { BOOKING_DECLINED, "Nothing was charged for this booking." },
        { BOOKING_CANCELED,
            "Nothing was charged for this booking. Money that arrives too late goes "
            "back in full." },
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (words[i].state == m->b->state)
            say(m, 0, words[i].text);
    if (m->b->state == BOOKING_HELD)
        say(m, 0,
            ctx_printf(m->c, "%s is to be paid until %s. Nothing has been charged yet.",
                amount(m, m->b->total), when(m, m->b->hold_until)));
}

/* ---- refunds ----------------------------------------------------------------------
 */

static const struct refund_words {
    const char *state, *text, *more;
    bool held, staff;
} refund_words[] = {
    { "queued", "goes back to the card", "", false, false },
    { "waiting", "waits at Stripe, and then goes back to the card", "", false, false },
    { "pending", "is on its way back to the card", " Banks take up to ten days.", false,
        false },
    { "succeeded", "went back to the card", "", false, false },
    { "failed", "could not be sent back to the card", " We are looking into it.", true,
        false },
    { "canceled", "was not sent back", "", false, true },
};

/* Pending, and its money has not left us: Stripe waits until our balance there
 * suffices.
 */
static bool waits(const struct money *m, const struct refund_row *row)
{
    for (size_t i = 0; i < m->rows_n; i++)
        if (text_is(m->rows[i].kind, "refund") &&
            text_is(m->rows[i].source_id, row->refund_id))
            return false;
    return text_is(row->state, "pending");
}

static const struct refund_words *words_of(
    const struct money *m, const struct refund_row *row)
{
    const char *state = waits(m, row) ? "waiting" : row->state;
    for (size_t i = 0; i < COUNT_OF(refund_words); i++)
        if (text_is(refund_words[i].state, state))
            return &refund_words[i];
    CHECK(!"a state that the table's CHECK does not know");
    return NULL;
}

static void say_refund(
    struct money *m, const struct refund_row *row, const struct refund_words *words)
{
    bool done = text_is(row->state, "succeeded");
    if (words->staff && m->side != SIDE_STAFF)
        return;
    struct line *l = say(m, done ? row->updated_at : row->created_at,
        ctx_printf(m->c, "%s %s%s%s%s", amount(m, row->split.amount), words->text,
            because(m, row->reason), words->more, for_staff(m, row->error)));
    l->held = words->held;
    add_id(l, "Refund", row->refund_id);
}

static enum result say_refunds(struct money *m)
{
    struct refund_row *rows;
    size_t n;
    TRY(refunds_of_booking(m->c, m->b->id, &rows, &n));
    for (size_t i = 0; i < n; i++)
        say_refund(m, &rows[i], words_of(m, &rows[i]));
    return OK;
}

/* ---- the host's money -------------------------------------------------------------
 */

static const char *frozen_words(const struct money *m)
{
    const char *kind = m->freezes_n > 0 ? m->freezes[0].kind : "";
    return ctx_printf(m->c, "%s for %s is held: %s.", amount(m, m->payable), host(m),
        money_words_frozen(kind, m->side));
}

static void say_held(struct money *m, const char *text)
{
    struct line *l = say(m, INT64_MAX, text);
    l->ahead = true;
    l->held = true;
}

static void say_ahead(struct money *m, int64_t due_at)
{
    struct line *l = say(m, due_at,
        ctx_printf(m->c, "%s leaves for %s on %s%s.", amount(m, m->payable), host(m),
            when(m, due_at),
            due_at == m->b->end_at + TRANSFERS_WAIT_S ? ", 24 hours after the end"
                                                      : ""));
    l->ahead = true;
}

static const char *sent_words(const struct money *m, const struct transfer *t)
{
    if (m->side == SIDE_VENDOR)
        return ctx_printf(m->c, "%s was sent to the host.",
            amount(m, cents_sub(cents_add(t->amount, t->offset), t->reversed)));
    if (t->amount.n == 0)
        return ctx_printf(m->c,
            "%s for %s was kept for what %s owed; nothing was left to send.",
            amount(m, t->offset), host(m), host(m));
    const char *sent = ctx_printf(
        m->c, "%s was sent to %s account at Stripe.", amount(m, t->amount), hosts(m));
    return t->offset.n == 0 ? sent
                            : ctx_printf(m->c, "%s %s was kept for what %s owed.", sent,
                                  amount(m, t->offset), host(m));
}

static const char *held_words(const struct money *m, const struct transfer *t)
{
    const char *n = amount(m, m->payable);
    if (text_is(t->held_for, "freeze"))
        return frozen_words(m);
    if (m->side == SIDE_VENDOR)
        return ctx_printf(m->c, "%s for the host has not left yet.", n);
    if (text_is(t->state, "failed"))
        return ctx_printf(m->c,
            "%s for %s could not be sent. We are looking into it.%s", n, host(m),
            for_staff(m, t->reason));
    return ctx_printf(m->c, "%s for %s is held: Stripe cannot pay %s account yet.%s%s",
        n, host(m), hosts(m),
        m->side == SIDE_HOST ? " Under \"Getting paid\" stands what Stripe wants; then "
                               "it goes by itself."
                             : "",
        for_staff(m, t->reason));
}

static void say_transfer(struct money *m, const struct transfer *t)
{
    bool scheduled = text_is(t->state, "scheduled");
    struct line *l;
    if (text_is(t->state, "reversed") && (t->sent_at == 0 || m->side == SIDE_VENDOR))
        return; /* nothing was left to send, which the refund has said; or all is back
                 */
    if (t->sent_at != 0)
        l = say(m, t->sent_at, sent_words(m, t));
    else if (scheduled && t->claimed_at == 0 && m->payable.n > 0) {
        say_ahead(m, t->due_at);
        return;
    } else if (scheduled && t->claimed_at != 0)
        l = say(m, t->claimed_at,
            ctx_printf(m->c, "%s is being sent to %s account at Stripe.",
                amount(m, t->amount), hosts(m)));
    else {
        if (m->payable.n > 0)
            say_held(m, held_words(m, t));
        return;
    }
    add_id(l, "Transfer", t->transfer_id);
}

static enum result say_transfers(struct money *m)
{
    struct transfer *rows;
    size_t n;
    TRY(transfers_of_booking(m->c, m->b->id, &rows, &n));
    for (size_t i = 0; i < n; i++)
        say_transfer(m, &rows[i]);
    if (n > 0 || !bookings_on(m->b->state) || m->payable.n <= 0)
        return OK;
    if (m->freezes_n > 0)
        say_held(m, frozen_words(m));
    else
        say_ahead(m, m->b->end_at + TRANSFERS_WAIT_S);
    return OK;
}

/* Like a debt, it is between the host and us. */
static enum result say_reversals(struct money *m)
{
    static const char *const words[][2] = {
        { "queued", "is asked back from" },
        { "succeeded", "was taken back from" },
        { "failed", "could not be taken back from" },
    };
    struct reversal *rows;
    size_t n;
    if (m->side == SIDE_VENDOR)
        return OK;
    TRY(transfers_reversals_of_booking(m->c, m->b->id, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        struct line *l = say(m, rows[i].created_at,
            ctx_printf(m->c, "%s %s %s%s%s", amount(m, rows[i].amount),
                text_in_words(words, COUNT_OF(words), rows[i].state), host(m),
                because(m, rows[i].reason), for_staff(m, rows[i].error)));
        add_id(l, "Reversal", rows[i].reversal_id);
        add_id(l, "of transfer", rows[i].transfer_id);
    }
    return OK;
}

static bool has_debts(const struct money *m)
{
    for (size_t i = 0; i < m->rows_n; i++)
        if (text_is(m->rows[i].kind, "receivable"))
            return true;
    return false;
}

static enum result say_debts(struct money *m)
{
    struct debt *rows;
    size_t n;
    if (m->side == SIDE_VENDOR || !has_debts(m))
        return OK;
    TRY(debts_of_booking(m->c, m->b, &rows, &n));
    for (size_t i = n; i > 0; i--)
        say(m, rows[i - 1].at,
            ctx_printf(m->c, "%s could not be had back. %s",
                amount(m, rows[i - 1].amount),
                money_words_debt(m->c, &rows[i - 1], m->side)));
    return OK;
}

/* ---- disputes and freezes ---------------------------------------------------------
 */

/* For staff. Others read that money is held, if it is. */
static void say_freezes(struct money *m)
{
    for (size_t i = 0; i < m->freezes_n && m->side == SIDE_STAFF; i++) {
        const struct freeze *f = &m->freezes[i];
        bool warned = text_is(f->kind, "warning");
        if (text_is(f->kind, "dispute"))
            continue; /* it has a sentence of its own */
        struct line *l = say(m, f->opened_at,
            warned ? "A bank warned of fraud." : "Stripe looks at the payment.");
        l->held = true;
        add_id(l, warned ? "Warning" : "Review", f->source_id);
    }
}

static enum result say_disputes(struct money *m)
{
    struct dispute *rows;
    size_t n;
    TRY(disputes_of_booking(m->c, m->b->id, &rows, &n));
    for (size_t i = 0; i < n; i++) {
        const struct dispute *d = &rows[i];
        m->disputed = m->disputed || d->closed_at == 0;
        const char *bears =
            d->lost && d->host.n > 0 && m->side != SIDE_VENDOR
                ? ctx_printf(m->c, " Of it %s bear%s %s.", host(m),
                      m->side == SIDE_HOST ? "" : "s", amount(m, d->host))
                : "";
        struct line *l = say(m, d->opened_at,
            ctx_printf(m->c, "%s bank %s. %s.%s", vendors(m),
                ctx_printf(m->c,
                    text_starts(d->status, "warning_") ? "asked about %s"
                                                       : "asked for %s back",
                    amount(m, d->amount)),
                disputes_status_label(d->status), bears));
        l->held = d->closed_at == 0;
        add_id(l, "Dispute", d->id);
    }
    return OK;
}

/* ---- all of it --------------------------------------------------------------------
 */

enum result booking_story_tell(struct money *m)
{
    TRY(say_payments(m));
    if (!m->paid)
        say_unpaid(m);
    TRY(say_refunds(m));
    TRY(say_disputes(m));
    say_freezes(m);
    TRY(say_reversals(m));
    TRY(say_debts(m));
    return say_transfers(m);
}
