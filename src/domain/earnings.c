#include "domain/earnings.h"

#include "domain/ledger.h"
#include "util/guard.h"
#include "util/zone.h"

enum { DAY_S = 86400, LONGEST_S = 2 * DAY_S }; /* no live booking began earlier */

static enum booking_state state_of(const char *name)
{
    enum booking_state s = 0;
    while (s < BOOKING__STATES && !text_is(bookings_state_name(s), name))
        s++;
    CHECK(s < BOOKING__STATES);
    return s;
}

static struct query *mine(struct ctx *c, enum query_id id)
{
    struct query *q = db_query(c->db, id);
    bind_int(q, "host_id", c->actor.user_id);
    return q;
}

/* ---- sums -------------------------------------------------------------------------
 */

enum result earnings_sums(struct ctx *c, struct earnings_sums *out)
{
    struct query *q = mine(c, Q_EARNINGS_UPCOMING_SUM);
    bind_int(q, "from_at", c->now_at - LONGEST_S);
    TRY(query_step(q));
    out->upcoming = (struct earnings_sum) { { col_int(q, "cents") }, col_int(q, "n") };
    q = mine(c, Q_EARNINGS_OPEN_SUMS);
    TRY(query_step(q));
    out->scheduled = (struct earnings_sum) { { col_int(q, "scheduled_cents") },
        col_int(q, "scheduled_n") };
    out->held =
        (struct earnings_sum) { { col_int(q, "held_cents") }, col_int(q, "held_n") };
    out->account = (struct earnings_sum) { { col_int(q, "account_cents") },
        col_int(q, "account_n") };
    return ledger_total(c, LEDGER_HOST_RECEIVABLE, c->actor.user_id, &out->debt);
}

static int month_of(const struct civil *day)
{
    return day->year * 12 + day->month - 1;
}

enum result earnings_months(struct ctx *c, struct earnings_month out[EARNINGS_MONTHS])
{
    struct civil now = civil_of_seconds(c->now_at);
    int last = month_of(&now);
    for (int i = 0; i < EARNINGS_MONTHS; i++) {
        int month = last - EARNINGS_MONTHS + 1 + i;
        out[i] = (struct earnings_month) { month / 12, month % 12 + 1, { 0 } };
    }
    struct query *q = mine(c, Q_EARNINGS_SENT);
    bind_int(
        q, "from_at", civil_days(out[0].year, out[0].month, 1) * DAY_S - LONGEST_S);
    enum result r;
    for (QUERY_EACH(q, r)) {
        struct civil local;
        const struct zone *z = zone_find(col_text_here(q, "timezone"));
        CHECK(z != NULL);
        zone_civil(z, col_int(q, "hour") * 3600, &local);
        int i = month_of(&local) - last + EARNINGS_MONTHS - 1;
        if (i >= EARNINGS_MONTHS)
            i = EARNINGS_MONTHS - 1; /* east of UTC the next month may have begun */
        if (i >= 0)
            out[i].net = cents_add(out[i].net, cents_of(col_int(q, "cents")));
    }
    return query_end(r);
}

/* ---- lists ------------------------------------------------------------------------
 */

enum result earnings_upcoming(struct ctx *c, int64_t after_id, size_t max,
    struct earnings_booking **out, size_t *n)
{
    struct earnings_booking *rows = arena_array(c->arena, max, sizeof *rows);
    struct booking after = { .start_at = c->now_at - LONGEST_S };
    if (after_id != 0)
        TRY(bookings_get(c, after_id, &after));
    struct query *q = mine(c, Q_EARNINGS_UPCOMING);
    bind_int(q, "after_at", after.start_at);
    bind_int(q, "after_id", after.id);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = (struct earnings_booking) {
            .booking_id = col_int(q, "id"),
            .start_at = col_int(q, "start_at"),
            .end_at = col_int(q, "end_at"),
            .state = state_of(col_text_here(q, "state")),
            .owed = { col_int(q, "owed_cents") },
            .frozen = col_text(q, "frozen"),
            .timezone = col_text(q, "timezone"),
            .title = col_text(q, "title"),
            .vendor = col_text(q, "vendor"),
        };
    *out = rows;
    return query_end(r);
}

