/* What Stripe says, applied to our rows: once, in any order. */
#include "domain/audit.h"
#include "domain/differences.h"
#include "domain/ledger.h"
#include "domain/refunds.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/rand.h"

/* ---- money that came --------------------------------------------------------------
 */

/* APPLIED: it is the booking's money. */
static enum result set_paid(struct ctx *c, const struct payment *p,
    const struct stripe_intent *intent, bool applied)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_SET_PAID);
    bind_int(q, "id", p->id);
    bind_text(q, "state", applied ? "succeeded" : "late");
    bind_int(q, "applied", applied);
    bind_text(q, "charge_id", intent->charge_id);
    bind_int(q, "now_at", c->now_at);
    return query_run_one(q);
}

enum result payments_post_charge(struct ctx *c, const struct stripe_intent *intent,
    const struct booking *b, bool applied)
{
    struct cents fees = cents_sub(cents_sub(b->total, b->host), b->tax);
    const struct {
        enum ledger_account account;
        struct cents amount;
    } parts[] = {
        { LEDGER_HOST_PAYABLE, applied ? b->host : cents_of(0) },
        { LEDGER_REVENUE, applied ? fees : cents_of(0) },
        { LEDGER_TAX, applied ? b->tax : cents_of(0) },
        { LEDGER_REFUNDS_DUE, applied ? cents_of(0) : intent->amount_received },
    };
    for (size_t i = 0; i < COUNT_OF(parts); i++)
        TRY(ledger_post(
            c, &(struct ledger_movement) {
                   .kind = applied ? "charge" : "late_charge",
                   .source_id =
                       *intent->charge_id == '\0' ? intent->id : intent->charge_id,
                   .debit = LEDGER_STRIPE,
                   .credit = parts[i].account,
                   .amount = parts[i].amount,
                   .booking_id = b->id,
                   .host_id = b->host_id,
               }));
    return OK;
}

static enum result paid_late(struct ctx *c, const struct payment *p,
    const struct stripe_intent *intent, const struct booking *b)
{
    struct refund_split all = { .amount = intent->amount_received };
    struct payment late;
    TRY(set_paid(c, p, intent, false));
    TRY(payments_post_charge(c, intent, b, false));
    TRY(payments_by_id(c, p->id, &late));
    TRY(refunds_open(c, &late, b, &all, "late", "paid late"));
    TRY(audit_add(c, "payment.late", "booking", b->id,
        ctx_printf(c, "%s came when the booking was %s; all of it goes back",
            cents_format(c->arena, intent->amount_received),
            bookings_state_name(b->state))));
    return bookings_tell(c, b, NEWS_LATE);
}

static enum result succeeded(
    struct ctx *c, const struct payment *p, const struct stripe_intent *intent)
{
    struct payment live;
    struct booking b;
    if (payments_has_come(p))
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
    } else if (b.state != BOOKING_HELD) {
        return paid_late(c, p, intent, &b);
    }
    TRY(set_paid(c, p, intent, true));
    TRY(payments_post_charge(c, intent, &b, true));
    TRY(audit_add(c, "payment.succeeded", "booking", b.id,
        ctx_printf(c, "%s, %s", cents_format(c->arena, p->amount), intent->id)));
    return bookings_confirm(c, &b);
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

