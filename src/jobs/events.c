/* Events of Stripe whose object has to be read. */
#include "domain/events.h"
#include "jobs/job.h"

static enum result find(struct ctx *c, struct batch *b)
{
    const char **ids;
    size_t n;
    TRY(events_due(c, JOB_BATCH, &ids, &n));
    job_add_uids(b, ids, n);
    return OK;
}

static enum result work(struct ctx *c, void *arg)
{
    const struct job_item *item = arg;
    return events_process(c, item->uid);
}

const struct job job_events = { "events", 1, false, find, work, job_stripe_problem };
