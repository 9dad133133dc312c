/* The page of a Checkout Session, /c/pay/{session}: plain HTML, no script. And the
 * receipt of a charge. */
#ifndef SANDBOX_CHECKOUT_PAGES_H
#define SANDBOX_CHECKOUT_PAGES_H

#include "call.h"

void checkout_pages_show(struct call *c);
void checkout_pages_pay(struct call *c);
void checkout_pages_receipt(struct call *c);

#endif
