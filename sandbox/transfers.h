/* /v1/transfers: money of the platform to a connected account. */
#ifndef SANDBOX_TRANSFERS_H
#define SANDBOX_TRANSFERS_H

#include "objects.h"

enum result transfers_create(struct call *c);
enum result transfers_retrieve(struct call *c);
enum result transfers_update(struct call *c);
enum result transfers_list(struct call *c);

/* What is left of TRANSFER to reverse. */
int64_t transfers_left_cents(const struct object *transfer);

/* Whether what was reversed of a charge's transfers may be transferred again with the
 * charge as source_transaction. Stripe does not say; a test sets it either way. */
void transfers_set_reuse(struct call *c, bool allowed);

#endif
