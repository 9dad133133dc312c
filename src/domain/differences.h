/* Where our books and Stripe's differ (STRIPE.md 5). What is found is kept, logged as
 * an error and told to the administrators; no money is ever moved because of it. A row
 * is closed when a later look no longer finds it, or by an administrator who says why.
 *
 *   not_in_books        Stripe moved money that the ledger does not know
 *   not_at_stripe       the ledger has a movement that Stripe does not
 *   amount              both have it, with other amounts
 *   movement_unknown    Stripe moved money in a way that has no place in the ledger
 *   balance             our balance at Stripe is not what the ledger says
 *   unscheduled         a booking is over, its host is owed money, and none is on its
 * way paid_unconfirmed    money is here for a booking that is none, and does not go
 * back confirmed_unpaid    a booking counts as paid, and no money is here for it
 *   payment_mismatch    money with another amount, currency or mode than we asked for
 *   event_mode          an event of the other mode (live or test) came to us
 *   event_version       events come in another version of the API than ours
 *   payout_failed       Stripe could not pay out to our bank */
#ifndef DOMAIN_DIFFERENCES_H
#define DOMAIN_DIFFERENCES_H

#include "app/ctx.h"

struct difference {
    int64_t id;
    const char *kind, *source_id, *detail;
    int64_t booking_id, found_at, seen_at; /* booking_id 0: of none */
    const char
        *notice; /* what the administrators are told of a new one; NULL: as of any */
};

/* Notes one (needs an open transaction). What is open already is only seen again, and
 * what an administrator has closed stays closed unless the detail is another. *NEW may
 * be NULL. */
enum result differences_found(struct ctx *c, const struct difference *d, bool *new);

/* Closes what is open of a kind and was not seen since BEFORE_AT (needs an open
 * transaction). */
enum result differences_gone(struct ctx *c, const char *kind, int64_t before_at);

/* Those that are open, in order from above AFTER_ID, and how many there are. */
enum result differences_open(
    struct ctx *c, int64_t after_id, size_t max, struct difference **out, size_t *n);
enum result differences_count(struct ctx *c, int64_t *n);

/* An administrator closes one (own transaction). R_DENIED; R_INVALID without a reason;
 * R_NOT_FOUND: it is not open. */
enum { DIFFERENCES_REASON_MAX = 200 };
enum result differences_close(struct ctx *c, int64_t id, const char *reason);

#endif
