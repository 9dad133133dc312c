#include "domain/transfers.h"

#include "domain/accounts.h"
#include "domain/audit.h"
#include "domain/host_accounts.h"
#include "domain/ledger.h"
#include "domain/notices.h"
#include "domain/payments.h"
#include "stripe/form.h"
#include "util/fault.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"

enum { POOR_S = 3600 }; /* our own balance was too low: ask again so much later */

/* ---- rows -------------------------------------------------------------------------
 */

static void read_row(struct query *q, struct transfer *out)
{
    *out = (struct transfer) {
        .id = col_int(q, "id"),
        .uid = col_text(q, "uid"),
        .booking_id = col_int(q, "booking_id"),
        .host_id = col_int(q, "host_id"),
        .attempt = col_int(q, "attempt"),
        .state = col_text(q, "state"),
        .held_for = col_text(q, "held_for"),
        .due_at = col_int(q, "due_at"),
        .claimed_at = col_int(q, "claimed_at"),
        .sent_at = col_int(q, "sent_at"),
        .call = col_int(q, "call"),
        .amount = cents_of(col_int(q, "amount_cents")),
        .offset = cents_of(col_int(q, "offset_cents")),
        .reversed = cents_of(col_int(q, "reversed_cents")),
        .unlinked = col_int(q, "unlinked") != 0,
        .transfer_id = col_text(q, "transfer_id"),
        .reason = col_text(q, "reason"),
    };
}

static enum result read_one(struct query *q, struct transfer *out)
{
    TRY(query_step(q));
    read_row(q, out);
    return OK;
}

static enum result read_rows(
    struct ctx *c, struct query *q, size_t max, struct transfer **out, size_t *n)
{
    struct transfer *rows = arena_array(c->arena, max, sizeof *rows);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        read_row(q, &rows[(*n)++]);
    *out = rows;
    return query_end(r);
}

static enum result get(struct ctx *c, int64_t id, struct transfer *out)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_GET);
    bind_int(q, "id", id);
    return read_one(q, out);
}

static enum result newest(struct ctx *c, int64_t booking_id, struct transfer *out)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_NEWEST);
    bind_int(q, "booking_id", booking_id);
    return read_one(q, out);
}

enum result transfers_of_booking(
    struct ctx *c, int64_t booking_id, struct transfer **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_OF_BOOKING);
    bind_int(q, "booking_id", booking_id);
    bind_int(q, "max", TRANSFERS_MAX);
    return read_rows(c, q, TRANSFERS_MAX, out, n);
}

enum result transfers_failed(
    struct ctx *c, int64_t after_id, size_t max, struct transfer **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_FAILED);
    bind_int(q, "after_id", after_id);
    bind_int(q, "max", (int64_t)max);
    return read_rows(c, q, max, out, n);
}

static enum result read_ids(
    struct ctx *c, enum query_id query, size_t max, int64_t *ids, size_t *n)
{
    struct query *q = db_query(c->db, query);
    bind_int(q, "now_at", c->now_at);
    bind_int(q, "max", (int64_t)(max - *n));
    enum result r;
    for (QUERY_EACH(q, r))
        ids[(*n)++] = col_int(q, "id");
    return query_end(r);
}

enum result transfers_due(struct ctx *c, size_t max, int64_t **ids, size_t *n)
{
    *ids = arena_array(c->arena, max, sizeof **ids);
    *n = 0;
    TRY(read_ids(c, Q_TRANSFERS_DUE, max, *ids, n));
    return read_ids(c, Q_TRANSFERS_RESUMABLE, max, *ids, n);
}

/* What the booking owes its host at this moment; below zero: what he has too much. */
static enum result owed(struct ctx *c, int64_t booking_id, struct cents *out)
{
    TRY(ledger_balance(c, LEDGER_HOST_PAYABLE, booking_id, out));
    *out = cents_of(-out->n);
    return OK;
}

static enum result is_frozen(struct ctx *c, int64_t booking_id, bool *frozen)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_IS_FROZEN);
    bind_int(q, "booking_id", booking_id);
    TRY(query_step(q));
    *frozen = col_int(q, "open") != 0;
    return OK;
}

/* ---- scheduling -------------------------------------------------------------------
 */

static bool is_open(const struct transfer *t)
{
    return !text_is(t->state, "sent") && !text_is(t->state, "reversed");
}

