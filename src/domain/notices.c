#include "domain/notices.h"

enum result notices_add(struct ctx *c, int64_t user_id, const char *kind,
    const char *text, const char *link)
{
    struct query *q = db_query(c->db, Q_NOTICES_ADD);
    bind_int(q, "user_id", user_id);
    bind_text(q, "kind", kind);
    bind_text(q, "text", text);
    bind_text(q, "link", link);
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

enum result notices_add_admins(
    struct ctx *c, const char *kind, const char *text, const char *link)
{
    struct query *q = db_query(c->db, Q_NOTICES_ADD_ADMINS);
    bind_text(q, "kind", kind);
    bind_text(q, "text", text);
    bind_text(q, "link", link);
    bind_int(q, "now_at", c->now_at);
    return query_run(q);
}

enum result notices_page(
    struct ctx *c, int64_t before_id, size_t max, struct notice **out, size_t *n)
{
    struct notice *notices = arena_array(c->arena, max, sizeof *notices);
    struct query *q = db_query(c->db, Q_NOTICES_PAGE);
    bind_int(q, "user_id", c->actor.user_id);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r)) {
        notices[(*n)++] = (struct notice) {
            .id = col_int(q, "id"),
            .created_at = col_int(q, "created_at"),
            .kind = col_text(q, "kind"),
            .text = col_text(q, "text"),
            .link = col_text(q, "link"),
            .timezone = col_text(q, "timezone"),
            .unread = col_is_null(q, "read_at"),
        };
    }
    *out = notices;
    return query_end(r);
}

enum result notices_unread(struct ctx *c, int64_t *n)
{
    struct query *q = db_query(c->db, Q_NOTICES_UNREAD);
    bind_int(q, "user_id", c->actor.user_id);
    TRY(query_step(q));
    *n = col_int(q, "unread");
    return OK;
}

enum result notices_read_all(struct ctx *c)
{
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_NOTICES_READ_ALL);
    bind_int(q, "user_id", c->actor.user_id);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    return db_commit(c->db);
}
