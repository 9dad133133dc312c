#include "support/holds.h"

#include <string.h>

#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"

int64_t thursday(int64_t minute)
{
    return INT64_C(1795672800) + minute * 60;
}

struct hold_request holds_request(struct ctx *c, int64_t kitchen_id, int64_t space_id,
    int64_t start_at, int64_t end_at)
{
    return (struct hold_request) {
        .kitchen_id = kitchen_id,
        .space_id = space_id,
        .start_at = start_at,
        .end_at = end_at,
        .guest_count = 1,
        .purpose = "Tamales",
        .special_requests = "",
        .idempotency_key = rand_uid(c->arena),
        .body = { "body", 4 },
    };
}

enum result holds_try(struct db_test *t, int64_t user, int64_t kitchen_id,
    int64_t space_id, int64_t start_at, int64_t end_at, int64_t *id)
{
    struct hold_answer answer;
    struct ctx *c = db_test_begin(t, DB_WRITE, user);
    struct hold_request h = holds_request(c, kitchen_id, space_id, start_at, end_at);
    *id = 0;
    TRY(bookings_hold(c, &h, &answer));
    CHECK(text_int(strrchr(answer.location, '/') + 1, 1, INT64_MAX, id));
    return OK;
}

/* Begins a unit and a transaction, with the booking read. */
static struct ctx *change(
    struct db_test *t, int64_t user, int64_t id, struct booking *b)
{
    struct ctx *c = db_test_begin(t, DB_WRITE, user);
    CHECK(db_begin(c->db) == OK);
    CHECK(bookings_get(c, id, b) == OK);
    return c;
}

enum result holds_move(
    struct db_test *t, int64_t user, int64_t id, enum booking_state to)
{
    struct booking b;
    struct ctx *c = change(t, user, id, &b);
    TRY(bookings_move(c, &b, to, "test"));
    return db_commit(c->db);
}

enum result holds_confirm(struct db_test *t, int64_t id)
{
    struct booking b;
    struct ctx *c = change(t, 0, id, &b);
    TRY(bookings_confirm(c, &b));
    return db_commit(c->db);
}

enum result holds_expire(struct db_test *t, int64_t id)
{
    struct booking b;
    struct ctx *c = change(t, 0, id, &b);
    TRY(bookings_expire(c, &b));
    return db_commit(c->db);
}

enum booking_state holds_state(struct db_test *t, int64_t id)
{
    struct booking b;
    struct ctx *c = db_test_begin(t, DB_READ, 0);
    CHECK(bookings_get(c, id, &b) == OK);
    return b.state;
}

int64_t holds_cells(struct db_test *t)
{
    return db_test_int(t, "SELECT COUNT(*) FROM cells");
}

int64_t holds_wrong_cells(struct db_test *t)
{
    return db_test_int(t,
        "SELECT COUNT(*) FROM (SELECT b.*, s.kind, s.kitchen_id AS k,"
        "  (b.start_at - b.buffer_before_min * 60) / 900 AS first_slot,"
        "  (b.end_at + b.buffer_after_min * 60 + 899) / 900 AS end_slot"
        "  FROM bookings b JOIN spaces s ON s.id = b.space_id) b WHERE"
        " (SELECT COUNT(*) FROM cells x WHERE x.booking_id = b.id"
        "  AND x.slot >= b.first_slot AND x.slot < b.end_slot)"
        " <> CASE WHEN b.state IN ('expired', 'declined', 'canceled') THEN 0"
        "  ELSE (b.end_slot - b.first_slot) * CASE b.kind WHEN 'station' THEN 1"
        "   ELSE (SELECT COUNT(*) FROM spaces s WHERE s.kitchen_id = b.k) END END");
}
