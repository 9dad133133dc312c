#include "domain/refunds.h"

#include "domain/accounts.h"
#include "domain/audit.h"
#include "domain/claims.h"
#include "domain/ledger.h"
#include "domain/notices.h"
#include "domain/transfers.h"
#include "stripe/form.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"

/* ---- rows -------------------------------------------------------------------------
 */

static void read_row(struct query *q, struct refund_row *out)
{
    *out = (struct refund_row) {
        .id = col_int(q, "id"),
        .payment_id = col_int(q, "payment_id"),
        .booking_id = col_int(q, "booking_id"),
        .uid = col_text(q, "uid"),
        .kind = col_text(q, "kind"),
        .split = { cents_of(col_int(q, "amount_cents")),
            cents_of(col_int(q, "host_cents")), cents_of(col_int(q, "tax_cents")) },
        .refund_id = col_text(q, "refund_id"),
        .state = col_text(q, "state"),
        .reason = col_text(q, "reason"),
        .error = col_text(q, "error"),
        .created_at = col_int(q, "created_at"),
        .updated_at = col_int(q, "updated_at"),
    };
}

static enum result read_one(struct query *q, struct refund_row *out)
{
    TRY(query_step(q));
    read_row(q, out);
    return OK;
}

static enum result read_rows(
    struct ctx *c, struct query *q, size_t max, struct refund_row **out, size_t *n)
{
    struct refund_row *rows = arena_array(c->arena, max, sizeof *rows);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        read_row(q, &rows[(*n)++]);
    *out = rows;
    return query_end(r);
}

static enum result by_uid(struct ctx *c, const char *uid, struct refund_row *out)
{
    struct query *q = db_query(c->db, Q_REFUNDS_BY_UID);
    bind_text(q, "uid", uid);
    return read_one(q, out);
}

enum result refunds_of_booking(
    struct ctx *c, int64_t booking_id, struct refund_row **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_REFUNDS_OF_BOOKING);
    bind_int(q, "booking_id", booking_id);
    bind_int(q, "max", REFUNDS_MAX);
    return read_rows(c, q, REFUNDS_MAX, out, n);
}

enum result refunds_failed(
    struct ctx *c, int64_t after_id, size_t max, struct refund_row **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_REFUNDS_FAILED);
    bind_int(q, "after_id", after_id);
    bind_int(q, "max", (int64_t)max);
    return read_rows(c, q, max, out, n);
}

/* ---- splitting --------------------------------------------------------------------
 */

static int64_t between(int64_t least, int64_t n, int64_t most)
{
    return n < least ? least : n > most ? most : n;
}

enum result refunds_left(struct ctx *c, const struct payment *p,
    const struct booking *b, struct refund_split *out)
{
    struct query *q = db_query(c->db, Q_REFUNDS_SUMS);
    bind_int(q, "payment_id", p->id);
    TRY(query_step(q));
    int64_t amount = p->amount.n - col_int(q, "amount");
    int64_t host = p->applied ? b->host.n - col_int(q, "host") : 0;
    int64_t tax = p->applied ? b->tax.n - col_int(q, "tax") : 0;
    /* A bank may have taken more than was paid; it does not ask who bears what. */
    amount = between(0, amount, p->amount.n);
    host = between(0, host, amount);
    *out = (struct refund_split) {
        .amount = cents_of(amount),
        .host = cents_of(host),
        .tax = cents_of(between(0, tax, amount - host)),
    };
    return OK;
}

struct refund_split refunds_share(const struct refund_split *left, struct cents amount)
{
    if (amount.n >= left->amount.n)
        return *left;
    return (struct refund_split) {
        .amount = amount,
        .host = cents_share(left->host, amount.n, left->amount.n),
        .tax = cents_share(left->tax, amount.n, left->amount.n),
    };
}

/* ---- the books --------------------------------------------------------------------
 */

/* Decided: host, tax office and we owe it to the vendor. WITHDRAWN: no longer. A late
 * payment's money was owed to him from the beginning. */
