/* /v1/refunds. */
#ifndef SANDBOX_REFUNDS_H
#define SANDBOX_REFUNDS_H

#include "objects.h"

enum result refunds_create(struct call *c);
enum result refunds_retrieve(struct call *c);
enum result refunds_update(struct call *c);
enum result refunds_cancel(struct call *c);
enum result refunds_list(struct call *c);

/* What happens to a refund after it was made: "succeeded" to "failed" takes the
 * money back into the balance and makes the charge less refunded. */
enum result refunds_fail(struct call *c, struct object *refund, const char *why);

#endif
