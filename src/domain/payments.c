#include "domain/payments.h"

#include "domain/audit.h"
#include "stripe/form.h"
#include "util/guard.h"
#include "util/rand.h"

/* Stripe wants at least 30 minutes ahead, also of bytes that are sent again for a
 * quarter of an hour; the sweep ends the session with the hold, which is earlier. */
enum { SESSION_S = 45 * 60 };

/* ---- rows -------------------------------------------------------------------------
 */

static void read_row(struct query *q, struct payment *out)
{
    *out = (struct payment) {
        .id = col_int(q, "id"),
        .uid = col_text(q, "uid"),
        .booking_id = col_int(q, "booking_id"),
        .attempt = col_int(q, "attempt"),
        .hosted = text_is(col_text_here(q, "mode"), "checkout"),
        .state = col_text(q, "state"),
        .amount = cents_of(col_int(q, "amount_cents")),
        .refunded = cents_of(col_int(q, "refunded_cents")),
        .applied = col_int(q, "applied") != 0,
        .intent_id = col_text(q, "payment_intent_id"),
        .session_id = col_text(q, "checkout_session_id"),
        .client_secret = col_text(q, "client_secret"),
        .hosted_url = col_text(q, "hosted_url"),
        .charge_id = col_text(q, "charge_id"),
        .error = col_text(q, "error"),
        .created_at = col_int(q, "created_at"),
        .updated_at = col_int(q, "updated_at"),
    };
}

static enum result read_one(struct query *q, struct payment *out)
{
    TRY(query_step(q));
    read_row(q, out);
    return OK;
}

enum result payments_live(struct ctx *c, int64_t booking_id, struct payment *out)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_LIVE);
    bind_int(q, "booking_id", booking_id);
    return read_one(q, out);
}

enum result payments_newest(struct ctx *c, int64_t booking_id, struct payment *out)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_NEWEST);
    bind_int(q, "booking_id", booking_id);
    return read_one(q, out);
}

enum result payments_get(struct ctx *c, const char *uid, struct payment *out)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_BY_UID);
    bind_text(q, "uid", uid);
    return read_one(q, out);
}

enum result payments_paid(struct ctx *c, int64_t booking_id, struct payment *out)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_PAID);
    bind_int(q, "booking_id", booking_id);
    return read_one(q, out);
}

enum result payments_by_intent(
    struct ctx *c, const char *intent_id, struct payment *out)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_BY_INTENT);
    bind_text(q, "intent_id", intent_id);
    return read_one(q, out);
}

enum result payments_by_id(struct ctx *c, int64_t id, struct payment *out)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_BY_ID);
    bind_int(q, "id", id);
    return read_one(q, out);
}

bool payments_has_come(const struct payment *p)
{
    return text_is(p->state, "succeeded") || text_is(p->state, "late") ||
           text_is(p->state, "refunded");
}

enum result payments_of_booking(
    struct ctx *c, int64_t booking_id, struct payment **out, size_t *n)
{
    struct payment *rows = arena_array(c->arena, PAYMENTS_MAX, sizeof *rows);
    struct query *q = db_query(c->db, Q_PAYMENTS_OF_BOOKING);
    bind_int(q, "booking_id", booking_id);
    bind_int(q, "max", PAYMENTS_MAX);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        read_row(q, &rows[(*n)++]);
    *out = rows;
    return query_end(r);
}

enum result payments_of_intent(
    struct ctx *c, const struct stripe_intent *intent, struct payment *out)
{
    enum result r = payments_by_intent(c, intent->id, out);
    int64_t attempt;
    if (r != R_NOT_FOUND || !text_int(intent->attempt, 1, INT64_MAX, &attempt))
        return r;
    struct query *q = db_query(c->db, Q_PAYMENTS_BY_ATTEMPT);
    bind_text(q, "booking_uid", intent->booking_uid);
    bind_int(q, "attempt", attempt);
    TRY(read_one(q, out));
    /* The attempt has another intent: this one is nobody's. */
    return out->intent_id == NULL ? OK : R_NOT_FOUND;
}

enum result payments_of_session(
    struct ctx *c, const struct stripe_session *session, struct payment *out)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_BY_SESSION);
    bind_text(q, "session_id", session->id);
    return read_one(q, out);
}

