/* /v1/balance_transactions: every movement of the platform's balance. */
#ifndef SANDBOX_BALANCE_TRANSACTIONS_H
#define SANDBOX_BALANCE_TRANSACTIONS_H

#include "objects.h"

struct movement {
    const char *type;     /* "charge", "refund" */
    const char *currency; /* "usd" */
    const char *source;   /* the object that caused it */
    int64_t amount_cents, fee_cents;
    bool available_at_once; /* else after two days */
};

/* Records M; returns the id of its balance transaction. */
const char *balance_transactions_add(struct call *c, const struct movement *m);

enum result balance_transactions_retrieve(struct call *c);
enum result balance_transactions_list(struct call *c);

#endif
