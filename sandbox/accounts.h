/* /v1/accounts: connected accounts, the way of v1 with controller properties. */
#ifndef SANDBOX_ACCOUNTS_H
#define SANDBOX_ACCOUNTS_H

#include "objects.h"

enum result accounts_create(struct call *c);
enum result accounts_retrieve(struct call *c);
enum result accounts_update(struct call *c);
enum result accounts_list(struct call *c);
enum result accounts_reject(struct call *c);

/* Stripe's 403 for an account that is not the platform's. */
enum result accounts_refuse(struct call *c, const char *id);

/* How far a host has come with what Stripe wants to know of him. */
enum account_standing {
    ACCOUNT_OPEN,     /* something is due; nothing is active */
    ACCOUNT_CHECKING, /* all is handed in; capabilities pending */
    ACCOUNT_ACTIVE,   /* what was requested is active */
};

/* Brings the account there and tells account.updated to Connect endpoints. */
void accounts_set_standing(
    struct call *c, struct object *account, enum account_standing standing);

/* Stripe wants an identity document until AT, and goes on meanwhile. */
void accounts_set_deadline(struct call *c, struct object *account, int64_t at);

/* The host leaves the platform, which cannot see the account any more. */
void accounts_deauthorize(struct call *c, const struct object *account);

/* Sets capabilities.transfers alone ("active") and tells it. */
void accounts_set_transfers(struct call *c, struct object *account, const char *state);

#endif
