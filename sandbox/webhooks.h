/* Sends events to webhook endpoints, signed as Stripe signs, again and again until
 * an endpoint answers 2xx. Nothing here waits: webhooks_pump() is called from the
 * main loop. */
#ifndef SANDBOX_WEBHOOKS_H
#define SANDBOX_WEBHOOKS_H

#include <curl/curl.h>

#include "call.h"
#include "objects.h"

struct webhooks;

enum { WEBHOOK_TYPE_MAX = 64 };

/* Ways to misbehave (POST /_sim/webhooks). The counts go down by one with each
 * event that they hit. */
struct webhook_orders {
    bool pause, reorder;
    int64_t bad_sig, old_ts;

    /* For events whose type begins with TYPE. */
    char type[WEBHOOK_TYPE_MAX];
    int64_t duplicate, second_event_object, drop, delay_ms;
};

/* True if an order that counts COUNT hits an event of TYPE; then it counts less. */
bool webhooks_strike(struct webhook_orders *o, int64_t *count, const char *type);

struct webhooks *webhooks_new(struct sandbox *box);
void webhooks_free(struct webhooks *w);

struct webhook_orders *webhooks_orders(struct webhooks *w);

/* The descriptors to wait for are the handle's: curl_multi_poll on it. */
CURLM *webhooks_handle(struct webhooks *w);

/* Starts what is due, notes what has ended; returns the milliseconds until it has
 * something to do by the clock (at most 1000). */
int64_t webhooks_pump(struct webhooks *w);

/* Puts EVENT on its way to the endpoints that want TYPE. Returns how many. */
int64_t webhooks_queue(
    struct call *c, const char *event, const char *type, const char *account);

/* The value of a Stripe-Signature header over BODY: one v1 for each secret. */
char *webhooks_sign(struct arena *a, int64_t at, const char *const *secrets,
    size_t count, const char *body);

#endif
