/* prep-signed COUNT SECRET-FILE: that many webhooks as Stripe sends them, each of its
 * own event, signed now: a line each, the header, a tab, the body. For tests/bench. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "stripe/client.h"
#include "stripe/signature.h"
#include "util/guard.h"
#include "util/rand.h"
#include "util/text.h"

enum { SECRET_MAX = 256, TICK = 1000 };

/* A payment intent has some two kilobytes; this one is nobody's, so that only what
 * every webhook costs is measured: the signature, the JSON, one row. */
static const char *event(struct arena *a, int64_t now_at)
{
    char padding[1200];
    memset(padding, 'x', sizeof padding - 1);
    padding[sizeof padding - 1] = '\0';
    return arena_printf(a,
        "{\"id\":\"evt_%s\",\"object\":\"event\",\"api_version\":\"%s\",\"created\":%"
        "lld,"
        "\"type\":\"payment_intent.succeeded\",\"livemode\":false,\"pending_webhooks\":"
        "1,"
        "\"request\":{\"id\":null,\"idempotency_key\":null},\"data\":{\"object\":{"
        "\"id\":\"pi_%s\",\"object\":\"payment_intent\",\"amount\":22785,"
        "\"amount_received\":22785,\"currency\":\"usd\",\"status\":\"succeeded\","
        "\"livemode\":false,\"latest_charge\":\"ch_x\",\"metadata\":{},"
        "\"description\":\"%s\",\"created\":%lld}}}",
        rand_uid(a), STRIPE_VERSION, (long long)now_at, rand_uid(a), padding,
        (long long)now_at);
}

int main(int argc, char **argv)
{
    int64_t count;
    char secret[SECRET_MAX] = "";
    FILE *f = argc == 3 ? fopen(argv[2], "re") : NULL;
    if (f == NULL || !text_int(argv[1], 1, INT64_MAX, &count) ||
        fgets(secret, sizeof secret, f) == NULL) {
        fprintf(stderr, "usage: prep-signed COUNT SECRET-FILE\n");
        return 2;
    }
    fclose(f);
    secret[strcspn(secret, "\n")] = '\0';
    rand_open();
    struct arena *a = arena_new(16 * 1024 * 1024);
    for (int64_t i = 0; i < count; i++) {
        int64_t now_at = (int64_t)time(NULL);
        const char *body = event(a, now_at);
        struct span bytes = { body, strlen(body) };
        printf("%s\t%s\n", stripe_signature_make(a, bytes, secret, now_at), body);
        if (i % TICK == 0)
            arena_reset(a);
    }
    arena_free(a);
    return 0;
}
