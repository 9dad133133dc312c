/* /v1/charges, and the one place where money moves: an attempt to charge a card for
 * a payment intent. */
#ifndef SANDBOX_CHARGES_H
#define SANDBOX_CHARGES_H

#include "cards.h"

/* Charges CARD for PI with the method PM, as far as the card lets itself be: a
 * charge that succeeded or failed, kept, its event told. */
struct object *charges_attempt(struct call *c, const struct object *pi,
    const struct object *pm, const struct card *card);

enum result charges_retrieve(struct call *c);
enum result charges_update(struct call *c);
enum result charges_list(struct call *c);

#endif
