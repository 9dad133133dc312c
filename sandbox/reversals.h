/* /v1/transfers/{id}/reversals: money of a transfer back to the platform. */
#ifndef SANDBOX_REVERSALS_H
#define SANDBOX_REVERSALS_H

#include "objects.h"

enum result reversals_create(struct call *c);
enum result reversals_retrieve(struct call *c);
enum result reversals_list(struct call *c);

/* What becomes of a reversal over more than the account has. Stripe's own pages say
 * both. */
enum reversals_rule {
    REVERSALS_REFUSE,   /* balance_insufficient */
    REVERSALS_NEGATIVE, /* the account's balance goes below zero */
};

void reversals_set_rule(struct call *c, enum reversals_rule rule);

#endif
