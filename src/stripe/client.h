/* Calls to Stripe's API. A client is a value made from the configuration where it
 * is needed; there is no global key. The outcome says what the caller may do next:
 *
 *   OK          do it: the object is in the reply
 *   DECLINED    the card said no: show error.message; the same intent may be retried
 *   DEFINITIVE  Stripe refused for good: a new try needs a new idempotency key
 *   BUG         the key was used with other parameters: stop and alert
 *   CONFIG      key, account or address is wrong: stop the queue and alert
 *   BUSY        try again later, same key
 *   UNKNOWN     it may have happened: same key and the same bytes within 23 h of the
 *               first send, afterwards only look by listing
 *   NOT_SENT    it did not happen: try again later, same key
 *
 * Stripe's header Stripe-Should-Retry overrules the status (stripe.com/docs:
 * error handling, idempotent requests). */
#ifndef STRIPE_CLIENT_H
#define STRIPE_CLIENT_H

#include <stdbool.h>
#include <stdint.h>

#include "net/net.h"
#include "stripe/objects.h"
#include "util/arena.h"
#include "util/json.h"

/* Sent with each request; the webhook endpoints are created with the same. */
#define STRIPE_VERSION "2026-10-28.endive"

enum {
    STRIPE_CONNECT_MS = 2000,
    STRIPE_PAGE_MS = 4500, /* while a person waits */
    STRIPE_JOB_MS = 30000,
    STRIPE_KEY_BYTES_MAX = 255, /* of an idempotency key */
};

struct stripe_client {
    struct net *net;
    const char *base;    /* "https://api.stripe.com" */
    const char *key;     /* "sk_test_..." or a restricted "rk_..." */
    const char *account; /* acct_... to act as a connected account, or NULL */
    int64_t total_ms;    /* of one call: STRIPE_PAGE_MS or STRIPE_JOB_MS */
    int64_t until_ms; /* all calls end before it (stripe_deadline); 0: it is not set */
};

/* What until_ms is, TOTAL_MS from now: all calls of one request share its time. One for
 * which none is left is NOT_SENT. */
int64_t stripe_deadline(int64_t total_ms);

/* NULL is no key. */
bool stripe_key_is_live(const char *key);

/* What is wrong with the client's settings, as a sentence, or NULL: a live key
 * goes to https://api.stripe.com only. */
const char *stripe_client_problem(const struct stripe_client *c);

enum stripe_outcome {
    STRIPE_OK,
    STRIPE_DECLINED,
    STRIPE_DEFINITIVE,
    STRIPE_BUG,
    STRIPE_CONFIG,
    STRIPE_BUSY,
    STRIPE_UNKNOWN,
    STRIPE_NOT_SENT,
};

/* "ok", "declined", ... for logs and the table of operations. */
const char *stripe_outcome_name(enum stripe_outcome outcome);

struct stripe_request {
    const char *method; /* "GET" or "POST" */
    const char *path;   /* "/v1/payment_intents" */
    const char *form;   /* stripe/form.h; goes to the query with GET; or NULL */
    const char *idempotency_key; /* of a POST; NULL for links that may be made twice */
};

struct stripe_reply {
    enum stripe_outcome outcome;
    int http_status;           /* 0 if no whole answer came */
    const struct json *object; /* with STRIPE_OK, else NULL */
    struct stripe_error error; /* all texts "" with STRIPE_OK */
    const char *request_id;    /* Stripe's, for the log; "" if none */
    bool replayed;             /* the answer to an earlier request with this key */
};

/* Refused for good, by the card or by Stripe. */
static inline bool stripe_refuses(const struct stripe_reply *reply)
{
    return reply->outcome == STRIPE_DECLINED || reply->outcome == STRIPE_DEFINITIVE;
}

/* Everything in the reply lives in A. */
void stripe_call(const struct stripe_client *c, struct arena *a,
    const struct stripe_request *request, struct stripe_reply *out);

/* Seconds to wait before try number TRIES + 1 (TRIES >= 1) of a call that came to this:
 * two, or ten where Stripe says that we ask too much or too fast, doubled each time up
 * to a minute; of which a random half to all, so that what failed together does not
 * come again together. */
int64_t stripe_pause_s(const struct stripe_reply *reply, int64_t tries);

#endif
