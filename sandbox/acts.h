/* What others do, on a test's order (POST /_sim/act/...; sim.h lists them): the
 * customer and his bank, the host and his bank, Stripe's checks, the person at the
 * dashboard. None has a request of the application behind it. */
#ifndef SANDBOX_ACTS_H
#define SANDBOX_ACTS_H

#include "objects.h"

enum result acts_set_account(struct call *c);
enum result acts_set_capability(struct call *c);
enum result acts_deauthorize(struct call *c);
enum result acts_set_reversals(struct call *c);
enum result acts_drain_account(struct call *c);
enum result acts_fail_payout(struct call *c);
enum result acts_set_refunds(struct call *c);
enum result acts_refund(struct call *c);
enum result acts_fail_refund(struct call *c);
enum result acts_dispute(struct call *c);
enum result acts_warn(struct call *c);
enum result acts_review(struct call *c);
enum result acts_pay(struct call *c);

#endif
