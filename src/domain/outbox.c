#include "domain/outbox.h"

#include "util/json.h"
#include "util/rand.h"

enum {
    TRIES_MAX = 10,
    PAUSE_FIRST_S = 60,
    PAUSE_MAX_S = 6 * 3600,
    FIELDS_MAX_BYTES = 64 * 1024
};

enum result outbox_add(struct ctx *c, const char *kind, int64_t user_id,
    const char *dedupe, const struct outbox_field *fields, size_t n)
{
    struct buf json;
    buf_init(&json, FIELDS_MAX_BYTES);
    struct json_writer *w = json_begin(c->arena, &json);
    json_open_object(w);
    for (size_t i = 0; i < n; i++)
        json_key_text(w, fields[i].name, fields[i].value);
    json_close_object(w);
    bool fits = json_end(w);
    const char *text = arena_strndup(c->arena, json.at, json.n);
    buf_free(&json);
    if (!fits)
        return fail(c, R_FAULT, "A mail has grown too long to be queued.");

    struct query *q = db_query(c->db, Q_OUTBOX_ADD);
    bind_text(q, "uid", rand_uid(c->arena));
    bind_text(q, "kind", kind);
    bind_int(q, "user_id", user_id);
    bind_text(q, "dedupe", dedupe);
    bind_text(q, "fields", text);
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

enum result outbox_take(
    struct ctx *c, size_t max, int64_t lease_s, struct outbox_mail **out, size_t *n)
{
    struct outbox_mail *mails = arena_array(c->arena, max, sizeof *mails);
    *out = mails;
    *n = 0;
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_OUTBOX_DUE);
    bind_int(q, "now_at", c->now_at);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    for (QUERY_EACH(q, r)) {
        mails[(*n)++] = (struct outbox_mail) {
            .id = col_int(q, "id"),
            .uid = col_text(q, "uid"),
            .kind = col_text(q, "kind"),
            .to_email = col_text(q, "email"),
            .to_name = col_text(q, "full_name"),
            .fields = col_text(q, "fields"),
            .tries = (int)col_int(q, "tries"),
            .created_at = col_int(q, "created_at"),
        };
    }
    TRY(query_end(r));
    q = db_query(c->db, Q_OUTBOX_LEASE);
    bind_int(q, "now_at", c->now_at);
    bind_int(q, "lease_until", c->now_at + lease_s);
    bind_int(q, "max", (int64_t)max);
    TRY(query_run(q));
    return db_commit(c->db);
}

enum result outbox_sent(struct ctx *c, int64_t id)
{
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_OUTBOX_SENT);
    bind_int(q, "id", id);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    return db_commit(c->db);
}

enum result outbox_failed(struct ctx *c, int64_t id, const char *error, bool for_good)
{
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_OUTBOX_FAILED);
    bind_int(q, "id", id);
    bind_text(q, "error", error);
    bind_int(q, "tries_max", for_good ? 0 : TRIES_MAX);
    bind_int(q, "now_at", c->now_at);
    bind_int(q, "pause_first_s", PAUSE_FIRST_S);
    bind_int(q, "pause_max_s", PAUSE_MAX_S);
    TRY(query_run(q));
    return db_commit(c->db);
}

enum result outbox_page(struct ctx *c, const char *state, int64_t before_id, size_t max,
    struct outbox_row **out, size_t *n)
{
    struct outbox_row *rows = arena_array(c->arena, max, sizeof *rows);
    *out = rows;
    *n = 0;
    struct query *q = db_query(c->db, Q_OUTBOX_PAGE);
    bind_text(q, "state", state);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    for (QUERY_EACH(q, r)) {
        rows[(*n)++] = (struct outbox_row) {
            .id = col_int(q, "id"),
            .tries = col_int(q, "tries"),
            .created_at = col_int(q, "created_at"),
            .next_at = col_int(q, "next_at"),
            .sent_at = col_int(q, "sent_at"),
            .kind = col_text(q, "kind"),
            .to_email = col_text(q, "email"),
            .state = col_text(q, "state"),
            .error = col_text(q, "error"),
        };
    }
    return query_end(r);
}
