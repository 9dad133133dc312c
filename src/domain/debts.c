#include "domain/debts.h"

#include "domain/ledger.h"

/* All that the host has paid of all that he came to owe. */
static enum result paid_in_all(struct ctx *c, int64_t host_id, int64_t *out)
{
    struct cents left;
    struct query *q = db_query(c->db, Q_DEBTS_SUM);
    bind_int(q, "host_id", host_id);
    TRY(query_step(q));
    *out = col_int(q, "cents");
    TRY(ledger_total(c, LEDGER_HOST_RECEIVABLE, host_id, &left));
    *out -= left.n;
    return OK;
}

/* A transfer paid the cents FROM to TO of all that its host came to owe; D's begin at
 * BEGIN. */
static bool covers(const struct debt *d, int64_t begin, int64_t from, int64_t to)
{
    return from <= begin && begin + d->amount.n <= to;
}

/* Who paid what: both the debts and what was kept for them lie in one row of cents. */
static enum result pay(struct ctx *c, int64_t host_id, struct debt *rows, size_t n)
{
    int64_t all, from = 0, *begins = arena_array(c->arena, n, sizeof *begins);
    TRY(paid_in_all(c, host_id, &all));
    for (size_t i = 0; i < n; i++) {
        begins[i] = rows[i].paid.n;
        int64_t paid = all - begins[i];
        rows[i].paid = paid < 0                  ? cents_of(0)
                       : paid < rows[i].amount.n ? cents_of(paid)
                                                 : rows[i].amount;
    }
    struct query *q = db_query(c->db, Q_DEBTS_PAYERS);
    bind_int(q, "host_id", host_id);
    enum result r;
    for (QUERY_EACH(q, r)) {
        int64_t to = from + col_int(q, "offset_cents");
        for (size_t i = 0; i < n; i++)
            if (covers(&rows[i], begins[i], from, to))
                rows[i].payer = col_int(q, "booking_id");
        from = to;
    }
    return query_end(r);
}

/* While they are read, `paid` is what the host came to owe before each. */
static enum result read_rows(struct ctx *c, struct query *q, int64_t host_id,
    size_t max, struct debt **out, size_t *n)
{
    struct debt *rows = arena_array(c->arena, max, sizeof *rows);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = (struct debt) {
            .id = col_int(q, "id"),
            .at = col_int(q, "at"),
            .booking_id = col_int(q, "booking_id"),
            .amount = cents_of(col_int(q, "amount_cents")),
            .paid = cents_of(col_int(q, "before_cents")),
            .timezone = col_text(q, "timezone"),
            .title = col_text(q, "title"),
        };
    TRY(query_end(r));
    *out = rows;
    return *n == 0 ? OK : pay(c, host_id, rows, *n);
}

enum result debts_of_booking(
    struct ctx *c, const struct booking *b, struct debt **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_DEBTS_OF_BOOKING);
    bind_int(q, "booking_id", b->id);
    return read_rows(c, q, b->host_id, DEBTS_MAX, out, n);
}

enum result debts_page(
    struct ctx *c, int64_t before_id, size_t max, struct debt **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_DEBTS_OF_HOST);
    bind_int(q, "host_id", c->actor.user_id);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    return read_rows(c, q, c->actor.user_id, max, out, n);
}
