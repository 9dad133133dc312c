/* /v1/payment_methods, cards only. */
#ifndef SANDBOX_PAYMENT_METHODS_H
#define SANDBOX_PAYMENT_METHODS_H

#include "objects.h"

enum result payment_methods_create(struct call *c);
enum result payment_methods_retrieve(struct call *c);

/* The payment method ID names: one that is kept, or a fresh one for a test token
 * ("pm_card_visa"). */
enum result payment_methods_require(
    struct call *c, const char *id, const char *param, struct object **out);

/* Makes one of what stands in the parameters under PREFIX ("" or
 * "payment_method_data."). */
enum result payment_methods_from_params(
    struct call *c, const char *prefix, struct object **out);

#endif
