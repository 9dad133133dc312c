/* What becomes of a refund at Stripe. */
#include "domain/audit.h"
#include "domain/ledger.h"
#include "domain/refunds.h"
#include "domain/transfers.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"

/* ---- what becomes of one ----------------------------------------------------------
 */

static const struct {
    const char *status, *state; /* Stripe's word, and ours */
    int rank;                   /* what is settled does not become pending again */
} states[] = {
    { "", "queued", 0 },
    { "pending", "pending", 1 },
    { "requires_action", "pending", 1 },
    { "succeeded", "succeeded", 2 },
    { "failed", "failed", 3 },
    { "canceled", "failed", 3 },
    { "", "canceled", 4 },
};

static int rank_of(const char *state)
{
    for (size_t i = 0; i < COUNT_OF(states); i++)
        if (text_is(states[i].state, state))
            return states[i].rank;
    CHECK(!"a state that the table's CHECK does not know");
    return 0;
}

/* What Stripe's word means for us, or NULL. */
static const char *state_of(const char *status)
{
    for (size_t i = 0; i < COUNT_OF(states) && *status != '\0'; i++)
        if (text_is(states[i].status, status))
            return states[i].state;
    return NULL;
}

/* ---- the books --------------------------------------------------------------------
 */

static enum result is_posted(
    struct ctx *c, const char *kind, const char *refund_id, bool *posted)
{
    struct query *q = db_query(c->db, Q_REFUNDS_IS_POSTED);
    bind_text(q, "kind", kind);
    bind_text(q, "refund_id", refund_id);
    TRY(query_step(q));
    *posted = col_int(q, "posted") != 0;
    return OK;
}

/* From our balance to the vendor; BACK: into it again. */
static enum result post(
    struct ctx *c, const struct stripe_refund *refund, int64_t booking_id, bool back)
{
    return ledger_post(c, &(struct ledger_movement) {
                              .kind = back ? "refund_failed" : "refund",
                              .source_id = refund->id,
                              .debit = back ? LEDGER_STRIPE : LEDGER_REFUNDS_DUE,
                              .credit = back ? LEDGER_REFUNDS_DUE : LEDGER_STRIPE,
                              .amount = refund->amount,
                              .booking_id = booking_id,
                          });
}

/* What has moved, once. A refund may be pending for long, for want of money in our
 * balance: until it moves it is owed, and not booked. FAILED: what had moved is back.
 */
static enum result post_moved(
    struct ctx *c, const struct stripe_refund *refund, int64_t booking_id, bool failed)
{
    bool out, back;
    bool moved =
        !text_empty(refund->movement_id) || text_is(refund->status, "succeeded");
    TRY(is_posted(c, "refund", refund->id, &out));
    TRY(is_posted(c, "refund_failed", refund->id, &back));
    if (moved && !out)
        TRY(post(c, refund, booking_id, false));
    return failed && (moved || out) && !back ? post(c, refund, booking_id, true) : OK;
}

/* Stripe has it, and calls it what is STATE for us. */
static enum result move(struct ctx *c, struct refund_row *row,
    const struct stripe_refund *refund, const char *state)
{
    const char *error = refund->failure_reason;
    if (text_is(state, "failed"))
        log_error("refund_failed", "%s: %s", refund->id, error);
    return refunds_set(c, row, refund->id, state, error,
        ctx_printf(c, "%s, %s%s%s", cents_format(c->arena, row->split.amount),
            refund->id, *error == '\0' ? "" : ": ", error));
}

static enum result refused(
    struct ctx *c, struct refund_row *row, const struct stripe_error *e)
{
    struct booking b;
    log_error("refund_refused", "%s: %s", row->uid, e->message);
    if (!text_is(e->code, "charge_already_refunded"))
        return refunds_set(c, row, NULL, "failed", e->message,
            ctx_printf(c, "Stripe refuses it: %s", e->message));
    /* All of it went back another way, which we shall hear of. */
    TRY(bookings_get(c, row->booking_id, &b));
    TRY(refunds_withdraw(c, row, &b, e->message));
    return transfers_schedule(c, &b);
}

