#include "domain/cancellations.h"

#include <string.h>

#include "domain/checkout.h"
#include "domain/transfers.h"
#include "util/guard.h"

enum { ALL_BP = 10000 };

static bool by_vendor(const struct ctx *c, const struct booking *b)
{
    return c->actor.user_id == b->vendor_id;
}

/* Why the acting person cannot cancel it, or NULL. */
static const char *refusal(const struct ctx *c, const struct booking *b)
{
    if (!bookings_may(b->state, BOOKING_CANCELED, c->actor.role))
        return b->state == BOOKING_ACTIVE
                   ? "This booking has begun: it cannot be canceled by you any more. "
                     "Write to the host."
                   : "This booking cannot be canceled any more.";
    if (by_vendor(c, b) && b->state == BOOKING_CONFIRMED && c->now_at >= b->start_at)
        return "This booking has begun: it cannot be canceled by you any more. "
               "Write to the host.";
    if (b->state == BOOKING_REQUESTED && c->actor.user_id == b->host_id)
        return "Decline the request instead.";
    if (b->disputed && c->actor.role != ROLE_ADMIN)
        return by_vendor(c, b)
                   ? "Your bank is looking at this payment. The booking cannot be "
                     "canceled until that is decided; write to us if you do not come."
                   : "The vendor's bank is looking at this payment. The booking cannot "
                     "be canceled until that is decided; write to us if the time has "
                     "to be free.";
    return NULL;
}

static struct terms terms_of(const struct booking *b)
{
    return (struct terms) {
        .base = b->base,
        .cleaning = b->cleaning,
        .service_fee = b->service_fee,
        .tax = b->tax,
        .policy = b->policy,
        .booked_at = b->created_at,
        .start_at = b->start_at,
    };
}

/* The host's part of what goes back: his part of base and cleaning. */
static struct cents host_part(const struct booking *b, const struct refund *r)
{
    struct cents fee = cents_of_bp(r->base, b->host_fee_bp);
    return cents_sub(cents_add(r->base, r->cleaning), fee);
}

/* What is to go back by the policy, LINES, less what was decided before, and never more
 * than is left. */
static struct refund_split split_of(const struct booking *b, const struct refund *lines,
    const struct refund_split *left, struct cents already)
{
    if (already.n == 0 && lines->total.n < left->amount.n)
        return (struct refund_split) {
            .amount = lines->total,
            .host = host_part(b, lines),
            .tax = lines->tax,
        };
    /* The policy speaks of the whole. */
    int64_t more = lines->total.n - already.n;
    if (more > left->amount.n)
        more = left->amount.n;
    return refunds_share(left, cents_of(more < 0 ? 0 : more));
}

static enum result work_out(struct ctx *c, struct cancellation *k)
{
    const struct booking *b = &k->booking;
    struct terms terms = terms_of(b);
    struct refund_split left;
    TRY(refunds_left(c, &k->payment, b, &left));
    k->already = cents_sub(k->payment.amount, left.amount);
    k->lines = by_vendor(c, b) ? pricing_refund(&terms, c->now_at)
                               : pricing_refund_share(&terms, ALL_BP);
    k->refund = split_of(b, &k->lines, &left, k->already);
    if (b->disputed)
        k->refund = (struct refund_split) { .amount = { 0 } };
    k->host_keeps = cents_sub(left.host, k->refund.host);
    return OK;
}

enum result cancellations_ladder(struct ctx *c, const struct booking *b,
    struct cancellation_step out[LADDER_MAX], size_t *n, struct cents *less)
{
    struct ladder_row rows[LADDER_MAX];
    struct terms terms = terms_of(b);
    struct payment p;
    struct refund_split left = { .amount = b->total };
    *n = 0;
    *less = cents_of(0);
    enum result r = payments_paid(c, b->id, &p);
    if (r == OK) {
        TRY(refunds_left(c, &p, b, &left));
        *less = cents_sub(p.amount, left.amount);
    }
    TRY(query_end(r));
    *n = b->disputed ? 0 : pricing_ladder(&terms, c->now_at, rows);
    for (size_t i = 0; i < *n; i++)
        out[i] = (struct cancellation_step) {
            .until_at = rows[i].until_at,
            .bp = rows[i].bp,
            .back = split_of(b, &rows[i].refund, &left, *less).amount,
        };
    return OK;
}

enum result cancellations_preview(struct ctx *c, int64_t id, struct cancellation *out)
{
    *out = (struct cancellation) { .paid = false };
    TRY(bookings_get(c, id, &out->booking));
    const char *why = refusal(c, &out->booking);
    if (why != NULL)
        return fail(c, R_CONFLICT, "%s", why);
    enum result r = payments_paid(c, id, &out->payment);
    if (r == R_NOT_FOUND)
        return OK;
    TRY(r);
    out->paid = true;
    return work_out(c, out);
}

static enum result check_reason(struct ctx *c, const char *reason)
{
    if (!text_utf8_ok(reason, strlen(reason)) || text_has_control(reason) ||
        text_utf8_length(reason) > PURPOSE_MAX)
        return fail(
            c, R_INVALID, "The reason may have at most %d characters.", PURPOSE_MAX);
    return OK;
}

/* For a mail: nothing is not worth a line. */
static const char *amount(struct ctx *c, struct cents n)
{
    return n.n == 0 ? "" : cents_format(c->arena, n);
}

static enum result tell(struct ctx *c, const struct cancellation *k)
{
    const struct booking *b = &k->booking;
    struct cents none = { 0 };
    TRY(bookings_tell_amount(
        c, b, NEWS_CANCELED, amount(c, k->paid ? k->refund.amount : none)));
    if (!k->paid)
        return OK; /* the host never heard of it, or only of a request */
    /* What he keeps of a payment that a bank looks at, the bank decides. */
    return bookings_tell_amount(
        c, b, NEWS_CANCELED_HOST, amount(c, b->disputed ? none : k->host_keeps));
}

enum result cancellations_cancel(
    struct ctx *c, int64_t id, const char *reason, struct cents shown)
{
    struct cancellation k;
    TRY(check_reason(c, reason));
    TRY(cancellations_preview(c, id, &k));
    if (!k.paid)
        TRY(checkout_retire(c, id));
    TRY(db_begin(c->db));
    TRY(cancellations_preview(c, id, &k));
    if (shown.n >= 0 && shown.n != k.refund.amount.n)
        return fail(c, R_CONFLICT,
            "What goes back has changed since you opened the page: it is %s now. Look "
            "again, and decide.",
            cents_format(c->arena, k.refund.amount));
    TRY(bookings_cancel(c, &k.booking, reason));
    if (k.refund.amount.n > 0)
        TRY(refunds_open(c, &k.payment, &k.booking, &k.refund, "cancel",
            ctx_printf(c, "canceled by the %s", k.booking.canceled_by)));
    if (k.paid)
        TRY(transfers_schedule(c, &k.booking));
    TRY(tell(c, &k));
    return db_commit(c->db);
}
