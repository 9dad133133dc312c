#include "domain/freezes.h"

#include "domain/accounts.h"
#include "domain/audit.h"
#include "domain/notices.h"
#include "domain/transfers.h"
#include "util/guard.h"

static const char *const names[] = {
    [FREEZE_DISPUTE] = "dispute",
    [FREEZE_REVIEW] = "review",
    [FREEZE_WARNING] = "warning",
};

/* Of a dispute its own module tells. */
static enum result tell_staff(
    struct ctx *c, const struct booking *b, enum freeze_kind kind)
{
    return notices_add_admins(c, names[kind],
        ctx_printf(c,
            kind == FREEZE_WARNING
                ? "A bank warns of fraud: look at booking %lld before its host is paid."
                : "Stripe reviews the payment of booking %lld. Approve or refund it "
                  "there.",
            (long long)b->id),
        "/admin/payments?state=warnings");
}

static enum result write_row(struct ctx *c, const struct booking *b,
    enum freeze_kind kind, const char *source_id, bool open)
{
    struct query *q = db_query(c->db, open ? Q_FREEZES_ADD : Q_FREEZES_CLOSE);
    bind_text(q, "source_id", source_id);
    bind_int(q, "booking_id", b->id);
    bind_text(q, "kind", names[kind]);
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    if (open && kind != FREEZE_DISPUTE && query_changes(q) == 1)
        return tell_staff(c, b, kind);
    if (!open || kind != FREEZE_DISPUTE)
        return OK;
    q = db_query(c->db, Q_FREEZES_REOPEN);
    bind_text(q, "source_id", source_id);
    return query_run(q);
}

enum result freezes_set(struct ctx *c, const struct booking *b, enum freeze_kind kind,
    const char *source_id, bool open)
{
    TRY(write_row(c, b, kind, source_id, open));
    struct query *q = db_query(c->db, Q_BOOKINGS_SET_DISPUTED);
    bind_int(q, "booking_id", b->id);
    TRY(query_run(q));
    TRY(audit_add(c, open ? "money.frozen" : "money.released", "booking", b->id,
        ctx_printf(c, "%s %s", names[kind], source_id)));
    return transfers_heed_freezes(c, b);
}

enum result freezes_of_booking(
    struct ctx *c, int64_t booking_id, struct freeze **out, size_t *n)
{
    struct freeze *rows = arena_array(c->arena, FREEZES_MAX, sizeof *rows);
    struct query *q = db_query(c->db, Q_FREEZES_OF_BOOKING);
    bind_int(q, "booking_id", booking_id);
    bind_int(q, "max", FREEZES_MAX);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        rows[(*n)++] = (struct freeze) {
            .source_id = col_text(q, "source_id"),
            .kind = col_text(q, "kind"),
            .opened_at = col_int(q, "opened_at"),
        };
    *out = rows;
    return query_end(r);
}

enum result freezes_release(struct ctx *c, const char *source_id)
{
    struct booking b;
    TRY(accounts_admin_only(c, "releases money"));
    TRY(db_begin(c->db));
    struct query *q = db_query(c->db, Q_FREEZES_BOOKING);
    bind_text(q, "source_id", source_id);
    enum result r = query_step(q);
    if (r == R_NOT_FOUND)
        return fail(c, r, "There is no such warning any more.");
    TRY(r);
    TRY(bookings_get(c, col_int(q, "booking_id"), &b));
    TRY(freezes_set(c, &b, FREEZE_WARNING, source_id, false));
    return db_commit(c->db);
}
