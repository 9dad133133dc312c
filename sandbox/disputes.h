/* /v1/disputes: a customer's bank takes a payment back, or asks about it. */
#ifndef SANDBOX_DISPUTES_H
#define SANDBOX_DISPUTES_H

#include "objects.h"

enum result disputes_retrieve(struct call *c);
enum result disputes_list(struct call *c);
enum result disputes_update(struct call *c);
enum result disputes_close(struct call *c);

struct dispute_terms {
    int64_t amount_cents; /* may be more than the charge */
    const char *reason;   /* "fraudulent" */
    const char *status;   /* how it begins: "needs_response", or closed already */
};

/* The bank opens a dispute over CHARGE; the money goes with it, unless it is an
 * inquiry. R_INVALID: no such status. */
enum result disputes_open(struct call *c, struct object *charge,
    const struct dispute_terms *terms, struct object **out);

/* What the bank does next. */
enum dispute_step {
    DISPUTE_UPDATE,   /* to any status; STATUS may be NULL: it stays */
    DISPUTE_CLOSE,    /* to the end; STATUS may be NULL: it is lost, an inquiry ends */
    DISPUTE_LATE_WIN, /* lost becomes won */
};

/* Takes the step; gives or takes the money that goes with it. */
enum result disputes_step(
    struct call *c, struct object *dispute, enum dispute_step step, const char *status);

/* True if a dispute stands against refunds of CHARGE. */
bool disputes_forbid_refund(struct call *c, const struct object *charge);

/* Marks what is past its date. */
void disputes_tick(struct call *c);

#endif
