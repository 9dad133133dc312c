/* Bookings: from the request or hold of a slot to its end. The table of states is
 * in bookings.c: which edge exists and who may take it; everything else is refused.
 * A booking in a live state has its cells (cells.h), any other has none. */
#ifndef DOMAIN_BOOKINGS_H
#define DOMAIN_BOOKINGS_H

#include "app/ctx.h"
#include "domain/slots.h"
#include "util/money.h"
#include "util/text.h"

enum booking_state {
    BOOKING_REQUESTED, /* awaits the host; the slot is held meanwhile */
    BOOKING_HELD,      /* awaits the payment, until hold_until */
    BOOKING_CONFIRMED,
    BOOKING_ACTIVE,
    BOOKING_COMPLETED,
    BOOKING_EXPIRED,
    BOOKING_DECLINED,
    BOOKING_CANCELED,
    BOOKING_NO_SHOW,
    BOOKING__STATES
};

/* "held", as in the database; "Waiting for payment", for people. */
const char *bookings_state_name(enum booking_state s);
const char *bookings_state_label(enum booking_state s);

/* Is there an edge, and may this role take it? Whose booking it is comes on top. */
bool bookings_may(enum booking_state from, enum booking_state to, enum role role);

/* Is it on: paid, and the visit to come or under way? */
static inline bool bookings_on(enum booking_state s)
{
    return s == BOOKING_CONFIRMED || s == BOOKING_ACTIVE;
}

/* Does a booking in this state have its cells? If not it has come to nothing: it is
 * expired, declined or canceled. */
bool bookings_live(enum booking_state s);

struct booking {
    int64_t id;
    const char *uid;
    int64_t kitchen_id, space_id, vendor_id, host_id;
    enum booking_state state;
    bool disputed;
    int64_t start_at, end_at;
    const char *timezone;
    int64_t buffer_before_min, buffer_after_min;
    int64_t guest_count;
    const char *purpose, *special_requests;
    struct cents rate, base, cleaning, service_fee, tax, total; /* frozen at the hold */
    struct cents host;                                          /* what the host gets */
    int64_t vendor_fee_bp, host_fee_bp, tax_bp;
    const char *policy;
    int64_t created_at, hold_until, confirmed_at, ended_at; /* 0: not yet */
    const char *reason, *canceled_by;                       /* a role; "" */
    const void *access_code; /* sealed: bookings_access */
    size_t access_code_bytes;
    bool whole; /* the whole kitchen, not a station */
    const char *space_name, *title, *slug;
    const char *address, *city, *region, *postal_code, *access_notes;
    const char *vendor_name, *vendor_business, *host_name;
};

/* Booking ID if it is the acting person's: the vendor's, the host's, or anybody's for
 * staff and the system. R_NOT_FOUND. */
enum result bookings_get(struct ctx *c, int64_t id, struct booking *out);

/* The booking of a uid, as bookings_get. */
enum result bookings_by_uid(struct ctx *c, const char *uid, struct booking *out);

/* The slots it takes. */
struct slots bookings_slots(const struct booking *b);

/* The ids of up to MAX confirmed bookings that have begun, or active ones that are
 * over, the longest first. */
enum result bookings_due(
    struct ctx *c, enum booking_state state, size_t max, int64_t **ids, size_t *n);

/* One page of the acting person's bookings, as vendor or as host. Upcoming: live and
 * not over, the next one first; past: everything else, the newest first. AFTER_AT and
 * AFTER_ID are start and id of the last row of the page before (0, 0: first page). */
struct bookings_filter {
    bool as_host, past;
    int64_t after_at, after_id;
};
enum result bookings_list(struct ctx *c, const struct bookings_filter *f, size_t max,
    struct booking **out, size_t *n);

/* The host's requests that wait for an answer, the oldest first. */
enum result bookings_requests(
    struct ctx *c, size_t max, struct booking **out, size_t *n);

/* The six digits for the door, or NULL: not confirmed, not yet 30 minutes before the
 * start, or over. Vendor and host see it, staff does not. */
enum { BOOKINGS_ACCESS_EARLY_S = 30 * 60 };
const char *bookings_access(struct ctx *c, const struct booking *b);

/* Since when, of a booking that was confirmed: some are confirmed later than that. */
int64_t bookings_access_at(const struct booking *b);

/* ---- changes: each needs an open transaction unless it says otherwise -------------
 */

/* Takes an edge of the table: R_DENIED if it is not there or not for the acting
 * role; R_CONFLICT if B is no longer in its state. Gives back the cells where the
 * new state has none, writes the audit row, sets B->state. REASON may be "". */
enum result bookings_move(
    struct ctx *c, struct booking *b, enum booking_state to, const char *reason);

/* held, or expired and retaken -> confirmed, with an access code, mails and notices. By
 * the system. */
enum result bookings_confirm(struct ctx *c, struct booking *b);

