#include "domain/bookings.h"

#include "domain/audit.h"
#include "domain/cells.h"
#include "domain/notices.h"
#include "domain/outbox.h"
#include "domain/pricing.h"
#include "util/civil.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/seal.h"
#include "util/zone.h"

/* ---- states -----------------------------------------------------------------------
 */

static const struct {
    const char *name, *label;
    bool live;
} states[BOOKING__STATES] = {
    [BOOKING_REQUESTED] = { "requested", "Waiting for the host", true },
    [BOOKING_HELD] = { "held", "Waiting for payment", true },
    [BOOKING_CONFIRMED] = { "confirmed", "Confirmed", true },
    [BOOKING_ACTIVE] = { "active", "Under way", true },
    [BOOKING_COMPLETED] = { "completed", "Completed", true },
    [BOOKING_EXPIRED] = { "expired", "Expired", false },
    [BOOKING_DECLINED] = { "declined", "Declined", false },
    [BOOKING_CANCELED] = { "canceled", "Canceled", false },
    [BOOKING_NO_SHOW] = { "no_show", "No show", true },
};

enum {
    VENDOR = 1 << ROLE_VENDOR,
    HOST = 1 << ROLE_HOST,
    ADMIN = 1 << ROLE_ADMIN,
    SYSTEM = 1 << ROLE_SYSTEM
};

static const struct {
    enum booking_state from, to;
    int who;
} edges[] = {
    { BOOKING_REQUESTED, BOOKING_HELD, HOST },
    { BOOKING_REQUESTED, BOOKING_DECLINED, HOST },
    { BOOKING_REQUESTED, BOOKING_CANCELED, VENDOR | ADMIN },
    { BOOKING_REQUESTED, BOOKING_EXPIRED, SYSTEM },
    { BOOKING_HELD, BOOKING_CONFIRMED, SYSTEM }, /* the payment, nobody else */
    { BOOKING_HELD, BOOKING_CANCELED, VENDOR | ADMIN },
    { BOOKING_HELD, BOOKING_EXPIRED, SYSTEM },
    { BOOKING_EXPIRED, BOOKING_CONFIRMED,
        SYSTEM }, /* money came late, slot still free */
    /* by the system: all of the money went back */
    { BOOKING_CONFIRMED, BOOKING_CANCELED, VENDOR | HOST | ADMIN | SYSTEM },
    { BOOKING_CONFIRMED, BOOKING_ACTIVE, SYSTEM },
    { BOOKING_CONFIRMED, BOOKING_NO_SHOW, HOST | ADMIN },
    { BOOKING_ACTIVE, BOOKING_CANCELED, HOST | ADMIN },
    { BOOKING_ACTIVE, BOOKING_COMPLETED, SYSTEM },
    { BOOKING_ACTIVE, BOOKING_NO_SHOW, HOST | ADMIN },
    { BOOKING_COMPLETED, BOOKING_NO_SHOW, HOST | ADMIN }, /* for a day: visits.c */
};

const char *bookings_state_name(enum booking_state s)
{
    CHECK((unsigned)s < BOOKING__STATES);
    return states[s].name;
}

const char *bookings_state_label(enum booking_state s)
{
    CHECK((unsigned)s < BOOKING__STATES);
    return states[s].label;
}

bool bookings_live(enum booking_state s)
{
    CHECK((unsigned)s < BOOKING__STATES);
    return states[s].live;
}

bool bookings_may(enum booking_state from, enum booking_state to, enum role role)
{
    for (size_t i = 0; i < COUNT_OF(edges); i++)
        if (edges[i].from == from && edges[i].to == to)
            return (edges[i].who & (1 << role)) != 0;
    return false;
}

static enum booking_state state_of(const char *name)
{
    for (enum booking_state s = 0; s < BOOKING__STATES; s++)
        if (text_is(states[s].name, name))
            return s;
    CHECK(!"a state that the table's CHECK does not know");
    return BOOKING__STATES;
}

/* ---- reading ----------------------------------------------------------------------
 */

