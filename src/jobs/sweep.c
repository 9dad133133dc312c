/* Events that no webhook brought, a page of Stripe's list in each unit. The cursor
 * moves only when all pages were seen, to the time when the first was; each look goes
 * back a quarter of an hour behind it, since events are not listed in the order in
 * which they happened. */
#include "domain/events.h"
#include "jobs/job.h"
#include "util/text.h"

enum {
    EVERY_S = 900,
    OVERLAP_S = 900,
    FIRST_S = 3 * 86400, /* how far the very first look goes back */
};

static const char name[] = "sweep";

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
    enum result r = events_sweep(c,
        place.cursor_at == 0 ? place.began_at - FIRST_S : place.cursor_at - OVERLAP_S,
        &place.at);
    if (r == R_GONE)
        place.at = "";
    else if (r != OK)
        return r;
    else if (*place.at == '\0')
        place.cursor_at = place.began_at;
    item->more = r == R_GONE || *place.at != '\0';
    return job_set_place(c, name, item, &place);
}

const struct job job_sweep = { name, EVERY_S, true, find, work, job_stripe_problem };
