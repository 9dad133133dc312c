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

/* ---- for staff --------------------------------------------------------------------
 */

struct stuck_call {
    const char *uid, *kind, *subject_uid, *state; /* review, queued, sending, unknown */
    int64_t booking_id;                           /* 0: of no booking */
    int64_t since_at, tries, http_status;
    const char *error, *request_id; /* Stripe's words, and its id of the last answer */
};

/* Up to MAX calls that wait for a person, or have not come to an end for ten minutes,
 * the oldest first, after one of that time and uid (NULL: from the first). */
enum { CALLS_STUCK_S = 600 };
enum result calls_stuck(struct ctx *c, int64_t after_at, const char *after_uid,
    size_t max, struct stuck_call **out, size_t *n);

/* An administrator wants call UID to come to an end now (own transactions). Stripe's
 * lists are read first; only what is proven absent is sent again, under its old key
 * while that is good, else as a new attempt. R_CONFLICT: it has ended; R_BUSY: it is
 * being sent; R_UPSTREAM: Stripe cannot say; R_DENIED, R_NOT_FOUND. */
enum result calls_retry(struct ctx *c, const char *uid);

#endif
