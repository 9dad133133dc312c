/* Whose money is where, in double entry: whatever a party gains another loses, so the
 * sum over all parties is zero, always. store_commit() holds each transaction to it.
 *
 * Money moves by balance transactions only (balance_transactions_add), so a balance is
 * also the sum of the account's balance transactions. */
#ifndef SANDBOX_LEDGER_H
#define SANDBOX_LEDGER_H

#include "store.h"

/* The parties that are not accounts of the API, and the platform among those that
 * are: in the API its account is "". */
#define LEDGER_PLATFORM "platform"
#define LEDGER_WORLD "world"     /* cards and banks */
#define LEDGER_FEES "fees"       /* Stripe's own */
#define LEDGER_TRANSIT "transit" /* between two accounts; empty at each commit */

struct ledger_entry {
    const char *movement; /* the balance transaction */
    const char *party, *currency;
    int64_t amount_cents, available_on;
};

/* PARTY is to be listed among the parties before anything has moved. */
void ledger_open(struct store *s, const char *party, const char *currency);

void ledger_add(struct store *s, const struct ledger_entry *e);

struct ledger_balance {
    int64_t available_cents, pending_cents;
};

/* What PARTY has at the instant NOW. */
struct ledger_balance ledger_balance(
    struct store *s, const char *party, const char *currency, int64_t now);

/* True if the sums of the parties are zero in every currency and nothing is in
 * transit. Cheap: it adds up one number for each party. */
bool ledger_balanced(struct store *s);

/* The same from the entries themselves: what is missing to zero, of all. */
int64_t ledger_missing(struct store *s);

/* Everything of PARTY that is pending becomes available at NOW. */
void ledger_ripen(struct store *s, const char *party, int64_t now);

/* The parties with money in CURRENCY, or the currencies of PARTY, in order; at most
 * MAX. */
size_t ledger_parties(struct store *s, struct arena *a, const char *currency,
    size_t max, const char **out);
size_t ledger_currencies(
    struct store *s, struct arena *a, const char *party, size_t max, const char **out);

#endif
