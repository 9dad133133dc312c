/* Events as Stripe would send them, made by tests. */
#ifndef SUPPORT_EVENT_H
#define SUPPORT_EVENT_H

#include "domain/events.h"

struct event {
    const char *id, *type;
    const char *object;  /* JSON */
    const char *account; /* the connected one; NULL: ours */
    const char *version; /* NULL: the one that we were made for */
    bool live;
};
const char *event_body(struct arena *a, const struct event *e);

/* The value of the header Stripe-Signature for BODY. */
char *event_signature(
    struct arena *a, const char *body, const char *secret, int64_t at);

/* Takes BODY, signed just now, as the webhook does. */
enum result event_receive(
    struct ctx *c, enum events_endpoint endpoint, const char *secret, const char *body);

#endif
