/* What is asked back of a transfer, and what the host owes where it cannot be had. */
#include "domain/accounts.h"
#include "domain/audit.h"
#include "domain/ledger.h"
#include "domain/transfers.h"
#include "stripe/form.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"

static const char at_stripe[] = "made at Stripe"; /* the reason of one not asked for */

/* ---- asking back ------------------------------------------------------------------
 */

static enum result add_call(
    struct ctx *c, const char *uid, const char *transfer_id, struct cents amount)
{
    struct buf form;
    struct stripe_op op;
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_cents(&form, "amount", amount);
    stripe_form_text(&form, "metadata[app]", "prep");
    stripe_form_text(&form, "metadata[reversal_uid]", uid);
    struct stripe_op_new new = {
        .kind = "rev",
        .subject_uid = uid,
        .attempt = 1,
        .path = ctx_printf(c, "/v1/transfers/%s/reversals", transfer_id),
        .body = stripe_ops_form(c, &form),
    };
    return stripe_ops_add(c, &new, &op);
}

static enum result add(struct ctx *c, const char *uid, int64_t transfer,
    struct cents amount, const char *state, const char *reversal_id, const char *reason)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_ADD_REVERSAL);
    bind_text(q, "uid", uid);
    bind_int(q, "transfer", transfer);
    bind_int(q, "amount_cents", amount.n);
    bind_text(q, "state", state);
    bind_text(q, "reversal_id", reversal_id);
    bind_text(q, "reason", reason);
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

/* Asks for up to *AMOUNT back; what is left of it could not be asked for. */
static enum result ask_back(
    struct ctx *c, const struct booking *b, struct cents *amount, const char *reason)
{
    struct {
        int64_t id, left;
        const char *transfer_id;
    } rows[TRANSFERS_MAX];
    size_t n = 0;
    struct query *q = db_query(c->db, Q_TRANSFERS_REVERSIBLE);
    bind_int(q, "booking_id", b->id);
    enum result r;
    for (QUERY_EACH(q, r)) {
        CHECK(n < TRANSFERS_MAX);
        rows[n].id = col_int(q, "id");
        rows[n].left = col_int(q, "left_cents");
        rows[n++].transfer_id = col_text(q, "transfer_id");
    }
    TRY(query_end(r));
    for (size_t i = 0; i < n && amount->n > 0; i++) {
        struct cents part =
            cents_of(rows[i].left < amount->n ? rows[i].left : amount->n);
        const char *uid = rand_uid(c->arena);
        TRY(add(c, uid, rows[i].id, part, "queued", NULL, reason));
        TRY(add_call(c, uid, rows[i].transfer_id, part));
        TRY(audit_add(c, "reversal.asked", "booking", b->id,
            ctx_printf(c, "%s of %s: %s", cents_format(c->arena, part),
                rows[i].transfer_id, reason)));
        *amount = cents_sub(*amount, part);
    }
    return OK;
}

enum result transfers_take_back(
    struct ctx *c, const struct booking *b, struct cents amount, const char *reason)
{
    return ask_back(c, b, &amount, reason);
}

/* The reason of a reversal, as the host reads it. */
static const char *why_of(struct ctx *c, const char *reason)
{
    static const char *const words[][2] = {
        { TRANSFERS_DISPUTED, "The vendor's bank has asked for the payment back; the "
                              "money stays with us until that is decided." },
        { TRANSFERS_LOST, "The dispute over the payment is lost, and this is your part "
                          "of it." },
        { TRANSFERS_SETTLED, "It was too much, as the books stand after the "
                             "dispute." },
        { TRANSFERS_REFUNDED, "Money went back to the vendor." },
        { TRANSFERS_REFUNDED_MEANWHILE,
            "Money went back to the vendor while it was being sent to you." },
        { TRANSFERS_FROZEN_MEANWHILE, "The payment is being looked at; the money stays "
                                      "with us until that is done." },
        { at_stripe, "We took it back in Stripe's dashboard." },
    };
    for (size_t i = 0; i < COUNT_OF(words); i++)
        if (text_is(words[i][0], reason))
            return words[i][1];
    return ctx_printf(
        c, "Money went back to the vendor: %s%s", reason, text_full_stop(reason));
}

