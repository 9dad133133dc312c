/* The Stripe sandbox as a child process, and a database that talks to it. No webhooks:
 * what the tests want known they bring themselves. */
#ifndef SUPPORT_STRIPE_BOX_H
#define SUPPORT_STRIPE_BOX_H

#include <sys/types.h>

#include "stripe/client.h"
#include "support/db.h"

struct stripe_box {
    struct db_test *t;
    pid_t pid;
    int64_t shift_s; /* T's clock stands so far after TEST_NOW_AT: whole weeks */
};

/* True if prep-stripe was not built (no libmicrohttpd), and says that SUITE is not
 * tested for it. */
bool stripe_box_missing(const char *suite);

/* Starts it and points T at it. Both clocks show the same, a Monday in November. */
void stripe_box_open(struct stripe_box *box, struct db_test *t);
void stripe_box_close(struct stripe_box *box);

/* A call as anybody with the key makes it; in T's open unit, where the reply lives. */
struct stripe_reply stripe_box_call(
    struct stripe_box *box, const char *method, const char *path, const char *form);

/* The next TIMES requests whose "METHOD /path" has MATCH go wrong (sandbox/faults.h);
 * and none any more. */
void stripe_box_fault(
    struct stripe_box *box, const char *match, const char *kind, int times);
void stripe_box_heal(struct stripe_box *box);

#endif
