/* What our records say of a booking when a bank asks. */
#include "domain/audit.h"
#include "domain/disputes.h"
#include "util/guard.h"
#include "util/zone.h"

/* One line of the log. */
struct entry {
    int64_t at;
    const char *text;
};

static const char seen[] = "booking.code_seen";

/* The line that a row of the audit trail becomes; its text is NULL: none. Of a booking
 * that begins or ends, the job writes the row a moment later. */
static struct entry entry_of(
    struct ctx *c, const struct booking *b, const struct audit_row *row)
{
    if (text_is(row->action, seen))
        return (struct entry) { row->at,
            ctx_printf(c,
                "The customer, logged in, opened that page from the address %s.",
                row->detail) };
    if (text_is(row->action, "booking.active"))
        return (struct entry) { b->start_at, "The booked time begins." };
    if (text_is(row->action, "booking.completed"))
        return (struct entry) { b->end_at, "The booked time is over." };
    bool ends = text_is(row->action, "booking.canceled") ||
                text_is(row->action, "booking.no_show");
    return (struct entry) { row->at,
        ends && row->at < b->end_at ? "That page shows the code no longer." : NULL };
}

/* When the door stood open to the customer, and that he looked, by the audit trail's
 * rows, newest first, in the order of time. NULL: he did not look, and the time did not
 * begin. */
static const char *access_log(
    struct ctx *c, const struct booking *b, const struct audit_row *rows, size_t n)
{
    const struct zone *z = zone_find(b->timezone);
    struct entry *log = arena_array(c->arena, n + 1, sizeof *log);
    size_t log_n = 0;
    bool opened = false;
    const char *text = "";
    CHECK(z != NULL);
    log[log_n++] = (struct entry) { bookings_access_at(b),
        "From now on the page of the booking shows the customer, logged in, the code "
        "for the door." };
    for (size_t i = n; i > 0; i--) {
        const struct audit_row *row = &rows[i - 1];
        struct entry e = entry_of(c, b, row);
        opened = opened || text_is(row->action, seen) ||
                 text_is(row->action, "booking.active");
        size_t at = log_n;
        if (e.text == NULL || e.at < log[0].at)
            continue;
        for (; log[at - 1].at > e.at; at--)
            log[at] = log[at - 1];
        log[at] = e;
        log_n++;
    }
    for (size_t i = 0; i < log_n; i++)
        text = ctx_printf(
            c, "%s%s: %s\n", text, zone_format(c->arena, z, log[i].at), log[i].text);
    return opened ? text : NULL;
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
