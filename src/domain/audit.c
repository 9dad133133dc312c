#include "domain/audit.h"

enum result audit_add(struct ctx *c, const char *action, const char *subject,
    int64_t subject_id, const char *detail)
{
    struct query *q = db_query(c->db, Q_AUDIT_ADD);
    bind_int(q, "at", c->now_at);
    bind_id(q, "actor_id", c->actor.user_id);
    bind_text(q, "actor_role", role_name(c->actor.role));
    bind_text(q, "action", action);
    bind_text(q, "subject", subject);
    bind_int(q, "subject_id", subject_id);
    bind_text(q, "detail", detail);
    bind_text(q, "request_id", c->request_id);
    return query_run(q);
}

enum result audit_has(struct ctx *c, const char *action, const char *subject,
    int64_t subject_id, bool *out)
{
    struct query *q = db_query(c->db, Q_AUDIT_HAS);
    bind_text(q, "action", action);
    bind_text(q, "subject", subject);
    bind_int(q, "subject_id", subject_id);
    TRY(query_step(q));
    *out = col_int(q, "has") != 0;
    return OK;
}

static enum result read_rows(
    struct ctx *c, struct query *q, size_t max, struct audit_row **out, size_t *n)
{
    struct audit_row *rows = arena_array(c->arena, max, sizeof *rows);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r)) {
        rows[(*n)++] = (struct audit_row) {
            .id = col_int(q, "id"),
            .at = col_int(q, "at"),
            .actor = col_text(q, "actor"),
            .actor_role = col_text(q, "actor_role"),
            .action = col_text(q, "action"),
            .subject = col_text(q, "subject"),
            .subject_id = col_int(q, "subject_id"),
            .detail = col_text(q, "detail"),
            .request_id = col_text(q, "request_id"),
        };
    }
    *out = rows;
    return query_end(r);
}

enum result audit_of(struct ctx *c, const char *subject, int64_t subject_id, size_t max,
    struct audit_row **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_AUDIT_OF);
    bind_text(q, "subject", subject);
    bind_int(q, "subject_id", subject_id);
    return read_rows(c, q, max, out, n);
}

enum result audit_page(
    struct ctx *c, int64_t before_id, size_t max, struct audit_row **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_AUDIT_PAGE);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    return read_rows(c, q, max, out, n);
}

enum result audit_decisions(
    struct ctx *c, int64_t kitchen_id, size_t max, struct audit_row **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_AUDIT_DECISIONS);
    bind_int(q, "kitchen_id", kitchen_id);
    return read_rows(c, q, max, out, n);
}

enum result audit_paper_decisions(
    struct ctx *c, int64_t kitchen_id, size_t max, struct audit_row **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_AUDIT_PAPER_DECISIONS);
    bind_int(q, "kitchen_id", kitchen_id);
    return read_rows(c, q, max, out, n);
}