static enum result post_owed(struct ctx *c, const struct refund_row *row,
    const struct booking *b, bool withdrawn)
{
    const struct refund_split *s = &row->split;
    const struct {
        enum ledger_account account;
        struct cents amount;
    } parts[] = {
        { LEDGER_HOST_PAYABLE, s->host },
        { LEDGER_TAX, s->tax },
        { LEDGER_REVENUE, cents_sub(cents_sub(s->amount, s->host), s->tax) },
    };
    if (text_is(row->kind, "late"))
        return OK;
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        TRY(ledger_post(
            c, &(struct ledger_movement) {
                   .kind = withdrawn ? "refund_withdrawn" : "refund_owed",
                   .source_id = row->uid,
                   .debit = withdrawn ? LEDGER_REFUNDS_DUE : parts[i].account,
                   .credit = withdrawn ? parts[i].account : LEDGER_REFUNDS_DUE,
                   .amount = parts[i].amount,
                   .booking_id = b->id,
                   .host_id = b->host_id,
               }));
    return OK;
}

/* With Stripe: from our balance to the vendor; FAILED: back into it. */
static enum result post_paid(
    struct ctx *c, const struct refund_row *row, const char *refund_id, bool failed)
{
    return ledger_post(c, &(struct ledger_movement) {
                              .kind = failed ? "refund_failed" : "refund",
                              .source_id = refund_id,
                              .debit = failed ? LEDGER_STRIPE : LEDGER_REFUNDS_DUE,
                              .credit = failed ? LEDGER_REFUNDS_DUE : LEDGER_STRIPE,
                              .amount = row->split.amount,
                              .booking_id = row->booking_id,
                          });
}

/* ---- deciding ---------------------------------------------------------------------
 */

static enum result add_call(
    struct ctx *c, const char *uid, const char *intent_id, struct cents amount)
{
    struct buf form;
    struct stripe_op op = { .attempt = 0 };
    enum result r = stripe_ops_newest(c, "ref", uid, &op);
    if (r != OK && r != R_NOT_FOUND)
        return r;
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_text(&form, "payment_intent", intent_id);
    stripe_form_cents(&form, "amount", amount);
    stripe_form_text(&form, "reason", "requested_by_customer");
    stripe_form_text(&form, "metadata[app]", "prep");
    stripe_form_text(&form, "metadata[refund_uid]", uid);
    struct stripe_op_new new = {
        .kind = "ref",
        .subject_uid = uid,
        .attempt = op.attempt + 1,
        .path = "/v1/refunds",
        .body = stripe_ops_form(c, &form),
    };
    return stripe_ops_add(c, &new, &op);
}

static enum result add(struct ctx *c, const struct payment *p, const char *uid,
    const struct refund_split *split, const char *kind, const char *reason,
    struct refund_row *out)
{
    struct query *q = db_query(c->db, Q_REFUNDS_ADD);
    bind_text(q, "uid", uid);
    bind_int(q, "payment_id", p->id);
    bind_int(q, "amount_cents", split->amount.n);
    bind_int(q, "host_cents", split->host.n);
    bind_int(q, "tax_cents", split->tax.n);
    bind_text(q, "kind", kind);
    bind_text(q, "reason", reason);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    return by_uid(c, uid, out);
}

enum result refunds_open(struct ctx *c, const struct payment *p,
    const struct booking *b, const struct refund_split *split, const char *kind,
    const char *reason)
{
    struct refund_split left;
    struct refund_row row;
    CHECK(p->intent_id != NULL);
    TRY(refunds_left(c, p, b, &left));
    if (split->amount.n <= 0 || split->amount.n > left.amount.n)
        return fail(c, R_CONFLICT, "Only %s of this payment is left to give back.",
            cents_format(c->arena, left.amount));
    if (b->disputed && p->applied)
        return fail(c, R_CONFLICT,
            "The vendor's bank is looking at this payment. What it decides goes back "
            "by itself; nothing can be refunded until then.");
    TRY(add(c, p, rand_uid(c->arena), split, kind, reason, &row));
    TRY(post_owed(c, &row, b, false));
    TRY(add_call(c, row.uid, p->intent_id, split->amount));
    TRY(audit_add(c, "refund.decided", "booking", b->id,
        ctx_printf(c, "%s, %s of it the host's: %s",
            cents_format(c->arena, split->amount), cents_format(c->arena, split->host),
            reason)));
    return transfers_settle(c, b, reason);
}