/* Takes the slot of an expired booking again for money that came late, if it is still
 * free and not begun; then it has to be confirmed in the same transaction. R_CONFLICT:
 * it is not; nothing changed. By the system. */
enum result bookings_retake(struct ctx *c, struct booking *b);

/* Any state that may be -> canceled, with who did it. */
enum result bookings_cancel(struct ctx *c, struct booking *b, const char *reason);

/* Acts as the system until the returned actor is put back: for what follows from a
 * fact and not from the person. */
struct actor bookings_as_system(struct ctx *c);

enum booking_news {
    NEWS_REQUESTED, /* to the host */
    NEWS_ACCEPTED,  /* to the vendor, as all below but one */
    NEWS_DECLINED,
    NEWS_LAPSED, /* the host did not answer the request in time */
    NEWS_CONFIRMED,
    NEWS_CONFIRMED_HOST, /* to the host */
    NEWS_REMINDER,       /* it begins within 24 hours */
    NEWS_REMINDER_HOST,  /* to the host */
    NEWS_LATE,           /* paid too late, money on its way back */
    NEWS_CANCELED,       /* amount: what goes back */
    NEWS_CANCELED_HOST,  /* to the host; amount: what he keeps */
    NEWS_REFUNDED,       /* amount: what goes back */
    NEWS_TRANSFER,       /* to the host; amount: what was sent to him */
    NEWS_DISPUTED_HOST,  /* to the host; amount: what the bank looks at */
    /* to the host, with why: */
    NEWS_SHARE_LOWERED,  /* amount: his part of what goes back */
    NEWS_TAKEN_BACK,     /* amount: what came back from his account at Stripe */
    NEWS_DEBT,           /* amount: what could not be had back */
    NEWS_KEPT,           /* amount: what was kept from a transfer for a debt */
    NEWS_DISPUTE_LOST,   /* amount: what he bears, "" if nothing */
    NEWS_DISPUTE_WON,    /* amount: what stays, as in the next */
    NEWS_DISPUTE_CLOSED, /* the bank only asked */
    NEWS__MAX
};

/* Queues the mail and the notice: once for each booking and news, or, with an AMOUNT
 * in words or a sentence that says WHY (the mail's keys `amount` and `why`), as often
 * as it is called. */
enum result bookings_tell(
    struct ctx *c, const struct booking *b, enum booking_news news);
enum result bookings_tell_amount(
    struct ctx *c, const struct booking *b, enum booking_news news, const char *amount);
enum result bookings_tell_why(struct ctx *c, const struct booking *b,
    enum booking_news news, const char *amount, const char *why);

/* Tells the vendor that AMOUNT goes back to him, and the host why his share is LOWERED,
 * if it is. WHY may be "". */
enum result bookings_tell_refund(struct ctx *c, const struct booking *b,
    struct cents amount, struct cents lowered, const char *why);

/* "Tue 24 Nov 2026, 07:15 to 16:15 EST", in the kitchen's zone. */
const char *bookings_when(struct ctx *c, const struct booking *b);

/* ---- holding (own transactions) ---------------------------------------------------
 */

enum { PURPOSE_MAX = 200, SPECIAL_REQUESTS_MAX = 1000 }; /* characters */

struct hold_request {
    int64_t kitchen_id, space_id; /* space 0: the whole kitchen */
    int64_t start_at, end_at;
    int64_t guest_count;
    const char *purpose, *special_requests;
    const char *idempotency_key; /* from the form, 16 to 64 characters */
    struct span body;            /* what "the same post" means */
};

struct hold_answer {
    int status;           /* 303 */
    const char *location; /* /checkout/17, or /bookings/17 for a request */
    bool repeated;        /* this very post was carried out before */
};

/* Holds a slot for the acting vendor and freezes its price, all in one transaction.
 * Where the host wants to be asked, it becomes a request. R_DENIED: not a verified
 * vendor; R_INVALID; R_LIMITED: too many open holds; R_CONFLICT with code
 * PC-AVAIL-409: taken or closed then. */
enum result bookings_hold(
    struct ctx *c, const struct hold_request *h, struct hold_answer *out);

/* The host's answer to a request: held for the vendor's payment (a day, or until the
 * start), or declined with a reason. R_CONFLICT: not a request any more, or (accepting)
 * the kitchen cannot be booked now. */
enum result bookings_accept(struct ctx *c, int64_t id);
enum result bookings_decline(struct ctx *c, int64_t id, const char *reason);

/* Ends one hold or request whose time is up, if no money can arrive any more (no
 * payment was opened, or all were retired). R_CONFLICT: not so. */
enum result bookings_expire(struct ctx *c, struct booking *b);

/* The ids of up to MAX holds and requests whose time is up. */
enum result bookings_overdue(struct ctx *c, size_t max, int64_t **ids, size_t *n);

#endif