enum result payments_stale(
    struct ctx *c, int64_t before_at, size_t max, const char ***uids, size_t *n)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_STALE);
    bind_int(q, "before_at", before_at);
    return query_text_ids(q, max, uids, n);
}

enum result payments_touch(struct ctx *c, const struct payment *p)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_TOUCH);
    bind_int(q, "id", p->id);
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

enum result payments_end(
    struct ctx *c, const struct payment *p, const char *state, const char *error)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_SET_ENDED);
    bind_int(q, "id", p->id);
    bind_text(q, "state", state);
    bind_text(q, "error", error);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    return query_changes(q) == 0 ? OK /* it had ended before */
                                 : audit_add(c, ctx_printf(c, "payment.%s", state),
                                       "booking", p->booking_id, error);
}

/* ---- opening ----------------------------------------------------------------------
 */

/* What ties an intent to the booking, whatever made it. */
static void form_ties(struct ctx *c, struct buf *form, bool in_session,
    const struct booking *b, int64_t attempt)
{
    static const char *const keys[2][4] = {
        { "transfer_group", "metadata[app]", "metadata[booking_uid]",
            "metadata[attempt]" },
        { "payment_intent_data[transfer_group]", "payment_intent_data[metadata][app]",
            "payment_intent_data[metadata][booking_uid]",
            "payment_intent_data[metadata][attempt]" },
    };
    stripe_form_text(form, keys[in_session][0], b->uid);
    stripe_form_text(form, keys[in_session][1], "prep");
    stripe_form_text(form, keys[in_session][2], b->uid);
    stripe_form_text(
        form, keys[in_session][3], ctx_printf(c, "%lld", (long long)attempt));
}

static const char *intent_form(struct ctx *c, const struct booking *b, int64_t attempt,
    const char *customer_id, const char *description)
{
    struct buf form;
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_cents(&form, "amount", b->total);
    stripe_form_text(&form, "currency", PAYMENTS_CURRENCY);
    stripe_form_text(&form, "customer", customer_id);
    stripe_form_text(&form, "allowed_payment_method_types[0]", "card");
    stripe_form_text(&form, "description", description);
    stripe_form_text(&form, "statement_descriptor_suffix", "KITCHEN");
    stripe_form_text(&form, "receipt_email", c->actor.email);
    form_ties(c, &form, false, b, attempt);
    return stripe_ops_form(c, &form);
}

static const char *session_form(struct ctx *c, const struct booking *b, int64_t attempt,
    const char *customer_id, const char *description)
{
    const char *page =
        ctx_printf(c, "%s/checkout/%lld", c->conf->base_url, (long long)b->id);
    struct buf form;
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_text(&form, "mode", "payment");
    stripe_form_text(&form, "ui_mode", "hosted_page");
    stripe_form_text(&form, "submit_type", "book");
    stripe_form_text(&form, "customer", customer_id);
    stripe_form_text(&form, "allowed_payment_method_types[0]", "card");
    stripe_form_text(&form, "client_reference_id", b->uid);
    stripe_form_text(&form, "line_items[0][price_data][currency]", PAYMENTS_CURRENCY);
    stripe_form_cents(&form, "line_items[0][price_data][unit_amount]", b->total);
    stripe_form_text(
        &form, "line_items[0][price_data][product_data][name]", description);
    stripe_form_int(&form, "line_items[0][quantity]", 1);
    stripe_form_int(&form, "expires_at", c->now_at + SESSION_S);
    stripe_form_text(&form, "success_url",
        ctx_printf(c, "%s/return?session_id={CHECKOUT_SESSION_ID}", page));
    stripe_form_text(&form, "cancel_url", page);
    stripe_form_text(&form, "metadata[app]", "prep");
    stripe_form_text(&form, "metadata[booking_uid]", b->uid);
    stripe_form_text(
        &form, "metadata[attempt]", ctx_printf(c, "%lld", (long long)attempt));
    form_ties(c, &form, true, b, attempt);
    return stripe_ops_form(c, &form);
}

