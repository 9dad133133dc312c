/* Sending a row of stripe_ops and handing what it brought to the module whose kind
 * it is, in one transaction. */
#ifndef DOMAIN_CALLS_H
#define DOMAIN_CALLS_H

#include "domain/stripe_ops.h"

/* Sends OP, which is leased to the caller, and settles it (own transaction). OK says
 * that this was done, REPLY what Stripe said. */
enum result calls_send(struct ctx *c, const struct stripe_client *client,
    const struct stripe_op *op, struct stripe_reply *reply);

/* The same for the job: leases row UID if it is due (else nothing happens). R_UPSTREAM:
 * our key or address is wrong, so other rows had better wait. */
enum result calls_send_due(
    struct ctx *c, const struct stripe_client *client, const char *uid);

/* OK, or what to tell the person: R_BUSY while it may still come, else R_UPSTREAM. */
enum result calls_result(struct ctx *c, const struct stripe_reply *reply);

#endif
