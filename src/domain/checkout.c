#include "domain/checkout.h"

#include "domain/calls.h"
#include "domain/customers.h"
#include "util/guard.h"

/* Has what the browser needs to pay in this mode. */
static bool is_ready(const struct payment *p, bool hosted)
{
    return p->hosted == hosted && *(hosted ? p->hosted_url : p->client_secret) != '\0';
}

static bool is_open(const struct payment *p)
{
    return text_is(p->state, "pending") || text_is(p->state, "processing");
}

/* ---- looking ----------------------------------------------------------------------
 */

enum result checkout_get(struct ctx *c, int64_t booking_id, struct checkout *out)
{
    TRY(bookings_get(c, booking_id, &out->booking));
    if (out->booking.vendor_id != c->actor.user_id)
        return fail(c, R_NOT_FOUND, "There is no such booking among yours.");
    enum result r = payments_newest(c, booking_id, &out->payment);
    out->has_payment = r == OK;
    return r == R_NOT_FOUND ? OK : r;
}

/* Reads the payment at Stripe and applies what it says. */
static enum result look(
    struct ctx *c, const struct stripe_client *client, const struct payment *p)
{
    const char *paid_by = "";
    if (p->hosted && p->session_id != NULL)
        TRY(payments_read_session(c, client, p->session_id, &paid_by));
    const char *intent_id = *paid_by != '\0' ? paid_by : p->intent_id;
    return intent_id == NULL ? OK : payments_read(c, client, intent_id);
}

static enum result look_again(
    struct ctx *c, const struct stripe_client *client, struct payment *p)
{
    TRY(look(c, client, p));
    return payments_get(c, p->uid, p);
}

enum result checkout_check(struct ctx *c, int64_t booking_id)
{
    struct checkout k;
    struct stripe_client client;
    TRY(checkout_get(c, booking_id, &k));
    if (!k.has_payment || !is_open(&k.payment))
        return OK;
    TRY(stripe_ops_client(c, STRIPE_PAGE_MS, &client));
    return look(c, &client, &k.payment);
}

/* ---- retiring ---------------------------------------------------------------------
 */

/* A payment without an id at Stripe: taken back if it was never asked for, else asked
 * for again, so that we learn the id. */
static enum result learn_id(
    struct ctx *c, const struct stripe_client *client, struct payment *p)
{
    struct stripe_op op;
    struct stripe_reply reply;
    TRY(db_begin(c->db));
    enum result r = payments_withdraw(c, p);
    bool taken_back = r == OK;
    if (r == R_CONFLICT) {
        r = stripe_ops_newest(c, p->hosted ? "cs" : "pi", p->uid, &op);
        if (r == OK)
            r = stripe_ops_lease(c, &op);
    }
    if (r != OK && r != R_BUSY)
        return r;
    TRY(db_commit(c->db)); /* with R_BUSY nothing was changed */
    TRY(r);
    if (!taken_back)
        TRY(calls_send(c, client, &op, &reply));
    return payments_get(c, p->uid, p);
}

/* Makes sure that P brings no money any more, and reads it again: it may turn out to
 * have brought it. R_BUSY, R_UPSTREAM: Stripe cannot say. */
static enum result retire(
    struct ctx *c, const struct stripe_client *client, struct payment *p)
{
    struct stripe_op op;
    struct stripe_reply reply = { .outcome = STRIPE_UNKNOWN };
    if ((p->hosted ? p->session_id : p->intent_id) == NULL)
        TRY(learn_id(c, client, p));
    else if (text_is(p->state, "processing"))
        TRY(look_again(c, client, p));
    if (!is_open(p))
        return OK;
    if ((p->hosted ? p->session_id : p->intent_id) == NULL ||
        text_is(p->state, "processing"))
        return calls_result(c, &reply);
    TRY(db_begin(c->db));
    enum result r = payments_close(c, p, &op);
    if (r != OK && r != R_BUSY)
        return r;
    TRY(db_commit(c->db)); /* with R_BUSY nothing was changed */
    TRY(r);
    TRY(calls_send(c, client, &op, &reply));
    if (reply.outcome == STRIPE_DEFINITIVE)
        TRY(look_again(c, client, p)); /* it is over already, one way or the other */
    else
        TRY(payments_get(c, p->uid, p));
    if (!is_open(p))
        return OK;
    if (reply.outcome == STRIPE_OK || reply.outcome == STRIPE_DEFINITIVE)
        reply.outcome = STRIPE_UNKNOWN; /* under way at the bank */
    return calls_result(c, &reply);
}

/* ---- opening ----------------------------------------------------------------------
 */

static enum result check_open(struct ctx *c, int64_t booking_id, struct booking *b)
{
    struct checkout k;
    TRY(checkout_get(c, booking_id, &k));
    *b = k.booking;
    if (b->state == BOOKING_HELD && b->hold_until > c->now_at)
        return OK;
    if (bookings_on(b->state))
        return fail(c, R_CONFLICT, "This booking is paid already.");
    if (b->state == BOOKING_REQUESTED)
        return fail(
            c, R_CONFLICT, "The host has not answered yet. You pay after that.");
    return fail(c, R_GONE, "The time for paying has run out. Book the kitchen again.");
}

static enum result customer(
    struct ctx *c, const struct stripe_client *client, const char **customer_id)
{
    struct stripe_op op;
    struct stripe_reply reply;
    TRY(db_begin(c->db));
    TRY(customers_want(c, customer_id, &op));
    TRY(db_commit(c->db));
    if (*customer_id != NULL)
        return OK;
    TRY(calls_send(c, client, &op, &reply));
    TRY(calls_result(c, &reply));
    *customer_id = json_text(reply.object, "id");
    CHECK(*customer_id != NULL);
    return OK;
}

