/* Our books against Stripe's, once a day. */
#include "domain/reconcile.h"

#include "jobs/job.h"
#include "util/text.h"

static const char name[] = "reconcile";

static enum result find(struct ctx *c, struct batch *b)
{
    if (!text_empty(c->conf->stripe_secret_key))
        job_add_id(b, 0);
    return OK;
}

static enum result work(struct ctx *c, void *arg)
{
    struct job_item *item = arg;
    struct job_place place;
    TRY(job_place(c, name, &place));
    if (*place.at == '\0')
        place.began_at = c->now_at;
    const struct reconcile_look look = { place.began_at, place.cursor_at };
    TRY(reconcile_step(c, &look, &place.at));
    item->more = *place.at != '\0';
    if (!item->more)
        place.cursor_at = place.began_at;
    return job_set_place(c, name, item, &place);
}

const struct job job_reconcile = { name, 86400, true, find, work, job_stripe_problem };
