/* /v1/refunds. */
#ifndef SANDBOX_REFUNDS_H
#define SANDBOX_REFUNDS_H

#include "objects.h"

enum result refunds_create(struct call *c);
enum result refunds_retrieve(struct call *c);
enum result refunds_update(struct call *c);
enum result refunds_cancel(struct call *c);
enum result refunds_list(struct call *c);

/* The charge that the parameters name, by itself or by its payment intent. */
enum result refunds_find_charge(struct call *c, struct object **out);

struct refund_terms {
    int64_t amount_cents; /* 0: all that is left */
    const char *reason;   /* or NULL */
};

/* Refunds CHARGE, or says why not. */
enum result refunds_make(struct call *c, struct object *charge,
    const struct refund_terms *terms, struct object **out);

/* What becomes of a refund over more than the platform has. */
enum refunds_rule {
    REFUNDS_DEBIT,   /* it succeeds, the balance goes below zero: Stripe debits the bank
                      */
    REFUNDS_PENDING, /* it waits for money */
    REFUNDS_REFUSE,  /* balance_insufficient */
};

void refunds_set_rule(struct call *c, enum refunds_rule rule);

/* Refunds that waited for money succeed if there is some. */
void refunds_tick(struct call *c);

/* The customer's bank does not take it: what had been refunded comes back into the
 * balance, and the charge is less refunded. */
enum result refunds_fail(struct call *c, struct object *refund, const char *why);

#endif