static void read_booking(struct query *q, struct booking *b)
{
    *b = (struct booking) {
        .id = col_int(q, "id"),
        .uid = col_text(q, "uid"),
        .kitchen_id = col_int(q, "kitchen_id"),
        .space_id = col_int(q, "space_id"),
        .vendor_id = col_int(q, "vendor_id"),
        .host_id = col_int(q, "host_id"),
        .state = state_of(col_text_here(q, "state")),
        .disputed = col_int(q, "disputed") != 0,
        .start_at = col_int(q, "start_at"),
        .end_at = col_int(q, "end_at"),
        .timezone = col_text(q, "timezone"),
        .buffer_before_min = col_int(q, "buffer_before_min"),
        .buffer_after_min = col_int(q, "buffer_after_min"),
        .guest_count = col_int(q, "guest_count"),
        .purpose = col_text(q, "purpose"),
        .special_requests = col_text(q, "special_requests"),
        .rate = cents_of(col_int(q, "rate_cents")),
        .base = cents_of(col_int(q, "base_cents")),
        .cleaning = cents_of(col_int(q, "cleaning_cents")),
        .service_fee = cents_of(col_int(q, "service_fee_cents")),
        .tax = cents_of(col_int(q, "tax_cents")),
        .total = cents_of(col_int(q, "total_cents")),
        .host = cents_of(col_int(q, "host_cents")),
        .vendor_fee_bp = col_int(q, "vendor_fee_bp"),
        .host_fee_bp = col_int(q, "host_fee_bp"),
        .tax_bp = col_int(q, "tax_bp"),
        .policy = col_text(q, "policy"),
        .created_at = col_int(q, "created_at"),
        .hold_until = col_int(q, "hold_until"),
        .confirmed_at = col_int(q, "confirmed_at"),
        .ended_at = col_int(q, "ended_at"),
        .reason = col_text(q, "reason"),
        .canceled_by = col_text(q, "canceled_by"),
        .whole = text_is(col_text_here(q, "space_kind"), "whole"),
        .space_name = col_text(q, "space_name"),
        .title = col_text(q, "title"),
        .slug = col_text(q, "slug"),
        .address = col_text(q, "address"),
        .city = col_text(q, "city"),
        .region = col_text(q, "region"),
        .postal_code = col_text(q, "postal_code"),
        .access_notes = col_text(q, "access_notes"),
        .vendor_name = col_text(q, "vendor_name"),
        .vendor_business = col_text(q, "vendor_business"),
        .host_name = col_text(q, "host_name"),
    };
    b->access_code = col_blob(q, "access_code", &b->access_code_bytes);
}

static bool is_staff(const struct ctx *c)
{
    return c->actor.role == ROLE_ADMIN || c->actor.role == ROLE_SUPPORT ||
           c->actor.role == ROLE_SYSTEM;
}

static enum result get_own(struct ctx *c, struct query *q, struct booking *out)
{
    enum result r = query_step(q);
    if (r == OK) {
        read_booking(q, out);
        int64_t me = c->actor.user_id;
        if (is_staff(c) || (me != 0 && (me == out->vendor_id || me == out->host_id)))
            return OK;
        r = R_NOT_FOUND;
    }
    if (r == R_NOT_FOUND)
        return fail(c, r, "There is no such booking among yours.");
    return r;
}

enum result bookings_get(struct ctx *c, int64_t id, struct booking *out)
{
    struct query *q = db_query(c->db, Q_BOOKINGS_GET);
    bind_int(q, "id", id);
    return get_own(c, q, out);
}

enum result bookings_by_uid(struct ctx *c, const char *uid, struct booking *out)
{
    struct query *q = db_query(c->db, Q_BOOKINGS_BY_UID);
    bind_text(q, "uid", uid);
    return get_own(c, q, out);
}

struct slots bookings_slots(const struct booking *b)
{
    return slots_taken(
        b->start_at, b->end_at, b->buffer_before_min, b->buffer_after_min);
}

