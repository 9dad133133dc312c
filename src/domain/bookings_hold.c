/* Holding a slot, asking for one, and what ends a hold. */
#include <string.h>

#include "domain/audit.h"
#include "domain/availability.h"
#include "domain/bookings.h"
#include "domain/cells.h"
#include "domain/claims.h"
#include "domain/pricing.h"
#include "util/rand.h"

enum {
    REQUEST_S = 86400,  /* the host's time to answer */
    ACCEPTED_S = 86400, /* the vendor's time to pay after that */
    KEY_MIN = 16,
    KEY_MAX = 64,
};

static enum result check_person(struct ctx *c, const struct kitchen *k)
{
    if (c->actor.role != ROLE_VENDOR)
        return fail(
            c, R_DENIED, "Only a vendor's account can book. Log in with yours.");
    if (!c->actor.verified)
        return fail(c, R_DENIED,
            "Confirm your e-mail address first: open the link in the mail that we sent "
            "you.");
    if (k->host_id == c->actor.user_id)
        return fail(c, R_DENIED, "This kitchen is your own.");
    if (!kitchens_visible(c, k))
        return fail(
            c, R_NOT_FOUND, "There is no such kitchen. It may have been taken down.");
    return OK;
}

static enum result check_text(
    struct ctx *c, const char *what, const char *s, size_t max)
{
    if (!text_utf8_ok(s, strlen(s)) || text_has_control(s))
        return fail(c, R_INVALID, "%s holds characters that cannot be shown.", what);
    if (text_utf8_length(s) > max)
        return fail(c, R_INVALID, "%s may have at most %zu characters.", what, max);
    return OK;
}

static enum result check_request(
    struct ctx *c, const struct hold_request *h, const struct space *space)
{
    size_t key_n = h->idempotency_key == NULL ? 0 : strlen(h->idempotency_key);
    if (key_n < KEY_MIN || key_n > KEY_MAX)
        return fail(c, R_INVALID,
            "The form is incomplete. Open the page again and send it anew.");
    if (h->guest_count < 1 || h->guest_count > space->capacity)
        return fail(c, R_INVALID, "%s has room for 1 to %lld people.",
            space->whole ? "This kitchen" : space->name, (long long)space->capacity);
    TRY(check_text(c, "What you will make", h->purpose, PURPOSE_MAX));
    return check_text(
        c, "The note to the host", h->special_requests, SPECIAL_REQUESTS_MAX);
}

static enum result check_open_holds(struct ctx *c)
{
    struct query *q = db_query(c->db, Q_BOOKINGS_OPEN_HOLDS);
    bind_int(q, "vendor_id", c->actor.user_id);
    bind_int(q, "max", c->conf->max_open_holds);
    TRY(query_step(q));
    if (col_int(q, "open") < c->conf->max_open_holds)
        return OK;
    c->retry_after_s = c->conf->hold_s;
    return fail(c, R_LIMITED,
        "You have %lld bookings waiting for payment or an answer. Pay for one or let it"
        " expire first.",
        (long long)c->conf->max_open_holds);
}

enum result bookings_expire(struct ctx *c, struct booking *b)
{
    bool waits = b->state == BOOKING_HELD || b->state == BOOKING_REQUESTED;
    if (!waits || b->hold_until > c->now_at)
        return R_CONFLICT;
    struct query *q = db_query(c->db, Q_BOOKINGS_PAYABLE);
    bind_int(q, "booking_id", b->id);
    TRY(query_step(q));
    if (col_int(q, "payable") != 0)
        return R_CONFLICT;
    bool request = b->state == BOOKING_REQUESTED;
    struct actor was = bookings_as_system(c);
    enum result r = bookings_move(
        c, b, BOOKING_EXPIRED, request ? "no answer" : "not paid in time");
    if (r == OK && request)
        r = bookings_tell(c, b, NEWS_LAPSED);
    c->actor = was;
    return r;
}

/* Ends the overdue holds that have a cell we want, so far as that is safe: the
 * insert of our cells decides about the rest. */
static enum result sweep(struct ctx *c, const struct kitchen *k,
    const struct space *space, struct slots slots)
{
    enum { MAX = 64 };
    int64_t *ids;
    size_t n;
    TRY(cells_in_the_way(c, k->id, space->id, space->whole, slots, MAX, &ids, &n));
    struct actor was = bookings_as_system(c);
    enum result r = OK;
    for (size_t i = 0; i < n && r == OK; i++) {
        struct booking b;
        r = bookings_get(c, ids[i], &b);
        if (r == OK)
            r = bookings_expire(c, &b);
        if (r == R_CONFLICT)
            r = OK;
    }
    c->actor = was;
    return r;
}

static int64_t earlier(int64_t a, int64_t b)
{
    return a < b ? a : b;
}

