#include "domain/transfers.h"

#include "domain/accounts.h"
#include "domain/audit.h"
#include "domain/host_accounts.h"
#include "domain/ledger.h"
#include "domain/notices.h"
#include "domain/payments.h"
#include "stripe/form.h"
#include "util/fault.h"
#include "util/rand.h"

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
    bind_int(q, "max", (int64_t)max);
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

enum result transfers_by_uid(struct ctx *c, const char *uid, struct transfer *out)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_BY_UID);
    bind_text(q, "uid", uid);
    return read_one(q, out);
}

enum result transfers_by_transfer(
    struct ctx *c, const char *transfer_id, struct transfer *out)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_BY_TRANSFER);
    bind_text(q, "transfer_id", transfer_id);
    return read_one(q, out);
}

enum result transfers_newest(struct ctx *c, int64_t booking_id, struct transfer *out)
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
    return read_rows(c, q, TRANSFERS_MAX, out, n);
}

enum result transfers_failed(
    struct ctx *c, int64_t after_id, size_t max, struct transfer **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_FAILED);
    bind_int(q, "after_id", after_id);
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

enum result transfers_is_frozen(struct ctx *c, int64_t booking_id, bool *frozen)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_IS_FROZEN);
    bind_int(q, "booking_id", booking_id);
    TRY(query_step(q));
    *frozen = col_int(q, "open") != 0;
    return OK;
}

/* ---- scheduling -------------------------------------------------------------------
 */

bool transfers_is_open(const struct transfer *t)
{
    return !text_is(t->state, "sent") && !text_is(t->state, "reversed");
}

enum result transfers_add(struct ctx *c, const struct booking *b, const char *uid,
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
    if (bookings_on(b->state))
        return OK; /* when it is over visits.c comes here */
    TRY(owed(c, b->id, &amount));
    enum result r = transfers_newest(c, b->id, &t);
    if (r != OK && r != R_NOT_FOUND)
        return r;
    if (amount.n <= 0 || (r == OK && transfers_is_open(&t)))
        return OK;
    TRY(transfers_is_frozen(c, b->id, &frozen));
    TRY(transfers_add(c, b, rand_uid(c->arena), t.attempt + 1, frozen));
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

enum result transfers_set_sent(
    struct ctx *c, const struct transfer *t, const char *transfer_id)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_SET_SENT);
    bind_int(q, "id", t->id);
    bind_text(q, "transfer_id", transfer_id);
    bind_int(q, "amount_cents", t->amount.n);
    bind_int(q, "now_at", c->now_at);
    return query_run_one(q);
}

enum result transfers_set_claimed(struct ctx *c, const struct transfer *t)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_CLAIM);
    bind_int(q, "id", t->id);
    bind_int(q, "amount_cents", t->amount.n);
    bind_int(q, "offset_cents", t->offset.n);
    bind_int(q, "now_at", c->now_at);
    return query_run_one(q);
}

enum result transfers_unclaim(struct ctx *c, const struct transfer *t,
    const char *state, int64_t due_at, bool unlinked, const char *reason)
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

enum result transfers_hold(struct ctx *c, const struct transfer *t, const char *reason)
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
        return transfers_hold(c, t, "the host's account at Stripe cannot be paid");
    TRY(bookings_get(c, t->booking_id, &b));
    TRY(payments_paid(c, b.id, &p));
    TRY(split(c, t, amount));
    TRY(transfers_set_claimed(c, t));
    TRY(post_offset(c, t, t->call + 1, false));
    if (t->amount.n > 0)
        return add_call(c, t, &b, account.account_id, p.charge_id);
    TRY(transfers_set_sent(c, t, NULL));
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
    TRY(transfers_is_frozen(c, t.booking_id, &frozen));
    if (!waits || frozen)
        return OK; /* another process was quicker */
    TRY(owed(c, t.booking_id, &amount));
    TRY(amount.n <= 0 ? nothing_to_send(c, &t) : claim(c, &t, amount));
    TRY(db_commit(c->db));
    return FAULT("transfers.after_claim") ? R_FAULT : OK;
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
    enum result r = transfers_newest(c, b->id, &t);
    if (r != OK || t.claimed_at == 0 || !text_is(t.state, "scheduled"))
        return query_end(r);
    r = stripe_ops_withdraw(c, "xfer", t.uid, t.call);
    return r == R_CONFLICT ? OK
           : r != OK       ? r
                     : transfers_unclaim(c, &t, "scheduled", t.due_at, t.unlinked, "");
}

enum result transfers_heed_freezes(struct ctx *c, const struct booking *b)
{
    bool frozen;
    TRY(transfers_is_frozen(c, b->id, &frozen));
    if (!frozen)
        return set_all(c, Q_TRANSFERS_THAW, b->id);
    TRY(take_back_claim(c, b));
    return set_all(c, Q_TRANSFERS_FREEZE, b->id);
}

enum result transfers_revive(struct ctx *c, int64_t id)
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
        r = transfers_revive(c, id);
    if (r == R_CONFLICT || r == R_NOT_FOUND)
        return fail(c, r, "This transfer does not wait for anybody any more.");
    TRY(r);
    TRY(audit_add(c, "transfer.retried", "booking", t.booking_id, ""));
    return db_commit(c->db);
}

enum result transfers_send_owed(struct ctx *c, int64_t booking_id)
{
    struct booking b;
    struct transfer *rows;
    size_t before, after;
    TRY(accounts_admin_only(c, "sends transfers again"));
    TRY(db_begin(c->db));
    TRY(bookings_get(c, booking_id, &b));
    TRY(transfers_of_booking(c, booking_id, &rows, &before));
    TRY(transfers_schedule(c, &b));
    TRY(transfers_of_booking(c, booking_id, &rows, &after));
    if (after == before)
        return fail(c, R_CONFLICT,
            "Nothing is owed to the host of this booking, or it is on its way.");
    TRY(audit_add(c, "transfer.retried", "booking", booking_id, "after a reversal"));
    return db_commit(c->db);
}