static enum result read_rows(
    struct ctx *c, struct query *q, size_t max, struct booking **out, size_t *n)
{
    struct booking *rows = arena_array(c->arena, max, sizeof *rows);
    bind_int(q, "max", (int64_t)max);
    enum result r;
    *n = 0;
    for (QUERY_EACH(q, r))
        read_booking(q, &rows[(*n)++]);
    *out = rows;
    return query_end(r);
}

enum result bookings_list(struct ctx *c, const struct bookings_filter *f, size_t max,
    struct booking **out, size_t *n)
{
    static const enum query_id queries[2][2] = {
        { Q_BOOKINGS_OF_VENDOR_UPCOMING, Q_BOOKINGS_OF_VENDOR_PAST },
        { Q_BOOKINGS_OF_HOST_UPCOMING, Q_BOOKINGS_OF_HOST_PAST },
    };
    enum { LONGEST_S = 2 * 86400 }; /* no booking that is not over began earlier */
    bool first = f->after_at == 0 && f->after_id == 0;
    int64_t from_at = f->past ? INT64_MAX : c->now_at - LONGEST_S;
    struct query *q = db_query(c->db, queries[f->as_host][f->past]);
    bind_int(q, "user_id", c->actor.user_id);
    bind_int(q, "after_at", first ? from_at : f->after_at);
    bind_int(q, "after_id", first ? 0 : f->after_id);
    bind_int(q, "now_at", c->now_at);
    return read_rows(c, q, max, out, n);
}

enum result bookings_requests(
    struct ctx *c, size_t max, struct booking **out, size_t *n)
{
    struct query *q = db_query(c->db, Q_BOOKINGS_REQUESTS);
    bind_int(q, "user_id", c->actor.user_id);
    bind_int(q, "now_at", c->now_at);
    return read_rows(c, q, max, out, n);
}

enum result bookings_overdue(struct ctx *c, size_t max, int64_t **ids, size_t *n)
{
    struct query *q = db_query(c->db, Q_BOOKINGS_OVERDUE);
    bind_int(q, "now_at", c->now_at);
    return query_ids(q, max, ids, n);
}

enum result bookings_due(
    struct ctx *c, enum booking_state state, size_t max, int64_t **ids, size_t *n)
{
    CHECK(bookings_on(state));
    struct query *q = db_query(
        c->db, state == BOOKING_CONFIRMED ? Q_BOOKINGS_BEGUN : Q_BOOKINGS_OVER);
    bind_int(q, "now_at", c->now_at);
    return query_ids(q, max, ids, n);
}

/* ---- access -----------------------------------------------------------------------
 */

/* A code sealed for one booking opens no other. */
static const char *code_purpose(struct ctx *c, const struct booking *b)
{
    return ctx_printf(c, "access-code:%s", b->uid);
}

const char *bookings_access(struct ctx *c, const struct booking *b)
{
    int64_t me = c->actor.user_id;
    bool mine = me != 0 && (me == b->vendor_id || me == b->host_id);
    if (!bookings_on(b->state) || !mine || b->access_code == NULL ||
        c->now_at >= b->end_at || c->now_at < b->start_at - BOOKINGS_ACCESS_EARLY_S)
        return NULL;
    return seal_open(
        c->arena, c->secret, code_purpose(c, b), b->access_code, b->access_code_bytes);
}

int64_t bookings_access_at(const struct booking *b)
{
    int64_t at = b->start_at - BOOKINGS_ACCESS_EARLY_S;
    return b->confirmed_at > at ? b->confirmed_at : at;
}

/* ---- changes ----------------------------------------------------------------------
 */

struct actor bookings_as_system(struct ctx *c)
{
    struct actor was = c->actor;
    c->actor = (struct actor) { .role = ROLE_SYSTEM, .full_name = "", .email = "" };
    return was;
}

