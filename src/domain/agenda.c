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
    bind_int(q, "max", (int64_t)max);
    return read_rows(c, q, max, out, n);
}

/* What ended before anybody paid brings nothing. */
static enum result show_shares(struct ctx *c, struct agenda_row *rows, size_t n)
{
    int64_t *ids = arena_array(c->arena, n + 1, sizeof *ids);
    struct cents *shares = arena_array(c->arena, n + 1, sizeof *shares);
    for (size_t i = 0; i < n; i++) {
        ids[i] = rows[i].booking_id;
        shares[i] = bookings_in_vain(rows[i].state) ? cents_of(0) : rows[i].host;
    }
    TRY(ledger_entitled_each(c, ids, n, shares));
    for (size_t i = 0; i < n; i++)
        rows[i].host = shares[i];
    return OK;
}

enum result agenda_all(
    struct ctx *c, int64_t before_id, size_t max, struct agenda_row **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_AGENDA_ALL);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    bind_int(q, "max", (int64_t)max);
    TRY(read_rows(c, q, max, out, n));
    return show_shares(c, *out, *n);
}
