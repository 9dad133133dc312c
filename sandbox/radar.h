/* What Stripe's fraud protection tells of a payment: early fraud warnings and reviews.
 * Both come as events only. */
#ifndef SANDBOX_RADAR_H
#define SANDBOX_RADAR_H

#include "objects.h"

/* The card's network warns of fraud; answers the warning. */
enum result radar_warn(struct call *c, const struct object *charge);

/* A person is to look at the payment; has looked. Answers the review. One review of a
 * payment is open at most. */
enum result radar_open_review(struct call *c, struct object *charge);
enum result radar_close_review(
    struct call *c, const struct object *charge, const char *reason);

#endif
