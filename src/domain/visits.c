#include "domain/visits.h"

#include <string.h>

#include "domain/audit.h"
#include "domain/claims.h"
#include "domain/transfers.h"

enum result visits_due(struct ctx *c, size_t max, int64_t **ids, size_t *n)
{
    static const enum booking_state states[] = { BOOKING_CONFIRMED, BOOKING_ACTIVE };
    *ids = arena_array(c->arena, max, sizeof **ids);
    *n = 0;
    for (size_t i = 0; i < 2 && *n < max; i++) {
        int64_t *rows;
        size_t rows_n;
        TRY(bookings_due(c, states[i], max - *n, &rows, &rows_n));
        memcpy(*ids + *n, rows, rows_n * sizeof *rows);
        *n += rows_n;
    }
    return OK;
}

static enum result step(struct ctx *c, struct booking *b)
{
    if (b->state == BOOKING_CONFIRMED && b->start_at <= c->now_at)
        TRY(bookings_move(c, b, BOOKING_ACTIVE, ""));
    if (b->state != BOOKING_ACTIVE || b->end_at > c->now_at)
        return OK;
    TRY(bookings_move(c, b, BOOKING_COMPLETED, ""));
    return transfers_schedule(c, b);
}

enum result visits_advance(struct ctx *c, int64_t id)
{
    struct booking b;
    TRY(db_begin(c->db));
    TRY(bookings_get(c, id, &b));
    TRY(step(c, &b));
    return db_commit(c->db);
}

enum result visits_unreminded(struct ctx *c, size_t max, int64_t **ids, size_t *n)
{
    struct query *q = db_query(c->db, Q_BOOKINGS_UNREMINDED);
    bind_int(q, "now_at", c->now_at);
    bind_int(q, "until_at", c->now_at + VISITS_REMIND_S);
    bind_int(q, "fresh_s", VISITS_REMIND_S + VISITS_FRESH_S);
    return query_ids(q, max, ids, n);
}

enum result visits_remind(struct ctx *c, int64_t id)
{
    struct booking b;
    bool first;
    TRY(db_begin(c->db));
    TRY(bookings_get(c, id, &b));
    if (b.state != BOOKING_CONFIRMED)
        return OK; /* canceled meanwhile, or begun */
    TRY(claims_take(c, "reminder", ctx_printf(c, "%lld", (long long)id), &first));
    if (!first)
        return OK; /* another process was quicker */
    TRY(bookings_tell(c, &b, NEWS_REMINDER));
    TRY(bookings_tell(c, &b, NEWS_REMINDER_HOST));
    return db_commit(c->db);
}

enum result visits_no_show(struct ctx *c, int64_t id)
{
    struct booking b;
    TRY(db_begin(c->db));
    TRY(bookings_get(c, id, &b));
    if (c->now_at < b.start_at || c->now_at >= b.end_at + VISITS_NO_SHOW_S)
        return fail(c, R_CONFLICT,
            "That can be said from the start of a booking to a day after its end.");
    TRY(bookings_move(c, &b, BOOKING_NO_SHOW, "nobody came"));
    TRY(transfers_schedule(c, &b));
    return db_commit(c->db);
}

enum result visits_code_seen(struct ctx *c, int64_t id, bool *seen)
{
    return audit_has(c, "booking.code_seen", "booking", id, seen);
}

enum result visits_see_code(struct ctx *c, int64_t id, const char *address)
{
    struct booking b;
    bool seen;
    TRY(db_begin(c->db));
    TRY(bookings_get(c, id, &b));
    TRY(visits_code_seen(c, id, &seen));
    if (seen || b.vendor_id != c->actor.user_id || bookings_access(c, &b) == NULL)
        return OK;
    TRY(audit_add(c, "booking.code_seen", "booking", id, address));
    return db_commit(c->db);
}
