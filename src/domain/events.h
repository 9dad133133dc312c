/* What Stripe tells us by webhook (STRIPE.md, "Webhook endpoints"). An event is
 * stored once, by its id; facts that cannot change any more are applied at once, all
 * others only say which object to read again, which the job `events` does. Reviews and
 * warnings are applied as they come, or, if their payment is not known, by that job. An
 * event in another version of the API than ours is told to staff, and its object read.
 * Nothing here calls Stripe but events_sweep and events_process. */
#ifndef DOMAIN_EVENTS_H
#define DOMAIN_EVENTS_H

#include "app/ctx.h"
#include "stripe/objects.h"
#include "util/text.h"

enum { EVENTS_BODY_MAX = 256 * 1024 };

/* Stripe keeps events for 30 days, and resends them so long. */
enum { EVENTS_KEEP_S = 35 * 86400 };

/* Our two webhook endpoints, each with secrets of its own: what happens on our account,
 * and what happens on the hosts'. */
enum events_endpoint { EVENTS_OURS, EVENTS_CONNECTED };

/* The types that concern us, one after the other; NULL after the last one. */
const char *events_type(enum events_endpoint endpoint, size_t i);

/* Takes a delivery: SIGNATURE is the header's value or NULL, BODY the bytes as they
 * came (own transaction). OK: stored, or known already, or of no interest; answer 200.
 * R_INVALID: not signed by Stripe, or no event; answer 400. Anything else is our
 * failure: nothing was stored, Stripe will send it again. */
enum result events_receive(struct ctx *c, enum events_endpoint endpoint,
    const char *signature, struct span body);

/* Asks Stripe for one page of the events since SINCE_AT (Stripe keeps them for 30 days)
 * and takes those that no webhook brought: the net under an outage of ours. *AFTER is
 * the last event that was seen, "" to begin with the newest; afterwards it is the next
 * page's, "" if all were seen. An event that cannot be applied is kept, with its error,
 * for events_process. R_GONE: Stripe does not know *AFTER any more, begin again. */
enum result events_sweep(struct ctx *c, int64_t since_at, const char **after);

/* Up to when all of Stripe's events have been seen; 0: they never were. */
enum result events_seen_until(struct ctx *c, int64_t *at);

/* The ids of up to MAX events that wait for their object to be read, or for their
 * payment to be known. */
enum result events_due(struct ctx *c, size_t max, const char ***ids, size_t *n);

/* Empties up to MAX events of what they said, if they were applied before BEFORE_AT
 * (own transaction): there are addresses in it, and Stripe does not send them again. *N
 * is how many. */
enum result events_forget(struct ctx *c, int64_t before_at, size_t max, size_t *n);

/* Reads the object of one at Stripe and applies it, which answers all earlier events of
 * that object too; or asks Stripe for the payment and applies the event itself. A
 * failure is noted with the event, which is tried again later. */
enum result events_process(struct ctx *c, const char *event_id);

/* ---- what to do with each type (events_types.c), for events.c ---------------------
 */

struct events_handling {
    const char *type;
    enum result (*now)(struct ctx *c, const struct stripe_event *e);
    enum result (*later)(struct ctx *c, const char *object_id, const char *account);
    enum events_endpoint endpoint; /* ours, if it is not named */
};

/* Neither now nor later: it does not concern us. */
const struct events_handling *events_handling_of(const struct stripe_event *e);

/* Makes the payment known that E is about, if it is about one: as payments_learn. */
enum result events_learn(
    struct ctx *c, const struct events_handling *h, const struct stripe_event *e);

#endif
