/* /v1/balance and /v1/balance_settings, of the platform or, by Stripe-Account, of a
 * connected account. */
#ifndef SANDBOX_BALANCE_H
#define SANDBOX_BALANCE_H

#include "ledger.h"
#include "objects.h"

enum result balance_retrieve(struct call *c);
enum result balance_settings_retrieve(struct call *c);
enum result balance_settings_update(struct call *c);

/* The party in the ledger that the account is; "" is the platform. */
const char *balance_party(const char *account);

/* What the account has now. */
struct ledger_balance balance_of(
    struct call *c, const char *account, const char *currency);

/* Lower-case currency of the parameters, or Stripe's error for one that the sandbox
 * does not know. */
enum result balance_take_currency(struct call *c, const char **out);

/* Every party's balance in one currency, and what is missing to zero: the control
 * GET /_sim/balance. */
struct value *balance_overview(struct call *c, const char *currency);

#endif