/* What cannot be had back the host owes; his next transfers pay it. */
static enum result owe(struct ctx *c, const struct booking *b, struct cents amount,
    const char *source_id, const char *reason)
{
    TRY(ledger_post(c, &(struct ledger_movement) {
                           .kind = "receivable",
                           .source_id = source_id,
                           .debit = LEDGER_HOST_RECEIVABLE,
                           .credit = LEDGER_HOST_PAYABLE,
                           .amount = amount,
                           .booking_id = b->id,
                           .host_id = b->host_id,
                       }));
    const char *owed = cents_format(c->arena, amount);
    TRY(audit_add(c, "reversal.owed", "booking", b->id,
        ctx_printf(c, "the host owes %s from now on", owed)));
    return bookings_tell_why(c, b, NEWS_DEBT, owed, why_of(c, reason));
}

enum result transfers_tell_kept(
    struct ctx *c, const struct transfer *t, const struct booking *b)
{
    if (t->offset.n == 0)
        return OK;
    return bookings_tell_why(c, b, NEWS_KEPT, cents_format(c->arena, t->offset),
        t->amount.n == 0
            ? "Nothing was left to send."
            : ctx_printf(c, "The rest, %s, has been sent to your Stripe account.",
                  cents_format(c->arena, t->amount)));
}

static enum result count(
    struct ctx *c, enum query_id query, int64_t booking_id, int64_t *out)
{
    struct query *q = db_query(c->db, query);
    bind_int(q, "booking_id", booking_id);
    TRY(query_step(q));
    *out = col_int(q, "n");
    return OK;
}

enum result transfers_settle(struct ctx *c, const struct booking *b, const char *reason)
{
    struct cents payable;
    int64_t claimed, queued;
    TRY(ledger_balance(c, LEDGER_HOST_PAYABLE, b->id, &payable));
    if (payable.n <= 0)
        return OK;
    TRY(count(c, Q_TRANSFERS_UNDER_WAY, b->id, &claimed));
    TRY(count(c, Q_TRANSFERS_REVERSALS_UNDER_WAY, b->id, &queued));
    struct cents amount = cents_of(payable.n - queued);
    if (claimed != 0 || amount.n <= 0)
        return OK;
    TRY(ask_back(c, b, &amount, reason));
    return amount.n == 0 ? OK : owe(c, b, amount, rand_uid(c->arena), reason);
}

/* ---- answers ----------------------------------------------------------------------
 */

struct row {
    int64_t id, transfer, booking_id, host_id;
    const char *uid, *state, *reason;
    struct cents amount;
};

static enum result read_one(struct query *q, struct row *out)
{
    TRY(query_step(q));
    *out = (struct row) {
        .id = col_int(q, "id"),
        .transfer = col_int(q, "transfer"),
        .booking_id = col_int(q, "booking_id"),
        .host_id = col_int(q, "host_id"),
        .uid = col_text(q, "uid"),
        .state = col_text(q, "state"),
        .reason = col_text(q, "reason"),
        .amount = cents_of(col_int(q, "amount_cents")),
    };
    return OK;
}

static enum result by_uid(struct ctx *c, const char *uid, struct row *out)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_REVERSAL_BY_UID);
    bind_text(q, "uid", uid);
    return read_one(q, out);
}

static enum result set_state(struct ctx *c, const struct row *row, const char *state,
    const char *reversal_id, const char *error)
{
    struct query *q = db_query(c->db, Q_TRANSFERS_SET_REVERSAL);
    bind_int(q, "id", row->id);
    bind_text(q, "state", state);
    bind_text(q, "reversal_id", reversal_id);
    bind_text(q, "error", error);
    bind_int(q, "now_at", c->now_at);
    return query_run_one(q);
}

