#include "domain/differences.h"

#include <string.h>

#include "domain/accounts.h"
#include "domain/audit.h"
#include "domain/notices.h"
#include "util/guard.h"
#include "util/log.h"
#include "util/text.h"

/* Was just this closed by a person, who knows of it? */
static enum result is_settled(struct ctx *c, const struct difference *d, bool *settled)
{
    struct query *q = db_query(c->db, Q_DIFFERENCES_SETTLED);
    bind_text(q, "kind", d->kind);
    bind_text(q, "source_id", d->source_id);
    bind_text(q, "detail", d->detail);
    TRY(query_step(q));
    *settled = col_int(q, "settled") != 0;
    return OK;
}

static enum result add(struct ctx *c, const struct difference *d)
{
    struct query *q = db_query(c->db, Q_DIFFERENCES_ADD);
    bind_text(q, "kind", d->kind);
    bind_text(q, "source_id", d->source_id);
    bind_text(q, "detail", d->detail);
    bind_id(q, "booking_id", d->booking_id);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    TRY(audit_add(c, "difference.found", "difference", db_last_id(c->db),
        ctx_printf(c, "%s %s: %s", d->kind, d->source_id, d->detail)));
    log_error("difference", "%s %s: %s", d->kind, d->source_id, d->detail);
    return notices_add_admins(c, "difference",
        d->notice != NULL ? d->notice
                          : "Stripe's books and ours differ. Somebody has to look.",
        "/admin/payments?state=differences");
}

enum result differences_found(struct ctx *c, const struct difference *d, bool *new)
{
    bool settled;
    if (new != NULL)
        *new = false;
    struct query *q = db_query(c->db, Q_DIFFERENCES_SEE);
    bind_text(q, "kind", d->kind);
    bind_text(q, "source_id", d->source_id);
    bind_text(q, "detail", d->detail);
    bind_int(q, "now_at", c->now_at);
    enum result r = query_run_one(q);
    if (r != R_CONFLICT)
        return r;
    TRY(is_settled(c, d, &settled));
    if (settled)
        return OK;
    if (new != NULL)
        *new = true;
    return add(c, d);
}

enum result differences_gone(struct ctx *c, const char *kind, int64_t before_at)
{
    enum { AT_ONCE = 50 };
    int64_t *ids;
    size_t n;
    do {
        struct query *q = db_query(c->db, Q_DIFFERENCES_UNSEEN);
        bind_text(q, "kind", kind);
        bind_int(q, "before_at", before_at);
        TRY(query_ids(q, AT_ONCE, &ids, &n));
        for (size_t i = 0; i < n; i++) {
            q = db_query(c->db, Q_DIFFERENCES_GONE);
            bind_int(q, "id", ids[i]);
            bind_int(q, "now_at", c->now_at);
            TRY(query_run_one(q));
            TRY(audit_add(c, "difference.gone", "difference", ids[i],
                "the newest look does not find it any more"));
        }
    } while (n == AT_ONCE);
    return OK;
}

enum result differences_open(
    struct ctx *c, int64_t after_id, size_t max, struct difference **out, size_t *n)
{
    struct difference *rows = arena_array(c->arena, max, sizeof *rows);
    struct query *q = db_query(c->db, Q_DIFFERENCES_OPEN);
    bind_int(q, "after_id", after_id);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = (struct difference) {
            .id = col_int(q, "id"),
            .kind = col_text(q, "kind"),
            .source_id = col_text(q, "source_id"),
            .detail = col_text(q, "detail"),
            .booking_id = col_int(q, "booking_id"),
            .found_at = col_int(q, "found_at"),
            .seen_at = col_int(q, "seen_at"),
        };
    *out = rows;
    return query_end(r);
}

enum result differences_count(struct ctx *c, int64_t *n)
{
    struct query *q = db_query(c->db, Q_DIFFERENCES_COUNT);
    TRY(query_step(q));
    *n = col_int(q, "open");
    return OK;
}

enum result differences_close(struct ctx *c, int64_t id, const char *reason)
{
    TRY(accounts_admin_only(c, "closes a difference"));
    if (text_empty(reason) || !text_utf8_ok(reason, strlen(reason)) ||
        text_utf8_length(reason) > DIFFERENCES_REASON_MAX)
        return fail(c, R_INVALID, "Say why it is none, in at most %d characters.",
            DIFFERENCES_REASON_MAX);
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_DIFFERENCES_CLOSE);
    bind_int(q, "id", id);
    bind_text(q, "reason", reason);
    bind_int(q, "now_at", c->now_at);
    enum result r = query_run_one(q);
    if (r == R_CONFLICT)
        return fail(c, R_NOT_FOUND, "This difference is not open any more.");
    TRY(r);
    TRY(audit_add(c, "difference.closed", "difference", id, reason));
    return db_commit(c->db);
}
