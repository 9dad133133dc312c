#include "support/things.h"

#include <check.h>
#undef fail
#include <string.h>

#include "support/cash.h"
#include "util/guard.h"
#include "util/text.h"

#define LL(n) ((long long)(n))

/* The newest row of a table. */
static int64_t newest(const struct things *t, const char *table)
{
    return cash_int(t->site, "SELECT MAX(id) FROM %s", table);
}

/* One of the confirmed bookings becomes another's, as if it were not paid yet. */
static int64_t unpaid(const struct things *t, const char *state, const char *whose)
{
    int64_t id = cash_int(t->site,
        "SELECT id FROM bookings WHERE state = 'confirmed' AND %s AND id <> %lld",
        whose, LL(t->booking_id));
    ck_assert_int_ne(id, 0);
    cash_int(t->site,
        "UPDATE bookings SET state = %Q, confirmed_at = NULL, hold_until = %lld"
        " WHERE id = %lld",
        state, LL(SITE_NOW_AT + 3600), LL(id));
    return id;
}

static void add_to_kitchen(struct things *t)
{
    static const char *const hashes[] = {
        "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "fedcba9876543210fedcba9876543210fedcba9876543210fedcba9876543210",
    };
    cash_int(t->site,
        "INSERT INTO spaces (kitchen_id, kind, name) VALUES (%lld, 'station', "
        "'Corner')",
        LL(t->kitchen_id));
    t->station_id = newest(t, "spaces");
    for (int i = 0; i < (int)COUNT_OF(hashes); i++)
        cash_int(t->site,
            "INSERT INTO photos (kitchen_id, position, hash, width, height, created_at)"
            " VALUES (%lld, %d, %Q, 1600, 900, 1)",
            LL(t->kitchen_id), i, hashes[i]);
    t->photo_id = newest(t, "photos");
    cash_int(t->site,
        "INSERT INTO exceptions (kitchen_id, day, start_min, end_min, opens)"
        " VALUES (%lld, 20810, 600, 720, 0)",
        LL(t->kitchen_id));
    t->document_id = cash_int(
        t->site, "SELECT id FROM documents WHERE kitchen_id = %lld", LL(t->kitchen_id));
    ck_assert_int_ne(t->document_id, 0);
    cash_int(t->site, "UPDATE documents SET state = 'pending' WHERE id = %lld",
        LL(t->document_id));
}

static void add_to_booking(struct things *t)
{
    cash_int(t->site,
        "INSERT INTO messages (booking_id, sender_id, body, created_at)"
        " VALUES (%lld, %lld, 'Is there a scale?', %lld)",
        LL(t->booking_id), LL(t->vendor_id), LL(SITE_NOW_AT - 60));
    cash_int(t->site,
        "INSERT INTO notices (user_id, kind, text, link, created_at)"
        " SELECT id, 'message', 'A message', '/messages/%lld', %lld FROM users",
        LL(t->booking_id), LL(SITE_NOW_AT - 60));
}

/* What waits for a person at /admin/payments. */
static void add_troubles(struct things *t)
{
    static const char *const sql[] = {
        "INSERT INTO refunds (uid, payment_id, amount_cents, state, reason, created_at,"
        " updated_at) SELECT 'things-refund', id, 100, 'failed', 'Late', 1, 1"
        " FROM payments WHERE booking_id = %lld",
        "INSERT INTO differences (kind, source_id, booking_id, detail, found_at, "
        "seen_at)"
        " VALUES ('amount', 'ch_things', %lld, 'Stripe has 1.00', 1, 1)",
        "INSERT INTO stripe_ops (uid, kind, subject_uid, attempt, idem_key, path, body,"
        " state, next_at, created_at) SELECT 'things-call', 'pi', uid, 9, 'things', "
        "'/v1',"
        " '', 'review', 1, 1 FROM payments WHERE booking_id = %lld",
    };
    int64_t over = cash_int(t->site,
        "SELECT MAX(id) FROM bookings WHERE state = 'completed' AND host_id = %lld",
        LL(t->host_id));
    for (size_t i = 0; i < COUNT_OF(sql); i++)
        cash_int(t->site, sql[i], LL(over));
    t->refund_id = newest(t, "refunds");
    t->difference_id = newest(t, "differences");
    t->transfer_id =
        cash_int(t->site, "SELECT id FROM transfers WHERE booking_id = %lld", LL(over));
    ck_assert_int_ne(t->transfer_id, 0);
    cash_dispute(t->site, over, "dp_things", "needs_response");
    cash_warning(t->site, over, "issfr_things");
}

void things_load(struct things *t, struct site *site, struct arena *a)
{
    *t = (struct things) { .site = site, .a = a };
    cash_load_demo(site);
    t->booking_id = cash_booking(site, THINGS_VENDOR, THINGS_HOST);
    const char *of = "SELECT %s FROM bookings WHERE id = %lld";
    t->host_id = cash_int(site, of, "host_id", LL(t->booking_id));
    t->vendor_id = cash_int(site, of, "vendor_id", LL(t->booking_id));
    t->kitchen_id = cash_int(site, of, "kitchen_id", LL(t->booking_id));
    t->requested_id = unpaid(t, "requested",
        arena_printf(a, "host_id = %lld AND vendor_id <> %lld", LL(t->host_id),
            LL(t->vendor_id)));
    t->held_id =
        unpaid(t, "held", arena_printf(a, "vendor_id = %lld", LL(t->vendor_id)));
    cash_int(site,
        "UPDATE payments SET applied = 0, state = 'pending' WHERE booking_id = %lld",
        LL(t->held_id));
    add_to_kitchen(t);
    add_to_booking(t);
    add_troubles(t);
}

const char *things_path(const struct things *t, const char *pattern)
{
    const struct {
        const char *begin; /* the first that fits */
        int64_t id;
        const char *text; /* instead of an id */
    } names[] = {
        { "/listings/:", t->kitchen_id, NULL },
        { "/host/listings/:", t->kitchen_id, NULL },
        { "/admin/listings/:", t->kitchen_id, NULL },
        { "/documents/:", t->document_id, NULL },
        { "/admin/documents/:", t->document_id, NULL },
        { "/admin/users/:", t->vendor_id, NULL },
        { "/host/bookings/:id/accept", t->requested_id, NULL },
        { "/host/bookings/:id/decline", t->requested_id, NULL },
        { "/host/bookings/:", t->booking_id, NULL },
        { "/admin/bookings/:", t->booking_id, NULL },
        { "/bookings/:", t->booking_id, NULL },
        { "/messages/:", t->booking_id, NULL },
        { "/checkout/:", t->held_id, NULL },
        { "/admin/payments/refunds/:", t->refund_id, NULL },
        { "/admin/payments/transfers/:", t->transfer_id, NULL },
        { "/admin/payments/differences/:", t->difference_id, NULL },
        { "/admin/payments/warnings/:", 0, "issfr_things" },
        { "/admin/payments/calls/:", 0, "things-call" },
        { "/admin/disputes/:", 0, "dp_things" },
        { "/calendar/:", 0, "1-none" },
    };
    const char *colon = strchr(pattern, ':');
    if (colon == NULL)
        return pattern;
    size_t i = 0;
    while (i < COUNT_OF(names) && !text_starts(pattern, names[i].begin))
        i++;
    ck_assert_msg(i < COUNT_OF(names), "say what %s names", pattern);
    return arena_printf(t->a, "%.*s%s%s", (int)(colon - pattern), pattern,
        names[i].text != NULL ? names[i].text : text_of_int(t->a, names[i].id),
        colon + strcspn(colon, "/."));
}
