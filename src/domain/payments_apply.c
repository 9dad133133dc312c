/* What Stripe says, applied to our rows: once, in any order. */
#include "domain/audit.h"
#include "domain/payments.h"
#include "stripe/form.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"

/* ---- money that must go back ------------------------------------------------------
 */

static enum result refund_all(
    struct ctx *c, const struct payment *p, const char *intent_id, struct cents amount)
{
    const char *uid = rand_uid(c->arena);
    struct query *q = db_query(c->db, Q_PAYMENTS_ADD_REFUND);
    bind_text(q, "uid", uid);
    bind_int(q, "payment_id", p->id);
    bind_int(q, "amount_cents", amount.n);
    bind_text(q, "reason", "paid late");
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));

    struct buf form;
    buf_init(&form, STRIPE_FORM_BYTES_MAX);
    stripe_form_text(&form, "payment_intent", intent_id);
    stripe_form_cents(&form, "amount", amount);
    stripe_form_text(&form, "reason", "requested_by_customer");
    stripe_form_text(&form, "metadata[app]", "prep");
    stripe_form_text(&form, "metadata[refund_uid]", uid);
    struct stripe_op op;
    struct stripe_op_new new = {
        .kind = "ref",
        .subject_uid = uid,
        .attempt = 1,
        .path = "/v1/refunds",
        .body = stripe_ops_form(c, &form),
    };
    return stripe_ops_add(c, &new, &op);
}

/* ---- money that came --------------------------------------------------------------
 */

static enum result set_paid(struct ctx *c, const struct payment *p,
    const struct stripe_intent *intent, const char *state)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_SET_PAID);
    bind_int(q, "id", p->id);
    bind_text(q, "state", state);
    bind_text(q, "charge_id", intent->charge_id);
    bind_int(q, "now_at", c->now_at);
    return query_run_one(q);
}

static enum result paid_late(struct ctx *c, const struct payment *p,
    const struct stripe_intent *intent, const struct booking *b)
{
    TRY(set_paid(c, p, intent, "late"));
    TRY(refund_all(c, p, intent->id, intent->amount_received));
    TRY(audit_add(c, "payment.late", "booking", b->id,
        ctx_printf(c, "%s came when the booking was %s; all of it goes back",
            cents_format(c->arena, intent->amount_received),
            bookings_state_name(b->state))));
    return bookings_tell(c, b, NEWS_LATE);
}

static bool is_paid(const struct payment *p)
{
    return text_is(p->state, "succeeded") || text_is(p->state, "late") ||
           text_is(p->state, "refunded");
}

static enum result succeeded(
    struct ctx *c, const struct payment *p, const struct stripe_intent *intent)
{
    struct payment live;
    struct booking b;
    if (is_paid(p))
        return OK;
    TRY(bookings_get(c, p->booking_id, &b));
    /* Another attempt may bring money too: one is enough. */
    enum result r = payments_live(c, b.id, &live);
    if (r != OK && r != R_NOT_FOUND)
        return r;
    if (r == OK && live.id != p->id)
        return paid_late(c, p, intent, &b);
    if (b.state == BOOKING_EXPIRED) {
        r = bookings_retake(c, &b);
        if (r == R_CONFLICT) {
            fail_clear(c);
            return paid_late(c, p, intent, &b);
        }
        TRY(r);
    } else if (b.state == BOOKING_HELD) {
        TRY(bookings_confirm(c, &b));
    } else {
        return paid_late(c, p, intent, &b);
    }
    TRY(set_paid(c, p, intent, "succeeded"));
    return audit_add(c, "payment.succeeded", "booking", b.id,
        ctx_printf(c, "%s, %s", cents_format(c->arena, p->amount), intent->id));
}

/* ---- one intent -------------------------------------------------------------------
 */

static enum result adopt(
    struct ctx *c, const struct payment *p, const struct stripe_intent *intent)
{
    if (p->intent_id != NULL)
        return OK;
    struct query *q = db_query(c->db, Q_PAYMENTS_SET_INTENT);
    bind_int(q, "id", p->id);
    bind_text(q, "intent_id", intent->id);
    bind_text(q, "client_secret", intent->client_secret);
    bind_int(q, "now_at", c->now_at);
    return query_run_one(q);
}

/* Why the money is not what we asked for, or NULL. */
static const char *mismatch(
    struct ctx *c, const struct payment *p, const struct stripe_intent *intent)
{
    if (intent->livemode != stripe_ops_live(c))
        return "live and test mode mixed";
    if (!text_is(intent->currency, PAYMENTS_CURRENCY))
        return "another currency";
    if (intent->amount.n != p->amount.n)
        return "another amount";
    if (text_is(intent->status, "succeeded") &&
        intent->amount_received.n != p->amount.n)
        return "another amount received";
    return NULL;
}

static enum result set_error(struct ctx *c, const struct payment *p, const char *error)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_SET_ERROR);
    bind_int(q, "id", p->id);
    bind_text(q, "error", error);
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

static enum result processing(struct ctx *c, const struct payment *p,
    [[maybe_unused]] const struct stripe_intent *intent)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_SET_PROCESSING);
    bind_int(q, "id", p->id);
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

static enum result canceled(
    struct ctx *c, const struct payment *p, const struct stripe_intent *intent)
{
    return payments_end(c, p, "canceled", intent->last_error.message);
}

/* A decline ends nothing: the same intent takes the next card. */
static enum result wants_method(
    struct ctx *c, const struct payment *p, const struct stripe_intent *intent)
{
    return text_is(intent->last_error.message, "")
               ? OK
               : set_error(c, p, intent->last_error.message);
}

