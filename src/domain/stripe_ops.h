/* Calls that change something at Stripe, as rows. The row is written in the
 * transaction of the change that wants the call, with its body and its idempotency
 * key frozen; the call is made afterwards, with no transaction open; what it
 * brought is settled in a second transaction. A crash anywhere between leaves a row
 * that the job `stripe` sends again, under the same key with the same bytes, which
 * Stripe answers with the first answer. Two senders of one row do no harm.
 *
 * After 23 hours nothing is sent again (Stripe forgets keys after 24), nor when the key
 * remembers a failure of Stripe's own and will never say anything else: the row is
 * lost, and what came of it is looked for in Stripe's lists. Found, it is settled as
 * if the answer had come; proven absent, it is rejected, and whoever wants it still
 * makes a new attempt with a new key. What cannot be decided goes to state `review`,
 * for a person. */
#ifndef DOMAIN_STRIPE_OPS_H
#define DOMAIN_STRIPE_OPS_H

#include "app/ctx.h"
#include "stripe/client.h"
#include "util/buf.h"

struct stripe_op {
    const char *uid;
    const char *kind;        /* 'acct', 'cus', 'pi', 'cs', 'pican', 'csexp', 'ref',
                                'xfer', 'rev', 'dpev' */
    const char *subject_uid; /* of the row in our tables that it is about */
    int64_t attempt;
    const char *idem_key, *path, *body;
    const char *state; /* queued, sending, unknown; done, rejected, review */
    int64_t tries;
    int64_t first_sent_at; /* 0: not yet */
    bool lost;             /* its key says nothing any more */
};

/* What is said when Stripe cannot be asked, to anybody. R_UPSTREAM. */
enum result stripe_ops_unreached(struct ctx *c);

/* Sentences for the person at a payment. R_UPSTREAM: Stripe cannot be asked; R_BUSY:
 * somebody is asking it, or what came of it is not known yet. */
enum result stripe_ops_unavailable(struct ctx *c);
enum result stripe_ops_busy(struct ctx *c);

/* The client of the settings; all its calls together take TOTAL_MS. R_UPSTREAM (the
 * reason is in the log) if they are not fit to be used, or Stripe has refused our key.
 */
enum result stripe_ops_client(
    struct ctx *c, int64_t total_ms, struct stripe_client *out);

/* Are we set up with a live key? What Stripe sends must say the same. */
bool stripe_ops_live(const struct ctx *c);

/* A form's bytes into the arena; frees the buffer. */
const char *stripe_ops_form(struct ctx *c, struct buf *form);

struct stripe_op_new {
    const char *kind, *subject_uid;
    int64_t attempt;
    const char *path, *body;
    bool now; /* the caller sends it right after the commit: leased to him */
};

/* Needs an open transaction. R_CONFLICT if (kind, subject, attempt) is there. */
enum result stripe_ops_add(
    struct ctx *c, const struct stripe_op_new *op, struct stripe_op *out);

/* The newest attempt. R_NOT_FOUND, silently. */
enum result stripe_ops_newest(
    struct ctx *c, const char *kind, const char *subject_uid, struct stripe_op *out);

/* Takes an open row for this process for a while (needs an open transaction).
 * R_BUSY: somebody else is sending it, or it waits for its next try. */
enum result stripe_ops_lease(struct ctx *c, struct stripe_op *op);

/* The uids of up to MAX rows that are due. */
enum result stripe_ops_due(struct ctx *c, size_t max, const char ***uids, size_t *n);

/* Row UID. R_NOT_FOUND. */
enum result stripe_ops_get(struct ctx *c, const char *uid, struct stripe_op *out);

/* Sends a leased row; one that must not be sent any more is looked for. No transaction
 * may be open. */
void stripe_ops_call(struct ctx *c, const struct stripe_client *client,
    const struct stripe_op *op, struct stripe_reply *out);

/* Must it not be sent any more? */
bool stripe_ops_is_lost(const struct ctx *c, const struct stripe_op *op);

/* Looks for what came of a row in Stripe's lists, all pages (stripe_ops_find.c). OUT is
 * as if Stripe had answered with the object found; or stripe_ops_absent(); or
 * STRIPE_BUG: it cannot be decided; or whatever kept the lists from being read. No
 * transaction may be open. */
void stripe_ops_find(struct ctx *c, const struct stripe_client *client,
    const struct stripe_op *op, struct stripe_reply *out);

/* Is this answer the proof that the call never happened? */
bool stripe_ops_absent(const struct stripe_reply *reply);

/* The next attempt at what OP wanted: the same path and body, a new key. OP must be
 * refused or absent. Needs an open transaction. R_CONFLICT: there is one already. */
enum result stripe_ops_again(struct ctx *c, const struct stripe_op *op);

/* Writes down what came of it (needs an open transaction). That Stripe refuses our key
 * does not count as a try. *FIRST false: another sender was quicker, everything is done
 * already. */
enum result stripe_ops_settle(struct ctx *c, const struct stripe_op *op,
    const struct stripe_reply *reply, bool *first);

/* Takes a row out of review, to be looked for (needs an open transaction). R_CONFLICT:
 * it is not there. */
enum result stripe_ops_reopen(struct ctx *c, struct stripe_op *op);

/* Makes an open row due now (needs an open transaction). */
enum result stripe_ops_hurry(struct ctx *c, const struct stripe_op *op);

/* Takes back a row that was never sent (needs an open transaction). R_CONFLICT: it
 * may have been sent. */
enum result stripe_ops_withdraw(
    struct ctx *c, const char *kind, const char *subject_uid, int64_t attempt);

/* Any call; C notes what it means for the next ones (c->outside). No transaction may be
 * open. */
void stripe_ops_ask(struct ctx *c, const struct stripe_client *client,
    const struct stripe_request *request, struct stripe_reply *out);

/* Stripe refuses our key, or takes it again: the administrators are told the first time
 * (own transaction). WHY is Stripe's sentence. */
enum result stripe_ops_refused(struct ctx *c, const char *why);
enum result stripe_ops_accepted(struct ctx *c);

/* A GET, which needs no row. No transaction may be open. R_UPSTREAM unless an
 * object came; REPLY says more. */
enum result stripe_ops_read(struct ctx *c, const struct stripe_client *client,
    const char *path, struct stripe_reply *out);

#endif
