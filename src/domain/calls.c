#include "domain/calls.h"

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

enum result calls_send(struct ctx *c, const struct stripe_client *client,
    const struct stripe_op *op, struct stripe_reply *reply)
{
    bool first;
    if (FAULT("calls.before_send"))
        return R_FAULT;
    stripe_ops_call(c, client, op, reply);
    if (FAULT("calls.after_send"))
        return R_FAULT;
    TRY(db_begin(c->db));
    TRY(stripe_ops_settle(c, op, reply, &first));
    if (first)
        TRY(answered(c, op, reply));
    return db_commit(c->db);
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
    switch (reply->outcome) {
    case STRIPE_OK:
        return OK;
    case STRIPE_BUSY:
    case STRIPE_UNKNOWN:
    case STRIPE_NOT_SENT:
        c->retry_after_s = 3;
        return fail(
            c, R_BUSY, "Your payment is being prepared. Try again in a moment.");
    case STRIPE_DECLINED:
    case STRIPE_DEFINITIVE:
    case STRIPE_BUG:
    case STRIPE_CONFIG:
        break;
    }
    return fail(c, R_UPSTREAM,
        "Payments are not available at the moment. Your time stays held; try again in a"
        " minute.");
}