enum result refunds_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply)
{
    struct refund_row row;
    struct stripe_refund refund;
    if (reply->outcome == STRIPE_OK) {
        TRY(stripe_read_refund(reply->object, &refund));
        return refunds_apply(c, &refund);
    }
    if (!stripe_refuses(reply))
        return OK; /* sent again, or looked for by listing: it may have happened */
    TRY(refunds_by_uid(c, op->subject_uid, &row));
    if (!text_is(row.state, "queued"))
        return OK;
    return stripe_ops_absent(reply) ? stripe_ops_again(c, op)
                                    : refused(c, &row, &reply->error);
}

/* ---- what Stripe says -------------------------------------------------------------
 */

enum result refunds_cancel_if_unpaid(
    struct ctx *c, const struct payment *p, struct booking *b)
{
    struct refund_split left;
    TRY(refunds_left(c, p, b, &left));
    if (left.amount.n > 0 || b->state != BOOKING_CONFIRMED)
        return OK;
    TRY(bookings_cancel(c, b, "all of the money went back to the vendor"));
    TRY(bookings_tell(c, b, NEWS_CANCELED));
    return bookings_tell(c, b, NEWS_CANCELED_HOST);
}

/* AMOUNT went back at Stripe though we had decided to give back so much that less than
 * that was left: ours, which failed, are withdrawn for it. *BACK is their sum, *LAST
 * one of them. R_BUSY: Stripe gives nothing twice, so one of ours has failed, or will,
 * and we have not heard of it yet. */
static enum result make_room(struct ctx *c, const struct payment *p,
    const struct booking *b, struct cents amount, struct cents *back,
    struct refund_row *last)
{
    struct refund_row *rows;
    struct refund_split left;
    size_t n;
    *back = cents_of(0);
    TRY(refunds_of_booking(c, b->id, &rows, &n));
    TRY(refunds_left(c, p, b, &left));
    for (; n > 0 && cents_add(left.amount, *back).n < amount.n; n--) {
        *last = rows[n - 1];
        if (last->payment_id != p->id || !text_is(last->state, "failed"))
            continue;
        TRY(refunds_withdraw(c, last, b, "given back at Stripe"));
        *back = cents_add(*back, last->split.amount);
    }
    return cents_add(left.amount, *back).n >= amount.n
               ? OK
               : fail(c, R_BUSY,
                     "More went back than was left: the news of another refund is not "
                     "here yet.");
}

/* What is still to go back of those that were withdrawn. */
static enum result ask_for_rest(struct ctx *c, const struct payment *p,
    const struct booking *b, const struct refund_row *withdrawn, struct cents rest)
{
    static const char waits[] = "a bank looks at the payment";
    struct refund_split left, split;
    struct refund_row row;
    TRY(refunds_left(c, p, b, &left));
    split = refunds_share(&left, rest);
    if (!b->disputed || !p->applied)
        return refunds_open(c, p, b, &split, withdrawn->kind, withdrawn->reason);
    TRY(refunds_add(
        c, p, rand_uid(c->arena), &split, withdrawn->kind, withdrawn->reason, &row));
    TRY(refunds_post_owed(c, &row, b, false));
    return refunds_set(c, &row, NULL, "failed", waits, waits);
}

/* One that we do not know: made in the dashboard, or lost with a restored backup. */
static enum result take_over(struct ctx *c, const struct stripe_refund *refund,
    const struct payment *p, struct refund_row *row)
{
    struct booking b;
    struct refund_split left, split;
    struct refund_row withdrawn;
    struct cents back, before, after;
    const char *uid = *refund->refund_uid == '\0' ? refund->id : refund->refund_uid;
    TRY(bookings_get(c, p->booking_id, &b));
    TRY(ledger_entitled(c, b.id, &before));
    TRY(make_room(c, p, &b, refund->amount, &back, &withdrawn));
    TRY(refunds_left(c, p, &b, &left));
    split = refunds_share(&left, refund->amount);
    TRY(refunds_add(
        c, p, uid, &split, p->applied ? "stripe" : "late", "made at Stripe", row));
    TRY(refunds_post_owed(c, row, &b, false));
    TRY(audit_add(c, "refund.taken_over", "booking", b.id,
        ctx_printf(c, "%s, %s, made at Stripe", cents_format(c->arena, split.amount),
            refund->id)));
    if (back.n > refund->amount.n)
        TRY(ask_for_rest(c, p, &b, &withdrawn, cents_sub(back, refund->amount)));
    enum booking_state was = b.state;
    TRY(refunds_cancel_if_unpaid(c, p, &b));
    TRY(ledger_entitled(c, b.id, &after));
    /* A canceled booking has told it; what we had decided was told then. */
    struct cents new = cents_sub(split.amount, back);
    bool told = b.state != was || *refund->refund_uid != '\0' || new.n <= 0;
    if (p->applied && !told)
        TRY(bookings_tell_refund(c, &b, new, cents_sub(before, after), ""));
    TRY(transfers_settle(c, &b, TRANSFERS_REFUNDED));
    /* Ours may have been shared out otherwise, to a cent. */
    return transfers_schedule(c, &b);
}

