/* What staff is told of because time has passed. */
#include "domain/alerts.h"

#include "jobs/job.h"

enum { EVERY_S = 3600, DEBTS = 1, MAX = 50 };

static enum result find(struct ctx *c, struct batch *b)
{
    const char **ids;
    size_t n;
    TRY(alerts_disputes(c, JOB_BATCH - 1, &ids, &n));
    job_add_uids(b, ids, n);
    job_add_id(b, DEBTS);
    return OK;
}

static enum result work(struct ctx *c, void *arg)
{
    struct job_item *item = arg;
    size_t n;
    if (item->id != DEBTS)
        return alerts_dispute(c, item->uid);
    TRY(alerts_debts(c, MAX, &n));
    item->more = n == MAX;
    return OK;
}

const struct job job_alerts = { "alerts", EVERY_S, true, find, work };
