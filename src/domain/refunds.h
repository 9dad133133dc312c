/* Money that goes back to a vendor (STRIPE.md 4.7). A refund is decided with the change
 * that causes it, split at once into what the host, the tax office and we bear, and
 * asked for at Stripe by a row of its own. Decided refunds never add up to more than
 * was paid (a trigger). A refund counts as made from then on, but the ledger tells of
 * it when its money moves: Stripe lets it wait while our balance is short. One that
 * fails stays owed, and waits for a person. */
#ifndef DOMAIN_REFUNDS_H
#define DOMAIN_REFUNDS_H

#include "domain/payments.h"

/* What goes back, and who bears it: our fees are amount - host - tax. */
struct refund_split {
    struct cents amount, host, tax;
};

struct refund_row {
    int64_t id, payment_id, booking_id;
    const char *uid, *kind; /* late, cancel, goodwill, stripe */
    struct refund_split split;
    const char *refund_id; /* Stripe's; NULL: not yet */
    const char *state;     /* queued, pending, succeeded, failed, canceled (given up) */
    const char *reason, *error;
    int64_t created_at, updated_at;
};

enum { REFUNDS_MAX = 50, REFUNDS_REASON_MAX = 200 };

/* Of all payments of a booking, in order. */
enum result refunds_of_booking(
    struct ctx *c, int64_t booking_id, struct refund_row **out, size_t *n);

/* Those that failed, for staff, in order from above AFTER_ID. */
enum result refunds_failed(
    struct ctx *c, int64_t after_id, size_t max, struct refund_row **out, size_t *n);

/* What is left of payment P of booking B: neither decided to go back, nor taken by a
 * bank for good. */
enum result refunds_left(struct ctx *c, const struct payment *p,
    const struct booking *b, struct refund_split *out);

/* AMOUNT of what is left, borne in proportion; what is left is the last cent's. At most
 * all of it. */
struct refund_split refunds_share(const struct refund_split *left, struct cents amount);

/* Decides a refund and writes its call down; then asks the host back what he has got
 * too much. Needs an open transaction. R_CONFLICT: more than is left, or a bank looks
 * at the payment. KIND as in the table. */
enum result refunds_open(struct ctx *c, const struct payment *p,
    const struct booking *b, const struct refund_split *split, const char *kind,
    const char *reason);

/* An administrator gives AMOUNT of a booking's money back (own transaction). The
 * same post only once (claims_post). R_INVALID: not an amount that can go back, or,
 * PC-KEY-422, the key has given something else before. */
enum result refunds_give(struct ctx *c, int64_t booking_id, struct cents amount,
    const char *reason, const char *key);

/* An administrator asks for a failed one again, or gives it up with a REASON: then it
 * is owed no longer (own transactions). R_CONFLICT: it has not failed; R_DENIED;
 * R_INVALID: no reason. */
enum result refunds_retry(struct ctx *c, int64_t id);
enum result refunds_give_up(struct ctx *c, int64_t id, const char *reason);

/* Cancels confirmed booking B, and tells both sides, if nothing is left of its payment
 * P: it cannot go on as if it were paid. By the system; needs an open transaction. */
enum result refunds_cancel_if_unpaid(
    struct ctx *c, const struct payment *p, struct booking *b);

/* What a row of kind ref brought, in the transaction that settled it. */
enum result refunds_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply);

/* Applies the whole of a refund, once, in any order (needs an open transaction). One
 * that we did not ask for, made in Stripe's dashboard, is taken over, and counts for
 * what we had decided to give back and Stripe refused; if it leaves nothing of a
 * booking's money, a booking that has not begun is canceled. R_BUSY: it has to wait for
 * what becomes of another refund, or for its payment. */
enum result refunds_apply(struct ctx *c, const struct stripe_refund *refund);

/* ---- rows (refunds.c), for refunds_apply.c ----------------------------------------
 * Each but the first two needs an open transaction.
 */

/* R_NOT_FOUND. */
enum result refunds_by_uid(struct ctx *c, const char *uid, struct refund_row *out);
enum result refunds_by_refund(
    struct ctx *c, const char *refund_id, struct refund_row *out);

/* A new row, queued. R_CONFLICT: more would go back than was paid. */
enum result refunds_add(struct ctx *c, const struct payment *p, const char *uid,
    const struct refund_split *split, const char *kind, const char *reason,
    struct refund_row *out);

/* Its state, the payment's sum, and the line in the audit trail. */
enum result refunds_set(struct ctx *c, struct refund_row *row, const char *refund_id,
    const char *state, const char *error, const char *detail);

/* Decided: host, tax office and we owe it to the vendor. WITHDRAWN: no longer. A late
 * payment's money was owed to him from the beginning. */
enum result refunds_post_owed(struct ctx *c, const struct refund_row *row,
    const struct booking *b, bool withdrawn);

/* One that failed is owed no longer. */
enum result refunds_withdraw(
    struct ctx *c, struct refund_row *row, const struct booking *b, const char *reason);

#endif
