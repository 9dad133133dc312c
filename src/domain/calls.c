#include "domain/calls.h"

#include "domain/accounts.h"
#include "domain/audit.h"
#include "domain/customers.h"
#include "domain/disputes.h"
#include "domain/host_accounts.h"
#include "domain/payments.h"
#include "domain/refunds.h"
#include "domain/transfers.h"
#include "util/fault.h"
#include "util/guard.h"

static const struct {
    const char *kind;
    enum result (*answered)(
        struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply);
} kinds[] = {
    { "acct", host_accounts_answered },
    { "cus", customers_answered },
    { "pi", payments_answered },
    { "cs", payments_answered },
    { "pican", payments_answered },
    { "csexp", payments_answered },
    { "ref", refunds_answered },
    { "xfer", transfers_answered },
    { "rev", transfers_reversal_answered },
    { "dpev", disputes_answered },
};

static enum result answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply)
{
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        if (text_is(kinds[i].kind, op->kind))
            return kinds[i].answered(c, op, reply);
    return fail(c, R_FAULT, "A call of kind %s is nobody's.", op->kind);
}

static enum result settle(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply)
{
    bool first;
    TRY(db_begin(c->db));
    TRY(stripe_ops_settle(c, op, reply, &first));
    if (first)
        TRY(answered(c, op, reply));
    return db_commit(c->db);
}

enum result calls_send(struct ctx *c, const struct stripe_client *client,
    const struct stripe_op *op, struct stripe_reply *reply)
{
    if (FAULT("calls.before_send"))
        return R_FAULT;
    stripe_ops_call(c, client, op, reply);
    if (FAULT("calls.after_send"))
        return R_FAULT;
    return settle(c, op, reply);
}

enum result calls_send_due(
    struct ctx *c, const struct stripe_client *client, const char *uid)
{
    struct stripe_op op;
    struct stripe_reply reply;
    TRY(db_begin(c->db));
    TRY(stripe_ops_get(c, uid, &op));
    enum result r = stripe_ops_lease(c, &op);
    TRY(db_commit(c->db));
    if (r == R_BUSY) {
        fail_clear(c);
        return OK;
    }
    TRY(r);
    TRY(calls_send(c, client, &op, &reply));
    return reply.outcome == STRIPE_CONFIG ? calls_result(c, &reply) : OK;
}

enum result calls_result(struct ctx *c, const struct stripe_reply *reply)
{
    /* What never happened happens with the next try. */
    switch (stripe_ops_absent(reply) ? STRIPE_BUSY : reply->outcome) {
    case STRIPE_OK:
        return OK;
    case STRIPE_BUSY:
    case STRIPE_UNKNOWN:
    case STRIPE_NOT_SENT:
        return stripe_ops_busy(c);
    case STRIPE_DECLINED:
    case STRIPE_DEFINITIVE:
    case STRIPE_BUG:
    case STRIPE_CONFIG:
        break;
    }
    return stripe_ops_unavailable(c);
}

/* ---- for staff --------------------------------------------------------------------
 */

enum result calls_stuck(struct ctx *c, int64_t after_at, const char *after_uid,
    size_t max, struct stuck_call **out, size_t *n)
{
    struct stuck_call *rows = arena_array(c->arena, max, sizeof *rows);
    struct query *q = db_query(c->db, Q_STRIPE_OPS_STUCK);
    bind_int(q, "before_at", c->now_at - CALLS_STUCK_S);
    bind_int(q, "after_at", after_uid == NULL ? 0 : after_at);
    bind_text(q, "after_uid", after_uid == NULL ? "" : after_uid);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = (struct stuck_call) {
            .uid = col_text(q, "uid"),
            .kind = col_text(q, "kind"),
            .subject_uid = col_text(q, "subject_uid"),
            .state = col_text(q, "state"),
            .booking_id = col_int(q, "booking_id"),
            .since_at = col_int(q, "created_at"),
            .tries = col_int(q, "tries"),
            .http_status = col_int(q, "http_status"),
            .error = col_text(q, "err_message"),
            .request_id = col_text(q, "stripe_request_id"),
        };
    *out = rows;
    return query_end(r);
}

/* Takes the row for this process, whatever it waits for. *SENT: it was sent before. */
static enum result take(
    struct ctx *c, const char *uid, struct stripe_op *op, bool *sent)
{
    TRY(db_begin(c->db));
    enum result r = stripe_ops_get(c, uid, op);
    if (r == R_NOT_FOUND)
        return fail(c, r, "There is no such call.");
    TRY(r);
    *sent = op->first_sent_at != 0;
    if (text_is(op->state, "done") || text_is(op->state, "rejected"))
        return fail(c, R_CONFLICT, "This call has ended: there is nothing to be done.");
    if (text_is(op->state, "review"))
        TRY(stripe_ops_reopen(c, op));
    else
        TRY(stripe_ops_hurry(c, op));
    r = stripe_ops_lease(c, op);
    if (r == R_BUSY)
        return fail(c, r, "It is being sent at this moment.");
    TRY(r);
    TRY(audit_add(c, "call.retried", "stripe_op", 0, op->idem_key));
    return db_commit(c->db);
}

enum result calls_retry(struct ctx *c, const char *uid)
{
    struct stripe_op op;
    struct stripe_client client;
    struct stripe_reply reply;
    bool sent = false;
    TRY(accounts_admin_only(c, "sends calls again"));
    TRY(stripe_ops_client(c, STRIPE_PAGE_MS, &client));
    TRY(take(c, uid, &op, &sent));
    if (sent)
        stripe_ops_find(c, &client, &op, &reply);
    if (!sent || (stripe_ops_absent(&reply) && !stripe_ops_is_lost(c, &op)))
        stripe_ops_call(c, &client, &op, &reply);
    TRY(settle(c, &op, &reply));
    return reply.outcome == STRIPE_OK || stripe_ops_absent(&reply)
               ? OK
               : fail(c, R_UPSTREAM, "Stripe cannot say what came of it: %s",
                     reply.error.message);
}