enum result bookings_move(
    struct ctx *c, struct booking *b, enum booking_state to, const char *reason)
{
    if (!bookings_may(b->state, to, c->actor.role))
        return fail(c, R_DENIED,
            "A booking that is \"%s\" cannot be changed like this.",
            bookings_state_label(b->state));
    struct query *q = db_query(c->db, Q_BOOKINGS_MOVE);
    bind_int(q, "id", b->id);
    bind_text(q, "from_state", states[b->state].name);
    bind_text(q, "to_state", states[to].name);
    bind_text(q, "reason", reason);
    bind_int(q, "ends", !states[to].live);
    bind_int(q, "now_at", c->now_at);
    enum result r = query_run_one(q);
    if (r == R_CONFLICT)
        return fail(c, r, "This booking has changed meanwhile. Open it again.");
    TRY(r);
    if (states[b->state].live && !states[to].live)
        TRY(cells_release(c, b->id));
    b->state = to;
    return audit_add(
        c, ctx_printf(c, "booking.%s", states[to].name), "booking", b->id, reason);
}

enum result bookings_cancel(struct ctx *c, struct booking *b, const char *reason)
{
    TRY(bookings_move(c, b, BOOKING_CANCELED, reason));
    b->reason = reason;
    b->canceled_by = role_name(c->actor.role);
    struct query *q = db_query(c->db, Q_BOOKINGS_SET_CANCELED);
    bind_int(q, "id", b->id);
    bind_text(q, "canceled_by", b->canceled_by);
    return query_run_one(q);
}

static enum result set_confirmed(struct ctx *c, struct booking *b)
{
    char code[7];
    uint32_t digits = rand_below(1000000);
    for (int i = 5; i >= 0; i--, digits /= 10)
        code[i] = (char)('0' + digits % 10);
    code[6] = '\0';
    b->access_code = seal_close(
        c->arena, c->secret, code_purpose(c, b), code, &b->access_code_bytes);
    b->confirmed_at = c->now_at;
    struct query *q = db_query(c->db, Q_BOOKINGS_SET_CONFIRMED);
    bind_int(q, "id", b->id);
    bind_int(q, "now_at", c->now_at);
    bind_blob(q, "access_code", b->access_code, b->access_code_bytes);
    TRY(query_run_one(q));
    TRY(bookings_tell(c, b, NEWS_CONFIRMED));
    return bookings_tell(c, b, NEWS_CONFIRMED_HOST);
}

enum result bookings_confirm(struct ctx *c, struct booking *b)
{
    TRY(bookings_move(c, b, BOOKING_CONFIRMED,
        b->state == BOOKING_EXPIRED ? "paid after the hold had ended; still free"
                                    : ""));
    return set_confirmed(c, b);
}

enum result bookings_retake(struct ctx *c, struct booking *b)
{
    CHECK(b->state == BOOKING_EXPIRED);
    if (b->start_at <= c->now_at)
        return R_CONFLICT;
    return cells_take(
        c, b->id, b->kitchen_id, b->space_id, b->whole, bookings_slots(b));
}

/* ---- telling ----------------------------------------------------------------------
 */

const char *bookings_when(struct ctx *c, const struct booking *b)
{
    const struct zone *z = zone_find(b->timezone);
    CHECK(z != NULL);
    const char *first = zone_format_date(c->arena, z, b->start_at);
    const char *last = zone_format_date(c->arena, z, b->end_at);
    return ctx_printf(c, "%s, %s to %s%s%s %s", first,
        zone_format_clock(c->arena, z, b->start_at), text_is(first, last) ? "" : last,
        text_is(first, last) ? "" : ", ", zone_format_clock(c->arena, z, b->end_at),
        zone_abbreviation(z, b->start_at));
}