static enum result add(struct ctx *c, const struct booking *b, const char *uid,
    int64_t attempt, bool frozen)
{
    int64_t due_at = b->end_at + TRANSFERS_WAIT_S;
    struct query *q = db_query(c->db, Q_TRANSFERS_ADD);
    bind_text(q, "uid", uid);
    bind_int(q, "booking_id", b->id);
    bind_int(q, "host_id", b->host_id);
    bind_int(q, "attempt", attempt);
    bind_text(q, "state", frozen ? "held" : "scheduled");
    bind_text(q, "held_for", frozen ? "freeze" : "");
    bind_int(q, "due_at", due_at > c->now_at ? due_at : c->now_at);
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

enum result transfers_schedule(struct ctx *c, const struct booking *b)
{
    struct transfer t = { .attempt = 0 };
    struct cents amount;
    bool frozen;
    TRY(owed(c, b->id, &amount));
    enum result r = newest(c, b->id, &t);
    if (r != OK && r != R_NOT_FOUND)
        return r;
    if (amount.n <= 0 || (r == OK && is_open(&t)))
        return OK;
    TRY(is_frozen(c, b->id, &frozen));
    TRY(add(c, b, rand_uid(c->arena), t.attempt + 1, frozen));
    return audit_add(c, "transfer.scheduled", "booking", b->id,
        ctx_printf(c, "%s for the host", cents_format(c->arena, amount)));
}

/* ---- claiming ---------------------------------------------------------------------
 */

/* The debt that is kept from a transfer, posted under the name of the claim. */
static enum result post_offset(
    struct ctx *c, const struct transfer *t, int64_t call, bool undone)
{
    return ledger_post(
        c, &(struct ledger_movement) {
               .kind = undone ? "offset_undone" : "offset",
               .source_id = ctx_printf(c, "%s-a%lld", t->uid, (long long)call),
               .debit = undone ? LEDGER_HOST_RECEIVABLE : LEDGER_HOST_PAYABLE,
               .credit = undone ? LEDGER_HOST_PAYABLE : LEDGER_HOST_RECEIVABLE,
               .amount = t->offset,
               .booking_id = t->booking_id,
               .host_id = t->host_id,
           });
}

static enum result add_call(struct ctx *c, const struct transfer *t,
    const struct booking *b, const char *account_id, const char *charge_id)
{
    struct buf form;
    struct stripe_op op;
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_cents(&form, "amount", t->amount);
    stripe_form_text(&form, "currency", PAYMENTS_CURRENCY);
    stripe_form_text(&form, "destination", account_id);
    stripe_form_text(&form, "source_transaction", t->unlinked ? NULL : charge_id);
    stripe_form_text(&form, "transfer_group", b->uid);
    stripe_form_text(&form, "metadata[app]", "prep");
    stripe_form_text(&form, "metadata[transfer_uid]", t->uid);
    stripe_form_text(&form, "metadata[booking_uid]", b->uid);
    struct stripe_op_new new = {
        .kind = "xfer",
        .subject_uid = t->uid,
        .attempt = t->call + 1,
        .path = "/v1/transfers",
        .body = stripe_ops_form(c, &form),
    };
    return stripe_ops_add(c, &new, &op);
}

static enum result set_sent(
    struct ctx *c, const struct transfer *t, const char *transfer_id)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_SET_SENT);
    bind_int(q, "id", t->id);
    bind_text(q, "transfer_id", transfer_id);
    bind_int(q, "now_at", c->now_at);
    return query_run_one(q);
}

static enum result set_claimed(struct ctx *c, const struct transfer *t)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_CLAIM);
    bind_int(q, "id", t->id);
    bind_int(q, "amount_cents", t->amount.n);
    bind_int(q, "offset_cents", t->offset.n);
    bind_int(q, "now_at", c->now_at);
    return query_run_one(q);
}

/* Held until the account was read again and is found good; the host is told once. */
static enum result hold_for_account(
    struct ctx *c, const struct transfer *t, const char *reason)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_HOLD);
    bind_int(q, "id", t->id);
    bind_text(q, "reason", reason);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run_one(q));
    if (text_is(t->held_for, "account"))
        return OK;
    TRY(audit_add(c, "transfer.held", "booking", t->booking_id, reason));
    return notices_add(c, t->host_id, "transfer_held",
        "Your money for a booking waits: Stripe cannot pay your account. Open Stripe "
        "and give what it asks for; then we send it by ourselves.",
        "/host/stripe");
}

static enum result nothing_to_send(struct ctx *c, const struct transfer *t)
{
    static const char why[] = "nothing is owed any more";
    struct query *q = db_query(c->db, Q_TRANSFERS_SET_NOTHING);
    bind_int(q, "id", t->id);
    bind_text(q, "reason", why);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run_one(q));
    return audit_add(c, "transfer.dropped", "booking", t->booking_id, why);
}

