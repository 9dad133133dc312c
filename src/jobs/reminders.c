/* Reminders of what begins within a day. */
#include "domain/visits.h"
#include "jobs/job.h"

static enum result find(struct ctx *c, struct batch *b)
{
    int64_t *ids;
    size_t n;
    TRY(visits_unreminded(c, JOB_BATCH, &ids, &n));
    job_add_ids(b, ids, n);
    return OK;
}

static enum result work(struct ctx *c, void *arg)
{
    const struct job_item *item = arg;
    return visits_remind(c, item->id);
}

const struct job job_reminders = { "reminders", 60, false, find, work };