static const struct {
    const char *mail; /* templates/mail/<mail>.* */
    bool to_host, with_ics;
    const char *notice; /* title, when */
} news_table[NEWS__MAX] = {
    [NEWS_REQUESTED] = { "booking_requested", true, false,
        "Somebody asks for %s: %s." },
    [NEWS_ACCEPTED] = { "booking_accepted", false, false,
        "The host said yes. Pay now for %s: %s." },
    [NEWS_DECLINED] = { "booking_declined", false, false,
        "The host declined your request for %s: %s." },
    [NEWS_LAPSED] = { "booking_lapsed", false, false,
        "The host did not answer in time: %s, %s." },
    [NEWS_CONFIRMED] = { "booking_confirmed", false, true,
        "Your booking is confirmed: %s, %s." },
    [NEWS_CONFIRMED_HOST] = { "booking_new", true, true, "New booking: %s, %s." },
    [NEWS_REMINDER] = { "booking_reminder", false, false, "Tomorrow: %s, %s." },
    [NEWS_REMINDER_HOST] = { "booking_reminder_host", true, false,
        "Tomorrow in %s: %s." },
    [NEWS_LATE] = { "booking_late", false, false,
        "Paid too late for %s, %s. Your money is on its way back." },
    [NEWS_CANCELED] = { "booking_canceled", false, true,
        "Your booking was canceled: %s, %s." },
    [NEWS_CANCELED_HOST] = { "booking_canceled_host", true, true,
        "A booking was canceled: %s, %s." },
    [NEWS_REFUNDED] = { "booking_refunded", false, false,
        "Money goes back to you for %s, %s." },
    [NEWS_TRANSFER] = { "transfer_sent", true, false,
        "Your money was sent for %s, %s." },
    [NEWS_DISPUTED_HOST] = { "booking_disputed", true, false,
        "A bank looks at the payment for %s, %s. The money waits." },
    [NEWS_SHARE_LOWERED] = { "share_lowered", true, false,
        "Money goes back to the vendor, and your share is smaller: %s, %s." },
    [NEWS_TAKEN_BACK] = { "transfer_taken_back", true, false,
        "Money was taken back from your Stripe account: %s, %s." },
    [NEWS_DEBT] = { "debt", true, false,
        "Money could not be taken back for %s, %s. It is kept from your next "
        "transfers." },
    [NEWS_KEPT] = { "transfer_kept", true, false,
        "Money was kept for what you owed: %s, %s." },
    [NEWS_DISPUTE_LOST] = { "dispute_lost", true, false,
        "The dispute over %s, %s is lost." },
    [NEWS_DISPUTE_WON] = { "dispute_won", true, false,
        "The dispute over %s, %s is won." },
    [NEWS_DISPUTE_CLOSED] = { "dispute_closed", true, false,
        "The bank asks no more about %s, %s." },
};

enum { TELL_FIELDS_MAX = 40 };

struct telling {
    struct outbox_field fields[TELL_FIELDS_MAX];
    size_t n;
};

static void put(struct telling *t, const char *name, const char *value)
{
    CHECK(t->n < TELL_FIELDS_MAX);
    t->fields[t->n++] = (struct outbox_field) { name, value };
}

/* refund_1 .. refund_4: a step of the ladder each, or "". */
static void put_ladder(struct ctx *c, struct telling *t, const struct booking *b)
{
    static const char *const names[LADDER_MAX] = { "refund_1", "refund_2", "refund_3",
        "refund_4" };
    struct terms terms = {
        .base = b->base,
        .cleaning = b->cleaning,
        .service_fee = b->service_fee,
        .tax = b->tax,
        .policy = b->policy,
        .booked_at = b->created_at,
        .start_at = b->start_at,
    };
    struct ladder_row rows[LADDER_MAX];
    size_t n = pricing_ladder(&terms, c->now_at, rows);
    const struct zone *z = zone_find(b->timezone);
    for (size_t i = 0; i < LADDER_MAX; i++)
        put(t, names[i],
            i >= n ? ""
                   : ctx_printf(c, "until %s: %s",
                         zone_format(c->arena, z, rows[i].until_at),
                         cents_format(c->arena, rows[i].refund.total)));
}