static enum result give(
    struct ctx *c, int64_t booking_id, struct cents amount, const char *reason)
{
    struct booking b;
    struct payment p;
    struct refund_split left;
    TRY(bookings_get(c, booking_id, &b));
    enum result r = payments_paid(c, booking_id, &p);
    if (r == R_NOT_FOUND)
        return fail(c, R_CONFLICT, "Nothing was paid for this booking.");
    TRY(r);
    TRY(refunds_left(c, &p, &b, &left));
    if (amount.n <= 0 || amount.n > left.amount.n)
        return fail(c, R_INVALID, "Between $0.01 and %s can go back.",
            cents_format(c->arena, left.amount));
    struct refund_split split = refunds_share(&left, amount);
    TRY(refunds_open(c, &p, &b, &split, "goodwill", reason));
    return bookings_tell_amount(
        c, &b, NEWS_REFUNDED, cents_format(c->arena, split.amount));
}

enum result refunds_give(struct ctx *c, int64_t booking_id, struct cents amount,
    const char *reason, const char *key)
{
    TRY(accounts_admin_only(c, "gives money back"));
    TRY(db_begin(c->db));
    enum result r =
        claims_take(c, "refund", ctx_printf(c, "%lld:%s", (long long)booking_id, key));
    if (r == R_CONFLICT)
        return OK; /* this very post was carried out before */
    TRY(r);
    TRY(give(c, booking_id, amount, reason));
    return db_commit(c->db);
}

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

static bool is_paid(const char *state)
{
    return text_is(state, "pending") || text_is(state, "succeeded");
}

/* Its state, the payment's sum, and the line in the audit trail. */
static enum result set(struct ctx *c, struct refund_row *row, const char *refund_id,
    const char *state, const char *error, const char *detail)
{
    struct query *q = db_query(c->db, Q_REFUNDS_SET);
    bind_int(q, "id", row->id);
    bind_text(q, "from_state", row->state);
    bind_text(q, "refund_id", refund_id);
    bind_text(q, "state", state);
    bind_text(q, "error", error);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run_one(q));
    q = db_query(c->db, Q_REFUNDS_SUM_PAID);
    bind_int(q, "payment_id", row->payment_id);
    TRY(query_step(q));
    int64_t refunded = col_int(q, "refunded");
    q = db_query(c->db, Q_REFUNDS_SET_REFUNDED);
    bind_int(q, "payment_id", row->payment_id);
    bind_int(q, "refunded_cents", refunded);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    row->state = state;
    row->refund_id = refund_id;
    TRY(audit_add(
        c, ctx_printf(c, "refund.%s", state), "booking", row->booking_id, detail));
    return !text_is(state, "failed")
               ? OK
               : notices_add_admins(c, "refund_failed",
                     ctx_printf(c, "A refund for booking %lld has failed: %s",
                         (long long)row->booking_id, detail),
                     "/admin/payments?state=refunds");
}

/* Stripe has it under REFUND_ID, in STATE. */
static enum result move(struct ctx *c, struct refund_row *row, const char *refund_id,
    const char *state, const char *error)
{
    bool was_paid = is_paid(row->state), failed = text_is(state, "failed");
    TRY(set(c, row, refund_id, state, error,
        ctx_printf(c, "%s, %s%s%s", cents_format(c->arena, row->split.amount),
            refund_id, *error == '\0' ? "" : ": ", error)));
    if (failed)
        log_error("refund_failed", "%s: %s", refund_id, error);
    if (was_paid == is_paid(state))
        return OK;
    return post_paid(c, row, refund_id, was_paid);
}