/* It failed before we heard of it, and nobody here had decided it, or something else
 * has taken its place: it is owed to nobody. What it moved is booked; where there is
 * room for a row, one tells of it. */
static enum result note_failed(struct ctx *c, const struct stripe_refund *refund,
    const struct payment *p, const struct refund_split *left)
{
    static const char why[] = "failed before it was heard of";
    struct refund_row row;
    bool posted;
    struct refund_split split = refunds_share(left, refund->amount);
    if (split.amount.n == refund->amount.n) {
        TRY(refunds_add(c, p, refund->id, &split, p->applied ? "stripe" : "late",
            "made at Stripe", &row));
        TRY(move(c, &row, refund, "failed"));
        TRY(refunds_set(c, &row, refund->id, "canceled", refund->failure_reason, why));
        return post_moved(c, refund, p->booking_id, true);
    }
    TRY(is_posted(c, "refund_failed", refund->id, &posted));
    if (!posted && !text_empty(refund->movement_id))
        TRY(audit_add(c, "refund.failed", "booking", p->booking_id,
            ctx_printf(c, "%s, %s, made at Stripe, %s",
                cents_format(c->arena, refund->amount), refund->id, why)));
    return post_moved(c, refund, p->booking_id, true);
}

/* ---- applying ---------------------------------------------------------------------
 */

static enum result find(
    struct ctx *c, const struct stripe_refund *refund, struct refund_row *row)
{
    enum result r = refunds_by_refund(c, refund->id, row);
    if (r == R_NOT_FOUND && *refund->refund_uid != '\0')
        r = refunds_by_uid(c, refund->refund_uid, row);
    return r;
}

static enum result apply_to(
    struct ctx *c, const struct stripe_refund *refund, struct refund_row *row)
{
    const char *state = state_of(refund->status);
    bool other = row->refund_id != NULL && !text_is(row->refund_id, refund->id);
    if (state == NULL || other)
        return OK;
    if (rank_of(state) > rank_of(row->state))
        TRY(move(c, row, refund, state));
    else if (row->refund_id == NULL)
        return OK; /* refused, by what we heard before */
    return post_moved(
        c, refund, row->booking_id, rank_of(row->state) >= rank_of("failed"));
}

/* One of payment P that has no row yet. */
static enum result meet(
    struct ctx *c, const struct stripe_refund *refund, const struct payment *p)
{
    struct refund_row row;
    struct refund_split left;
    struct booking b;
    if (!payments_has_come(p))
        return fail(c, R_BUSY, "That its payment came is not known yet.");
    TRY(bookings_get(c, p->booking_id, &b));
    TRY(refunds_left(c, p, &b, &left));
    bool failed = text_is(state_of(refund->status), "failed");
    bool lost = *refund->refund_uid != '\0' && left.amount.n >= refund->amount.n;
    if (failed && !lost)
        return note_failed(c, refund, p, &left);
    TRY(take_over(c, refund, p, &row));
    return apply_to(c, refund, &row);
}

static enum result apply(struct ctx *c, const struct stripe_refund *refund)
{
    struct refund_row row;
    struct payment p;
    enum result r = find(c, refund, &row);
    if (r != R_NOT_FOUND)
        return r == OK ? apply_to(c, refund, &row) : r;
    r = payments_by_intent(c, refund->intent_id, &p);
    if (r != R_NOT_FOUND)
        return r == OK ? meet(c, refund, &p) : r;
    log_error("refund_unknown", "%s belongs to no payment of ours", refund->id);
    fail_clear(c);
    return OK;
}

enum result refunds_apply(struct ctx *c, const struct stripe_refund *refund)
{
    struct actor was = bookings_as_system(c);
    enum result r = apply(c, refund);
    c->actor = was;
    return r;
}
