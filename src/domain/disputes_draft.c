#include "domain/disputes_draft.h"

#include "domain/audit.h"
#include "domain/messages.h"
#include "util/guard.h"
#include "util/zone.h"

/* What a bank wants to know; nothing of how we and the host settle. */
static const char *told(const char *action)
{
    static const struct {
        const char *action, *text;
    } rows[] = {
        { "booking.requested", "The customer asked for the booking." },
        { "booking.held", "The customer chose the time and was shown the price." },
        { "payment.succeeded", "The customer paid." },
        { "booking.confirmed", "The booking was confirmed to the customer by mail." },
        { "booking.code_seen", "The customer, logged in, opened the page that shows "
                               "the code for the door." },
        { "booking.active", "The booked time began; the kitchen was reserved for the "
                            "customer." },
        { "booking.completed", "The booked time was over." },
        { "booking.no_show", "The host says that the customer did not come." },
        { "booking.canceled", "The booking was canceled." },
        { "refund.succeeded", "Money went back to the customer." },
    };
    for (size_t i = 0; i < COUNT_OF(rows); i++)
        if (text_is(rows[i].action, action))
            return rows[i].text;
    return NULL;
}

/* Was the door the customer's, as far as these rows tell? */
static bool was_open(const struct audit_row *rows, size_t n)
{
    for (size_t i = 0; i < n; i++)
        if (text_is(rows[i].action, "booking.code_seen") ||
            text_is(rows[i].action, "booking.active"))
            return true;
    return false;
}

static enum result put_events(
    struct ctx *c, const struct booking *b, const struct zone *z, struct buf *draft)
{
    struct audit_row *rows;
    size_t n;
    TRY(audit_of(c, "booking", b->id, 100, &rows, &n));
    int64_t open_at = bookings_access_at(b);
    bool to_open = was_open(rows, n);
    for (size_t i = n; i > 0; i--) {
        const struct audit_row *row = &rows[i - 1];
        const char *words = told(row->action);
        bool looks = text_is(row->action, "booking.code_seen");
        if (to_open && (looks || row->at > open_at)) {
            buf_printf(draft,
                "%s: From now on the customer's page showed the code for the door.\n",
                zone_format(c->arena, z, open_at));
            to_open = false;
        }
        if (words != NULL)
            buf_printf(draft, "%s: %s\n", zone_format(c->arena, z, row->at), words);
    }
    return OK;
}

/* As many of the newest as still fit, in order. */
static enum result put_messages(
    struct ctx *c, const struct booking *b, const struct zone *z, struct buf *draft)
{
    enum { MESSAGES = 50 };
    struct message *rows;
    const char *lines[MESSAGES];
    size_t n, fit = 0;
    TRY(messages_of(c, b, 0, MESSAGES, &rows, &n));
    if (n == 0)
        return OK;
    buf_adds(draft, "\nMessages between the customer and the host:\n");
    size_t length = text_utf8_length(draft->at);
    for (; fit < n; fit++) {
        const struct message *m = &rows[fit];
        lines[fit] =
            ctx_printf(c, "%s, %s (%s): %s\n", zone_format(c->arena, z, m->created_at),
                m->sender, m->sender_id == b->vendor_id ? "customer" : "host", m->body);
        length += text_utf8_length(lines[fit]);
        if (length > EVIDENCE_MAX)
            break;
    }
    while (fit > 0)
        buf_adds(draft, lines[--fit]);
    return OK;
}

enum result disputes_draft(struct ctx *c, const struct dispute *d, const char **text)
{
    struct booking b;
    struct buf draft;
    TRY(bookings_get(c, d->booking_id, &b));
    const struct zone *z = zone_find(b.timezone);
    CHECK(z != NULL);
    buf_init(&draft, (size_t)EVIDENCE_MAX * 16);
    buf_printf(&draft,
        "%s (%s) booked %s, %s, for %s.\nBooking %s, made on %s and paid in full: %s.\n"
        "The cancellation policy (%s) was shown before the payment.\n\nWhat "
        "happened:\n",
        b.vendor_name, b.vendor_business, b.title, b.address, bookings_when(c, &b),
        b.uid, zone_format(c->arena, z, b.created_at), cents_format(c->arena, b.total),
        b.policy);
    enum result r = put_events(c, &b, z, &draft);
    if (r == OK)
        r = put_messages(c, &b, z, &draft);
    *text = arena_strndup(c->arena, draft.at, draft.n);
    buf_free(&draft);
    return r;
}
