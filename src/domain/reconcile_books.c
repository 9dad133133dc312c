/* Stripe's movements against the ledger's, and the ledger against the bookings. Each
 * unit reads first and locks then, for what it found. */
#include <string.h>

#include "domain/differences.h"
#include "domain/reconcile.h"
#include "util/guard.h"
#include "util/money.h"
#include "util/text.h"

enum { PER_UNIT = 500 };

static int64_t horizon_at(const struct reconcile_look *look)
{
    return look->began_at - RECONCILE_FRESH_S;
}

static int64_t id_of(const char *after)
{
    int64_t id;
    return text_int(after, 0, INT64_MAX, &id) ? id : 0;
}

/* N rows of a unit came, the last of them LAST_ID. */
static enum result end(struct ctx *c, size_t n, int64_t last_id, const char **after)
{
    *after = n < PER_UNIT ? "" : ctx_printf(c, "%lld", (long long)last_id);
    return db_commit(c->db);
}

/* ---- what Stripe has --------------------------------------------------------------
 */

struct moved {
    const char *class, *key, *type;
    int64_t booking_id, theirs, ours;
    bool known, fresh;
};

static enum result check_theirs(struct ctx *c, const struct moved *m)
{
    bool unknown = text_is(m->class, "unknown");
    if (m->theirs == m->ours || (m->fresh && !unknown))
        return OK;
    const char *theirs = cents_format(c->arena, cents_of(m->theirs));
    const char *ours = cents_format(c->arena, cents_of(m->ours));
    const struct difference d = {
        .kind = unknown    ? "movement_unknown"
                : m->known ? "amount"
                           : "not_in_books",
        .source_id = m->key,
        .booking_id = m->booking_id,
        .detail = m->known ? ctx_printf(c, "%s: Stripe moved %s, the ledger %s",
                                 m->type, theirs, ours)
                           : ctx_printf(c, "%s: Stripe moved %s", m->type, theirs),
    };
    return differences_found(c, &d, NULL);
}

/* The place is the class and the key of the last one: "refund re_1". */
enum result reconcile_theirs(
    struct ctx *c, const struct reconcile_look *look, const char **after)
{
    struct moved *rows = arena_array(c->arena, PER_UNIT, sizeof *rows);
    size_t n = 0, class_n = strcspn(*after, " ");
    struct query *q = db_query(c->db, Q_RECONCILE_THEIRS);
    bind_text(q, "class", arena_strndup(c->arena, *after, class_n));
    bind_text(q, "key", (*after)[class_n] == '\0' ? "" : *after + class_n + 1);
    bind_int(q, "max", PER_UNIT);
    enum result r;
    for (QUERY_EACH(q, r))
        rows[n++] = (struct moved) {
            .class = col_text(q, "class"),
            .key = col_text(q, "source_key"),
            .type = col_text(q, "type"),
            .booking_id = col_int(q, "booking_id"),
            .theirs = col_int(q, "theirs"),
            .ours = col_int(q, "ours"),
            .known = col_int(q, "known") != 0,
            .fresh = col_int(q, "created") >= horizon_at(look),
        };
    TRY(query_end(r));
    TRY(db_begin(c->db));
    for (size_t i = 0; i < n; i++)
        TRY(check_theirs(c, &rows[i]));
    *after =
        n < PER_UNIT ? "" : ctx_printf(c, "%s %s", rows[n - 1].class, rows[n - 1].key);
    return db_commit(c->db);
}

/* ---- what we have -----------------------------------------------------------------
 */

struct posted {
    int64_t id, booking_id, amount;
    const char *class, *source_id;
    bool known;
};

enum result reconcile_ours(
    struct ctx *c, const struct reconcile_look *look, const char **after)
{
    struct posted *rows = arena_array(c->arena, PER_UNIT, sizeof *rows);
    size_t n = 0;
    struct query *q = db_query(c->db, Q_RECONCILE_OURS);
    bind_int(q, "after_id", id_of(*after));
    bind_int(q, "before_at", horizon_at(look));
    bind_int(q, "max", PER_UNIT);
    enum result r;
    for (QUERY_EACH(q, r))
        rows[n++] = (struct posted) {
            .id = col_int(q, "id"),
            .class = col_text(q, "class"),
            .source_id = col_text(q, "source_id"),
            .booking_id = col_int(q, "booking_id"),
            .amount = col_int(q, "amount"),
            .known = col_int(q, "known") != 0,
        };
    TRY(query_end(r));
    TRY(db_begin(c->db));
    for (size_t i = 0; i < n; i++) {
        const struct difference d = {
            .kind = "not_at_stripe",
            .source_id = rows[i].source_id,
            .booking_id = rows[i].booking_id,
            .detail = ctx_printf(c, "%s: the ledger moved %s", rows[i].class,
                cents_format(c->arena, cents_of(rows[i].amount))),
        };
        if (!rows[i].known)
            TRY(differences_found(c, &d, NULL));
    }
    return end(c, n, n == 0 ? 0 : rows[n - 1].id, after);
}