/* The money of T is split into what pays a debt and what is sent. */
static enum result split(struct ctx *c, struct transfer *t, struct cents amount)
{
    struct cents debt;
    TRY(ledger_total(c, LEDGER_HOST_RECEIVABLE, t->host_id, &debt));
    int64_t offset = debt.n <= 0 ? 0 : debt.n < amount.n ? debt.n : amount.n;
    t->offset = cents_of(offset);
    t->amount = cents_sub(amount, t->offset);
    return OK;
}

static enum result claim(struct ctx *c, struct transfer *t, struct cents amount)
{
    struct booking b;
    struct payment p;
    struct host_account account = { .account_id = NULL };
    enum result r = host_accounts_of(c, t->host_id, &account);
    if (r != OK && r != R_NOT_FOUND)
        return r;
    if (account.account_id == NULL || !account.transfers_active)
        return hold_for_account(c, t, "the host's account at Stripe cannot be paid");
    TRY(bookings_get(c, t->booking_id, &b));
    TRY(payments_paid(c, b.id, &p));
    TRY(split(c, t, amount));
    TRY(set_claimed(c, t));
    TRY(post_offset(c, t, t->call + 1, false));
    if (t->amount.n > 0)
        return add_call(c, t, &b, account.account_id, p.charge_id);
    TRY(set_sent(c, t, NULL));
    TRY(transfers_tell_kept(c, t, &b));
    return audit_add(c, "transfer.sent", "booking", b.id,
        ctx_printf(c, "%s, all of it for a debt", cents_format(c->arena, t->offset)));
}

enum result transfers_claim(struct ctx *c, int64_t id)
{
    struct transfer t;
    struct cents amount;
    bool frozen;
    TRY(db_begin(c->db));
    TRY(get(c, id, &t));
    bool waits = t.claimed_at == 0 && t.due_at <= c->now_at &&
                 (text_is(t.state, "scheduled") || text_is(t.held_for, "account"));
    TRY(is_frozen(c, t.booking_id, &frozen));
    if (!waits || frozen)
        return OK; /* another process was quicker */
    TRY(owed(c, t.booking_id, &amount));
    TRY(amount.n <= 0 ? nothing_to_send(c, &t) : claim(c, &t, amount));
    TRY(db_commit(c->db));
    return FAULT("transfers.after_claim") ? R_FAULT : OK;
}

/* ---- answers ----------------------------------------------------------------------
 */

static enum result sent(
    struct ctx *c, const struct transfer *t, const struct stripe_transfer *transfer)
{
    struct booking b;
    TRY(bookings_get(c, t->booking_id, &b));
    TRY(set_sent(c, t, transfer->id));
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
    TRY(is_frozen(c, b.id, &frozen));
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

static enum result unclaim(struct ctx *c, const struct transfer *t, const char *state,
    int64_t due_at, bool unlinked, const char *reason)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_UNCLAIM);
    bind_int(q, "id", t->id);
    bind_text(q, "state", state);
    bind_int(q, "due_at", due_at);
    bind_int(q, "unlinked", unlinked);
    bind_text(q, "reason", reason);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run_one(q));
    return post_offset(c, t, t->call, true);
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
    TRY(unclaim(c, t, "scheduled", t->due_at, t->unlinked, ""));
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
        TRY(unclaim(c, t, "scheduled", t->due_at, t->unlinked, e->message));
        TRY(host_accounts_suspect(c, t->host_id));
        TRY(tell_staff(c, t, "is held, Stripe does not pay its host", e->message));
        return hold_for_account(c, t, e->message);
    case REFUSED_POOR:
        log_error("transfer_poor", "%s: our balance at Stripe is too low", t->uid);
        TRY(tell_staff(c, t, "waits, our balance is too low", e->message));
        return unclaim(c, t, "scheduled", c->now_at + POOR_S, t->unlinked, e->message);
    case REFUSED:
        /* Whether a charge can carry a second transfer after a reversal is not known
         * for sure (STRIPE.md 4.9): without the link it comes from our balance. */
        if (t->attempt > 1 && !t->unlinked)
            return unclaim(c, t, "scheduled", c->now_at, true, e->message);
        break;
    }
    log_error("transfer_failed", "%s: %s", t->uid, e->message);
    TRY(tell_staff(c, t, "has failed", e->message));
    return unclaim(c, t, "failed", t->due_at, t->unlinked, e->message);
}

enum result transfers_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply)
{
    struct transfer t;
    struct stripe_transfer transfer;
    struct query *q = db_query(c->db, Q_TRANSFERS_BY_UID);
    bind_text(q, "uid", op->subject_uid);
    TRY(read_one(q, &t));
    bool waits = text_is(t.state, "scheduled") && t.claimed_at != 0;
    if (!waits || t.call != op->attempt)
        return OK; /* its event was quicker */
    if (reply->outcome == STRIPE_OK) {
        TRY(stripe_read_transfer(reply->object, &transfer));
        return sent(c, &t, &transfer);
    }
    if (stripe_ops_absent(reply))
        return absent(c, &t);
    if (reply->outcome == STRIPE_DEFINITIVE || reply->outcome == STRIPE_DECLINED)
        return refused(c, &t, &reply->error);
    return OK; /* sent again, or looked for by listing */
}