/* The row to send for a payment in this mode: that of the live payment, or of a new
 * one; none (OP as it was) if P needs no sending or is in the other mode. */
static enum result prepare(struct ctx *c, int64_t booking_id, bool hosted,
    const char *customer_id, struct payment *p, struct stripe_op *op)
{
    struct booking b;
    TRY(check_open(c, booking_id, &b));
    enum result r = payments_live(c, b.id, p);
    if (r == R_NOT_FOUND)
        return payments_open(c, &b, hosted, customer_id, p, op);
    TRY(r);
    if (p->hosted != hosted || is_ready(p, hosted))
        return OK;
    TRY(stripe_ops_newest(c, hosted ? "cs" : "pi", p->uid, op));
    return stripe_ops_lease(c, op);
}

static enum result open_payment(
    struct ctx *c, int64_t booking_id, bool hosted, struct payment *p)
{
    struct stripe_client client;
    struct booking b;
    struct stripe_op op = { .uid = NULL };
    struct stripe_reply reply;
    const char *customer_id;
    TRY(check_open(c, booking_id, &b));
    enum result r = payments_live(c, booking_id, p);
    if (r != OK && r != R_NOT_FOUND)
        return r;
    if (r == OK && is_ready(p, hosted))
        return OK;
    if (stripe_ops_client(c, STRIPE_PAGE_MS, &client) != OK)
        return stripe_ops_unavailable(c);
    if (r == OK && p->hosted != hosted)
        TRY(retire(c, &client, p));
    TRY(customer(c, &client, &customer_id));
    TRY(db_begin(c->db));
    TRY(prepare(c, booking_id, hosted, customer_id, p, &op));
    TRY(db_commit(c->db));
    if (op.uid != NULL) {
        TRY(calls_send(c, &client, &op, &reply));
        TRY(calls_result(c, &reply));
        TRY(payments_get(c, p->uid, p));
    }
    return is_ready(p, hosted) ? OK : stripe_ops_busy(c);
}

enum result checkout_intent(
    struct ctx *c, int64_t booking_id, const char **client_secret)
{
    struct payment p;
    TRY(open_payment(c, booking_id, false, &p));
    *client_secret = p.client_secret;
    return OK;
}

enum result checkout_hosted(struct ctx *c, int64_t booking_id, const char **url)
{
    struct payment p;
    TRY(open_payment(c, booking_id, true, &p));
    *url = p.hosted_url;
    return OK;
}

/* ---- ending -----------------------------------------------------------------------
 */

static enum result retire_live(struct ctx *c, int64_t total_ms, int64_t booking_id)
{
    struct stripe_client client;
    struct payment p;
    enum result r = payments_live(c, booking_id, &p);
    if (r == R_NOT_FOUND)
        return OK;
    TRY(r);
    if (!is_open(&p))
        return OK;
    TRY(stripe_ops_client(c, total_ms, &client));
    return retire(c, &client, &p);
}

enum result checkout_retire(struct ctx *c, int64_t booking_id)
{
    return retire_live(c, STRIPE_PAGE_MS, booking_id);
}

enum result checkout_leave(struct ctx *c, int64_t booking_id)
{
    struct checkout k;
    TRY(checkout_get(c, booking_id, &k));
    TRY(checkout_retire(c, booking_id));
    TRY(db_begin(c->db));
    TRY(bookings_get(c, booking_id, &k.booking));
    if (k.booking.state != BOOKING_HELD && k.booking.state != BOOKING_REQUESTED)
        return fail(c, R_CONFLICT, "This booking does not wait for payment any more.");
    TRY(bookings_cancel(c, &k.booking, "given up before payment"));
    return db_commit(c->db);
}

/* Frees the slot if that is safe. *FREED false: money could still arrive. */
static enum result free_slot(
    struct ctx *c, int64_t booking_id, bool whatever_stripe_says, bool *freed)
{
    struct booking b;
    TRY(db_begin(c->db));
    TRY(bookings_get(c, booking_id, &b));
    enum result r = bookings_expire(c, &b);
    *freed = r == OK;
    if (r == R_CONFLICT && whatever_stripe_says && b.state == BOOKING_HELD)
        r = bookings_move(
            c, &b, BOOKING_EXPIRED, "not paid in time; Stripe did not answer");
    if (r == R_CONFLICT)
        r = OK;
    TRY(r);
    return db_commit(c->db);
}

enum result checkout_expire(struct ctx *c, int64_t booking_id)
{
    struct booking b;
    bool freed;
    TRY(bookings_get(c, booking_id, &b));
    if (b.hold_until > c->now_at)
        return OK;
    TRY(free_slot(c, booking_id, false, &freed));
    if (freed)
        return OK;
    enum result r = retire_live(c, STRIPE_JOB_MS, booking_id);
    if (r == OK)
        return free_slot(c, booking_id, false, &freed);
    if (db_in_transaction(c->db))
        return r;
    if (c->now_at - b.hold_until >= CHECKOUT_GRACE_S)
        TRY(free_slot(c, booking_id, true, &freed));
    return r;
}

enum result checkout_poll(struct ctx *c, const char *payment_uid)
{
    struct stripe_client client;
    struct payment p;
    struct booking b;
    TRY(payments_get(c, payment_uid, &p));
    TRY(db_begin(c->db));
    TRY(payments_touch(c, &p));
    TRY(db_commit(c->db));
    if (!is_open(&p))
        return OK;
    TRY(stripe_ops_client(c, STRIPE_JOB_MS, &client));
    TRY(look_again(c, &client, &p));
    TRY(bookings_get(c, p.booking_id, &b));
    return is_open(&p) && b.state != BOOKING_HELD ? retire(c, &client, &p) : OK;
}