/* The money is with us again. */
static enum result came_back(
    struct ctx *c, const struct row *row, const char *reversal_id)
{
    struct booking b;
    struct query *q = db_query(c->db, Q_TRANSFERS_ADD_REVERSED);
    bind_int(q, "id", row->transfer);
    bind_int(q, "amount_cents", row->amount.n);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run_one(q));
    TRY(ledger_post(c, &(struct ledger_movement) {
                           .kind = "reversal",
                           .source_id = reversal_id,
                           .debit = LEDGER_STRIPE,
                           .credit = LEDGER_HOST_PAYABLE,
                           .amount = row->amount,
                           .booking_id = row->booking_id,
                           .host_id = row->host_id,
                       }));
    const char *amount = cents_format(c->arena, row->amount);
    TRY(audit_add(c, "reversal.succeeded", "booking", row->booking_id,
        ctx_printf(c, "%s, %s", amount, reversal_id)));
    TRY(bookings_get(c, row->booking_id, &b));
    return bookings_tell_why(c, &b, NEWS_TAKEN_BACK, amount, why_of(c, row->reason));
}

/* A dispute may have been won while its reversal was under way. */
static enum result send_again(struct ctx *c, const struct row *row)
{
    struct booking b;
    TRY(bookings_get(c, row->booking_id, &b));
    return transfers_schedule(c, &b);
}

static enum result succeeded(
    struct ctx *c, const struct row *row, const char *reversal_id)
{
    TRY(set_state(c, row, "succeeded", reversal_id, ""));
    TRY(came_back(c, row, reversal_id));
    return send_again(c, row);
}

enum result transfers_reversal_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply)
{
    struct row row;
    struct booking b;
    struct stripe_reversal reversal;
    TRY(by_uid(c, op->subject_uid, &row));
    if (!text_is(row.state, "queued"))
        return OK; /* its event was quicker */
    if (reply->outcome == STRIPE_OK) {
        TRY(stripe_read_reversal(reply->object, &reversal));
        return succeeded(c, &row, reversal.id);
    }
    if (!stripe_refuses(reply))
        return OK; /* sent again, or looked for by listing */
    if (stripe_ops_absent(reply))
        return stripe_ops_again(c, op);
    log_warn("reversal_refused", "%s: %s", row.uid, reply->error.message);
    TRY(set_state(c, &row, "failed", NULL, reply->error.message));
    TRY(bookings_get(c, row.booking_id, &b));
    TRY(owe(c, &b, row.amount, row.uid, row.reason));
    return send_again(c, &row);
}

enum result transfers_apply_reversal(
    struct ctx *c, const struct transfer *t, const struct stripe_reversal *reversal)
{
    struct row row;
    struct query *q = db_query(c->db, Q_TRANSFERS_REVERSAL_BY_ID);
    bind_text(q, "reversal_id", reversal->id);
    enum result r = read_one(q, &row);
    if (r != R_NOT_FOUND)
        return r;
    r = by_uid(c, reversal->reversal_uid, &row);
    if (r == OK && text_is(row.state, "queued"))
        return succeeded(c, &row, reversal->id);
    if (r != R_NOT_FOUND)
        return r;
    TRY(add(c, reversal->id, t->id, reversal->amount, "succeeded", reversal->id,
        at_stripe));
    TRY(by_uid(c, reversal->id, &row));
    log_error("reversal_unknown", "%s was not asked for by us", reversal->id);
    return came_back(c, &row, reversal->id);
}

/* ---- for pages --------------------------------------------------------------------
 */

enum result transfers_reversals_of_booking(
    struct ctx *c, int64_t booking_id, struct reversal **out, size_t *n)
{
    enum { MAX = 50 };
    struct reversal *rows = arena_array(c->arena, MAX, sizeof *rows);
    struct query *q = db_query(c->db, Q_TRANSFERS_REVERSALS_OF_BOOKING);
    bind_int(q, "booking_id", booking_id);
    bind_int(q, "max", MAX);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = (struct reversal) {
            .uid = col_text(q, "uid"),
            .state = col_text(q, "state"),
            .amount = cents_of(col_int(q, "amount_cents")),
            .reversal_id = col_text(q, "reversal_id"),
            .transfer_id = col_text(q, "transfer_id"),
            .reason = col_text(q, "reason"),
            .error = col_text(q, "error"),
            .created_at = col_int(q, "created_at"),
        };
    *out = rows;
    return query_end(r);
}
