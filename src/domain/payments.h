/* Payments: the attempts to pay for a booking, as Stripe PaymentIntents (mode pi) or
 * hosted Checkout Sessions (mode checkout). A booking has at most one live payment
 * (a unique key says so). What Stripe says about one is applied by one function,
 * payments_apply, whoever brings the news: webhook, return page or poller.
 *
 * States: pending -> processing -> succeeded; failed (Stripe refused to open it),
 * canceled (retired: no money can arrive), late (money came, but not for a booking; it
 * goes back), refunded. */
#ifndef DOMAIN_PAYMENTS_H
#define DOMAIN_PAYMENTS_H

#include "domain/bookings.h"
#include "domain/stripe_ops.h"

#define PAYMENTS_CURRENCY "usd"

struct payment {
    int64_t id;
    const char *uid;
    int64_t booking_id, attempt;
    bool hosted;       /* mode checkout */
    const char *state; /* as in the table */
    struct cents amount, refunded;
    bool applied; /* this is the booking's money; else it was not paid, or came late */
    const char *intent_id, *session_id; /* NULL until known */
    const char *client_secret, *hosted_url, *charge_id;
    const char *error; /* the last decline, for the person; "" */
    int64_t created_at, updated_at;
};

/* The one payment that can still bring money or has brought it; the newest attempt,
 * whatever its state; one by its uid. R_NOT_FOUND, silently. */
enum result payments_live(struct ctx *c, int64_t booking_id, struct payment *out);
enum result payments_newest(struct ctx *c, int64_t booking_id, struct payment *out);
enum result payments_get(struct ctx *c, const char *uid, struct payment *out);

/* The payment that is the booking's money, whatever went back of it since; the one of
 * an intent; one by its row. R_NOT_FOUND, silently. */
enum result payments_paid(struct ctx *c, int64_t booking_id, struct payment *out);
enum result payments_by_intent(
    struct ctx *c, const char *intent_id, struct payment *out);
enum result payments_by_id(struct ctx *c, int64_t id, struct payment *out);

/* Its money came, whether for the booking or late, and whatever went back since. */
bool payments_has_come(const struct payment *p);

/* All attempts to pay for a booking, in order. */
enum { PAYMENTS_MAX = 20 };
enum result payments_of_booking(
    struct ctx *c, int64_t booking_id, struct payment **out, size_t *n);

/* The payment that an intent or session belongs to; an intent that we do not know yet
 * is found by its metadata. R_NOT_FOUND: none of ours. */
enum result payments_of_intent(
    struct ctx *c, const struct stripe_intent *intent, struct payment *out);
enum result payments_of_session(
    struct ctx *c, const struct stripe_session *session, struct payment *out);

/* The uids of up to MAX payments that are open and were not looked at since
 * BEFORE_AT, the longest first. */
enum result payments_stale(
    struct ctx *c, int64_t before_at, size_t max, const char ***uids, size_t *n);

/* Notes that a payment was looked at (needs an open transaction). */
enum result payments_touch(struct ctx *c, const struct payment *p);

/* Opens the next attempt for B with the row that asks Stripe for it, leased to the
 * caller. Needs an open transaction. R_CONFLICT: there is a live one already. */
enum result payments_open(struct ctx *c, const struct booking *b, bool hosted,
    const char *customer_id, struct payment *out, struct stripe_op *op);

/* The row that asks Stripe to end it (cancel the intent, expire the session), leased
 * to the caller. It must have its Stripe id. Needs an open transaction. R_BUSY. */
enum result payments_close(
    struct ctx *c, const struct payment *p, struct stripe_op *op);

/* Ends a payment that Stripe was never asked for (needs an open transaction).
 * R_CONFLICT: it may have been. */
enum result payments_withdraw(struct ctx *c, const struct payment *p);

/* Ends an open one as "failed" or "canceled" (needs an open transaction). */
enum result payments_end(
    struct ctx *c, const struct payment *p, const char *state, const char *error);

/* What a row of kind pi, cs, pican or csexp brought, in the transaction that
 * settled it. */
enum result payments_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply);

/* Applies the whole of an intent, once, in any order with anything else (needs an
 * open transaction). What is older than what we know, not ours, or done already
 * changes nothing and is OK. Money with the wrong amount, currency or mode confirms
 * nothing and is logged as an error. */
enum result payments_apply(struct ctx *c, const struct stripe_intent *intent);

/* The same for a session: one that has expired unpaid retires its payment, one that
 * was completed makes its intent known. */
enum result payments_apply_session(struct ctx *c, const struct stripe_session *session);

/* Reads an intent, or a session, at Stripe and applies it (own transaction). *INTENT_ID
 * is the session's; "": nobody has paid. R_UPSTREAM. */
enum result payments_read(
    struct ctx *c, const struct stripe_client *client, const char *intent_id);
enum result payments_read_session(struct ctx *c, const struct stripe_client *client,
    const char *session_id, const char **intent_id);

/* Makes the payment of an intent known that we may not have heard of: reads the intent
 * at Stripe and applies it (own transactions). R_NOT_FOUND: it is no payment of ours,
 * and will not become one; R_BUSY: it may still; R_UPSTREAM. */
enum result payments_learn(struct ctx *c, const char *intent_id);

/* The same; that it is no payment of ours is OK. */
enum result payments_learn_if_ours(struct ctx *c, const char *intent_id);

/* Posts a charge that came into our balance: the host's part, the tax, and what is left
 * for us; one that is not APPLIED to the booking belongs to the vendor at once. Needs
 * an open transaction. Done by payments_apply. */
enum result payments_post_charge(struct ctx *c, const struct stripe_intent *intent,
    const struct booking *b, bool applied);

#endif
