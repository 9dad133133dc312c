/* Why the money of a booking has to stay with us: a dispute that is open, a review at
 * Stripe, a bank's early warning of fraud. While there is one, nothing is sent to the
 * host. */
#ifndef DOMAIN_FREEZES_H
#define DOMAIN_FREEZES_H

#include "domain/bookings.h"

enum freeze_kind { FREEZE_DISPUTE, FREEZE_REVIEW, FREEZE_WARNING };

/* Opens or closes the freeze that Stripe's object SOURCE_ID is, with what follows for
 * the booking's transfer. Reviews and warnings, once closed, stay closed, so an old
 * event harms nothing. Needs an open transaction. */
enum result freezes_set(struct ctx *c, const struct booking *b, enum freeze_kind kind,
    const char *source_id, bool open);

struct freeze {
    const char *source_id, *kind; /* dispute, review, warning */
    int64_t opened_at;
};

/* Those that are open, disputes first. */
enum { FREEZES_MAX = 20 };
enum result freezes_of_booking(
    struct ctx *c, int64_t booking_id, struct freeze **out, size_t *n);

/* An administrator has looked at a warning, and the money may go (own transaction).
 * R_NOT_FOUND; R_DENIED. */
enum result freezes_release(struct ctx *c, const char *source_id);

#endif
