/* /v1/payment_intents, and the steps of a payment that other doors (the card form,
 * the hosted page) take too. */
#ifndef SANDBOX_PAYMENT_INTENTS_H
#define SANDBOX_PAYMENT_INTENTS_H

#include "objects.h"

enum result payment_intents_create(struct call *c);
enum result payment_intents_retrieve(struct call *c);
enum result payment_intents_update(struct call *c);
enum result payment_intents_confirm(struct call *c);
enum result payment_intents_cancel(struct call *c);
enum result payment_intents_capture(struct call *c);
enum result payment_intents_list(struct call *c);

/* A payment intent over AMOUNT, with its client secret; not yet kept. */
struct object *payment_intents_new(
    struct call *c, int64_t amount_cents, const char *currency);

/* How the customer meets a 3-D Secure challenge. */
struct payment_return {
    const char *url; /* where to send him afterwards, or NULL */
    bool by_script;  /* stripe.js shows the challenge itself */
};

/* Pays PI with PM. OK: succeeded, or requires_action. R_INVALID: not payable as it
 * stands (400), or declined (402; PI tells why and takes another try). */
enum result payment_intents_pay(struct call *c, struct object *pi, struct object *pm,
    const struct payment_return *back);

/* The customer has passed or failed the challenge of PI. Results as above; a failed
 * challenge is OK, the payment intent tells it. */
enum result payment_intents_authenticated(
    struct call *c, struct object *pi, bool passed);

/* Cancels PI whatever door asked. */
void payment_intents_end(struct call *c, struct object *pi, const char *reason);

/* True if TEXT is PI's client secret. */
bool payment_intents_secret_is(const struct object *pi, const char *text);

#endif
