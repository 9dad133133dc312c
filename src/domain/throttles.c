#include "domain/throttles.h"

static int64_t window_of(const struct ctx *c)
{
    return c->now_at - c->now_at % THROTTLES_WINDOW_S;
}

static enum result limited(struct ctx *c)
{
    c->retry_after_s = window_of(c) + THROTTLES_WINDOW_S - c->now_at;
    return fail(c, R_LIMITED,
        "Too many tries in a short time. Wait %lld minutes, then try again.",
        (long long)(c->retry_after_s + 59) / 60);
}

static struct query *query_for(
    struct ctx *c, enum query_id id, const char *what, const char *who)
{
    struct query *q = db_query(c->db, id);
    bind_text(q, "what", what);
    bind_text(q, "who", who);
    bind_int(q, "window_at", window_of(c));
    return q;
}

enum result throttles_count(
    struct ctx *c, const char *what, const char *who, int64_t max)
{
    TRY(db_begin(c->db));
    struct query *q = query_for(c, Q_THROTTLES_COUNT, what, who);
    TRY(query_step(q));
    int64_t tries = col_int(q, "tries");
    TRY(db_commit(c->db));
    return tries <= max ? OK : limited(c);
}

enum result throttles_check(
    struct ctx *c, const char *what, const char *who, int64_t max)
{
    struct query *q = query_for(c, Q_THROTTLES_TRIES, what, who);
    enum result r = query_step(q);
    if (r == R_NOT_FOUND)
        return OK;
    TRY(r);
    return col_int(q, "tries") < max ? OK : limited(c);
}

enum result throttles_forget(struct ctx *c, const char *what, const char *who)
{
    return query_run(query_for(c, Q_THROTTLES_FORGET, what, who));
}
