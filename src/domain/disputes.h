/* Disputes: a vendor's bank takes a payment back (STRIPE.md 4.9). While one is open the
 * host's money is frozen, and what was sent is asked back; won, it goes to him again;
 * lost, he bears his part and we ours. Inquiries (warning_...) move no money. What we
 * know is read from Stripe's object, whole, and applied by rank: what is decided does
 * not become open again, but lost may still become won. */
#ifndef DOMAIN_DISPUTES_H
#define DOMAIN_DISPUTES_H

#include "domain/payments.h"

struct dispute {
    const char *id; /* Stripe's */
    int64_t payment_id, booking_id;
    struct cents amount; /* may be more than the charge */
    const char *status, *reason;
    int64_t due_by; /* for evidence; 0: none is wanted */
    int64_t submissions;
    struct cents host; /* what the host bears, if it is lost */
    bool lost;
    int64_t opened_at, closed_at; /* closed_at 0: its status is an open one */
};

/* "needs_response" as people say it: "Waits for our answer". */
const char *disputes_status_label(const char *status);

/* "The visit did not take place", for Stripe's word of why a bank asks. */
const char *disputes_reason_label(const char *reason);

/* By when its answer is wanted, in words. */
const char *disputes_due(struct ctx *c, const struct dispute *d);

/* Those of a booking; for staff, the open ones by when their answer is due, those that
 * want none last, after one with this due_by and id (NULL: from the first); one by its
 * id (R_NOT_FOUND). */
enum { DISPUTES_MAX = 50 };
enum result disputes_of_booking(
    struct ctx *c, int64_t booking_id, struct dispute **out, size_t *n);
enum result disputes_open(struct ctx *c, int64_t after_due, const char *after_id,
    size_t max, struct dispute **out, size_t *n);
enum result disputes_get(struct ctx *c, const char *id, struct dispute *out);

/* Applies the whole of a dispute, once, in any order (needs an open transaction). One
 * of a payment that is not ours is OK. R_BUSY: that the payment came is not known yet.
 */
enum result disputes_apply(struct ctx *c, const struct stripe_dispute *dispute);

/* Reads one at Stripe and applies it (own transaction). R_UPSTREAM. */
enum result disputes_check(struct ctx *c, const char *id);

/* The ids of up to MAX open ones that were not read since BEFORE_AT, the longest first.
 */
enum result disputes_stale(
    struct ctx *c, int64_t before_at, size_t max, const char ***ids, size_t *n);

/* ---- evidence (disputes_evidence.c) -----------------------------------------------
 */

enum { EVIDENCE_MAX = 5000 }; /* characters: what fits into a call's form */

struct evidence {
    const char *uid, *text, *author, *state, *error; /* queued, sent, failed */
    int64_t created_at;
};
enum result disputes_evidence(
    struct ctx *c, const char *dispute_id, struct evidence **out, size_t *n);

/* What our records say of booking B, which goes to the bank with any answer.
 * disputes_draft.h has the text to begin from. */
struct dispute_record {
    const char *service_date, *product;
    const char *access_log; /* lines; NULL: the customer neither saw the code for the
                               door, nor did his time begin */
};
enum result disputes_record(
    struct ctx *c, const struct booking *b, struct dispute_record *out);

/* Does the bank wait for our answer? */
bool disputes_wants_answer(const struct ctx *c, const struct dispute *d);

/* An administrator sends TEXT as evidence: banks take it once (own transaction; the
 * call is a row). R_CONFLICT: nothing is wanted any more; R_INVALID. */
enum result disputes_submit(struct ctx *c, const char *id, const char *text);

/* What a row of kind dpev brought. */
enum result disputes_answered(
    struct ctx *c, const struct stripe_op *op, const struct stripe_reply *reply);

#endif
