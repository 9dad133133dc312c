/* Calls to Stripe that were not made, or whose answer never came. */
#include "domain/calls.h"
#include "jobs/job.h"
#include "util/text.h"

static enum result find(struct ctx *c, struct batch *b)
{
    const char **uids;
    size_t n;
    TRY(stripe_ops_due(c, JOB_BATCH, &uids, &n));
    job_add_uids(b, uids, n);
    return OK;
}

static enum result work(struct ctx *c, void *arg)
{
    struct job_item *item = arg;
    struct stripe_client client;
    struct stripe_op op;
    TRY(stripe_ops_get(c, item->uid, &op));
    item->slow = text_is(op.kind, "xfer");
    TRY(stripe_ops_client(c, STRIPE_JOB_MS, &client));
    return calls_send_due(c, &client, item->uid);
}

const struct job job_calls = { "calls", 1, false, find, work, job_stripe_problem };
