#include "domain/alerts.h"

#include "domain/claims.h"
#include "domain/disputes.h"
#include "domain/notices.h"
#include "domain/queues.h"

enum result alerts_disputes(struct ctx *c, size_t max, const char ***ids, size_t *n)
{
    struct query *q = db_query(c->db, Q_ALERTS_DISPUTES);
    bind_int(q, "now_at", c->now_at);
    bind_int(q, "until_at", c->now_at + ALERTS_DISPUTE_S);
    return query_text_ids(q, max, ids, n);
}

enum result alerts_dispute(struct ctx *c, const char *dispute_id)
{
    struct dispute d;
    bool first;
    TRY(db_begin(c->db));
    TRY(disputes_get(c, dispute_id, &d));
    TRY(claims_take(
        c, "dispute-due", ctx_printf(c, "%s:%lld", d.id, (long long)d.due_by), &first));
    if (!first)
        return OK; /* another process was quicker */
    TRY(notices_add_admins(c, "dispute_due",
        ctx_printf(c,
            "A bank still waits for our answer about %s of booking %lld; it is lost "
            "without one by %s.",
            cents_format(c->arena, d.amount), (long long)d.booking_id,
            disputes_due(c, &d)),
        ctx_printf(c, "/admin/disputes/%s", d.id)));
    return db_commit(c->db);
}

static enum result tell_debt(struct ctx *c, const struct queues_debt *debt)
{
    bool first;
    TRY(claims_take(c, "debt-old",
        ctx_printf(c, "%lld:%lld", (long long)debt->host_id, (long long)debt->since_at),
        &first));
    return !first ? OK
                  : notices_add_admins(c, "debt_old",
                        ctx_printf(c, "%s has owed us %s for more than %d days.",
                            debt->host, cents_format(c->arena, debt->amount),
                            QUEUES_DEBT_OLD_S / 86400),
                        "/admin/payments?state=debts");
}

enum result alerts_debts(struct ctx *c, size_t max, size_t *n)
{
    struct queues_debt *rows = arena_array(c->arena, max, sizeof *rows);
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_ALERTS_DEBTS);
    bind_int(q, "before_at", c->now_at - QUEUES_DEBT_OLD_S);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = queues_read_debt(q);
    TRY(query_end(r));
    for (size_t i = 0; i < *n; i++)
        TRY(tell_debt(c, &rows[i]));
    return db_commit(c->db);
}