static enum result refused(
    struct ctx *c, struct refund_row *row, const struct stripe_error *e)
{
    struct booking b;
    log_error("refund_refused", "%s: %s", row->uid, e->message);
    if (!text_is(e->code, "charge_already_refunded"))
        return set(c, row, NULL, "failed", e->message,
            ctx_printf(c, "Stripe refuses it: %s", e->message));
    /* All of it went back another way, which we shall hear of. */
    TRY(bookings_get(c, row->booking_id, &b));
    TRY(set(c, row, NULL, "canceled", e->message, e->message));
    TRY(post_owed(c, row, &b, true));
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
    if (reply->outcome != STRIPE_DEFINITIVE && reply->outcome != STRIPE_DECLINED)
        return OK; /* sent again, or looked for by listing: it may have happened */
    TRY(by_uid(c, op->subject_uid, &row));
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

static enum result end_failed(
    struct ctx *c, struct refund_row *row, const struct booking *b, const char *reason)
{
    TRY(set(c, row, row->refund_id, "canceled", reason, reason));
    return post_owed(c, row, b, true);
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
        TRY(end_failed(c, last, b, "given back at Stripe"));
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
    TRY(add(
        c, p, rand_uid(c->arena), &split, withdrawn->kind, withdrawn->reason, &row));
    TRY(post_owed(c, &row, b, false));
    return set(c, &row, NULL, "failed", waits, waits);
}

/* One that we do not know: made in the dashboard, or lost with a restored backup. */
static enum result take_over(struct ctx *c, const struct stripe_refund *refund,
    const struct payment *p, struct refund_row *row)
{
    struct booking b;
    struct refund_split left, split;
    struct refund_row withdrawn;
    struct cents back;
    const char *uid = *refund->refund_uid == '\0' ? refund->id : refund->refund_uid;
    TRY(bookings_get(c, p->booking_id, &b));
    TRY(make_room(c, p, &b, refund->amount, &back, &withdrawn));
    TRY(refunds_left(c, p, &b, &left));
    split = refunds_share(&left, refund->amount);
    TRY(add(c, p, uid, &split, p->applied ? "stripe" : "late", "made at Stripe", row));
    TRY(post_owed(c, row, &b, false));
    TRY(audit_add(c, "refund.taken_over", "booking", b.id,
        ctx_printf(c, "%s, %s, made at Stripe", cents_format(c->arena, split.amount),
            refund->id)));
    if (back.n > refund->amount.n)
        TRY(ask_for_rest(c, p, &b, &withdrawn, cents_sub(back, refund->amount)));
    TRY(refunds_cancel_if_unpaid(c, p, &b));
    TRY(transfers_settle(c, &b, "refunded at Stripe"));
    /* Ours may have been shared out otherwise, to a cent. */
    return bookings_over(b.state) ? transfers_schedule(c, &b) : OK;
}

/* R_NOT_FOUND: not of a payment of ours. */
static enum result find(
    struct ctx *c, const struct stripe_refund *refund, struct refund_row *row)
{
    struct payment p;
    struct query *q = db_query(c->db, Q_REFUNDS_BY_REFUND);
    bind_text(q, "refund_id", refund->id);
    enum result r = read_one(q, row);
    if (r == R_NOT_FOUND && *refund->refund_uid != '\0')
        r = by_uid(c, refund->refund_uid, row);
    if (r != R_NOT_FOUND)
        return r;
    TRY(payments_by_intent(c, refund->intent_id, &p));
    bool moved =
        !text_is(refund->status, "failed") && !text_is(refund->status, "canceled");
    if (!moved && *refund->refund_uid == '\0')
        return R_NOT_FOUND; /* and we did not want it */
    return payments_has_come(&p)
               ? take_over(c, refund, &p, row)
               : fail(c, R_BUSY, "That its payment came is not known yet.");
}

static enum result apply(struct ctx *c, const struct stripe_refund *refund)
{
    struct refund_row row;
    const char *state = NULL;
    enum result r = find(c, refund, &row);
    if (r == R_NOT_FOUND) {
        log_error("refund_unknown", "%s belongs to no payment of ours", refund->id);
        fail_clear(c);
        return OK;
    }
    TRY(r);
    for (size_t i = 0; i < COUNT_OF(states) && state == NULL; i++)
        if (text_is(states[i].status, refund->status) && *refund->status != '\0')
            state = states[i].state;
    bool other = row.refund_id != NULL && !text_is(row.refund_id, refund->id);
    if (state == NULL || other || rank_of(state) <= rank_of(row.state))
        return OK;
    return move(c, &row, refund->id, state, refund->failure_reason);
}

enum result refunds_apply(struct ctx *c, const struct stripe_refund *refund)
{
    struct actor was = bookings_as_system(c);
    enum result r = apply(c, refund);
    c->actor = was;
    return r;
}

/* ---- a person decides -------------------------------------------------------------
 */

static enum result get_failed(struct ctx *c, int64_t id, struct refund_row *row,
    struct payment *p, struct booking *b)
{
    struct query *q = db_query(c->db, Q_REFUNDS_GET);
    bind_int(q, "id", id);
    enum result r = read_one(q, row);
    if (r == R_NOT_FOUND || (r == OK && !text_is(row->state, "failed")))
        return fail(c, r == OK ? R_CONFLICT : r,
            "This refund does not wait for anybody any more.");
    TRY(r);
    TRY(payments_by_id(c, row->payment_id, p));
    return bookings_get(c, row->booking_id, b);
}

/* As a new row: what is still to be heard of the failed one is about that one. */
enum result refunds_retry(struct ctx *c, int64_t id)
{
    struct refund_row row;
    struct payment p;
    struct booking b;
    TRY(accounts_admin_only(c, "asks for refunds again"));
    TRY(db_begin(c->db));
    TRY(get_failed(c, id, &row, &p, &b));
    TRY(end_failed(c, &row, &b, "asked for again"));
    TRY(refunds_open(c, &p, &b, &row.split, row.kind, row.reason));
    return db_commit(c->db);
}

/* What a bank took of the booking's money covers it: the vendor has it already.
 * *COVERED false: it does not. */
static enum result give_up_for_loss(struct ctx *c, struct refund_row *row,
    const struct booking *b, const char *reason, bool *covered)
{
    struct cents loss;
    TRY(ledger_balance(c, LEDGER_DISPUTE_LOSS, b->id, &loss));
    *covered = loss.n >= row->split.amount.n;
    if (!*covered)
        return OK;
    TRY(set(c, row, row->refund_id, "canceled", reason, reason));
    return ledger_post(c, &(struct ledger_movement) {
                              .kind = "refund_withdrawn",
                              .source_id = row->uid,
                              .debit = LEDGER_REFUNDS_DUE,
                              .credit = LEDGER_DISPUTE_LOSS,
                              .amount = row->split.amount,
                              .booking_id = b->id,
                          });
}

enum result refunds_give_up(struct ctx *c, int64_t id, const char *reason)
{
    struct refund_row row;
    struct payment p;
    struct booking b;
    bool covered;
    TRY(accounts_admin_only(c, "gives refunds up"));
    if (text_empty(reason))
        return fail(c, R_INVALID, "Say why it need not go back any more.");
    TRY(db_begin(c->db));
    TRY(get_failed(c, id, &row, &p, &b));
    TRY(give_up_for_loss(c, &row, &b, reason, &covered));
    if (covered)
        return db_commit(c->db);
    if (!p.applied)
        return fail(c, R_CONFLICT,
            "This money belongs to no booking: it has to go back. Try again, or send "
            "it another way in Stripe's dashboard.");
    TRY(end_failed(c, &row, &b, reason));
    TRY(transfers_schedule(c, &b));
    return db_commit(c->db);
}
