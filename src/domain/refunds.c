#include "domain/refunds.h"

#include <string.h>

#include "domain/accounts.h"
#include "domain/audit.h"
#include "domain/claims.h"
#include "domain/ledger.h"
#include "domain/notices.h"
#include "domain/transfers.h"
#include "stripe/form.h"
#include "util/guard.h"
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
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        read_row(q, &rows[(*n)++]);
    *out = rows;
    return query_end(r);
}

enum result refunds_by_uid(struct ctx *c, const char *uid, struct refund_row *out)
{
    struct query *q = db_query(c->db, Q_REFUNDS_BY_UID);
    bind_text(q, "uid", uid);
    return read_one(q, out);
}

enum result refunds_by_refund(
    struct ctx *c, const char *refund_id, struct refund_row *out)
{
    struct query *q = db_query(c->db, Q_REFUNDS_BY_REFUND);
    bind_text(q, "refund_id", refund_id);
    return read_one(q, out);
}

enum result refunds_of_booking(
    struct ctx *c, int64_t booking_id, struct refund_row **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_REFUNDS_OF_BOOKING);
    bind_int(q, "booking_id", booking_id);
    return read_rows(c, q, REFUNDS_MAX, out, n);
}

enum result refunds_failed(
    struct ctx *c, int64_t after_id, size_t max, struct refund_row **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_REFUNDS_FAILED);
    bind_int(q, "after_id", after_id);
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

enum result refunds_post_owed(struct ctx *c, const struct refund_row *row,
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

enum result refunds_add(struct ctx *c, const struct payment *p, const char *uid,
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
    return refunds_by_uid(c, uid, out);
}

enum result refunds_set(struct ctx *c, struct refund_row *row, const char *refund_id,
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

enum result refunds_withdraw(
    struct ctx *c, struct refund_row *row, const struct booking *b, const char *reason)
{
    TRY(refunds_set(c, row, row->refund_id, "canceled", reason, reason));
    return refunds_post_owed(c, row, b, true);
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
    TRY(refunds_add(c, p, rand_uid(c->arena), split, kind, reason, &row));
    TRY(refunds_post_owed(c, &row, b, false));
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
    return bookings_tell_refund(c, &b, split.amount, split.host, reason);
}

/* The answers of posts are forgotten after some days; that this key has given money is
 * not. */
static enum result give_once(struct ctx *c, int64_t booking_id, struct cents amount,
    const char *reason, const char *key)
{
    bool first;
    TRY(claims_take(
        c, "refund", ctx_printf(c, "%lld:%s", (long long)booking_id, key), &first));
    if (!first)
        return fail_code(c, R_INVALID, "PC-KEY-422",
            "This form gave money back before. Open the booking again and look.");
    return give(c, booking_id, amount, reason);
}

enum result refunds_give(struct ctx *c, int64_t booking_id, struct cents amount,
    const char *reason, const char *key)
{
    const char *route =
        ctx_printf(c, "/admin/bookings/%lld/refund", (long long)booking_id);
    const char *post = ctx_printf(c, "%lld\n%s", (long long)amount.n, reason);
    const struct span body = { post, strlen(post) };
    struct claims_answer answer = { 303,
        ctx_printf(c, "/bookings/%lld", (long long)booking_id) };
    bool again;
    TRY(accounts_admin_only(c, "gives money back"));
    TRY(db_begin(c->db));
    TRY(claims_post(c, key, route, body, &again, &answer));
    if (!again) {
        TRY(give_once(c, booking_id, amount, reason, key));
        TRY(claims_answer(c, key, route, body, &answer));
    }
    return db_commit(c->db);
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
    TRY(refunds_withdraw(c, &row, &b, "asked for again"));
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
    TRY(refunds_set(c, row, row->refund_id, "canceled", reason, reason));
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
    TRY(refunds_withdraw(c, &row, &b, reason));
    TRY(transfers_schedule(c, &b));
    return db_commit(c->db);
}
