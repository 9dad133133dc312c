/* The money of the demo's bookings, real at the Stripe sandbox: hosts' accounts, a card
 * payment for each booking, what is owed for those that are over. */
#ifndef DEMO_MONEY_H
#define DEMO_MONEY_H

#include "app/ctx.h"

/* Makes it after demo_load() (`prep demo --paid`). Nothing is done unless the sandbox
 * is the Stripe of the settings; its accounts must be ready at once (prep-stripe
 * --ready). ARG is not used: an app_work. R_UPSTREAM: the sandbox does not answer. */
enum result demo_pay(struct ctx *c, void *arg);

#endif
