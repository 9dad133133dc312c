#include "domain/messages.h"

#include <string.h>

#include "domain/audit.h"
#include "domain/claims.h"
#include "domain/notices.h"
#include "domain/outbox.h"
#include "domain/throttles.h"
#include "util/guard.h"

enum result messages_of(struct ctx *c, const struct booking *b, int64_t before_id,
    size_t max, struct message **out, size_t *n)
{
    struct message *rows = arena_array(c->arena, max, sizeof *rows);
    struct query *q = db_query(c->db, Q_MESSAGES_OF);
    bind_int(q, "booking_id", b->id);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r)) {
        int64_t sender_id = col_int(q, "sender_id");
        rows[(*n)++] = (struct message) {
            .id = col_int(q, "id"),
            .sender_id = sender_id,
            .sender = col_text(q, "sender"),
            .body = col_text(q, "body"),
            .created_at = col_int(q, "created_at"),
            .mine = sender_id == c->actor.user_id,
        };
    }
    *out = rows;
    return query_end(r);
}

static enum result tell(
    struct ctx *c, const struct booking *b, int64_t id, const char *body)
{
    int64_t to = c->actor.user_id == b->vendor_id ? b->host_id : b->vendor_id;
    const char *path = ctx_printf(c, "/messages/%lld", (long long)b->id);
    const struct outbox_field fields[] = {
        { "full_name", to == b->vendor_id ? b->vendor_name : b->host_name },
        { "sender", c->actor.full_name },
        { "title", b->title },
        { "when", bookings_when(c, b) },
        { "body", body },
        { "link", ctx_printf(c, "%s%s", c->conf->base_url, path) },
    };
    TRY(notices_add(c, to, "message",
        ctx_printf(c, "%s wrote about %s.", c->actor.full_name, b->title), path));
    return outbox_add(c, "message", to, ctx_printf(c, "message:%lld", (long long)id),
        fields, COUNT_OF(fields));
}

static enum result write(struct ctx *c, const struct booking *b, const char *body)
{
    struct query *q = db_query(c->db, Q_MESSAGES_ADD);
    bind_int(q, "booking_id", b->id);
    bind_int(q, "sender_id", c->actor.user_id);
    bind_text(q, "body", body);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    int64_t id = db_last_id(c->db);
    TRY(audit_add(c, "message.send", "booking", b->id, ""));
    return tell(c, b, id, body);
}

enum result messages_send(
    struct ctx *c, const struct booking *b, const char *body, const char *key)
{
    const char *route = ctx_printf(c, "/messages/%lld", (long long)b->id);
    struct span post = { body, strlen(body) };
    struct claims_answer answer = { 303, route };
    bool again;
    if (c->actor.user_id != b->vendor_id && c->actor.user_id != b->host_id)
        return fail(c, R_DENIED,
            "Only the vendor and the host of a booking write to each other.");
    TRY(throttles_count(c, "message",
        ctx_printf(c, "%lld", (long long)c->actor.user_id), MESSAGES_PER_WINDOW));
    TRY(db_begin(c->db));
    TRY(claims_post(c, key, route, post, &again, &answer));
    if (!again) {
        TRY(write(c, b, body));
        TRY(claims_answer(c, key, route, post, &answer));
    }
    return db_commit(c->db);
}

enum result messages_threads(struct ctx *c, int64_t before_id, size_t max,
    struct message_thread **out, size_t *n)
{
    struct message_thread *rows = arena_array(c->arena, max, sizeof *rows);
    struct query *q = db_query(c->db, Q_MESSAGES_THREADS);
    bind_int(q, "user_id", c->actor.user_id);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r)) {
        rows[(*n)++] = (struct message_thread) {
            .booking_id = col_int(q, "booking_id"),
            .last_id = col_int(q, "last_id"),
            .last_at = col_int(q, "last_at"),
            .title = col_text(q, "title"),
            .timezone = col_text(q, "timezone"),
            .with = col_text(q, "with_name"),
            .body = col_text(q, "body"),
        };
    }
    *out = rows;
    return query_end(r);
}
