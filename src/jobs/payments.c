/* Payments that are open and that nobody has heard of for ten minutes: the net under
 * a lost webhook and a browser that never came back. */
#include "domain/checkout.h"
#include "jobs/job.h"

enum { STALE_S = 600 };

static enum result find(struct ctx *c, struct batch *b)
{
    const char **uids;
    size_t n;
    TRY(payments_stale(c, c->now_at - STALE_S, JOB_BATCH, &uids, &n));
    job_add_uids(b, uids, n);
    return OK;
}

static enum result work(struct ctx *c, void *arg)
{
    const struct job_item *item = arg;
    return checkout_poll(c, item->uid);
}

const struct job job_payments = { "payments", 300, false, find, work,
    job_stripe_problem };
