/* Rows and files that nobody asks for any more. */
#include "domain/events.h"
#include "jobs/job.h"
#include "storage/sweep.h"
#include "util/guard.h"
#include "util/log.h"

enum {
    THROTTLES_S = 86400,
    ANSWERS_S = 48 * 3600, /* of repeated posts */
    MAIL_LINKS_S = 86400,  /* after they expired */
    FILES_S = 86400,       /* left behind by a worker that died over them */
};

static const struct {
    enum query_id query;
    int64_t age_s;
} old[] = {
    { Q_JOBS_FORGET_THROTTLES, THROTTLES_S },
    { Q_JOBS_FORGET_ANSWERS, ANSWERS_S },
    { Q_JOBS_FORGET_MAIL_LINKS, MAIL_LINKS_S },
};

static const char *const folders[] = { "incoming", "photos/tmp", "documents/tmp" };

/* The items: each table, the sessions, what Stripe's events said, each folder. */
enum {
    SESSIONS = COUNT_OF(old),
    EVENTS,
    FOLDERS,
    ITEMS = FOLDERS + COUNT_OF(folders),
};

static enum result find(struct ctx *c, struct batch *b)
{
    for (int64_t id = 0; c != NULL && id < ITEMS; id++)
        job_add_id(b, id);
    return OK;
}

static struct query *forget_sessions(struct ctx *c)
{
    struct query *q = db_query(c->db, Q_JOBS_FORGET_SESSIONS);
    bind_int(q, "idle_before_at", c->now_at - c->conf->session_idle_s);
    bind_int(q, "total_before_at", c->now_at - c->conf->session_total_s);
    return q;
}

static enum result forget_files(struct ctx *c, const char *name)
{
    size_t n;
    const char *folder = ctx_printf(c, "%s/%s", c->conf->data_dir, name);
    enum result r = sweep_folder(folder, c->now_at - FILES_S, &n);
    if (n > 0)
        log_warn("cleanup", "%s: %zu left over", name, n);
    return r == OK ? OK : fail(c, r, "%s cannot be swept.", name);
}

/* A page in each unit. */
static enum result forget_events(struct ctx *c, struct job_item *item)
{
    enum { PER_PAGE = 200 };
    size_t n;
    TRY(events_forget(c, c->now_at - EVENTS_KEEP_S, PER_PAGE, &n));
    item->more = n == PER_PAGE;
    return OK;
}

static enum result work(struct ctx *c, void *arg)
{
    struct job_item *item = arg;
    struct query *q;
    if (item->id == EVENTS)
        return forget_events(c, item);
    if (item->id >= FOLDERS)
        return forget_files(c, folders[item->id - FOLDERS]);
    TRY(db_begin(c->db));
    if (item->id == SESSIONS) {
        q = forget_sessions(c);
    } else {
        q = db_query(c->db, old[item->id].query);
        bind_int(q, "before_at", c->now_at - old[item->id].age_s);
    }
    TRY(query_run(q));
    return db_commit(c->db);
}

const struct job job_cleanup = { "cleanup", 3600, true, find, work };
