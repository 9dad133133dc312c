/* What becomes of a transfer at Stripe. */
#include "domain/audit.h"
#include "domain/claims.h"
#include "domain/host_accounts.h"
#include "domain/ledger.h"
#include "domain/notices.h"
#include "domain/transfers.h"
#include "util/guard.h"
#include "util/log.h"

enum { POOR_S = 3600 }; /* our own balance was too low: ask again so much later */

/* ---- answers ----------------------------------------------------------------------
 */

/* What the row and the books have is what Stripe says; another amount than was claimed
 * is that of an earlier claim, which was thought lost. */
static enum result sent(
    struct ctx *c, struct transfer *t, const struct stripe_transfer *transfer)
{
    struct booking b;
    TRY(bookings_get(c, t->booking_id, &b));
    if (t->amount.n != transfer->amount.n)
        log_warn("transfer_amount", "%s: %lld cents were claimed, %s has %lld", t->uid,
            (long long)t->amount.n, transfer->id, (long long)transfer->amount.n);
    t->amount = transfer->amount;
    TRY(transfers_set_sent(c, t, transfer->id));
    TRY(ledger_post(c, &(struct ledger_movement) {
                           .kind = "transfer",
                           .source_id = transfer->id,
                           .debit = LEDGER_HOST_PAYABLE,
                           .credit = LEDGER_STRIPE,
                           .amount = transfer->amount,
                           .booking_id = t->booking_id,
                           .host_id = t->host_id,
                       }));
    const char *amount = cents_format(c->arena, transfer->amount);
    TRY(audit_add(c, "transfer.sent", "booking", b.id,
        ctx_printf(c, "%s, %s", amount, transfer->id)));
    TRY(bookings_tell_amount(c, &b, NEWS_TRANSFER, amount));
    TRY(transfers_tell_kept(c, t, &b));
    /* It may have become too much, or disputed, while it was under way. */
    TRY(transfers_settle(c, &b, TRANSFERS_REFUNDED_MEANWHILE));
    bool frozen;
    TRY(transfers_is_frozen(c, b.id, &frozen));
    return frozen ? transfers_take_back(
                        c, &b, transfer->amount, TRANSFERS_FROZEN_MEANWHILE)
                  : OK;
}

/* What a refusal leads to, by Stripe's code or the parameter that it names; the first
 * row that fits counts. */
enum refusal { REFUSED_ACCOUNT, REFUSED_POOR, REFUSED };

static enum refusal refusal_of(const struct stripe_error *e)
{
    static const struct {
        const char *code, *param;
        enum refusal refusal;
    } rows[] = {
        { "balance_insufficient", NULL, REFUSED_POOR },
        { "insufficient_funds", NULL, REFUSED_POOR },
        { "insufficient_capabilities_for_transfer", NULL, REFUSED_ACCOUNT },
        { "account_invalid", NULL, REFUSED_ACCOUNT },
        { "account_closed", NULL, REFUSED_ACCOUNT },
        { NULL, "destination", REFUSED_ACCOUNT },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (rows[i].code != NULL ? text_is(rows[i].code, e->code)
                                 : text_is(rows[i].param, e->param))
            return rows[i].refusal;
    return REFUSED;
}

static enum result tell_staff(
    struct ctx *c, const struct transfer *t, const char *what, const char *why)
{
    return notices_add_admins(c, "transfer",
        ctx_printf(c, "The transfer for booking %lld %s: %s", (long long)t->booking_id,
            what, why),
        ctx_printf(c, "/bookings/%lld", (long long)t->booking_id));
}

/* It was never made: whatever is owed now is claimed anew. */
static enum result absent(struct ctx *c, const struct transfer *t)
{
    struct booking b;
    TRY(bookings_get(c, t->booking_id, &b));
    TRY(transfers_unclaim(c, t, "scheduled", t->due_at, t->unlinked, ""));
    TRY(audit_add(c, "transfer.absent", "booking", b.id, t->uid));
    return transfers_heed_freezes(c, &b);
}

static enum result refused(
    struct ctx *c, struct transfer *t, const struct stripe_error *e)
{
    struct booking b;
    TRY(bookings_get(c, t->booking_id, &b));
    TRY(audit_add(c, "transfer.refused", "booking", b.id, e->message));
    switch (refusal_of(e)) {
    case REFUSED_ACCOUNT:
        TRY(transfers_unclaim(c, t, "scheduled", t->due_at, t->unlinked, e->message));
        TRY(host_accounts_suspect(c, t->host_id));
        TRY(tell_staff(c, t, "is held, Stripe does not pay its host", e->message));
        return transfers_hold(c, t, e->message);
    case REFUSED_POOR:
        log_error("transfer_poor", "%s: our balance at Stripe is too low", t->uid);
        TRY(tell_staff(c, t, "waits, our balance is too low", e->message));
        return transfers_unclaim(
            c, t, "scheduled", c->now_at + POOR_S, t->unlinked, e->message);
    case REFUSED:
        /* Whether a charge can carry a second transfer after a reversal is not known
         * for sure (STRIPE.md 4.9): without the link it comes from our balance. */
        if (t->attempt > 1 && !t->unlinked)
            return transfers_unclaim(c, t, "scheduled", c->now_at, true, e->message);
        break;
    }
    log_error("transfer_failed", "%s: %s", t->uid, e->message);
    TRY(tell_staff(c, t, "has failed", e->message));
    return transfers_unclaim(c, t, "failed", t->due_at, t->unlinked, e->message);
}

enum result transfers_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply)
{
    struct transfer t;
    struct stripe_transfer transfer;
    TRY(transfers_by_uid(c, op->subject_uid, &t));
    bool waits = text_is(t.state, "scheduled") && t.claimed_at != 0;
    if (!waits || t.call != op->attempt)
        return OK; /* its event was quicker */
    if (reply->outcome == STRIPE_OK) {
        TRY(stripe_read_transfer(reply->object, &transfer));
        return sent(c, &t, &transfer);
    }
    if (stripe_ops_absent(reply))
        return absent(c, &t);
    if (stripe_refuses(reply))
        return refused(c, &t, &reply->error);
    return OK; /* sent again, or looked for by listing */
}

