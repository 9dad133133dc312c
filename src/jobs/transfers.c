/* The hosts' money, 24 hours after the end. Only while we have read Stripe's events up
 * to now: after a restored backup, or a long outage, what was sent before must be known
 * first. */
#include "domain/transfers.h"

#include "domain/events.h"
#include "jobs/job.h"
#include "util/log.h"

enum { BEHIND_MAX_S = 2 * 3600 };

static enum result find(struct ctx *c, struct batch *b)
{
    int64_t *ids, seen_at;
    size_t n;
    TRY(events_seen_until(c, &seen_at));
    TRY(transfers_due(c, JOB_BATCH, &ids, &n));
    if (seen_at < c->now_at - BEHIND_MAX_S) {
        if (n > 0)
            log_warn("transfers_wait",
                "%s%zu are due, and Stripe's events are read up to %lld only",
                n == JOB_BATCH ? "at least " : "", n, (long long)seen_at);
        return OK;
    }
    job_add_ids(b, ids, n);
    return OK;
}

static enum result work(struct ctx *c, void *arg)
{
    const struct job_item *item = arg;
    return transfers_claim(c, item->id);
}

const struct job job_transfers = { "transfers", 60, false, find, work,
    job_stripe_problem };