static enum result add(struct ctx *c, const struct hold_request *h,
    const struct kitchen *k, const struct space *space, const struct quote *quote,
    struct booking *out)
{
    enum booking_state state = k->instant_book ? BOOKING_HELD : BOOKING_REQUESTED;
    int64_t window_s = k->instant_book ? c->conf->hold_s : REQUEST_S;
    struct query *q = db_query(c->db, Q_BOOKINGS_ADD);
    bind_text(q, "uid", rand_uid(c->arena));
    bind_int(q, "kitchen_id", k->id);
    bind_int(q, "space_id", space->id);
    bind_int(q, "vendor_id", c->actor.user_id);
    bind_int(q, "host_id", k->host_id);
    bind_text(q, "state", bookings_state_name(state));
    bind_int(q, "start_at", h->start_at);
    bind_int(q, "end_at", h->end_at);
    bind_text(q, "timezone", k->timezone);
    bind_int(q, "buffer_before_min", k->buffer_before_min);
    bind_int(q, "buffer_after_min", k->buffer_after_min);
    bind_int(q, "guest_count", h->guest_count);
    bind_text(q, "purpose", h->purpose);
    bind_text(q, "special_requests", h->special_requests);
    bind_int(q, "rate_cents", quote->rate.n);
    bind_int(q, "base_cents", quote->base.n);
    bind_int(q, "cleaning_cents", quote->cleaning.n);
    bind_int(q, "service_fee_cents", quote->service_fee.n);
    bind_int(q, "tax_cents", quote->tax.n);
    bind_int(q, "total_cents", quote->total.n);
    bind_int(q, "host_cents", quote->host.n);
    bind_int(q, "vendor_fee_bp", quote->vendor_fee_bp);
    bind_int(q, "host_fee_bp", quote->host_fee_bp);
    bind_int(q, "tax_bp", quote->tax_bp);
    bind_text(q, "policy", quote->policy);
    bind_int(q, "hold_until", earlier(c->now_at + window_s, h->start_at));
    bind_int(q, "now_at", c->now_at);
    TRY(query_run(q));
    return bookings_get(c, db_last_id(c->db), out);
}

static enum result take(struct ctx *c, struct booking *b)
{
    enum result r =
        cells_take(c, b->id, b->kitchen_id, b->space_id, b->whole, bookings_slots(b));
    if (r == R_CONFLICT)
        return fail_code(c, r, "PC-AVAIL-409",
            "That time has just been taken. Choose one of the times below.");
    TRY(r);
    TRY(audit_add(c, b->state == BOOKING_HELD ? "booking.held" : "booking.requested",
        "booking", b->id,
        ctx_printf(
            c, "%s, %s", bookings_when(c, b), cents_format(c->arena, b->total))));
    return b->state == BOOKING_REQUESTED ? bookings_tell(c, b, NEWS_REQUESTED) : OK;
}

/* What is new about this post, within the transaction. */
static enum result hold(struct ctx *c, const struct hold_request *h, struct booking *b)
{
    struct kitchen k;
    struct space space;
    struct quote quote;
    TRY(kitchens_get(c, h->kitchen_id, &k));
    TRY(check_person(c, &k));
    TRY(kitchens_space(c, &k, h->space_id, &space));
    TRY(check_request(c, h, &space));
    TRY(check_open_holds(c));
    if (h->start_at > c->now_at && h->end_at > h->start_at)
        TRY(sweep(c, &k, &space, slots_of_booking(&k, h->start_at, h->end_at)));
    TRY(availability_check(c, &k, &space, h->start_at, h->end_at));
    TRY(pricing_quote(c, &k, &space, h->start_at, h->end_at, &quote));
    TRY(add(c, h, &k, &space, &quote, b));
    return take(c, b);
}

enum result bookings_hold(
    struct ctx *c, const struct hold_request *h, struct hold_answer *out)
{
    const char *route = ctx_printf(c, "/listings/%lld/book", (long long)h->kitchen_id);
    const char *key = h->idempotency_key == NULL ? "" : h->idempotency_key;
    struct claims_answer answer = { .status = 303 };
    struct booking b;
    TRY(db_begin(c->db));
    TRY(claims_post(c, key, route, h->body, &out->repeated, &answer));
    if (!out->repeated) {
        TRY(hold(c, h, &b));
        answer.location =
            ctx_printf(c, b.state == BOOKING_HELD ? "/checkout/%lld" : "/bookings/%lld",
                (long long)b.id);
        TRY(claims_answer(c, key, route, h->body, &answer));
    }
    out->status = answer.status;
    out->location = answer.location;
    return db_commit(c->db);
}

/* ---- the host's answer ------------------------------------------------------------
 */

static enum result host_request(struct ctx *c, int64_t id, struct booking *b)
{
    TRY(bookings_get(c, id, b));
    if (b->host_id != c->actor.user_id)
        return fail(c, R_NOT_FOUND, "There is no such request among yours.");
    if (b->state != BOOKING_REQUESTED || b->hold_until <= c->now_at)
        return fail(c, R_CONFLICT, "This request is not open any more.");
    return OK;
}

enum result bookings_accept(struct ctx *c, int64_t id)
{
    struct booking b;
    struct kitchen k;
    TRY(db_begin(c->db));
    TRY(host_request(c, id, &b));
    TRY(kitchens_get(c, b.kitchen_id, &k));
    if (!k.bookable)
        return fail(c, R_CONFLICT,
            "This kitchen cannot be booked at the moment: look at its papers and at "
            "Stripe first.");
    TRY(bookings_move(c, &b, BOOKING_HELD, ""));
    b.hold_until = earlier(c->now_at + ACCEPTED_S, b.start_at);
    struct query *q = db_query(c->db, Q_BOOKINGS_SET_HOLD);
    bind_int(q, "id", b.id);
    bind_int(q, "hold_until", b.hold_until);
    TRY(query_run_one(q));
    TRY(bookings_tell(c, &b, NEWS_ACCEPTED));
    return db_commit(c->db);
}

enum result bookings_decline(struct ctx *c, int64_t id, const char *reason)
{
    struct booking b;
    TRY(check_text(c, "The reason", reason, PURPOSE_MAX));
    TRY(db_begin(c->db));
    TRY(host_request(c, id, &b));
    TRY(bookings_move(c, &b, BOOKING_DECLINED, reason));
    b.reason = reason;
    TRY(bookings_tell(c, &b, NEWS_DECLINED));
    return db_commit(c->db);
}