/* The calendar entry; one for a canceled booking takes the entry out again. */
static void put_ics(
    struct ctx *c, struct telling *t, const struct booking *b, bool to_host)
{
    put(t, "ics_uid", ctx_printf(c, "booking-%s", b->uid));
    put(t, "ics_canceled", b->state == BOOKING_CANCELED ? "1" : "");
    put(t, "ics_start_at", ctx_printf(c, "%lld", (long long)b->start_at));
    put(t, "ics_end_at", ctx_printf(c, "%lld", (long long)b->end_at));
    put(t, "ics_summary",
        to_host ? ctx_printf(c, "%s: %s", b->title, b->vendor_name) : b->title);
    put(t, "ics_location",
        ctx_printf(c, "%s, %s, %s %s", b->address, b->city, b->region, b->postal_code));
}

enum result bookings_tell_why(struct ctx *c, const struct booking *b,
    enum booking_news news, const char *amount, const char *why)
{
    CHECK((unsigned)news < NEWS__MAX);
    bool to_host = news_table[news].to_host;
    int64_t user_id = to_host ? b->host_id : b->vendor_id;
    const char *path = ctx_printf(c,
        news == NEWS_ACCEPTED ? "/checkout/%lld" : "/bookings/%lld", (long long)b->id);
    const struct zone *z = zone_find(b->timezone);
    struct telling t = { .n = 0 };
    put(&t, "booking_id", ctx_printf(c, "%lld", (long long)b->id));
    put(&t, "path", path);
    put(&t, "title", b->title);
    put(&t, "space", b->whole ? "" : b->space_name);
    put(&t, "when", bookings_when(c, b));
    put(&t, "address",
        ctx_printf(c, "%s, %s, %s %s", b->address, b->city, b->region, b->postal_code));
    put(&t, "access_notes", b->access_notes);
    put(&t, "vendor_name", b->vendor_name);
    put(&t, "vendor_business", b->vendor_business);
    put(&t, "host_name", b->host_name);
    put(&t, "guest_count", ctx_printf(c, "%lld", (long long)b->guest_count));
    put(&t, "purpose", b->purpose);
    put(&t, "special_requests", b->special_requests);
    put(&t, "base", cents_format(c->arena, b->base));
    put(&t, "cleaning", cents_format(c->arena, b->cleaning));
    put(&t, "service_fee", cents_format(c->arena, b->service_fee));
    put(&t, "tax", cents_format(c->arena, b->tax));
    put(&t, "total", cents_format(c->arena, b->total));
    put(&t, "host_amount", cents_format(c->arena, b->host));
    put(&t, "hold_until", zone_format(c->arena, z, b->hold_until));
    put(&t, "reason", b->reason);
    put(&t, "canceled_by", b->canceled_by);
    put(&t, "amount", amount);
    put(&t, "why", why);
    put_ladder(c, &t, b);
    if (news_table[news].with_ics)
        put_ics(c, &t, b, to_host);
    const char *once = text_empty(amount) && text_empty(why) ? "" : rand_uid(c->arena);
    TRY(outbox_add(c, news_table[news].mail, user_id,
        ctx_printf(c, "%s:%lld%s", news_table[news].mail, (long long)b->id, once),
        t.fields, t.n));
    return notices_add(c, user_id, news_table[news].mail,
        ctx_printf(c, news_table[news].notice, b->title, bookings_when(c, b)), path);
}

enum result bookings_tell_amount(
    struct ctx *c, const struct booking *b, enum booking_news news, const char *amount)
{
    return bookings_tell_why(c, b, news, amount, "");
}

enum result bookings_tell(
    struct ctx *c, const struct booking *b, enum booking_news news)
{
    return bookings_tell_why(c, b, news, "", "");
}

enum result bookings_tell_refund(struct ctx *c, const struct booking *b,
    struct cents amount, struct cents lowered, const char *why)
{
    TRY(bookings_tell_amount(c, b, NEWS_REFUNDED, cents_format(c->arena, amount)));
    if (lowered.n <= 0)
        return OK;
    return bookings_tell_why(
        c, b, NEWS_SHARE_LOWERED, cents_format(c->arena, lowered), why);
}