static const struct {
    const char *status;
    /* NULL: what the person has to do next, which changes nothing here */
    enum result (*apply)(
        struct ctx *c, const struct payment *p, const struct stripe_intent *intent);
} by_status[] = {
    { "requires_payment_method", wants_method },
    { "requires_confirmation", NULL },
    { "requires_action", NULL },
    { "requires_capture", NULL },
    { "processing", processing },
    { "succeeded", succeeded },
    { "canceled", canceled },
};

static enum result apply(struct ctx *c, const struct stripe_intent *intent)
{
    struct payment p;
    enum result r = payments_of_intent(c, intent, &p);
    if (r == R_NOT_FOUND) {
        log_error("payment_unknown", "%s (%s) belongs to no payment of ours",
            intent->id, intent->status);
        return OK;
    }
    TRY(r);
    const char *why = mismatch(c, &p, intent);
    if (why != NULL) {
        log_error("payment_mismatch", "%s: %s", intent->id, why);
        return audit_add(c, "payment.mismatch", "booking", p.booking_id,
            ctx_printf(c, "%s: %s", intent->id, why));
    }
    TRY(adopt(c, &p, intent));
    for (size_t i = 0; i < COUNT_OF(by_status); i++)
        if (text_is(by_status[i].status, intent->status))
            return by_status[i].apply == NULL ? OK : by_status[i].apply(c, &p, intent);
    log_warn(
        "payment_status", "%s has the unknown status %s", intent->id, intent->status);
    return OK;
}

enum result payments_apply(struct ctx *c, const struct stripe_intent *intent)
{
    if (!text_is(intent->app, "prep"))
        return OK;
    struct actor was = bookings_as_system(c);
    enum result r = apply(c, intent);
    c->actor = was;
    return r;
}

/* ---- sessions and refunds ---------------------------------------------------------
 */

enum result payments_apply_session(struct ctx *c, const struct stripe_session *session)
{
    struct payment p;
    if (!text_is(session->app, "prep"))
        return OK;
    enum result r = payments_of_session(c, session, &p);
    if (r == R_NOT_FOUND)
        return OK; /* our answer to the request that made it will say the same */
    TRY(r);
    if (text_is(session->status, "expired"))
        return payments_end(c, &p, "canceled", "");
    if (*session->intent_id == '\0' || p.intent_id != NULL)
        return OK;
    struct stripe_intent known = { .id = session->intent_id, .client_secret = "" };
    return adopt(c, &p, &known);
}

static const struct {
    const char *status, *state;
    int rank; /* what is settled does not become pending again */
} refund_states[] = {
    { "pending", "pending", 1 },
    { "requires_action", "pending", 1 },
    { "succeeded", "succeeded", 2 },
    { "failed", "failed", 3 },
    { "canceled", "canceled", 3 },
};

static int refund_rank(const char *state)
{
    for (size_t i = 0; i < COUNT_OF(refund_states); i++)
        if (text_is(refund_states[i].state, state))
            return refund_states[i].rank;
    return 0;
}

static enum result set_refund(struct ctx *c, int64_t id, int64_t payment_id,
    const char *refund_id, const char *state)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_SET_REFUND);
    bind_int(q, "id", id);
    bind_text(q, "refund_id", refund_id);
    bind_text(q, "state", state);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    q = db_query(c->db, Q_PAYMENTS_SUM_REFUNDS);
    bind_int(q, "payment_id", payment_id);
    TRY(query_step(q));
    int64_t refunded = col_int(q, "refunded");
    q = db_query(c->db, Q_PAYMENTS_SET_REFUNDED);
    bind_int(q, "payment_id", payment_id);
    bind_int(q, "refunded_cents", refunded);
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

/* The refund's state and its line in the audit trail. */
static enum result end_refund(struct ctx *c, int64_t id, int64_t payment_id,
    int64_t booking_id, const char *refund_id, const char *state, const char *detail)
{
    TRY(set_refund(c, id, payment_id, refund_id, state));
    struct actor was = bookings_as_system(c);
    enum result r =
        audit_add(c, ctx_printf(c, "refund.%s", state), "booking", booking_id, detail);
    c->actor = was;
    return r;
}

enum result payments_refuse_refund(struct ctx *c, const char *uid, const char *why)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_REFUND_BY_UID);
    bind_text(q, "uid", uid);
    TRY(query_step(q));
    int64_t id = col_int(q, "id"), payment_id = col_int(q, "payment_id");
    log_error("refund_refused", "%s: %s", uid, why);
    return end_refund(c, id, payment_id, col_int(q, "booking_id"), NULL, "failed",
        ctx_printf(c, "Stripe refuses it: %s", why));
}

enum result payments_apply_refund(struct ctx *c, const struct stripe_refund *refund)
{
    if (!text_is(refund->app, "prep"))
        return OK;
    struct query *q = db_query(c->db, Q_PAYMENTS_REFUND_BY_UID);
    bind_text(q, "uid", refund->refund_uid);
    enum result r = query_step(q);
    if (r == R_NOT_FOUND) {
        log_error("refund_unknown", "%s belongs to no refund of ours", refund->id);
        return OK;
    }
    TRY(r);
    int64_t id = col_int(q, "id"), payment_id = col_int(q, "payment_id");
    int64_t booking_id = col_int(q, "booking_id");
    int old_rank = refund_rank(col_text_here(q, "state"));
    const char *state = NULL;
    for (size_t i = 0; i < COUNT_OF(refund_states); i++)
        if (text_is(refund_states[i].status, refund->status))
            state = refund_states[i].state;
    if (state == NULL || refund_rank(state) <= old_rank)
        return OK;
    if (text_is(state, "failed"))
        log_error("refund_failed", "%s: %s", refund->id, refund->failure_reason);
    return end_refund(c, id, payment_id, booking_id, refund->id, state,
        ctx_printf(c, "%s, %s", cents_format(c->arena, refund->amount), refund->id));
}
