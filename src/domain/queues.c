#include "domain/queues.h"

#include "domain/calls.h"

enum result queues_count(struct ctx *c, struct queues_counts *out)
{
    struct query *q = db_query(c->db, Q_QUEUES_COUNTS);
    bind_int(q, "stuck_at", c->now_at - CALLS_STUCK_S);
    TRY(query_step(q));
    *out = (struct queues_counts) {
        .disputes = col_int(q, "disputes"),
        .refunds = col_int(q, "refunds"),
        .transfers = col_int(q, "transfers"),
        .warnings = col_int(q, "warnings"),
        .calls = col_int(q, "calls"),
        .debts = col_int(q, "debts"),
        .differences = col_int(q, "differences"),
    };
    return OK;
}

enum result queues_warnings(struct ctx *c, const struct queues_warning *after,
    size_t max, struct queues_warning **out, size_t *n)
{
    struct queues_warning *rows = arena_array(c->arena, max, sizeof *rows);
    struct query *q = db_query(c->db, Q_QUEUES_WARNINGS);
    bind_int(q, "after_id", after->booking_id);
    bind_text(q, "after_source", after->source_id);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = (struct queues_warning) {
            .source_id = col_text(q, "source_id"),
            .kind = col_text(q, "kind"),
            .booking_id = col_int(q, "booking_id"),
            .opened_at = col_int(q, "opened_at"),
            .total = { col_int(q, "total_cents") },
            .title = col_text(q, "title"),
            .vendor = col_text(q, "vendor"),
        };
    *out = rows;
    return query_end(r);
}

struct queues_debt queues_read_debt(struct query *q)
{
    return (struct queues_debt) {
        .host_id = col_int(q, "host_id"),
        .since_at = col_int(q, "since_at"),
        .host = col_text(q, "host"),
        .amount = { col_int(q, "balance_cents") },
    };
}

enum result queues_debts(
    struct ctx *c, int64_t after_id, size_t max, struct queues_debt **out, size_t *n)
{
    struct queues_debt *rows = arena_array(c->arena, max, sizeof *rows);
    struct query *q = db_query(c->db, Q_QUEUES_DEBTS);
    bind_int(q, "after_id", after_id);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = queues_read_debt(q);
    *out = rows;
    return query_end(r);
}
