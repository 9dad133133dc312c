#include "support/event.h"

#include <string.h>

#include "stripe/client.h"
#include "stripe/signature.h"

const char *event_body(struct arena *a, const struct event *e)
{
    return arena_printf(a,
        "{\"id\":\"%s\",\"object\":\"event\",\"type\":\"%s\",\"created\":1,%s"
        "\"api_version\":\"%s\",\"livemode\":%s,\"data\":{\"object\":%s}}",
        e->id, e->type,
        e->account == NULL ? "" : arena_printf(a, "\"account\":\"%s\",", e->account),
        e->version == NULL ? STRIPE_VERSION : e->version, e->live ? "true" : "false",
        e->object);
}

char *event_signature(struct arena *a, const char *body, const char *secret, int64_t at)
{
    return stripe_signature_make(a, (struct span) { body, strlen(body) }, secret, at);
}

enum result event_receive(
    struct ctx *c, enum events_endpoint endpoint, const char *secret, const char *body)
{
    return events_receive(c, endpoint,
        event_signature(c->arena, body, secret, c->now_at),
        (struct span) { body, strlen(body) });
}
