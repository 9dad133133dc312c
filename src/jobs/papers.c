/* Papers past their last day. */
#include "domain/compliance.h"
#include "jobs/job.h"

static enum result find(struct ctx *c, struct batch *b)
{
    int64_t *ids;
    size_t n;
    TRY(compliance_overdue(c, JOB_BATCH, &ids, &n));
    job_add_ids(b, ids, n);
    return OK;
}

static enum result work(struct ctx *c, void *arg)
{
    const struct job_item *item = arg;
    return compliance_expire(c, item->id);
}

const struct job job_papers = { "papers", 600, false, find, work };
