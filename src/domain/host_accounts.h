/* A host's account at Stripe: where the money for his kitchens goes (STRIPE.md 4.1).
 * A kitchen can be booked only while the account's capability "transfers" is active.
 * What we know of it comes from reading the account, never from an event's payload or
 * from the fact that somebody came back from Stripe's pages. */
#ifndef DOMAIN_HOST_ACCOUNTS_H
#define DOMAIN_HOST_ACCOUNTS_H

#include "domain/stripe_ops.h"

struct host_account {
    const char *uid;
    const char *account_id; /* NULL: none yet */
    bool transfers_active, payouts_enabled;
    const char *disabled_reason; /* Stripe's word; "" */
    const char *requirements;    /* what Stripe still wants, as a sentence; "" */
    int64_t deadline_at;         /* until when it wants that; 0: no date */
    int64_t checked_at;          /* 0: never */
};

/* The acting host's. R_NOT_FOUND, silently: he has not begun. */
enum result host_accounts_get(struct ctx *c, struct host_account *out);

/* That of host USER_ID. R_NOT_FOUND, silently. */
enum result host_accounts_of(struct ctx *c, int64_t user_id, struct host_account *out);

/* Something tells us that it is not as we know it: it is read again soon. Needs an open
 * transaction. */
enum result host_accounts_suspect(struct ctx *c, int64_t user_id);

/* Makes the account if there is none (a call, in own transactions), then a fresh link
 * to Stripe's onboarding pages. R_BUSY, R_UPSTREAM. */
enum result host_accounts_connect(struct ctx *c, const char **url);

/* A fresh link for an account that exists; changes nothing of ours. R_NOT_FOUND. */
enum result host_accounts_link(struct ctx *c, const char **url);

/* A fresh link into Stripe's dashboard for the host. R_NOT_FOUND. */
enum result host_accounts_login(struct ctx *c, const char **url);

/* Reads the acting host's account (or, for the system, account ACCOUNT_ID) at Stripe
 * and writes down what it says, with what follows for his kitchens (own
 * transaction). An account that is not ours is nobody's business: OK. */
enum result host_accounts_check(struct ctx *c);
enum result host_accounts_check_id(
    struct ctx *c, const char *account_id, int64_t total_ms);

/* The accounts, up to MAX, that were not read since BEFORE_AT, the longest first. */
enum result host_accounts_stale(
    struct ctx *c, int64_t before_at, size_t max, const char ***account_ids, size_t *n);

/* What the row of kind acct brought; in the transaction that settled it. */
enum result host_accounts_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply);

#endif
