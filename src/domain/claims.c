#include "domain/claims.h"

#include <sodium.h>
#include <string.h>

enum { HASH_BYTES = crypto_hash_sha256_BYTES };

enum result claims_take(struct ctx *c, const char *scope, const char *key, bool *first)
{
    struct query *q = db_query(c->db, Q_CLAIMS_TAKE);
    bind_text(q, "scope", scope);
    bind_text(q, "key", key);
    bind_int(q, "at", c->now_at);
    enum result r = query_run(q);
    *first = r == OK;
    return r == R_CONFLICT ? OK : r;
}

enum result claims_drop(
    struct ctx *c, const char *scope, const char *key, bool *dropped)
{
    struct query *q = db_query(c->db, Q_CLAIMS_DROP);
    bind_text(q, "scope", scope);
    bind_text(q, "key", key);
    TRY(query_run(q));
    *dropped = query_changes(q) == 1;
    return OK;
}

static unsigned char *hash_of(struct ctx *c, const char *route, struct span body)
{
    unsigned char *hash = ctx_alloc(c, HASH_BYTES);
    crypto_hash_sha256_state state;
    crypto_hash_sha256_init(&state);
    crypto_hash_sha256_update(&state, (const unsigned char *)route, strlen(route) + 1);
    crypto_hash_sha256_update(&state, (const unsigned char *)body.at, body.n);
    crypto_hash_sha256_final(&state, hash);
    return hash;
}

enum result claims_post(struct ctx *c, const char *key, const char *route,
    struct span body, bool *found, struct claims_answer *stored)
{
    *found = false;
    if (*key == '\0')
        return OK;
    struct query *q = db_query(c->db, Q_CLAIMS_ANSWER_OF);
    bind_int(q, "user_id", c->actor.user_id);
    bind_text(q, "key", key);
    enum result r = query_step(q);
    if (r == R_NOT_FOUND)
        return OK;
    TRY(r);
    size_t n;
    const void *hash = col_blob(q, "body_hash", &n);
    if (n != HASH_BYTES || memcmp(hash, hash_of(c, route, body), HASH_BYTES) != 0)
        return fail_code(c, R_INVALID, "PC-KEY-422",
            "This form was sent before with other contents. Open the page again and "
            "send it anew.");
    *found = true;
    *stored = (struct claims_answer) {
        .status = (int)col_int(q, "status"),
        .location = col_text(q, "location"),
    };
    return OK;
}

enum result claims_answer(struct ctx *c, const char *key, const char *route,
    struct span body, const struct claims_answer *answer)
{
    if (*key == '\0')
        return OK;
    struct query *q = db_query(c->db, Q_CLAIMS_ANSWER);
    bind_int(q, "user_id", c->actor.user_id);
    bind_text(q, "key", key);
    bind_text(q, "route", route);
    bind_blob(q, "body_hash", hash_of(c, route, body), HASH_BYTES);
    bind_int(q, "status", answer->status);
    bind_text(q, "location", answer->location);
    bind_int(q, "at", c->now_at);
    return query_run(q);
}
