/* /v1/payouts: an account's money to its bank. Nothing is paid out by itself: a test
 * drains an account when it wants to. */
#ifndef SANDBOX_PAYOUTS_H
#define SANDBOX_PAYOUTS_H

#include "objects.h"

enum result payouts_create(struct call *c);
enum result payouts_retrieve(struct call *c);
enum result payouts_cancel(struct call *c);
enum result payouts_list(struct call *c);

/* Pays out all that ACCOUNT has, at once, the pending too; tells payout.created and
 * payout.paid to Connect endpoints. Answers {payouts: [...]}. */
enum result payouts_drain(struct call *c, const struct object *account);

/* The bank sends the latest payout of ACCOUNT (NULL: of the platform) back; without
 * one, one of all it has is made first. Its bank account is unusable from then on.
 * Answers the payout. */
enum result payouts_fail_latest(struct call *c, struct object *account);

/* What has arrived by the clock is paid. */
void payouts_tick(struct call *c);

#endif
