#include "domain/sessions.h"

#include <string.h>

#include "util/rand.h"
#include "util/seal.h"
#include "util/text.h"

enum { TOUCH_S = 300 };

static struct query *query_for(struct ctx *c, enum query_id id, const char *token)
{
    unsigned char *hash = ctx_alloc(c, SEAL_HASH_BYTES);
    seal_hash(token, hash);
    struct query *q = db_query(c->db, id);
    bind_blob(q, "token_hash", hash, SEAL_HASH_BYTES);
    return q;
}

enum result sessions_open(struct ctx *c, int64_t user_id, const char *address,
    const char *user_agent, const char **token)
{
    *token = rand_token(c->arena);
    struct query *q = query_for(c, Q_SESSIONS_OPEN, *token);
    bind_int(q, "user_id", user_id);
    bind_int(q, "now_at", c->now_at);
    bind_text(q, "address", address == NULL ? "" : address);
    bind_text(q, "user_agent",
        user_agent == NULL
            ? ""
            : arena_strndup(c->arena, user_agent, strnlen(user_agent, 200)));
    return query_run(q);
}

enum result sessions_find(struct ctx *c, const char *token, struct session *out)
{
    struct query *q = query_for(c, Q_SESSIONS_FIND, token);
    TRY(query_step(q));
    struct session s = {
        .actor = {
            .user_id = col_int(q, "user_id"),
            .role = role_of(col_text_here(q, "role")),
            .verified = !col_is_null(q, "verified_at"),
            .full_name = col_text(q, "full_name"),
            .email = col_text(q, "email"),
        },
        .seen_at = col_int(q, "seen_at"),
    };
    bool staff = s.actor.role == ROLE_ADMIN || s.actor.role == ROLE_SUPPORT;
    int64_t idle_s = staff ? c->conf->staff_idle_s : c->conf->session_idle_s;
    int64_t total_s = staff ? c->conf->staff_total_s : c->conf->session_total_s;
    s.ends_at = col_int(q, "created_at") + total_s;
    if (c->now_at >= s.ends_at || c->now_at >= s.seen_at + idle_s ||
        !text_is(col_text_here(q, "state"), "active"))
        return R_NOT_FOUND;
    s.stale = c->now_at >= s.seen_at + TOUCH_S;
    *out = s;
    return OK;
}

enum result sessions_touch(struct ctx *c, const char *token)
{
    TRY(db_begin(c->db));
    struct query *q = query_for(c, Q_SESSIONS_TOUCH, token);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    return db_commit(c->db);
}

enum result sessions_close(struct ctx *c, const char *token)
{
    return query_run(query_for(c, Q_SESSIONS_CLOSE, token));
}

enum result sessions_close_all(struct ctx *c, int64_t user_id, const char *except_token)
{
    struct query *q =
        query_for(c, Q_SESSIONS_CLOSE_ALL, except_token == NULL ? "" : except_token);
    bind_int(q, "user_id", user_id);
    return query_run(q);
}

enum result sessions_list(
    struct ctx *c, const char *token, size_t max, struct session_row **out, size_t *n)
{
    unsigned char mine[SEAL_HASH_BYTES];
    seal_hash(token, mine);
    struct session_row *rows = arena_array(c->arena, max, sizeof *rows);
    struct query *q = db_query(c->db, Q_SESSIONS_LIST);
    bind_int(q, "user_id", c->actor.user_id);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r)) {
        size_t bytes;
        const void *hash = col_blob(q, "token_hash", &bytes);
        rows[(*n)++] = (struct session_row) {
            .id = text_hex(c->arena, hash, 8),
            .created_at = col_int(q, "created_at"),
            .seen_at = col_int(q, "seen_at"),
            .address = col_text(q, "address"),
            .user_agent = col_text(q, "user_agent"),
            .current = bytes == sizeof mine && memcmp(hash, mine, bytes) == 0,
        };
    }
    *out = rows;
    return query_end(r);
}
