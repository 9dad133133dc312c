/* Events that no webhook brought. The cursor moves only when all pages were seen, and
 * each look goes back a quarter of an hour behind it, since events are not listed in
 * the order in which they happened. */
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
    int64_t cursor_at;
    if (text_empty(c->conf->stripe_secret_key))
        return OK;
    TRY(events_seen_until(c, &cursor_at));
    job_add_id(b, cursor_at == 0 ? c->now_at - FIRST_S : cursor_at - OVERLAP_S);
    return OK;
}

static enum result work(struct ctx *c, void *arg)
{
    const struct job_item *item = arg;
    TRY(events_sweep(c, item->id));
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_JOBS_SET_CURSOR);
    bind_text(q, "name", name);
    bind_int(q, "cursor_at", c->now_at);
    TRY(query_run(q));
    return db_commit(c->db);
}

const struct job job_sweep = { name, EVERY_S, true, find, work };
