/* Where the jobs that read long lists have come to. */
#include "jobs/job.h"

enum result job_place(struct ctx *c, const char *name, struct job_place *out)
{
    struct query *q = db_query(c->db, Q_JOBS_PLACE);
    *out = (struct job_place) { .at = "" };
    bind_text(q, "name", name);
    enum result r = query_step(q);
    if (r == OK)
        *out = (struct job_place) {
            .at = col_text(q, "place"),
            .began_at = col_int(q, "began_at"),
            .cursor_at = col_int(q, "cursor_at"),
        };
    return query_end(r);
}

enum result job_set_place(struct ctx *c, const char *name, const struct job_item *item,
    const struct job_place *place)
{
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_JOBS_SET_PLACE);
    bind_text(q, "name", name);
    bind_text(q, "owner", item->owner);
    bind_text(q, "place", place->at);
    bind_int(q, "began_at", place->began_at);
    bind_int(q, "cursor_at", place->cursor_at);
    enum result r = query_run_one(q);
    if (r == R_CONFLICT)
        return fail(c, R_BUSY, "Another process has taken this job meanwhile.");
    TRY(r);
    return db_commit(c->db);
}