enum result payments_open(struct ctx *c, const struct booking *b, bool hosted,
    const char *customer_id, struct payment *out, struct stripe_op *op)
{
    struct payment last = { .attempt = 0 };
    enum result r = payments_newest(c, b->id, &last);
    if (r != OK && r != R_NOT_FOUND)
        return r;
    int64_t attempt = last.attempt + 1;
    const char *uid = rand_uid(c->arena);
    struct query *q = db_query(c->db, Q_PAYMENTS_ADD);
    bind_text(q, "uid", uid);
    bind_int(q, "booking_id", b->id);
    bind_int(q, "attempt", attempt);
    bind_text(q, "mode", hosted ? "checkout" : "pi");
    bind_int(q, "amount_cents", b->total.n);
    bind_text(q, "currency", PAYMENTS_CURRENCY);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    TRY(payments_get(c, uid, out));
    TRY(audit_add(c, "payment.opened", "booking", b->id,
        ctx_printf(c, "%s, attempt %lld%s", cents_format(c->arena, b->total),
            (long long)attempt, hosted ? ", on Stripe's page" : "")));
    const char *description = ctx_printf(c, "%s, %s", b->title, bookings_when(c, b));
    struct stripe_op_new new = {
        .kind = hosted ? "cs" : "pi",
        .subject_uid = uid,
        .attempt = 1,
        .path = hosted ? "/v1/checkout/sessions" : "/v1/payment_intents",
        .body = (hosted ? session_form : intent_form)(
            c, b, attempt, customer_id, description),
        .now = true,
    };
    return stripe_ops_add(c, &new, op);
}

/* ---- ending -----------------------------------------------------------------------
 */

enum result payments_close(struct ctx *c, const struct payment *p, struct stripe_op *op)
{
    const char *kind = p->hosted ? "csexp" : "pican";
    int64_t attempt = 1;
    enum result r = stripe_ops_newest(c, kind, p->uid, op);
    if (r == OK) {
        bool open = text_is(op->state, "queued") || text_is(op->state, "sending") ||
                    text_is(op->state, "unknown");
        if (open)
            return stripe_ops_lease(c, op);
        attempt = op->attempt + 1;
    } else if (r != R_NOT_FOUND) {
        return r;
    }
    CHECK((p->hosted ? p->session_id : p->intent_id) != NULL);
    struct stripe_op_new new = {
        .kind = kind,
        .subject_uid = p->uid,
        .attempt = attempt,
        .path = p->hosted
                    ? ctx_printf(c, "/v1/checkout/sessions/%s/expire", p->session_id)
                    : ctx_printf(c, "/v1/payment_intents/%s/cancel", p->intent_id),
        .body = p->hosted ? "" : "cancellation_reason=abandoned",
        .now = true,
    };
    return stripe_ops_add(c, &new, op);
}

enum result payments_withdraw(struct ctx *c, const struct payment *p)
{
    TRY(stripe_ops_withdraw(c, p->hosted ? "cs" : "pi", p->uid, 1));
    return payments_end(c, p, "canceled", "");
}

/* ---- answers ----------------------------------------------------------------------
 */

static enum result intent_answered(
    struct ctx *c, const struct payment *p, const struct stripe_reply *reply)
{
    struct stripe_intent intent;
    TRY(stripe_read_intent(reply->object, &intent));
    struct query *q = db_query(c->db, Q_PAYMENTS_SET_INTENT);
    bind_int(q, "id", p->id);
    bind_text(q, "intent_id", intent.id);
    bind_text(q, "client_secret", intent.client_secret);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run_one(q));
    return payments_apply(c, &intent);
}

static enum result session_answered(
    struct ctx *c, const struct payment *p, const struct stripe_reply *reply)
{
    struct stripe_session session;
    TRY(stripe_read_session(reply->object, &session));
    struct query *q = db_query(c->db, Q_PAYMENTS_SET_SESSION);
    bind_int(q, "id", p->id);
    bind_text(q, "session_id", session.id);
    bind_text(q, "hosted_url", session.url);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run_one(q));
    return payments_apply_session(c, &session);
}

enum result payments_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply)
{
    bool opens = text_is(op->kind, "pi") || text_is(op->kind, "cs");
    bool refused = stripe_refuses(reply) || reply->outcome == STRIPE_BUG;
    struct payment p;
    if (reply->outcome != STRIPE_OK && !(opens && refused))
        return OK; /* the row is sent again, or whoever wanted it looks for himself */
    TRY(payments_get(c, op->subject_uid, &p));
    if (reply->outcome != STRIPE_OK)
        return payments_end(c, &p, "failed", "");
    return p.hosted ? session_answered(c, &p, reply) : intent_answered(c, &p, reply);
}