static enum result processing(
    struct ctx *c, const struct payment *p, const struct stripe_intent *intent)
{
    struct query *q = db_query(c->db, Q_PAYMENTS_SET_PROCESSING);
    bind_int(q, "id", p->id);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    return query_changes(q) == 0 ? OK
                                 : audit_add(c, "payment.processing", "booking",
                                       p->booking_id, intent->id);
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

/* Money for a booking of ours by an attempt that we do not know: its row was lost with
 * a restored backup. */
static enum result take_over(
    struct ctx *c, const struct stripe_intent *intent, struct payment *out)
{
    struct booking b;
    struct payment last = { .attempt = 0 };
    int64_t attempt;
    if (!text_is(intent->status, "succeeded") ||
        !text_int(intent->attempt, 1, INT64_MAX, &attempt))
        return R_NOT_FOUND;
    TRY(bookings_by_uid(c, intent->booking_uid, &b));
    enum result r = payments_newest(c, b.id, &last);
    if (r == OK && last.attempt >= attempt)
        return R_NOT_FOUND;
    struct query *q = db_query(c->db, Q_PAYMENTS_ADD_LOST);
    bind_text(q, "uid", rand_uid(c->arena));
    bind_int(q, "booking_id", b.id);
    bind_int(q, "attempt", attempt);
    bind_int(q, "amount_cents", b.total.n);
    bind_text(q, "currency", PAYMENTS_CURRENCY);
    bind_text(q, "intent_id", intent->id);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    log_warn("payment_adopted", "%s for booking %lld", intent->id, (long long)b.id);
    TRY(audit_add(c, "payment.adopted", "booking", b.id, intent->id));
    return payments_by_intent(c, intent->id, out);
}

static enum result set_mismatch(struct ctx *c, const struct payment *p,
    const struct stripe_intent *intent, const char *why)
{
    bool new;
    const struct difference d = {
        .kind = "payment_mismatch",
        .source_id = intent->id,
        .booking_id = p->booking_id,
        .detail =
            ctx_printf(c, "%s: %s %lld, where %s was asked for", why, intent->currency,
                (long long)intent->amount.n, cents_format(c->arena, p->amount)),
    };
    TRY(differences_found(c, &d, &new));
    return new ? audit_add(c, "payment.mismatch", "booking", p->booking_id,
                     ctx_printf(c, "%s: %s", intent->id, why))
               : OK;
}

static enum result apply(struct ctx *c, const struct stripe_intent *intent)
{
    struct payment p;
    enum result r = payments_of_intent(c, intent, &p);
    if (r == R_NOT_FOUND)
        r = take_over(c, intent, &p);
    if (r == R_NOT_FOUND) {
        log_error("payment_unknown", "%s (%s) belongs to no payment of ours",
            intent->id, intent->status);
        return OK;
    }
    TRY(r);
    const char *why = mismatch(c, &p, intent);
    if (why != NULL)
        return set_mismatch(c, &p, intent, why);
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

/* ---- sessions ---------------------------------------------------------------------
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

/* ---- read at Stripe ---------------------------------------------------------------
 */

static enum result apply_committed(struct ctx *c, const struct stripe_intent *intent)
{
    TRY(db_begin(c->db));
    TRY(payments_apply(c, intent));
    return db_commit(c->db);
}

enum result payments_read(
    struct ctx *c, const struct stripe_client *client, const char *intent_id)
{
    struct stripe_reply reply;
    struct stripe_intent intent;
    TRY(stripe_ops_read(
        c, client, ctx_printf(c, "/v1/payment_intents/%s", intent_id), &reply));
    TRY(stripe_read_intent(reply.object, &intent));
    return apply_committed(c, &intent);
}

enum result payments_read_session(struct ctx *c, const struct stripe_client *client,
    const char *session_id, const char **intent_id)
{
    struct stripe_reply reply;
    struct stripe_session session;
    TRY(stripe_ops_read(
        c, client, ctx_printf(c, "/v1/checkout/sessions/%s", session_id), &reply));
    TRY(stripe_read_session(reply.object, &session));
    TRY(db_begin(c->db));
    TRY(payments_apply_session(c, &session));
    *intent_id = session.intent_id;
    return db_commit(c->db);
}

/* ---- one that we have not heard of ------------------------------------------------
 */

static enum result read_intent(
    struct ctx *c, const char *intent_id, struct stripe_intent *out)
{
    enum { NO_SUCH = 404 };
    struct stripe_client client;
    struct stripe_reply reply;
    TRY(stripe_ops_client(c, STRIPE_JOB_MS, &client));
    enum result r = stripe_ops_read(
        c, &client, ctx_printf(c, "/v1/payment_intents/%s", intent_id), &reply);
    if (reply.http_status == NO_SUCH)
        return R_NOT_FOUND; /* not even of our account */
    TRY(r);
    return stripe_read_intent(reply.object, out);
}

/* We do not know a payment of it. One with our name on it that is not at its end may
 * still be of one: if it succeeds, it is taken over. */
static enum result may_be_ours(struct ctx *c, const struct stripe_intent *intent)
{
    struct booking b;
    bool ended =
        text_is(intent->status, "succeeded") || text_is(intent->status, "canceled");
    if (!text_is(intent->app, "prep") || ended)
        return R_NOT_FOUND;
    TRY(bookings_by_uid(c, intent->booking_uid, &b));
    return fail(c, R_BUSY, "Whether %s is of ours is not known yet.", intent->id);
}

enum result payments_learn(struct ctx *c, const char *intent_id)
{
    struct payment p;
    struct stripe_intent intent;
    if (text_empty(intent_id))
        return R_NOT_FOUND;
    enum result r = payments_by_intent(c, intent_id, &p);
    if (r != R_NOT_FOUND)
        return r;
    TRY(read_intent(c, intent_id, &intent));
    TRY(apply_committed(c, &intent));
    r = payments_by_intent(c, intent_id, &p);
    return r == R_NOT_FOUND ? may_be_ours(c, &intent) : r;
}

enum result payments_learn_if_ours(struct ctx *c, const char *intent_id)
{
    enum result r = payments_learn(c, intent_id);
    if (r != R_NOT_FOUND)
        return r;
    fail_clear(c);
    return OK;
}
