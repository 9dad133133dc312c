/* A vendor as Stripe knows him: one customer for each user, made at his first
 * payment (STRIPE.md 4.2). */
#ifndef DOMAIN_CUSTOMERS_H
#define DOMAIN_CUSTOMERS_H

#include "domain/stripe_ops.h"

/* The acting user's customer. *CUSTOMER_ID is Stripe's id, or NULL while there is
 * none; then OP is the row that makes one, leased to the caller, who sends it after
 * the commit. Needs an open transaction. R_BUSY: another process is sending it. */
enum result customers_want(
    struct ctx *c, const char **customer_id, struct stripe_op *op);

/* What the row brought; in the transaction that settled it. */
enum result customers_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply);

#endif
