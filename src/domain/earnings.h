/* What a host earns: what is coming, what is on its way to him or waits, what was sent
 * and taken back. All of it is the acting host's. Amounts are the books':
 * what a booking still owes him, whatever the bill says. */
#ifndef DOMAIN_EARNINGS_H
#define DOMAIN_EARNINGS_H

#include "domain/bookings.h"

struct earnings_sum {
    struct cents amount;
    int64_t n; /* bookings */
};

struct earnings_sums {
    struct earnings_sum upcoming;  /* paid, and not over */
    struct earnings_sum scheduled; /* over; leaves when it is due */
    struct earnings_sum held;      /* over, and cannot leave */
    struct earnings_sum account;   /* of those, for Stripe cannot pay his account */
    struct cents debt;             /* what he owes */
};
enum result earnings_sums(struct ctx *c, struct earnings_sums *out);

/* Paid bookings that are not over, the next one first, after booking AFTER_ID (0: from
 * the first). */
struct earnings_booking {
    int64_t booking_id, start_at, end_at;
    enum booking_state state;
    struct cents owed;
    const char
        *frozen; /* why it has to stay: dispute, review, warning; "": it may go */
    const char *timezone, *title, *vendor;
};
enum result earnings_upcoming(struct ctx *c, int64_t after_id, size_t max,
    struct earnings_booking **out, size_t *n);

enum earnings_kind {
    EARNINGS_SCHEDULED,
    EARNINGS_HELD, /* and those that Stripe refuses */
    EARNINGS_SENT, /* whatever was taken back since */
    EARNINGS_REVERSED,
    EARNINGS__KINDS
};

struct earnings_transfer {
    int64_t id, booking_id, due_at, sent_at; /* sent_at 0: not yet */
    const char *state, *held_for;            /* as in transfers.h */
    const char *frozen;                      /* as of earnings_booking */
    struct cents amount;                     /* sent, or what would be if it went now */
    struct cents offset;                     /* kept for a debt */
    struct cents reversed;                   /* taken back */
    const char *transfer_id;
    const char *timezone, *title, *vendor;
};

/* Below BEFORE_ID (0: from the newest), the newest first. */
enum result earnings_transfers(struct ctx *c, enum earnings_kind kind,
    int64_t before_id, size_t max, struct earnings_transfer **out, size_t *n);

/* What was sent, less what was taken back of it since, in the last twelve calendar
 * months where the kitchens stand; the last one is this month. */
enum { EARNINGS_MONTHS = 12 };
struct earnings_month {
    int year, month;
    struct cents net;
};
enum result earnings_months(struct ctx *c, struct earnings_month out[EARNINGS_MONTHS]);

/* One line of a year's bookkeeping: a paid booking. NET is base and cleaning less fee,
 * refunds and disputes; and it is sent - reversed + kept - debt + open. */
struct earnings_line {
    int64_t booking_id, start_at, end_at;
    int year, month; /* of its start, locally */
    const char *timezone, *title, *vendor;
    const char *state; /* of the newest transfer, or of the booking */
    struct cents base, cleaning, fee, refunds, disputes, net;
    struct cents sent, reversed; /* with Stripe */
    struct cents kept;           /* from its transfer, for what he owed */
    struct cents debt;           /* could not be taken back */
    struct cents open;           /* still to come; below zero: he has got too much */
    const char *transfer_ids;    /* of what was sent, with blanks between them; "" */
    const char *sent_ats;        /* when each was sent, likewise; UTC seconds */
};

/* Those that begin round YEAR or, not 0, its MONTH (a day more on either side: look at
 * the line's own), in order, after the line AFTER (NULL: from the first). */
enum result earnings_year(struct ctx *c, int year, int month,
    const struct earnings_line *after, size_t max, struct earnings_line **out,
    size_t *n);

#endif
