/* From a hold to a paid booking: opening the one live payment, asking Stripe how it
 * stands, and what happens when the time is up. The functions that call Stripe do so
 * between transactions of their own; none may be open when they are called. */
#ifndef DOMAIN_CHECKOUT_H
#define DOMAIN_CHECKOUT_H

#include "domain/payments.h"

struct checkout {
    struct booking booking;
    bool has_payment;
    struct payment payment; /* the newest attempt */
};

/* The acting vendor's own booking and its payment; anybody else's is R_NOT_FOUND. */
enum result checkout_get(struct ctx *c, int64_t booking_id, struct checkout *out);

/* Opens a card payment for a held booking, or finds the one that is open, and gives
 * its client secret. A payment in the other mode is retired first. R_GONE: the hold
 * has ended; R_CONFLICT: it is paid already; R_BUSY: being prepared, ask again;
 * R_UPSTREAM. */
enum result checkout_intent(
    struct ctx *c, int64_t booking_id, const char **client_secret);

/* The same with a page at Stripe, for browsers without script: its address. */
enum result checkout_hosted(struct ctx *c, int64_t booking_id, const char **url);

/* Asks Stripe how the booking's payment stands and applies the answer. */
enum result checkout_check(struct ctx *c, int64_t booking_id);

/* Makes sure that the booking's open payment, if there is one, brings no money any
 * more; it may turn out to have brought it. R_BUSY, R_UPSTREAM: Stripe cannot say. */
enum result checkout_retire(struct ctx *c, int64_t booking_id);

/* The vendor gives a held or requested booking up. R_CONFLICT: it is paid already. */
enum result checkout_leave(struct ctx *c, int64_t booking_id);

/* Jobs. One overdue hold: its payment is retired, then the slot freed; while Stripe
 * cannot say whether money may arrive the slot is kept, for ten minutes at most. */
enum { CHECKOUT_GRACE_S = 600 };
enum result checkout_expire(struct ctx *c, int64_t booking_id);

/* One open payment that nobody has heard of for long; retired if its booking no
 * longer waits for it. */
enum result checkout_poll(struct ctx *c, const char *payment_uid);

#endif
