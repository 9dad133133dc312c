/* The host's money: one transfer a booking at Stripe, 24 hours after its end
 * (STRIPE.md 4.8), and what is asked back of it.
 *
 * A row is scheduled when the host has earned something; the job claims it when it is
 * due: amounts are set and the call is written down, once. It is held while the booking
 * is frozen (a dispute, a review) or the host's account cannot be paid; failed is for a
 * person. What a host owes us is kept from his next transfers. How much is owed is not
 * stored anywhere but in the ledger: what host_payable says of the booking. */
#ifndef DOMAIN_TRANSFERS_H
#define DOMAIN_TRANSFERS_H

#include "domain/bookings.h"
#include "domain/stripe_ops.h"

enum { TRANSFERS_WAIT_S = 24 * 3600 }; /* after the end */

struct transfer {
    int64_t id, booking_id, host_id, attempt;
    const char *uid;
    const char *state;                   /* scheduled, held, sent, reversed, failed */
    const char *held_for;                /* freeze, account; "" */
    int64_t due_at, claimed_at, sent_at; /* 0: not yet */
    int64_t call;                        /* the newest attempt in stripe_ops */
    struct cents amount;                 /* set when claimed: what is sent */
    struct cents offset;                 /* what is kept for a debt */
    struct cents reversed;
    bool unlinked;           /* is sent without source_transaction */
    const char *transfer_id; /* Stripe's; NULL until it is sent, or nothing was */
    const char *reason;      /* why it is held or failed; "" */
};

/* All attempts for a booking, in order. */
enum { TRANSFERS_MAX = 20 };
enum result transfers_of_booking(
    struct ctx *c, int64_t booking_id, struct transfer **out, size_t *n);

/* Those that Stripe refuses, for staff, in order from above AFTER_ID. */
enum result transfers_failed(
    struct ctx *c, int64_t after_id, size_t max, struct transfer **out, size_t *n);

/* ---- sending ----------------------------------------------------------------------
 */

/* Makes sure that what B owes its host is on its way: nothing owed, a row that is not
 * sent yet, or a booking that is still on changes nothing. Needs an open transaction.
 */
enum result transfers_schedule(struct ctx *c, const struct booking *b);

/* The ids of up to MAX rows that are due, or held for an account that is good again. */
enum result transfers_due(struct ctx *c, size_t max, int64_t **ids, size_t *n);

/* Job: writes the call for one row down, or holds it, or finds that nothing is to be
 * sent (own transaction). OK too when there is nothing to do any more. */
enum result transfers_claim(struct ctx *c, int64_t id);

/* What a row of kind xfer brought, in the transaction that settled it. */
enum result transfers_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply);

/* What Stripe says of a transfer: adopts ours by its metadata, and takes over reversals
 * that we do not know. One that was made twice stays out of the books, with its
 * reversals. Needs an open transaction. One that is nobody's is OK. */
enum result transfers_apply(struct ctx *c, const struct stripe_transfer *transfer);

/* Holds or releases what is not claimed yet, as the booking's freezes want it. A claim
 * that was not sent yet is taken back. Needs an open transaction. */
enum result transfers_heed_freezes(struct ctx *c, const struct booking *b);

/* Staff: a failed one is tried again (own transaction). R_CONFLICT: it has not failed.
 */
enum result transfers_retry(struct ctx *c, int64_t id);

/* Staff: what a booking's host is owed and nothing sends, since somebody took it back
 * in Stripe's dashboard, is sent after all (own transaction). R_CONFLICT: nothing is
 * owed, or it is on its way. */
enum result transfers_send_owed(struct ctx *c, int64_t booking_id);

/* ---- asking back (transfers_reverse.c) --------------------------------------------
 */

struct reversal {
    const char *uid, *state; /* queued, succeeded, failed */
    struct cents amount;
    const char *reversal_id, *transfer_id; /* Stripe's; NULL: not yet */
    const char *reason, *error;
    int64_t created_at;
};
enum result transfers_reversals_of_booking(
    struct ctx *c, int64_t booking_id, struct reversal **out, size_t *n);

/* Why, where it is no refund's own reason. */
#define TRANSFERS_DISPUTED "disputed"
#define TRANSFERS_LOST "the dispute is lost"
#define TRANSFERS_SETTLED "settled after the dispute"
#define TRANSFERS_REFUNDED "refunded at Stripe"
#define TRANSFERS_REFUNDED_MEANWHILE "refunded while the transfer was under way"
#define TRANSFERS_FROZEN_MEANWHILE "frozen while the transfer was under way"

/* Asks back what the host of a booking has got too much: from its transfers, or, where
 * those do not reach, as a debt. While a transfer is under way nothing is done; its
 * answer comes here again. The host is told, with REASON. Needs an open transaction. */
enum result transfers_settle(
    struct ctx *c, const struct booking *b, const char *reason);

/* Tells the host of B what was kept of T, which was sent, for what he owes, if
 * anything. Needs an open transaction. */
enum result transfers_tell_kept(
    struct ctx *c, const struct transfer *t, const struct booking *b);

/* Asks back up to AMOUNT of what was sent, though it may come to the host again (a
 * dispute that is not decided). Needs an open transaction. */
enum result transfers_take_back(
    struct ctx *c, const struct booking *b, struct cents amount, const char *reason);

/* What a row of kind rev brought. One that Stripe refuses becomes a debt. */
enum result transfers_reversal_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply);

/* What Stripe says of a reversal of transfer T. */
enum result transfers_apply_reversal(
    struct ctx *c, const struct transfer *t, const struct stripe_reversal *reversal);

/* ---- rows (transfers.c), for transfers_apply.c ------------------------------------
 * What changes one needs an open transaction. R_CONFLICT: it is in another state.
 */

/* R_NOT_FOUND. The newest is that of the last attempt. */
enum result transfers_by_uid(struct ctx *c, const char *uid, struct transfer *out);
enum result transfers_by_transfer(
    struct ctx *c, const char *transfer_id, struct transfer *out);
enum result transfers_newest(struct ctx *c, int64_t booking_id, struct transfer *out);

/* It was not sent, and nothing has made it needless. */
bool transfers_is_open(const struct transfer *t);

enum result transfers_is_frozen(struct ctx *c, int64_t booking_id, bool *frozen);

enum result transfers_add(struct ctx *c, const struct booking *b, const char *uid,
    int64_t attempt, bool frozen);

/* Claimed for its amount and offset; sent, with its amount (TRANSFER_ID NULL: all of it
 * was kept). */
enum result transfers_set_claimed(struct ctx *c, const struct transfer *t);
enum result transfers_set_sent(
    struct ctx *c, const struct transfer *t, const char *transfer_id);

/* The claim is off, and the debt that it paid is owed again. */
enum result transfers_unclaim(struct ctx *c, const struct transfer *t,
    const char *state, int64_t due_at, bool unlinked, const char *reason);

/* Held until the account was read again and is found good; the host is told once. */
enum result transfers_hold(struct ctx *c, const struct transfer *t, const char *reason);

/* A failed one is scheduled again. */
enum result transfers_revive(struct ctx *c, int64_t id);

#endif
