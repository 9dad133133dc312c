/* Hosts' accounts that nobody has read for a day, or that are not as we thought. */
#include "domain/host_accounts.h"
#include "jobs/job.h"

enum { STALE_S = 86400 };

static enum result find(struct ctx *c, struct batch *b)
{
    const char **ids;
    size_t n;
    TRY(host_accounts_stale(c, c->now_at - STALE_S, JOB_BATCH, &ids, &n));
    job_add_uids(b, ids, n);
    return OK;
}

static enum result work(struct ctx *c, void *arg)
{
    const struct job_item *item = arg;
    return host_accounts_check_id(c, item->uid, STRIPE_JOB_MS);
}

const struct job job_accounts = { "accounts", 60, false, find, work,
    job_stripe_problem };
