/* Rows that nobody asks for any more. */
#include "jobs/job.h"

enum {
    THROTTLES_S = 86400,
    ANSWERS_S = 48 * 3600, /* of repeated posts */
    MAIL_LINKS_S = 86400,  /* after they expired */
};

static const struct {
    enum query_id query;
    int64_t age_s;
} old[] = {
    { Q_JOBS_FORGET_THROTTLES, THROTTLES_S },
    { Q_JOBS_FORGET_ANSWERS, ANSWERS_S },
    { Q_JOBS_FORGET_MAIL_LINKS, MAIL_LINKS_S },
};

/* One item for each table, the sessions last. */
enum { TABLES = sizeof old / sizeof *old + 1 };

static enum result find(struct ctx *c, struct batch *b)
{
    for (int64_t id = 0; c != NULL && id < TABLES; id++)
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

static enum result work(struct ctx *c, void *arg)
{
    const struct job_item *item = arg;
    struct query *q;
    TRY(db_begin(c->db));
    if (item->id < TABLES - 1) {
        q = db_query(c->db, old[item->id].query);
        bind_int(q, "before_at", c->now_at - old[item->id].age_s);
    } else {
        q = forget_sessions(c);
    }
    TRY(query_run(q));
    return db_commit(c->db);
}

const struct job job_cleanup = { "cleanup", 3600, true, find, work };