static enum result sum(struct ctx *c, enum query_id id, int64_t since, int64_t *out)
{
    struct query *q = db_query(c->db, id);
    bind_int(q, "since", since);
    TRY(query_step(q));
    *out = col_int(q, "cents");
    return OK;
}

enum result reconcile_under_way(
    struct ctx *c, const struct reconcile_look *look, int64_t *cents)
{
    int64_t theirs, after_id = 0, ours;
    struct query *q = db_query(c->db, Q_RECONCILE_HORIZON);
    bind_int(q, "before_at", horizon_at(look));
    enum result r = query_step(q);
    if (r == OK)
        after_id = col_int(q, "id");
    TRY(query_end(r));
    TRY(sum(c, Q_RECONCILE_FRESH_THEIRS, horizon_at(look), &theirs));
    TRY(sum(c, Q_RECONCILE_FRESH_OURS, after_id, &ours));
    *cents = theirs - ours;
    return OK;
}

/* ---- what is booked ---------------------------------------------------------------
 */

struct booked {
    int64_t id, owed, total, settled_at;
    const char *uid, *state;
    bool live, over; /* counts as paid; nothing more will happen by itself */
    bool under_way, frozen, paid, stray;
};

static enum result check_booking(
    struct ctx *c, const struct reconcile_look *look, const struct booked *b)
{
    const struct {
        bool wrong;
        const char *kind, *detail;
    } checks[] = {
        { b->over && b->owed > 0 && !b->under_way && !b->frozen, "unscheduled",
            ctx_printf(c, "the host is owed %s, and no transfer is on its way",
                cents_format(c->arena, cents_of(b->owed))) },
        { b->stray, "paid_unconfirmed",
            ctx_printf(c, "money is here, the booking is %s, and nothing goes back",
                b->state) },
        { b->live && b->total > 0 && !b->paid, "confirmed_unpaid",
            ctx_printf(c, "the booking is %s, and no money is here", b->state) },
    };
    for (size_t i = 0; i < COUNT_OF(checks); i++) {
        const struct difference d = { .kind = checks[i].kind,
            .source_id = b->uid,
            .booking_id = b->id,
            .detail = checks[i].detail };
        if (checks[i].wrong && b->settled_at < horizon_at(look))
            TRY(differences_found(c, &d, NULL));
    }
    return OK;
}

static void read_booked(struct query *q, struct booked *out)
{
    *out = (struct booked) {
        .id = col_int(q, "id"),
        .uid = col_text(q, "uid"),
        .state = col_text(q, "state"),
        .settled_at = col_int(q, "updated_at"),
        .owed = col_int(q, "owed"),
        .total = col_int(q, "total_cents"),
        .live = col_int(q, "live") != 0,
        .over = col_int(q, "over") != 0,
        .under_way = col_int(q, "under_way") != 0,
        .frozen = col_int(q, "frozen") != 0,
        .paid = col_int(q, "paid") != 0,
        .stray = col_int(q, "stray") != 0,
    };
}

enum result reconcile_bookings(
    struct ctx *c, const struct reconcile_look *look, const char **after)
{
    struct booked *rows = arena_array(c->arena, PER_UNIT, sizeof *rows);
    size_t n = 0;
    struct query *q = db_query(c->db, Q_RECONCILE_BOOKINGS);
    bind_int(q, "after_id", id_of(*after));
    bind_int(q, "max", PER_UNIT);
    enum result r;
    for (QUERY_EACH(q, r))
        read_booked(q, &rows[n++]);
    TRY(query_end(r));
    TRY(db_begin(c->db));
    for (size_t i = 0; i < n; i++)
        TRY(check_booking(c, look, &rows[i]));
    return end(c, n, n == 0 ? 0 : rows[n - 1].id, after);
}

/* ---- the end ----------------------------------------------------------------------
 */

enum result reconcile_end(
    struct ctx *c, const struct reconcile_look *look, const char **after)
{
    /* What other parts of the program find nobody looks for again. */
    static const char *const kinds[] = { "not_in_books", "not_at_stripe", "amount",
        "movement_unknown", "balance", "unscheduled", "paid_unconfirmed",
        "confirmed_unpaid" };
    *after = "";
    TRY(db_begin(c->db));
    for (size_t i = 0; i < COUNT_OF(kinds); i++)
        TRY(differences_gone(c, kinds[i], look->began_at));
    return db_commit(c->db);
}
