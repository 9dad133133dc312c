/* Behind the card form in the iframe of stripe.js: same origin, so nothing here
 * answers other sites, and a publishable key with the client secret opens it. */
#ifndef SANDBOX_ELEMENTS_H
#define SANDBOX_ELEMENTS_H

#include "objects.h"

/* POST /elements/confirm: key, client_secret, number, exp_month, exp_year, cvc,
 * return_url. Answers {payment_intent} or {error}. */
void elements_confirm(struct call *c);

/* POST /elements/intent: key, client_secret. */
void elements_intent(struct call *c);

/* GET and POST /3ds/{pi}: the challenge, in a frame (embed=ORIGIN) or as a page. */
void elements_challenge(struct call *c);
void elements_challenge_done(struct call *c);

#endif
