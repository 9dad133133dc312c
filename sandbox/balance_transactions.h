/* /v1/balance_transactions: every movement of an account's balance, and the only way
 * by which money moves (ledger.h). */
#ifndef SANDBOX_BALANCE_TRANSACTIONS_H
#define SANDBOX_BALANCE_TRANSACTIONS_H

#include "objects.h"

struct movement {
    const char *type;        /* "charge", "refund" */
    const char *category;    /* reporting_category; NULL: as the type */
    const char *account;     /* whose balance; "" is the platform's */
    const char *with;        /* the other party: LEDGER_WORLD or LEDGER_TRANSIT */
    const char *currency;    /* "usd" */
    const char *source;      /* the object that caused it */
    const char *description; /* may be NULL */
    int64_t amount_cents;    /* below zero: it leaves the account */
    int64_t fee_cents;       /* Stripe's, taken from the account besides */
    const char *fee_words;   /* what the fee is for */
    int64_t available_on;    /* 0: at once */
};

/* Moves the money and keeps the balance transaction. */
struct object *balance_transactions_add(struct call *c, const struct movement *m);

/* When the money of a balance transaction is or was available, now at the earliest. */
int64_t balance_transactions_available_on(struct call *c, const char *id);

enum result balance_transactions_retrieve(struct call *c);
enum result balance_transactions_list(struct call *c);

#endif