/* ---- freezes, and trying again ----------------------------------------------------
 */

static enum result set_all(struct ctx *c, enum query_id query, int64_t booking_id)
{
    struct query *q = db_query(c->db, query);
    bind_int(q, "booking_id", booking_id);
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

/* Takes back a claim whose call was not sent. One that may have been stays: its answer
 * finds the freeze. */
static enum result take_back_claim(struct ctx *c, const struct booking *b)
{
    struct transfer t;
    enum result r = newest(c, b->id, &t);
    if (r != OK || t.claimed_at == 0 || !text_is(t.state, "scheduled"))
        return query_end(r);
    r = stripe_ops_withdraw(c, "xfer", t.uid, t.call);
    return r == R_CONFLICT ? OK
           : r != OK       ? r
                           : unclaim(c, &t, "scheduled", t.due_at, t.unlinked, "");
}

enum result transfers_heed_freezes(struct ctx *c, const struct booking *b)
{
    bool frozen;
    TRY(is_frozen(c, b->id, &frozen));
    if (!frozen)
        return set_all(c, Q_TRANSFERS_THAW, b->id);
    TRY(take_back_claim(c, b));
    return set_all(c, Q_TRANSFERS_FREEZE, b->id);
}

static enum result revive(struct ctx *c, int64_t id)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_RETRY);
    bind_int(q, "id", id);
    bind_int(q, "now_at", c->now_at);
    return query_run_one(q);
}

enum result transfers_retry(struct ctx *c, int64_t id)
{
    struct transfer t;
    TRY(accounts_admin_only(c, "sends transfers again"));
    TRY(db_begin(c->db));
    enum result r = get(c, id, &t);
    if (r == OK)
        r = revive(c, id);
    if (r == R_CONFLICT || r == R_NOT_FOUND)
        return fail(c, r, "This transfer does not wait for anybody any more.");
    TRY(r);
    TRY(audit_add(c, "transfer.retried", "booking", t.booking_id, ""));
    return db_commit(c->db);
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
    enum result r = newest(c, b.id, t);
    if (r != OK && r != R_NOT_FOUND)
        return r;
    if (r == R_NOT_FOUND || !is_open(t)) {
        TRY(add(c, &b, transfer->transfer_uid, t->attempt + 1, false));
        TRY(newest(c, b.id, t));
    }
    log_warn("transfer_adopted", "%s for booking %lld", transfer->id, (long long)b.id);
    return OK;
}

static enum result find(
    struct ctx *c, const struct stripe_transfer *transfer, struct transfer *t)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_BY_TRANSFER);
    bind_text(q, "transfer_id", transfer->id);
    enum result r = read_one(q, t);
    if (r != R_NOT_FOUND)
        return r;
    q = db_query(c->db, Q_TRANSFERS_BY_UID);
    bind_text(q, "uid", transfer->transfer_uid);
    r = read_one(q, t);
    return r == R_NOT_FOUND ? adopt(c, transfer, t) : r;
}

/* An open row becomes the sent one, with the amount that Stripe says. */
static enum result take_over(
    struct ctx *c, struct transfer *t, const struct stripe_transfer *transfer)
{
    if (!is_open(t)) {
        log_error("transfer_twice", "%s: %s has %s already", transfer->id, t->uid,
            t->transfer_id);
        TRY(tell_staff(c, t, "was made twice", transfer->id));
        return audit_add(c, "transfer.unknown", "booking", t->booking_id, transfer->id);
    }
    if (t->claimed_at == 0) {
        TRY(text_is(t->state, "failed") ? revive(c, t->id) : OK);
        t->amount = transfer->amount;
        t->offset = cents_of(0);
        TRY(set_claimed(c, t));
        t->call++;
    }
    return sent(c, t, transfer);
}

static enum result apply(struct ctx *c, const struct stripe_transfer *transfer)
{
    struct transfer t;
    enum result r = find(c, transfer, &t);
    if (r == R_NOT_FOUND) {
        log_error("transfer_unknown", "%s belongs to no booking of ours", transfer->id);
        fail_clear(c);
        return OK;
    }
    TRY(r);
    if (t.transfer_id == NULL || !text_is(t.transfer_id, transfer->id))
        TRY(take_over(c, &t, transfer));
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
