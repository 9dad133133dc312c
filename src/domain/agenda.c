#include "domain/agenda.h"

#include "domain/ledger.h"
#include "util/guard.h"

static enum booking_state state_of(const char *name)
{
    enum booking_state s = 0;
    while (s < BOOKING__STATES && !text_is(bookings_state_name(s), name))
        s++;
    CHECK(s < BOOKING__STATES);
    return s;
}

static enum result read_rows(
    struct ctx *c, struct query *q, size_t max, struct agenda_row **out, size_t *n)
{
    struct agenda_row *rows = arena_array(c->arena, max, sizeof *rows);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r)) {
        rows[(*n)++] = (struct agenda_row) {
            .booking_id = col_int(q, "id"),
            .start_at = col_int(q, "start_at"),
            .end_at = col_int(q, "end_at"),
            .state = state_of(col_text_here(q, "state")),
            .host = { col_int(q, "host_cents") },
            .timezone = col_text(q, "timezone"),
            .title = col_text(q, "title"),
            .space = col_text(q, "space"),
            .vendor = col_text(q, "vendor"),
        };
    }
    *out = rows;
    return query_end(r);
}

enum result agenda_between(struct ctx *c, int64_t from_at, int64_t to_at, size_t max,
    struct agenda_row **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_AGENDA_BETWEEN);
    bind_int(q, "host_id", c->actor.user_id);
    bind_int(q, "from_at", from_at);
    bind_int(q, "to_at", to_at);
    return read_rows(c, q, max, out, n);
}

enum result agenda_sums(struct ctx *c, bool as_host, struct agenda_sum *rows, size_t n)
{
    int64_t *ids = arena_array(c->arena, n + 1, sizeof *ids);
    struct cents *sums = arena_array(c->arena, n + 1, sizeof *sums);
    for (size_t i = 0; i < n; i++) {
        ids[i] = rows[i].booking_id;
        sums[i] = bookings_live(rows[i].state) ? rows[i].amount : cents_of(0);
    }
    TRY(as_host ? ledger_entitled_each(c, ids, n, sums)
                : ledger_paid_each(c, ids, n, sums));
    for (size_t i = 0; i < n; i++)
        rows[i].amount = sums[i].n < 0 ? cents_of(0) : sums[i]; /* as of a dispute */
    return OK;
}

static enum result show_sums(struct ctx *c, struct agenda_row *rows, size_t n)
{
    struct agenda_sum *sums = arena_array(c->arena, n + 1, sizeof *sums);
    for (size_t i = 0; i < n; i++)
        sums[i] =
            (struct agenda_sum) { rows[i].booking_id, rows[i].state, rows[i].host };
    TRY(agenda_sums(c, true, sums, n));
    for (size_t i = 0; i < n; i++)
        rows[i].host = sums[i].amount;
    return OK;
}

enum result agenda_all(
    struct ctx *c, int64_t before_id, size_t max, struct agenda_row **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_AGENDA_ALL);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    TRY(read_rows(c, q, max, out, n));
    return show_sums(c, *out, *n);
}
