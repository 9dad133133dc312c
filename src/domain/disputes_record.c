/* What our records say of a booking when a bank asks. */
#include "domain/audit.h"
#include "domain/disputes.h"
#include "util/guard.h"
#include "util/zone.h"

/* When the door stood open to the customer, and that he looked, by the audit trail's
 * rows, newest first. NULL: there was no visit. */
static const char *access_log(
    struct ctx *c, const struct booking *b, const struct audit_row *rows, size_t n)
{
    const struct zone *z = zone_find(b->timezone);
    const char *log = "";
    CHECK(z != NULL);
    for (size_t i = 0; i < n; i++)
        if (text_is(rows[i].action, "booking.active"))
            log = ctx_printf(c,
                "%s: From now to the end the page of the booking shows the customer, "
                "logged in, the code for the door.\n",
                zone_format(c->arena, z, b->start_at - BOOKINGS_ACCESS_EARLY_S));
    for (size_t i = n; i > 0; i--) {
        const struct audit_row *row = &rows[i - 1];
        if (text_is(row->action, "booking.code_seen"))
            log = ctx_printf(c,
                "%s%s: The customer, logged in, opened that page from the address "
                "%s.\n",
                log, zone_format(c->arena, z, row->at), row->detail);
        else if (text_is(row->action, "booking.active"))
            log = ctx_printf(c, "%s%s: The booked time begins.\n", log,
                zone_format(c->arena, z, b->start_at));
        else if (text_is(row->action, "booking.completed"))
            log = ctx_printf(c, "%s%s: The booked time is over.\n", log,
                zone_format(c->arena, z, b->end_at));
    }
    return *log == '\0' ? NULL : log;
}

enum result disputes_record(
    struct ctx *c, const struct booking *b, struct dispute_record *out)
{
    struct audit_row *rows;
    size_t n;
    const struct zone *z = zone_find(b->timezone);
    CHECK(z != NULL);
    TRY(audit_of(c, "booking", b->id, 100, &rows, &n));
    *out = (struct dispute_record) {
        .service_date = zone_format_date(c->arena, z, b->start_at),
        .product = ctx_printf(c, "Use of a commercial kitchen: %s, %s, %s", b->title,
            b->address, bookings_when(c, b)),
        .access_log = access_log(c, b, rows, n),
    };
    return OK;
}
