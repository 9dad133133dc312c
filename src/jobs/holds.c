/* Holds and requests whose time is up. */
#include "domain/checkout.h"
#include "jobs/job.h"

static enum result find(struct ctx *c, struct batch *b)
{
    int64_t *ids;
    size_t n;
    TRY(bookings_overdue(c, JOB_BATCH, &ids, &n));
    job_add_ids(b, ids, n);
    return OK;
}

static enum result work(struct ctx *c, void *arg)
{
    const struct job_item *item = arg;
    return checkout_expire(c, item->id);
}

const struct job job_holds = { "holds", 2, false, find, work };