enum result earnings_transfers(struct ctx *c, enum earnings_kind kind,
    int64_t before_id, size_t max, struct earnings_transfer **out, size_t *n)
{
    static const struct {
        const char *state, *or_state;
        int reversed_min, sent;
    } kinds[EARNINGS__KINDS] = {
        [EARNINGS_SCHEDULED] = { "scheduled", "scheduled", 0, 0 },
        [EARNINGS_HELD] = { "held", "failed", 0, 0 },
        [EARNINGS_SENT] = { "sent", "reversed", 0, 1 },
        [EARNINGS_REVERSED] = { "sent", "reversed", 1, 1 },
    };
    CHECK((unsigned)kind < EARNINGS__KINDS);
    struct earnings_transfer *rows = arena_array(c->arena, max, sizeof *rows);
    struct query *q = mine(c, Q_EARNINGS_TRANSFERS);
    bind_text(q, "state", kinds[kind].state);
    bind_text(q, "or_state", kinds[kind].or_state);
    bind_int(q, "reversed_min", kinds[kind].reversed_min);
    bind_int(q, "sent", kinds[kind].sent);
    bind_int(q, "before_id", before_id == 0 ? INT64_MAX : before_id);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = (struct earnings_transfer) {
            .id = col_int(q, "id"),
            .booking_id = col_int(q, "booking_id"),
            .due_at = col_int(q, "due_at"),
            .sent_at = col_int(q, "sent_at"),
            .state = col_text(q, "state"),
            .held_for = col_text(q, "held_for"),
            .frozen = col_text(q, "frozen"),
            .amount = { col_int(q, "amount_cents") },
            .offset = { col_int(q, "offset_cents") },
            .reversed = { col_int(q, "reversed_cents") },
            .transfer_id = col_text(q, "transfer_id"),
            .timezone = col_text(q, "timezone"),
            .title = col_text(q, "title"),
            .vendor = col_text(q, "vendor"),
        };
    *out = rows;
    return query_end(r);
}

/* ---- a year's lines ---------------------------------------------------------------
 */

static void read_line(struct query *q, struct earnings_line *out)
{
    *out = (struct earnings_line) {
        .booking_id = col_int(q, "id"),
        .start_at = col_int(q, "start_at"),
        .end_at = col_int(q, "end_at"),
        .timezone = col_text(q, "timezone"),
        .title = col_text(q, "title"),
        .vendor = col_text(q, "vendor"),
        .state = col_text(q, "state"),
        .base = { col_int(q, "base_cents") },
        .cleaning = { col_int(q, "cleaning_cents") },
        .fee = { col_int(q, "fee_cents") },
        .refunds = { col_int(q, "refunds_cents") },
        .disputes = { col_int(q, "disputes_cents") },
        .net = { col_int(q, "net_cents") },
        .sent = { col_int(q, "sent_cents") },
        .reversed = { col_int(q, "reversed_cents") },
        .kept = { col_int(q, "kept_cents") },
        .debt = { col_int(q, "debt_cents") },
        .transfer_ids = col_text(q, "transfer_ids"),
        .sent_ats = col_text(q, "sent_ats"),
    };
    struct cents got = cents_add(cents_sub(out->sent, out->reversed), out->kept);
    out->open = cents_sub(out->net, cents_sub(got, out->debt));
}

enum result earnings_year(struct ctx *c, int year, int month,
    const struct earnings_line *after, size_t max, struct earnings_line **out,
    size_t *n)
{
    struct earnings_line *rows = arena_array(c->arena, max, sizeof *rows);
    struct query *q = mine(c, Q_EARNINGS_YEAR);
    int64_t first = civil_days(year, month == 0 ? 1 : month, 1);
    int64_t next =
        month == 0 ? civil_days(year + 1, 1, 1) : first + civil_month_days(year, month);
    /* Years begin up to 14 hours before and after UTC's. */
    bind_int(q, "after_at", after != NULL ? after->start_at : (first - 1) * DAY_S);
    bind_int(q, "after_id", after != NULL ? after->booking_id : 0);
    bind_int(q, "to_at", (next + 1) * DAY_S);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r)) {
        struct civil start;
        struct earnings_line *line = &rows[(*n)++];
        read_line(q, line);
        const struct zone *z = zone_find(line->timezone);
        CHECK(z != NULL);
        zone_civil(z, line->start_at, &start);
        line->year = start.year;
        line->month = start.month;
    }
    *out = rows;
    return query_end(r);
}
