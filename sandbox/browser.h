/* What the customer's and the host's browser see: stripe.js and its card form, the
 * 3-D Secure challenge, and the hosted pages. */
#ifndef SANDBOX_BROWSER_H
#define SANDBOX_BROWSER_H

#include "call.h"

/* Answers every request that is neither /v1/ nor /_sim/. */
void browser_handle(struct call *c);

#endif