/* ---- what Stripe says -------------------------------------------------------------
 */

/* One that we made and do not know: its row was lost with a restored backup. It takes
 * the place of the row that waits, or gets one of its own. */
static enum result adopt(
    struct ctx *c, const struct stripe_transfer *transfer, struct transfer *t)
{
    struct booking b;
    TRY(bookings_by_uid(c, transfer->booking_uid, &b));
    *t = (struct transfer) { .attempt = 0 };
    enum result r = transfers_newest(c, b.id, t);
    if (r != OK && r != R_NOT_FOUND)
        return r;
    if (r == R_NOT_FOUND || !transfers_is_open(t)) {
        TRY(transfers_add(c, &b, transfer->transfer_uid, t->attempt + 1, false));
        TRY(transfers_newest(c, b.id, t));
    }
    log_warn("transfer_adopted", "%s for booking %lld", transfer->id, (long long)b.id);
    return OK;
}

static enum result find(
    struct ctx *c, const struct stripe_transfer *transfer, struct transfer *t)
{
    enum result r = transfers_by_transfer(c, transfer->id, t);
    if (r == R_NOT_FOUND)
        r = transfers_by_uid(c, transfer->transfer_uid, t);
    return r == R_NOT_FOUND ? adopt(c, transfer, t) : r;
}

/* T's own transfer is another, or it needs none: this one is for a person. He takes it
 * back at Stripe, and the daily look shows both movements as not in our books. */
static enum result made_twice(
    struct ctx *c, const struct transfer *t, const struct stripe_transfer *transfer)
{
    bool first;
    TRY(claims_take(c, "transfer.unknown", transfer->id, &first));
    if (!first)
        return OK;
    log_error("transfer_twice", "%s is one more: %s has %s", transfer->id, t->uid,
        t->transfer_id == NULL ? "no need of one" : t->transfer_id);
    TRY(tell_staff(c, t, "was made twice", transfer->id));
    return audit_add(c, "transfer.unknown", "booking", t->booking_id, transfer->id);
}

/* The call of a claim would make it once more, if it is not sent yet. */
static enum result drop_call(struct ctx *c, const struct transfer *t)
{
    enum result r = stripe_ops_withdraw(c, "xfer", t->uid, t->call);
    return r == R_CONFLICT ? OK : r;
}

/* An open row becomes the sent one. *OURS: the row is that transfer's. */
static enum result take_over(struct ctx *c, struct transfer *t,
    const struct stripe_transfer *transfer, bool *ours)
{
    *ours = transfers_is_open(t);
    if (!*ours)
        return made_twice(c, t, transfer);
    if (t->claimed_at != 0) {
        TRY(drop_call(c, t));
    } else {
        TRY(text_is(t->state, "failed") ? transfers_revive(c, t->id) : OK);
        t->amount = transfer->amount;
        t->offset = cents_of(0);
        TRY(transfers_set_claimed(c, t));
        t->call++;
    }
    return sent(c, t, transfer);
}

static enum result apply(struct ctx *c, const struct stripe_transfer *transfer)
{
    struct transfer t;
    bool ours = true;
    enum result r = find(c, transfer, &t);
    if (r == R_NOT_FOUND) {
        log_error("transfer_unknown", "%s belongs to no booking of ours", transfer->id);
        fail_clear(c);
        return OK;
    }
    TRY(r);
    if (t.transfer_id == NULL || !text_is(t.transfer_id, transfer->id))
        TRY(take_over(c, &t, transfer, &ours));
    if (!ours)
        return OK; /* nor are its reversals */
    json_each(j, transfer->reversals)
    {
        struct stripe_reversal reversal;
        TRY(stripe_read_reversal(j, &reversal));
        TRY(transfers_apply_reversal(c, &t, &reversal));
    }
    return OK;
}

enum result transfers_apply(struct ctx *c, const struct stripe_transfer *transfer)
{
    if (!text_is(transfer->app, "prep"))
        return OK;
    struct actor was = bookings_as_system(c);
    enum result r = apply(c, transfer);
    c->actor = was;
    return r;
}
