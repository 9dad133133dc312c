/* Canceling: what a cancellation gives back, said to the cent before it happens, and
 * carried out (STRIPE.md 4.7). The vendor gets what the policy says; when the host or
 * an administrator cancels he gets everything. */
#ifndef DOMAIN_CANCELLATIONS_H
#define DOMAIN_CANCELLATIONS_H

#include "domain/pricing.h"
#include "domain/refunds.h"

struct cancellation {
    struct booking booking;
    bool paid;
    struct payment payment;     /* if PAID */
    struct refund_split refund; /* what goes back; amount 0: nothing */
    struct refund lines;     /* the same by line of the bill, if nothing went before */
    struct cents already;    /* what went back earlier */
    struct cents host_keeps; /* what the host still gets */
};

/* What it would do now, if the acting person canceled booking ID. R_CONFLICT, with the
 * reason for the person: it cannot be canceled, or not by him. */
enum result cancellations_preview(struct ctx *c, int64_t id, struct cancellation *out);

/* The steps of the policy that lie ahead of B, and what goes back by each if the vendor
 * cancels: to the cent what cancellations_preview would say then. *LESS: what of it was
 * decided before. No steps while a bank looks at the payment: he cannot cancel. */
struct cancellation_step {
    int64_t until_at, bp;
    struct cents back;
};
enum result cancellations_ladder(struct ctx *c, const struct booking *b,
    struct cancellation_step out[LADDER_MAX], size_t *n, struct cents *less);

/* Cancels, with REASON (at most PURPOSE_MAX characters; "": none). SHOWN is the refund
 * that the person was shown: R_CONFLICT if it is another by now; below zero: he was
 * shown none. One that waits for payment is first made sure at Stripe to bring none, so
 * no transaction may be open: R_BUSY, R_UPSTREAM. What goes back is asked for by the
 * job. */
enum result cancellations_cancel(
    struct ctx *c, int64_t id, const char *reason, struct cents shown);

#endif
