/* Open disputes, read again each day: what a bank decides must not be missed. */
#include "domain/disputes.h"
#include "jobs/job.h"

enum { EVERY_S = 3600, STALE_S = 86400 };

static enum result find(struct ctx *c, struct batch *b)
{
    const char **ids;
    size_t n;
    TRY(disputes_stale(c, c->now_at - STALE_S, JOB_BATCH, &ids, &n));
    job_add_uids(b, ids, n);
    return OK;
}

static enum result work(struct ctx *c, void *arg)
{
    const struct job_item *item = arg;
    return disputes_check(c, item->uid);
}

const struct job job_disputes = { "disputes", EVERY_S, false, find, work,
    job_stripe_problem };
