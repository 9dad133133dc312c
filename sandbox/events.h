/* Events: what happened, told once in the log (/v1/events) and to each webhook
 * endpoint that wants it. */
#ifndef SANDBOX_EVENTS_H
#define SANDBOX_EVENTS_H

#include "objects.h"

/* Records that TYPE ("payment_intent.succeeded") happened to O as it is now, saved
 * or not. PREVIOUS: its fields that were different before, or NULL. ACCOUNT: the
 * connected account in whose name it happened, or "". */
void events_emit(struct call *c, const char *type, const struct object *o,
    const struct value *previous, const char *account);

enum result events_retrieve(struct call *c);
enum result events_list(struct call *c);

#endif
